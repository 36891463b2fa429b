"""The cluster that a project wants of Azure, and what a person would type to get it; pure."""

from __future__ import annotations

from typing import Any

import msgspec

from z2jh_wizard.cloud.owned import CORE, USER, bounds
from z2jh_wizard.core.capacity import machines
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.facts import CLUSTER_LABEL, OUR_LABEL
from z2jh_wizard.core.spec import Pool, Spec
from z2jh_wizard.core.step import Command

PODS = 110
"""Pods on a node; Azure's own 250 would keep almost 3 GiB more of a large node for itself."""

TAINT = "hub.jupyter.org_dedicated=user:NoSchedule"

PURPOSE = "hub.jupyter.org/node-purpose"

SSH_KEY, SSH_USER = "ssh-key", "azureuser"
"""The file of a project's key for nodes, where one is wanted, and who logs in with it."""


class Place(msgspec.Struct, frozen=True):
    """Where a cluster is: subscription, region, and its name; it has a resource group of its own."""

    subscription: str
    region: str
    cluster: str

    @property
    def group_name(self) -> str:
        """Return the name of the resource group that holds the cluster and nothing else."""
        return f"z2jh-{self.cluster}"

    @property
    def node_group(self) -> str:
        """Return the name of the group in which Azure keeps nodes, disks and addresses of the cluster."""
        return f"MC_{self.group_name}_{self.cluster}_{self.region}"[:80]

    @property
    def group(self) -> str:
        """Return the path of the resource group."""
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group_name}"

    @property
    def path(self) -> str:
        """Return the path of the cluster."""
        return f"{self.group}/providers/Microsoft.ContainerService/managedClusters/{self.cluster}"


def place_of(spec: Spec) -> Place:
    """Return where a project's cluster is; InvalidInput when the project does not say it."""
    for value, what in ((spec.account, "account: the Azure subscription"), (spec.region, "region")):
        if not value:
            raise InvalidInput("z2jh.yaml does not say where the cluster shall be", f"It lacks {what}.")
    return Place(spec.account, spec.region, spec.cluster.name or spec.release)


def pools_of(spec: Spec) -> dict[str, Pool]:
    """Return the two pools with their machines: one node for the hub, and those of the students."""
    cheapest = machines("aks")[0].name
    core = spec.pools.get(CORE, Pool(nodes=1))
    user = spec.pools.get(USER, Pool(nodes=1))
    return {
        CORE: msgspec.structs.replace(core, machine=core.machine or cheapest, nodes=max(1, core.nodes)),
        USER: msgspec.structs.replace(user, machine=user.machine or core.machine or cheapest),
    }


def most(spec: Spec, pool: str) -> int:
    """Return how many nodes a pool may have as the project says, 0 for a pool that it does not name."""
    known = pools_of(spec)
    return bounds(known[pool])[1] if pool in known else 0


def tags(spec: Spec) -> dict[str, str]:
    """Return the tags of all that the project makes."""
    return {OUR_LABEL: spec.project_id, CLUSTER_LABEL: place_of(spec).cluster}


def group(spec: Spec) -> dict[str, Any]:
    """Return the resource group as the API takes it."""
    return {"location": spec.region, "tags": tags(spec)}


def node_pool(spec: Spec, name: str) -> dict[str, Any]:
    """Return the properties of one pool as the API takes them."""
    pool = pools_of(spec)[name]
    found: dict[str, Any] = {
        "mode": "System" if name == CORE else "User",
        "vmSize": pool.machine,
        "osType": "Linux",
        "count": pool.nodes,
        "maxPods": PODS,
        "nodeLabels": {PURPOSE: name},
    }
    if name == USER:
        least, most = bounds(pool)
        found |= {"nodeTaints": [TAINT], **scaling(least, most)}
        found["count"] = max(least, pool.nodes)
    return found


def scaling(least: int, most: int) -> dict[str, Any]:
    """Return the bounds of a pool that Azure scales."""
    return {"enableAutoScaling": True, "minCount": least, "maxCount": most}


def cluster(spec: Spec, ssh_key: str = "") -> dict[str, Any]:
    """Return the cluster as the API takes it; the same request again changes nothing.

    It has an identity that Azure looks after, no service principal, network policies that work, and no SSH
    key unless the public half of one is given.
    """
    place = place_of(spec)
    properties: dict[str, Any] = {
        "dnsPrefix": place.group_name,
        "enableRBAC": True,
        "nodeResourceGroup": place.node_group,
        "networkProfile": {
            "networkPlugin": "azure",
            "networkPluginMode": "overlay",
            "networkDataplane": "cilium",
            "networkPolicy": "cilium",
            "loadBalancerSku": "standard",
        },
        "agentPoolProfiles": [{"name": name, **node_pool(spec, name)} for name in (CORE, USER)],
    }
    if ssh_key:
        keys = {"publicKeys": [{"keyData": ssh_key}]}
        properties["linuxProfile"] = {"adminUsername": SSH_USER, "ssh": keys}
    return {
        "location": spec.region,
        "tags": tags(spec),
        "identity": {"type": "SystemAssigned"},
        "sku": {"name": "Base", "tier": "Free"},
        "properties": properties,
    }


# ---- what a person would type ----


def registering(namespaces: tuple[str, ...]) -> tuple[Command, ...]:
    """Return the commands that register providers."""
    return tuple(
        Command(("az", "provider", "register", "--namespace", one, "--wait"), f"Register {one}")
        for one in namespaces
    )


def grouping(spec: Spec) -> tuple[Command, ...]:
    """Return the command that makes the resource group."""
    marks = [f"{key}={value}" for key, value in tags(spec).items()]
    return (
        Command(
            (
                "az",
                "group",
                "create",
                "--name",
                place_of(spec).group_name,
                "--location",
                spec.region,
                "--tags",
                *marks,
            ),
            "Make a resource group for this cluster alone",
        ),
    )


def creating(spec: Spec) -> tuple[Command, ...]:
    """Return the commands that make the cluster and its pool for students."""
    place, pools = place_of(spec), pools_of(spec)
    least, most = bounds(pools[USER])
    marks = [f"{key}={value}" for key, value in tags(spec).items()]
    key = ("--ssh-key-value", f"{SSH_KEY}.pub") if spec.cluster.ssh_key else ("--no-ssh-key",)
    return (
        *(_keying() if spec.cluster.ssh_key else ()),
        Command(
            (
                *("az", "aks", "create", "--name", place.cluster, "--resource-group", place.group_name),
                *("--location", place.region, "--tier", "free", "--enable-managed-identity", *key),
                *("--network-plugin", "azure", "--network-plugin-mode", "overlay"),
                *("--network-dataplane", "cilium", "--network-policy", "cilium"),
                *("--nodepool-name", CORE, "--node-vm-size", pools[CORE].machine),
                *("--node-count", str(pools[CORE].nodes), "--max-pods", str(PODS)),
                *("--nodepool-labels", f"{PURPOSE}={CORE}"),
                *("--node-resource-group", place.node_group, "--tags", *marks),
            ),
            "Make the cluster with one pool for the hub",
        ),
        Command(
            (
                *("az", "aks", "nodepool", "add", "--name", USER, "--cluster-name", place.cluster),
                *("--resource-group", place.group_name, "--mode", "User"),
                *("--node-vm-size", pools[USER].machine, "--node-count", str(max(least, pools[USER].nodes))),
                *("--enable-cluster-autoscaler", "--min-count", str(least), "--max-count", str(most)),
                *("--max-pods", str(PODS), "--labels", f"{PURPOSE}={USER}", "--node-taints", TAINT),
            ),
            "Make the pool for students",
        ),
    )


def _keying() -> tuple[Command, ...]:
    words = ("ssh-keygen", "-q", "-t", "rsa", "-b", "3072", "-N", "", "-C", "", "-f", SSH_KEY)
    return (Command(words, "Make a key for the nodes, which git must never see"),)


def deleting(spec: Spec) -> tuple[Command, ...]:
    """Return the command that deletes the cluster."""
    place = place_of(spec)
    where = ("--name", place.cluster, "--resource-group", place.group_name)
    return (Command(("az", "aks", "delete", *where, "--yes"), "Delete the cluster with its nodes and disks"),)


def ungrouping(spec: Spec) -> tuple[Command, ...]:
    """Return the command that deletes the resource group."""
    return (
        Command(
            ("az", "group", "delete", "--name", place_of(spec).group_name, "--yes"),
            "Delete the resource group",
        ),
    )


def fetching(spec: Spec) -> tuple[Command, ...]:
    """Return the command that writes a kubeconfig."""
    place = place_of(spec)
    where = ("--name", place.cluster, "--resource-group", place.group_name)
    return (
        Command(
            ("az", "aks", "get-credentials", *where, "--file", "kubeconfig"),
            "Write a kubeconfig for this cluster alone",
        ),
    )


def resizing(spec: Spec, pool: str, nodes: int, least: int, most: int) -> tuple[Command, ...]:
    """Return the commands that change a pool: its bounds where Azure scales it, else its number."""
    place = place_of(spec)
    where = ("--name", pool, "--cluster-name", place.cluster, "--resource-group", place.group_name)
    if pool != USER:
        return (Command(("az", "aks", "nodepool", "scale", *where, "--node-count", str(nodes))),)
    limits = ("--min-count", str(least), "--max-count", str(most))
    return (
        Command(
            ("az", "aks", "nodepool", "update", *where, "--disable-cluster-autoscaler"),
            "Azure's tool changes the number of a scaled pool only while nothing scales it",
        ),
        Command(
            ("az", "aks", "nodepool", "scale", *where, "--node-count", str(nodes)), "Set the number of nodes"
        ),
        Command(
            ("az", "aks", "nodepool", "update", *where, "--enable-cluster-autoscaler", *limits),
            "Let Azure scale it again, and keep the number from being changed back",
        ),
    )
