"""Who a process is: by number and start, so that a recycled number is nobody we know."""

from __future__ import annotations

import os
import signal
import sys
import threading

import psutil
import pytest

from tests.support.waiting import wait_until
from tests.system.programs import first_line, program, running
from z2jh_wizard.system.processes import (
    ProcessIdentity,
    death_signal_setter,
    identify,
    is_alive,
    signal_process,
)

SLEEPER = "print('up', flush=True); import sys; sys.stdin.read()"


def test_a_living_process_is_known() -> None:
    me = identify(os.getpid())
    assert me == ProcessIdentity(os.getpid(), psutil.Process().create_time())
    assert me
    assert is_alive(me)


def test_a_process_that_ended_is_not_alive_even_before_it_is_reaped() -> None:
    with running(program(SLEEPER)) as process:
        assert first_line(process) == "up"
        identity = identify(process.pid)
        assert identity
        process.send_signal(signal.SIGKILL)
        zombie = psutil.Process(process.pid)
        wait_until(lambda: zombie.status() == psutil.STATUS_ZOMBIE)
        assert identify(process.pid) is None
        assert not is_alive(identity)
        process.wait(10)
        assert not is_alive(identity)


def test_a_recycled_number_is_somebody_else() -> None:
    with running(program(SLEEPER)) as process:
        assert first_line(process) == "up"
        now = identify(process.pid)
        assert now
        before = ProcessIdentity(now.pid, now.started - 3600)
        assert not is_alive(before)
        signal_process(before, signal.SIGKILL)
        signal_process(now, signal.SIGTERM)
        assert process.wait(10) == -signal.SIGTERM


def test_a_signal_to_nobody_does_nothing() -> None:
    with running(program("pass")) as process:
        identity = ProcessIdentity(process.pid, 0.0)
        process.wait(10)
    signal_process(identity, signal.SIGKILL)


def test_a_process_that_ends_between_two_looks_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    me = identify(os.getpid())
    assert me

    def gone(self: psutil.Process, number: int) -> None:
        raise psutil.NoSuchProcess(self.pid)

    monkeypatch.setattr(psutil.Process, "send_signal", gone)
    signal_process(me, signal.SIGTERM)


def test_only_linux_tells_a_child_of_its_parents_death(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert death_signal_setter(signal.SIGINT) is None


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_the_setter_asks_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[int, int]] = []

    class Library:
        def prctl(self, option: int, number: int) -> None:
            calls.append((option, number))

    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: Library())
    before = signal.getsignal(signal.SIGUSR1)
    setter = death_signal_setter(signal.SIGUSR1)
    assert setter
    try:
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        setter()
        assert signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert calls == [(1, signal.SIGUSR1)]
    assert threading.current_thread() is threading.main_thread()
