"""A cluster in Docker on this computer as a provider: its steps for set-up and tear-down."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

from z2jh_wizard.cloud.existing import cluster_entry, credential_of
from z2jh_wizard.cloud.leftovers import Leftover, Scan
from z2jh_wizard.cloud.local.tools import CONFIG, Tool, cluster_name, node_count, tool_of
from z2jh_wizard.cloud.power import no_power
from z2jh_wizard.cloud.reaching import Address, ReachCluster, WriteKubeconfig
from z2jh_wizard.core.errors import CouldNotLook, Refused, WizardError
from z2jh_wizard.core.redaction import plain
from z2jh_wizard.core.step import (
    Command,
    Danger,
    Finding,
    Gone,
    Line,
    Look,
    Made,
    Refusal,
    Resource,
    Step,
    Work,
)
from z2jh_wizard.kube import kubeconfig as kubeconfigs
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.children import Child, Exited, capture, stream
from z2jh_wizard.system.docker import docker_version
from z2jh_wizard.system.files import write_atomic

SHORT = 60.0
"""Seconds for a question to a tool."""


class LocalProvider:
    """Makes, reaches and removes the cluster of a project on this computer."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._tool = tool_of(project.spec)
        self._name = cluster_name(project.spec)

    def steps(self) -> list[Step]:
        """Return the steps from a running Docker to a kubeconfig."""
        return [
            DockerRuns(),
            MakeLocalCluster(self._project, self._tool),
            WriteKubeconfig(self._project, self._address, self._fetching()),
        ]

    def reach(self) -> list[Step]:
        """Return the step that makes the cluster reachable once more; fine when there is none."""
        return [ReachCluster(self._project, self._address, self._fetching())]

    def resize_step(self, pool: str, nodes: int) -> Step:
        """Refuse: all nodes are this one computer."""
        raise Refused(
            "A cluster on this computer is not resized",
            f"All its nodes are the same computer, so {nodes} nodes in {pool} bring no more room.",
            still_works="Nothing was changed.",
            next_step="Give each student less memory, or use a cluster with more computers.",
        )

    def power_step(self, *, running: bool) -> Step:
        """Refuse: it runs and stops with Docker."""
        raise no_power(
            "It runs in Docker on this computer, and costs nothing.",
            running=running,
            instead="Stop and start Docker itself, or tear it down.",
        )

    async def credential(self) -> dict[str, Any]:
        """Return the credential that the tool gives, asked anew each time."""
        async with access(self._tool, self._name) as found:
            return await credential_of(found)

    def scanning(self) -> tuple[Command, ...]:
        """Return the command that lists the tool's clusters."""
        return (Command(self._tool.names),)

    async def scan(self) -> Scan:
        """Return the cluster itself while it is there; it is on this computer, so it costs nothing."""
        kinds = (f"{self._tool.name} clusters",)
        if self._name not in await names(self._tool):
            return Scan((), kinds)
        cluster = _resource(self._tool, self._name)
        commands = (Command(self._tool.delete(self._name)),)
        why = "its containers are still on this computer"
        return Scan((Leftover(cluster, "", "", 0.0, False, why, commands=commands),), kinds)

    async def _address(self) -> Address | None:
        if self._name not in await names(self._tool):
            return None
        async with access(self._tool, self._name) as found:
            return Address(found.context, cluster_entry(found))

    def _fetching(self) -> tuple[Command, ...]:
        line = " ".join(self._tool.kubeconfig(self._name))
        script = f"(umask 077; {line} > kubeconfig)" if self._tool.prints else f"KUBECONFIG=kubeconfig {line}"
        return (Command(script=script, about="Write a kubeconfig for this cluster alone"),)


class DockerRuns(Step):
    """Look whether Docker runs."""

    id = "cluster.docker"
    title = "Docker runs"
    why = "The nodes of a cluster on this computer are containers."
    usually = 1

    def commands(self) -> tuple[Command, ...]:
        """Return the command that asks it."""
        return (Command(("docker", "version")),)

    async def look(self) -> Look:
        """Ask the daemon."""
        return Look(Finding.READY, f"Docker {await docker_version()}")

    def run(self) -> Refusal:
        """Refuse: the wizard starts no daemon."""
        return Refusal("Docker has to run first; the wizard does not start it.")


class MakeLocalCluster(Step):
    """Make the cluster."""

    id = "cluster.create"
    title = "Make the cluster"
    undo_title = "Delete the cluster"
    why = "Kubernetes in containers on this computer: real, and free; it lives as long as this computer runs."
    usually = 90
    limit = 900
    needs = ("cluster.docker",)
    undoable = True
    undo_danger = Danger.DELETES_DATA

    def __init__(self, project: Project, tool: Tool) -> None:
        self._project = project
        self._tool = tool
        self._name = cluster_name(project.spec)
        self._nodes = node_count(project.spec)

    def commands(self) -> tuple[Command, ...]:
        """Return the command that makes it."""
        words = tuple(
            "/dev/stdin" if one == CONFIG else one for one in self._tool.make(self._name, self._nodes)
        )
        return (Command(words, f"Make it with {self._tool.name}", stdin=self._tool.config(self._nodes)),)

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the command that deletes it."""
        return (Command(self._tool.delete(self._name), "Delete it with all that is on it"),)

    async def look(self) -> Look:
        """Ask the tool for a cluster of our name, and whether it tells how to reach it."""
        if self._name not in await names(self._tool):
            return Look(Finding.ABSENT, "not made yet")
        here = (_resource(self._tool, self._name),)
        try:
            async with access(self._tool, self._name):
                return Look(Finding.READY, f"made by {self._tool.name}", here)
        except WizardError:
            return Look(Finding.DRIFTED, "half made, or stopped", here)

    async def run(self) -> Work:
        """Make it; one that is half made is deleted first, for the tools cannot finish one."""
        if self._name in await names(self._tool):
            yield Line("A cluster that was begun and not finished is deleted first.")
            async for line in self._play(self._tool.delete(self._name)):
                yield line
        async for line in self._play(self._tool.make(self._name, self._nodes)):
            yield line
        yield Made(_resource(self._tool, self._name))

    async def undo(self) -> Work:
        """Delete it."""
        async for line in self._play(self._tool.delete(self._name)):
            yield line
        yield Gone(_resource(self._tool, self._name))

    async def _play(self, words: Sequence[str]) -> Work:
        """Run a command of the tool; the user's own kubeconfig stays as it is."""
        last = ""
        with tempfile.TemporaryDirectory(prefix="z2jh-") as folder:
            config = _written(folder, "config.yaml", self._tool.config(self._nodes).encode())
            argv = [config if one == CONFIG else one for one in words]
            child = Child(argv, {"KUBECONFIG": str(Path(folder, "kubeconfig"))})
            async with aclosing(stream(child)) as lines:
                async for one in lines:
                    if isinstance(one, Exited):
                        if one.code:
                            raise _failed(words, last)
                    elif text := plain(one.text, 300).strip():
                        last = text
                        yield Line(text)


async def names(tool: Tool) -> frozenset[str]:
    """Return the names of the tool's clusters; CouldNotLook when it cannot tell."""
    said = await capture(Child(tool.names), SHORT)
    if said.code:
        # minikube says so of a computer that never had a cluster.
        if "No minikube profile" in said.stderr + said.stdout.decode("utf-8", "replace"):
            return frozenset()
        last = (said.stderr.strip().splitlines() or ["no reason was given"])[-1]
        raise CouldNotLook(
            f"{tool.name} does not say which clusters there are",
            plain(last, 200),
            still_works="Nothing was changed.",
            next_step=f"Run it yourself: {' '.join(tool.names)}",
        )
    return tool.read_names(said.stdout.decode("utf-8", "replace"))


@asynccontextmanager
async def access(tool: Tool, name: str) -> AsyncIterator[kubeconfigs.Access]:
    """Give how a cluster is reached with its credentials; what the tool wrote is deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="z2jh-") as folder:
        path = f"{folder}/kubeconfig"
        said = await capture(Child(tool.kubeconfig(name), {"KUBECONFIG": path}), SHORT)
        if tool.prints and not said.code:
            _written(folder, "kubeconfig", said.stdout)
        if said.code or not _is_there(path):
            raise _failed(tool.kubeconfig(name), (said.stderr.strip().splitlines() or [""])[-1])
        yield kubeconfigs.load(Path(path))


def _is_there(path: str) -> bool:
    return Path(path).exists()


def _written(folder: str, name: str, data: bytes) -> str:
    """Write a file that only its owner can read; return its path."""
    path = Path(folder, name)
    write_atomic(path, data)
    return str(path)


def _failed(words: Sequence[str], last: str) -> WizardError:
    return WizardError(
        f"{words[0]} could not do it",
        f"{' '.join(words[:3])} ended with: {plain(last, 200) or 'no words'}",
        still_works="What was there before is as it was.",
        next_step="Look at the lines above in the log; free disk and memory are what it mostly wants.",
    )


def _resource(tool: Tool, name: str) -> Resource:
    return Resource(f"{tool.name} cluster", name)
