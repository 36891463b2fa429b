"""What stays in a subscription when a cluster is gone: groups, what lies in them, and what has our tag."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from z2jh_wizard.cloud.aks.azure import Azure
from z2jh_wizard.cloud.aks.cluster import GONE, look_at
from z2jh_wizard.cloud.aks.desired import Place
from z2jh_wizard.cloud.aks.groups import NOT_THERE
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.leftovers import DeleteLeftover, Leftover, LookFor, Scan, look_round, still_runs
from z2jh_wizard.core.cost import HOURS_A_MONTH, disk_price, hourly_price
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.step import Command, Resource

DENIED = ("AuthorizationFailed", "LinkedAuthorizationFailed")
"""What Azure answers to who may not list something."""


class _Kind(msgspec.Struct, frozen=True):
    """A type of resources that the wizard may delete, and the version of its API."""

    type: str
    version: str
    word: str


_KINDS = {
    "disks": _Kind("Microsoft.Compute/disks", "2023-10-02", "disk"),
    "snapshots": _Kind("Microsoft.Compute/snapshots", "2023-10-02", "snapshot"),
    "load balancers": _Kind("Microsoft.Network/loadBalancers", "2023-11-01", "load balancer"),
    "addresses": _Kind("Microsoft.Network/publicIPAddresses", "2023-11-01", "address"),
}

_OF_NODES = re.compile("/resourcegroups/mc_", re.IGNORECASE)
"""How the path of what lies in the group of a cluster's nodes is told."""

_CLAIM = "kubernetes.io-created-for-pvc-name"


async def leftovers(azure: Azure, place: Place, project_id: str, clock: Clock) -> Scan:
    """Return what is left of a cluster; nothing is told while the cluster lives."""
    if await look_at(azure, place) != GONE:
        return still_runs(place.cluster, place.region)
    scan = _Scan(azure, place, project_id, clock)
    kinds: dict[str, LookFor] = {"resource groups": scan.groups}
    kinds |= {name: partial(scan.of_kind, kind) for name, kind in _KINDS.items()}
    kinds["other resources"] = scan.others
    return await look_round(kinds, DENIED, clock)


class _Scan:
    """One look around for what is left, by kind."""

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

    async def of_kind(self, kind: _Kind) -> list[Leftover]:
        """Return what is left of one kind; what a machine has belongs to a cluster that lives."""
        listed = await self._azure.listed(f"{self._azure.path}/providers/{kind.type}", kind.version)
        found = (self._of_kind(one, kind) for one in listed if not one.get("managedBy"))
        return [left for left in found if left]

    def _of_kind(self, one: Mapping[str, Any], kind: _Kind) -> Leftover | None:
        path, tags = str(one["id"]), one.get("tags") or {}
        claim = str(tags.get(_CLAIM, ""))
        ours = self._is_ours(one)
        # The group of another cluster's nodes holds what that one uses.
        if not ours and not self._is_of_nodes(path) and (not claim or _OF_NODES.search(path)):
            return None
        resource = Resource(kind.word, str(one["name"]), uid=path)
        why = f"the files of {claim}" if claim else "made for the cluster"
        by_hand = _by_hand(path)
        return Leftover(
            resource,
            str(one.get("location", "")),
            _size(one),
            _month(one, kind),
            ours,
            why if ours else f"{why}; it does not carry this project's tag, so look whose it is",
            self._delete(resource, by_hand, kind.version) if ours else None,
            (by_hand,),
        )

    async def others(self) -> list[Leftover]:
        """Return what is ours of all other kinds, which the wizard does not delete."""
        known = {kind.type.lower() for kind in _KINDS.values()}
        return [
            Leftover(
                Resource(str(one.get("type", "")), str(one["name"]), uid=str(one["id"])),
                str(one.get("location", "")),
                "size not known",
                None,
                False,
                "made for the cluster; the wizard deletes nothing of this kind",
                commands=(_by_hand(str(one["id"])),),
            )
            for one in await self._azure.listed(f"{self._azure.path}/resources")
            if self._is_ours(one) and str(one.get("type", "")).lower() not in known
        ]

    def _is_of_nodes(self, path: str) -> bool:
        return f"/resourcegroups/{self._place.node_group}/".lower() in path.lower()

    def _is_ours(self, one: Mapping[str, Any]) -> bool:
        """Tell whether it has our tag, or lies among the nodes and has no other project's."""
        untagged = self._project_id if self._is_of_nodes(str(one["id"])) else ""
        return bool((one.get("tags") or {}).get(OUR_LABEL, untagged) == self._project_id)

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


def _by_hand(path: str) -> Command:
    return Command(("az", "resource", "delete", "--ids", path))


def _size(one: Mapping[str, Any]) -> str:
    """Return how large a disk is, or which address it is; else what Azure sells it as."""
    properties, sold_as = one.get("properties") or {}, str((one.get("sku") or {}).get("name", ""))
    if gib := properties.get("diskSizeGB"):
        return f"{gib} GiB {sold_as}".strip()
    return str(properties.get("ipAddress") or sold_as or "size not known")


def _month(one: Mapping[str, Any], kind: _Kind) -> float | None:
    if kind.word == "disk":
        gib = (one.get("properties") or {}).get("diskSizeGB")
        price = disk_price("aks", str((one.get("sku") or {}).get("name", "")).partition("_")[0])
        return round(price * gib, 2) if price is not None and gib else None
    price = hourly_price("aks", {"address": "public address"}.get(kind.word, kind.word))
    return None if price is None else round(price * HOURS_A_MONTH, 2)
