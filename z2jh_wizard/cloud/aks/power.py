"""Stopping an Azure cluster between two courses, and starting it again.

Sources: learn.microsoft.com/azure/aks/start-stop-cluster (what is kept, for how long, and that a region may
have no machines free when it is to start again).
"""

from __future__ import annotations

from typing import Any

from z2jh_wizard.cloud import owned
from z2jh_wizard.cloud.aks.azure import Azure
from z2jh_wizard.cloud.aks.cluster import GONE, State, look_at, trouble_of
from z2jh_wizard.cloud.aks.desired import place_of
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import Command, Danger, Finding, Line, Look, Step, Work

RUNNING, STOPPED = "Running", "Stopped"

STILL_COSTS = "students' disks and the public address are kept and cost as before"


class SetPower(Step):
    """Start or stop the cluster of a project; what others made is left alone."""

    limit = 1800

    def __init__(self, spec: Spec, azure: Azure, clock: Clock, *, running: bool) -> None:
        self._spec = spec
        self._place = place_of(spec)
        self._azure = azure
        self._clock = clock
        self._wanted = RUNNING if running else STOPPED
        self._verb = "start" if running else "stop"
        self.id = f"cluster.{self._verb}"
        self.title = f"{self._verb.capitalize()} the cluster"
        self.danger = Danger.COSTS_MONEY if running else Danger.NONE
        self.usually = 300 if running else 240
        self.why = (
            "Its machines run again and are paid for; Azure has to have some free in the region."
            if running
            else f"No machine runs, so none is paid for; {STILL_COSTS}. Azure keeps it so for 12 months."
        )

    def commands(self) -> tuple[Command, ...]:
        """Return the command that does it."""
        where = ("--name", self._place.cluster, "--resource-group", self._place.group_name)
        return (Command(("az", "aks", self._verb, *where)),)

    async def look(self) -> Look:
        """Look whether its machines run; InvalidInput when there is no cluster."""
        state = await self._state()
        if state == GONE:
            raise InvalidInput(f"There is no cluster to {self._verb}", "None was made, or it is gone.")
        if state.project_id != self._spec.project_id:
            reason = owned.foreign("cluster")
            return Look(Finding.UNKNOWN, reason, not_ours=reason)
        if not state.is_idle:
            return Look(Finding.DRIFTED, state.words)
        words = f"stopped; {STILL_COSTS}" if state.power == STOPPED else "it runs"
        return Look(Finding.READY if self._is_done(state) else Finding.DRIFTED, words)

    async def run(self) -> Work:
        """Wait until Azure is done with other work on it, ask for it, and wait."""
        async for happening in owned.waited(self._state, self._clock):
            yield happening
        if not self._is_done(await self._state()):
            await self._azure.change(self._begin, f"asking Azure to {self._verb} it", self._place.cluster)
            yield Line(f"asked Azure to {self._verb} it")
        async for happening in owned.waited(self._state, self._clock):
            yield happening
        state = await self._state()
        if state.is_broken:
            raise trouble_of(state, self._place)

    def _begin(self, client: Any) -> None:
        begin = getattr(client.managed_clusters, f"begin_{self._verb}")
        begin(self._place.group_name, self._place.cluster, polling=False)

    def _is_done(self, state: State) -> bool:
        return (state.power or RUNNING) == self._wanted

    async def _state(self) -> State:
        return await look_at(self._azure, self._place)
