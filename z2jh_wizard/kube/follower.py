"""One thread that keeps one kind of objects up to date: list, watch, and after a failure a growing pause."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Protocol

import msgspec

from z2jh_wizard.core.errors import Problem, WizardError, unexpected
from z2jh_wizard.kube import errors
from z2jh_wizard.kube.blocking import BlockingTransport, Stream
from z2jh_wizard.kube.connection import HangUp
from z2jh_wizard.kube.errors import Status
from z2jh_wizard.kube.kinds import Change, RowKind
from z2jh_wizard.kube.listing import decode
from z2jh_wizard.kube.reading import read_rows
from z2jh_wizard.kube.rows import Row

WATCH_SECONDS = 25
"""How long one watch is asked to last: below the time limit of a read, so that silence means a dead line."""

SILENCE = 30.0
"""Seconds without a byte after which a watch counts as broken."""

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
"""Seconds between two tries after failures."""

_PASSING = (errors.Unreachable, errors.Unauthorized, errors.Busy)
"""Failures after which a watch can go on where it was; after others only a new list shows what is true."""

_CHANGES = msgspec.json.Decoder(Change)
_STATUSES = msgspec.json.Decoder(Status)


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(timezone.utc)


class News(Protocol):
    """Where a follower leaves what it saw; called from its thread."""

    def replace(self, kind: RowKind[Row], rows: Mapping[str, Row], seen: datetime) -> None:
        """Take a whole new list."""

    def change(self, kind: RowKind[Row], changed: Mapping[str, Row | None], seen: datetime) -> None:
        """Take changed rows, None for those that are gone."""

    def fail(self, kind: RowKind[Row], problem: Problem, since: datetime) -> None:
        """Take note of a failure."""


class Follower:
    """Follows one kind of objects in a daemon thread."""

    def __init__(
        self,
        transport: BlockingTransport,
        kind: RowKind[Row],
        namespace: str,
        news: News,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._transport = transport
        self._kind = kind
        self._namespace = namespace
        self._news = news
        self._now = now
        self._version = ""
        self._failures = 0
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._hang_up: HangUp | None = None
        self._failed_since: datetime | None = None
        self._thread = threading.Thread(target=self._run, name=f"watch-{kind.name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End soon: a blocking read is broken off."""
        self._stopping.set()
        self._wake.set()
        with self._lock:
            if self._hang_up:
                self._hang_up.now()

    def retry_now(self) -> None:
        """Cut the pause after a failure short."""
        self._wake.set()

    def join(self, limit: float) -> None:
        """Wait for the thread's end, at most ``limit`` seconds."""
        self._thread.join(limit)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except errors.Expired:
                self._version = ""
                self._failures += 1
            except WizardError as error:
                if not isinstance(error, _PASSING):
                    self._version = ""
                self._fail(error.problem)
            except Exception as error:  # noqa: BLE001 - a thread that dies unseen would show old rows as true
                self._version = ""
                self._fail(unexpected(error, f"following {self._kind.name}"))
            if self._failures:
                self._pause()

    def _follow(self) -> None:
        """List if no position in the cluster's history is known, then watch until the watch ends."""
        hang_up = HangUp()
        with self._ended_by(hang_up):
            if not self._version:
                found = read_rows(self._transport, self._kind, self._namespace, hang_up=hang_up)
                self._version = found.resource_version
                self._news.replace(self._kind, found.by_key, self._now())
            stream = self._open(hang_up)
            self._failed_since = None
            self._news.change(self._kind, {}, self._now())
            began = time.monotonic()
            lines = self._read(stream)
        if lines:
            self._failures = 0
        elif time.monotonic() - began < FIRST_PAUSE:
            # A server that accepts watches only to end them must not be asked again and again.
            self._failures += 1

    def _open(self, hang_up: HangUp) -> Stream:
        params = {
            "watch": "true",
            "resourceVersion": self._version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(WATCH_SECONDS),
        }
        return self._transport.stream(self._kind.path(self._namespace), params, SILENCE, hang_up)

    def _read(self, stream: Stream) -> int:
        """Hand over the changes of one watch; return how many lines came. Expired when it is too old."""
        lines = 0
        try:
            for line in stream:
                lines += 1
                self._take(line)
        except errors.Unreachable:
            # Watches break for many harmless reasons; whether the cluster is gone, the next opening tells.
            pass
        return lines

    def _take(self, line: bytes) -> None:
        change = decode(_CHANGES, line, "watch")
        if change.type == "ERROR":
            raise self._error(bytes(change.object))
        thing = decode(self._kind.object_decoder, change.object, self._kind.name)
        self._version = thing.metadata.resource_version or self._version
        changed: dict[str, Row | None] = {}
        if change.type != "BOOKMARK":
            row = self._kind.to_row(thing)
            changed[row.key] = None if change.type == "DELETED" else row
        self._news.change(self._kind, changed, self._now())

    def _error(self, body: bytes) -> WizardError:
        """Translate the Status that ends a watch."""
        code = decode(_STATUSES, body, "watch").code or 500
        return errors.from_status(code, body, f"watching {self._kind.name}", self._transport.access.where)

    def _fail(self, problem: Problem) -> None:
        self._failures += 1
        if self._stopping.is_set():
            return
        self._failed_since = self._failed_since or self._now()
        self._news.fail(self._kind, problem, self._failed_since)

    def _pause(self) -> None:
        """Wait longer after each failure, with jitter so that kinds do not knock all at once."""
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._failures - 1, 10))
        self._wake.wait(longest * (0.5 + random.random() / 2))  # noqa: S311 - no secret depends on it
        self._wake.clear()

    @contextlib.contextmanager
    def _ended_by(self, hang_up: HangUp) -> Iterator[None]:
        """Let ``stop`` end the exchanges within."""
        with self._lock:
            self._hang_up = hang_up
        if self._stopping.is_set():
            hang_up.now()
        try:
            yield
        finally:
            with self._lock:
                self._hang_up = None
