"""What an AWS account is asked before a cluster is made."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

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
from z2jh_wizard.cloud.eks import permissions, sign_in, zones
from z2jh_wizard.cloud.eks.aws import Aws
from z2jh_wizard.cloud.eks.cluster import described_pool
from z2jh_wizard.cloud.eks.desired import pools_of
from z2jh_wizard.cloud.eks.regions import EnableRegion, is_on
from z2jh_wizard.cloud.eks.troubles import DENIED
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.preflight import Room, unknown
from z2jh_wizard.core.capacity import machines
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.spec import Spec

CPUS, NETWORKS = ("ec2", "L-1216C47A"), ("vpc", "L-F678F1CE")
"""Quotas by service and code: processors of standard machines that run, and networks in a region."""


class AwsAccount:
    """Answers for one AWS account."""

    def __init__(self, aws: Aws, clock: Clock, chosen: str = "") -> None:
        self._aws = aws
        self._clock = clock
        self._chosen = chosen

    def ways_to_sign_in(self) -> tuple[SignInWay, ...]:
        """Return the ways to sign in, those that are there first."""
        return sign_in.ways(self._chosen)

    async def identity(self) -> Identity:
        """Return who is signed in."""
        who, account, source = await self._aws.who()
        return Identity(who.partition(":")[2].rpartition(":")[2] or who, source, account)

    async def accounts(self) -> tuple[Account, ...]:
        """Return the one account that the credentials belong to, by its alias where that may be asked."""
        _, account, _ = await self._aws.who()
        try:
            aliases = await self._aws.listed("iam", "list_account_aliases", "AccountAliases")
        except WizardError:
            aliases = []
        return (Account(account, str(aliases[0]) if aliases else account),)

    async def locations(self) -> tuple[Location, ...]:
        """Return the regions that are switched on, asked where that is allowed."""
        try:
            found = await self._aws.listed("ec2", "describe_regions", "Regions", region=self._aws.home)
        except CloudTrouble as error:
            if error.reason not in DENIED or not self._aws.region:
                raise
            found = await self._aws.listed("ec2", "describe_regions", "Regions")
        places = await self._aws.places()
        names = sorted(str(one["RegionName"]) for one in found)
        return tuple(Location(name, places.get(name, "")) for name in names)

    async def machines(self, location: str) -> tuple[MachineOffer, ...]:
        """Return the machine types of the catalogue, and whether a region has them."""
        known = machines("eks")
        found = await self._aws.listed(
            "ec2",
            "describe_instance_type_offerings",
            "InstanceTypeOfferings",
            region=location,
            LocationType="region",
            Filters=[{"Name": "instance-type", "Values": [one.name for one in known]}],
        )
        there = {one["InstanceType"] for one in found}
        return tuple(
            MachineOffer(one, "" if one.name in there else f"{location} has none of them") for one in known
        )

    async def versions(self, location: str) -> tuple[KubernetesVersion, ...]:
        """Return the versions for new clusters."""
        found = await self._aws.listed("eks", "describe_cluster_versions", "clusterVersions", region=location)
        ordered = sorted(
            found, key=lambda one: [int(part) for part in one["clusterVersion"].split(".")], reverse=True
        )
        return tuple(
            KubernetesVersion(
                one["clusterVersion"],
                bool(one.get("defaultVersion")),
                ""
                if one.get("versionStatus") == "STANDARD_SUPPORT"
                else "extended support, which costs more",
            )
            for one in ordered
        )

    async def clusters(self) -> tuple[CloudCluster, ...]:
        """Return all clusters of the account in the project's region."""
        names = await self._aws.listed("eks", "list_clusters", "clusters")
        return tuple(await asyncio.gather(*(self._cluster(name) for name in names)))

    async def preflight(self, spec: Spec) -> tuple[Check, ...]:
        """Look at the region, permissions, zones with the machines, and quotas for what a project wants.

        NeedsYou when the sign-in has ended, or belongs to another account.
        """
        region, allowed = await asyncio.gather(self._region(), permissions.check(self._aws))
        checks = [region, allowed]
        if region.verdict in (Verdict.OK, Verdict.UNKNOWN):
            room, networks = await asyncio.gather(self._room(spec), self._networks(spec))
            checks += [*room, networks]
        return tuple(checks)

    # ---- the checks ----

    async def _region(self) -> Check:
        title = "The region"
        try:
            on = await is_on(self._aws)
        except WizardError as error:
            return unknown("services", title, error)
        if on:
            return Check("services", title, Verdict.OK, f"{self._aws.region} is switched on.")
        return Check(
            "services",
            title,
            Verdict.FAIL,
            f"{self._aws.region} is switched off in this account. The wizard can switch it on; it is free.",
            EnableRegion(self._aws, self._clock),
        )

    async def _room(self, spec: Spec) -> list[Check]:
        """Compare the machines of the students' zone, and the quota of processors, with what is wanted."""
        checks: list[Check] = []
        known, wanted = machines("eks"), {pool.machine for pool in pools_of(spec).values()}
        zone, there, left = "", dict[str, set[str]](), dict[str, float]()
        try:
            zone = (await zones.usable(self._aws, spec))[0]
            there = await zones.offered(self._aws, wanted | {one.name for one in known})
        except WizardError as error:
            checks.append(_no_zones(error))
        try:
            limit, used = await asyncio.gather(self._limit(CPUS), self._used())
            left = {"vcpu": limit - used}
        except WizardError as error:
            checks.append(unknown("quota.vcpu", "Quota of processors", error))
        offers = [
            MachineOffer(one, "" if zone in there.get(one.name, ()) else f"{zone} has none of them")
            for one in known
        ]
        room = Room(spec, pools_of(spec), offers, lambda one: {"vcpu": needs(one)}, left)
        if there:
            checks.append(_machines_there(zone, {name: zone in there.get(name, ()) for name in wanted}, room))
        for name, need, have in room.quotas():
            sentence = f"{need:g} processors are needed at most, {have:g} are left."
            quota = Check(f"quota.{name}", "Quota of processors", Verdict.OK, sentence)
            checks.append(quota if have >= need else _short(quota, room.that_fits()))
        return checks

    async def _networks(self, spec: Spec) -> Check:
        title = "Quota of networks"
        try:
            limit, found = await asyncio.gather(
                self._limit(NETWORKS), self._aws.listed("ec2", "describe_vpcs", "Vpcs")
            )
        except WizardError as error:
            return unknown("quota.vpc", title, error)
        ours = any(
            one["Key"] == OUR_LABEL and one["Value"] == spec.project_id
            for vpc in found
            for one in vpc.get("Tags") or ()
        )
        left = limit - len(found) + ours
        quota = Check("quota.vpc", title, Verdict.OK, f"A network of its own is needed, {left:g} are left.")
        return quota if left >= 1 else _short(quota, "Delete one that nobody needs.")

    async def _limit(self, quota: tuple[str, str]) -> float:
        service, code = quota
        reply = await self._aws.ask(
            "service-quotas", "get_service_quota", code, ServiceCode=service, QuotaCode=code
        )
        return float(reply["Quota"]["Value"])

    async def _used(self) -> int:
        """Return how many processors the running machines of the region have."""
        found = await self._aws.listed(
            "ec2",
            "describe_instances",
            "Reservations",
            Filters=[{"Name": "instance-state-name", "Values": ["pending", "running"]}],
        )
        options = [one.get("CpuOptions") or {} for group in found for one in group.get("Instances") or ()]
        return sum(one.get("CoreCount", 0) * one.get("ThreadsPerCore", 1) for one in options)

    async def _cluster(self, name: str) -> CloudCluster:
        reply, groups = await asyncio.gather(
            self._aws.ask("eks", "describe_cluster", name, name=name),
            self._aws.listed("eks", "list_nodegroups", "nodegroups", clusterName=name),
        )
        pools = await asyncio.gather(*(self._pool(name, one) for one in groups))
        found = reply["cluster"]
        return CloudCluster(
            name,
            self._aws.region,
            found["status"],
            found.get("version") or "",
            found.get("endpoint") or "",
            (found.get("tags") or {}).get(OUR_LABEL, ""),
            tuple(pools),
        )

    async def _pool(self, cluster: str, name: str) -> NodePool:
        reply: dict[str, Any] = await self._aws.ask(
            "eks", "describe_nodegroup", name, clusterName=cluster, nodegroupName=name
        )
        pool = described_pool(reply["nodegroup"])
        return NodePool(name, pool.machine, pool.nodes, pool.least, pool.most, pool.status)


def needs(spec: Spec) -> int:
    """Return how many processors a project takes when all its nodes run, one node more a pool for updates."""
    known = {one.name: one.cpus for one in machines("eks")}
    return sum(
        known.get(pool.machine, 0) * (max(pool.nodes, pool.maximum or 0) + 1)
        for pool in pools_of(spec).values()
    )


def _no_zones(error: WizardError) -> Check:
    """Return the check of machines in a region without enough zones, or one that could not be asked."""
    if not error.transient and error.problem.title.startswith("This region"):
        sentence = f"{error.problem.happened} {error.problem.next_step}"
        return Check("machines", "Machines", Verdict.FAIL, sentence)
    return unknown("machines", "Machines", error)


def _machines_there(zone: str, there: dict[str, bool], room: Room) -> Check:
    gone = sorted(name for name, is_there in there.items() if not is_there)
    if not gone:
        return Check("machines", "Machines", Verdict.OK, f"{zone} has {' and '.join(sorted(there))}.")
    said = [f"{zone} has no {name}. {room.instead_of(name)}" for name in gone]
    return Check("machines", "Machines", Verdict.FAIL, " ".join([*said, "Or take another region."]))


def _short(quota: Check, instead: str) -> Check:
    more = f"{instead} Else take another region, or ask for more under Service Quotas."
    return msgspec.structs.replace(quota, verdict=Verdict.FAIL, sentence=f"{quota.sentence} {more}")
