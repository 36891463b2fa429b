"""What stays in a subscription when a cluster is gone: groups, what lies in them, and what has our tag."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from z2jh_wizard.cloud.account import Leftover
from z2jh_wizard.cloud.aks.azure import Azure
from z2jh_wizard.cloud.aks.desired import Place
from z2jh_wizard.cloud.aks.groups import NOT_THERE
from z2jh_wizard.cloud.calls import states
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.core.cost import HOURS_A_MONTH, hourly_price
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.step import Command, Danger, Finding, Gone, Line, Look, Resource, Step, Work

VERSIONS = {
    "microsoft.compute/disks": "2023-10-02",
    "microsoft.compute/snapshots": "2023-10-02",
    "microsoft.network/loadbalancers": "2023-11-01",
    "microsoft.network/publicipaddresses": "2023-11-01",
}
"""Versions of the API by the type of a resource; others are only shown."""

_WORDS = {
    "microsoft.compute/disks": "disk",
    "microsoft.compute/snapshots": "snapshot",
    "microsoft.network/loadbalancers": "load balancer",
    "microsoft.network/publicipaddresses": "address",
}

_CLAIM = "kubernetes.io-created-for-pvc-name"


async def leftovers(azure: Azure, place: Place, project_id: str, clock: Clock) -> tuple[Leftover, ...]:
    """Return what is left of a cluster; nothing while the cluster lives."""
    groups, resources = await asyncio.gather(
        azure.listed(f"{azure.path}/resourcegroups"), azure.listed(f"{azure.path}/resources")
    )
    if any(str(one.get("id", "")).lower() == place.path.lower() for one in resources):
        return ()
    found = [
        Leftover(
            Resource("resource group", str(one["name"])),
            str(one.get("location", "")),
            "a folder of resources",
            0.0,
            False,
            "it carries this project's tag; what is in it is listed by itself",
        )
        for one in groups
        if (one.get("tags") or {}).get(OUR_LABEL) == project_id
    ]
    for one in resources:
        if left := _left(one, azure, place, project_id, clock):
            found.append(left)
    return tuple(found)


def _left(
    one: Mapping[str, Any], azure: Azure, place: Place, project_id: str, clock: Clock
) -> Leftover | None:
    path, kind = str(one["id"]), str(one.get("type", "")).lower()
    tags = one.get("tags") or {}
    of_nodes = f"/resourcegroups/{place.node_group}/".lower() in path.lower()
    ours = tags.get(OUR_LABEL) == project_id
    claim = str(tags.get(_CLAIM, ""))
    if not ours and not of_nodes and not (claim and kind in VERSIONS):
        return None
    resource = Resource(_WORDS.get(kind, kind), str(one["name"]), uid=path)
    sku = (one.get("sku") or {}).get("name", "")
    price = hourly_price(
        "aks", {"load balancer": "load balancer", "address": "public address"}.get(resource.kind, "")
    )
    mine = ours or of_nodes
    return Leftover(
        resource,
        str(one.get("location", "")),
        str(sku or "size not known"),
        None if price is None else round(price * HOURS_A_MONTH, 2),
        mine,
        f"the files of {claim}" if claim else "made for the cluster",
        Delete(azure, path, VERSIONS[kind], resource, clock, data=kind.startswith("microsoft.compute/"))
        if mine and kind in VERSIONS
        else None,
    )


class Delete(Step):
    """Delete one thing that is left."""

    usually = 15
    limit = 600

    def __init__(  # noqa: PLR0917  # a thing, where it is, and how it is asked for
        self, azure: Azure, path: str, version: str, resource: Resource, clock: Clock, data: bool = False
    ) -> None:
        self._azure = azure
        self._path = path
        self._version = version
        self._resource = resource
        self._clock = clock
        self.id = f"leftover.{resource.kind.replace(' ', '-')}.{resource.name}"
        self.title = f"Delete {resource}"
        self.why = "It is left of a cluster that is gone, and costs money as long as it is there."
        self.danger = Danger.DELETES_DATA if data else Danger.NONE

    def commands(self) -> tuple[Command, ...]:
        """Return the command that deletes it."""
        return (Command(("az", "resource", "delete", "--ids", self._path)),)

    async def look(self) -> Look:
        """Look whether it is still there."""
        if await self._there():
            return Look(Finding.DRIFTED, "still there", (self._resource,))
        return Look(Finding.READY, "gone")

    async def run(self) -> Work:
        """Delete it and wait."""
        if await self._there():
            await self._azure.delete(self._path, self._version)
            yield Line("asked Azure to delete it")
        async for there in states(self._there, lambda one: not one, self._clock):
            if not there:
                yield Gone(self._resource)

    async def _there(self) -> bool:
        try:
            await self._azure.get(self._path, self._version)
        except CloudTrouble as error:
            if error.reason in NOT_THERE:
                return False
            raise
        return True
