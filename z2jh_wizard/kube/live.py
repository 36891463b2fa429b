"""The live store: what a cluster's panes show, kept up to date by watches in threads.

Each kind has a daemon thread that lists, then watches. Threads write into an inbox (the last write of a key
wins); one tick on the event loop takes the inbox over and tells the listeners which kinds changed. A quiet
cluster costs no tick at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Generic, TypeVar, cast

from z2jh_wizard.core.errors import Problem
from z2jh_wizard.kube.blocking import BlockingTransport
from z2jh_wizard.kube.follower import Follower, utc_now
from z2jh_wizard.kube.kinds import LIVE_KINDS, RowKind
from z2jh_wizard.kube.reading import newest
from z2jh_wizard.kube.rows import Row
from z2jh_wizard.kube.threads import in_thread

TICK = 0.15
"""Seconds between two takeovers, at least: 5 to 10 in a second look immediate and leave time for keys."""

END_PATIENCE = 2.0
"""Seconds to wait for threads at the end; they are daemons, so one stuck in DNS harms nobody."""

RowT = TypeVar("RowT", bound=Row)
Listener = Callable[[frozenset[str]], None]


class Outcome(str, enum.Enum):
    """What is known of one kind of objects."""

    NO_DATA = "no data yet"
    DATA = "data"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Pane(Generic[RowT]):
    """The rows of one kind by key, when they were last known to be true, and what is wrong since when.

    After a failure the old rows stay, with their age. The mapping is a view: it changes with the store, on
    the event loop only.
    """

    rows: Mapping[str, RowT] = field(default_factory=dict)
    seen: datetime | None = None
    problem: Problem | None = None
    failed_since: datetime | None = None

    @property
    def outcome(self) -> Outcome:
        """Tell the three outcomes apart."""
        if self.problem is not None:
            return Outcome.FAILED
        return Outcome.NO_DATA if self.seen is None else Outcome.DATA

    def age(self, now: datetime) -> timedelta:
        """Return how old the rows are: nothing while the watch stands, the time since it broke after."""
        if self.problem is None or self.seen is None:
            return timedelta(0)
        return max(now - self.seen, timedelta(0))


@dataclass(slots=True)
class _News:
    """What threads wrote about one kind since the last tick; None for a row that is gone."""

    replaced: bool = False
    rows: dict[str, Row | None] = field(default_factory=dict)
    seen: datetime | None = None
    problem: Problem | None = None
    failed_since: datetime | None = None


class Inbox:
    """Where threads leave their news; ``ring`` is called, from any thread, when the first of them arrives."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._lock = threading.Lock()
        self._news: dict[str, _News] = {}

    def replace(self, kind: RowKind[Row], rows: Mapping[str, Row], seen: datetime) -> None:
        """Take a whole new list."""
        with self._lock:
            first = not self._news
            self._news[kind.name] = _News(replaced=True, rows=dict(rows), seen=seen)
        if first:
            self._ring()

    def change(self, kind: RowKind[Row], changed: Mapping[str, Row | None], seen: datetime) -> None:
        """Take some changed rows, or just the sign that the known ones are still true."""
        with self._lock:
            first = not self._news
            news = self._news.setdefault(kind.name, _News())
            news.rows.update(changed)
            if kind.most and len(news.rows) > 2 * kind.most:
                # Forgotten deletions do no harm: only the oldest are deleted, and those are dropped anyway.
                news.rows = {**newest({key: row for key, row in news.rows.items() if row}, kind.most)}
            news.seen, news.problem, news.failed_since = seen, None, None
        if first:
            self._ring()

    def fail(self, kind: RowKind[Row], problem: Problem, since: datetime) -> None:
        """Take note that a kind cannot be followed at the moment."""
        with self._lock:
            first = not self._news
            news = self._news.setdefault(kind.name, _News())
            news.problem, news.failed_since = problem, since
        if first:
            self._ring()

    def take(self) -> dict[str, _News]:
        """Return all news and start afresh."""
        with self._lock:
            news, self._news = self._news, {}
        return news


class LiveStore:
    """What one namespace and its nodes are like right now; made, used and stopped on one event loop."""

    def __init__(
        self,
        transport: BlockingTransport,
        namespace: str,
        kinds: Sequence[RowKind[Row]] = LIVE_KINDS,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._transport = transport
        self._namespace = namespace
        self._kinds = {kind.name: kind for kind in kinds}
        self._now = now
        self._rows: dict[str, dict[str, Row]] = {name: {} for name in self._kinds}
        self._panes: dict[str, Pane[Row]] = {name: Pane() for name in self._kinds}
        self._listeners: list[Listener] = []
        self._inbox = Inbox(self._ring)
        self._followers: list[Follower] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._last_tick = 0.0

    def start(self) -> None:
        """Begin to follow all kinds; call it on the event loop that will be told."""
        self._loop = asyncio.get_running_loop()
        for kind in self._kinds.values():
            follower = Follower(self._transport, kind, self._namespace, self._inbox, self._now)
            self._followers.append(follower)
            follower.start()

    async def stop(self) -> None:
        """End all threads, closing their sockets; the panes keep their last rows."""
        followers, self._followers = self._followers, []
        for follower in followers:
            follower.stop()
        await asyncio.gather(*(in_thread(partial(follower.join, END_PATIENCE)) for follower in followers))

    def pane(self, kind: RowKind[RowT]) -> Pane[RowT]:
        """Return what is known of one kind; KeyError for one that is not followed."""
        return cast("Pane[RowT]", self._panes[kind.name])

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with the names of changed kinds at each tick; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def retry_now(self) -> None:
        """Try again at once where something failed, instead of waiting out the pause."""
        for follower in self._followers:
            follower.retry_now()

    def _ring(self) -> None:
        """Have a tick soon; called from threads, once for any number of news."""
        # A loop that is closed by now has nobody left to tell.
        with contextlib.suppress(RuntimeError):
            if self._loop:
                self._loop.call_soon_threadsafe(self._schedule)

    def _schedule(self) -> None:
        loop = asyncio.get_running_loop()
        loop.call_at(max(loop.time(), self._last_tick + TICK), self._tick)

    def _tick(self) -> None:
        """Take the news over and tell the listeners."""
        loop = asyncio.get_running_loop()
        self._last_tick = loop.time()
        news = self._inbox.take()
        changed = frozenset(name for name, one in news.items() if self._take_over(name, one))
        if changed:
            for listener in tuple(self._listeners):
                # Each in a turn of its own, so that one that breaks does not silence the others.
                loop.call_soon(listener, changed)

    def _take_over(self, name: str, news: _News) -> bool:
        """Apply the news of one kind; tell whether anybody could see a difference."""
        before, rows = self._panes[name], self._rows[name]
        if news.replaced:
            rows.clear()
        for key, row in news.rows.items():
            if row is None:
                rows.pop(key, None)
            else:
                rows[key] = row
        kept = newest(rows, self._kinds[name].most)
        if kept is not rows:
            self._rows[name] = rows = kept
        seen = news.seen or before.seen
        pane = Pane(MappingProxyType(rows), seen, news.problem, news.failed_since)
        self._panes[name] = pane
        return (
            news.replaced
            or bool(news.rows)
            or before.outcome != pane.outcome
            or before.problem != pane.problem
        )
