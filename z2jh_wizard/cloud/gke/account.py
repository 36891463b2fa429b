"""What a Google project is asked before a cluster is made."""

from __future__ import annotations

import asyncio
import math
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
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.gke import sign_in
from z2jh_wizard.cloud.gke.desired import BOOT_GIB, Place, place_of, pools_of
from z2jh_wizard.cloud.gke.google import Google
from z2jh_wizard.cloud.gke.services import NEEDED, EnableServices, switched_on
from z2jh_wizard.cloud.preflight import Room, unknown
from z2jh_wizard.core.capacity import machines
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.spec import Spec

PERMISSIONS = (
    "container.clusters.create",
    "container.clusters.get",
    "container.clusters.update",
    "container.clusters.delete",
    "container.operations.get",
    "compute.disks.list",
    "compute.disks.delete",
    "compute.forwardingRules.list",
    "iam.serviceAccounts.actAs",
)
"""What the wizard does in a project, by the names that Google's roles are made of."""

ROLES = (
    "container.roles.create",
    "container.roles.escalate",
    "container.roleBindings.create",
    "container.clusterRoles.create",
    "container.clusterRoles.bind",
    "container.clusterRoles.escalate",
    "container.clusterRoleBindings.create",
)
"""What the chart's own roles take inside the cluster; the role Kubernetes Engine Admin has them all.

Source: https://cloud.google.com/iam/docs/roles-permissions/container
"""

CONTINENTS = {
    "africa": "Africa", "asia": "Asia", "australia": "Australia", "europe": "Europe", "me": "Middle East",
    "northamerica": "North America", "southamerica": "South America", "us": "United States",
}  # fmt: skip


class GoogleAccount:
    """Answers for one Google project."""

    def __init__(self, google: Google, clock: Clock, chosen: str = "") -> None:
        self._google = google
        self._clock = clock
        self._chosen = chosen

    def ways_to_sign_in(self) -> tuple[SignInWay, ...]:
        """Return the ways to sign in, those that are there first."""
        return sign_in.ways(self._chosen)

    async def identity(self) -> Identity:
        """Return who is signed in."""
        _, until = await self._google.token()
        who, source = await self._google.who()
        return Identity(who, source, self._google.project, until)

    async def accounts(self) -> tuple[Account, ...]:
        """Return the projects that the account can see; none where it may not search."""
        try:
            reply = await self._google.get("cloudresourcemanager", "v3/projects:search")
        except CloudTrouble as error:
            if error.reason in ("IAM_PERMISSION_DENIED", "PERMISSION_DENIED", "SERVICE_DISABLED"):
                return ()
            raise
        found = [one for one in reply.get("projects", ()) if one.get("state", "ACTIVE") == "ACTIVE"]
        return tuple(Account(one["projectId"], one.get("displayName") or one["projectId"]) for one in found)

    async def locations(self) -> tuple[Location, ...]:
        """Return the zones, where a cluster costs least, by region."""
        zones = await self._google.listed("compute", f"compute/v1/projects/{self._google.project}/zones")
        up = sorted(one["name"] for one in zones if one.get("status", "UP") == "UP")
        return tuple(Location(name, CONTINENTS.get(name.partition("-")[0], "")) for name in up)

    async def machines(self, location: str) -> tuple[MachineOffer, ...]:
        """Return the machine types of the catalogue, and whether a zone has them."""
        zone = Place(self._google.project, location, "").nodes_in
        path = f"compute/v1/projects/{self._google.project}/zones/{zone}/machineTypes"
        there = {one["name"] for one in await self._google.listed("compute", path)}
        return tuple(
            MachineOffer(one, "" if one.name in there else f"{zone} has none of them")
            for one in machines("gke")
        )

    async def versions(self, location: str) -> tuple[KubernetesVersion, ...]:
        """Return the versions for new clusters."""
        parent = f"projects/{self._google.project}/locations/{location}"
        config = await self._google.clusters("get_server_config", {"name": parent})
        default = config.default_cluster_version
        return tuple(
            KubernetesVersion(version, version == default) for version in config.valid_master_versions
        )

    async def clusters(self) -> tuple[CloudCluster, ...]:
        """Return all clusters of the project."""
        parent = f"projects/{self._google.project}/locations/-"
        reply = await self._google.clusters("list_clusters", {"parent": parent})
        return tuple(described(one) for one in reply.clusters)

    async def preflight(self, spec: Spec) -> tuple[Check, ...]:
        """Look at services, billing, permissions, machines and quotas for what a project wants.

        What may not be asked is unknown and no failure; while a service is off, what needs it is left out.
        CloudNeedsYou when the sign-in has ended.
        """
        services = await self._services(spec)
        billing, permissions = await asyncio.gather(self._billing(), self._permissions())
        checks = [services, billing, *permissions]
        if services.verdict in (Verdict.OK, Verdict.UNKNOWN):
            checks += await self._room(spec)
        return tuple(checks)

    # ---- the checks ----

    async def _services(self, spec: Spec) -> Check:
        title = "Google's services"
        try:
            on = await switched_on(self._google)
        except WizardError as error:
            return unknown("services", title, error)
        off = [name for name in NEEDED if name not in on]
        if not off:
            return Check("services", title, Verdict.OK, "All that are needed are switched on.")
        return Check(
            "services",
            title,
            Verdict.FAIL,
            f"Not switched on: {', '.join(off)}. The wizard can do that; it is free.",
            EnableServices(spec, self._google, self._clock),
        )

    async def _billing(self) -> Check:
        title = "Billing"
        try:
            reply = await self._google.get("cloudbilling", f"v1/projects/{self._google.project}/billingInfo")
        except WizardError as error:
            return unknown("billing", title, error)
        if reply.get("billingEnabled"):
            return Check("billing", title, Verdict.OK, "The project has a billing account.")
        link = f"https://console.cloud.google.com/billing/linkedaccount?project={self._google.project}"
        return Check(
            "billing", title, Verdict.FAIL, f"The project has no billing account; link one at {link}"
        )

    async def _permissions(self) -> tuple[Check, ...]:
        title = "Permissions"
        path = f"v3/projects/{self._google.project}:testIamPermissions"
        wanted = [*PERMISSIONS, *ROLES]
        try:
            reply = await self._google.ask("cloudresourcemanager", path, {"permissions": wanted})
        except WizardError as error:
            return (unknown("permissions", title, error),)
        lacking = [one for one in wanted if one not in reply.get("permissions", ())]
        grave = [one for one in lacking if one in PERMISSIONS]
        if not grave:
            done = Check("permissions", title, Verdict.OK, "Your account may do all that is needed.")
            return (done, *([_no_roles(lacking, self._google.project)] if lacking else []))
        sentence = (
            f"Your account lacks {', '.join(grave)}. Ask the project's owner for the roles Kubernetes "
            "Engine Admin and Service Account User."
        )
        return (Check("permissions", title, Verdict.FAIL, sentence),)

    async def _room(self, spec: Spec) -> list[Check]:
        """Compare machines and quotas with what the project wants."""
        place, checks = place_of(spec), []
        offers: tuple[MachineOffer, ...] = ()
        left: dict[str, float] = {}
        try:
            offers = await self.machines(place.location)
        except WizardError as error:
            checks.append(unknown("machines", "Machines", error))
        path = f"compute/v1/projects/{place.project}/regions/{place.region}"
        try:
            reply = await self._google.get("compute", path)
            left = {
                one["metric"]: float(one["limit"]) - float(one["usage"]) for one in reply.get("quotas", ())
            }
        except WizardError as error:
            checks.append(unknown("quota", "Quotas", error))
        room = Room(spec, pools_of(spec), offers, needs, left)
        if offers:
            checks.append(await self._machines_there(spec, room))
        short = (_quota(*quota, place.region, room) for quota in room.quotas())
        return [*checks, *short]

    async def _machines_there(self, spec: Spec, room: Room) -> Check:
        zone, title = place_of(spec).nodes_in, "Machines"
        wanted = sorted({pool.machine for pool in pools_of(spec).values()})
        if not (gone := room.gone()):
            return Check("machines", title, Verdict.OK, f"{zone} has {' and '.join(wanted)}.")
        said = [f"{zone} has no {name}. {room.instead_of(name)}" for name in gone]
        if zones := await self._zones_with(wanted, place_of(spec).region):
            said.append(
                f"In the same region, {' and '.join(zones)} ha{'s' if len(zones) == 1 else 've'} all."
            )
        return Check("machines", title, Verdict.FAIL, " ".join(said))

    async def _zones_with(self, wanted: list[str], region: str) -> list[str]:
        """Return the zones of a region that have all of some machines; none where that cannot be asked."""
        try:
            zones = [one.id for one in await self.locations() if one.id.startswith(f"{region}-")]
            found = await asyncio.gather(*(self.machines(zone) for zone in zones))
        except WizardError:
            return []
        able = [{one.machine.name for one in offers if not one.why_not} for offers in found]
        return [zone for zone, names in zip(zones, able, strict=True) if names.issuperset(wanted)]


def needs(spec: Spec) -> dict[str, float]:
    """Return what a project takes of each quota when all its nodes run.

    Balanced disks, which nodes and students have, count as SSD; a load balancer wants an address.
    """
    cpus: dict[str, float] = {}
    nodes = 0
    known = {one.name: one for one in machines("gke")}
    for pool in pools_of(spec).values():
        count = max(pool.nodes, pool.maximum or 0)
        nodes += count
        machine = known.get(pool.machine)
        if machine:
            family = pool.machine.partition("-")[0].upper()
            # E2 and N1 count in CPUS itself, newer families in a quota of their own.
            metric = "CPUS" if family in ("E2", "N1") else f"{family}_CPUS"
            cpus[metric] = cpus.get(metric, 0) + machine.cpus * count
    return {**cpus, "SSD_TOTAL_GB": float(nodes * BOOT_GIB), "IN_USE_ADDRESSES": float(nodes + 1)}


def described(cluster: Any) -> CloudCluster:
    """Return a cluster of Google's client as plain data."""
    return CloudCluster(
        cluster.name,
        cluster.location,
        cluster.status.name,
        cluster.current_master_version,
        cluster.endpoint,
        dict(cluster.resource_labels).get(OUR_LABEL, ""),
        tuple(
            NodePool(
                pool.name,
                pool.config.machine_type,
                pool.initial_node_count,
                pool.autoscaling.total_min_node_count or pool.autoscaling.min_node_count,
                pool.autoscaling.total_max_node_count or pool.autoscaling.max_node_count,
                pool.status.name,
            )
            for pool in cluster.node_pools
        ),
    )


def _quota(metric: str, need: float, have: float, region: str, room: Room) -> Check:
    sentence = f"{metric}: {math.ceil(need)} are needed at most, {have:g} are left in {region}."
    if have >= need:
        return Check(f"quota.{metric}", f"Quota {metric}", Verdict.OK, sentence)
    more = f"{room.that_fits()} Else take another region, or ask Google for more."
    return Check(f"quota.{metric}", f"Quota {metric}", Verdict.FAIL, f"{sentence} {more}")


def _no_roles(lacking: list[str], project: str) -> Check:
    """Return what to do for who may make a cluster and not what the chart makes in it.

    At Google either IAM or the cluster's own rules allow a thing, so who has Kubernetes Engine Admin needs no
    binding; without that role nobody can give it to oneself.
    """
    sentence = (
        f"Your account lacks {', '.join(lacking)}, so the chart's roles cannot be made. Ask the project's "
        "owner for the role Kubernetes Engine Admin; or, once the cluster is there, to type: kubectl create "
        "clusterrolebinding cluster-admin-binding --clusterrole=cluster-admin --user=YOUR-ADDRESS"
    )
    return Check("permissions.roles", f"Roles in the cluster of {project}", Verdict.WARN, sentence)
