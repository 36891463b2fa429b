"""Which zones of a region a cluster can stand in: those with EKS, and its machines first of all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from z2jh_wizard.cloud.eks.aws import Aws
from z2jh_wizard.cloud.eks.desired import pools_of
from z2jh_wizard.cloud.eks.template import ZONES
from z2jh_wizard.core.errors import NeedsYou
from z2jh_wizard.core.spec import Spec

WITHOUT = ("use1-az3", "usw1-az2", "cac1-az3")
"""Zones, by the id that is the same in all accounts, where EKS has no room for a control plane."""


async def usable(aws: Aws, spec: Spec) -> tuple[str, ...]:
    """Return the zones for a project's cluster, the best for its machines first; NeedsYou below two."""
    there, offers = await asyncio.gather(
        zones_of(aws), offered(aws, {pool.machine for pool in pools_of(spec).values()})
    )
    wanted = [pool.machine for pool in pools_of(spec).values()]
    ordered = sorted(there, key=lambda zone: (-sum(zone in offers.get(one, ()) for one in set(wanted)), zone))
    if len(ordered) < 2:
        raise NeedsYou(
            "This region has too few zones for a cluster",
            f"{aws.region} has {len(ordered)} that EKS can use, and it wants two.",
            next_step="Choose another region.",
        )
    return tuple(ordered[:ZONES])


async def zones_of(aws: Aws) -> tuple[str, ...]:
    """Return the zones of the region that EKS can use."""
    found = await aws.listed(
        "ec2",
        "describe_availability_zones",
        "AvailabilityZones",
        Filters=[
            {"Name": "state", "Values": ["available"]},
            {"Name": "zone-type", "Values": ["availability-zone"]},
        ],
    )
    return tuple(one["ZoneName"] for one in found if one.get("ZoneId") not in WITHOUT)


async def offered(aws: Aws, names: Iterable[str]) -> dict[str, set[str]]:
    """Return in which zones each of some machine types can be had."""
    found = await aws.listed(
        "ec2",
        "describe_instance_type_offerings",
        "InstanceTypeOfferings",
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": sorted(names)}],
    )
    offers: dict[str, set[str]] = {}
    for one in found:
        offers.setdefault(one["InstanceType"], set()).add(one["Location"])
    return offers
