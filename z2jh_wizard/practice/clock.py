"""The time of the practice cluster: its clock, the speed of its delays, and what is due when."""

from __future__ import annotations

import heapq
import time
from collections.abc import Hashable
from datetime import datetime, timedelta, timezone
from typing import Generic, TypeVar

SLOWEST_DEADLINE = 0.02
"""Time limits shrink to this share at most, so that speed 0 does not make everything fail at once."""

K = TypeVar("K", bound=Hashable)


class Clock:
    """Wall-clock time, and a speed factor for all delays: 1 is the real pace, 0 is as fast as possible."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(timezone.utc)

    def ticks(self) -> float:
        """Return seconds that only ever grow, for measuring delays."""
        return time.monotonic()

    def scaled(self, seconds: float) -> float:
        """Return how many real seconds something takes that takes ``seconds`` on a real cluster."""
        return seconds * self.speed

    def limit(self, seconds: float) -> float:
        """Return how many real seconds a time limit of ``seconds`` lasts; never as short as nothing."""
        return seconds * max(self.speed, SLOWEST_DEADLINE)


class ManualClock(Clock):
    """A clock that moves only when it is told to, for tests."""

    def __init__(self, start: datetime | None = None, speed: float = 1.0) -> None:
        super().__init__(speed)
        self._start = start or datetime(2026, 9, 1, 8, 0, tzinfo=timezone.utc)
        self._elapsed = 0.0

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self._start + timedelta(seconds=self._elapsed)

    def ticks(self) -> float:
        """Return the seconds by which the clock was advanced."""
        return self._elapsed

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self._elapsed += seconds


class Timers(Generic[K]):
    """Keys, each with the moment (in ticks) at which it is due; setting a key again replaces its moment."""

    def __init__(self) -> None:
        self._due: dict[K, float] = {}
        self._heap: list[tuple[float, int, K]] = []
        self._count = 0

    def __contains__(self, key: K) -> bool:
        return key in self._due

    def __len__(self) -> int:
        return len(self._due)

    def set(self, key: K, due: float) -> None:
        """Make ``key`` due at a moment."""
        self._due[key] = due
        self._count += 1
        heapq.heappush(self._heap, (due, self._count, key))

    def due(self, key: K) -> float | None:
        """Return when a key is due, or None."""
        return self._due.get(key)

    def cancel(self, key: K) -> None:
        """Forget a key; nothing happens when there is none."""
        self._due.pop(key, None)

    def next_due(self) -> float | None:
        """Return the earliest moment at which a key is due, or None."""
        while self._heap:
            due, _, key = self._heap[0]
            if self._due.get(key) == due:
                return due
            heapq.heappop(self._heap)
        return None

    def pop_due(self, now: float) -> list[K]:
        """Remove and return the keys that are due, the earliest first."""
        ready: list[K] = []
        while (due := self.next_due()) is not None and due <= now:
            _, _, key = heapq.heappop(self._heap)
            del self._due[key]
            ready.append(key)
        return ready

    def rescale(self, now: float, factor: float) -> None:
        """Multiply what is left of each delay, as when the speed changes."""
        for key, due in list(self._due.items()):
            self.set(key, now + max(0.0, due - now) * factor)


def rfc3339_micro(moment: datetime) -> str:
    """Format a moment as Kubernetes does in metav1.MicroTime: UTC, six decimals."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
