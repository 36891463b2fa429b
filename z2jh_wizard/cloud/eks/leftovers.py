"""What stays in an AWS account when a cluster is gone: students' disks, balancers, addresses, the stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from z2jh_wizard.cloud.eks import holding, network
from z2jh_wizard.cloud.eks.aws import Aws
from z2jh_wizard.cloud.eks.cluster import GONE, look_at
from z2jh_wizard.cloud.eks.desired import Place
from z2jh_wizard.cloud.eks.network import tag_of
from z2jh_wizard.cloud.eks.troubles import DENIED, NOT_THERE
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.leftovers import DeleteLeftover, Leftover, Scan, look_round, still_runs
from z2jh_wizard.core.cost import HOURS_A_MONTH, disk_price, hourly_price
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import Command, Finding, Look, Resource, Step, Work

_CLAIM = "kubernetes.io/created-for/pvc/name"


async def leftovers(aws: Aws, spec: Spec, place: Place, clock: Clock) -> Scan:
    """Return what is left of a cluster; what only has its name is shown and never offered.

    Nothing is told while the cluster lives.
    """
    if await look_at(aws, place) != GONE:
        return still_runs(place.cluster, place.region)
    scan = _Scan(aws, spec, place, clock)
    kinds = {
        "disks": scan.disks,
        "snapshots": scan.snapshots,
        "addresses": scan.addresses,
        "load balancers, network cards and security groups": scan.in_networks,
        "stacks": scan.stack,
        "log groups": scan.logs,
        "image repositories": scan.images,
    }
    return await look_round(kinds, DENIED, clock)


def listing(spec: Spec, place: Place) -> tuple[Command, ...]:
    """Return the commands that list what may be left."""
    here = ("--region", place.region)
    tag = ("--tag-filters", f"Key={OUR_LABEL},Values={spec.project_id}")
    named = ("--filters", f"Name=tag-key,Values=kubernetes.io/cluster/{place.cluster}")
    return (
        Command(("aws", "resourcegroupstaggingapi", "get-resources", *here, *tag), "The stack too"),
        Command(("aws", "ec2", "describe-volumes", *here, *named), "Disks with the cluster's name"),
    )


class _Scan:
    """One look around for what is left, by kind."""

    def __init__(self, aws: Aws, spec: Spec, place: Place, clock: Clock) -> None:
        self._aws = aws
        self._spec = spec
        self._place = place
        self._clock = clock
        self._of_cluster: Any = {
            "Filters": [{"Name": "tag-key", "Values": [f"kubernetes.io/cluster/{place.cluster}", OUR_LABEL]}]
        }

    async def disks(self) -> list[Leftover]:
        found = []
        for one in await self._aws.listed("ec2", "describe_volumes", "Volumes", **self._of_cluster):
            if not self._is_near(one) or one.get("State") == "in-use":
                continue  # a running machine has it, so it belongs to a cluster that lives
            price = disk_price("eks", str(one.get("VolumeType", "")))
            gib = one["Size"]
            found.append(
                self._left(
                    Resource("disk", one["VolumeId"]),
                    one,
                    f"{gib} GiB",
                    None if price is None else round(price * gib, 2),
                    where=one["AvailabilityZone"],
                    delete=("ec2", "delete_volume", "describe_volumes", "VolumeId"),
                )
            )
        return found

    async def snapshots(self) -> list[Leftover]:
        own: Any = {"OwnerIds": ["self"], **self._of_cluster}
        return [
            self._left(
                Resource("snapshot", one["SnapshotId"]),
                one,
                f"of a disk of {one['VolumeSize']} GiB",
                None,
                delete=("ec2", "delete_snapshot", "describe_snapshots", "SnapshotId"),
            )
            for one in await self._aws.listed("ec2", "describe_snapshots", "Snapshots", **own)
            if self._is_near(one)
        ]

    async def addresses(self) -> list[Leftover]:
        price = hourly_price("eks", "public address")
        return [
            self._left(
                Resource("address", one["AllocationId"]),
                one,
                one["PublicIp"],
                None if price is None else round(price * HOURS_A_MONTH, 2),
                delete=("ec2", "release_address", "describe_addresses", "AllocationId"),
            )
            for one in await self._aws.listed("ec2", "describe_addresses", "Addresses", **self._of_cluster)
            if self._is_near(one) and not one.get("AssociationId")
        ]

    async def in_networks(self) -> list[Leftover]:
        """Return what stands in the networks of the project, while one of them is there."""
        price = hourly_price("eks", "load balancer")
        found = []
        for vpc in await network.vpcs_of(self._aws, self._spec.project_id):
            for one in await holding.held(self._aws, vpc, self._place.cluster):
                balancer = "balancer" in one.resource.kind
                month = (None if price is None else round(price * HOURS_A_MONTH, 2)) if balancer else 0.0
                found.append(self._shown(one, self._place.region, vpc, month, one.why))
        return found

    async def stack(self) -> list[Leftover]:
        found = await network.look_at(self._aws, self._place)
        if found.project_id != self._spec.project_id:
            return []
        step = DeleteStack(self._spec, self._aws, self._clock)
        return [
            Leftover(
                Resource("stack", self._place.stack),
                self._place.region,
                found.words,
                0.0,
                True,
                "network and roles of the cluster",
                step,
            )
        ]

    async def logs(self) -> list[Leftover]:
        prefix = f"/aws/eks/{self._place.cluster}/cluster"
        found = await self._aws.listed("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=prefix)
        return [
            Leftover(
                Resource("log group", one["logGroupName"]),
                self._place.region,
                f"{one.get('storedBytes', 0) / 1024**2:.1f} MiB",
                None,
                False,
                "it has the name of the cluster, and does not say whose it was",
                commands=(self._by_hand("logs", "delete-log-group", "log-group-name", one["logGroupName"]),),
            )
            for one in found
            if one["logGroupName"] == prefix
        ]

    async def images(self) -> list[Leftover]:
        """Return registries of images with the project's tag; others' are nobody's business."""
        found = await self._aws.listed(
            "resourcegroupstaggingapi",
            "get_resources",
            "ResourceTagMappingList",
            TagFilters=[{"Key": OUR_LABEL, "Values": [self._spec.project_id]}],
            ResourceTypeFilters=["ecr:repository"],
        )
        names = [str(one["ResourceARN"]).partition("/")[2] for one in found]
        return [
            Leftover(
                Resource("image repository", name),
                self._place.region,
                "size not known",
                None,
                False,
                "the images of this project; delete it yourself when nobody needs them",
                commands=(self._by_hand("ecr", "delete-repository", "repository-name", name, "--force"),),
            )
            for name in names
        ]

    def _is_near(self, one: Mapping[str, Any]) -> bool:
        """Tell whether something carries our tag, or the name of the cluster."""
        tags = {tag["Key"] for tag in one.get("Tags") or ()}
        return self._is_ours(one) or f"kubernetes.io/cluster/{self._place.cluster}" in tags

    def _is_ours(self, one: Mapping[str, Any]) -> bool:
        return tag_of(one.get("Tags"), OUR_LABEL) == self._spec.project_id

    def _left(
        self,
        resource: Resource,
        one: Mapping[str, Any],
        size: str,
        month: float | None,
        *,
        delete: tuple[str, str, str, str],
        where: str = "",
    ) -> Leftover:
        claim = tag_of(one.get("Tags"), _CLAIM)
        why = f"the files of {claim}" if claim else "made for the cluster"
        ours = self._is_ours(one)
        held = holding.Held(resource, *delete, ours, why)
        theirs = f"{why}; it has the name of the cluster, not this project's tag, so look whose it is"
        region = self._place.region
        return self._shown(held, where or region, size, month, why if ours else theirs, data=True)

    def _shown(  # a thing, where it is, and what is known of it
        self, held: holding.Held, where: str, size: str, month: float | None, why: str, *, data: bool = False
    ) -> Leftover:
        """Return one thing, with the step that deletes it when it is ours."""
        option = "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in held.key).lstrip("-")
        name = str(held.parameters[held.key])
        delete = DeleteLeftover(
            held.resource,
            self._by_hand(held.service, held.delete.replace("_", "-"), option, name),
            is_there=lambda: self._is_there(held),
            ask=lambda: self._aws.ask(held.service, held.delete, held.resource.name, **held.parameters),
            clock=self._clock,
            data=data,
        )
        step = delete if held.ours else None
        return Leftover(held.resource, where, size, month, held.ours, why, step, delete.commands())

    def _by_hand(self, service: str, verb: str, option: str, name: str, *more: str) -> Command:
        return Command(("aws", service, verb, "--region", self._place.region, f"--{option}", name, *more))

    async def _is_there(self, held: holding.Held) -> bool:
        try:
            reply = await self._aws.ask(held.service, held.look, held.resource.name, **held.looking)
        except CloudTrouble as error:
            if error.reason == NOT_THERE:
                return False
            raise
        return any(isinstance(value, list) and value for value in reply.values())


class DeleteStack(Step):
    """Delete the stack of a cluster that is gone, with what holds it back."""

    id = "leftover.stack"
    title = "Delete network and roles"
    why = "They are left of a cluster that is gone; they cost nothing and count against a quota."
    usually = 120
    limit = 1800

    def __init__(self, spec: Spec, aws: Aws, clock: Clock) -> None:
        self._step = network.MakeNetwork(spec, aws, clock)

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that delete it."""
        return self._step.undo_commands()

    async def look(self) -> Look:
        """Look whether it is still there, and ours."""
        found = await self._step.look()
        if found.finding is Finding.ABSENT:
            return Look(Finding.READY, "gone")
        return found if found.not_ours else Look(Finding.DRIFTED, "still there", found.resources)

    def run(self) -> Work:
        """Delete it."""
        return self._step.undo()
