"""Calls of a blocking SDK: the limit, trying again, and watching long work."""

import threading
from functools import partial

import pytest

from tests.support.fakes import FakeClock
from z2jh_wizard.cloud.calls import FIRST, LONGEST, TRIES, call, pause, states, steadily
from z2jh_wizard.core.errors import CouldNotLook, WizardError


async def test_a_call_has_a_limit_and_its_error_arrives():
    never = threading.Event()
    assert await call(lambda: 7, "asking") == 7
    with pytest.raises(ZeroDivisionError):
        await call(lambda: 1 / 0, "asking")
    with pytest.raises(CouldNotLook) as caught:
        await call(never.wait, "asking for the cluster", 0.05)
    never.set()
    assert caught.value.transient
    assert "Asking for the cluster took longer" in str(caught.value)


async def test_what_goes_away_by_itself_is_tried_again():
    clock, asked = FakeClock(), []

    async def busy_twice() -> str:
        asked.append(1)
        if len(asked) < 3:
            raise WizardError("busy", transient=True)
        return "done"

    assert await steadily(busy_twice, clock) == "done"
    assert len(clock.pauses) == 2

    async def always(transient: bool) -> str:
        asked.append(1)
        raise WizardError("no", transient=transient)

    for transient, times in ((True, TRIES), (False, 1)):
        asked.clear()
        with pytest.raises(WizardError):
            await steadily(partial(always, transient), clock)
        assert len(asked) == times


async def test_each_new_state_is_given_once():
    clock = FakeClock()
    answers = iter(["making", "making", "making", "starting", "there"])

    async def look() -> str:
        return next(answers)

    seen = [state async for state in states(look, lambda state: state == "there", clock)]
    assert seen == ["making", "starting", "there"]
    assert len(clock.pauses) == 4


def test_pauses_grow_to_a_limit():
    assert all(0.75 * FIRST <= pause(1) <= FIRST for _ in range(50))
    assert all(0.75 * LONGEST <= pause(40) <= LONGEST for _ in range(50))
