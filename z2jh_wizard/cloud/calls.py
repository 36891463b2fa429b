"""Calls of a cloud's blocking SDK: in a daemon thread, with a limit, again while the cloud is only busy."""

from __future__ import annotations

import asyncio
import itertools
import math
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TypeVar

from z2jh_wizard.cloud.explain import CloudTrouble
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


def _unknown(_error: Exception) -> WizardError | None:
    return None


async def call(
    work: Callable[[], Answer],
    what: str,
    limit: float = LIMIT,
    *,
    meant: Callable[[Exception], WizardError | None] = _unknown,
) -> Answer:
    """Make one blocking call; CouldNotLook when it takes longer than ``limit`` seconds.

    ``what`` says it for people, such as ``asking for the cluster``. ``meant`` says what an error of an SDK
    means, None for one that is not theirs; the original is left out then, as its text may hold a token or a
    signed address. A call that is cut off may still have done its work: whoever changes something looks again
    before it tries again.
    """

    def told() -> Answer:
        try:
            return work()
        except Exception as error:
            found = meant(error)
            if found is None:
                raise
            raise found from None

    try:
        return await asyncio.wait_for(in_thread(told), limit)
    except asyncio.TimeoutError:
        raise CouldNotLook(
            "The cloud did not answer",
            f"{what[:1].upper()}{what[1:]} took longer than {limit:.0f} seconds.",
            still_works="What was made before is kept.",
            next_step="Check the network, then run the same command again: it looks first and carries on.",
            transient=True,
        ) from None


async def asked(question: Callable[[], Awaitable[Answer]], clock: Clock) -> Answer:
    """Return the answer to a question that changes nothing, asked anew while the cloud has too much to do.

    The pauses are those that the cloud wants, else longer each time. No try begins later than ``LIMIT``
    seconds after the first one: then the error is raised that came last.
    """
    return await _again(question, clock, _is_busy, LIMIT)


async def steadily(attempt: Callable[[], Awaitable[Answer]], clock: Clock) -> Answer:
    """Return the answer of something that may be asked again, tried anew while its error is transient."""
    return await _again(attempt, clock, lambda error: error.transient, math.inf)


async def _again(
    attempt: Callable[[], Awaitable[Answer]],
    clock: Clock,
    goes_away: Callable[[WizardError], bool],
    within: float,
) -> Answer:
    began = clock.now()
    for number in itertools.count(1):
        try:
            return await attempt()
        except WizardError as error:
            wanted = error.retry_after if isinstance(error, CloudTrouble) else None
            wait = pause(number) if wanted is None else wanted
            late = (clock.now() - began).total_seconds() + wait > within
            if number == TRIES or late or not goes_away(error):
                raise
        await clock.sleep(wait)
    raise AssertionError("the last try ends it")


def _is_busy(error: WizardError) -> bool:
    return isinstance(error, CloudTrouble) and error.fix == "wait"


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


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds a reply wants the cloud to be left alone; None when it does not say.

    Sources: RFC 9110, section 10.2.3, for ``Retry-After``; azure.core's retry policy for milliseconds.
    """
    found = {name.lower(): value.strip() for name, value in headers.items()}
    for name, scale in (("retry-after-ms", 0.001), ("x-ms-retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = found.get(name, "")
        if value.isascii() and value.isdecimal():
            return min(int(value[:12]) * scale, 1e9)
    try:
        until = parsedate_to_datetime(found["retry-after"])
    except (KeyError, TypeError, ValueError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=timezone.utc)
    return max(0.0, (until - datetime.now(timezone.utc)).total_seconds())
