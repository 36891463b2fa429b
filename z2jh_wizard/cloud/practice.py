"""The practice provider: an embedded cluster on this computer, free and offline."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

from z2jh_wizard.cloud.leftovers import Leftover, Scan
from z2jh_wizard.cloud.power import no_power
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import InvalidInput, Refused, WizardError
from z2jh_wizard.core.step import Command, Finding, Gone, Line, Look, Made, Progress, Resource, Step, Work
from z2jh_wizard.practice.token import token
from z2jh_wizard.project import cluster_identity, kubeconfig_file
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.files import remove_tree

if TYPE_CHECKING:
    from z2jh_wizard.practice.client import Server

NAME = "practice"


class PracticeProvider:
    """Starts, resizes and removes the project's own practice cluster."""

    def __init__(self, project: Project, clock: Clock | None = None) -> None:
        self._project = project
        self._clock = clock or SystemClock()

    def steps(self) -> list[Step]:
        """Return the one step that starts it."""
        return [StartPractice(self._project)]

    def reach(self) -> list[Step]:
        """Return the step that wakes a stopped cluster, so that removing can be watched."""
        return [WakePractice(self._project)]

    def resize_step(self, pool: str, nodes: int) -> Step:
        """Return the step that gives a practice pool this many nodes."""
        return ResizePractice(self._project, pool, nodes, self._clock)

    def power_step(self, *, running: bool) -> Step:
        """Refuse: practice has words of its own for it."""
        words = f"z2jh-wizard practice {'start' if running else 'stop'}"
        raise no_power("It is a program on this computer.", running=running, instead=f"Run: {words}")

    async def credential(self) -> dict[str, Any]:
        """Return the practice cluster's token."""
        return {"token": token(self._project.practice)}

    def scanning(self) -> tuple[Command, ...]:
        """Return none: there is nothing beside the cluster."""
        return ()

    async def scan(self) -> Scan:
        """Return the cluster itself while its state is still on the disk."""
        kinds = ("practice clusters",)
        if not self._project.practice.exists():
            return Scan((), kinds)
        cluster = Resource("practice cluster", str(self._project.practice))
        return Scan((Leftover(cluster, "", "", 0.0, False, "its state is still on the disk"),), kinds)


class StartPractice(Step):
    """Start the practice cluster in the background and write its kubeconfig."""

    id = "cluster.practice"
    title = "Start the practice cluster"
    undo_title = "End the practice cluster and delete its state"
    why = (
        "A small Kubernetes look-alike on this computer: the real Helm works on it, and nothing costs money."
    )
    usually = 3
    undoable = True

    def __init__(self, project: Project) -> None:
        self._project = project

    def commands(self) -> tuple[Command, ...]:
        """Return the command that starts it."""
        return (Command(("z2jh-wizard", "practice", "start"), "Start it in the background"),)

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the commands that end it and delete its state."""
        return (
            Command(("z2jh-wizard", "practice", "stop"), "End it"),
            Command(("rm", "-r", ".z2jh/practice"), "Delete its state: all its hubs and files"),
        )

    async def look(self) -> Look:
        """Look for a living server of this project whose kubeconfig is written."""
        server = await find(self._project)
        if server is None:
            if not self._project.practice.exists():
                return Look(Finding.ABSENT, "not started yet")
            return Look(Finding.DRIFTED, "stopped; its state is kept", (self._resource(),))
        kubeconfig = self._project.kubeconfig
        if not kubeconfig.exists() or _kubeconfig(self._project, server) != kubeconfig.read_bytes():
            return Look(Finding.DRIFTED, "runs, but the kubeconfig is not for it", (self._resource(),))
        return Look(Finding.READY, f"runs at {server.url}", (self._resource(),))

    async def run(self) -> Work:
        """Start it, or find it running, and write the kubeconfig."""
        fresh = not self._project.practice.exists()
        for line in await start(self._project):
            yield Line(line)
        if fresh:
            yield Made(self._resource())

    async def undo(self) -> Work:
        """End it and delete its state and kubeconfig."""
        await stop(self._project)
        remove_tree(self._project.practice)
        self._project.kubeconfig.unlink(missing_ok=True)
        yield Gone(self._resource())

    def _resource(self) -> Resource:
        return Resource("practice cluster", self._project.spec.project_id)


class WakePractice(Step):
    """Start a stopped practice cluster again; one that was never there needs nothing."""

    id = "cluster.wake"
    title = "Wake the practice cluster"
    why = "Only a cluster that answers can tell what is left on it."
    usually = 2

    def __init__(self, project: Project) -> None:
        self._project = project

    def commands(self) -> tuple[Command, ...]:
        """Return the command that starts it."""
        return (Command(("z2jh-wizard", "practice", "start")),)

    async def look(self) -> Look:
        """Look whether it answers, was stopped, or was never there."""
        if not self._project.practice.exists():
            if self._project.kubeconfig.exists():
                return Look(Finding.DRIFTED, "its state is gone, its kubeconfig is left")
            return Look(Finding.READY, "there is none")
        if await find(self._project):
            return Look(Finding.READY, "it answers")
        return Look(Finding.DRIFTED, "stopped; its state is kept")

    async def run(self) -> Work:
        """Start it, or forget one whose state is gone."""
        if self._project.practice.exists():
            for line in await start(self._project):
                yield Line(line)
            return
        self._project.kubeconfig.unlink(missing_ok=True)
        cluster_identity.forget(self._project)
        yield Gone(Resource("file", "kubeconfig"))


class ResizePractice(Step):
    """Give a practice pool another number of nodes."""

    id = "cluster.resize"
    why = "More nodes before a workshop, fewer after it; students' files stay either way."
    usually = 10

    def __init__(self, project: Project, pool: str, nodes: int, clock: Clock) -> None:
        self._project = project
        self._pool = pool
        self._nodes = nodes
        self._clock = clock
        self.title = f"Resize the pool {pool} to {nodes} nodes"

    def commands(self) -> tuple[Command, ...]:
        """Return the command itself: no other tool can resize the practice cluster."""
        return (Command(("z2jh-wizard", "resize", str(self._nodes), "--pool", self._pool)),)

    async def look(self) -> Look:
        """Compare the number of nodes that are there and ready."""
        there, ready = await self._count()
        detail = f"{ready} of {there} nodes ready"
        return Look(Finding.READY if there == ready == self._nodes else Finding.DRIFTED, detail)

    async def run(self) -> Work:
        """Ask for the number, then wait until exactly these nodes are ready."""
        await control(self._project, "resize", {"pool": self._pool, "count": self._nodes})
        last = (-1, -1)
        while True:
            there, ready = await self._count()
            if (there, ready) != last:
                yield Progress(ready, self._nodes, f"nodes ready ({there} there)")
                last = (there, ready)
            if there == ready == self._nodes:
                return
            await self._clock.sleep(0.3)

    async def _count(self) -> tuple[int, int]:
        """Return how many nodes the pool has, and how many of them are ready."""
        pools = (await control(self._project, "pools"))["pools"]
        for pool in pools:
            if pool["pool"] == self._pool:
                nodes = pool["nodes"]
                return len(nodes), sum(node["ready"] and not node["removing"] for node in nodes)
        names = ", ".join(pool["pool"] for pool in pools)
        raise InvalidInput(f"There is no pool {self._pool}", f"The pools are: {names}.")


async def find(project: Project) -> Server | None:
    """Return the running practice cluster of a project, None when none runs."""
    from z2jh_wizard.practice import client

    return await client.find(project.practice)


async def start(project: Project, speed: float | None = None) -> list[str]:
    """Start the practice cluster, or find it running, write its kubeconfig and return what to tell of it.

    ``speed`` is the pace: 1 is real, 0 does not wait; None keeps what it was. In a copy of a project, or
    without its old state, a new cluster is made, so the identity of the old one is forgotten first.
    """
    from z2jh_wizard.practice import client

    if not project.practice.exists():
        cluster_identity.forget(project)
    server = await client.start(project.practice, speed=speed)
    kubeconfig_file.write_bytes(project.kubeconfig, _kubeconfig(project, server))
    return [*filter(None, [server.complaint]), f"The practice cluster answers at {server.url}."]


async def stop(project: Project) -> None:
    """Stop the practice cluster if it runs; its state is kept."""
    from z2jh_wizard.practice import client

    await client.stop(project.practice)


async def control(project: Project, action: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Act on the practice cluster of a project: students, fault, clear, pools, status; Refused elsewhere."""
    if project.spec.provider != "practice":
        raise Refused(
            "This is no practice project",
            f"Its provider is {project.spec.provider}; students and faults are played on practice clusters.",
        )
    from z2jh_wizard.practice import client

    if await client.find(project.practice) is None:
        raise WizardError(
            "The practice cluster does not run",
            "Nothing answers for this project.",
            next_step=f"Run: z2jh-wizard -C {project.folder} practice start",
        )
    return await client.control(project.practice, action, body or {})


async def running_students(project: Project) -> int:
    """Return how many students have a running server."""
    status = await control(project, "status")
    return int(status["students"]["phases"]["working"])


def _kubeconfig(project: Project, server: Server) -> bytes:
    authority = base64.b64encode(Path(server.ca_file).read_bytes()).decode()
    cluster = {"server": server.url, "certificate-authority-data": authority}
    return kubeconfig_file.encode(kubeconfig_file.build(project, NAME, cluster))
