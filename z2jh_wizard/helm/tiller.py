"""Tiller, the half of Helm 2 that runs in the cluster: recognise it and say what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from z2jh_wizard.core.step import Command

DEPLOYMENT = "tiller-deploy"
SERVICE = "tiller-deploy"
SERVICE_ACCOUNT = "tiller"
"""The names that ``helm init`` and the old guide gave them."""

PORT = 44134
SAFE_ADDRESS = f"localhost:{PORT}"
"""Where Tiller has to listen so that only ``helm`` itself, by a port-forward, reaches it."""

_LABELS = {"app": "helm", "name": "tiller"}
_LISTEN = ("--listen", "-listen")


@dataclass(frozen=True, slots=True)
class Tiller:
    """A Tiller that was found: where, its image's version, and the address it listens on."""

    namespace: str
    name: str
    version: str
    listens_on: str
    service_account: str = ""

    @property
    def open_to_the_cluster(self) -> bool:
        """Tell whether any pod, a student's included, can give it orders without a password."""
        return self.listens_on.rpartition(":")[0] not in ("localhost", "127.0.0.1", "[::1]")

    def describe(self) -> str:
        """Return what there is and why it matters, for a person."""
        text = f"Tiller {self.version or 'of an unknown version'} runs in the namespace {self.namespace}."
        if self.open_to_the_cluster:
            text += (
                f" It listens on {self.listens_on}, so every pod in the cluster, the students' own included, "
                "can install and delete anything in its name."
            )
        return f"{text} Helm 3 and newer do not need it."


def find(deployments: Iterable[Mapping[str, Any]]) -> list[Tiller]:
    """Return the Tillers among Deployments, given as the API's own JSON."""
    return [_read(deployment) for deployment in deployments if _is_tiller(deployment)]


def _is_tiller(deployment: Mapping[str, Any]) -> bool:
    metadata = deployment.get("metadata") or {}
    labels = metadata.get("labels") or {}
    if metadata.get("name") == DEPLOYMENT or _LABELS.items() <= labels.items():
        return True
    return any(_image_name(container) == "tiller" for container in _containers(deployment))


def _read(deployment: Mapping[str, Any]) -> Tiller:
    metadata = deployment.get("metadata") or {}
    containers = _containers(deployment)
    container = next(
        (candidate for candidate in containers if _image_name(candidate) == "tiller"),
        containers[0] if containers else {},
    )
    return Tiller(
        namespace=metadata.get("namespace", "default"),
        name=metadata.get("name", DEPLOYMENT),
        version=_image_tag(container).removeprefix("v"),
        listens_on=_address([*(container.get("command") or []), *(container.get("args") or [])]),
        service_account=_pod_spec(deployment).get("serviceAccountName", ""),
    )


def _pod_spec(deployment: Mapping[str, Any]) -> Mapping[str, Any]:
    template = (deployment.get("spec") or {}).get("template") or {}
    spec: Mapping[str, Any] = template.get("spec") or {}
    return spec


def _containers(deployment: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(_pod_spec(deployment).get("containers") or [])


def _image_name(container: Mapping[str, Any]) -> str:
    image = str(container.get("image", "")).partition("@")[0]
    return image.rpartition("/")[2].partition(":")[0]


def _image_tag(container: Mapping[str, Any]) -> str:
    image = str(container.get("image", "")).partition("@")[0]
    return image.rpartition("/")[2].partition(":")[2]


def _address(words: list[str]) -> str:
    """Return the address in ``--listen=A`` or ``--listen A``; without it Tiller listens to everybody."""
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        flag, equals, value = word.partition("=")
        if flag in _LISTEN:
            return value if equals else following
    return f":{PORT}"


def secure_commands(tiller: Tiller) -> tuple[Command, ...]:
    """Return how to make a Tiller that is still needed listen to ``helm`` alone."""
    patch = (
        '[{"op": "add", "path": "/spec/template/spec/containers/0/command", '
        f'"value": ["/tiller", "--listen={SAFE_ADDRESS}"]}}]'
    )
    words = ("kubectl", "patch", "deployment", tiller.name, "--namespace", tiller.namespace, "--type=json")
    return (Command((*words, f"--patch={patch}"), "Let only helm itself reach Tiller"),)


def migration_commands(release: str, tiller: Tiller) -> tuple[Command, ...]:
    """Return how to hand a release over from Tiller to Helm 3; the hub goes on running meanwhile."""
    return (
        Command(
            ("helm", "plugin", "install", "https://github.com/helm/helm-2to3"),
            "Add the Helm project's own plugin for moving to Helm 3 (it needs Helm 3)",
        ),
        Command(
            ("helm", "2to3", "convert", release, "--tiller-ns", tiller.namespace, "--dry-run"),
            "See what it would do",
        ),
        Command(
            ("helm", "2to3", "convert", release, "--tiller-ns", tiller.namespace), "Hand the release over"
        ),
        Command(("helm", "history", release), "Check that Helm 3 knows the release and its revisions"),
    )


def removal_commands(tiller: Tiller) -> tuple[Command, ...]:
    """Return how to remove Tiller, for when no release needs it any more; its rights go with it."""
    within = ("--namespace", tiller.namespace, "--ignore-not-found")
    commands = (
        Command(
            ("kubectl", "get", "configmaps", "--namespace", tiller.namespace, "--selector", "OWNER=TILLER"),
            "List the releases that Tiller still keeps; go on only when there are none",
        ),
        Command(("kubectl", "delete", "deployment", tiller.name, *within), "Stop Tiller"),
        Command(("kubectl", "delete", "service", SERVICE, *within), "Remove its address"),
        Command(
            ("kubectl", "delete", "clusterrolebinding", SERVICE_ACCOUNT, "--ignore-not-found"),
            "Take its administrator's rights away",
        ),
    )
    if tiller.service_account != SERVICE_ACCOUNT:
        # Another account, such as ``default``, serves more than Tiller.
        return commands
    return (
        *commands,
        Command(("kubectl", "delete", "serviceaccount", SERVICE_ACCOUNT, *within), "Then its account"),
    )
