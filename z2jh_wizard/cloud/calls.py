"""Calls of a cloud's blocking SDK: in a daemon thread, with a limit, again while the cloud is only busy."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import CouldNotLook, WizardError
from z2jh_wizard.kube.threads import in_thread

Answer = TypeVar("Answer")

LIMIT = 30.0
"""Seconds that one call may take; a cloud answers within a few or not at all."""

FIRST, LONGEST = 2.0, 15.0
"""Seconds between two looks at long work: at first, and at most."""

TRIES = 4
"""How often a call is made that fails with what goes away by itself."""


async def call(work: Callable[[], Answer], what: str, limit: float = LIMIT) -> Answer:
    """Make one blocking call; CouldNotLook when it takes longer than ``limit`` seconds.

    ``what`` says it for people, such as ``asking for the cluster``. A call that is cut off may still have
    done its work: whoever changes something looks again before it tries again.
    """
    try:
        return await asyncio.wait_for(in_thread(work), limit)
    except asyncio.TimeoutError:
        raise CouldNotLook(
            "The cloud did not answer",
            f"{what[:1].upper()}{what[1:]} took longer than {limit:.0f} seconds.",
            still_works="What was made before is kept.",
            next_step="Check the network, then run the same command again: it looks first and carries on.",
            transient=True,
        ) from None


async def steadily(attempt: Callable[[], Awaitable[Answer]], clock: Clock) -> Answer:
    """Return the answer of something that may be asked again, tried anew while its error is transient."""
    for number in range(1, TRIES):
        try:
            return await attempt()
        except WizardError as error:
            if not error.transient:
                raise
            await clock.sleep(pause(number))
    return await attempt()


async def states(
    look: Callable[[], Awaitable[Answer]], is_done: Callable[[Answer], bool], clock: Clock
) -> AsyncIterator[Answer]:
    """Give each state that differs from the one before, the last one when the work is done.

    The caller's step has the limit: this goes on for as long as it is asked. A look that fails with what goes
    away by itself is tried again.
    """
    last: Answer | None = None
    number = 0
    while True:
        state = await steadily(look, clock)
        if state != last:
            yield state
            last, number = state, 0
        if is_done(state):
            return
        number += 1
        await clock.sleep(pause(number))


def pause(number: int) -> float:
    """Return the seconds before the look with this number, from 1: longer each time, and never in step."""
    longest = min(LONGEST, FIRST * 1.5 ** (number - 1))
    return longest * random.uniform(0.75, 1.0)  # noqa: S311  # no secret: it parts programs that ask together
