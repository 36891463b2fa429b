"""What an Azure subscription needs before a cluster: registered providers and a resource group of its own."""

from __future__ import annotations

import asyncio

from z2jh_wizard.cloud.aks import desired
from z2jh_wizard.cloud.aks.azure import Azure
from z2jh_wizard.cloud.calls import states
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.owned import MakeOwned, Thing
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import Command, Finding, Line, Look, Made, Resource, Step, Work

NEEDED = ("Microsoft.ContainerService", "Microsoft.Compute", "Microsoft.Network", "Microsoft.Storage")
"""Providers that a subscription must have registered; Azure's client does not do it by itself."""

NOT_THERE = ("ResourceGroupNotFound", "ResourceNotFound", "NotFound")


async def unregistered(azure: Azure) -> tuple[str, ...]:
    """Return which of the needed providers are not registered."""
    found = await asyncio.gather(*(azure.get(f"{azure.path}/providers/{name}") for name in NEEDED))
    return tuple(
        name for name, one in zip(NEEDED, found, strict=True) if one.get("registrationState") != "Registered"
    )


class RegisterProviders(Step):
    """Register the providers that a cluster needs; they stay registered, which costs nothing."""

    id = "cluster.services"
    title = "Register Azure's providers"
    why = "A new subscription has no Kubernetes Service until somebody registers it; that is free."
    usually = 120
    limit = 900

    def __init__(self, azure: Azure, clock: Clock) -> None:
        self._azure = azure
        self._clock = clock

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that register them."""
        return desired.registering(NEEDED)

    async def look(self) -> Look:
        """Ask which are registered."""
        lacking = await unregistered(self._azure)
        if lacking:
            return Look(Finding.ABSENT, f"not registered: {', '.join(lacking)}")
        return Look(Finding.READY, "registered")

    async def run(self) -> Work:
        """Register what is not, and wait."""
        for name in await unregistered(self._azure):
            await self._azure.post(f"{self._azure.path}/providers/{name}/register")
            yield Line(f"asked Azure to register {name}")
        async for lacking in states(lambda: unregistered(self._azure), lambda one: not one, self._clock):
            yield Line(f"{len(NEEDED) - len(lacking)} of {len(NEEDED)} are registered")


class Group(Thing, frozen=True):
    """A resource group; it is there at once and takes its time to go."""

    region: str = ""

    @property
    def is_idle(self) -> bool:
        """Tell whether it is not being deleted."""
        return self.status != "Deleting"

    @property
    def words(self) -> str:
        """Say how far it is."""
        return "there" if self.is_idle else "being deleted"


NO_GROUP = Group("")


class MakeGroup(MakeOwned[Group]):
    """Make the resource group that holds the cluster and nothing else."""

    id = "cluster.group"
    title = "Make a resource group"
    undo_title = "Delete the resource group"
    why = "All that the cluster is made of stands in one place, and goes with it."
    usually = 3
    kind = "resource group"
    needs = ("cluster.services",)

    def __init__(self, spec: Spec, azure: Azure, clock: Clock) -> None:
        super().__init__(spec, clock)
        self._place = desired.place_of(spec)
        self._azure = azure

    def commands(self) -> tuple[Command, ...]:
        """Return the command that makes it."""
        return desired.grouping(self._spec)

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the command that deletes it."""
        return desired.ungrouping(self._spec)

    async def run(self) -> Work:
        """Make it, after one of that name that is being deleted is gone."""
        async for happening in self._until_idle():
            yield happening
        fresh = await self._state() == NO_GROUP
        await self._azure.put(self._place.group, desired.group(self._spec))
        if fresh:
            yield Made(self._resource())

    def _judged(self, state: Group) -> tuple[Finding, str]:
        if not state.is_idle:
            return Finding.DRIFTED, state.words
        if state.region.lower() != self._spec.region.lower():
            return Finding.UNKNOWN, f"it is in {state.region}, and cannot move"
        return Finding.READY, f"there, in {self._spec.region}"

    async def _delete(self) -> Work:
        """Delete it, unless somebody put other things into it."""
        inside = await self._azure.listed(f"{self._place.group}/resources")
        foreign = [one for one in inside if (one.get("tags") or {}).get(OUR_LABEL) != self._spec.project_id]
        if foreign:
            names = ", ".join(f"{one['name']} ({one['type']})" for one in foreign[:3])
            yield Line(f"kept, for others put things into it: {names}")
            return
        state = await self._state()
        if state != NO_GROUP and state.is_idle:
            await self._azure.delete(self._place.group)
        async for happening in self._until_gone():
            yield happening

    async def _state(self) -> Group:
        try:
            found = await self._azure.get(self._place.group)
        except CloudTrouble as error:
            if error.reason in NOT_THERE:
                return NO_GROUP
            raise
        return Group(
            (found.get("properties") or {}).get("provisioningState") or "Succeeded",
            (found.get("tags") or {}).get(OUR_LABEL, ""),
            str(found.get("location", "")),
        )

    def _resource(self) -> Resource:
        return Resource("resource group", self._place.group_name)
