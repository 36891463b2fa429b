"""What is known of the run at work: the state of each step, the newest lines, and how it ended.

It outlives every screen that shows it, knows no Textual, and tells one listener that something changed.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from z2jh_wizard.core.errors import ExitCode, Problem
from z2jh_wizard.core.events import FINAL, SYMBOLS, Event, Kind, Outcome, State
from z2jh_wizard.core.step import Step
from z2jh_wizard.flows.run import RunSession

MOST_LINES = 5000
"""Lines that are kept in memory; the whole log is on the disk."""

WORDS = {State.ALREADY: "already done", State.NEEDS_YOU: "needs you"}
"""States whose word is two words."""

NEXT = {
    "teardown": "Done. Next shows the receipt.",
    "image": "Done. Next puts the image into the settings.",
    "mend": "Done. Next looks round again.",
}
"""What is said of a run that has ended well."""


@dataclass(slots=True)
class StepRecord:
    """How one step stands; times are seconds of a clock that never jumps, 0 when it has not begun."""

    step: Step
    state: State = State.WAITING
    detail: str = ""
    began: float = 0
    ended: float = 0
    done: int = 0
    total: int = 0

    def words(self, now: float) -> str:
        """Return symbol and word, with the elapsed time where it helps."""
        text = f"{SYMBOLS[self.state]} {WORDS.get(self.state, self.state.value)}"
        if self.state is State.RUNNING:
            return f"{text} {clock_time(now - self.began)}"
        if self.state is State.DONE and self.began:
            return f"{text} in {clock_time(self.ended - self.began)}"
        return text

    def about(self, width: int = 20) -> str:
        """Return the detail; work gets its usual time, counted work a bar of characters."""
        if self.state is not State.RUNNING:
            return self.detail
        usually = f"usually {span(self.step.usually)}"
        if self.total:
            filled = width * min(self.done, self.total) // self.total
            bar = "#" * filled + "." * (width - filled)
            return f"{self.done} of {self.total} {self.detail} [{bar}] {usually}"
        return f"{usually}; {self.detail}" if self.detail else usually


def clock_time(seconds: float) -> str:
    """Return minutes and seconds: 3:12."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def span(seconds: float) -> str:
    """Return a duration in words for people: 5 s, 6 min."""
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


@dataclass(slots=True)
class RunRecord:
    """A run and all that its events told so far."""

    session: RunSession
    steps: dict[str, StepRecord]
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_LINES))
    line_number: int = 0
    problem: Problem | None = None
    outcome: Outcome | None = None
    stopping: bool = False
    skipped: frozenset[str] = frozenset()
    made: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    on_change: Callable[[], None] | None = None
    now: Callable[[], float] = time.monotonic
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def of(
        cls, session: RunSession, steps: Sequence[Step], skipped: frozenset[str] = frozenset()
    ) -> RunRecord:
        """Return the record of a run that is about to begin, listening to it."""
        record = cls(session, {step.id: StepRecord(step) for step in steps}, skipped=skipped)
        session.listen(record.take)
        return record

    @property
    def is_over(self) -> bool:
        """Tell whether the run has ended."""
        return self.outcome is not None

    @property
    def at_work(self) -> StepRecord | None:
        """Return the step that is at work, or the one where the run ended badly."""
        for record in self.steps.values():
            if record.state in (State.RUNNING, State.FAILED, State.NEEDS_YOU):
                return record
        return None

    @property
    def newest(self) -> StepRecord | None:
        """Return the last step that has begun."""
        begun = [record for record in self.steps.values() if record.state is not State.WAITING]
        return begun[-1] if begun else None

    def position(self) -> int:
        """Return the number of the step one is at, from 1."""
        finished = sum(record.state in FINAL for record in self.steps.values())
        return min(len(self.steps), finished + (0 if self.is_over else 1)) or 1

    def take(self, event: Event) -> None:
        """Take one event in."""
        record = self.steps.get(event.step)
        if event.kind is Kind.STATE:
            if record:
                self._take_state(record, event)
            if event.problem:
                self.problem = event.problem
        elif event.kind is Kind.PROGRESS and record:
            record.done, record.total, record.detail = event.done, event.total, event.text
        elif event.kind is Kind.MADE:
            self.made.append(event.text)
        elif event.kind is Kind.GONE:
            self.gone.append(event.text)
        self._add_line(event, record)
        self._tell()

    def stop(self) -> None:
        """Ask the run to stop."""
        self.stopping = True
        self.session.stop()
        self._tell()

    def end(self, outcome: Outcome) -> None:
        """Take note that the run is over."""
        self.outcome = outcome
        self.over.set()
        self.problem = outcome.problem or self.problem
        self._tell()

    def summary(self) -> str:
        """Say in one line how it stands."""
        if self.outcome is None:
            at_work = self.at_work
            if self.stopping:
                return "Stopping: the step at work is interrupted, then looked at once more."
            return at_work.step.why if at_work else "Starting."
        if self.outcome.code == ExitCode.DONE:
            return NEXT.get(self.session.name, "Done. Next shows the hub.")
        if self.outcome.code == ExitCode.INTERRUPTED:
            return "Stopped. What was made is kept; Retry looks first and carries on."
        if self.outcome.code == ExitCode.NEEDS_YOU:
            return "This step is yours: do it, then press Check again."
        return "It did not work; nothing that was made is lost."

    def lines_since(self, number: int) -> list[str]:
        """Return the kept lines that came after a line number."""
        fresh = min(self.line_number - number, len(self.lines))
        return list(self.lines)[len(self.lines) - fresh :] if fresh > 0 else []

    def _take_state(self, record: StepRecord, event: Event) -> None:
        if event.state is State.RUNNING:
            record.began = self.now()
        elif event.state in FINAL:
            record.ended = self.now()
        record.state, record.detail = event.state, event.text

    def _add_line(self, event: Event, record: StepRecord | None) -> None:
        title = record.step.title if record else ""
        if event.kind is Kind.STATE:
            word = WORDS.get(event.state, event.state.value)
            text = f"{SYMBOLS[event.state]} {title}: {word}" + (f" ({event.text})" if event.text else "")
        elif event.kind is Kind.PROGRESS:
            text = f"    {event.done} of {event.total} {event.text}"
        else:
            verb = {Kind.MADE: "made ", Kind.GONE: "removed "}.get(event.kind, "")
            text = f"    {verb}{event.text}"
        self.lines.append(text)
        self.line_number += 1

    def _tell(self) -> None:
        if self.on_change:
            self.on_change()
