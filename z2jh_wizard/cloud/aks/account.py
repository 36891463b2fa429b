"""What an Azure subscription is asked before a cluster is made."""

from __future__ import annotations

import asyncio
import fnmatch
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from functools import partial
from typing import Any

from z2jh_wizard.cloud.account import (
    Account,
    Check,
    CloudCluster,
    Identity,
    KubernetesVersion,
    Location,
    MachineOffer,
    NodePool,
    SignInWay,
    Verdict,
)
from z2jh_wizard.cloud.aks import sign_in
from z2jh_wizard.cloud.aks.azure import Azure
from z2jh_wizard.cloud.aks.desired import pools_of
from z2jh_wizard.cloud.aks.groups import RegisterProviders, unregistered
from z2jh_wizard.cloud.preflight import Room, unknown
from z2jh_wizard.core.capacity import machines
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.spec import Spec

ACTIONS = (
    "Microsoft.Resources/subscriptions/resourceGroups/write",
    "Microsoft.Resources/subscriptions/resourceGroups/delete",
    "Microsoft.ContainerService/managedClusters/write",
    "Microsoft.ContainerService/managedClusters/delete",
    "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
)
"""What the wizard does in a subscription, by the names that Azure's roles are made of."""

SKUS, USAGES, PERMISSIONS, SUBSCRIPTIONS = "2021-07-01", "2024-07-01", "2022-04-01", "2022-12-01"
"""Versions of the parts of the API."""


class AzureAccount:
    """Answers for one subscription."""

    def __init__(self, azure: Azure, clock: Clock, chosen: str = "") -> None:
        self._azure = azure
        self._clock = clock
        self._chosen = chosen
        self._known: dict[str, dict[str, dict[str, Any]]] = {}

    def ways_to_sign_in(self) -> tuple[SignInWay, ...]:
        """Return the ways to sign in, those that are there first."""
        return sign_in.ways(self._chosen)

    async def identity(self) -> Identity:
        """Return who is signed in."""
        who, source, until = await self._azure.who()
        end = datetime.fromtimestamp(until, timezone.utc) if until else None
        return Identity(who, source, self._azure.subscription, end)

    async def accounts(self) -> tuple[Account, ...]:
        """Return the subscriptions, with why one cannot be used."""
        found = await self._azure.listed("/subscriptions", SUBSCRIPTIONS)
        return tuple(
            Account(
                one["subscriptionId"],
                one.get("displayName") or one["subscriptionId"],
                ""
                if one.get("state", "Enabled") == "Enabled"
                else f"Azure says it is {one['state'].lower()}",
            )
            for one in found
        )

    async def locations(self) -> tuple[Location, ...]:
        """Return the regions with computers in them."""
        found = await self._azure.listed(f"{self._azure.path}/locations", SUBSCRIPTIONS)
        physical = [
            one for one in found if one.get("metadata", {}).get("regionType", "Physical") == "Physical"
        ]
        return tuple(
            Location(one["name"], one.get("displayName", ""))
            for one in sorted(physical, key=lambda one: str(one["name"]))
        )

    async def machines(self, location: str) -> tuple[MachineOffer, ...]:
        """Return the machine types of the catalogue, and why this subscription cannot have one there."""
        there = await self._sizes(location)
        return tuple(MachineOffer(one, _why_not(there.get(one.name), location)) for one in machines("aks"))

    async def versions(self, location: str) -> tuple[KubernetesVersion, ...]:
        """Return the versions for new clusters."""
        found = await self._azure.clusters(
            lambda client: client.managed_clusters.list_kubernetes_versions(location),
            "asking Azure for versions",
        )
        known = found.values_property or ()
        ordered = sorted(known, key=lambda one: [int(part) for part in one.version.split(".")], reverse=True)
        return tuple(KubernetesVersion(one.version, bool(one.is_default)) for one in ordered)

    async def clusters(self) -> tuple[CloudCluster, ...]:
        """Return all clusters of the subscription."""
        found = await self._azure.clusters(
            lambda client: list(client.managed_clusters.list()), "asking Azure for its clusters"
        )
        return tuple(described(one) for one in found)

    async def preflight(self, spec: Spec) -> tuple[Check, ...]:
        """Look at providers, permissions, machines and quotas for what a project wants.

        CloudNeedsYou when the sign-in has ended.
        """
        providers, permissions = await asyncio.gather(self._providers(), self._permissions())
        checks = [providers, permissions]
        if providers.verdict in (Verdict.OK, Verdict.UNKNOWN):
            checks += await self._room(spec)
        return tuple(checks)

    async def _sizes(self, location: str) -> dict[str, dict[str, Any]]:
        """Return Azure's words about each machine type of a region, read once: they are megabytes."""
        if location not in self._known:
            found = await self._azure.listed(
                f"{self._azure.path}/providers/Microsoft.Compute/skus",
                SKUS,
                **{"$filter": f"location eq '{location}'"},
            )
            self._known[location] = {
                one["name"]: one for one in found if one.get("resourceType") == "virtualMachines"
            }
        return self._known[location]

    # ---- the checks ----

    async def _providers(self) -> Check:
        title = "Azure's providers"
        try:
            lacking = await unregistered(self._azure)
        except WizardError as error:
            return unknown("services", title, error)
        if not lacking:
            return Check("services", title, Verdict.OK, "All that are needed are registered.")
        return Check(
            "services",
            title,
            Verdict.FAIL,
            f"Not registered: {', '.join(lacking)}. The wizard can do that; it is free.",
            RegisterProviders(self._azure, self._clock),
        )

    async def _permissions(self) -> Check:
        title = "Permissions"
        path = f"{self._azure.path}/providers/Microsoft.Authorization/permissions"
        try:
            granted = await self._azure.listed(path, PERMISSIONS)
        except WizardError as error:
            return unknown("permissions", title, error)
        lacking = [one for one in ACTIONS if not may(one, granted)]
        if not lacking:
            return Check("permissions", title, Verdict.OK, "Your account may do all that is needed.")
        sentence = f"Your account lacks {', '.join(lacking)}. Ask for the role Contributor."
        return Check("permissions", title, Verdict.FAIL, sentence)

    async def _room(self, spec: Spec) -> list[Check]:
        """Compare machines and quotas with what the project wants."""
        checks: list[Check] = []
        sizes: dict[str, dict[str, Any]] = {}
        left: dict[str, float] = {}
        try:
            sizes = await self._sizes(spec.region)
        except WizardError as error:
            checks.append(unknown("machines", "Machines", error))
        path = f"{self._azure.path}/providers/Microsoft.Compute/locations/{spec.region}/usages"
        try:
            found = await self._azure.listed(path, USAGES)
            left = {one["name"]["value"]: one["limit"] - one["currentValue"] for one in found}
        except WizardError as error:
            checks.append(unknown("quota", "Quotas", error))
        families = {name: str(one.get("family", "")) for name, one in sizes.items()}
        offers = await self.machines(spec.region) if sizes else ()
        room = Room(spec, pools_of(spec), offers, partial(needs, families=families), left)
        if offers:
            checks.append(_machines_there(spec, room))
        return [*checks, *(_quota(*quota, spec.region, room) for quota in room.quotas())]


def needs(spec: Spec, families: Mapping[str, str]) -> dict[str, float]:
    """Return how many cores a project takes of each quota at most, one node more a pool for upgrades."""
    known = {one.name: one for one in machines("aks")}
    found = {"cores": 0.0}
    for pool in pools_of(spec).values():
        machine = known.get(pool.machine)
        if machine is None:
            continue
        cores = machine.cpus * (max(pool.nodes, pool.maximum or 0) + 1)
        found["cores"] += cores
        if family := families.get(pool.machine):
            found[family] = found.get(family, 0) + cores
    return found


def may(action: str, granted: Iterable[dict[str, Any]]) -> bool:
    """Tell whether roles allow an action; names are patterns, and what one role forbids another may allow."""

    def fits(patterns: Iterable[str]) -> bool:
        return any(fnmatch.fnmatchcase(action.lower(), one.lower()) for one in patterns)

    return any(fits(one.get("actions") or ()) and not fits(one.get("notActions") or ()) for one in granted)


def described(cluster: Any) -> CloudCluster:
    """Return a cluster of Azure's client as plain data."""
    properties = cluster.properties
    return CloudCluster(
        cluster.name,
        cluster.location,
        properties.provisioning_state or "",
        properties.current_kubernetes_version or properties.kubernetes_version or "",
        properties.fqdn or "",
        (cluster.tags or {}).get(OUR_LABEL, ""),
        tuple(
            NodePool(
                pool.name,
                pool.vm_size or "",
                pool.count or 0,
                pool.min_count or 0,
                pool.max_count or 0,
                pool.provisioning_state or "",
            )
            for pool in properties.agent_pool_profiles or ()
        ),
    )


def _why_not(sku: dict[str, Any] | None, location: str) -> str:
    if sku is None:
        return f"{location} has none of them"
    for one in sku.get("restrictions") or ():
        if one.get("type") == "Location" or one.get("reasonCode") == "NotAvailableForSubscription":
            return f"not offered to this subscription in {location}"
    return ""


def _machines_there(spec: Spec, room: Room) -> Check:
    title = "Machines"
    wanted = sorted({pool.machine for pool in pools_of(spec).values()})
    if not (gone := room.gone()):
        return Check("machines", title, Verdict.OK, f"{spec.region} has {' and '.join(wanted)}.")
    said = [f"{name}: {why}. {room.instead_of(name)}" for name, why in gone.items()]
    return Check("machines", title, Verdict.FAIL, " ".join([*said, "Or take another region."]))


def _quota(metric: str, need: float, have: float, region: str, room: Room) -> Check:
    name = "cores in all" if metric == "cores" else f"cores of the family {metric}"
    sentence = f"{need:g} {name} are needed at most, {have:g} are left in {region}."
    if have >= need:
        return Check(f"quota.{metric}", f"Quota {metric}", Verdict.OK, sentence)
    more = f"{room.that_fits()} Else take another region, or ask for more."
    return Check(f"quota.{metric}", f"Quota {metric}", Verdict.FAIL, f"{sentence} {more}")
