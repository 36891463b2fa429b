"""The real clock."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone


class SystemClock:
    """Time as the computer has it, in UTC."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(timezone.utc)

    async def sleep(self, seconds: float) -> None:
        """Let the time pass without blocking the event loop."""
        await asyncio.sleep(seconds)
