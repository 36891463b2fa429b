"""Requests as coroutines make them: each blocks in a daemon thread, and a cancelled one is hung up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Literal, TypeVar

import msgspec

from z2jh_wizard.kube import errors
from z2jh_wizard.kube.blocking import JSON, LIMIT, BlockingTransport, Params, Request, Stream
from z2jh_wizard.kube.connection import HangUp
from z2jh_wizard.kube.kubeconfig import Access
from z2jh_wizard.kube.listing import Listing, Page, pages
from z2jh_wizard.kube.threads import in_thread

Patch = Literal[
    "application/merge-patch+json", "application/strategic-merge-patch+json", "application/json-patch+json"
]
MERGE_PATCH: Patch = "application/merge-patch+json"

Result = TypeVar("Result")
Item = TypeVar("Item")


class KubeTransport:
    """Requests to the cluster of one ``Access``; bytes out, JSON-like objects in, errors in words."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.blocking = BlockingTransport(access)

    async def sign_in(self) -> None:
        """Sign in now, so that a slow credential plugin does not count against a later time limit."""
        await in_thread(self.access.credential.sign_in)

    async def get(
        self, path: str, params: Params | None = None, *, accept: str = JSON, limit: float = LIMIT
    ) -> bytes:
        """Read one path."""
        return await self._exchange(Request("GET", path, params or {}, accept=accept), limit)

    async def post(self, path: str, body: object, params: Params | None = None) -> bytes:
        """Create an object, or ask a question that is posed as one."""
        return await self._exchange(Request("POST", path, params or {}, msgspec.json.encode(body)))

    async def put(self, path: str, body: object, params: Params | None = None) -> bytes:
        """Replace an object."""
        return await self._exchange(Request("PUT", path, params or {}, msgspec.json.encode(body)))

    async def patch(
        self, path: str, body: object, params: Params | None = None, *, kind: Patch = MERGE_PATCH
    ) -> bytes:
        """Change parts of an object."""
        return await self._exchange(
            Request("PATCH", path, params or {}, msgspec.json.encode(body), content_type=kind)
        )

    async def delete(self, path: str, body: object = None, params: Params | None = None) -> bytes:
        """Delete an object; ``body`` is its DeleteOptions."""
        data = None if body is None else msgspec.json.encode(body)
        return await self._exchange(Request("DELETE", path, params or {}, data))

    async def list_pages(
        self, path: str, decoder: msgspec.json.Decoder[Listing[Item]], params: Params | None = None
    ) -> AsyncGenerator[Page[Item], None]:
        """Give out a list page by page; a page that is ``first`` again means to begin anew."""
        hang_up = HangUp()
        reader = pages(self.blocking, path, decoder, params, hang_up)
        while (page := await in_thread(lambda: next(reader, None), hang_up.now)) is not None:
            yield page

    async def call(self, work: Callable[[BlockingTransport, HangUp], Result]) -> Result:
        """Run several blocking requests as one piece of work in a thread."""
        hang_up = HangUp()
        return await in_thread(lambda: work(self.blocking, hang_up), hang_up.now)

    def watch_lines(self, path: str, params: Params) -> Stream:
        """Open a watch; for a thread of your own, since it blocks."""
        return self.blocking.stream(path, params)

    def close(self) -> None:
        """Close what is kept open."""
        self.blocking.close()

    async def _exchange(self, request: Request, limit: float = LIMIT) -> bytes:
        hang_up = HangUp()
        work = in_thread(lambda: self.blocking.exchange(request, limit, hang_up), hang_up.now)
        try:
            # The limit of a network operation does not end an answer that trickles, this one does.
            return (await asyncio.wait_for(work, 2 * limit)).body
        except asyncio.TimeoutError as error:
            raise errors.from_exception(
                TimeoutError(), str(request), self.access.where, changes=request.changes
            ) from error
