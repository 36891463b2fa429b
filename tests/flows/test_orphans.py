"""Helm children that outlived their wizard: recognised, waited for, interrupted, never mistaken."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys

import pytest

from tests.support.fakes import FakeClock
from z2jh_wizard.core.errors import Refused
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.flows import orphans
from z2jh_wizard.flows.orphans import recorded_children, settle_orphans
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.journal import FileJournal
from z2jh_wizard.system.processes import identify

SLEEPER = "import sys, time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); " + SLEEPER


@pytest.fixture
def child_of(project):
    """Start a process and write it into the journal as a run does."""
    started = []

    def start(code):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        assert process.stdout
        assert process.stdout.readline()
        identity = identify(process.pid)
        assert identity
        journal = FileJournal(project.journal, SystemClock(), Redactor(), "run-1")
        journal.record(
            "child", pid=identity.pid, started=identity.started, release="bio101", namespace="bio101"
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


async def settle(project, clock=None):
    return [line async for line in settle_orphans(project, clock or FakeClock(), asyncio.Event())]


async def test_a_child_that_lives_is_interrupted_after_the_patience_is_over(project, child_of, monkeypatch):
    monkeypatch.setattr(orphans, "PATIENCE", 0.3)
    process = child_of(SLEEPER)
    lines = await settle(project, SystemClock())
    assert "waiting" in lines[0]
    assert "interrupting" in lines[1]
    assert process.wait() in (-signal.SIGINT, 1)


async def test_a_child_that_ends_by_itself_is_only_waited_for(project, child_of):
    process = child_of("import sys; print('up', flush=True); sys.stdin.read(0); import time; time.sleep(0.4)")
    lines = await settle(project, SystemClock())
    assert len(lines) == 1
    assert process.wait() == 0


async def test_a_child_that_will_not_end_refuses_the_run(project, child_of, monkeypatch):
    monkeypatch.setattr(orphans, "LAST_PATIENCE", 1.0)
    child_of(STUBBORN)
    with pytest.raises(Refused, match="still at work"):
        await settle(project)


async def test_a_recycled_pid_is_not_mistaken(project, child_of):
    process = child_of(SLEEPER)
    identity = identify(process.pid)
    assert identity
    project.journal.unlink()
    journal = FileJournal(project.journal, SystemClock(), Redactor(), "run-1")
    journal.record("child", pid=identity.pid, started=identity.started - 100, release="r", namespace="n")
    assert await settle(project) == []
    assert process.poll() is None


async def test_ended_children_and_foreign_lines_are_passed_over(project):
    journal = FileJournal(project.journal, SystemClock(), Redactor(), "run-1")
    journal.record("child", pid=1, started=5.0, release="bio101", namespace="bio101")
    journal.record("child-end", pid=1, started=5.0)
    journal.record("child", pid="x", started=None)
    journal.record("child-end", pid=77, started=1.0)
    assert [child.ended for child in recorded_children(project)] == [True]
    assert await settle(project) == []
