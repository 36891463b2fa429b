"""What a cluster that allows less than the chart assumes asks of a values file, each setting with its reason.

Sources: the security contexts, network policies and roles in the templates and values.yaml of chart 4.4.0;
OpenShift's restricted-v2 SCC, which gives each namespace a range of user and group numbers of its own and
refuses all others, privileges and host networks; its DNS pods, which listen on port 5353 behind the service.
Not tried on a real OpenShift.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.look_up import look_up
from z2jh_wizard.values.paths import Path, parse_path
from z2jh_wizard.values.reading import Tree


class Fit(msgspec.Struct, frozen=True):
    """A value at a path, and why the cluster wants it; what follows from the setting before has no reason."""

    path: Path
    value: Any
    why: str = ""


def _fits(why: str, value: Any, *paths: str) -> tuple[Fit, ...]:
    return tuple(Fit(parse_path(path), value, "" if at else why) for at, path in enumerate(paths))


_CONTAINERS = (
    "proxy.chp",
    "proxy.traefik",
    "proxy.secretSync",
    "scheduling.userScheduler",
    "scheduling.userPlaceholder",
    "prePuller",
    "prePuller.hook",
    "prePuller.pause",
)
_NUMBERS = ("runAsUser", "runAsGroup")
_DNS = [
    {
        "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "openshift-dns"}}}],
        "ports": [{"port": 5353, "protocol": "UDP"}, {"port": 5353, "protocol": "TCP"}],
    }
]

OPENSHIFT: tuple[Fit, ...] = (
    *_fits(
        "OpenShift gives users and groups numbers of its own; null takes the chart's fixed one away.",
        None,
        "singleuser.uid",
        "singleuser.fsGid",
    ),
    *_fits(
        "iptables needs a privileged container, which OpenShift refuses; the network policy blocks instead.",
        False,
        "singleuser.cloudMetadata.blockWithIptables",
    ),
    *_fits(
        "The same numbers for the hub.",
        None,
        "hub.podSecurityContext.fsGroup",
        *(f"hub.containerSecurityContext.{number}" for number in _NUMBERS),
    ),
    *(
        fit
        for container in _CONTAINERS
        for fit in _fits(
            "OpenShift chooses this container's numbers, too.",
            None,
            *(f"{container}.containerSecurityContext.{number}" for number in _NUMBERS),
        )
    ),
    *(
        fit
        for part in ("hub", "proxy.chp", "singleuser")
        for fit in _fits(
            "OpenShift looks names up on port 5353, which the chart's policy leaves closed.",
            _DNS,
            f"{part}.networkPolicy.egress",
        )
    ),
    *_fits(
        "A Route is the door on OpenShift; no load balancer is rented.", "ClusterIP", "proxy.service.type"
    ),
)
"""For a namespace under the SCC restricted-v2, which everybody gets who was given nothing else."""

NO_CLUSTER_ROLES: tuple[Fit, ...] = _fits(
    "A scheduler of the hub's own needs a cluster-wide role, which your account may not give.",
    False,
    "scheduling.userScheduler.enabled",
)
"""For an account with rights in its namespace alone."""


def missing(values: Tree, fits: Iterable[Fit], version: str) -> tuple[Fit, ...]:
    """Return the settings that a chart version takes and nobody has set; what is set is the user's word."""
    return tuple(one for one in fits if _is_free(values, one.path) and look_up(one.path, version).fine)


def _is_free(values: Tree, path: Path) -> bool:
    node: Any = values
    for part in path:
        if not isinstance(node, dict):
            return False
        if part not in node:
            return True
        node = node[part]
    return False


def write(document: Document, fits: Iterable[Fit]) -> Document:
    """Return a file with these settings, the reasons as comments. Raises EditRefused when doubtful."""
    for one in fits:
        document = document.set(one.path, one.value)
        if one.why:
            document = with_comment(document, one.path, one.why)
    return document


def with_comment(document: Document, path: Path, text: str) -> Document:
    """Return a file with a comment line above a key; as it was where a comment has no place."""
    at = document.where(path).line - 1
    lines = document.data.decode("utf-8").splitlines(keepends=True)
    key = lines[at]
    indent = key[: len(key) - len(key.lstrip())]
    if not key.lstrip().startswith(str(path[-1])):
        return document
    ending = "\r\n" if key.endswith("\r\n") else "\n"
    data = "".join([*lines[:at], f"{indent}# {text}{ending}", *lines[at:]]).encode("utf-8")
    try:
        commented = Document.read(data, document.wrapper)
    except InvalidInput:
        return document
    return commented if commented.tree == document.tree else document
