"""What an Azure subscription needs before a cluster: registered providers and a resource group of its own."""

from __future__ import annotations

import asyncio
from typing import Any

from z2jh_wizard.cloud.aks import desired
from z2jh_wizard.cloud.aks.azure import Azure
from z2jh_wizard.cloud.calls import states
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import (
    Command,
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


class MakeGroup(Step):
    """Make the resource group that holds the cluster and nothing else."""

    id = "cluster.group"
    title = "Make a resource group"
    undo_title = "Delete the resource group"
    why = "All that the cluster is made of stands in one place, and goes with it."
    usually = 3
    needs = ("cluster.services",)
    undoable = True

    def __init__(self, spec: Spec, azure: Azure, clock: Clock) -> None:
        self._spec = spec
        self._place = desired.place_of(spec)
        self._azure = azure
        self._clock = clock

    def commands(self) -> tuple[Command, ...]:
        """Return the command that makes it."""
        return desired.grouping(self._spec)

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the command that deletes it."""
        return desired.ungrouping(self._spec)

    async def look(self) -> Look:
        """Look for it by its name, and by our tag whether it is ours."""
        found = await self._found()
        if found is None:
            return Look(Finding.ABSENT, "not made yet")
        here = (self._resource(),)
        if (found.get("tags") or {}).get(OUR_LABEL) != self._spec.project_id:
            reason = "a resource group of this name exists which this project did not make"
            return Look(Finding.UNKNOWN, reason, here, not_ours=reason)
        if found.get("properties", {}).get("provisioningState") == "Deleting":
            return Look(Finding.DRIFTED, "being deleted", here)
        if str(found.get("location", "")).lower() != self._spec.region.lower():
            return Look(Finding.UNKNOWN, f"it is in {found.get('location')}, and cannot move", here)
        return Look(Finding.READY, f"there, in {self._spec.region}", here)

    async def run(self) -> Work:
        """Make it, after one of that name that is being deleted is gone."""
        async for found in states(self._found, lambda one: one is None or not _is_going(one), self._clock):
            if found and _is_going(found):
                yield Line("waiting for the old one to go")
        fresh = await self._found() is None
        await self._azure.put(self._place.group, desired.group(self._spec))
        if fresh:
            yield Made(self._resource())

    def undo(self) -> Work | Refusal:
        """Delete it, unless somebody put other things into it."""
        return self._delete()

    async def _delete(self) -> Work:
        inside = await self._azure.listed(f"{self._place.group}/resources")
        foreign = [one for one in inside if (one.get("tags") or {}).get(OUR_LABEL) != self._spec.project_id]
        if foreign:
            names = ", ".join(f"{one['name']} ({one['type']})" for one in foreign[:3])
            yield Line(f"kept, for others put things into it: {names}")
            return
        found = await self._found()
        if found and not _is_going(found):
            await self._azure.delete(self._place.group)
        async for state in states(self._found, lambda one: one is None, self._clock):
            if state is None:
                yield Gone(self._resource())

    async def _found(self) -> dict[str, Any] | None:
        try:
            return await self._azure.get(self._place.group)
        except CloudTrouble as error:
            if error.reason in NOT_THERE:
                return None
            raise

    def _resource(self) -> Resource:
        return Resource("resource group", self._place.group_name)


def _is_going(found: dict[str, Any]) -> bool:
    properties = found.get("properties")
    return isinstance(properties, dict) and properties.get("provisioningState") == "Deleting"
