"""A run: one flow played under the project's lock, with its journal, its log and its listeners."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO

from z2jh_wizard.core.engine import Clock, Engine, Journal
from z2jh_wizard.core.errors import ExitCode, WizardError, unexpected
from z2jh_wizard.core.events import FINAL, SYMBOLS, Event, Kind, Outcome, State, rfc3339
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.flows.cleaning import Cleaner
from z2jh_wizard.flows.flow import Flow
from z2jh_wizard.flows.orphans import settle_orphans
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.files import PRIVATE_FILE, make_private_folder
from z2jh_wizard.system.journal import FileJournal, read_journal
from z2jh_wizard.system.lock import writing

Listener = Callable[[Event], None]
FlowBuilder = Callable[[Journal], Flow]


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A run that began and never wrote its end; ``options`` are what its flow was begun with."""

    run: str
    flow: str
    time: str
    options: Mapping[str, Any] = field(default_factory=dict)


class RunSession:
    """Owns a run: lock, journal, log on disk, and the events that TUI, plain lines, JSON and tests consume.

    ``build`` makes the flow once the lock is held, so that it sees the project as it is then. A run that
    is not ``alone`` changes neither project nor hub and takes no lock: settings can be saved meanwhile.
    """

    def __init__(
        self,
        project: Project,
        name: str,
        build: FlowBuilder,
        *,
        clock: Clock,
        redactor: Redactor,
        skip: AbstractSet[str] = frozenset(),
        options: Mapping[str, Any] | None = None,
        alone: bool = True,
    ) -> None:
        self.project = project
        self.name = name
        self.options = dict(options or {})
        self.flow: Flow | None = None
        self.id = f"{clock.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        self.log_path: Path = project.logs / f"{self.id}-{name}.log"
        self.events: list[Event] = []
        self.outcome: Outcome | None = None
        self._build = build
        self._clock = clock
        self._clean = Cleaner(redactor)
        self._skip = skip
        self._alone = alone
        self._stop = asyncio.Event()
        self._listeners: list[Listener] = []
        self._journal = FileJournal(project.journal, clock, redactor, self.id)

    def listen(self, listener: Listener) -> None:
        """Call ``listener`` with every event from now on, in order, on the event loop."""
        self._listeners.append(listener)

    def stop(self) -> None:
        """Ask the run to stop: the step at work is interrupted, looked at once more, and the run ends."""
        self._stop.set()

    async def run(self) -> Outcome:
        """Play the flow to its end; never raises for a trouble of the run, the outcome says it."""
        try:
            with self._lock(), self._log() as log:
                self.outcome = await self._play(log)
        except WizardError as error:
            self.outcome = Outcome(error.problem.code, self._clean.problem(error.problem))
        return self.outcome

    async def _play(self, log: TextIO) -> Outcome:
        begun_with = {"options": self.options} if self.options else {}
        self._journal.record("run-start", flow=self.name, **begun_with)
        outcome = Outcome(ExitCode.INTERRUPTED)
        try:
            if self._alone:  # else the Helm of another run may well be at work
                async for line in settle_orphans(self.project, self._clock, self._stop):
                    self._tell(Event(self._clock.now(), "", State.RUNNING, line, Kind.LINE), log)
            self.flow = flow = self._build(self._journal)
            engine = Engine(self._clock, self._journal, self._stop)
            last: Event | None = None
            async with contextlib.aclosing(engine.apply(flow.steps, self._skip)) as events:
                async for event in events:
                    self._tell(event, log)
                    last = self.events[-1]
            outcome = self._judge(last)
        except WizardError as error:
            outcome = Outcome(error.problem.code, self._clean.problem(error.problem))
        except Exception as error:  # noqa: BLE001 - the end of the run must be written down whatever happens
            outcome = Outcome(ExitCode.FAILED, unexpected(error, f"running {self.name}"))
        finally:
            self._journal.record("run-end", flow=self.name, code=int(outcome.code))
        return outcome

    def _judge(self, last: Event | None) -> Outcome:
        if last is None or last.state in (State.DONE, State.ALREADY):
            return Outcome(ExitCode.DONE)
        if last.state is State.STOPPED:
            return Outcome(ExitCode.INTERRUPTED if self._stop.is_set() else ExitCode.DONE)
        return Outcome(last.problem.code if last.problem else ExitCode.FAILED, last.problem)

    def _tell(self, event: Event, log: TextIO) -> None:
        """Clean an event of secrets and control characters, write it to the log, give it to the listeners."""
        event = replace(
            event,
            text=self._clean.text(event.text),
            problem=self._clean.problem(event.problem) if event.problem else None,
        )
        self.events.append(event)
        mark = SYMBOLS[event.state] if event.kind is Kind.STATE else " "
        log.write(f"{rfc3339(event.time)} {mark} {event.step} {event.state.value} {event.text}\n")
        if event.problem and event.state in FINAL:
            log.writelines(f"    {line}\n" for line in event.problem.lines())
        for listener in self._listeners:
            listener(event)

    def _lock(self) -> contextlib.AbstractContextManager[object]:
        if self._alone:
            return writing(self.project.state, self.name, self._clock)
        make_private_folder(self.project.state)
        return contextlib.nullcontext()

    @contextlib.contextmanager
    def _log(self) -> Iterator[TextIO]:
        make_private_folder(self.log_path.parent)
        descriptor = os.open(self.log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
        with os.fdopen(descriptor, "a", encoding="utf-8", buffering=1) as log:
            yield log


def interrupted_run(project: Project) -> Interrupted | None:
    """Return the newest run if it never ended: the wizard was killed, and the run can be resumed."""
    newest: Interrupted | None = None
    for entry in read_journal(project.journal):
        if entry.get("what") == "run-start":
            newest = _interrupted(entry)
        elif entry.get("what") == "run-end" and newest and entry.get("run") == newest.run:
            stopped = entry.get("code") == int(ExitCode.INTERRUPTED)
            newest = newest if stopped else None
    return newest


def _interrupted(entry: Mapping[str, Any]) -> Interrupted:
    options = entry.get("options")
    return Interrupted(
        str(entry.get("run")),
        str(entry.get("flow")),
        str(entry.get("time")),
        options if isinstance(options, dict) else {},
    )
