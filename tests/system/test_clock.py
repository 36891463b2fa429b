"""The real clock is in UTC and really waits."""

from __future__ import annotations

from datetime import timedelta

from z2jh_wizard.system.clock import SystemClock


async def test_the_clock_is_in_utc_and_goes_on() -> None:
    clock = SystemClock()
    before = clock.now()
    await clock.sleep(0.01)
    assert before.utcoffset() == timedelta(0)
    assert clock.now() > before
