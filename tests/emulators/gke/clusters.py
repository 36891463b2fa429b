"""The ClusterManager of google.container.v1: clusters, node pools, operations, by the real message types."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from google.cloud.container_v1 import types as t
from google.protobuf import empty_pb2
from google.rpc import code_pb2, status_pb2

from tests.emulators.gke.errors import ApiError, not_found, service_disabled
from tests.emulators.world import Pending, World

METHODS: dict[str, tuple[Any, Any]] = {
    "CancelOperation": (t.CancelOperationRequest, None),
    "CreateCluster": (t.CreateClusterRequest, t.Operation),
    "CreateNodePool": (t.CreateNodePoolRequest, t.Operation),
    "DeleteCluster": (t.DeleteClusterRequest, t.Operation),
    "DeleteNodePool": (t.DeleteNodePoolRequest, t.Operation),
    "GetCluster": (t.GetClusterRequest, t.Cluster),
    "GetNodePool": (t.GetNodePoolRequest, t.NodePool),
    "GetOperation": (t.GetOperationRequest, t.Operation),
    "GetServerConfig": (t.GetServerConfigRequest, t.ServerConfig),
    "ListClusters": (t.ListClustersRequest, t.ListClustersResponse),
    "ListNodePools": (t.ListNodePoolsRequest, t.ListNodePoolsResponse),
    "ListOperations": (t.ListOperationsRequest, t.ListOperationsResponse),
    "SetNodePoolAutoscaling": (t.SetNodePoolAutoscalingRequest, t.Operation),
    "SetNodePoolSize": (t.SetNodePoolSizeRequest, t.Operation),
}
"""Each method with the types of its request and reply; None for an empty reply."""

VERSIONS = ("1.35.3-gke.1389000", "1.34.6-gke.1154000", "1.33.9-gke.1060000")

UNDONE_AFTER = 600.0
"""Seconds after which a scaled pool goes back to its least number of nodes when nobody needs more."""

SERVICE = "container.googleapis.com"


@dataclass
class Operation:
    """An operation, and what it does at its end."""

    message: Any
    pending: Pending


@dataclass
class Clusters:
    """All clusters of one project; ``address`` and ``authority`` are those of the API of every cluster.

    ``enabled`` tells whether the service is on; ``failures`` end the next operation with an error.
    """

    world: World
    project: str
    enabled: Callable[[str], bool]
    address: str = "127.0.0.1"
    authority: str = "Q0E="
    clusters: dict[str, Any] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    """Machines that each pool aims at, by its full name."""
    undo: dict[str, float] = field(default_factory=dict)
    failures: list[tuple[str, str]] = field(default_factory=list)
    """Code of the condition and text for operations that shall fail."""
    resized: Callable[[str, str, int], None] = lambda _cluster, _pool, _nodes: None
    """Told when a pool has another number of nodes: cluster, pool, nodes."""
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def call(self, method: str, request: Any) -> Any:
        """Answer one call."""
        with self.world.lock:
            self.world.note(method, _target(request), changes=not method.startswith(("Get", "List")))
            if not self.enabled(SERVICE):
                raise service_disabled(SERVICE, self.project)
            self.tick()
            return getattr(self, f"_{method}")(request)

    def tick(self) -> None:
        """Finish what is due."""
        now = self.world.clock()
        for one in self.operations.values():
            message = one.message
            if message.status == t.Operation.Status.DONE:
                continue
            share = one.pending.share(now)
            total, done = (
                t.OperationProgress.Metric(name=f"CLUSTER_CONFIGURING{end}", int_value=value)
                for end, value in (("_TOTAL", 4), ("", int(4 * share)))
            )
            message.progress = t.OperationProgress(metrics=[total, done])
            message.status = t.Operation.Status.RUNNING
            if share >= 1.0:
                message.status = t.Operation.Status.DONE
                one.pending.finish()
        for pool, due in list(self.undo.items()):
            if now >= due:
                del self.undo[pool]
                self._set_size(pool, self._pool(pool)[1].autoscaling.total_min_node_count)

    # ---- methods ----

    def _CreateCluster(self, request: Any) -> Any:
        name = f"{request.parent}/clusters/{request.cluster.name}"
        if name in self.clusters:
            raise ApiError(code_pb2.ALREADY_EXISTS, f"Already exists: {name}.")
        if not request.cluster.node_pools and not request.cluster.initial_node_count:
            raise ApiError(code_pb2.INVALID_ARGUMENT, "Cluster must have at least one node.")
        cluster = t.Cluster.deserialize(t.Cluster.serialize(request.cluster))
        cluster.status = t.Cluster.Status.PROVISIONING
        cluster.location = request.parent.rpartition("/")[2]
        cluster.current_master_version = cluster.initial_cluster_version or VERSIONS[1]
        failure = self.failures.pop(0) if self.failures else None

        def finish() -> None:
            if failure:
                code, text = failure
                cluster.status = t.Cluster.Status.ERROR
                cluster.status_message = text
                condition = t.StatusCondition(code=getattr(t.StatusCondition.Code, code), message=text)
                cluster.conditions.append(condition)
                operation.message.error = status_pb2.Status(code=code_pb2.RESOURCE_EXHAUSTED, message=text)
                return
            cluster.status = t.Cluster.Status.RUNNING
            cluster.endpoint = self.address
            cluster.master_auth = t.MasterAuth(cluster_ca_certificate=self.authority)
            for pool in cluster.node_pools:
                self._give_groups(name, pool)

        operation = self._begin("CREATE_CLUSTER", name, finish)
        self.clusters[name] = cluster
        return operation.message

    def _GetCluster(self, request: Any) -> Any:
        return self._cluster(request.name)

    def _ListClusters(self, request: Any) -> Any:
        start = request.parent.replace("/locations/-", "/locations/")
        found = [one for name, one in self.clusters.items() if name.startswith(start)]
        return t.ListClustersResponse(clusters=found)

    def _DeleteCluster(self, request: Any) -> Any:
        cluster = self._cluster(request.name)
        operation = self._begin("DELETE_CLUSTER", request.name, lambda: self.clusters.pop(request.name))
        cluster.status = t.Cluster.Status.STOPPING
        return operation.message

    def _GetOperation(self, request: Any) -> Any:
        found = self.operations.get(request.name.rpartition("/")[2])
        if found is None:
            raise not_found(request.name)
        return found.message

    def _ListOperations(self, request: Any) -> Any:
        start = f"{request.parent.replace('/locations/-', '/locations/')}/"
        found = [
            one.message for one in self.operations.values() if f"/{start}" in f"/{one.message.target_link}"
        ]
        return t.ListOperationsResponse(operations=found)

    def _CancelOperation(self, request: Any) -> Any:
        self._GetOperation(request).status = t.Operation.Status.ABORTING
        return empty_pb2.Empty()

    def _GetServerConfig(self, _request: Any) -> Any:
        regular = t.ServerConfig.ReleaseChannelConfig(
            channel="REGULAR", default_version=VERSIONS[1], valid_versions=VERSIONS[1:]
        )
        return t.ServerConfig(
            default_cluster_version=VERSIONS[1], valid_master_versions=VERSIONS, channels=[regular]
        )

    def _CreateNodePool(self, request: Any) -> Any:
        cluster = self._cluster(request.parent)
        name = f"{request.parent}/nodePools/{request.node_pool.name}"
        if any(pool.name == request.node_pool.name for pool in cluster.node_pools):
            raise ApiError(code_pb2.ALREADY_EXISTS, f"Already exists: {name}.")

        def finish() -> None:
            cluster.node_pools.append(request.node_pool)
            self._give_groups(request.parent, cluster.node_pools[-1])

        return self._begin("CREATE_NODE_POOL", name, finish).message

    def _GetNodePool(self, request: Any) -> Any:
        return self._pool(request.name)[1]

    def _ListNodePools(self, request: Any) -> Any:
        return t.ListNodePoolsResponse(node_pools=self._cluster(request.parent).node_pools)

    def _DeleteNodePool(self, request: Any) -> Any:
        cluster, pool = self._pool(request.name)
        return self._begin("DELETE_NODE_POOL", request.name, lambda: cluster.node_pools.remove(pool)).message

    def _SetNodePoolSize(self, request: Any) -> Any:
        _, pool = self._pool(request.name)

        def finish() -> None:
            zones = self.zones_of(request.name.partition("/nodePools/")[0])
            self._set_size(request.name, request.node_count * len(zones))
            if pool.autoscaling.enabled and request.node_count != pool.autoscaling.total_min_node_count:
                self.undo[request.name] = self.world.clock() + UNDONE_AFTER

        return self._begin("SET_NODE_POOL_SIZE", request.name, finish).message

    def _SetNodePoolAutoscaling(self, request: Any) -> Any:
        _, pool = self._pool(request.name)

        def finish() -> None:
            pool.autoscaling = request.autoscaling
            # The autoscaler brings a pool to its least number at once, and takes away later.
            if self.sizes.get(request.name, 0) < pool.autoscaling.total_min_node_count:
                self._set_size(request.name, pool.autoscaling.total_min_node_count)

        return self._begin("UPDATE_CLUSTER", request.name, finish).message

    # ---- below ----

    def _begin(self, kind: str, target: str, finish: Callable[[], Any]) -> Operation:
        cluster = target.partition("/nodePools/")[0]
        for other in self.operations.values():
            message = other.message
            same = message.target_link.partition("/nodePools/")[0] == cluster
            if same and message.status != t.Operation.Status.DONE:
                raise ApiError(
                    code_pb2.FAILED_PRECONDITION,
                    f"Cluster is running incompatible operation {message.name}.",
                    "CLUSTER_ALREADY_HAS_OPERATION",
                    {"operationName": message.name},
                )
        name = f"operation-1700000000000-{next(self._numbers):08x}"
        message = t.Operation(
            name=name,
            operation_type=kind,
            status=t.Operation.Status.PENDING,
            location=target.split("/")[3],
            target_link=target,
        )
        self.operations[name] = Operation(message, self.world.begun(finish))
        return self.operations[name]

    def _cluster(self, name: str) -> Any:
        if name not in self.clusters:
            raise not_found(name)
        return self.clusters[name]

    def _pool(self, name: str) -> tuple[Any, Any]:
        cluster, _, wanted = name.partition("/nodePools/")
        for pool in self._cluster(cluster).node_pools:
            if pool.name == wanted:
                return self.clusters[cluster], pool
        raise not_found(name)

    def zones_of(self, cluster: str) -> list[str]:
        """Return the zones that the nodes of a cluster stand in: three of a region, unless it says less."""
        found = self.clusters[cluster]
        if found.locations or found.location.count("-") == 2:
            return list(found.locations) or [found.location]
        return [f"{found.location}-{letter}" for letter in "abc"]

    def _give_groups(self, cluster: str, pool: Any) -> None:
        pool.status = t.NodePool.Status.RUNNING
        short, zones = cluster.rpartition("/")[2], self.zones_of(cluster)
        pool.instance_group_urls = [
            f"https://www.googleapis.com/compute/v1/projects/{self.project}/zones/{zone}"
            f"/instanceGroupManagers/gke-{short}-{pool.name}-grp"
            for zone in zones
        ]
        self._set_size(f"{cluster}/nodePools/{pool.name}", pool.initial_node_count * len(zones))

    def _set_size(self, pool: str, nodes: int) -> None:
        self.sizes[pool] = nodes
        cluster, _, name = pool.partition("/nodePools/")
        self.resized(cluster.rpartition("/")[2], name, nodes)


def _target(request: Any) -> str:
    for name in ("name", "parent"):
        if found := getattr(request, name, ""):
            inner = getattr(request, "cluster", None) or getattr(request, "node_pool", None)
            return f"{found}/{inner.name}" if inner else str(found)
    return ""
