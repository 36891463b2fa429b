from __future__ import annotations

from datetime import datetime, timezone

from z2jh_wizard.practice.clock import Clock, ManualClock, Timers, rfc3339_micro
from z2jh_wizard.practice.cluster import Delays, Task
from z2jh_wizard.practice.meta import ObjectKey

TASK = Task("kubelet", ObjectKey("lab", "pod"))


def test_speed_scales_delays_but_keeps_limits_alive():
    clock = Clock(0.1)
    assert clock.scaled(30) == 3
    assert clock.limit(300) == 30
    clock.speed = 0
    assert clock.scaled(30) == 0
    assert clock.limit(300) > 0


def test_a_real_clock_moves_by_itself():
    clock = Clock()
    before = clock.ticks()
    assert clock.now().tzinfo is timezone.utc
    assert clock.ticks() >= before


def test_a_manual_clock_moves_when_told():
    clock = ManualClock(datetime(2026, 9, 1, 8, tzinfo=timezone.utc))
    clock.advance(90)
    assert clock.now() == datetime(2026, 9, 1, 8, 1, 30, tzinfo=timezone.utc)
    assert rfc3339_micro(clock.now()) == "2026-09-01T08:01:30.000000Z"


def test_timers_give_out_what_is_due_the_earliest_first():
    timers: Timers[str] = Timers()
    timers.set("late", 9)
    timers.set("early", 1)
    timers.set("moved", 2)
    timers.set("moved", 5)
    timers.set("dropped", 3)
    timers.cancel("dropped")
    timers.cancel("never set")
    assert timers.next_due() == 1
    assert timers.pop_due(6) == ["early", "moved"]
    assert "late" in timers
    assert timers.due("late") == 9
    assert len(timers) == 1


def test_timers_follow_a_new_speed():
    timers: Timers[str] = Timers()
    timers.set("pull", 20)
    timers.rescale(10, 0.1)
    assert timers.next_due() == 11


def test_a_delay_starts_when_it_is_first_asked_for():
    clock = ManualClock()
    delays = Delays(clock)
    assert not delays.passed(TASK, "pull", 5)
    clock.advance(4)
    assert not delays.passed(TASK, "pull", 5)
    assert delays.pop_due() == []
    clock.advance(1)
    assert delays.pop_due() == [TASK]
    assert delays.passed(TASK, "pull", 5)


def test_a_delay_of_nothing_is_over_at_once():
    delays = Delays(ManualClock(speed=0))
    assert delays.passed(TASK, "pull", 100)
    assert not delays.limit_passed(TASK, "deadline", 100)


def test_a_reset_delay_starts_anew():
    clock = ManualClock()
    delays = Delays(clock)
    delays.passed(TASK, "pull", 5)
    clock.advance(5)
    delays.pop_due()
    delays.reset(TASK, "pull")
    assert not delays.passed(TASK, "pull", 5)


def test_forgotten_delays_wake_nobody():
    clock = ManualClock()
    delays = Delays(clock)
    delays.passed(TASK, "pull", 5)
    delays.wake(TASK, "look", 3)
    delays.forget(TASK)
    clock.advance(10)
    assert delays.pop_due() == []
    assert delays.next_due() is None


def test_a_new_speed_shortens_what_is_under_way():
    clock = ManualClock()
    delays = Delays(clock)
    delays.passed(TASK, "pull", 100)
    delays.set_speed(0.01)
    clock.advance(1)
    assert delays.pop_due() == [TASK]
