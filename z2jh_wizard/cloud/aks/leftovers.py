"""What stays in a subscription when a cluster is gone: groups, what lies in them, and what has our tag."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from z2jh_wizard.cloud.aks.azure import Azure
from z2jh_wizard.cloud.aks.cluster import GONE, look_at
from z2jh_wizard.cloud.aks.desired import Place
from z2jh_wizard.cloud.aks.groups import NOT_THERE
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.leftovers import DeleteLeftover, Leftover, Scan, look_round, still_runs
from z2jh_wizard.core.cost import HOURS_A_MONTH, hourly_price
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.step import Command, Resource

DENIED = ("AuthorizationFailed", "LinkedAuthorizationFailed")
"""What Azure answers to who may not list something."""

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

_OF_NODES = re.compile("/resourcegroups/mc_", re.IGNORECASE)
"""How the path of what lies in the group of a cluster's nodes is told."""

_CLAIM = "kubernetes.io-created-for-pvc-name"


async def leftovers(azure: Azure, place: Place, project_id: str, clock: Clock) -> Scan:
    """Return what is left of a cluster; nothing is told while the cluster lives."""
    if await look_at(azure, place) != GONE:
        return still_runs(place.cluster, place.region)
    scan = _Scan(azure, place, project_id, clock)
    kinds = {
        "resource groups": scan.groups,
        "disks, snapshots, addresses and load balancers": scan.resources,
    }
    return await look_round(kinds, DENIED, clock)


class _Scan:
    """One look around for what is left: Azure lists groups, and at once all that lies in them."""

    def __init__(self, azure: Azure, place: Place, project_id: str, clock: Clock) -> None:
        self._azure = azure
        self._place = place
        self._project_id = project_id
        self._clock = clock

    async def groups(self) -> list[Leftover]:
        return [
            Leftover(
                Resource("resource group", str(one["name"])),
                str(one.get("location", "")),
                "a folder of resources",
                0.0,
                False,
                "it carries this project's tag; what is in it goes with it, so look into it first",
                commands=(Command(("az", "group", "delete", "--name", str(one["name"]))),),
            )
            for one in await self._azure.listed(f"{self._azure.path}/resourcegroups")
            if (one.get("tags") or {}).get(OUR_LABEL) == self._project_id
        ]

    async def resources(self) -> list[Leftover]:
        listed = await self._azure.listed(f"{self._azure.path}/resources")
        return [left for one in listed if (left := self._left(one))]

    def _left(self, one: Mapping[str, Any]) -> Leftover | None:
        path, kind = str(one["id"]), str(one.get("type", "")).lower()
        tags = one.get("tags") or {}
        claim = str(tags.get(_CLAIM, ""))
        of_nodes = f"/resourcegroups/{self._place.node_group}/".lower() in path.lower()
        # What carries another project's tag is that one's, wherever it lies.
        ours = tags.get(OUR_LABEL, self._project_id if of_nodes else "") == self._project_id
        # The group of another cluster's nodes holds what that one uses.
        of_nobody = claim and kind in VERSIONS and not _OF_NODES.search(path)
        if not ours and not of_nodes and not of_nobody:
            return None
        resource = Resource(_WORDS.get(kind, kind), str(one["name"]), uid=path)
        by_hand = Command(("az", "resource", "delete", "--ids", path))
        safe = ours and kind in VERSIONS
        why = f"the files of {claim}" if claim else "made for the cluster"
        but = "" if safe else "; it does not carry this project's tag, so look whose it is"
        if ours and not safe:
            but = "; the wizard deletes nothing of this kind"
        return Leftover(
            resource,
            str(one.get("location", "")),
            str((one.get("sku") or {}).get("name", "") or "size not known"),
            _month(resource.kind),
            safe,
            why + but,
            self._delete(resource, by_hand, VERSIONS[kind]) if safe else None,
            (by_hand,),
        )

    def _delete(self, resource: Resource, by_hand: Command, version: str) -> DeleteLeftover:
        path = resource.uid
        return DeleteLeftover(
            resource,
            by_hand,
            is_there=lambda: self._is_there(path, version),
            ask=lambda: self._azure.delete(path, version),
            clock=self._clock,
            data=resource.kind in ("disk", "snapshot"),
        )

    async def _is_there(self, path: str, version: str) -> bool:
        try:
            await self._azure.get(path, version)
        except CloudTrouble as error:
            if error.reason in NOT_THERE:
                return False
            raise
        return True


def listing(place: Place, project_id: str) -> tuple[Command, ...]:
    """Return the commands that list what may be left."""
    tag = ("--tag", f"{OUR_LABEL}={project_id}", "--output", "table")
    # A query, as asking for a group that is gone would end a script with an error.
    in_nodes = ("--query", f"[?resourceGroup=='{place.node_group}']", "--output", "table")
    return (
        Command(("az", "group", "list", *tag), "Resource groups with the project's tag"),
        Command(("az", "resource", "list", *tag), "All that carries the project's tag"),
        Command(("az", "resource", "list", *in_nodes), "What was made for the nodes"),
    )


def _month(kind: str) -> float | None:
    price = hourly_price("aks", {"address": "public address"}.get(kind, kind))
    return None if price is None else round(price * HOURS_A_MONTH, 2)
