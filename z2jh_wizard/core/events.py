"""What a run tells its watchers: TUI, plain lines, JSON, receipt and tests read the same events."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timezone

from z2jh_wizard.core.errors import ExitCode, Problem
from z2jh_wizard.core.step import Resource


class State(str, enum.Enum):
    """Where a step stands; each word is shown as it is, with a symbol."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    ALREADY = "already"
    FAILED = "failed"
    STOPPED = "stopped"
    NEEDS_YOU = "needs-you"


SYMBOLS: dict[State, str] = {
    State.WAITING: "-",
    State.RUNNING: ">",
    State.DONE: "+",
    State.ALREADY: "=",
    State.FAILED: "!",
    State.STOPPED: "x",
    State.NEEDS_YOU: "?",
}

FINAL = frozenset(State) - {State.WAITING, State.RUNNING}


class Kind(str, enum.Enum):
    """What an event is about."""

    STATE = "state"
    LINE = "line"
    PROGRESS = "progress"
    MADE = "made"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in a run; ``step`` is empty for what concerns the whole run."""

    time: datetime
    step: str
    state: State
    text: str = ""
    kind: Kind = Kind.STATE
    done: int = 0
    total: int = 0
    resource: Resource | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended."""

    code: ExitCode
    problem: Problem | None = None


def rfc3339(moment: datetime) -> str:
    """Format a moment as UTC, RFC 3339, in seconds."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
