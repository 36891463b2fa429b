"""Events: words, symbols and times that others rely on."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from z2jh_wizard.core.events import FINAL, SYMBOLS, State, rfc3339


def test_every_state_has_a_symbol_of_its_own() -> None:
    assert set(SYMBOLS) == set(State)
    assert len(set(SYMBOLS.values())) == len(State)


def test_waiting_and_running_are_not_the_end() -> None:
    assert set(State) - FINAL == {State.WAITING, State.RUNNING}


def test_times_are_utc() -> None:
    moment = datetime(2026, 3, 2, 9, 30, 0, 999, timezone(timedelta(hours=1)))
    assert rfc3339(moment) == "2026-03-02T08:30:00Z"
