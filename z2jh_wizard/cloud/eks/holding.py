"""What Kubernetes leaves in a network and what holds its deletion back: load balancers, cards, groups."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from z2jh_wizard.cloud.eks.aws import Aws
from z2jh_wizard.cloud.eks.troubles import NOT_THERE
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.core.step import Gone, Line, Resource, Work

IN_USE = "DependencyViolation"

MAKERS = ("aws-K8S-", "Amazon EKS ", "ELB ")
"""How the descriptions of network cards begin that Amazon makes for nodes, control planes and balancers."""

ASKED = 20
"""Load balancers that one question about tags may name."""


class Held(msgspec.Struct, frozen=True):
    """One thing in a network, with the operation that deletes it and the one that looks for it.

    ``ours`` tells whether Kubernetes made it for the cluster; others' things are shown only.
    """

    resource: Resource
    service: str
    delete: str
    look: str
    key: str
    ours: bool
    why: str

    @property
    def parameters(self) -> dict[str, Any]:
        """Return what the deletion is asked with."""
        return {self.key: self.resource.uid or self.resource.name}

    @property
    def looking(self) -> dict[str, Any]:
        """Return what the look is asked with."""
        one = self.resource.uid or self.resource.name
        return {f"{self.key}s": [one]}


async def held(aws: Aws, vpc: str, cluster: str) -> tuple[Held, ...]:
    """Return what is in a network beside what its stack made, in the order of its deletion."""
    inside: Any = {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]}
    classic, newer, cards, groups = await asyncio.gather(
        aws.listed("elb", "describe_load_balancers", "LoadBalancerDescriptions"),
        aws.listed("elbv2", "describe_load_balancers", "LoadBalancers"),
        aws.listed("ec2", "describe_network_interfaces", "NetworkInterfaces", **inside),
        aws.listed("ec2", "describe_security_groups", "SecurityGroups", **inside),
    )
    classic = [one for one in classic if one.get("VPCId") == vpc]
    newer = [one for one in newer if one.get("VpcId") == vpc]
    tags = await _tags(aws, classic, newer)
    found = [_classic(one, _is_of(tags[one["LoadBalancerName"]], cluster)) for one in classic]
    found += [_newer(one, _is_of(tags[one["LoadBalancerArn"]], cluster)) for one in newer]
    found += [_card(one) for one in cards]
    found += [_group(one, cluster) for one in groups if one["GroupName"] != "default"]
    return tuple(found)


async def remove(aws: Aws, vpc: str, cluster: str) -> Work:
    """Delete what Kubernetes made in a network and left; what is still in use stays for the next try."""
    for one in await held(aws, vpc, cluster):
        if not one.ours:
            continue
        try:
            await aws.ask(one.service, one.delete, one.resource.name, **one.parameters)
        except CloudTrouble as error:
            if error.reason not in (IN_USE, NOT_THERE):
                raise
            yield Line(f"{one.resource} is still in use")
            continue
        yield Line(f"deleted {one.resource}, which the cluster left in the network")
        yield Gone(one.resource)


async def _tags(aws: Aws, classic: list[Any], newer: list[Any]) -> dict[str, set[str]]:
    """Return the keys of the tags of load balancers, by name or ARN."""
    found: dict[str, set[str]] = {}
    for service, key, name, some in (
        ("elb", "LoadBalancerNames", "LoadBalancerName", classic),
        ("elbv2", "ResourceArns", "ResourceArn", newer),
    ):
        names = [one.get("LoadBalancerArn") or one["LoadBalancerName"] for one in some]
        for start in range(0, len(names), ASKED):
            some_names: Any = {key: names[start : start + ASKED]}
            reply = await aws.ask(service, "describe_tags", "", **some_names)
            for one in reply["TagDescriptions"]:
                found[one[name]] = {tag["Key"] for tag in one.get("Tags") or ()}
    return {one.get("LoadBalancerArn") or one["LoadBalancerName"]: set() for one in classic + newer} | found


def _is_of(tags: set[str], cluster: str) -> bool:
    """Tell whether the tags of a load balancer are those that Kubernetes gives for a cluster."""
    return f"kubernetes.io/cluster/{cluster}" in tags or "elbv2.k8s.aws/cluster" in tags


def _balancer(ours: bool) -> str:
    return "made for a service of the cluster" if ours else "made by somebody else"


def _classic(one: dict[str, Any], ours: bool) -> Held:
    name = str(one["LoadBalancerName"])
    return Held(
        Resource("classic load balancer", name),
        "elb",
        "delete_load_balancer",
        "describe_load_balancers",
        "LoadBalancerName",
        ours,
        _balancer(ours),
    )


def _newer(one: dict[str, Any], ours: bool) -> Held:
    return Held(
        Resource("load balancer", str(one["LoadBalancerName"]), uid=str(one["LoadBalancerArn"])),
        "elbv2",
        "delete_load_balancer",
        "describe_load_balancers",
        "LoadBalancerArn",
        ours,
        _balancer(ours),
    )


def _card(one: dict[str, Any]) -> Held:
    about = str(one.get("Description") or "no description")
    free = one.get("Status") == "available" and about.startswith(MAKERS)
    return Held(
        Resource("network card", str(one["NetworkInterfaceId"])),
        "ec2",
        "delete_network_interface",
        "describe_network_interfaces",
        "NetworkInterfaceId",
        free,
        f"nothing uses it ({about})" if free else f"in use, or made by somebody else: {about}",
    )


def _group(one: dict[str, Any], cluster: str) -> Held:
    name = str(one["GroupName"])
    tags = {tag["Key"] for tag in one.get("Tags") or ()}
    ours = name.startswith(("k8s-elb-", f"eks-cluster-sg-{cluster}-")) or (
        f"kubernetes.io/cluster/{cluster}" in tags
    )
    return Held(
        Resource("security group", name, uid=str(one["GroupId"])),
        "ec2",
        "delete_security_group",
        "describe_security_groups",
        "GroupId",
        ours,
        "made for the cluster's load balancers" if ours else "made by somebody else",
    )
