"""What all screens share: the project at hand, the answers, the run at work and the live view of the hub."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from z2jh_wizard.screens.backend import Backend
from z2jh_wizard.screens.recent import Memory

if TYPE_CHECKING:
    from z2jh_wizard.flows.checking import SeenChecks
    from z2jh_wizard.kube.live import LiveStore
    from z2jh_wizard.project.folder import Project
    from z2jh_wizard.screens.journey import Journey
    from z2jh_wizard.screens.run_record import RunRecord
    from z2jh_wizard.screens.settings_tour import Tour


@dataclass(slots=True)
class Desk:
    """The state of one sitting; the app changes it, screens read it and note answers in it."""

    backend: Backend
    memory: Memory
    speed: float = 1.0
    project: Project | None = None
    journey: Journey | None = None
    tour: Tour | None = None
    at: str = ""
    """The screen that is shown, by the name that leads to it."""
    came_from: str = ""
    """The screen that the settings were opened from, where it is not the page before them."""
    link: str = ""
    """The screen whose link led to a page of settings, which goes straight back there."""
    run: RunRecord | None = None
    live: LiveStore | None = None
    checks: SeenChecks | None = None
    """What the last look at the account or the cluster found, whichever project it was about."""
    focus: dict[str, str] = field(default_factory=dict)
    _opening_live: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_practice(self) -> bool:
        """Tell whether nothing here is real."""
        if self.project:
            return self.project.spec.provider == "practice"
        return bool(self.journey and self.journey.answers.get("provider") == "practice")

    @property
    def is_cloud(self) -> bool:
        """Tell whether a cloud sends a bill for what the project makes."""
        from z2jh_wizard.core.capacity import Cloud

        return self.project is not None and self.project.spec.provider in get_args(Cloud)

    @property
    def place(self) -> str:
        """Say which hub it is and where: ``bio101 on practice``."""
        if self.project:
            return f"{self.project.spec.release} on {self.project.spec.provider}"
        if self.journey:
            answers = self.journey.answers
            return f"{answers.get('release') or 'new hub'} on {answers.get('provider')}"
        return ""

    @property
    def cluster(self) -> str:
        """Say which cluster a danger is about: its name, and the kubeconfig context if there is one."""
        if self.project is None:
            return ""
        spec = self.project.spec
        if self.is_cloud:
            name, where = spec.cluster.name or spec.release, f"{spec.provider} in {spec.region}"
            return f"cluster and context: {name}, at {where}, namespace: {spec.namespace}"
        context = spec.cluster.context or ("practice" if spec.provider == "practice" else "the current one")
        return (
            f"cluster: {spec.cluster.name or spec.provider}, context: {context}, namespace: {spec.namespace}"
        )

    @property
    def seen_checks(self) -> SeenChecks | None:
        """What that look found, if it was about this project as it is now."""
        seen = self.checks
        return seen if seen and self.project and seen.spec == self.project.spec else None

    @property
    def is_running(self) -> bool:
        """Tell whether a run is at work."""
        return self.run is not None and not self.run.is_over

    @property
    def has_cluster(self) -> bool:
        """Tell whether the project knows a cluster that can be watched."""
        return self.project is not None and self.project.kubeconfig.exists()

    async def open(self, project: Project) -> None:
        """Put a project on the desk in place of another."""
        if self.project and self.project.folder != project.folder:
            await self.close_live()
            self.run = self.tour = None
            self.focus.clear()
        self.project = project
        self.memory.remember_project(project.folder)

    async def leave(self) -> None:
        """Clear the desk."""
        await self.close_live()
        self.project = self.journey = self.run = self.tour = None
        self.came_from = self.link = ""

    async def open_live(self) -> LiveStore | None:
        """Return the live store, started; None while the project has no kubeconfig."""
        async with self._opening_live:
            if self.live is None and self.project and self.has_cluster:
                store = await self.backend.live(self.project)
                store.start()
                self.live = store
        return self.live

    async def close_live(self) -> None:
        """Stop watching the hub."""
        store, self.live = self.live, None
        if store:
            await store.stop()

    @property
    def folder(self) -> Path:
        """The project's folder; the current one when there is none."""
        return self.project.folder if self.project else Path.cwd()
