"""Ready-made plans and runs for the fronts: screens, commands and tests start here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from collections.abc import Set as AbstractSet
from typing import Any

from z2jh_wizard.core import engine
from z2jh_wizard.core.engine import Clock, Journal, Planned
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.flows.adapters import Adapters, adapters_for
from z2jh_wizard.flows.cleaning import Cleaner, redactor_for
from z2jh_wizard.flows.flow import Flow
from z2jh_wizard.flows.image_build import image_build
from z2jh_wizard.flows.mending import mend
from z2jh_wizard.flows.power import start, stop
from z2jh_wizard.flows.resize import resize
from z2jh_wizard.flows.rollback import rollback
from z2jh_wizard.flows.run import RunSession
from z2jh_wizard.flows.setup import setup
from z2jh_wizard.flows.teardown import teardown
from z2jh_wizard.project.folder import Project, open_project
from z2jh_wizard.system.clock import SystemClock

_FLOWS: dict[str, Callable[..., Flow]] = {
    "setup": setup,
    "rollback": rollback,
    "resize": resize,
    "teardown": teardown,
    "image": image_build,
    "mend": mend,
    "stop": stop,
    "start": start,
}

_BESIDE_OTHERS = frozenset({"image"})
"""Flows that change neither the project nor the hub."""


def flow_of(project: Project, name: str, **options: Any) -> Flow:
    """Return a flow to list its steps and commands; nothing is looked at."""
    return _build(name, adapters_for(project, Redactor()), options)


async def plan_of(project: Project, name: str, **options: Any) -> AsyncIterator[Planned]:
    """Look at each step of a flow without changing anything or taking the lock."""
    redactor = redactor_for(project)
    clean = Cleaner(redactor)
    async for planned in engine.plan(_build(name, adapters_for(project, redactor), options).steps):
        yield Planned(planned.step, clean.look(planned.look))


def new_session(
    project: Project,
    name: str,
    *,
    skip: AbstractSet[str] = frozenset(),
    clock: Clock | None = None,
    **options: Any,
) -> RunSession:
    """Return a run of a flow, ready to be started with ``run()``."""
    redactor = redactor_for(project)

    def build(journal: Journal) -> Flow:
        world = adapters_for(open_project(project.folder), redactor, journal, clock)
        return _build(name, world, options)

    return RunSession(
        project,
        name,
        build,
        clock=clock or SystemClock(),
        redactor=redactor,
        skip=skip,
        options=options,
        alone=name not in _BESIDE_OTHERS,
    )


def _build(name: str, world: Adapters, options: dict[str, Any]) -> Flow:
    return _FLOWS[name](world, **options)
