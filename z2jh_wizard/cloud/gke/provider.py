"""Google Kubernetes Engine as a provider: its steps for set-up, resize and tear-down."""

from __future__ import annotations

from typing import Any

from z2jh_wizard.cloud.gke import leftovers as scan
from z2jh_wizard.cloud.gke.account import GoogleAccount
from z2jh_wizard.cloud.gke.desired import fetching, place_of
from z2jh_wizard.cloud.gke.google import Google
from z2jh_wizard.cloud.gke.services import EnableServices
from z2jh_wizard.cloud.gke.steps import MakeCluster, ResizePool, address
from z2jh_wizard.cloud.leftovers import Leftover, Scan
from z2jh_wizard.cloud.power import no_power
from z2jh_wizard.cloud.reaching import Address, ReachCluster, WriteKubeconfig
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.step import Command, Step
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.clock import SystemClock


class GkeProvider:
    """Makes, reaches, resizes and removes the cluster of a project at Google."""

    def __init__(self, project: Project, clock: Clock | None = None, google: Google | None = None) -> None:
        self._project = project
        self._clock = clock or SystemClock()
        self._google = google or Google(project.spec.account, project.spec.cluster.sign_in, self._clock)

    def account(self) -> GoogleAccount:
        """Return what answers questions about the Google project."""
        return GoogleAccount(self._google, self._clock, self._project.spec.cluster.sign_in)

    def steps(self) -> list[Step]:
        """Return the steps from a bare Google project to a kubeconfig."""
        spec, google, clock = self._project.spec, self._google, self._clock
        return [
            EnableServices(spec, google, clock),
            MakeCluster(spec, google, clock),
            WriteKubeconfig(self._project, self._address, fetching(spec)),
        ]

    def reach(self) -> list[Step]:
        """Return the step that makes the cluster reachable once more; fine when there is none."""
        return [ReachCluster(self._project, self._address, fetching(self._project.spec))]

    def resize_step(self, pool: str, nodes: int) -> Step:
        """Return the step that gives a pool this many nodes."""
        return ResizePool(self._project.spec, self._google, self._clock, pool, nodes)

    def power_step(self, *, running: bool) -> Step:
        """Refuse: Google does not stop clusters."""
        raise no_power("Google runs a cluster for as long as it exists.", running=running)

    async def credential(self) -> dict[str, Any]:
        """Return an access token and when it ends, as kubectl wants it."""
        token, until = await self._google.token()
        status = {"token": token}
        if until:
            status["expirationTimestamp"] = until.strftime("%Y-%m-%dT%H:%M:%SZ")
        return status

    async def _address(self) -> Address | None:
        spec = self._project.spec
        return await address(self._google, place_of(spec), spec.project_id)

    def scanning(self) -> tuple[Command, ...]:
        """Return the commands that list what may be left."""
        return scan.listing(place_of(self._project.spec))

    async def scan(self) -> Scan:
        """Look round for what is still there and may cost money."""
        return await scan.leftovers(self._google, self._project.spec, self._clock)

    async def left(self) -> tuple[Leftover, ...]:
        """Return what such a look finds."""
        return (await self.scan()).left
