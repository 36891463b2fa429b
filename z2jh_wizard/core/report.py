"""How a hub is, as screens, plain lines and JSON show it; the field names are a contract."""

from __future__ import annotations

import msgspec


class NodeReport(msgspec.Struct, frozen=True):
    """A node in a status."""

    name: str
    ready: bool
    pool: str
    machine: str
    version: str
    schedulable: bool = True


class PodReport(msgspec.Struct, frozen=True):
    """A pod in a status; ``status`` is kubectl's word for it."""

    name: str
    component: str
    status: str
    ready: bool
    restarts: int
    node: str
    user: str = ""


class ReleaseReport(msgspec.Struct, frozen=True):
    """The Helm release in a status; ``revision`` is 0 when there is none."""

    name: str
    namespace: str
    state: str
    revision: int = 0
    chart: str = ""
    why: str = ""


class ProblemReport(msgspec.Struct, frozen=True):
    """A trouble in a status, in words."""

    object: str
    summary: str
    next: str


class StatusReport(msgspec.Struct, frozen=True):
    """The whole status; ``cluster`` is empty when none was made yet."""

    provider: str
    cluster: str
    nodes: list[NodeReport]
    release: ReleaseReport
    pods: list[PodReport]
    url: str
    students: int
    problems: list[ProblemReport]


class Check(msgspec.Struct, frozen=True):
    """One thing that doctor looked at; ``verdict`` is ok, warn, fail or unknown, empty for yes and no."""

    id: str
    ok: bool
    text: str
    next: str = ""
    verdict: str = ""
