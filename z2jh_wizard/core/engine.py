"""The engine: look, run what is not ready, look again; stop before any change when a look fails.

It knows steps, a clock and a journal, and nothing of clouds, Helm or screens.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from z2jh_wizard.core.errors import ExitCode, Problem, Refused, WizardError, unexpected
from z2jh_wizard.core.events import Event, Kind, State
from z2jh_wizard.core.step import (
    By,
    Finding,
    Happening,
    Line,
    Look,
    Made,
    Progress,
    Refusal,
    Step,
    Work,
)

Result = TypeVar("Result")

LOOK_LIMIT = 60.0
"""Seconds after which a look counts as unanswered."""

FIRST_PAUSE = 2.0
"""Seconds before the second try of a step; doubled for each further one."""


class Clock(Protocol):
    """Time, so that tests need not wait for it."""

    def now(self) -> datetime:
        """Return the present moment with its time zone."""

    async def sleep(self, seconds: float) -> None:
        """Let the time pass."""


class Journal(Protocol):
    """Where intents and results are written down before anything else happens."""

    def record(self, what: str, **details: object) -> None:
        """Write one entry durably."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A step with what looking at it found, before anything is run."""

    step: Step
    look: Look


async def look_at(step: Step) -> Look:
    """Look at one step; whatever goes wrong while looking is the finding UNKNOWN, never an exception."""
    try:
        return await asyncio.wait_for(step.look(), LOOK_LIMIT)
    except WizardError as error:
        return _unknown(error.problem)
    except asyncio.TimeoutError:
        return _unknown(
            Problem(
                title=f"No answer while looking: {step.title}",
                happened=f"Nothing came back within {LOOK_LIMIT:.0f} seconds.",
                still_works="Nothing was changed.",
                next_step="Check the network and run the same command again.",
            )
        )
    except Exception as error:  # noqa: BLE001 - a look that breaks is an unknown world, so nothing may be changed
        return _unknown(unexpected(error, f"looking at {step.id}"))


async def plan(steps: Sequence[Step]) -> AsyncIterator[Planned]:
    """Look at each step in order; one whose needs are not there yet comes later, or never."""
    missing: dict[str, str] = {}
    for step in steps:
        waits_for = next((missing[need] for need in step.needs if need in missing), None)
        look = await look_at(step) if waits_for is None else await step.before_its_turn(waits_for)
        if look.finding is Finding.ABSENT:
            missing[step.id] = step.title
        yield Planned(step, look)


class Engine:
    """Runs steps in order and tells what happens.

    ``stop`` may be set at any moment: the step at work is cancelled, its children are interrupted, the world
    is looked at once more and the run ends.
    """

    def __init__(self, clock: Clock, journal: Journal, stop: asyncio.Event | None = None) -> None:
        self._clock = clock
        self._journal = journal
        self._stop = stop or asyncio.Event()

    async def apply(
        self, steps: Sequence[Step], skip: AbstractSet[str] = frozenset()
    ) -> AsyncGenerator[Event, None]:
        """Bring every step to READY, telling each event; the last event of a step has a final state.

        ``skip`` names steps of a person that the user chose to leave out.
        """
        for step in steps:
            if self._stop.is_set():
                yield self._event(step, State.STOPPED, "stopped before it began")
                return
            look = await self._unless_stopped(look_at(step))
            if look is None:
                yield self._event(step, State.STOPPED, "stopped before it began")
                return
            if look.finding is Finding.READY:
                yield self._event(step, State.ALREADY, look.detail)
                continue
            if look.finding is Finding.UNKNOWN:
                yield self._event(step, State.FAILED, look.detail, problem=_not_looked(step, look))
                return
            if step.by is By.YOU:
                if step.id in skip:
                    yield self._event(step, State.STOPPED, f"skipped: {step.skipping}")
                    continue
                yield self._event(step, State.NEEDS_YOU, look.detail, problem=_needs_you(step, look))
                return
            last: Event | None = None
            async with contextlib.aclosing(self._work(step, look)) as events:
                async for event in events:
                    yield event
                    last = event
            if last is None or last.state is not State.DONE:
                return

    async def _work(self, step: Step, look: Look) -> AsyncGenerator[Event, None]:
        """Run one step with retries, then look again; exit code zero is no proof."""
        try:
            self._journal.record("intent", step=step.id, finding=look.finding.value)
        except WizardError as error:  # what cannot be written down is not begun
            yield self._event(step, State.FAILED, error.problem.title, problem=error.problem)
            return
        yield self._event(step, State.RUNNING, look.detail)
        for attempt in range(1, step.attempts + 1):
            trouble: Problem | None = None
            transient = False
            try:
                async with contextlib.aclosing(self._guard(step)) as happenings:
                    async for happening in happenings:
                        yield self._tell(step, happening)
            except _Stopped:
                yield self._ended(step, State.STOPPED, await self._after_stop(step))
                return
            except WizardError as error:
                trouble, transient = error.problem, error.transient
            except Exception as error:  # noqa: BLE001 - one broken step must not lose the run's record
                trouble = unexpected(error, f"running {step.id}")
            look = await look_at(step)
            if look.finding is Finding.READY:
                yield self._ended(step, State.DONE, look.detail)
                return
            trouble = trouble or look.problem or _no_proof(step, look)
            # Nothing is run again into a world that nobody can see.
            if not transient or look.finding is Finding.UNKNOWN or attempt == step.attempts:
                yield self._ended(step, State.FAILED, trouble.title, trouble)
                return
            pause = FIRST_PAUSE * 2 ** (attempt - 1)
            again = f"{trouble.title}; trying again in {pause:.0f} s"
            yield self._event(step, State.RUNNING, again, Kind.LINE)
            await self._unless_stopped(self._clock.sleep(pause))

    async def _unless_stopped(self, work: Coroutine[object, object, Result]) -> Result | None:
        """Return what harmless work answers, None when somebody says stop before it is done."""
        doing = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return doing.result() if doing.done() else None
        finally:
            await _cancel(doing)
            await _cancel(stopping)

    async def _guard(self, step: Step) -> AsyncGenerator[Happening, None]:
        """Give out what a step tells, within its time limit and until somebody says stop."""
        work = step.run()
        if isinstance(work, Refusal):
            raise _refused(step, work)
        stopping = asyncio.ensure_future(self._stop.wait())
        loop = asyncio.get_running_loop()
        deadline = loop.time() + step.limit
        try:
            while not self._stop.is_set():
                coming = asyncio.ensure_future(_anext(work))
                try:
                    await asyncio.wait(
                        {coming, stopping},
                        timeout=max(0.0, deadline - loop.time()),
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                finally:
                    in_time = coming.done()
                    await _cancel(coming)
                # What a step made while it was being cancelled is told all the same.
                happening = None if coming.cancelled() else _outcome(coming, in_time)
                if happening is not None:
                    yield happening
                if not in_time:
                    raise _Stopped if stopping.done() else _out_of_time(step)
                if happening is None:
                    return
            raise _Stopped
        finally:
            await _cancel(stopping)
            if isinstance(work, AsyncGenerator):
                await _close(work)

    async def _after_stop(self, step: Step) -> str:
        look = await look_at(step)
        return f"stopped; now {look.finding.value}" + (f": {look.detail}" if look.detail else "")

    def _tell(self, step: Step, happening: Happening) -> Event:
        """Turn a happening into an event; what was made or is gone goes to the journal first."""
        if isinstance(happening, Line):
            return self._event(step, State.RUNNING, happening.text, Kind.LINE)
        if isinstance(happening, Progress):
            return Event(
                self._clock.now(),
                step.id,
                State.RUNNING,
                happening.text,
                Kind.PROGRESS,
                happening.done,
                happening.total,
            )
        kind = Kind.MADE if isinstance(happening, Made) else Kind.GONE
        resource = happening.resource
        self._journal.record(
            kind.value,
            step=step.id,
            kind=resource.kind,
            name=resource.name,
            namespace=resource.namespace,
            uid=resource.uid,
        )
        return Event(self._clock.now(), step.id, State.RUNNING, str(resource), kind, resource=resource)

    def _ended(self, step: Step, state: State, text: str, problem: Problem | None = None) -> Event:
        # How it ended is worth telling even when it cannot be written; the next intent will fail then.
        with contextlib.suppress(WizardError):
            self._journal.record("step-end", step=step.id, state=state.value)
        return self._event(step, state, text, problem=problem)

    def _event(
        self,
        step: Step,
        state: State,
        text: str = "",
        kind: Kind = Kind.STATE,
        problem: Problem | None = None,
    ) -> Event:
        return Event(self._clock.now(), step.id, state, text, kind, problem=problem)


class _Stopped(Exception):
    """Somebody asked the run to stop."""


async def _anext(work: Work) -> Happening | None:
    """Return the next happening, or None at the end: StopAsyncIteration must not enter a task."""
    try:
        return await work.__anext__()
    except StopAsyncIteration:
        return None


def _outcome(coming: asyncio.Future[Happening | None], in_time: bool) -> Happening | None:
    """Return what a step told; an error counts only if it came before the step was cancelled."""
    if in_time:
        return coming.result()
    return None if coming.exception() else coming.result()


async def _cancel(task: asyncio.Future[Result]) -> None:
    """Cancel a task and wait until its own clean-up is over, whatever comes of that."""
    if task.done():
        return
    task.cancel()
    # Unlike awaiting the task, this raises neither its error nor takes its cancelling for our own.
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()


async def _close(work: AsyncGenerator[Happening, None]) -> None:
    """Close a step's generator; how its clean-up goes must not hide why it was closed."""
    with contextlib.suppress(Exception):
        await work.aclose()


def _unknown(problem: Problem) -> Look:
    """Return the look of an unknown world; a plain failure to look is COULD_NOT_LOOK to the outside."""
    if problem.code is ExitCode.FAILED:
        problem = replace(problem, code=ExitCode.COULD_NOT_LOOK)
    return Look(Finding.UNKNOWN, problem.title, problem=problem)


def _not_looked(step: Step, look: Look) -> Problem:
    if look.problem:
        return look.problem
    return Problem(
        title=f"Could not look: {step.title}",
        happened=look.detail or "The world did not answer.",
        still_works="Nothing was changed.",
        next_step="Run the same command again when it answers.",
        code=ExitCode.COULD_NOT_LOOK,
    )


def _needs_you(step: Step, look: Look) -> Problem:
    return Problem(
        title=step.title,
        happened=look.detail or step.why,
        still_works="Everything before this step is done and kept.",
        next_step=step.how or "Do this by hand, then run the same command again.",
        code=ExitCode.NEEDS_YOU,
    )


def _no_proof(step: Step, look: Look) -> Problem:
    return Problem(
        title=f"It ran, but it is not there: {step.title}",
        happened=look.detail or f"Looking again found it {look.finding.value}.",
        still_works="Everything made so far is kept.",
        next_step="Run the same command again; the log of this run has the details.",
    )


def _out_of_time(step: Step) -> WizardError:
    return WizardError(
        f"It took too long: {step.title}",
        f"It did not end within {_span(step.limit)} (usually {_span(step.usually)}).",
        still_works="Everything made so far is kept.",
        next_step="Run the same command again: it looks first and carries on.",
    )


def _refused(step: Step, refusal: Refusal) -> WizardError:
    return Refused(step.title, refusal.reason, still_works="Nothing was changed.")


def _span(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"
