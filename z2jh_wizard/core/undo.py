"""Taking steps back: each setup step's own undo, in reverse order, as steps of a teardown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from z2jh_wizard.core.step import Command, Finding, Look, Refusal, Step, Work

WhyGone: TypeAlias = Callable[[], Awaitable[str]]
"""Says why nothing of ours can be there, empty when something can."""


async def _can_be_there() -> str:
    return ""


class Removal(Step):
    """The undo of another step as a step of its own; here READY means gone.

    ``why_gone`` is asked before the step: what it answers ends the look, and the step's own is left out.
    """

    def __init__(self, step: Step, why_gone: WhyGone = _can_be_there, *, needs: tuple[str, ...] = ()) -> None:
        self._step = step
        self._why_gone = why_gone
        self.id = f"remove.{step.id}"
        self.title = step.undo_title or f"Remove: {step.title}"
        self.why = step.why
        self.danger = step.undo_danger
        self.usually = step.usually
        self.limit = step.limit
        self.needs = needs

    def commands(self) -> tuple[Command, ...]:
        """Return what a person would type to remove it."""
        return self._step.undo_commands()

    async def look(self) -> Look:
        """Look at the original step: what is absent there is done here."""
        if gone := await self._why_gone():
            return Look(Finding.READY, gone)
        look = await self._step.look_back()
        if look.finding is Finding.ABSENT:
            return Look(Finding.READY, "gone")
        if look.finding is Finding.UNKNOWN:
            return look
        if look.not_ours:
            return Look(Finding.READY, f"left in place: {look.not_ours}", look.resources, look.not_ours)
        return Look(Finding.DRIFTED, f"still there: {look.detail}", look.resources)

    def run(self) -> Work | Refusal:
        """Undo the original step."""
        return self._step.undo()
