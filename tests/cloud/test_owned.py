"""Things at a cloud that are known by name and label: what a look finds, and how they are waited for."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fakes import FakeClock
from z2jh_wizard.cloud import owned
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.spec import Pool, Spec
from z2jh_wizard.core.step import Finding, Gone, Line, Made, Refusal, Resource, Work

SPEC = Spec(1, "0123456789ab", "gke", "bio", "bio")


class Lamp(owned.Thing, frozen=True):
    """Something that a cloud makes: it warms up, is lit, or broke."""

    @property
    def is_idle(self) -> bool:
        return self.status != "Warming"

    @property
    def is_broken(self) -> bool:
        return self.status == "Broke"


GONE = Lamp("")
WARMING, LIT, BROKE = (Lamp(one, SPEC.project_id) for one in ("Warming", "Lit", "Broke"))


class MakeLamp(owned.MakeOwned[Lamp]):
    """A step whose cloud answers with one state after the other, the last one for ever."""

    id, title, why, kind = "lamp", "Make a lamp", "Light.", "lamp"

    def __init__(self, *states: Lamp) -> None:
        super().__init__(SPEC, FakeClock())
        self._states = list(states)
        self.asked: list[str] = []

    async def run(self) -> Work:
        self.asked.append("create")
        yield Made(self._resource())
        async for happening in self._until_whole():
            yield happening

    async def _state(self) -> Lamp:
        return self._states.pop(0) if len(self._states) > 1 else self._states[0]

    def _judged(self, state: Lamp) -> tuple[Finding, str]:
        return (Finding.READY if state == LIT else Finding.DRIFTED), state.words

    async def _delete(self) -> Work:
        self.asked.append("delete")
        async for happening in self._until_gone():
            yield happening

    def _resource(self) -> Resource:
        return Resource("lamp", "one")


async def told(work: Work | Refusal) -> list[object]:
    assert not isinstance(work, Refusal)
    return [one async for one in work]


@pytest.mark.parametrize(
    ("state", "finding", "detail"),
    [
        (GONE, Finding.ABSENT, "not made yet"),
        (LIT, Finding.READY, "lit"),
        (WARMING, Finding.DRIFTED, "warming"),
        (BROKE, Finding.DRIFTED, "broke"),
        (Lamp("Lit"), Finding.UNKNOWN, "a lamp of this name exists which this project did not make"),
        (Lamp("Lit", "ba9876543210"), Finding.UNKNOWN, owned.foreign("lamp")),
    ],
)
async def test_what_a_look_finds(state, finding, detail):
    look = await MakeLamp(state).look()
    assert (look.finding, look.detail) == (finding, detail)
    assert bool(look.not_ours) is (finding is Finding.UNKNOWN)
    assert bool(look.resources) is (finding is not Finding.ABSENT)


async def test_what_was_made_is_told_before_the_waiting():
    step = MakeLamp(WARMING, WARMING, LIT)
    assert await told(step.run()) == [Made(Resource("lamp", "one")), Line("warming")]


async def test_what_the_cloud_gave_up_is_an_error_once_it_is_idle():
    with pytest.raises(WizardError, match="could not finish the lamp"):
        await told(MakeLamp(WARMING, BROKE).run())


async def test_gone_is_told_when_nothing_is_there():
    assert await told(MakeLamp(LIT, WARMING, GONE).undo()) == [
        Line("lit"), Line("warming"), Gone(Resource("lamp", "one")),
    ]  # fmt: skip


class Resize(owned.ResizePool):
    """A resize of a pool that is as it was told to be."""

    def __init__(self, now: owned.PoolSize, pool: str, nodes: int, most: int = 5) -> None:
        super().__init__(SPEC, FakeClock(), pool, nodes, most)
        self._size = now

    @property
    def bounds(self) -> tuple[int, int]:
        return self._bounds

    async def _now(self) -> owned.PoolSize:
        return self._size

    async def _resize(self) -> Work:
        yield Line("resizing")


@pytest.mark.parametrize(
    ("now", "finding"),
    [
        (owned.PoolSize(3, 3), Finding.READY),
        (owned.PoolSize(3), Finding.READY),
        (owned.PoolSize(3, 0), Finding.DRIFTED),
        (owned.PoolSize(2, 3), Finding.DRIFTED),
        (owned.PoolSize(3, 3, "updating"), Finding.DRIFTED),
        (owned.PoolSize(3, 3, is_ours=False), Finding.UNKNOWN),
    ],
)
async def test_a_pool_is_right_with_number_and_least_number(now, finding):
    assert (await Resize(now, "user", 3).look()).finding is finding


async def test_only_the_core_pool_keeps_a_node():
    assert isinstance(Resize(owned.PoolSize(1), "core", 0).run(), Refusal)
    assert await told(Resize(owned.PoolSize(1), "user", 0).run()) == [Line("resizing")]


@given(st.integers(0, 9), st.none() | st.integers(0, 9), st.none() | st.integers(0, 9))
def test_bounds_hold_the_number(nodes, minimum, maximum):
    least, most = owned.bounds(Pool(nodes, "m", minimum, maximum))
    assert 0 <= least <= most
    assert max(1, nodes) <= most
    resize = Resize(owned.PoolSize(0), "user", nodes, most)
    assert resize.bounds == (nodes, max(most, nodes, 1))


def test_a_thing_without_words_of_its_own_says_its_status():
    assert msgspec.structs.replace(LIT, status="ON FIRE").words == "on fire"
