"""Fakes for the screens: steps in memory, played by the real engine in a real RunSession on a tmp project."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.tui.fake_cloud import FakeCloud, FakePage
from z2jh_wizard.cloud.account import Check, Verdict
from z2jh_wizard.core import engine
from z2jh_wizard.core.engine import Planned
from z2jh_wizard.core.errors import CouldNotLook, NeedsYou, Problem, WizardError
from z2jh_wizard.core.receipt import Left
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.core.report import NodeReport, PodReport, ProblemReport, ReleaseReport, StatusReport
from z2jh_wizard.core.step import (
    By,
    Command,
    Danger,
    Finding,
    Gone,
    Line,
    Look,
    Made,
    Progress,
    Refusal,
    Resource,
    Step,
    Work,
)
from z2jh_wizard.flows.checking import SeenChecks
from z2jh_wizard.flows.flow import Flow
from z2jh_wizard.flows.image_plan import Tools
from z2jh_wizard.flows.run import RunSession
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens.backend import Backend, FoundHelm
from z2jh_wizard.system.clock import SystemClock

HOSTILE = "pods [red]x[/red] [/foo] \x1b[31mred\x1b[0m \x07 'a.b' " + "long " * 2000
"""Outside text at its worst: markup, escape codes, and 10,000 characters."""


class FakeStep(Step):
    """A step in a world that is a set of ids; ``gate`` holds it at work until it is set."""

    attempts = 1

    def __init__(self, world: FakeWorld, name: str, title: str, **more: Any) -> None:
        self.world = world
        self.id = name
        self.title = title
        self.why = more.pop("why", f"Because {title.lower()} is needed.")
        self.usually = more.pop("usually", 2)
        self.danger = more.pop("danger", Danger.NONE)
        self.how = more.pop("how", "")
        self.skipping = more.pop("skipping", "")
        self.words = more.pop("words", (f"{title} says hello",))
        self.gate: asyncio.Event | None = more.pop("gate", None)
        self.error: str = more.pop("error", "")
        self.count: int = more.pop("count", 0)
        assert not more

    def commands(self) -> tuple[Command, ...]:
        return (Command(("kubectl", "get", self.id), "what a person would type"),)

    async def look(self) -> Look:
        if self.id in self.world.unknown:
            raise CouldNotLook(
                "The cluster does not answer", "No route to host.", next_step="Check the network."
            )
        there = self.id in self.world.there
        resource = (Resource("thing", self.id, "bio101"),)
        return Look(Finding.READY, "there", resource) if there else Look(Finding.ABSENT, "not there")

    async def run(self) -> Work:
        for word in self.words:
            yield Line(word)
        for number in range(self.count):
            yield Progress(number + 1, self.count, "pods ready")
        if self.gate:
            await self.gate.wait()
        if self.error and self.id not in self.world.mended:
            raise WizardError(
                self.error, HOSTILE, still_works="Everything else.", next_step="Run: helm list [/foo]"
            )
        self.world.there.add(self.id)
        yield Made(Resource("thing", self.id, "bio101"))


class YourStep(FakeStep):
    """A step of a person."""

    by = By.YOU

    def run(self) -> Work | Refusal:  # type: ignore[override]
        return Refusal("A person does this.")


class FakeRemoval(FakeStep):
    """A step of a tear-down."""

    async def look(self) -> Look:
        name = self.id.removeprefix("remove.")
        if self.id in self.world.unknown:
            raise CouldNotLook("The cluster does not answer", "No route to host.")
        resource = (Resource("thing", name, "bio101"),)
        if name in self.world.not_ours:
            return Look(Finding.READY, "left in place", resource, not_ours="it was there before this project")
        if name in self.world.there:
            return Look(Finding.DRIFTED, "still there", resource)
        return Look(Finding.READY, "gone")

    async def run(self) -> Work:
        name = self.id.removeprefix("remove.")
        self.world.there.discard(name)
        yield Gone(Resource("thing", name, "bio101"))


@dataclass
class FakeWorld:
    """What is there, what cannot be looked at, what was mended since it failed."""

    there: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    mended: set[str] = field(default_factory=set)
    not_ours: set[str] = field(default_factory=set)
    left: dict[str, Left] = field(default_factory=dict)
    your_step: bool = False
    costly: bool = False
    failing: str = ""
    gate: asyncio.Event | None = None

    def setup(self) -> list[Step]:
        steps: list[Step] = [
            FakeStep(self, "helm", "Find Helm"),
            FakeStep(
                self,
                "cluster",
                "Make the cluster",
                usually=360,
                danger=Danger.COSTS_MONEY if self.costly else Danger.NONE,
            ),
        ]
        if self.your_step:
            how = "At your DNS provider, add an A record for hub.example.org."
            steps.append(
                YourStep(self, "dns", "Add a DNS record", how=how, skipping="No HTTPS until it is there.")
            )
        steps += [
            FakeStep(self, "release", "Install the hub", words=(HOSTILE, "[bold]line[/bold]"), gate=self.gate,
                     error=self.failing, count=3, usually=90),
            FakeStep(self, "address", "Wait for the public address"),
        ]  # fmt: skip
        return steps

    def teardown(self, leftovers: Sequence[str] = ()) -> list[Step]:
        for key in leftovers:
            self.left.pop(key, None)
        return [
            FakeRemoval(self, f"remove.{name}", f"Remove: {name}", danger=Danger.DELETES_DATA)
            for name in ("release", "cluster")
        ]

    def rollback(self, revision: int) -> list[Step]:
        return [FakeStep(self, f"rollback.{revision}", f"Go back to revision {revision}")]

    def stop(self) -> list[Step]:
        return [FakeStep(self, "cluster.stop", "Stop the cluster")]

    def start(self) -> list[Step]:
        return [FakeStep(self, "cluster.start", "Start the cluster")]

    def resize(self, pool: str, nodes: int) -> list[Step]:
        return [FakeStep(self, f"resize.{nodes}", f"Resize the pool {pool} to {nodes} nodes")]


class FakeBackend(Backend):
    """The real backend for folders and files, a fake world behind all the rest."""

    def __init__(self, world: FakeWorld | None = None) -> None:
        self.world = world or FakeWorld()
        self.helm_missing = False
        self.status_error: Exception | None = None
        self.controls: list[tuple[str, dict[str, Any]]] = []
        self.sessions: list[RunSession] = []
        self.account = FakeCloud()
        self.page = FakePage(self.account)

    def _steps(self, flow: str, options: Mapping[str, Any]) -> list[Step]:
        steps: list[Step] = getattr(self.world, flow)(**options)
        return steps

    async def steps(self, project: Project, flow: str, **options: Any) -> list[Step]:
        return self._steps(flow, options)

    async def plan(self, project: Project, flow: str, **options: Any) -> AsyncIterator[Planned]:
        async for planned in engine.plan(self._steps(flow, options)):
            yield planned

    async def session(
        self, project: Project, flow: str, *, skip: AbstractSet[str] = frozenset(), **options: Any
    ) -> RunSession:
        steps = self._steps(flow, options)
        session = RunSession(
            project,
            flow,
            lambda _journal: Flow(flow, project, steps),  # type: ignore[arg-type]
            clock=SystemClock(),
            redactor=Redactor(),
            skip=skip,
            options=options,
        )
        self.sessions.append(session)
        return session

    async def status(self, project: Project) -> StatusReport:
        if self.status_error:
            raise self.status_error
        return status_report(project, installed="release" in self.world.there)

    async def cloud(self, answers: Mapping[str, str]) -> FakeCloud:  # type: ignore[override]
        return self.account

    async def azure_code(self, answers: Mapping[str, str], tell: Any) -> None:
        await self.account.code(tell)

    async def amazon_page(self, address: str, region: str) -> FakePage:  # type: ignore[override]
        return self.page

    async def switch_on(self, answers: Mapping[str, str]) -> AsyncIterator[str]:
        yield "Switching it on."
        self.account.failing.clear()

    async def image_tools(self) -> Tools:
        return Tools(missing="There is no docker on this computer.")

    async def checks(self, project: Project, before: SeenChecks | None) -> SeenChecks:
        fix = FakeStep(self.world, "fix", HOSTILE[:200])
        yours = YourStep(self.world, "ask", HOSTILE[:200], how=HOSTILE)
        found = (
            Check("services", HOSTILE, Verdict.FAIL, HOSTILE, fix),
            Check("quota.CPUS", "Quota [/foo]", Verdict.FAIL, HOSTILE, yours),
            Check("cluster.policies", "Policies", Verdict.WARN, "[red]None"),
            Check("permissions", "Permissions", Verdict.UNKNOWN, HOSTILE),
            Check("billing", "Billing", Verdict.OK, "Fine."),
        )
        return SeenChecks(project.spec, found, time.monotonic())

    async def helm(self) -> FoundHelm:
        if self.helm_missing:
            raise NeedsYou("Helm is missing", "There is no helm on your PATH.", next_step="Get Helm [/foo].")
        return FoundHelm("4.3.1", "path", "/usr/local/bin/helm")

    async def receipt(self, session: RunSession) -> list[str]:
        left = "! 1 thing is left of bio101. Cost: unknown." if self.world.left else ""
        return [
            left or "+ Nothing is left of bio101. Cost: none.",
            "Receipt for bio101",
            *(f"  removed   {event.text}" for event in session.events if event.resource),
        ]

    async def leftovers(self, project: Project) -> dict[str, Left]:
        return dict(self.world.left)

    async def runbook(self, project: Project) -> Path:
        path = project.folder / "runbook.md"
        path.write_text("# Runbook\n")
        return path

    async def control(self, project: Project, action: str, body: dict[str, Any]) -> dict[str, Any]:
        self.controls.append((action, body))
        if body.get("name") == "api-gone":
            raise WizardError("The practice cluster said no", HOSTILE)
        if action == "students":
            return {"wanted": body["count"], "present": 3}
        named = [{"fault": body["name"], "explanation": "it says [red]x[/red]"}] if body else []
        return {"faults": named}

    async def start_practice(self, project: Project, speed: float) -> None:
        self.controls.append(("speed", {"speed": speed}))

    async def faults(self) -> Mapping[str, str]:
        return {"crash-loop": "The hub stops each time it starts.", "api-gone": "The API is gone."}


def status_report(project: Project, *, installed: bool) -> StatusReport:
    """A hub with pods and one problem, or none at all."""
    spec = project.spec
    if not installed:
        return StatusReport(
            spec.provider, "", [], ReleaseReport(spec.release, spec.namespace, "absent"), [], "", 0, []
        )
    nodes = [NodeReport(f"user-{n}", n != 2, "user", "n1-standard-4", "v1.37.1") for n in range(3)]
    pods = [
        PodReport("hub-6d5f-abcde", "hub", "Running", True, 0, "user-0"),
        PodReport("proxy-7f9-xyz", "proxy", "Running", True, 0, "user-0"),
        PodReport("jupyter-ada", "singleuser-server", "ImagePullBackOff", False, 3, "user-1", "ada"),
    ]
    problem = ProblemReport("pod [red]jupyter-ada", HOSTILE, "Check the image name.")
    return StatusReport(
        spec.provider,
        "Kubernetes v1.37.1",
        nodes,
        ReleaseReport(spec.release, spec.namespace, "deployed", 3, "jupyterhub-4.4.0"),
        pods,
        "http://127.0.0.1:30080/",
        1,
        [problem],
    )


PROBLEM = Problem("A [red]title", HOSTILE, "All.", "Nothing [/foo].")
