"""A run: its lock, journal, log, events and end."""

from __future__ import annotations

import asyncio
import stat

import pytest

from tests.core.steps import Endless, Scripted, Thing
from z2jh_wizard.core.errors import CouldNotLook, ExitCode
from z2jh_wizard.core.events import Event, Kind, State
from z2jh_wizard.core.step import By, Finding, Line, Look
from z2jh_wizard.flows.run import interrupted_run
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.journal import read_journal
from z2jh_wizard.system.lock import writing

CANARY = "canary-5b1f0c9e7d"


def entries(project, what):
    return [entry for entry in read_journal(project.journal) if entry["what"] == what]


async def test_a_run_ends_done_and_writes_everything_down(project, session_of):
    world: set[str] = set()
    session = session_of(Thing(world, "one"), Thing(world, "two"))
    seen: list[Event] = []
    session.listen(seen.append)
    outcome = await session.run()
    assert outcome.code is ExitCode.DONE
    assert world == {"one", "two"}
    assert seen == session.events
    assert [entry["name"] for entry in entries(project, "made")] == ["one", "two"]
    assert entries(project, "run-end")[0]["code"] == 0
    assert interrupted_run(project) is None
    log = session.log_path.read_text()
    assert "one done" in log
    assert stat.S_IMODE(session.log_path.stat().st_mode) == 0o600


async def test_a_second_run_changes_nothing(session_of):
    world: set[str] = set()
    await session_of(Thing(world, "one")).run()
    again = session_of(Thing(world, "one"))
    assert (await again.run()).code is ExitCode.DONE
    assert [event.state for event in again.events] == [State.ALREADY]


async def test_an_unknown_world_ends_with_four_and_runs_nothing(session_of):
    blind = Scripted(CouldNotLook("The cluster does not answer", "Nothing came back."))
    later = Thing(set(), "later")
    session = session_of(blind, later)
    outcome = await session.run()
    assert outcome.code is ExitCode.COULD_NOT_LOOK
    assert outcome.problem.title == "The cluster does not answer"
    assert not blind.ran
    assert later.looks == 0


async def test_a_persons_step_ends_with_six_and_can_be_skipped(session_of):
    yours = Scripted(Look(Finding.ABSENT, "no record yet"))
    yours.by = By.YOU
    yours.how = "Make the DNS record."
    outcome = await session_of(yours).run()
    assert outcome.code is ExitCode.NEEDS_YOU
    assert outcome.problem.next_step == "Make the DNS record."
    assert (await session_of(yours, skip={"scripted"}).run()).code is ExitCode.DONE


async def test_stopping_ends_with_130_and_the_run_can_be_resumed(project, session_of):
    world: set[str] = set()
    endless = Endless(world, "endless")
    session = session_of(endless)
    session.listen(lambda event: session.stop() if event.kind is Kind.LINE else None)
    outcome = await session.run()
    assert outcome.code is ExitCode.INTERRUPTED
    assert endless.cleaned
    assert session.events[-1].state is State.STOPPED
    found = interrupted_run(project)
    assert found is not None
    assert (found.run, found.flow) == (session.id, "setup")


async def test_a_run_that_was_killed_is_found(project, session_of):
    session = session_of(Thing(set(), "one"))
    await session.run()
    lines = project.journal.read_text().splitlines(keepends=True)
    project.journal.write_text("".join(line for line in lines if "run-end" not in line))
    found = interrupted_run(project)
    assert found
    assert found.run == session.id


@pytest.mark.parametrize(("written", "found"), [('{"revision":3}', {"revision": 3}), ("7", {})])
def test_what_a_killed_run_was_begun_with_is_found(project, written, found):
    project.journal.parent.mkdir(parents=True, exist_ok=True)
    project.journal.write_text(
        f'{{"run":"r1","what":"run-start","flow":"rollback","time":"2026-11-20T08:00:00Z","options":{written}}}\n'
    )
    killed = interrupted_run(project)
    assert killed is not None
    assert (killed.flow, killed.options) == ("rollback", found)


async def test_options_are_written_down_where_a_run_begins(project, session_of):
    session = session_of(Thing(set(), "one"))
    session.options = {"pool": "user", "nodes": 2}
    await session.run()
    await session_of(Thing(set(), "two")).run()
    begun = entries(project, "run-start")
    assert begun[0]["options"] == {"pool": "user", "nodes": 2}
    assert "options" not in begun[1]


async def test_only_one_run_changes_a_project_at_a_time(project, session_of):
    world: set[str] = set()
    with writing(project.state, "another run", SystemClock()):
        outcome = await session_of(Thing(world, "one")).run()
    assert outcome.code is ExitCode.REFUSED
    assert "another run" in outcome.problem.happened
    assert world == set()


async def test_a_secret_reaches_no_event_log_or_journal(project, session_of):
    async def leak():
        yield Line(f"token={CANARY}")
        raise RuntimeError(f"boom {CANARY}")

    step = Scripted(Look(Finding.ABSENT, f"saw {CANARY}"), leak)
    session = session_of(step, secrets=[CANARY])
    outcome = await session.run()
    assert outcome.code is ExitCode.FAILED
    assert CANARY not in repr(session.events)
    assert CANARY not in repr(outcome)
    everything = b"".join(path.read_bytes() for path in project.folder.rglob("*") if path.is_file())
    assert CANARY.encode() not in everything


async def test_escape_codes_from_outside_are_stripped(session_of):
    async def rude():
        yield Line("\x1b]0;owned\x07\x1b[31mred\x1b[0m [bold]x[/bold]")

    session = session_of(Scripted(Look(Finding.ABSENT), rude))
    await session.run()
    line = next(event.text for event in session.events if event.kind is Kind.LINE)
    assert line == "red [bold]x[/bold]"


async def test_a_flow_that_cannot_be_built_is_told_in_words(project, session_of):
    session = session_of()
    session._build = lambda _journal: 1 / 0
    outcome = await session.run()
    assert outcome.code is ExitCode.FAILED
    assert "ZeroDivisionError" in outcome.problem.happened
    assert entries(project, "run-end")


async def test_two_runs_in_one_process_do_not_mix(session_of):
    first, second = session_of(Thing(set(), "a")), session_of(Thing(set(), "b"))
    outcomes = await asyncio.gather(first.run(), second.run())
    codes = sorted(outcome.code for outcome in outcomes)
    assert codes in ([ExitCode.DONE, ExitCode.REFUSED], [ExitCode.DONE, ExitCode.DONE])


async def test_escape_codes_do_not_help_a_secret_through(project, session_of):
    broken_up = f"{CANARY[:8]}\x1b[0m{CANARY[8:]}"

    async def leak():
        yield Line(f"token is {broken_up}")

    session = session_of(Scripted(Look(Finding.ABSENT), leak), secrets=[CANARY])
    await session.run()
    assert CANARY not in repr(session.events)
    assert CANARY not in session.log_path.read_text()
