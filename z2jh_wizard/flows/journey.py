"""The whole journey on a practice cluster, as one list of acts: what ``practice --headless`` plays."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from z2jh_wizard.cloud.practice import control, running_students, start
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.flows import settings
from z2jh_wizard.flows.pages import default_answers, new_project
from z2jh_wizard.flows.run import RunSession
from z2jh_wizard.flows.sessions import new_session
from z2jh_wizard.flows.status import diagnoses
from z2jh_wizard.flows.values_files import Where
from z2jh_wizard.project.folder import Project
from z2jh_wizard.values.paths import parse_path
from z2jh_wizard.values.typed import typed_value

STUDENTS_LIMIT = 120.0
"""Seconds in which the students have to arrive."""

FAULT_LIMIT = 120.0
"""Seconds in which a fault has to show."""

RESIZED_TO = 3
CHANGED_SETTING = ("cull.timeout", "7200")


@dataclass(frozen=True, slots=True)
class Act:
    """One part of the journey: a title, what a person would type, and a run or a piece of work.

    ``meanwhile`` goes on beside the run; a run that ``may_fail`` does not end the journey.
    """

    title: str
    typed: str
    session: Callable[[], RunSession] | None = None
    work: Callable[[], AsyncIterator[str]] | None = None
    meanwhile: Callable[[RunSession], AsyncIterator[str]] | None = None
    may_fail: bool = False


def make_practice_project(folder: Path) -> Project:
    """Make the project that the journey uses."""
    return new_project(folder, default_answers("practice"))


def acts(project: Project, students: int, fault: str, speed: float, clock: Clock) -> list[Act]:
    """Return the journey: create and install, students, resize, change and upgrade, tear down."""
    path, value = CHANGED_SETTING

    async def begin() -> AsyncIterator[str]:
        for line in await start(project, speed):
            yield line

    async def misbehave() -> AsyncIterator[str]:
        for active in (await control(project, "fault", {"name": fault}))["faults"]:
            yield f"{active['fault']}: {active['explanation']}"

    async def arrive() -> AsyncIterator[str]:
        async for line in students_arrive(project, students, clock):
            yield line

    async def change() -> AsyncIterator[str]:
        keys, wanted = parse_path(path), typed_value(value)
        settings.change(
            Where(project.folder), "config set", lambda files: settings.set_value(files, keys, wanted)
        )
        yield f"{path} is now {wanted}"

    return [
        Act("Start the practice cluster", "z2jh-wizard practice start", work=begin),
        *(_misfortune(project, fault, misbehave, clock) if fault else []),
        Act(
            "Create the cluster and install the hub",
            "z2jh-wizard apply",
            lambda: new_session(project, "setup"),
        ),
        Act(f"{students} students arrive", f"z2jh-wizard practice students {students}", work=arrive),
        Act(
            f"Resize to {RESIZED_TO} nodes",
            f"z2jh-wizard resize {RESIZED_TO}",
            lambda: new_session(project, "resize", pool="user", nodes=RESIZED_TO),
        ),
        Act("Change a setting", f"z2jh-wizard config set {path} {value}", work=change),
        Act("Upgrade the hub", "z2jh-wizard apply", lambda: new_session(project, "setup")),
        Act(
            "Tear down",
            f"z2jh-wizard teardown --confirm {project.spec.release}",
            lambda: new_session(project, "teardown"),
        ),
    ]


def _misfortune(
    project: Project, fault: str, misbehave: Callable[[], AsyncIterator[str]], clock: Clock
) -> list[Act]:
    """Return the acts in which something goes wrong, is explained, and is mended while Helm still waits."""

    async def explain_and_mend(session: RunSession) -> AsyncIterator[str]:
        async for line in _explain(project, session, clock):
            yield line
        await control(project, "clear")
        yield "z2jh-wizard practice clear: the fault is mended, and the run goes on"

    return [
        Act(f"Fault: {fault}", f"z2jh-wizard practice fault {fault}", work=misbehave),
        Act(
            "Install the hub in spite of it, and ask what is wrong",
            "z2jh-wizard apply & z2jh-wizard diagnose",
            lambda: new_session(project, "setup"),
            meanwhile=explain_and_mend,
            may_fail=True,
        ),
    ]


async def _explain(project: Project, session: RunSession, clock: Clock) -> AsyncIterator[str]:
    """Ask for diagnoses until there is one, the cluster cannot be asked, or the run ends."""
    began = clock.now()
    while session.outcome is None and (clock.now() - began).total_seconds() < FAULT_LIMIT:
        await clock.sleep(1)
        try:
            found = await diagnoses(project)
        except WizardError as error:
            for line in error.problem.lines():
                yield line
            return
        for one in found:
            yield f"{one.summary}. {one.cause}"
            yield f"  what to do next: {one.next}"
        if found:
            return


async def students_arrive(project: Project, wanted: int, clock: Clock) -> AsyncIterator[str]:
    """Let students come (or go) and wait until that many have a running server."""
    await control(project, "students", {"count": wanted})
    began = clock.now()
    last = -1
    while True:
        ready = await running_students(project)
        if ready != last:
            yield f"{ready} of {wanted} students have a running server"
            last = ready
        if ready == wanted:
            return
        if (clock.now() - began).total_seconds() > STUDENTS_LIMIT:
            raise WizardError(
                "The students did not get their servers",
                f"After {STUDENTS_LIMIT:.0f} seconds {ready} of {wanted} have one.",
                still_works="The hub runs.",
                next_step="Run: z2jh-wizard diagnose",
            )
        await clock.sleep(0.3)
