"""Watching: every change of the selected objects, one JSON line each, from any revision still remembered."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Iterable, Iterator

from aiohttp import web

from z2jh_wizard.practice import media, query, status
from z2jh_wizard.practice.call import Call, Selection
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.reading import check_not_newer

SHORTEST_WATCH = 1800
"""Seconds that a watch lasts unless the client says how long; the real server adds up to as much again."""

BOOKMARK_EVERY = 60.0
LARGEST_WRITE = 256 * 1024
LONGEST_QUEUE = 20_000
"""Changes that may wait for a slow client before its watch is ended."""

INITIAL_EVENTS_END = "k8s.io/initial-events-end"


class Subscription:
    """The changes of one resource from now on, waiting to be sent; ``over`` when no more shall be sent."""

    def __init__(self, call: Call) -> None:
        self._store = call.store
        self._key = call.stored.key
        self._waiting: deque[Change] = deque()
        self._arrived = asyncio.Event()
        self._streams = call.streams
        self.over = False

    def __enter__(self) -> Subscription:
        self._store.listeners.append(self._hear)
        self._streams.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._store.listeners.remove(self._hear)
        self._streams.discard(self)

    def end(self) -> None:
        """Send no more."""
        self.over = True
        self._arrived.set()

    def _hear(self, change: Change) -> None:
        if change.resource.key == self._key:
            self._waiting.append(change)
            self._arrived.set()
            if len(self._waiting) > LONGEST_QUEUE:
                self.end()

    async def wait(self, seconds: float) -> list[Change]:
        """Return the changes that have arrived, or none after so many seconds."""
        try:
            await asyncio.wait_for(self._arrived.wait(), max(0.0, seconds))
        except asyncio.TimeoutError:
            return []
        changes = list(self._waiting)
        self._waiting.clear()
        self._arrived.clear()
        return changes


async def watch_objects(call: Call) -> web.StreamResponse:
    """Stream changes until the client leaves or the watch has lasted long enough."""
    selection = call.selection()
    sends_initial = _sends_initial_events(call)
    revision = check_not_newer(call)
    lines = _Lines(call, selection)
    response = web.StreamResponse(headers={"Content-Type": media.JSON_TYPE})
    response.enable_chunked_encoding()
    with Subscription(call) as subscription:
        # Nothing may be awaited between reading the past and subscribing to what follows.
        try:
            first = list(_first_lines(call, selection, lines, revision, sends_initial))
        except status.ApiError as error:
            first = [lines.error(error)]
            await response.prepare(call.request)
            await _write(response, first)
            return response
        await response.prepare(call.request)
        await _write(response, first)
        await _follow(call, subscription, lines, response)
    return response


def _first_lines(
    call: Call, selection: Selection, lines: _Lines, revision: int, sends_initial: bool | None
) -> Iterator[bytes]:
    """Yield what the client has to hear before anything new: all that is there, or what it missed."""
    if sends_initial or (sends_initial is None and not revision):
        for obj in call.store.list(call.stored, selection.namespace or None):
            if obj in selection:
                yield lines.line("ADDED", obj)
    elif revision:
        for change in call.store.history.since(revision):
            if change.resource.key == call.stored.key:
                yield from lines.change(change)
    if sends_initial and lines.bookmarks:
        yield lines.bookmark(initial_end=True)


def _sends_initial_events(call: Call) -> bool | None:
    """Return whether the client asks for all objects first (WatchList); None when it does not say."""
    if "sendInitialEvents" not in call.query:
        return None
    if call.query.get("resourceVersionMatch") != "NotOlderThan":
        why = status.forbidden_value(
            "resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        )
        raise status.invalid("ListOptions", "meta.k8s.io", "", [why])
    return query.flag(call.query, "sendInitialEvents")


async def _follow(
    call: Call, subscription: Subscription, lines: _Lines, response: web.StreamResponse
) -> None:
    seconds = query.integer(call.query, "timeoutSeconds") or random.uniform(1, 2) * SHORTEST_WATCH  # noqa: S311
    clock = asyncio.get_running_loop().time
    end = clock() + seconds
    while (left := end - clock()) > 0:
        changes = await subscription.wait(min(left, BOOKMARK_EVERY))
        if subscription.over:
            return
        if changes:
            await _write(response, [line for change in changes for line in lines.change(change)])
        elif lines.bookmarks:
            await _write(response, [lines.bookmark()])


async def _write(response: web.StreamResponse, lines: Iterable[bytes]) -> None:
    gathered: list[bytes] = []
    size = 0
    for line in lines:
        gathered.append(line)
        size += len(line)
        if size > LARGEST_WRITE:
            await response.write(b"".join(gathered))
            gathered, size = [], 0
    if gathered:
        await response.write(b"".join(gathered))


class _Lines:
    """Changes as the lines of one watch, in the form that its client wants."""

    def __init__(self, call: Call, selection: Selection) -> None:
        self.bookmarks = query.flag(call.query, "allowWatchBookmarks")
        self._call = call
        self._selection = selection
        self._columns_sent = False

    def change(self, change: Change) -> Iterator[bytes]:
        """Yield the line of a change as the selection sees it: changed objects may enter or leave it."""
        is_in = change.type != "DELETED" and change.object in self._selection
        was_in = change.previous is not None and change.previous in self._selection
        if is_in:
            yield self.line("MODIFIED" if was_in else "ADDED", change.object)
        elif was_in:
            yield self.line("DELETED", self._last_seen(change))

    @staticmethod
    def _last_seen(change: Change) -> Object:
        """Return the object as the selection knew it, with the revision at which it left."""
        if change.type == "DELETED":
            return change.object
        assert change.previous is not None
        meta = {**change.previous["metadata"], "resourceVersion": str(change.revision)}
        return {**change.previous, "metadata": meta}

    def line(self, kind: str, obj: Object) -> bytes:
        """Return one event with an object."""
        if self._call.form.name == "Table":
            return self._table_line(kind, self._call.table([obj]))
        return b'{"type":"' + kind.encode() + b'","object":' + self._call.encoded(obj) + b"}\n"

    def bookmark(self, *, initial_end: bool = False) -> bytes:
        """Return the event that tells how far the watch has come."""
        meta: Object = {"resourceVersion": str(self._call.store.revision), "creationTimestamp": None}
        if initial_end:
            meta["annotations"] = {INITIAL_EVENTS_END: "true"}
        if self._call.form.name == "Table":
            return self._table_line("BOOKMARK", {**self._call.table([]), "metadata": meta})
        resource = self._call.resource
        obj = {"kind": resource.kind, "apiVersion": resource.group_version, "metadata": meta}
        if self._call.form.name == "PartialObjectMetadata":
            obj = media.partial(obj)
        return media.encode({"type": "BOOKMARK", "object": obj}) + b"\n"

    def error(self, error: status.ApiError) -> bytes:
        """Return the event that ends a watch with a reason."""
        return media.encode({"type": "ERROR", "object": error.body()}) + b"\n"

    def _table_line(self, kind: str, table: Object) -> bytes:
        """Return an event with a table; only the first of a watch describes the columns."""
        if self._columns_sent:
            table = {**table, "columnDefinitions": None}
        self._columns_sent = True
        return media.encode({"type": kind, "object": table}) + b"\n"
