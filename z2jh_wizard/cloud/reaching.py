"""The kubeconfig of a project's own cluster at any cloud: written in a set-up and before a tear-down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

import msgspec

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.step import Command, Finding, Gone, Line, Look, Made, Resource, Step, Work
from z2jh_wizard.project import cluster_identity, kubeconfig_file
from z2jh_wizard.project.folder import Project


class Address(msgspec.Struct, frozen=True):
    """How a cluster is reached: the name of the context, and the ``cluster`` entry of a kubeconfig."""

    name: str
    entry: Mapping[str, object]


WhereIs: TypeAlias = Callable[[], Awaitable[Address | None]]
"""Asks the cloud for the address of the project's cluster; None when there is none, or it is not ours."""


class WriteKubeconfig(Step):
    """Write the project's own kubeconfig, whose credentials come from our plugin."""

    id = "cluster.kubeconfig"
    title = "Write the kubeconfig"
    why = "It tells kubectl, Helm and the wizard how to reach the cluster; there is no secret in it."
    usually = 3
    needs: tuple[str, ...] = ("cluster.create",)

    def __init__(self, project: Project, where: WhereIs, commands: tuple[Command, ...]) -> None:
        self._project = project
        self._where = where
        self._commands = commands

    def commands(self) -> tuple[Command, ...]:
        """Return the command that writes one."""
        return self._commands

    async def look(self) -> Look:
        """Compare the file with what the cluster says."""
        wanted = await self._wanted()
        if wanted is None:
            return Look(Finding.ABSENT, "the cluster is not there yet")
        if not self._project.kubeconfig.exists():
            return Look(Finding.ABSENT, "not written yet")
        if self._project.kubeconfig.read_bytes() != wanted:
            return Look(Finding.DRIFTED, "the cluster has another address now")
        return Look(Finding.READY, "written", (Resource("file", "kubeconfig"),))

    async def run(self) -> Work:
        """Write it."""
        wanted = await self._wanted()
        if wanted is None:
            raise WizardError("There is no cluster to reach", "It has no address yet.")
        fresh = not self._project.kubeconfig.exists()
        kubeconfig_file.write_bytes(self._project.kubeconfig, wanted)
        if fresh:
            yield Made(Resource("file", "kubeconfig"))
        yield Line("wrote kubeconfig for this cluster alone")

    async def _wanted(self) -> bytes | None:
        found = await self._where()
        if found is None:
            return None
        return kubeconfig_file.encode(kubeconfig_file.build(self._project, found.name, found.entry))


class ReachCluster(WriteKubeconfig):
    """Write the kubeconfig before a tear-down; a cluster that is gone or stopped needs none."""

    id = "cluster.reach"
    title = "Reach the cluster"
    why = "Only a cluster that answers can tell what is left on it."
    needs: tuple[str, ...] = ()

    async def look(self) -> Look:
        """Compare the file with the cluster; fine when there is no cluster."""
        if await self._wanted() is None:
            if self._project.kubeconfig.exists():
                return Look(Finding.ABSENT, "no cluster of this project runs, its kubeconfig is left")
            return Look(Finding.READY, "there is none")
        return await super().look()

    async def run(self) -> Work:
        """Write it, or forget the one of a cluster that is gone."""
        if await self._wanted() is not None:
            async for happening in super().run():
                yield happening
            return
        self._project.kubeconfig.unlink(missing_ok=True)
        cluster_identity.forget(self._project)
        yield Gone(Resource("file", "kubeconfig"))
