"""The project spec: what ``z2jh.yaml`` says, intent only and never a secret."""

from __future__ import annotations

import re
from typing import Literal, get_args

import msgspec

from z2jh_wizard.core import checks
from z2jh_wizard.core.facts import CHART_NAME, CHART_REPOSITORY, CHART_VERSION

SCHEMA_VERSION = 1

Provider = Literal["gke", "aks", "eks", "existing", "local", "practice"]
PROVIDERS: tuple[str, ...] = get_args(Provider)


class Pool(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """A group of alike nodes; ``nodes`` is the wish at creation, never drift afterwards."""

    nodes: int = 1
    machine: str = ""
    minimum: int | None = None
    maximum: int | None = None


class Chart(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """Where the Helm chart comes from: ``path`` (a folder or .tgz) wins over ``repository`` and ``name``.

    The name ``practice`` is the practice chart that ships with the wizard. ``family`` says which key names
    its values have.
    """

    family: Literal["z2jh", "helmforge"] = "z2jh"
    name: str = CHART_NAME
    version: str = CHART_VERSION
    repository: str = CHART_REPOSITORY
    path: str = ""


class ClusterSpec(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """Which cluster this hub belongs to; ``uid`` tells it from others once known: kube/identity.py.

    ``sign_in`` says which of a cloud's credentials on this computer are used, by name or path and never a
    secret: ``file:PATH``, ``profile:NAME``; empty means those that the cloud's own tools would take.
    ``ssh_key`` gives the nodes of a new cluster at Azure a key of the project's: cloud/aks/ssh_key.py.
    """

    name: str = ""
    context: str = ""
    kubeconfig: str = ""
    uid: str = ""
    resource: str = ""
    sign_in: str = ""
    ssh_key: bool = False


class Workshop(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """The dates of a workshop, RFC 3339."""

    start: str = ""
    end: str = ""
    students: int = 0


class Spec(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """All of ``z2jh.yaml``; ``project_id`` is 12 random hex digits and the label of what we make."""

    schema_version: int
    project_id: str
    provider: Provider
    release: str = "jhub"
    namespace: str = "jhub"
    account: str = ""
    region: str = ""
    pools: dict[str, Pool] = {}
    cluster: ClusterSpec = ClusterSpec()
    chart: Chart = Chart()
    workshop: Workshop = Workshop()
    secrets_in_config: bool = False

    def problems(self) -> list[str]:
        """Return one sentence for each value that cannot be used."""
        found = [
            ("release", checks.release_name(self.release)),
            ("namespace", checks.namespace(self.namespace)),
            ("chart.version", None if self.chart.path else checks.version(self.chart.version)),
            ("project_id", _project_id(self.project_id)),
        ]
        found += [
            (f"pools.{name}.nodes", checks.node_count(str(pool.nodes))) for name, pool in self.pools.items()
        ]
        return [f"{path}: {sentence}" for path, sentence in found if sentence]


IMMUTABLE: dict[str, str] = {
    "provider": "another cloud means a new project; students' files do not move by themselves",
    "region": "a cluster cannot move; make a new project in the other region",
    "release": "Helm cannot rename a release; make a new project with the new name",
    "namespace": "objects cannot move between namespaces; make a new project",
    "project_id": "it is the label on everything this project made",
}
"""Fields that cannot change once something was made, with the reason."""


def refused_changes(before: Spec, after: Spec) -> list[str]:
    """Return one sentence for each immutable field that differs."""
    return [
        f"{field} cannot change from {getattr(before, field)!r} to {getattr(after, field)!r}: {reason}."
        for field, reason in IMMUTABLE.items()
        if getattr(before, field) != getattr(after, field)
    ]


def _project_id(text: str) -> str | None:
    return None if re.fullmatch(r"[0-9a-f]{12}", text) else "It must be 12 hex digits, made by the wizard."
