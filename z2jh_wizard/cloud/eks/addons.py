"""What a cluster of EKS lacks from the start: network policies, identities for pods, and students' disks."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from z2jh_wizard.cloud.calls import states
from z2jh_wizard.cloud.eks import desired
from z2jh_wizard.cloud.eks import template as stack
from z2jh_wizard.cloud.eks.aws import Aws
from z2jh_wizard.cloud.eks.cluster import NO_ADDON, AddonState, addon_at, trouble_of
from z2jh_wizard.cloud.eks.network import network_of
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import Command, Finding, Line, Look, Made, Progress, Resource, Step, Work


class InstallAddons(Step):
    """Install the add-ons; they go with the cluster."""

    id = "cluster.addons"
    title = "Install the cluster's add-ons"
    why = "Without them students get no disks, and the rules between servers are not kept."
    usually = 120
    limit = 1500
    needs = ("cluster.pools",)

    def __init__(self, spec: Spec, aws: Aws, clock: Clock) -> None:
        self._spec = spec
        self._place = desired.place_of(spec)
        self._aws = aws
        self._clock = clock
        self._addons = desired.addons(spec)

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that install them."""
        return desired.adding(self._spec)

    async def look(self) -> Look:
        """Look for each of them, and for the role of an autoscaler."""
        found, scaler = await asyncio.gather(self._found(), self._has_scaler())
        here = tuple(self._resource(name) for name, one in found.items() if one != NO_ADDON)
        wrong = [
            f"{name} {one.words or 'is not there'}" for name, one in found.items() if one.status != "ACTIVE"
        ]
        if wrong:
            return Look(Finding.DRIFTED if here else Finding.ABSENT, ", ".join(wrong), here)
        if not scaler:
            return Look(Finding.DRIFTED, "an autoscaler would have no role", here)
        return Look(Finding.READY, "installed", here)

    async def run(self) -> Work:
        """Install what is not there, one after the other, as they need each other."""
        network = await network_of(self._aws, self._place)
        for number, one in enumerate(self._addons):
            yield Progress(number, len(self._addons), one.name)
            async for line in self._until_idle(one.name):
                yield line
            state = await addon_at(self._aws, self._place, one.name)
            if state.is_broken:
                yield Line(f"{one.name} is {state.words}; installed anew.")
                await self._change("delete_addon", one, preserve=True)
                async for line in self._until_idle(one.name):
                    yield line
                state = await addon_at(self._aws, self._place, one.name)
            if state == NO_ADDON:
                await self._change("create_addon", one, **self._wanted(one, network.outputs))
                yield Made(self._resource(one.name))
            async for line in self._until_idle(one.name):
                yield line
            state = await addon_at(self._aws, self._place, one.name)
            if state.is_broken:
                raise trouble_of(state, f"the add-on {one.name}")
        if not await self._has_scaler():
            await self._aws.ask(
                "eks",
                "create_pod_identity_association",
                desired.SCALER,
                clusterName=self._place.cluster,
                namespace=desired.SYSTEM,
                serviceAccount=desired.SCALER,
                roleArn=network.outputs[stack.SCALER_ROLE],
                tags=desired.tags(self._spec),
            )
            yield Line("an autoscaler would have its role now")

    def _wanted(self, one: desired.Addon, outputs: dict[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = {"resolveConflicts": "OVERWRITE", "tags": desired.tags(self._spec)}
        if one.settings:
            found["configurationValues"] = json.dumps(one.settings)
        if one.role:
            found["podIdentityAssociations"] = [{"serviceAccount": one.account, "roleArn": outputs[one.role]}]
        return found

    async def _change(self, operation: str, one: desired.Addon, **content: Any) -> None:
        await self._aws.ask(
            "eks",
            operation,
            f"the add-on {one.name}",
            clusterName=self._place.cluster,
            addonName=one.name,
            **content,
        )

    async def _until_idle(self, name: str) -> Work:
        async for state in states(
            lambda: addon_at(self._aws, self._place, name), lambda one: one.is_idle, self._clock
        ):
            if not state.is_idle:
                yield Line(f"{name} {state.words}")

    async def _found(self) -> dict[str, AddonState]:
        names = [one.name for one in self._addons]
        found = await asyncio.gather(*(addon_at(self._aws, self._place, name) for name in names))
        return dict(zip(names, found, strict=True))

    async def _has_scaler(self) -> bool:
        found = await self._aws.listed(
            "eks",
            "list_pod_identity_associations",
            "associations",
            clusterName=self._place.cluster,
            namespace=desired.SYSTEM,
            serviceAccount=desired.SCALER,
        )
        return bool(found)

    def _resource(self, name: str) -> Resource:
        return Resource("add-on", f"{self._place.cluster}/{name}")
