"""Amazon EKS as a provider: its steps for set-up, resize and tear-down."""

from __future__ import annotations

from typing import Any

from z2jh_wizard.cloud.eks import leftovers as scan
from z2jh_wizard.cloud.eks.account import AwsAccount
from z2jh_wizard.cloud.eks.addons import InstallAddons
from z2jh_wizard.cloud.eks.aws import Aws
from z2jh_wizard.cloud.eks.desired import fetching, place_of
from z2jh_wizard.cloud.eks.network import MakeNetwork
from z2jh_wizard.cloud.eks.regions import EnableRegion
from z2jh_wizard.cloud.eks.steps import MakeCluster, MakePools, ResizePool, address
from z2jh_wizard.cloud.leftovers import Leftover, Scan
from z2jh_wizard.cloud.power import no_power
from z2jh_wizard.cloud.reaching import Address, ReachCluster, WriteKubeconfig
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.step import Command, Step
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.clock import SystemClock


class EksProvider:
    """Makes, reaches, resizes and removes the cluster of a project at Amazon."""

    def __init__(self, project: Project, clock: Clock | None = None, aws: Aws | None = None) -> None:
        spec = project.spec
        self._project = project
        self._clock = clock or SystemClock()
        self._aws = aws or Aws(spec.account, spec.region, spec.cluster.sign_in, self._clock)

    def account(self) -> AwsAccount:
        """Return what answers questions about the AWS account."""
        return AwsAccount(self._aws, self._clock, self._project.spec.cluster.sign_in)

    def steps(self) -> list[Step]:
        """Return the steps from a bare account to a kubeconfig."""
        spec, aws, clock = self._project.spec, self._aws, self._clock
        return [
            EnableRegion(aws, clock),
            MakeNetwork(spec, aws, clock),
            MakeCluster(spec, aws, clock),
            MakePools(spec, aws, clock),
            InstallAddons(spec, aws, clock),
            WriteKubeconfig(self._project, self._address, fetching(spec)),
        ]

    def reach(self) -> list[Step]:
        """Return the step that makes the cluster reachable once more; fine when there is none."""
        return [ReachCluster(self._project, self._address, fetching(self._project.spec))]

    def resize_step(self, pool: str, nodes: int) -> Step:
        """Return the step that gives a pool this many nodes."""
        return ResizePool(self._project.spec, self._aws, self._clock, pool, nodes)

    def power_step(self, *, running: bool) -> Step:
        """Refuse: Amazon does not stop clusters."""
        raise no_power(
            "Amazon runs the control plane of a cluster for as long as it exists.", running=running
        )

    async def credential(self) -> dict[str, Any]:
        """Return a token for the cluster's API and when it ends, as kubectl wants it."""
        token, until = await self._aws.token(place_of(self._project.spec).cluster, self._clock.now())
        return {"token": token, "expirationTimestamp": until.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def scanning(self) -> tuple[Command, ...]:
        """Return the commands that list what may be left."""
        return scan.listing(self._project.spec, place_of(self._project.spec))

    async def scan(self) -> Scan:
        """Look round for what is still there and may cost money."""
        spec = self._project.spec
        return await scan.leftovers(self._aws, spec, place_of(spec), self._clock)

    async def left(self) -> tuple[Leftover, ...]:
        """Return what such a look finds."""
        return (await self.scan()).left

    async def _address(self) -> Address | None:
        spec = self._project.spec
        return await address(self._aws, place_of(spec), spec.project_id)
