"""One flat row for each object that a pane, a look or a diagnosis shows; never the whole object."""

from __future__ import annotations

from datetime import datetime

import msgspec

from z2jh_wizard.core.quantity import millicores, whole
from z2jh_wizard.core.redaction import KEPT, plain
from z2jh_wizard.kube import pod_status, wire

POOL_LABELS = (
    "cloud.google.com/gke-nodepool",
    "kubernetes.azure.com/agentpool",
    "agentpool",
    "eks.amazonaws.com/nodegroup",
    "alpha.eksctl.io/nodegroup-name",
    "karpenter.sh/nodepool",
    "practice.z2jh-wizard/pool",
    "hub.jupyter.org/node-purpose",
)
"""Where clouds write the pool of a node, the most telling first."""

MACHINE_LABEL = "node.kubernetes.io/instance-type"
ZONE_LABEL = "topology.kubernetes.io/zone"
USER_LABEL = "hub.jupyter.org/username"


class Row(msgspec.Struct, frozen=True, gc=False):
    """What all rows have: a name that is unique together with the namespace, and a birthday."""

    name: str
    namespace: str = ""
    uid: str = ""
    created: datetime | None = None
    deleted: datetime | None = None

    @property
    def key(self) -> str:
        """Return what tells rows of one kind apart."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


class Ended(msgspec.Struct, frozen=True, gc=False):
    """How a container last ended."""

    container: str
    reason: str
    code: int


class PodRow(Row, frozen=True, gc=False):
    """A pod; ``status`` is kubectl's word, ``message`` what Kubernetes says about it.

    ``unwell`` names the container that waits for a reason or has ended badly, ``last_end`` how a container's
    run before this one ended.
    """

    phase: str = ""
    status: str = ""
    message: str = ""
    ready: int = 0
    containers: int = 0
    restarts: int = 0
    node: str = ""
    app: str = ""
    component: str = ""
    release: str = ""
    user: str = ""
    unwell: str = ""
    image: str = ""
    last_end: Ended | None = None

    @property
    def is_ready(self) -> bool:
        """Tell whether all containers are ready and nobody deletes the pod."""
        return self.phase == "Running" and self.ready == self.containers and self.deleted is None


class NodeRow(Row, frozen=True, gc=False):
    """A node; ``cpu`` in thousandths of a core, ``memory`` in bytes, both what pods may use."""

    ready: bool = False
    schedulable: bool = True
    reason: str = ""
    message: str = ""
    pool: str = ""
    machine: str = ""
    zone: str = ""
    cpu: int = 0
    memory: int = 0
    pods: int = 0
    version: str = ""
    pressures: tuple[str, ...] = ()
    taints: tuple[str, ...] = ()


class EventRow(Row, frozen=True, gc=False):
    """An event; ``kind`` and ``about`` name its object, ``last`` is when it was seen last."""

    type: str = ""
    reason: str = ""
    kind: str = ""
    about: str = ""
    message: str = ""
    count: int = 1
    last: datetime | None = None


class ClaimRow(Row, frozen=True, gc=False):
    """A PersistentVolumeClaim; ``size`` in bytes, 0 until bound."""

    phase: str = ""
    storage_class: str | None = None
    volume: str = ""
    size: int = 0
    component: str = ""
    release: str = ""
    user: str = ""


class ServiceRow(Row, frozen=True, gc=False):
    """A service; ``addresses`` are IPs or host names of its load balancer."""

    type: str = ""
    component: str = ""
    addresses: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()

    @property
    def is_pending(self) -> bool:
        """Tell whether a load balancer is wished for and has no address yet."""
        return self.type == "LoadBalancer" and not self.addresses


class WorkloadRow(Row, frozen=True, gc=False):
    """A Deployment, StatefulSet or DaemonSet in numbers of pods."""

    wanted: int = 0
    ready: int = 0
    updated: int = 0
    observed: bool = False
    message: str = ""

    @property
    def is_done(self) -> bool:
        """Tell whether all wanted pods run in their newest form."""
        return self.observed and self.updated >= self.wanted and self.ready >= self.wanted


def _said(text: str) -> str:
    return plain(text, KEPT)


def pod_row(pod: wire.Pod) -> PodRow:
    """Return the row of a pod."""
    meta, labels = pod.metadata, pod.metadata.labels or {}
    beside = pod_status.sidecars(pod)
    statuses = [status for status in pod.status.init_container_statuses or () if status.name in beside] + (
        pod.status.container_statuses or []
    )
    unwell = next(filter(_is_unwell, pod_status.all_statuses(pod)), None)
    return PodRow(
        name=meta.name,
        namespace=meta.namespace,
        uid=meta.uid,
        created=meta.creation_timestamp,
        deleted=meta.deletion_timestamp,
        phase=pod.status.phase,
        status=pod_status.word(pod),
        message=_said(pod_status.message(pod)),
        ready=sum(status.ready for status in statuses),
        containers=len(pod.spec.containers) + len(beside),
        restarts=sum(status.restart_count for status in statuses),
        node=pod.spec.node_name,
        app=labels.get("app", ""),
        component=_component(labels),
        release=labels.get("release") or labels.get("app.kubernetes.io/instance", ""),
        user=_user(meta),
        unwell=unwell.name if unwell else "",
        image=unwell.image if unwell else "",
        last_end=_last_end(pod),
    )


def _is_unwell(status: wire.ContainerStatus) -> bool:
    waiting, ended = status.state.waiting, status.state.terminated
    return bool(waiting and waiting.reason not in ("", "PodInitializing", "ContainerCreating")) or bool(
        ended and ended.exit_code != 0
    )


def _last_end(pod: wire.Pod) -> Ended | None:
    for status in pod_status.all_statuses(pod):
        end = status.state.terminated or status.last_state.terminated
        if end and (end.exit_code or end.reason not in ("", "Completed")):
            return Ended(status.name, end.reason, end.exit_code)
    return None


def _component(labels: dict[str, str]) -> str:
    """Return which part of a hub an object is; z2jh uses the short label, other charts the common one."""
    return labels.get("component") or labels.get("app.kubernetes.io/component", "")


def _user(meta: wire.Meta) -> str:
    """Return the student a pod or claim belongs to; the annotation has the name as typed."""
    return (meta.annotations or {}).get(USER_LABEL) or (meta.labels or {}).get(USER_LABEL, "")


def node_row(node: wire.Node) -> NodeRow:
    """Return the row of a node."""
    meta, status = node.metadata, node.status
    labels, room = meta.labels or {}, status.allocatable or {}
    conditions = {condition.type: condition for condition in status.conditions or ()}
    ready = conditions.get("Ready", wire.Condition())
    return NodeRow(
        name=meta.name,
        uid=meta.uid,
        created=meta.creation_timestamp,
        deleted=meta.deletion_timestamp,
        ready=ready.status == "True",
        schedulable=not node.spec.unschedulable,
        reason=ready.reason,
        message=_said(ready.message),
        pool=next((labels[label] for label in POOL_LABELS if label in labels), ""),
        machine=labels.get(MACHINE_LABEL, ""),
        zone=labels.get(ZONE_LABEL, ""),
        cpu=_amount(room, "cpu"),
        memory=_amount(room, "memory"),
        pods=_amount(room, "pods"),
        version=status.node_info.kubelet_version,
        pressures=tuple(
            name for name, c in conditions.items() if name.endswith("Pressure") and c.status == "True"
        ),
        taints=tuple(f"{taint.key}:{taint.effect}" for taint in node.spec.taints or ()),
    )


def _amount(amounts: dict[str, str], name: str) -> int:
    """Return an amount (CPU in thousandths); 0 when it is missing or makes no sense."""
    try:
        return (millicores if name == "cpu" else whole)(amounts.get(name, "0"))
    except ValueError:
        return 0


def event_row(event: wire.Event) -> EventRow:
    """Return the row of an event."""
    meta, series = event.metadata, event.series
    last = (series and series.last_observed_time) or event.last_timestamp or event.event_time
    return EventRow(
        name=meta.name,
        namespace=meta.namespace,
        uid=meta.uid,
        created=meta.creation_timestamp,
        type=event.type,
        reason=event.reason,
        kind=event.involved_object.kind,
        about=event.involved_object.name,
        message=_said(event.message),
        count=max((series.count if series else 0), event.count, 1),
        last=last or event.first_timestamp or meta.creation_timestamp,
    )


def claim_row(claim: wire.Claim) -> ClaimRow:
    """Return the row of a claim."""
    meta = claim.metadata
    labels = meta.labels or {}
    return ClaimRow(
        name=meta.name,
        namespace=meta.namespace,
        uid=meta.uid,
        created=meta.creation_timestamp,
        deleted=meta.deletion_timestamp,
        phase=claim.status.phase,
        storage_class=claim.spec.storage_class_name,
        volume=claim.spec.volume_name,
        size=_amount(claim.status.capacity or {}, "storage"),
        component=_component(labels),
        release=labels.get("release") or labels.get("app.kubernetes.io/instance", ""),
        user=_user(meta),
    )


def service_row(service: wire.Service) -> ServiceRow:
    """Return the row of a service."""
    meta = service.metadata
    found = (entry.ip or entry.hostname for entry in service.status.load_balancer.ingress or ())
    return ServiceRow(
        name=meta.name,
        namespace=meta.namespace,
        uid=meta.uid,
        created=meta.creation_timestamp,
        deleted=meta.deletion_timestamp,
        type=service.spec.type,
        component=_component(meta.labels or {}),
        addresses=tuple(plain(address) for address in found if address),
        ports=tuple(port.port for port in service.spec.ports or ()),
    )


def deployment_row(workload: wire.Workload) -> WorkloadRow:
    """Return the row of a Deployment or StatefulSet."""
    status = workload.status
    return _workload(workload, workload.spec.replicas, status.ready_replicas, status.updated_replicas)


def daemon_set_row(workload: wire.Workload) -> WorkloadRow:
    """Return the row of a DaemonSet."""
    status = workload.status
    return _workload(
        workload, status.desired_number_scheduled, status.number_ready, status.updated_number_scheduled
    )


def _workload(workload: wire.Workload, wanted: int, ready: int, updated: int) -> WorkloadRow:
    meta, status = workload.metadata, workload.status
    bad = [c.message for c in status.conditions or () if c.type == "ReplicaFailure" and c.status == "True"]
    bad += [c.message for c in status.conditions or () if c.type == "Progressing" and c.status == "False"]
    return WorkloadRow(
        name=meta.name,
        namespace=meta.namespace,
        uid=meta.uid,
        created=meta.creation_timestamp,
        deleted=meta.deletion_timestamp,
        wanted=wanted,
        ready=ready,
        updated=updated,
        observed=status.observed_generation >= meta.generation,
        message=_said(bad[0]) if bad else "",
    )


def age(created: datetime | None, now: datetime) -> str:
    """Return how long ago something was, in kubectl's spelling: 45s, 3m12s, 25m, 5h7m, 2d3h, 400d."""
    if created is None:
        return "<unknown>"
    seconds = int((now - created).total_seconds())
    if seconds < 0:
        return "0s" if seconds >= -1 else "<invalid>"
    return _duration(seconds)


def _duration(seconds: int) -> str:
    """Spell a duration as ``HumanDuration`` in k8s.io/apimachinery does: two units while they matter."""
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < 120:
        return f"{seconds}s"
    if minutes < 10:
        return f"{minutes}m{seconds % 60}s" if seconds % 60 else f"{minutes}m"
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return f"{hours}h{minutes % 60}m" if minutes % 60 else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    if hours < 192:
        return f"{days}d{hours % 24}h" if hours % 24 else f"{days}d"
    if days < 730:
        return f"{days}d"
    years = days // 365
    if years < 8 and days % 365:
        return f"{years}y{days % 365}d"
    return f"{years}y"
