"""Rows read once: a whole list in pages, or a single object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from heapq import nlargest
from typing import Generic, TypeVar

from z2jh_wizard.kube.blocking import BlockingTransport, Params
from z2jh_wizard.kube.connection import HangUp
from z2jh_wizard.kube.errors import NotFound
from z2jh_wizard.kube.kinds import RowKind
from z2jh_wizard.kube.listing import pages
from z2jh_wizard.kube.rows import EventRow, Row
from z2jh_wizard.kube.transport import KubeTransport

RowT = TypeVar("RowT", bound=Row)
_LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Rows(Generic[RowT]):
    """A list of rows by key, and the version of the cluster's state that it shows."""

    by_key: dict[str, RowT]
    resource_version: str


async def list_rows(
    transport: KubeTransport,
    kind: RowKind[RowT],
    namespace: str = "",
    *,
    labels: str = "",
    fields: str = "",
) -> list[RowT]:
    """Return the rows of a namespace, or of all, that match the label and field selectors."""
    params = {key: text for key, text in (("labelSelector", labels), ("fieldSelector", fields)) if text}
    found = await transport.call(
        lambda blocking, hang_up: read_rows(blocking, kind, namespace, params, hang_up)
    )
    return list(found.by_key.values())


async def get_row(
    transport: KubeTransport, kind: RowKind[RowT], name: str, namespace: str = ""
) -> RowT | None:
    """Return one row, None when there is no such object."""
    try:
        return kind.row(await transport.get(kind.path(namespace, name)))
    except NotFound:
        return None


def read_rows(
    transport: BlockingTransport,
    kind: RowKind[RowT],
    namespace: str = "",
    params: Params | None = None,
    hang_up: HangUp | None = None,
) -> Rows[RowT]:
    """Read a list in pages, blocking; only rows of one page's size exist beside the result."""
    found: dict[str, RowT] = {}
    version = ""
    for page in pages(transport, kind.path(namespace), kind.page_decoder, params, hang_up):
        if page.first:
            found = {}
        for row in map(kind.to_row, page.items):
            found[row.key] = row
        found = newest(found, kind.most)
        version = page.resource_version
    return Rows(found, version)


def newest(found: dict[str, RowT], most: int) -> dict[str, RowT]:
    """Return at most that many rows, the newest; 0 means all."""
    if not most or len(found) <= most:
        return found
    return {row.key: row for row in nlargest(most, found.values(), key=last_seen)}


def last_seen(row: Row) -> datetime:
    """Return when something last happened to what a row shows."""
    moment = row.last if isinstance(row, EventRow) else row.created
    return moment or _LONG_AGO
