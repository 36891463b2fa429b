"""Clouds that have too much to do for a moment: a question is asked again, a change only after a look."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google.rpc import code_pb2

from tests.cloud.amazon import amazon
from tests.cloud.contract import CloudCase, ended, problem_of, went_well
from tests.cloud.test_aks import azure
from tests.cloud.test_gke import google
from tests.emulators.aks.manager import ArmError
from tests.emulators.aws.wire import AwsError
from tests.emulators.gke.errors import ApiError
from z2jh_wizard.cloud.calls import LIMIT, TRIES
from z2jh_wizard.core.events import State

RATE = "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute' of service 'x'."


class Busy:
    """One cloud: how it is started, what looking at a cluster calls, and what it says when it is busy."""

    def __init__(self, start: Any, looks: tuple[str, ...], says: tuple[Callable[[], Exception], ...]) -> None:
        self.start, self.looks, self.says = start, looks, says


CLOUDS = {
    "gke": Busy(
        google,
        ("GetCluster", "ListOperations"),
        (
            lambda: ApiError(code_pb2.RESOURCE_EXHAUSTED, RATE, "RATE_LIMIT_EXCEEDED"),
            lambda: ApiError(code_pb2.RESOURCE_EXHAUSTED, RATE),
            lambda: ApiError(code_pb2.UNAVAILABLE, "The service is currently unavailable."),
            lambda: ApiError(code_pb2.INTERNAL, "Internal error encountered."),
        ),
    ),
    "aks": Busy(
        azure,
        ("getGroup", "getCluster"),
        (
            lambda: ArmError(429, "TooManyRequests", "The request is being throttled."),
            lambda: ArmError(429, "SubscriptionRequestsThrottled", "Number of requests exceeded the limit."),
            lambda: ArmError(503, "ServerTimeout", "The request timed out."),
            lambda: ArmError(503, "SomethingNew", "Try later."),
        ),
    ),
    "eks": Busy(
        amazon,
        ("DescribeCluster", "DescribeStacks"),
        (
            lambda: AwsError("ThrottlingException", "Rate exceeded", 429),
            lambda: AwsError("RequestThrottled", "Rate exceeded", 429),
            lambda: AwsError("ServiceUnavailable", "Try later", 503),
            lambda: AwsError("InternalError", "An internal error has occurred", 500),
        ),
    ),
}


@pytest.fixture(params=sorted(CLOUDS))
def cloud(request: pytest.FixtureRequest) -> Busy:
    return CLOUDS[request.param]


@pytest.fixture
def case(cloud: Busy, monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudCase]:
    with cloud.start(monkeypatch) as made:
        yield made


def calls(case: CloudCase, name: str) -> int:
    """Return how often something was asked."""
    return sum(one.name == name for one in case.world.calls)


def wanting(error: Exception, seconds: str) -> Exception:
    """Return an error whose reply says how long to wait."""
    error.headers = {"Retry-After": seconds}  # type: ignore[attr-defined]
    return error


async def test_one_busy_answer_to_any_look_ends_nothing(case, cloud, tmp_path):
    project = case.project(tmp_path)
    for name in cloud.looks:
        for say in cloud.says[: TRIES - 1]:
            case.world.fail_once(name, say())
    assert went_well(await case.set_up(project))
    assert case.clusters() == 1
    again = [say() for say in cloud.says[-2:]]
    for error in again:
        case.world.fail_once(cloud.looks[0], error)
    creates = len(case.world.creates())
    assert set(ended(await case.set_up(project)).values()) == {State.ALREADY}
    assert len(case.world.creates()) == creates
    assert not case.world.complaints


async def test_a_cloud_that_stays_busy_is_let_alone_in_the_end(case, cloud, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    for say in cloud.says:
        before = calls(case, cloud.looks[0])
        pauses = len(case.clock.pauses)
        for _ in range(TRIES):
            case.world.fail_once(cloud.looks[0], say())
        problem = problem_of(await case.set_up(project))
        assert calls(case, cloud.looks[0]) - before == TRIES
        assert sum(case.clock.pauses[pauses:]) <= LIMIT
        assert "quota" not in problem.title
        assert "again" in problem.next_step
    assert went_well(await case.set_up(project))


async def test_the_cloud_says_how_long_it_wants_to_be_left_alone(case, cloud, tmp_path):
    project = case.project(tmp_path)
    await case.set_up(project)
    case.world.fail_once(cloud.looks[0], wanting(cloud.says[0](), "7"))
    assert went_well(await case.set_up(project))
    assert 7.0 in case.clock.pauses
    before = calls(case, cloud.looks[0])
    case.world.fail_once(cloud.looks[0], wanting(cloud.says[0](), "3600"))
    problem = problem_of(await case.set_up(project))
    assert calls(case, cloud.looks[0]) - before == 1
    assert max(case.clock.pauses) <= LIMIT
    assert problem.next_step


async def test_a_change_is_asked_again_only_after_a_look(case, cloud, tmp_path):
    """The cloud may have begun it although it answered with an error."""
    project = case.project(tmp_path)
    name = next(
        one for one in ("CreateCluster", "createCluster") if cloud.looks[0][0].isupper() == one[0].isupper()
    )
    case.world.fail_once(name, cloud.says[2]())
    assert went_well(await case.set_up(project))
    asked = [one.name for one in case.world.calls]
    first = asked.index(name)
    again = asked.index(name, first + 1)
    assert set(asked[first:again]) & {"GetCluster", "getCluster", "DescribeCluster"}
    assert case.clusters() == 1


async def test_even_who_is_signed_in_is_asked_again(case, tmp_path):
    account = case.provider(case.project(tmp_path)).account()
    case.world.fail_once("tokenInfo", CLOUDS["gke"].says[2]())
    case.world.fail_once("GetCallerIdentity", CLOUDS["eks"].says[0]())
    assert (await account.identity()).who
    assert not case.world.complaints
