"""A clock that tests turn and a journal in memory."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from typing import Any


class FakeClock:
    """Time that passes only when somebody sleeps; ``pauses`` remembers for how long."""

    def __init__(self, start: datetime = datetime(2026, 3, 2, 8, 0, tzinfo=timezone.utc)) -> None:
        self.moment = start
        self.pauses: list[float] = []

    def now(self) -> datetime:
        """Return the moment that the sleeps so far have led to."""
        return self.moment

    def seconds(self) -> float:
        """Return the same as a number that grows."""
        return self.moment.timestamp()

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once, giving other tasks a turn."""
        self.pauses.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        """Turn the clock forward."""
        self.moment += timedelta(seconds=seconds)


class MemoryJournal:
    """Keeps entries in a list, oldest first, as ``{"what": ..., **details}``."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def record(self, what: str, **details: object) -> None:
        """Keep one entry."""
        self.entries.append({"what": what, **details})

    def of(self, what: str) -> list[dict[str, Any]]:
        """Return the entries of one sort."""
        return [entry for entry in self.entries if entry["what"] == what]
