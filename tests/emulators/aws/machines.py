"""EC2: regions, zones, machine types, networks and what is in them, disks and addresses."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tests.emulators.aws.places import CORES, ZONES
from tests.emulators.aws.wire import AwsError

if TYPE_CHECKING:
    from tests.emulators.aws.cloud import Cloud

Tree = dict[str, Any]

_NOT_THERE = {
    "Volumes": "InvalidVolume.NotFound",
    "Snapshots": "InvalidSnapshot.NotFound",
    "Addresses": "InvalidAllocationID.NotFound",
    "NetworkInterfaces": "InvalidNetworkInterfaceID.NotFound",
    "SecurityGroups": "InvalidGroup.NotFound",
}

_FILTERS = {
    "vpc-id": "VpcId",
    "state": "State",
    "zone-type": "ZoneType",
    "instance-type": "InstanceType",
    "instance-state-name": "InstanceState",
}
"""Filters by the field that they look at; beside them there are those of tags."""


class Ec2:
    """What is there, by kind and id, as the answers have it."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._numbers = itertools.count(1)
        self.things: dict[str, dict[str, Tree]] = {
            kind: {} for kind in ("Vpcs", "Subnets", "Gateways", "Tables", *_NOT_THERE)
        }
        self.offers: dict[str, set[str]] = {name: set(ZONES[cloud.region]) for name in CORES}

    def make(self, kind: str, prefix: str, key: str, tags: Tree, **content: Any) -> str:
        """Make a thing; return its id."""
        name = f"{prefix}-{next(self._numbers):017x}"
        listed = [{"Key": one, "Value": value} for one, value in tags.items()]
        self.things[kind][name] = {key: name, **content, **({"Tags": listed} if listed else {})}
        return name

    # ---- operations ----

    def DescribeRegions(self, RegionNames: list[str] | None = None, AllRegions: bool = False) -> Tree:
        for one in RegionNames or ():
            if one not in ZONES:
                raise AwsError("InvalidParameterValue", f"Invalid region: [{one}]")
        return {
            "Regions": [
                {"RegionName": one, "OptInStatus": "not-opted-in" if one in self._cloud.off else "opted-in"}
                for one in ZONES
                if (AllRegions or one not in self._cloud.off) and (not RegionNames or one in RegionNames)
            ]
        }

    def DescribeAvailabilityZones(self, Filters: list[Tree] | None = None) -> Tree:
        zones = [
            {"ZoneName": name, "ZoneId": number, "State": "available", "ZoneType": "availability-zone"}
            for name, number in ZONES[self._cloud.region].items()
        ]
        return {"AvailabilityZones": list(self._matching(zones, Filters))}

    def DescribeInstanceTypeOfferings(self, LocationType: str, Filters: list[Tree] | None = None) -> Tree:
        places = {
            "region": lambda _name: [self._cloud.region],
            "availability-zone": lambda name: self.offers[name],
        }
        offers = [
            {"InstanceType": name, "LocationType": LocationType, "Location": place}
            for name in self.offers
            for place in sorted(places[LocationType](name))
            if self.offers[name]
        ]
        return {"InstanceTypeOfferings": list(self._matching(offers, Filters))}

    def DescribeInstances(self, Filters: list[Tree] | None = None) -> Tree:
        for one in Filters or ():
            assert one["Name"] in _FILTERS
        return {
            "Reservations": [
                {"Instances": [
                    {"InstanceType": name, "CpuOptions": {"CoreCount": CORES[name], "ThreadsPerCore": 2}}
                ]}
                for name in self._cloud.clusters.running()
            ]
        }  # fmt: skip

    def DescribeVpcs(self, Filters: list[Tree] | None = None) -> Tree:
        return {"Vpcs": list(self._matching(self.things["Vpcs"].values(), Filters))}

    def CreateVpc(self, CidrBlock: str, DryRun: bool = False) -> Tree:
        if not DryRun:
            raise KeyError("networks are made by stacks")
        if "ec2:CreateVpc" in self._cloud.iam.denied:
            who = self._cloud.iam.who
            text = f"You are not authorized. User: {who} is not authorized to perform: ec2:CreateVpc on x"
            raise AwsError("UnauthorizedOperation", text, 403)
        raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)

    def DescribeVolumes(self, Filters: Any = None, VolumeIds: Any = None) -> Tree:
        return self._described("Volumes", VolumeIds, Filters)

    def DeleteVolume(self, VolumeId: str) -> Tree:
        return self._drop("Volumes", VolumeId)

    def DescribeSnapshots(self, Filters: Any = None, SnapshotIds: Any = None, OwnerIds: Any = None) -> Tree:
        return self._described("Snapshots", SnapshotIds, Filters)

    def DeleteSnapshot(self, SnapshotId: str) -> Tree:
        return self._drop("Snapshots", SnapshotId)

    def DescribeAddresses(self, Filters: Any = None, AllocationIds: Any = None) -> Tree:
        return self._described("Addresses", AllocationIds, Filters)

    def ReleaseAddress(self, AllocationId: str) -> Tree:
        return self._drop("Addresses", AllocationId)

    def DescribeNetworkInterfaces(self, Filters: Any = None, NetworkInterfaceIds: Any = None) -> Tree:
        return self._described("NetworkInterfaces", NetworkInterfaceIds, Filters)

    def DeleteNetworkInterface(self, NetworkInterfaceId: str) -> Tree:
        return self._drop("NetworkInterfaces", NetworkInterfaceId)

    def DescribeSecurityGroups(self, Filters: Any = None, GroupIds: Any = None) -> Tree:
        return self._described("SecurityGroups", GroupIds, Filters)

    def DeleteSecurityGroup(self, GroupId: str) -> Tree:
        for one in self.things["NetworkInterfaces"].values():
            if any(group["GroupId"] == GroupId for group in one.get("Groups", ())):
                raise AwsError("DependencyViolation", f"resource {GroupId} has a dependent object")
        return self._drop("SecurityGroups", GroupId)

    # ---- below ----

    def _described(self, kind: str, ids: list[str] | None, filters: list[Tree] | None) -> Tree:
        there = self.things[kind]
        for one in ids or ():
            if one not in there:
                raise AwsError(_NOT_THERE[kind], f"The ID '{one}' does not exist")
        chosen = [one for name, one in there.items() if not ids or name in ids]
        return {kind: list(self._matching(chosen, filters))}

    def _drop(self, kind: str, name: str) -> Tree:
        if name not in self.things[kind]:
            raise AwsError(_NOT_THERE[kind], f"The ID '{name}' does not exist")
        del self.things[kind][name]
        return {}

    @staticmethod
    def _matching(things: Iterable[Tree], filters: list[Tree] | None) -> Iterable[Tree]:
        for thing in things:
            tags = {one["Key"]: one["Value"] for one in thing.get("Tags", ())}
            for one in filters or ():
                name, wanted = one["Name"], one["Values"]
                if name == "tag-key":
                    fits = any(key in tags for key in wanted)
                elif name.startswith("tag:"):
                    fits = tags.get(name[4:]) in wanted
                else:
                    fits = thing.get(_FILTERS[name]) in wanted
                if not fits:
                    break
            else:
                yield thing
