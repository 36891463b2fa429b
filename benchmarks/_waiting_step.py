"""The run screen with one step that never ends, for measuring what waiting costs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from z2jh_wizard.app import Start, WizardApp
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.core.step import Finding, Line, Look, Step, Work
from z2jh_wizard.flows.flow import Flow
from z2jh_wizard.flows.pages import default_answers, new_project
from z2jh_wizard.flows.run import RunSession
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens.backend import Backend
from z2jh_wizard.screens.messages import StartRun
from z2jh_wizard.system.clock import SystemClock


class Wait(Step):
    """A step that says one line and waits."""

    id = "wait"
    title = "Wait for something slow"
    why = "Clouds take minutes."
    usually = 360
    limit = 3600

    async def look(self) -> Look:
        return Look(Finding.ABSENT, "not there yet")

    async def run(self) -> Work:
        yield Line("waiting")
        await asyncio.Event().wait()


class Waiting(Backend):
    """Flows of one step."""

    async def steps(self, project: Project, flow: str, **options: Any) -> list[Step]:
        return [Wait()]

    async def session(
        self, project: Project, flow: str, *, skip: AbstractSet[str] = frozenset(), **options: Any
    ) -> RunSession:
        return RunSession(
            project,
            flow,
            lambda _: Flow("setup", project, [Wait()]),
            clock=SystemClock(),
            redactor=Redactor(),
        )


class App(WizardApp):
    """Opens the project and starts the run."""

    async def on_ready(self) -> None:
        super().on_ready()
        await self.desk.open(self.desk.backend.open(Path(sys.argv[1], "hub")))
        self.post_message(StartRun("setup"))


if __name__ == "__main__":
    new_project(Path(sys.argv[1], "hub"), default_answers("practice"))
    App(Start(), Waiting()).run()
