"""The cluster that a project wants of Google, and what a person would type to get it; pure."""

from __future__ import annotations

from typing import Any

import msgspec

from z2jh_wizard.cloud.owned import CORE, USER, bounds
from z2jh_wizard.core.capacity import machines
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.facts import CLUSTER_LABEL, OUR_LABEL
from z2jh_wizard.core.spec import Pool, Spec
from z2jh_wizard.core.step import Command

BOOT_GIB = 50
"""Of a node's own disk; images of courses are large."""

TAINT = "hub.jupyter.org_dedicated"
"""Keeps all but students off the nodes of the pool for users; Google takes no slash in the key of a taint."""

PURPOSE = "hub.jupyter.org/node-purpose"


class Place(msgspec.Struct, frozen=True):
    """Where a cluster is: its project, its zone or region, and its name."""

    project: str
    location: str
    cluster: str

    @property
    def parent(self) -> str:
        """Return the name of the location for the API."""
        return f"projects/{self.project}/locations/{self.location}"

    @property
    def name(self) -> str:
        """Return the name of the cluster for the API."""
        return f"{self.parent}/clusters/{self.cluster}"

    @property
    def is_zone(self) -> bool:
        """Tell whether it is in one zone, such as us-central1-b, and not in a whole region."""
        return self.location.count("-") == 2

    @property
    def region(self) -> str:
        """Return the region."""
        return self.location.rpartition("-")[0] if self.is_zone else self.location

    @property
    def nodes_in(self) -> str:
        """Return the one zone of all nodes, as a student's disk is in one zone, too; each region has a b."""
        return self.location if self.is_zone else f"{self.location}-b"

    def pool(self, name: str) -> str:
        """Return the name of a pool for the API."""
        return f"{self.name}/nodePools/{name}"


def place_of(spec: Spec) -> Place:
    """Return where a project's cluster is; InvalidInput when the project does not say it."""
    for value, what in (
        (spec.account, "account: the Google project"),
        (spec.region, "region: zone or region"),
    ):
        if not value:
            raise InvalidInput("z2jh.yaml does not say where the cluster shall be", f"It lacks {what}.")
    return Place(spec.account, spec.region, spec.cluster.name or spec.release)


def pools_of(spec: Spec) -> dict[str, Pool]:
    """Return the two pools with their machines: one small node for the hub, and those of the students."""
    cheapest = machines("gke")[0].name
    core = spec.pools.get(CORE, Pool(nodes=1))
    user = spec.pools.get(USER, Pool(nodes=1))
    return {
        CORE: msgspec.structs.replace(core, machine=core.machine or cheapest),
        USER: msgspec.structs.replace(user, machine=user.machine or core.machine or cheapest),
    }


def most(spec: Spec, pool: str) -> int:
    """Return how many nodes a pool may have as the project says, 0 for a pool that it does not name."""
    known = pools_of(spec)
    return bounds(known[pool])[1] if pool in known else 0


def labels(spec: Spec) -> dict[str, str]:
    """Return the labels of all that the project makes: small letters, digits and dashes, as Google wants."""
    return {OUR_LABEL: spec.project_id, CLUSTER_LABEL: place_of(spec).cluster}


def node_pool(spec: Spec, name: str) -> dict[str, Any]:
    """Return one pool as the API takes it."""
    pool = pools_of(spec)[name]
    config: dict[str, Any] = {
        "machine_type": pool.machine,
        "disk_type": "pd-balanced",
        "disk_size_gb": BOOT_GIB,
        "oauth_scopes": ["https://www.googleapis.com/auth/cloud-platform"],
        "labels": {PURPOSE: name},
        "resource_labels": labels(spec),
    }
    found: dict[str, Any] = {
        "name": name,
        "initial_node_count": pool.nodes,
        "config": config,
        "management": {"auto_repair": True, "auto_upgrade": True},
    }
    if name == USER:
        least, most = bounds(pool)
        config["taints"] = [{"key": TAINT, "value": USER, "effect": "NO_SCHEDULE"}]
        found["autoscaling"] = scaling(least, most)
    return found


def scaling(least: int, most: int) -> dict[str, Any]:
    """Return the bounds of a pool that Google scales, over all zones together."""
    return {
        "enabled": True,
        "total_min_node_count": least,
        "total_max_node_count": most,
        "location_policy": "ANY",
    }


def cluster(spec: Spec) -> dict[str, Any]:
    """Return the cluster as the API takes it, with both pools, so that one call makes all."""
    place = place_of(spec)
    return {
        "name": place.cluster,
        # Else a region has each pool in three zones, with three times as many nodes.
        **({} if place.is_zone else {"locations": [place.nodes_in]}),
        "resource_labels": labels(spec),
        "release_channel": {"channel": "REGULAR"},
        "ip_allocation_policy": {"use_ip_aliases": True},
        # Network policies work with it, without a program of their own on each node.
        "network_config": {"datapath_provider": "ADVANCED_DATAPATH"},
        "addons_config": {"gce_persistent_disk_csi_driver_config": {"enabled": True}},
        "autoscaling": {"autoscaling_profile": "OPTIMIZE_UTILIZATION"},
        "node_pools": [node_pool(spec, name) for name in (CORE, USER)],
    }


# ---- what a person would type ----


def where(place: Place) -> tuple[str, ...]:
    """Return the options of gcloud that say where."""
    option = "--zone" if place.is_zone else "--region"
    return (option, place.location, "--project", place.project)


def enabling(place: Place, services: tuple[str, ...]) -> Command:
    """Return the command that switches services on."""
    return Command(("gcloud", "services", "enable", *services, "--project", place.project), "Switch them on")


def creating(spec: Spec) -> tuple[Command, ...]:
    """Return the commands that make the cluster and its pool for students."""
    place, pools = place_of(spec), pools_of(spec)
    tags = ",".join(f"{key}={value}" for key, value in labels(spec).items())
    least, most = bounds(pools[USER])
    return (
        Command(
            (
                *("gcloud", "container", "clusters", "create", place.cluster, *where(place)),
                *(() if place.is_zone else ("--node-locations", place.nodes_in)),
                *("--release-channel", "regular", "--enable-ip-alias", "--enable-dataplane-v2"),
                *("--addons", "GcePersistentDiskCsiDriver", "--autoscaling-profile", "optimize-utilization"),
                *("--machine-type", pools[CORE].machine, "--num-nodes", str(pools[CORE].nodes)),
                *("--disk-type", "pd-balanced", "--disk-size", str(BOOT_GIB)),
                *("--node-labels", f"{PURPOSE}={CORE}", "--labels", tags),
            ),
            "Make the cluster with one pool for the hub",
        ),
        Command(
            (
                *("gcloud", "container", "node-pools", "create", USER, "--cluster", place.cluster),
                *(*where(place), "--machine-type", pools[USER].machine),
                *("--num-nodes", str(pools[USER].nodes), "--enable-autoscaling"),
                *(
                    "--total-min-nodes",
                    str(least),
                    "--total-max-nodes",
                    str(most),
                    "--location-policy",
                    "ANY",
                ),
                *("--disk-type", "pd-balanced", "--disk-size", str(BOOT_GIB)),
                *("--node-labels", f"{PURPOSE}={USER}", "--node-taints", f"{TAINT}={USER}:NoSchedule"),
            ),
            "Make the pool for students",
        ),
    )


def deleting(spec: Spec) -> tuple[Command, ...]:
    """Return the command that deletes the cluster."""
    place = place_of(spec)
    return (
        Command(
            ("gcloud", "container", "clusters", "delete", place.cluster, *where(place), "--quiet"),
            "Delete the cluster with its nodes",
        ),
    )


def fetching(spec: Spec) -> tuple[Command, ...]:
    """Return the command that writes a kubeconfig."""
    place = place_of(spec)
    return (
        Command(
            script="KUBECONFIG=kubeconfig gcloud container clusters get-credentials "
            + " ".join((place.cluster, *where(place))),
            about="Write a kubeconfig for this cluster alone",
        ),
    )


def resizing(spec: Spec, pool: str, nodes: int, least: int, most: int) -> tuple[Command, ...]:
    """Return the commands that change the bounds of a pool, then its number of nodes."""
    place = place_of(spec)
    scale = (
        Command(
            (
                *("gcloud", "container", "clusters", "update", place.cluster, *where(place)),
                *("--node-pool", pool, "--enable-autoscaling"),
                *("--total-min-nodes", str(least), "--total-max-nodes", str(most)),
            ),
            "Keep the number from being changed back",
        ),
    )
    return (
        *(scale if pool == USER else ()),
        Command(
            (
                *("gcloud", "container", "clusters", "resize", place.cluster, *where(place)),
                *("--node-pool", pool, "--num-nodes", str(nodes), "--quiet"),
            ),
            "Set the number of nodes",
        ),
    )
