"""A Google cluster as it is now: one look for all steps, and the operations that are at work on it."""

from __future__ import annotations

from typing import Any

from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.gke.desired import Place
from z2jh_wizard.cloud.gke.google import Google
from z2jh_wizard.cloud.gke.troubles import of_condition
from z2jh_wizard.cloud.owned import Thing
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.step import Happening, Line, Progress


class State(Thing, frozen=True):
    """How far a cluster is; ``done`` of ``total`` counts what Google does with it, 0 of 0 for unknown."""

    version: str = ""
    endpoint: str = ""
    authority: str = ""
    """The certificate of the cluster's API, as PEM in base64."""
    pools: tuple[str, ...] = ()
    operation: str = ""
    """What Google does with it right now, such as CREATE_CLUSTER; empty for nothing."""
    done: int = 0
    total: int = 0
    code: str = ""
    message: str = ""

    @property
    def is_idle(self) -> bool:
        """Tell whether Google does nothing with it."""
        return not self.operation and self.status not in ("PROVISIONING", "RECONCILING", "STOPPING")

    @property
    def is_broken(self) -> bool:
        """Tell whether Google gave it up."""
        return self.status in ("ERROR", "DEGRADED")

    @property
    def words(self) -> str:
        """Say how far it is."""
        doing = self.operation.lower().replace("_", " ") or self.status.lower()
        return f"{doing}: {self.done} of {self.total}" if self.total else doing

    @property
    def telling(self) -> Happening:
        """Return the same as what a step tells, counted where Google counts."""
        return Progress(self.done, self.total, self.words) if self.total else Line(self.words)


GONE = State("")
"""There is no such cluster."""


async def look_at(google: Google, place: Place) -> State:
    """Return a cluster as it is; GONE when there is none."""
    try:
        found = await google.clusters("get_cluster", {"name": place.name}, place.cluster)
    except CloudTrouble as error:
        if error.reason == "NOT_FOUND":
            return GONE
        raise
    working = await _operation(google, place)
    condition = next((one for one in found.conditions if one.message or one.canonical_code), None)
    return State(
        found.status.name,
        dict(found.resource_labels).get(OUR_LABEL, ""),
        found.current_master_version,
        found.endpoint,
        found.master_auth.cluster_ca_certificate,
        tuple(pool.name for pool in found.node_pools),
        working.operation_type.name if working else "",
        *(_progress(working) if working else (0, 0)),
        condition.code.name if condition else "",
        condition.message if condition else "",
    )


def trouble_of(state: State, place: Place, machine: str = "") -> WizardError:
    """Return what is wrong with a cluster that Google calls broken."""
    details = {"location": place.location, "machine": machine}
    return of_condition(state.code or state.status, state.message, place.project, details)


async def _operation(google: Google, place: Place) -> Any:
    """Return the operation at work on a cluster or its pools, None when there is none."""
    reply = await google.clusters("list_operations", {"parent": place.parent})
    for one in reply.operations:
        target = one.target_link.partition("/nodePools/")[0]
        if target.endswith(f"/clusters/{place.cluster}") and one.status.name in ("PENDING", "RUNNING"):
            return one
    return None


def _progress(operation: Any) -> tuple[int, int]:
    """Return how much is done of how much, of the first count that has both."""
    counts = {one.name: one.int_value for one in operation.progress.metrics}
    for name, total in counts.items():
        if name.endswith("_TOTAL") and total:
            return int(counts.get(name.removesuffix("_TOTAL"), 0)), int(total)
    return 0, 0
