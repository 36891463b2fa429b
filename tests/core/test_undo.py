"""Taking back: each step's own undo, last step first."""

from __future__ import annotations

import pytest

from tests.core.steps import Scripted, Thing, World
from tests.support.fakes import FakeClock, MemoryJournal
from z2jh_wizard.core.engine import Engine
from z2jh_wizard.core.events import State
from z2jh_wizard.core.step import Command, Danger, Finding, Look, Refusal
from z2jh_wizard.core.undo import Removal


async def test_where_nothing_of_ours_can_be_it_is_gone_without_looking() -> None:
    async def why() -> str:
        return "there is no cluster"

    thing = Thing({"thing"})
    look = await Removal(thing, why).look()
    assert (look.finding, look.detail) == (Finding.READY, "there is no cluster")
    assert thing.looks == 0


def test_a_removal_describes_itself() -> None:
    class Typed(Thing):
        usually = 240
        limit = 900

        def undo_commands(self) -> tuple[Command, ...]:
            return (Command(("kubectl", "delete", "namespace", "jhub")),)

    removal = Removal(Typed(set()))
    assert (removal.title, removal.why) == ("Remove: Make thing", "Nothing goes without thing.")
    assert removal.danger is Danger.DELETES_DATA
    assert (removal.usually, removal.limit) == (240, 900)
    assert [command.shell() for command in removal.commands()] == ["kubectl delete namespace jhub"]
    assert removal.needs == ()
    assert Removal(Typed(set()), needs=("cluster",)).needs == ("cluster",)


def test_a_removal_is_as_dangerous_as_its_step_says() -> None:
    class Harmless(Thing):
        undo_danger = Danger.NONE

    assert Removal(Harmless(set())).danger is Danger.NONE


@pytest.mark.parametrize(
    ("look", "finding", "detail"),
    [
        (Look(Finding.ABSENT), Finding.READY, "gone"),
        (Look(Finding.ABSENT, "no release"), Finding.READY, "gone"),
        (Look(Finding.READY, "running"), Finding.DRIFTED, "still there: running"),
        (Look(Finding.DRIFTED, "half"), Finding.DRIFTED, "still there: half"),
        (Look(Finding.UNKNOWN, "no answer"), Finding.UNKNOWN, "no answer"),
        (Look(Finding.READY, "running", not_ours="no label"), Finding.READY, "left in place: no label"),
    ],
)
async def test_in_a_removal_ready_means_gone(look: Look, finding: Finding, detail: str) -> None:
    seen = await Removal(Scripted(look)).look()
    assert (seen.finding, seen.detail) == (finding, detail)


async def test_a_teardown_removes_and_writes_down_what_is_gone() -> None:
    world: World = {"a", "b"}
    journal = MemoryJournal()
    engine = Engine(FakeClock(), journal)
    events = [event async for event in engine.apply([Removal(Thing(world, "b")), Removal(Thing(world, "a"))])]
    assert world == set()
    assert [entry["name"] for entry in journal.of("gone")] == ["b", "a"]
    assert [event.step for event in events if event.state is State.DONE] == ["remove.b", "remove.a"]


def test_by_itself_a_step_takes_nothing_back() -> None:
    assert isinstance(Scripted(Look(Finding.READY)).undo(), Refusal)
