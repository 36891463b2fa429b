"""Nodes and their pools: machines of two sizes, added, drained and removed as a cloud does it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from z2jh_wizard.practice.cluster import Cluster
from z2jh_wizard.practice.controllers.base import Controller
from z2jh_wizard.practice.controllers.disruption import evict
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import (
    ObjectKey,
    annotations_of,
    controller_of,
    is_done,
    is_terminating,
    key_of,
    labels_of,
    oldest_first,
)
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.placement import VOLUME_LIMIT_ANNOTATION
from z2jh_wizard.practice.resources import CSI_NODES, NODES, PODS
from z2jh_wizard.practice.status import ApiError

KUBELET_VERSION = "v1.36.2"
POOL_LABEL = "practice.z2jh-wizard/pool"
REMOVING = "practice.z2jh-wizard/removing"
DEDICATED = "hub.jupyter.org/dedicated"
NODE_PURPOSE = "hub.jupyter.org/node-purpose"
ZONE = "practice-a"
MOST_NODES = 200
"""More nodes than any class needs; a typing mistake should not make a thousand."""

_GIB = 1 << 30
_DRAIN_RETRY_SECONDS = 5.0
_DELETE_SECONDS = 1.5


@dataclass(frozen=True)
class Machine:
    """A machine type: CPUs, memory in GiB, pods and disks that it can hold."""

    name: str
    cpus: int
    memory_gib: int
    pods: int = 110
    disks: int = 15

    @property
    def capacity(self) -> dict[str, str]:
        """Return what the machine has, as a node reports it."""
        return self._resources(str(self.cpus), self.memory_gib * _GIB)

    @property
    def allocatable(self) -> dict[str, str]:
        """Return what is left for pods after the system's share, by the rules that GKE publishes."""
        taken = 60 + 10 * (self.cpus > 1) + 5 * max(0, min(self.cpus, 4) - 2) + 2.5 * max(0, self.cpus - 4)
        steps = ((4, 0.25), (4, 0.2), (8, 0.1), (112, 0.06))
        reserved, left = 0.1, float(self.memory_gib)
        for size, part in steps:
            reserved += min(left, size) * part
            left = max(0.0, left - size)
        memory = int((self.memory_gib - reserved) * 1024) << 20
        return self._resources(f"{int(self.cpus * 1000 - taken)}m", memory)

    def _resources(self, cpu: str, memory: int) -> dict[str, str]:
        return {
            "cpu": cpu,
            "memory": f"{memory >> 10}Ki",
            "pods": str(self.pods),
            "ephemeral-storage": "98831908Ki",
        }


CORE_MACHINE = Machine("practice-2cpu-8gb", 2, 8)
USER_MACHINE = Machine("practice-4cpu-16gb", 4, 16)


@dataclass(frozen=True)
class Pool:
    """A group of equal nodes; ``made`` counts all nodes it ever had, for their names."""

    name: str
    machine: Machine
    count: int
    dedicated: bool = False
    made: int = 0

    def node(self, number: int, *, ready: bool = False) -> Object:
        """Return the object of a new node of this pool, as its kubelet registers it, or up already."""
        name = f"practice-{self.name}-{number}"
        taints: list[Object] = []
        if self.dedicated:
            taints.append({"key": DEDICATED, "value": self.name, "effect": "NoSchedule"})
        if not ready:
            taints.append({"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"})
        return {
            "metadata": {
                "name": name,
                "labels": self.labels(name),
                "annotations": {VOLUME_LIMIT_ANNOTATION: str(self.machine.disks)},
            },
            "spec": {"providerID": f"practice://{ZONE}/{name}", "taints": taints},
            "status": {
                "capacity": self.machine.capacity,
                "allocatable": self.machine.allocatable,
                "nodeInfo": _node_info(name),
                "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
                "images": [],
                **({"conditions": [dict(_UP)]} if ready else {}),
            },
        }

    def labels(self, node: str) -> dict[str, str]:
        """Return the labels of a node of this pool."""
        return {
            "kubernetes.io/hostname": node,
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
            "beta.kubernetes.io/os": "linux",
            "beta.kubernetes.io/arch": "amd64",
            "node.kubernetes.io/instance-type": self.machine.name,
            "topology.kubernetes.io/region": "practice",
            "topology.kubernetes.io/zone": ZONE,
            POOL_LABEL: self.name,
            NODE_PURPOSE: self.name,
            **({DEDICATED: self.name} if self.dedicated else {}),
        }

    def to_json(self) -> dict[str, Any]:
        """Return the pool as JSON."""
        machine = {field: getattr(self.machine, field) for field in _MACHINE_FIELDS}
        return {
            "name": self.name,
            "machine": machine,
            "count": self.count,
            "dedicated": self.dedicated,
            "made": self.made,
        }

    @staticmethod
    def from_json(body: dict[str, Any]) -> Pool:
        """Return the pool that ``to_json`` wrote."""
        return Pool(**{**body, "machine": Machine(**body["machine"])})


_UP: Object = {
    "type": "Ready",
    "status": "True",
    "reason": "KubeletReady",
    "message": "kubelet is posting ready status",
    "lastHeartbeatTime": None,
    "lastTransitionTime": None,
}
_MACHINE_FIELDS = ("name", "cpus", "memory_gib", "pods", "disks")


def _node_info(name: str) -> Object:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return {
        "architecture": "amd64",
        "bootID": f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}",
        "containerRuntimeVersion": "containerd://2.1.4",
        "kernelVersion": "6.12.0-practice",
        "kubeProxyVersion": "",
        "kubeletVersion": KUBELET_VERSION,
        "machineID": digest[:32],
        "operatingSystem": "linux",
        "osImage": "Practice Linux (simulated)",
        "systemUUID": digest[32:64],
    }


class PoolController(Controller):
    """Makes nodes until each pool has as many as asked for; drains and removes those too many."""

    name = "practice-pools"
    watches = (NODES, PODS)

    def __init__(self, cluster: Cluster, pools: Iterable[Pool]) -> None:
        super().__init__(cluster)
        self.pools: dict[str, Pool] = {pool.name: pool for pool in pools}

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at the pool of a changed node, or of a pod that left a node which is being removed."""
        node = change.object
        if change.resource.key == PODS.key:
            name = change.object["spec"].get("nodeName")
            if change.type != "DELETED" or not name:
                return ()
            found = self.store.get(NODES, "", name)
            if found is None or REMOVING not in annotations_of(found):
                return ()
            node = found
        pool = labels_of(node).get(POOL_LABEL, "")
        return (ObjectKey("", pool),) if pool in self.pools else ()

    def resize(self, name: str, count: int) -> None:
        """Ask for another number of nodes; KeyError for an unknown pool, ValueError for a bad number."""
        if not 0 <= count <= MOST_NODES:
            raise ValueError(f"a pool can have 0 to {MOST_NODES} nodes, not {count}")
        self.pools[name] = replace(self.pools[name], count=count)
        self.look_at(ObjectKey("", name))

    def nodes_of(self, name: str) -> list[Object]:
        """Return the nodes of a pool, the oldest first."""
        return oldest_first(self.store.list(NODES, labels={POOL_LABEL: name}))

    def reconcile(self, key: ObjectKey) -> None:
        """Bring one pool nearer to the number of nodes asked for."""
        pool = self.pools.get(key.name)
        if pool is None:
            return
        nodes = [n for n in self.nodes_of(pool.name) if not is_terminating(n)]
        staying = [n for n in nodes if REMOVING not in annotations_of(n)]
        if len(staying) < pool.count:
            self._add(pool, pool.count - len(staying), [n for n in nodes if n not in staying])
        for node in self._least_busy(staying)[: max(0, len(staying) - pool.count)]:
            self._start_removal(node)
        for node in self.nodes_of(pool.name):
            if REMOVING in annotations_of(node):
                self._drain(key, node)

    def begin(self) -> None:
        """Make the nodes of a new cluster: they are up when it is first seen."""
        for pool in list(self.pools.values()):
            if not pool.made and not self.nodes_of(pool.name):
                self._make(pool, pool.count, ready=True)

    def _add(self, pool: Pool, missing: int, leaving: list[Object]) -> None:
        """Keep nodes that were about to go, then make new ones."""
        for node in leaving[:missing]:
            self.store.change(NODES, node, _keep)
        self._make(pool, missing - len(leaving[:missing]), ready=False)

    def _make(self, pool: Pool, number: int, *, ready: bool) -> None:
        for position in range(pool.made + 1, pool.made + number + 1):
            obj = pool.node(position, ready=ready)
            for condition in obj["status"].get("conditions", ()):
                condition["lastHeartbeatTime"] = condition["lastTransitionTime"] = self.cluster.now_text()
            self.store.create(NODES, obj)
            self._attach_driver(obj["metadata"]["name"], pool.machine.disks)
        self.pools[pool.name] = replace(pool, made=pool.made + number)

    def _attach_driver(self, node: str, disks: int) -> None:
        driver = {
            "name": "disk.csi.practice.z2jh-wizard",
            "nodeID": node,
            "allocatable": {"count": disks},
            "topologyKeys": ["topology.kubernetes.io/zone"],
        }
        if self.store.get(CSI_NODES, "", node) is None:
            self.store.create(CSI_NODES, {"metadata": {"name": node}, "spec": {"drivers": [driver]}})

    def _least_busy(self, nodes: list[Object]) -> list[Object]:
        """Sort nodes by what their removal disturbs: cordoned ones first, then few pods, then the newest."""

        def busy(node: Object) -> tuple[bool, int]:
            cordoned = bool(node["spec"].get("unschedulable"))
            return not cordoned, len(self._to_evict(node))

        newest_first = nodes[::-1]
        return sorted(newest_first, key=busy)

    def _to_evict(self, node: Object) -> list[Object]:
        pods = self.cluster.index.pods_on(node["metadata"]["name"])
        return [p for p in pods if not is_done(p) and not _of_daemon_set(p)]

    def _start_removal(self, node: Object) -> None:
        def mark(obj: Object) -> None:
            obj["metadata"].setdefault("annotations", {})[REMOVING] = "true"
            obj["spec"]["unschedulable"] = True

        self.store.change(NODES, node, mark)
        self.event(
            node, "NodeNotSchedulable", f"Node {node['metadata']['name']} is being removed from its pool"
        )

    def _drain(self, key: ObjectKey, node: Object) -> None:
        """Evict the pods of a node as far as budgets allow; delete it when it is empty."""
        name = node["metadata"]["name"]
        pods = self._to_evict(node)
        for pod in pods:
            if is_terminating(pod):
                continue
            try:
                evict(self.cluster, pod)
            except ApiError as error:
                text = f"Cannot drain: {key_of(pod)}: {error}"
                self.event(node, "DrainWaiting", text, warning=True)
                self.again(key, _DRAIN_RETRY_SECONDS, "drain")
        if self._to_evict(node):
            return
        if self.passed(key, f"delete {name}", _DELETE_SECONDS):
            self.reset(key, f"delete {name}")
            self.store.remove(NODES, node)
            driver = self.store.get(CSI_NODES, "", name)
            if driver is not None:
                self.store.remove(CSI_NODES, driver)

    def describe(self) -> list[dict[str, Any]]:
        """Return the pools with their nodes, for the control interface."""
        return [
            {
                "pool": pool.name,
                "count": pool.count,
                "machine": pool.machine.name,
                "dedicated": pool.dedicated,
                "nodes": [_describe(node) for node in self.nodes_of(pool.name)],
            }
            for pool in self.pools.values()
        ]


def _describe(node: Object) -> dict[str, Any]:
    conditions = (node.get("status") or {}).get("conditions") or []
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
    return {
        "name": node["metadata"]["name"],
        "ready": ready,
        "removing": REMOVING in annotations_of(node),
        "cordoned": bool(node["spec"].get("unschedulable")),
    }


def _keep(node: Object) -> None:
    node["metadata"]["annotations"].pop(REMOVING)
    node["spec"].pop("unschedulable", None)


def _of_daemon_set(pod: Object) -> bool:
    owner = controller_of(pod)
    return owner is not None and owner["kind"] == "DaemonSet"
