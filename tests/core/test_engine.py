"""The engine: look, run, look again; what it tells, writes down and refuses to do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from tests.core.steps import Endless, Scripted, Thing, World
from tests.support.fakes import FakeClock, MemoryJournal
from z2jh_wizard.core import engine as engine_module
from z2jh_wizard.core.engine import Engine, look_at, plan
from z2jh_wizard.core.errors import CouldNotLook, ExitCode, Problem, Refused, WizardError
from z2jh_wizard.core.events import FINAL, Event, Kind, State
from z2jh_wizard.core.step import By, Finding, Happening, Line, Look, Made, Progress, Refusal, Resource, Step

ABSENT = Look(Finding.ABSENT, "not there")
READY = Look(Finding.READY, "there")
UNKNOWN = Look(Finding.UNKNOWN, "no answer")


@pytest.fixture(autouse=True)
async def _nothing_goes_on_afterwards() -> AsyncIterator[None]:
    """Every task that the engine started has ended with the run."""
    yield
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture
def stop() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def engine(clock: FakeClock, journal: MemoryJournal, stop: asyncio.Event) -> Engine:
    return Engine(clock, journal, stop)


async def all_of(engine: Engine, steps: Sequence[Step], **options: Any) -> list[Event]:
    return [event async for event in engine.apply(steps, **options)]


def ends(events: Sequence[Event]) -> list[tuple[str, State]]:
    return [(event.step, event.state) for event in events if event.state in FINAL]


# --- the plain course -------------------------------------------------------------------------------------


async def test_an_absent_step_is_run_and_looked_at_again(
    engine: Engine, journal: MemoryJournal, clock: FakeClock
) -> None:
    step = Thing(set())
    events = await all_of(engine, [step])
    assert [(event.kind, event.state, event.text) for event in events] == [
        (Kind.STATE, State.RUNNING, "not there"),
        (Kind.LINE, State.RUNNING, "try 1"),
        (Kind.MADE, State.RUNNING, "Thing lab/thing"),
        (Kind.STATE, State.DONE, "it is there"),
    ]
    assert events[2].resource == step.resource
    assert {event.time for event in events} == {clock.moment}
    assert step.looks == 2
    assert journal.entries == [
        {"what": "intent", "step": "thing", "finding": "absent"},
        {
            "what": "made",
            "step": "thing",
            "kind": "Thing",
            "name": "thing",
            "namespace": "lab",
            "uid": "uid-1",
        },
        {"what": "step-end", "step": "thing", "state": "done"},
    ]


async def test_a_ready_step_is_not_run_and_nothing_is_written(engine: Engine, journal: MemoryJournal) -> None:
    step = Thing({"thing"})
    events = await all_of(engine, [step])
    assert ends(events) == [("thing", State.ALREADY)]
    assert step.tries == 0
    assert journal.entries == []


async def test_steps_run_in_order_and_a_second_run_has_nothing_to_do(engine: Engine) -> None:
    world: World = {"b"}
    steps = [Thing(world, name) for name in "abc"]
    assert ends(await all_of(engine, steps)) == [
        ("a", State.DONE),
        ("b", State.ALREADY),
        ("c", State.DONE),
    ]
    assert {state for _, state in ends(await all_of(engine, steps))} == {State.ALREADY}


async def test_a_drifted_step_is_run(engine: Engine) -> None:
    looks = iter([Look(Finding.DRIFTED, "too small"), READY])

    async def work() -> AsyncGenerator[Happening, None]:
        yield Progress(1, 3, "nodes")

    events = await all_of(engine, [Scripted(lambda: next(looks), work)])
    progress = events[1]
    assert (progress.kind, progress.done, progress.total, progress.text) == (Kind.PROGRESS, 1, 3, "nodes")
    assert ends(events) == [("scripted", State.DONE)]


async def test_exit_code_zero_is_no_proof(engine: Engine) -> None:
    async def work() -> AsyncGenerator[Happening, None]:
        yield Line("I did it")

    later = Thing(set(), "later")
    events = await all_of(engine, [Scripted(ABSENT, work), later])
    problem = events[-1].problem
    assert ends(events) == [("scripted", State.FAILED)]
    assert problem
    assert problem.title == "It ran, but it is not there: Scripted"
    assert later.looks == 0


async def test_made_is_in_the_journal_before_anybody_hears_of_it(
    engine: Engine, journal: MemoryJournal
) -> None:
    async for event in engine.apply([Thing(set())]):
        if event.kind is Kind.MADE:
            assert [entry["name"] for entry in journal.of("made")] == ["thing"]


# --- looks that fail --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (CouldNotLook("The login expired"), ExitCode.COULD_NOT_LOOK),
        (WizardError("helm did not answer"), ExitCode.COULD_NOT_LOOK),
        (Refused("This is another cluster"), ExitCode.REFUSED),
        (UNKNOWN, ExitCode.COULD_NOT_LOOK),
        (Look(Finding.UNKNOWN), ExitCode.COULD_NOT_LOOK),
        (ValueError("canary-secret"), ExitCode.COULD_NOT_LOOK),
    ],
)
async def test_an_unknown_world_stops_everything_before_any_change(
    engine: Engine, journal: MemoryJournal, look: Look | Exception, code: ExitCode
) -> None:
    step, later = Scripted(look), Thing(set(), "later")
    events = await all_of(engine, [step, later])
    assert ends(events) == [("scripted", State.FAILED)]
    assert events[-1].problem
    assert events[-1].problem.code is code
    assert "canary-secret" not in repr(events)
    assert not step.ran
    assert later.looks == 0
    assert journal.entries == []


async def test_a_look_without_answer_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(Thing):
        async def look(self) -> Look:
            await asyncio.Event().wait()
            raise AssertionError

    monkeypatch.setattr(engine_module, "LOOK_LIMIT", 0.01)
    look = await look_at(Silent(set()))
    assert look.finding is Finding.UNKNOWN
    assert look.problem
    assert look.problem.code is ExitCode.COULD_NOT_LOOK
    assert look.problem.title == "No answer while looking: Make thing"


async def test_when_the_second_look_fails_its_problem_is_told(engine: Engine) -> None:
    answers: list[Look | Exception] = [ABSENT, CouldNotLook("The login expired")]

    class Lost(Thing):
        async def look(self) -> Look:
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

    events = await all_of(engine, [Lost(set())])
    assert events[-1].state is State.FAILED
    assert events[-1].problem
    assert events[-1].problem.code is ExitCode.COULD_NOT_LOOK


# --- work that fails --------------------------------------------------------------------------------------


async def test_a_refusal_is_told_with_its_code(engine: Engine) -> None:
    events = await all_of(engine, [Scripted(ABSENT, Refusal("It is not ours."))])
    problem = events[-1].problem
    assert problem == Problem(
        "Scripted", "It is not ours.", still_works="Nothing was changed.", code=ExitCode.REFUSED
    )


async def test_a_broken_run_is_a_failure_without_its_text(engine: Engine) -> None:
    events = await all_of(engine, [Thing(set(), "thing", KeyError("canary-secret"))])
    assert ends(events) == [("thing", State.FAILED)]
    assert events[-1].problem
    assert "KeyError while running thing (steps.py line" in events[-1].problem.happened
    assert "canary-secret" not in repr(events)


async def test_a_run_that_breaks_before_it_begins_is_a_failure(engine: Engine) -> None:
    events = await all_of(engine, [Scripted(ABSENT, RuntimeError("no"))])
    assert ends(events) == [("scripted", State.FAILED)]


async def test_a_failure_that_did_the_work_all_the_same_is_done(engine: Engine) -> None:
    world: World = set()

    async def work() -> AsyncGenerator[Happening, None]:
        world.add("scripted")
        yield Line("half way")
        raise WizardError("the connection broke")

    step = Scripted(lambda: READY if "scripted" in world else ABSENT, work)
    assert ends(await all_of(engine, [step])) == [("scripted", State.DONE)]


async def test_transient_troubles_are_tried_again_with_growing_pauses(
    engine: Engine, clock: FakeClock
) -> None:
    busy = WizardError("The cluster is busy", transient=True)
    began = clock.moment
    events = await all_of(engine, [Thing(set(), "thing", busy, busy)])
    assert ends(events) == [("thing", State.DONE)]
    assert clock.pauses == [2.0, 4.0]
    assert events[-1].time - began == timedelta(seconds=6)
    assert [event.text for event in events if "again" in event.text] == [
        "The cluster is busy; trying again in 2 s",
        "The cluster is busy; trying again in 4 s",
    ]


async def test_patience_ends_after_the_last_attempt(engine: Engine, clock: FakeClock) -> None:
    step = Thing(set(), "thing", *[WizardError("busy", transient=True)] * 9)
    events = await all_of(engine, [step])
    assert ends(events) == [("thing", State.FAILED)]
    assert step.tries == step.attempts == 3
    assert clock.pauses == [2.0, 4.0]


async def test_other_troubles_are_not_tried_again(engine: Engine, clock: FakeClock) -> None:
    step = Thing(set(), "thing", WizardError("quota exceeded"))
    assert ends(await all_of(engine, [step])) == [("thing", State.FAILED)]
    assert (step.tries, clock.pauses) == (1, [])


async def test_nothing_is_run_again_into_an_unknown_world(engine: Engine, clock: FakeClock) -> None:
    looks = iter([ABSENT, UNKNOWN])

    async def work() -> AsyncGenerator[Happening, None]:
        yield Line("try")
        raise WizardError("The connection broke", transient=True)

    events = await all_of(engine, [Scripted(lambda: next(looks), work)])
    assert ends(events) == [("scripted", State.FAILED)]
    assert clock.pauses == []


async def test_a_step_has_a_time_limit_and_is_cleaned_up(engine: Engine) -> None:
    step = Endless(set())
    step.limit = 0.05
    events = await all_of(engine, [step])
    assert ends(events) == [("thing", State.FAILED)]
    assert events[-1].problem
    assert events[-1].problem.title == "It took too long: Make thing"
    assert step.cleaned


# --- a person's own steps ---------------------------------------------------------------------------------


class ByYou(Thing):
    by = By.YOU
    how = "Add an A record for hub.example.org."
    skipping = "the hub has no name"


async def test_a_persons_step_waits_for_the_person(engine: Engine) -> None:
    later = Thing(set(), "later")
    events = await all_of(engine, [ByYou(set()), later])
    assert ends(events) == [("thing", State.NEEDS_YOU)]
    problem = events[-1].problem
    assert problem
    assert (problem.code, problem.next_step) == (ExitCode.NEEDS_YOU, ByYou.how)
    assert later.looks == 0


async def test_a_persons_step_that_is_done_is_passed(engine: Engine) -> None:
    assert ends(await all_of(engine, [ByYou({"thing"})])) == [("thing", State.ALREADY)]


async def test_a_persons_step_can_be_skipped(engine: Engine) -> None:
    events = await all_of(engine, [ByYou(set()), Thing(set(), "later")], skip={"thing"})
    assert ends(events) == [("thing", State.STOPPED), ("later", State.DONE)]
    assert events[0].text == "skipped: the hub has no name"


async def test_the_wizards_own_steps_cannot_be_skipped(engine: Engine) -> None:
    step = Thing(set())
    await all_of(engine, [step], skip={"thing"})
    assert step.tries == 1


# --- stopping ---------------------------------------------------------------------------------------------


async def test_stop_before_the_beginning(engine: Engine, stop: asyncio.Event) -> None:
    step = Thing(set())
    stop.set()
    assert ends(await all_of(engine, [step])) == [("thing", State.STOPPED)]
    assert step.looks == 0


async def test_stop_in_the_middle_cleans_up_looks_again_and_ends(
    engine: Engine, stop: asyncio.Event, journal: MemoryJournal
) -> None:
    step, later = Endless(set()), Thing(set(), "later")
    events = []
    async for event in engine.apply([step, later]):
        events.append(event)
        if event.text == "at work":
            asyncio.get_running_loop().call_later(0.01, stop.set)
        if event.state is State.STOPPED:
            assert step.cleaned
    assert ends(events) == [("thing", State.STOPPED)]
    assert events[-1].text == "stopped; now absent: not there"
    assert step.looks == 2
    assert later.looks == 0
    assert journal.of("step-end") == [{"what": "step-end", "step": "thing", "state": "stopped"}]


async def test_stop_between_two_happenings_runs_nothing_more(engine: Engine, stop: asyncio.Event) -> None:
    async def work() -> AsyncGenerator[Happening, None]:
        yield Line("first")
        raise AssertionError("it went on")

    events = []
    async for event in engine.apply([Scripted(ABSENT, work)]):
        events.append(event)
        if event.text == "first":
            stop.set()
    assert ends(events) == [("scripted", State.STOPPED)]


async def test_stop_cuts_a_pause_short(journal: MemoryJournal, stop: asyncio.Event) -> None:
    class Eternity(FakeClock):
        async def sleep(self, seconds: float) -> None:
            stop.set()
            await asyncio.Event().wait()

    step = Thing(set(), "thing", WizardError("busy", transient=True))
    events = await all_of(Engine(Eternity(), journal, stop), [step])
    assert ends(events) == [("thing", State.STOPPED)]
    assert step.tries == 1


async def test_stop_cuts_the_first_look_short(engine: Engine, stop: asyncio.Event) -> None:
    class Slow(Thing):
        async def look(self) -> Look:
            stop.set()
            await asyncio.Event().wait()
            raise AssertionError

    assert ends(await all_of(engine, [Slow(set())])) == [("thing", State.STOPPED)]


async def test_what_is_made_while_stopping_is_written_down(
    engine: Engine, stop: asyncio.Event, journal: MemoryJournal
) -> None:
    async def work() -> AsyncGenerator[Happening, None]:
        yield Line("at work")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            yield Made(Resource("Cluster", "half-made"))

    events = []
    async for event in engine.apply([Scripted(ABSENT, work)]):
        events.append(event)
        if event.text == "at work":
            asyncio.get_running_loop().call_later(0.01, stop.set)
    assert [entry["name"] for entry in journal.of("made")] == ["half-made"]
    assert ends(events) == [("scripted", State.STOPPED)]


async def test_a_clean_up_that_breaks_does_not_hide_the_stop(engine: Engine, stop: asyncio.Event) -> None:
    async def work() -> AsyncGenerator[Happening, None]:
        try:
            yield Line("at work")
            await asyncio.Event().wait()
        finally:
            raise RuntimeError("the clean-up broke")

    events = []
    async for event in engine.apply([Scripted(ABSENT, work)]):
        events.append(event)
        if event.text == "at work":
            asyncio.get_running_loop().call_later(0.01, stop.set)
    assert ends(events) == [("scripted", State.STOPPED)]


async def test_a_listener_who_leaves_leaves_nothing_running(engine: Engine) -> None:
    step = Endless(set())
    async with contextlib.aclosing(engine.apply([step])) as events:
        async for event in events:
            if event.text == "at work":
                break
    assert step.cleaned


async def test_a_cancelled_run_cleans_up_and_stays_cancelled(engine: Engine) -> None:
    step = Endless(set())
    at_work = asyncio.Event()

    async def run() -> None:
        async with contextlib.aclosing(engine.apply([step])) as events:
            async for event in events:
                if event.text == "at work":
                    at_work.set()

    task = asyncio.ensure_future(run())
    await at_work.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert step.cleaned


# --- a journal that cannot write --------------------------------------------------------------------------


class FullDisk(MemoryJournal):
    """Refuses the entries of some sorts."""

    def __init__(self, *refused: str) -> None:
        super().__init__()
        self.refused = refused

    def record(self, what: str, **details: object) -> None:
        if what in self.refused:
            raise WizardError("Could not write journal", "No space left on device.")
        super().record(what, **details)


async def test_what_cannot_be_written_down_is_not_begun(clock: FakeClock) -> None:
    step = Thing(set())
    events = await all_of(Engine(clock, FullDisk("intent")), [step])
    assert ends(events) == [("thing", State.FAILED)]
    assert step.tries == 0


async def test_a_made_that_cannot_be_written_down_stops_the_step(clock: FakeClock) -> None:
    world: World = set()
    done = False

    async def work() -> AsyncGenerator[Happening, None]:
        nonlocal done
        yield Made(Resource("Thing", "one"))
        world.add("scripted")
        done = True

    step = Scripted(lambda: READY if world else ABSENT, work)
    events = await all_of(Engine(clock, FullDisk("made", "step-end")), [step])
    assert ends(events) == [("scripted", State.FAILED)]
    assert not done


async def test_an_end_that_cannot_be_written_down_is_told(clock: FakeClock) -> None:
    events = await all_of(Engine(clock, FullDisk("step-end")), [Thing(set())])
    assert ends(events) == [("thing", State.DONE)]


# --- planning ---------------------------------------------------------------------------------------------


async def test_a_plan_looks_and_changes_nothing() -> None:
    world: World = {"a"}
    steps = [Thing(world, "a"), Thing(world, "b"), Scripted(UNKNOWN, name="c")]
    planned = [item async for item in plan(steps)]
    assert [(item.step.id, item.look.finding) for item in planned] == [
        ("a", Finding.READY),
        ("b", Finding.ABSENT),
        ("c", Finding.UNKNOWN),
    ]
    assert world == {"a"}


async def test_what_needs_an_absent_step_is_absent_without_a_look() -> None:
    cluster, release, pods = (Thing(set(), name) for name in ("cluster", "release", "pods"))
    release.needs = ("cluster",)
    pods.needs = ("release",)
    planned = [item async for item in plan([cluster, release, pods])]
    assert [item.look.detail for item in planned] == [
        "not there",
        "comes after: Make cluster",
        "comes after: Make release",
    ]
    assert release.looks == pods.looks == 0


async def test_what_needs_a_ready_or_unlisted_step_is_looked_at() -> None:
    release = Thing(set(), "release")
    release.needs = ("cluster", "tools")
    planned = [item async for item in plan([Thing({"cluster"}, "cluster"), release])]
    assert release.looks == 1
    assert planned[1].look.finding is Finding.ABSENT
