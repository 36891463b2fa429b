"""Lists in pages of 500, decoded page by page so that memory and the interpreter's lock stay free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.kube.blocking import BlockingTransport, Params, Request
from z2jh_wizard.kube.connection import HangUp
from z2jh_wizard.kube.errors import UNTOUCHED, Expired

PAGE_SIZE = 500
"""Objects in one page, as kubectl asks for them."""

Item = TypeVar("Item")


class ListMeta(msgspec.Struct):
    """Where a list stands: its version, and how to go on."""

    resource_version: str = msgspec.field(default="", name="resourceVersion")
    rest: str = msgspec.field(default="", name="continue")


class Listing(msgspec.Struct, Generic[Item]):
    """One page as the server sends it; Go writes an empty list as null."""

    metadata: ListMeta = msgspec.field(default_factory=ListMeta)
    items: list[Item] | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some objects of a list; ``first`` says that whatever came before is void."""

    items: list[Item]
    first: bool
    resource_version: str


def pages(
    transport: BlockingTransport,
    path: str,
    decoder: msgspec.json.Decoder[Listing[Item]],
    params: Params | None = None,
    hang_up: HangUp | None = None,
) -> Iterator[Page[Item]]:
    """Read a list page by page, blocking; when its position expires midway it is read again, in one piece."""
    wish = dict(params or {}) | {"limit": str(PAGE_SIZE)}
    first = True
    while True:
        try:
            body = transport.exchange(Request("GET", path, wish), hang_up=hang_up).body
        except Expired:
            if "continue" not in wish:
                raise
            # A list this long outlives its position on a busy cluster, so pages would expire again.
            wish, first = dict(params or {}), True
            continue
        listing = decode(decoder, body, path)
        yield Page(listing.items or [], first, listing.metadata.resource_version)
        first = False
        if not listing.metadata.rest:
            return
        wish["continue"] = listing.metadata.rest


def decode(decoder: msgspec.json.Decoder[Item], body: bytes, what: str) -> Item:
    """Decode an answer; CouldNotLook when it is not what Kubernetes would say."""
    try:
        return decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise CouldNotLook(
            "The cluster's answer makes no sense",
            f"{what}: it is not the JSON that Kubernetes sends.",
            still_works=UNTOUCHED,
            next_step="Check that the kubeconfig's server is a Kubernetes API server.",
        ) from error
