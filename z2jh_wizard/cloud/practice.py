"""The practice provider: an embedded cluster on this computer, free and offline."""

from __future__ import annotations

import asyncio
from typing import Any

from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import InvalidInput, Refused, WizardError
from z2jh_wizard.core.step import Command, Finding, Gone, Line, Look, Made, Progress, Resource, Step, Work
from z2jh_wizard.practice import client
from z2jh_wizard.project import kubeconfig_file
from z2jh_wizard.project.folder import Project, open_project
from z2jh_wizard.system.clock import SystemClock

NAME = "practice"


class PracticeProvider:
    """Starts, resizes and removes the project's own practice cluster."""

    def __init__(self, project: Project, clock: Clock | None = None) -> None:
        self._project = project
        self._clock = clock or SystemClock()

    def steps(self) -> list[Step]:
        """Return the one step that starts it."""
        return [StartPractice(self._project)]

    def resize_step(self, pool: str, nodes: int) -> Step:
        """Return the step that gives a practice pool this many nodes."""
        return ResizePractice(self._project, pool, nodes, self._clock)

    async def credential(self) -> dict[str, Any]:
        """Return the practice cluster's token."""
        return {"token": client.credentials(self._project.practice)}

    async def leftovers(self) -> list[tuple[Resource, str]]:
        """Return the cluster itself while its state is still on the disk."""
        if self._project.practice.exists():
            return [
                (Resource("practice cluster", str(self._project.practice)), "its state is still on the disk")
            ]
        return []


class StartPractice(Step):
    """Start the practice cluster in the background and write its kubeconfig."""

    id = "cluster.practice"
    title = "Start the practice cluster"
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
        state = self._project.practice
        server = await client.find(state)
        if server is None:
            if not state.exists():
                return Look(Finding.ABSENT, "not started yet")
            return Look(Finding.DRIFTED, "stopped; its state is kept", (self._resource(),))
        if (
            not self._project.kubeconfig.exists()
            or self._expected(server) != self._project.kubeconfig.read_bytes()
        ):
            return Look(Finding.DRIFTED, "runs, but the kubeconfig is not for it", (self._resource(),))
        return Look(Finding.READY, f"runs at {server.url}", (self._resource(),))

    async def run(self) -> Work:
        """Start it, or find it running, and write the kubeconfig."""
        fresh = not self._project.practice.exists()
        server = await client.start(self._project.practice)
        if fresh:
            yield Made(self._resource())
        yield Line(f"the practice cluster answers at {server.url}")
        kubeconfig_file.write_bytes(self._project.kubeconfig, self._expected(server))

    async def undo(self) -> Work:
        """End it and delete its state and kubeconfig."""
        await client.stop(self._project.practice)
        client.delete_state(self._project.practice)
        self._project.kubeconfig.unlink(missing_ok=True)
        forget_cluster(self._project)
        yield Gone(self._resource())

    def _resource(self) -> Resource:
        return Resource("practice cluster", self._project.spec.project_id)

    def _expected(self, server: client.Server) -> bytes:
        return kubeconfig_file.encode(kubeconfig_file.build(self._project, NAME, _cluster_entry(server)))


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
        await client.control(self._project.practice, "resize", {"pool": self._pool, "count": self._nodes})
        last = (-1, -1)
        while True:
            now = await self._count()
            if now != last:
                yield Progress(now[1], self._nodes, f"nodes ready ({now[0]} there)")
                last = now
            if now == (self._nodes, self._nodes):
                return
            await self._clock.sleep(0.3)

    async def _count(self) -> tuple[int, int]:
        """Return how many nodes the pool has, and how many of them are ready."""
        if await client.find(self._project.practice) is None:
            raise Refused(
                "There is no practice cluster", "It does not run.", next_step="Run: z2jh-wizard apply"
            )
        pools = (await client.control(self._project.practice, "pools", {}))["pools"]
        for pool in pools:
            if pool["name"] == self._pool:
                return int(pool["nodes"]), int(pool["ready"])
        names = ", ".join(pool["name"] for pool in pools)
        raise InvalidInput(f"There is no pool {self._pool}", f"The pools are: {names}.")


def forget_cluster(project: Project) -> None:
    """Take the identity of a removed cluster out of the spec, so that a new one is not refused."""
    import msgspec

    current = open_project(project.folder)
    cluster = msgspec.structs.replace(current.spec.cluster, uid="")
    current.with_spec(msgspec.structs.replace(current.spec, cluster=cluster))


async def start_at_speed(project: Project, speed: float) -> str:
    """Start the practice cluster at a pace (1 is real, 0 does not wait) and return its address."""
    server = await client.start(project.practice, speed=speed)
    tree = kubeconfig_file.build(project, NAME, _cluster_entry(server))
    kubeconfig_file.write_bytes(project.kubeconfig, kubeconfig_file.encode(tree))
    return server.url


async def stop(project: Project) -> None:
    """Stop the practice cluster if it runs; its state is kept."""
    await client.stop(project.practice)


def _cluster_entry(server: client.Server) -> dict[str, object]:
    return {"server": server.url, "certificate-authority-data": server.certificate_authority}


async def control(project: Project, action: str, body: dict[str, Any]) -> dict[str, Any]:
    """Act on the practice cluster of a project: students, fault, clear, pools, status; Refused elsewhere."""
    if project.spec.provider != "practice":
        raise Refused(
            "This is no practice project",
            f"Its provider is {project.spec.provider}; students and faults are played on practice clusters.",
        )
    if await client.find(project.practice) is None:
        raise WizardError(
            "The practice cluster does not run",
            "Nothing answers for this project.",
            next_step=f"Run: z2jh-wizard -C {project.folder} practice start",
        )
    return await asyncio.wait_for(client.control(project.practice, action, body), 60)
