"""The few fields of Kubernetes objects that rows need, as they come over the wire; all others are skipped."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Wire(msgspec.Struct, rename="camel", gc=False):
    """Base of all: camelCase on the wire, every field optional since servers leave out what is empty."""


class Meta(Wire):
    """What every object says of itself."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    generation: int = 0
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None


class Object(Wire):
    """Base of the objects themselves; a watch needs their resourceVersion."""

    metadata: Meta = msgspec.field(default_factory=Meta)


class Condition(Wire):
    """One condition of a status."""

    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""


class Waiting(Wire):
    """Why a container does not run yet."""

    reason: str = ""
    message: str = ""


class Terminated(Wire):
    """How a container ended."""

    reason: str = ""
    message: str = ""
    exit_code: int = 0
    signal: int = 0


class ContainerState(Wire):
    """One of three: waiting, running, terminated."""

    waiting: Waiting | None = None
    running: dict[str, str] | None = None
    terminated: Terminated | None = None


class ContainerStatus(Wire):
    """How a container is, and how its run before ended."""

    name: str = ""
    image: str = ""
    ready: bool = False
    started: bool | None = None
    restart_count: int = 0
    state: ContainerState = msgspec.field(default_factory=ContainerState)
    last_state: ContainerState = msgspec.field(default_factory=ContainerState)


class Container(Wire):
    """A container as wished; ``restart_policy`` is Always for a sidecar among the init containers."""

    name: str = ""
    restart_policy: str = ""


class PodSpec(Wire):
    """What a pod wishes."""

    node_name: str = ""
    containers: list[Container] = []
    init_containers: list[Container] | None = None


class PodStatus(Wire):
    """How a pod is."""

    phase: str = ""
    reason: str = ""
    message: str = ""
    conditions: list[Condition] | None = None
    container_statuses: list[ContainerStatus] | None = None
    init_container_statuses: list[ContainerStatus] | None = None


class Pod(Object):
    """A pod."""

    spec: PodSpec = msgspec.field(default_factory=PodSpec)
    status: PodStatus = msgspec.field(default_factory=PodStatus)


class Taint(Wire):
    """A taint of a node."""

    key: str = ""
    effect: str = ""


class NodeSpec(Wire):
    """What a node wishes."""

    unschedulable: bool = False
    taints: list[Taint] | None = None


class NodeInfo(Wire):
    """What runs on a node."""

    kubelet_version: str = ""


class NodeStatus(Wire):
    """How a node is."""

    conditions: list[Condition] | None = None
    allocatable: dict[str, str] | None = None
    node_info: NodeInfo = msgspec.field(default_factory=NodeInfo)


class Node(Object):
    """A node."""

    spec: NodeSpec = msgspec.field(default_factory=NodeSpec)
    status: NodeStatus = msgspec.field(default_factory=NodeStatus)


class ObjectReference(Wire):
    """The object an event is about."""

    kind: str = ""
    name: str = ""
    namespace: str = ""


class EventSeries(Wire):
    """How often a newer kind of event came back."""

    count: int = 0
    last_observed_time: datetime | None = None


class Event(Object):
    """A core/v1 event; old reporters fill in the timestamps and count, new ones eventTime and series."""

    involved_object: ObjectReference = msgspec.field(default_factory=ObjectReference)
    type: str = ""
    reason: str = ""
    message: str = ""
    count: int = 0
    first_timestamp: datetime | None = None
    last_timestamp: datetime | None = None
    event_time: datetime | None = None
    series: EventSeries | None = None


class ClaimSpec(Wire):
    """What a claim wishes."""

    volume_name: str = ""
    storage_class_name: str | None = None


class ClaimStatus(Wire):
    """How a claim is."""

    phase: str = ""
    capacity: dict[str, str] | None = None


class Claim(Object):
    """A PersistentVolumeClaim."""

    spec: ClaimSpec = msgspec.field(default_factory=ClaimSpec)
    status: ClaimStatus = msgspec.field(default_factory=ClaimStatus)


class ServicePort(Wire):
    """A port of a service."""

    name: str = ""
    port: int = 0


class ServiceSpec(Wire):
    """What a service wishes."""

    type: str = "ClusterIP"
    ports: list[ServicePort] | None = None


class Ingress(Wire):
    """An address of a load balancer: an IP on most clouds, a host name on AWS."""

    ip: str = ""
    hostname: str = ""


class LoadBalancer(Wire):
    """The load balancer of a service."""

    ingress: list[Ingress] | None = None


class ServiceStatus(Wire):
    """How a service is."""

    load_balancer: LoadBalancer = msgspec.field(default_factory=LoadBalancer)


class Service(Object):
    """A service."""

    spec: ServiceSpec = msgspec.field(default_factory=ServiceSpec)
    status: ServiceStatus = msgspec.field(default_factory=ServiceStatus)


class WorkloadSpec(Wire):
    """What a Deployment or StatefulSet wishes; one replica where nothing is said."""

    replicas: int = 1


class WorkloadStatus(Wire):
    """How a Deployment, StatefulSet or DaemonSet is."""

    observed_generation: int = 0
    replicas: int = 0
    ready_replicas: int = 0
    updated_replicas: int = 0
    desired_number_scheduled: int = 0
    number_ready: int = 0
    updated_number_scheduled: int = 0
    conditions: list[Condition] | None = None


class Workload(Object):
    """A Deployment, StatefulSet or DaemonSet."""

    spec: WorkloadSpec = msgspec.field(default_factory=WorkloadSpec)
    status: WorkloadStatus = msgspec.field(default_factory=WorkloadStatus)
