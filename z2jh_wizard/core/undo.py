"""Taking steps back: each setup step's own undo, in reverse order, as steps of a teardown."""

from __future__ import annotations

from collections.abc import Callable

from z2jh_wizard.core.step import Command, Danger, Finding, Look, Refusal, Step, Work


class Removal(Step):
    """The undo of another step as a step of its own; here READY means gone.

    ``world_is_gone`` tells that what the step lived in is gone, so that there is nobody to ask.
    """

    def __init__(self, step: Step, world_is_gone: Callable[[], bool] = lambda: False) -> None:
        self._step = step
        self._world_is_gone = world_is_gone
        self.id = f"remove.{step.id}"
        self.title = step.undo_title or f"Remove: {step.title}"
        self.why = step.why
        self.danger = Danger.DELETES_DATA
        self.usually = step.usually
        self.limit = step.limit
        self.needs = ()

    def commands(self) -> tuple[Command, ...]:
        """Return what a person would type to remove it."""
        return self._step.undo_commands()

    async def look(self) -> Look:
        """Look at the original step: what is absent there is done here."""
        if self._world_is_gone():
            return Look(Finding.READY, "gone, with the cluster it was in")
        look = await self._step.look()
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
