"""Calls of a blocking SDK: the limit, trying again, and watching long work."""

import asyncio
import threading
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from functools import partial

import pytest
from google.api_core import exceptions
from google.protobuf import duration_pb2
from google.rpc import error_details_pb2
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fakes import FakeClock
from z2jh_wizard.cloud.calls import (
    FIRST,
    LIMIT,
    LONGEST,
    TRIES,
    asked,
    call,
    pause,
    retry_after,
    states,
    steadily,
)
from z2jh_wizard.cloud.explain import CloudTrouble, trouble
from z2jh_wizard.cloud.gke.troubles import as_trouble
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


async def test_a_question_is_asked_again_only_while_the_cloud_is_busy():
    clock, answers = FakeClock(), []

    async def once(code: str, wait: float | None = None) -> str:
        answers.append(code)
        raise trouble("gke", code, retry_after=wait)

    for code, wait, times in (
        ("UNAVAILABLE", None, TRIES),
        ("UNAVAILABLE", 1.0, TRIES),
        ("UNAVAILABLE", LIMIT, 2),
        ("UNAVAILABLE", LIMIT + 1, 1),
        ("PERMISSION_DENIED", None, 1),
    ):
        answers.clear()
        with pytest.raises(CloudTrouble):
            await asked(partial(once, code, wait), clock)
        assert len(answers) == times


async def test_a_question_is_given_up_between_two_tries():
    started, tries = asyncio.Event(), []

    class Endless(FakeClock):
        async def sleep(self, _seconds: float) -> None:
            started.set()
            await asyncio.Event().wait()

    async def busy() -> str:
        tries.append(1)
        raise trouble("eks", "Throttling")

    asking = asyncio.create_task(asked(busy, Endless()))
    await started.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert tries == [1]


def test_how_long_a_reply_wants_to_be_left_alone():
    later = format_datetime(datetime.now(timezone.utc) + timedelta(minutes=5))
    assert retry_after({"Retry-After": "7"}) == 7.0
    assert retry_after({"retry-after-ms": "1500", "retry-after": "9"}) == 1.5
    assert 290 < (retry_after({"Retry-After": later}) or 0) <= 300
    assert retry_after({"Retry-After": "Mon, 01 Jan 2001 00:00:00 GMT"}) == 0.0
    assert retry_after({}) is retry_after({"Retry-After": "soon"}) is None


@given(st.dictionaries(st.sampled_from(["Retry-After", "retry-after-ms", "Date"]), st.text(max_size=40)))
def test_no_header_breaks_it(headers):
    found = retry_after(headers)
    assert found is None or 0 <= found <= 1e12


@pytest.mark.parametrize(
    "detail",
    [
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "12.5s"},
        error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=12, nanos=500_000_000)),
    ],
    ids=["rest", "grpc"],
)
def test_google_says_it_in_the_reply_itself(detail):
    found = as_trouble(exceptions.TooManyRequests("slowly", details=[detail]), "bio")
    assert isinstance(found, CloudTrouble)
    assert (found.fix, found.retry_after) == ("wait", 12.5)


def test_compute_engine_says_too_many_with_an_older_reason():
    older = exceptions.Forbidden("Rate Limit Exceeded", errors=[{"reason": "rateLimitExceeded"}])
    lacking = exceptions.Forbidden("no", errors=[{"reason": "forbidden"}])
    said = [as_trouble(one, "bio") for one in (older, lacking)]
    assert [one.transient for one in said if one] == [True, False]
