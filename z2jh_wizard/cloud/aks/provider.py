"""Azure Kubernetes Service as a provider: its steps for set-up, resize and tear-down."""

from __future__ import annotations

from typing import Any

from z2jh_wizard.cloud.aks import leftovers as scan
from z2jh_wizard.cloud.aks.account import AzureAccount
from z2jh_wizard.cloud.aks.azure import Azure
from z2jh_wizard.cloud.aks.credentials import credential
from z2jh_wizard.cloud.aks.desired import fetching, place_of
from z2jh_wizard.cloud.aks.groups import MakeGroup, RegisterProviders
from z2jh_wizard.cloud.aks.power import SetPower
from z2jh_wizard.cloud.aks.ssh_key import SshKey
from z2jh_wizard.cloud.aks.steps import MakeCluster, ResizePool, address, user_kubeconfig
from z2jh_wizard.cloud.leftovers import Leftover, Scan
from z2jh_wizard.cloud.reaching import Address, ReachCluster, WriteKubeconfig
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.step import Command, Step
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.clock import SystemClock


class AksProvider:
    """Makes, reaches, resizes and removes the cluster of a project at Azure."""

    def __init__(self, project: Project, clock: Clock | None = None, azure: Azure | None = None) -> None:
        self._project = project
        self._clock = clock or SystemClock()
        self._azure = azure or Azure(project.spec.account, project.spec.cluster.sign_in, self._clock)

    def account(self) -> AzureAccount:
        """Return what answers questions about the subscription."""
        return AzureAccount(self._azure, self._clock, self._project.spec.cluster.sign_in)

    def steps(self) -> list[Step]:
        """Return the steps from a bare subscription to a kubeconfig."""
        spec, azure, clock = self._project.spec, self._azure, self._clock
        return [
            RegisterProviders(azure, clock),
            MakeGroup(spec, azure, clock),
            MakeCluster(spec, azure, clock, SshKey(self._project) if spec.cluster.ssh_key else None),
            WriteKubeconfig(self._project, self._address, fetching(spec)),
        ]

    def reach(self) -> list[Step]:
        """Return the step that makes the cluster reachable once more; fine when there is none."""
        return [ReachCluster(self._project, self._address, fetching(self._project.spec))]

    def resize_step(self, pool: str, nodes: int) -> Step:
        """Return the step that gives a pool this many nodes."""
        return ResizePool(self._project.spec, self._azure, self._clock, pool, nodes)

    def power_step(self, *, running: bool) -> Step:
        """Return the step that starts or stops the whole cluster."""
        return SetPower(self._project.spec, self._azure, self._clock, running=running)

    async def credential(self) -> dict[str, Any]:
        """Return what Azure gives to a user of the cluster: a certificate, or a token."""
        tree = await user_kubeconfig(self._azure, place_of(self._project.spec))
        return await credential(self._azure, tree["users"][0]["user"])

    async def _address(self) -> Address | None:
        spec = self._project.spec
        return await address(self._azure, place_of(spec), spec.project_id)

    def scanning(self) -> tuple[Command, ...]:
        """Return the commands that list what may be left."""
        return scan.listing(place_of(self._project.spec), self._project.spec.project_id)

    async def scan(self) -> Scan:
        """Look round for what is still there and may cost money."""
        spec = self._project.spec
        return await scan.leftovers(self._azure, place_of(spec), spec.project_id, self._clock)

    async def left(self) -> tuple[Leftover, ...]:
        """Return what such a look finds."""
        return (await self.scan()).left
