"""The cluster that a project wants of EKS, and what a person would type to get it; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from z2jh_wizard.cloud.eks import template as stack
from z2jh_wizard.cloud.owned import CORE, USER
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.facts import CLUSTER_LABEL, OUR_LABEL
from z2jh_wizard.core.spec import Pool, Spec
from z2jh_wizard.core.step import Command

Tree = dict[str, Any]

PURPOSE = "hub.jupyter.org/node-purpose"

TAINTS = tuple(
    {"key": key, "value": "user", "effect": "NO_SCHEDULE"}
    for key in ("hub.jupyter.org/dedicated", "hub.jupyter.org_dedicated")
)
"""Both spellings that the chart tolerates: the autoscaler of AWS knows nodes of an empty pool by them."""

BOOT_GIB = 80

IMAGE = "AL2023_x86_64_STANDARD"

SYSTEM = "kube-system"

SCALER = "cluster-autoscaler"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}")
"""Names that EKS and CloudFormation both take; they stand in commands for a shell, too."""

_MACHINE = re.compile(r"[a-z0-9-]+\.[a-z0-9-]+")


class Place(msgspec.Struct, frozen=True):
    """Where a cluster is: account, region, and its name."""

    account: str
    region: str
    cluster: str

    @property
    def stack(self) -> str:
        """Return the name of the stack that holds network and roles of the cluster."""
        return f"z2jh-{self.cluster}"


class Addon(msgspec.Struct, frozen=True):
    """An add-on of EKS with its settings; ``account`` is the service account that takes ``role``."""

    name: str
    settings: Tree = {}
    account: str = ""
    role: str = ""


def place_of(spec: Spec) -> Place:
    """Return where a project's cluster is; InvalidInput when the project does not say it."""
    for value, what in ((spec.account, "account: the number of the AWS account"), (spec.region, "region")):
        if not value:
            raise InvalidInput("z2jh.yaml does not say where the cluster shall be", f"It lacks {what}.")
    place = Place(spec.account, spec.region, spec.cluster.name or spec.release)
    for value, what in ((place.region, "region"), (place.cluster, "name of the cluster")):
        if not _NAME.fullmatch(value):
            raise InvalidInput(f"AWS takes no such {what}", f"{value!r} has other signs than a-z, 0-9 and -.")
    return place


def pools_of(spec: Spec) -> dict[str, Pool]:
    """Return the two pools with their machines: one node for the hub, and those of the students."""
    default = "t3.large"
    core = spec.pools.get(CORE, Pool(nodes=1))
    user = spec.pools.get(USER, Pool(nodes=1))
    for pool in (core, user):
        if pool.machine and not _MACHINE.fullmatch(pool.machine):
            raise InvalidInput("AWS has no such machine type", f"{pool.machine!r} is none, as t3.large is.")
    return {
        CORE: msgspec.structs.replace(
            core,
            machine=core.machine or default,
            nodes=max(1, core.nodes),
            minimum=max(1, core.minimum or 1),
        ),
        USER: msgspec.structs.replace(user, machine=user.machine or core.machine or default),
    }


def bounds(pool: Pool) -> tuple[int, int]:
    """Return how many nodes a pool has at least and at most; EKS takes no most of 0."""
    least = min(pool.minimum if pool.minimum is not None else 0, pool.nodes)
    return least, max(pool.maximum or 0, pool.nodes, 1)


def most(spec: Spec, pool: str) -> int:
    """Return how many nodes a pool may have as the project says, 0 for a pool that it does not name."""
    known = pools_of(spec)
    return bounds(known[pool])[1] if pool in known else 0


def tags(spec: Spec) -> dict[str, str]:
    """Return the tags of all that the project makes."""
    return {OUR_LABEL: spec.project_id, CLUSTER_LABEL: place_of(spec).cluster}


def tag_list(spec: Spec) -> list[dict[str, str]]:
    """Return the same tags as the older services of AWS take them."""
    return [{"Key": key, "Value": value} for key, value in tags(spec).items()]


def cluster(spec: Spec, role: str, subnets: Sequence[str]) -> Tree:
    """Return the control plane as the API takes it.

    Who makes it is its administrator; others get an access entry. The support is the standard one, as the
    extended one costs more.
    """
    return {
        "name": place_of(spec).cluster,
        "roleArn": role,
        "resourcesVpcConfig": {
            "subnetIds": list(subnets),
            "endpointPublicAccess": True,
            "endpointPrivateAccess": True,
        },
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
        "upgradePolicy": {"supportType": "STANDARD"},
        "tags": tags(spec),
    }


def node_pool(spec: Spec, name: str, role: str, subnets: Sequence[str]) -> Tree:
    """Return one pool as the API takes it; that of the students stands in the first subnet alone."""
    pool = pools_of(spec)[name]
    least, most = bounds(pool)
    found: Tree = {
        "clusterName": place_of(spec).cluster,
        "nodegroupName": name,
        "nodeRole": role,
        "subnets": list(subnets[:1] if name == USER else subnets),
        "instanceTypes": [pool.machine],
        "amiType": IMAGE,
        "diskSize": BOOT_GIB,
        "scalingConfig": scaling(least, pool.nodes, most),
        "labels": {PURPOSE: name},
        "tags": tags(spec),
    }
    if name == USER:
        found["taints"] = [dict(one) for one in TAINTS]
    return found


def scaling(least: int, nodes: int, most: int) -> dict[str, int]:
    """Return numbers of a pool as the API takes them."""
    return {"minSize": least, "desiredSize": nodes, "maxSize": most}


def addons(spec: Spec) -> tuple[Addon, ...]:
    """Return the add-ons in the order in which they need each other.

    The disk driver makes a default class for students' disks, and gives each disk our tag, by which it is
    known when the cluster is gone.
    """
    return (
        Addon("vpc-cni", {"enableNetworkPolicy": "true"}),
        Addon("eks-pod-identity-agent"),
        Addon(
            "aws-ebs-csi-driver",
            {"defaultStorageClass": {"enabled": True}, "controller": {"extraVolumeTags": tags(spec)}},
            "ebs-csi-controller-sa",
            stack.DISK_ROLE,
        ),
    )


# ---- what a person would type ----


def enabling(region: str) -> tuple[Command, ...]:
    """Return the command that switches a region on."""
    return (
        Command(
            ("aws", "account", "enable-region", "--region-name", region),
            "Switch the region on, where it is not on from the start",
        ),
    )


def networking(spec: Spec) -> tuple[Command, ...]:
    """Return the commands that make the stack; the wizard itself asks AWS which zones can be used."""
    place = place_of(spec)
    where = ("--region", place.region, "--stack-name", place.stack)
    marks = [f"Key={one['Key']},Value={one['Value']}" for one in tag_list(spec)]
    zones = [f"{place.region}{letter}" for letter in "abc"]
    return (
        Command(
            (
                *("aws", "cloudformation", "create-stack", *where, "--capabilities", "CAPABILITY_IAM"),
                *("--tags", *marks, "--template-body", "file:///dev/stdin"),
            ),
            "Make a network and roles for this cluster alone; put in zones that your account has",
            stdin=stack.template(zones),
        ),
        Command(("aws", "cloudformation", "wait", "stack-create-complete", *where), "Wait for it"),
    )


def unnetworking(spec: Spec) -> tuple[Command, ...]:
    """Return the commands that delete the stack."""
    place = place_of(spec)
    where = ("--region", place.region, "--stack-name", place.stack)
    return (
        Command(("aws", "cloudformation", "delete-stack", *where), "Delete network and roles"),
        Command(("aws", "cloudformation", "wait", "stack-delete-complete", *where), "Wait for it"),
    )


def creating(spec: Spec) -> tuple[Command, ...]:
    """Return the commands that make the control plane."""
    place = place_of(spec)
    where = ("--region", place.region, "--name", place.cluster)
    words = [
        *("aws eks create-cluster", *where),
        *("--role-arn", _output(place, stack.CLUSTER_ROLE)),
        *("--resources-vpc-config", f"subnetIds={_output(place, stack.SUBNETS)},endpointPrivateAccess=true"),
        "--access-config authenticationMode=API,bootstrapClusterCreatorAdminPermissions=true",
        "--upgrade-policy supportType=STANDARD",
        *("--tags", _marks(spec)),
    ]
    return (
        Command(script=" ".join(words), about="Make the cluster's control plane"),
        Command(("aws", "eks", "wait", "cluster-active", *where), "Wait for it"),
    )


def deleting(spec: Spec) -> tuple[Command, ...]:
    """Return the commands that delete the control plane."""
    place = place_of(spec)
    where = ("--region", place.region, "--name", place.cluster)
    return (
        Command(("aws", "eks", "delete-cluster", *where), "Delete the control plane"),
        Command(("aws", "eks", "wait", "cluster-deleted", *where), "Wait for it"),
    )


def pooling(spec: Spec) -> tuple[Command, ...]:
    """Return the commands that make both pools."""
    place = place_of(spec)
    found = []
    for name, pool in pools_of(spec).items():
        least, most = bounds(pool)
        split = "cut -d , -f 1" if name == USER else "tr , ' '"
        words = [
            *("aws eks create-nodegroup", *_group(place, name)),
            *("--node-role", _output(place, stack.NODE_ROLE)),
            *("--subnets", f"$({_query(place, stack.SUBNETS)} | {split})"),
            *("--instance-types", pool.machine, "--ami-type", IMAGE, "--disk-size", str(BOOT_GIB)),
            *("--scaling-config", _numbers(least, pool.nodes, most)),
            *("--labels", f"{PURPOSE}={name}", "--tags", _marks(spec)),
        ]
        if name == USER:
            shown = (f"key={one['key']},value={one['value']},effect={one['effect']}" for one in TAINTS)
            words += ["--taints", *shown]
        about = "Make the pool for students" if name == USER else "Make the pool for the hub"
        found.append(Command(script=" ".join(words), about=about))
    for name in (CORE, USER):
        argv = ("aws", "eks", "wait", "nodegroup-active", *_group(place, name))
        found.append(Command(argv, f"Wait for the pool {name}"))
    return tuple(found)


def unpooling(spec: Spec) -> tuple[Command, ...]:
    """Return the commands that delete both pools."""
    place = place_of(spec)
    deletes, waits = [], []
    for name in (USER, CORE):
        where = _group(place, name)
        deletes.append(Command(("aws", "eks", "delete-nodegroup", *where), f"Delete the pool {name}"))
        waits.append(Command(("aws", "eks", "wait", "nodegroup-deleted", *where), "Wait for it"))
    return (*deletes, *waits)


def adding(spec: Spec) -> tuple[Command, ...]:
    """Return the commands that install the add-ons."""
    place = place_of(spec)
    found = []
    for one in addons(spec):
        where = f"--region {place.region} --cluster-name {place.cluster} --addon-name {one.name}"
        words = [f"aws eks create-addon {where} --resolve-conflicts OVERWRITE"]
        if one.settings:
            words.append(f"--configuration-values '{json.dumps(one.settings)}'")
        if one.role:
            association = f"serviceAccount={one.account},roleArn={_output(place, one.role)}"
            words.append(f"--pod-identity-associations {association}")
        found.append(Command(script=" ".join(words), about=f"Install the add-on {one.name}"))
    where = f"--region {place.region} --cluster-name {place.cluster} --namespace {SYSTEM}"
    role = f"--service-account {SCALER} --role-arn {_output(place, stack.SCALER_ROLE)}"
    script = f"aws eks create-pod-identity-association {where} {role}"
    return (
        *found,
        Command(script=script, about="Give a cluster autoscaler its role, for when you install one"),
    )


def fetching(spec: Spec) -> tuple[Command, ...]:
    """Return the command that writes a kubeconfig."""
    place = place_of(spec)
    where = ("--region", place.region, "--name", place.cluster)
    return (
        Command(
            ("aws", "eks", "update-kubeconfig", *where, "--kubeconfig", "kubeconfig"),
            "Write a kubeconfig for this cluster alone",
        ),
    )


def resizing(spec: Spec, pool: str, nodes: int, least: int, most: int) -> tuple[Command, ...]:
    """Return the command that changes the numbers of a pool, and the one that waits."""
    place = place_of(spec)
    return (
        Command(
            (
                *("aws", "eks", "update-nodegroup-config", *_group(place, pool)),
                *("--scaling-config", _numbers(least, nodes, most)),
            ),
            "Set the number of nodes, and the least number, so that nothing takes them away",
        ),
        Command(("aws", "eks", "wait", "nodegroup-active", *_group(place, pool)), "Wait for it"),
    )


def _group(place: Place, name: str) -> tuple[str, ...]:
    return ("--region", place.region, "--cluster-name", place.cluster, "--nodegroup-name", name)


def _numbers(least: int, nodes: int, most: int) -> str:
    return f"minSize={least},desiredSize={nodes},maxSize={most}"


def _marks(spec: Spec) -> str:
    return ",".join(f"{key}={value}" for key, value in tags(spec).items())


def _query(place: Place, output: str) -> str:
    """Return the command that prints an output of the stack."""
    return (
        f"aws cloudformation describe-stacks --region {place.region} --stack-name {place.stack} "
        f"--query \"Stacks[0].Outputs[?OutputKey=='{output}'].OutputValue\" --output text"
    )


def _output(place: Place, output: str) -> str:
    return f"$({_query(place, output)})"
