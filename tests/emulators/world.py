"""What all emulated clouds have: a clock, a list of calls, faults on purpose, and complaints."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """One call that came in: its name in the cloud's API, and what it was about."""

    name: str
    target: str
    changes: bool


@dataclass
class Pending:
    """Work that the cloud has begun: ``finish`` is done when it is due."""

    due: float
    began: float
    finish: Callable[[], None]

    def share(self, now: float) -> float:
        """Return how much of it is done, from 0 to 1."""
        length = self.due - self.began
        return 1.0 if length <= 0 else min(1.0, max(0.0, (now - self.began) / length))


@dataclass
class World:
    """The state that every request is answered from, under one lock.

    ``latency`` is how many seconds of ``clock`` long work takes; ``faults`` are raised instead of an answer,
    each once, by the name of the call; ``complaints`` are what the real cloud would not have understood.
    """

    latency: float = 60.0
    clock: Callable[[], float] = time.monotonic
    calls: list[Call] = field(default_factory=list)
    faults: dict[str, list[Exception]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def note(self, name: str, target: str, *, changes: bool) -> None:
        """Keep a call, then fail if it shall."""
        self.calls.append(Call(name, target, changes))
        waiting = self.faults.get(name)
        if waiting:
            raise waiting.pop(0)

    def fail_once(self, name: str, error: Exception) -> None:
        """Let the next call of this name fail."""
        self.faults.setdefault(name, []).append(error)

    def begun(self, finish: Callable[[], None], latency: float | None = None) -> Pending:
        """Return work that ends in a while."""
        now = self.clock()
        return Pending(now + (self.latency if latency is None else latency), now, finish)

    def creates(self) -> list[Call]:
        """Return the calls that make something, for a test that nothing was made twice."""
        return [
            one for one in self.calls if one.changes and one.name.lower().startswith(("create", "insert"))
        ]

    def complain(self, about: Any) -> None:
        """Keep what the real cloud would not have understood."""
        self.complaints.append(str(about))
