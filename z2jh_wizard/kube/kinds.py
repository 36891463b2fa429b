"""The kinds of objects that have rows: where they are, and how their bytes become rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import msgspec

from z2jh_wizard.kube import rows, wire
from z2jh_wizard.kube.listing import Listing, decode
from z2jh_wizard.kube.rows import ClaimRow, EventRow, NodeRow, PodRow, Row, ServiceRow, WorkloadRow

RowT_co = TypeVar("RowT_co", bound=Row, covariant=True)


class Change(msgspec.Struct, gc=False):
    """The envelope of one watch line."""

    type: str
    object: msgspec.Raw


@dataclass(frozen=True, eq=False)
class RowKind(Generic[RowT_co]):
    """One kind of objects with rows; ``most`` is how many newest rows are kept, 0 for all."""

    name: str
    group_version: str
    to_row: Callable[[Any], RowT_co]
    wire_type: type[wire.Object]
    namespaced: bool = True
    most: int = 0
    page_decoder: msgspec.json.Decoder[Any] = field(init=False, repr=False)
    object_decoder: msgspec.json.Decoder[Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        listing = Listing[self.wire_type]  # type: ignore[name-defined]  # a type known only here
        object.__setattr__(self, "page_decoder", msgspec.json.Decoder(listing))
        object.__setattr__(self, "object_decoder", msgspec.json.Decoder(self.wire_type))

    def path(self, namespace: str = "", name: str = "") -> str:
        """Return the path of one object, of a namespace's objects, or of all (no namespace)."""
        return object_path(self.group_version, self.name, namespace if self.namespaced else "", name)

    def row(self, body: bytes | msgspec.Raw) -> RowT_co:
        """Decode one object; CouldNotLook when it makes no sense."""
        return self.to_row(decode(self.object_decoder, bytes(body), self.name))


def object_path(group_version: str, plural: str, namespace: str = "", name: str = "", *tail: str) -> str:
    """Return the API path of an object, a collection or a subresource."""
    root = f"/api/{group_version}" if group_version == "v1" else f"/apis/{group_version}"
    inside = ["namespaces", quote(namespace, safe="")] if namespace else []
    return "/".join([root, *inside, plural, *(quote(part, safe="") for part in (name, *tail) if part)])


PODS: RowKind[PodRow] = RowKind("pods", "v1", rows.pod_row, wire.Pod)
NODES: RowKind[NodeRow] = RowKind("nodes", "v1", rows.node_row, wire.Node, namespaced=False)
EVENTS: RowKind[EventRow] = RowKind("events", "v1", rows.event_row, wire.Event, most=500)
CLAIMS: RowKind[ClaimRow] = RowKind("persistentvolumeclaims", "v1", rows.claim_row, wire.Claim)
SERVICES: RowKind[ServiceRow] = RowKind("services", "v1", rows.service_row, wire.Service)
DEPLOYMENTS: RowKind[WorkloadRow] = RowKind("deployments", "apps/v1", rows.deployment_row, wire.Workload)
STATEFUL_SETS: RowKind[WorkloadRow] = RowKind("statefulsets", "apps/v1", rows.deployment_row, wire.Workload)
DAEMON_SETS: RowKind[WorkloadRow] = RowKind("daemonsets", "apps/v1", rows.daemon_set_row, wire.Workload)

LIVE_KINDS: tuple[RowKind[Row], ...] = (PODS, EVENTS, NODES, CLAIMS, SERVICES)
"""What the panes of a hub show."""
