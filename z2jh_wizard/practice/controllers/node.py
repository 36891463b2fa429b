"""The life of nodes: starting, ready, lost, and what that means for the pods on them."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.practice.clock import rfc3339_micro
from z2jh_wizard.practice.controllers.base import Controller, delete_quietly
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import (
    ObjectKey,
    is_done,
    is_ready,
    is_terminating,
    is_true,
    key_of,
    set_condition,
    status_of,
    uid_of,
)
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.placement import tolerates
from z2jh_wizard.practice.resources import LEASES, NODES, PODS

BOOT_SECONDS = 6.0
HEARTBEAT_SECONDS = 300.0
"""A kubelet writes its status every five minutes when nothing changes."""

_FIRST_POD_NETWORK = 244
_LEASE_NAMESPACE = "kube-node-lease"
_NOT_READY = "node.kubernetes.io/not-ready"
_UNREACHABLE = "node.kubernetes.io/unreachable"
_UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
_OURS = (_NOT_READY, _UNREACHABLE, _UNSCHEDULABLE)

_HEALTHY = (
    ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
)
_STARTING = (
    "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady "
    "message:Network plugin returns error: cni plugin not initialized"
)
_LOST = "Kubelet stopped posting node status."


class NodeController(Controller):
    """Plays the kubelet's reports about a node, and the node controller that acts on them."""

    name = "node-controller"
    watches = (NODES, PODS)

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at a changed node, and at the node of a pod that has just been assigned."""
        if change.resource.key == NODES.key:
            return (key_of(change.object),)
        node = change.object["spec"].get("nodeName")
        assigned = node and (change.previous is None or not change.previous["spec"].get("nodeName"))
        return (ObjectKey("", node),) if assigned and change.type != "DELETED" else ()

    def reconcile(self, key: ObjectKey) -> None:
        """Report one node's health, set its taints, and evict pods that do not tolerate them."""
        node = self.store.get(NODES, "", key.name)
        if node is None:
            self._clean_up(key)
            return
        was_ready = is_true(node, "Ready")
        lost = self.cluster.faults.lost_node == key.name
        up = was_ready or self.passed(key, "boot", BOOT_SECONDS)
        node = self._report(node, up=up, lost=lost)
        if up and not was_ready and not lost:
            self.cluster.event(
                node, "NodeReady", f"Node {key.name} status is now: NodeReady", component="kubelet"
            )
        if lost and was_ready:
            self.event(node, "NodeNotReady", f"Node {key.name} status is now: NodeNotReady")
        self._heartbeat(key)
        self._mark_pods(node, lost=lost)
        self._evict(key, node)

    def _report(self, node: Object, *, up: bool, lost: bool) -> Object:
        now = self.cluster.now_text()
        status = dict(status_of(node))
        first = not status.get("addresses")
        for kind, reason, message in _HEALTHY:
            known = next((c for c in status.get("conditions") or [] if c["type"] == kind), None)
            beat = known["lastHeartbeatTime"] if known else now
            if lost:
                set_condition(
                    status, kind, "Unknown", now, "NodeStatusUnknown", _LOST, lastHeartbeatTime=beat
                )
            else:
                set_condition(status, kind, False, now, reason, message, lastHeartbeatTime=beat)
        known = next((c for c in status["conditions"] if c["type"] == "Ready"), None)
        beat = known["lastHeartbeatTime"] if known else now
        if lost:
            value, reason, message = "Unknown", "NodeStatusUnknown", _LOST
        elif up:
            value, reason, message = "True", "KubeletReady", "kubelet is posting ready status"
        else:
            value, reason, message = "False", "KubeletNotReady", _STARTING
        set_condition(status, "Ready", value, now, reason, message, lastHeartbeatTime=beat)
        number = self._number(node)
        status["addresses"] = [
            {"type": "InternalIP", "address": address_of(number)},
            {"type": "Hostname", "address": node["metadata"]["name"]},
        ]
        taints = self._taints(node, up=up, lost=lost)

        def write(obj: Object) -> None:
            obj["status"] = status
            obj["spec"].setdefault("podCIDR", network_of(number))
            obj["spec"].setdefault("podCIDRs", [obj["spec"]["podCIDR"]])
            obj["spec"]["taints"] = taints
            if not taints:
                del obj["spec"]["taints"]

        node = self.store.change(NODES, node, write)
        if first:
            name = node["metadata"]["name"]
            self.cluster.event(node, "Starting", "Starting kubelet.", component="kubelet")
            text = f"Node {name} event: Registered Node {name} in Controller"
            self.event(node, "RegisteredNode", text)
        return node

    def _number(self, node: Object) -> int:
        """Return the number that a node's network was made from; a new node gets the smallest free one."""
        given = node["spec"].get("podCIDR")
        if given:
            return number_of(given)
        networks = (other["spec"].get("podCIDR") for other in self.store.list(NODES))
        taken = {number_of(network) for network in networks if network}
        return next(number for number in range(len(taken) + 1) if number not in taken)

    def _taints(self, node: Object, *, up: bool, lost: bool) -> list[Object]:
        now = self.cluster.now_text()
        old = node["spec"].get("taints") or []
        since = {(t["key"], t["effect"]): t.get("timeAdded", now) for t in old}
        taints = [t for t in old if t["key"] not in _OURS]
        if lost:
            wanted = [(_UNREACHABLE, "NoSchedule"), (_UNREACHABLE, "NoExecute")]
        elif not up:
            wanted = [(_NOT_READY, "NoSchedule")]
        else:
            wanted = []
        if node["spec"].get("unschedulable"):
            wanted.append((_UNSCHEDULABLE, "NoSchedule"))
        return taints + [
            {"key": key, "effect": effect, "timeAdded": since.get((key, effect), now)}
            for key, effect in wanted
        ]

    def _heartbeat(self, key: ObjectKey) -> None:
        """Renew the lease now and then; a lost node does not."""
        if self.cluster.faults.lost_node == key.name:
            return
        lease = self.store.get(LEASES, _LEASE_NAMESPACE, key.name)
        now = rfc3339_micro(self.cluster.now())
        if lease is None:
            spec = {"holderIdentity": key.name, "leaseDurationSeconds": 40, "renewTime": now}
            self.store.create(LEASES, {"metadata": {"name": key.name}, "spec": spec}, _LEASE_NAMESPACE)
        elif self.is_over(key, "heartbeat"):
            self.store.change(LEASES, lease, lambda obj: obj["spec"].update(renewTime=now))
            self._refresh_conditions(key)
        elif self.is_waiting(key, "heartbeat"):
            return
        self.again_in_real(key, HEARTBEAT_SECONDS, "heartbeat")

    def _refresh_conditions(self, key: ObjectKey) -> None:
        node = self.store.get(NODES, "", key.name)
        now = self.cluster.now_text()

        def beat(obj: Object) -> None:
            for condition in obj["status"]["conditions"]:
                condition["lastHeartbeatTime"] = now

        if node is not None:
            self.store.change(NODES, node, beat)

    def _mark_pods(self, node: Object, *, lost: bool) -> None:
        """Say that the pods of a lost node are not ready; the kubelet says otherwise when it is back."""
        if not lost:
            return
        now = self.cluster.now_text()

        def unready(pod: Object) -> None:
            status = dict(status_of(pod))
            set_condition(status, "Ready", False, now, "NodeNotReady")
            pod["status"] = status

        for pod in self.cluster.index.pods_on(node["metadata"]["name"]):
            if is_ready(pod):
                self.store.change(PODS, pod, unready)
                self.event(pod, "NodeNotReady", "Node is not ready", warning=True)

    def _evict(self, key: ObjectKey, node: Object) -> None:
        """Delete pods that do not tolerate a NoExecute taint, or no longer."""
        taints = [t for t in node["spec"].get("taints") or [] if t["effect"] == "NoExecute"]
        for pod in self.cluster.index.pods_on(key.name):
            if is_terminating(pod) or is_done(pod):
                continue
            what = f"evict {uid_of(pod)}"
            seconds = _tolerated_seconds(pod, taints)
            if seconds is None:
                self.reset(key, what)
            elif self.limit_passed(key, what, seconds) and delete_quietly(self.cluster, pod):
                self.cluster.event(
                    pod,
                    "TaintManagerEviction",
                    f"Marking for deletion Pod {key_of(pod)}",
                    component="taint-eviction-controller",
                )

    def _clean_up(self, key: ObjectKey) -> None:
        """Remove what a deleted node leaves behind: its pods and its lease."""
        self.forget(key)
        for pod in self.cluster.index.pods_on(key.name):
            self.store.remove(PODS, pod)
        lease = self.store.get(LEASES, _LEASE_NAMESPACE, key.name)
        if lease is not None:
            self.store.remove(LEASES, lease)


def _tolerated_seconds(pod: Object, taints: list[Object]) -> float | None:
    """Return how long a pod may stay in spite of some taints; None means for ever."""
    tolerations = pod["spec"].get("tolerations") or []
    limits: list[float] = []
    for taint in taints:
        covering = [t for t in tolerations if tolerates(taint, [t])]
        if not covering:
            return 0.0
        seconds = [t["tolerationSeconds"] for t in covering if t.get("tolerationSeconds") is not None]
        if seconds:
            limits.append(float(min(seconds)))
    return min(limits, default=None)


def network_of(number: int) -> str:
    """Return the network of the pods of the node with a number."""
    return f"10.{_FIRST_POD_NETWORK + number // 256}.{number % 256}.0/24"


def number_of(network: str) -> int:
    """Return the number of the node that has a pod network."""
    _, second, third, _ = network.split(".")
    return (int(second) - _FIRST_POD_NETWORK) * 256 + int(third)


def address_of(number: int) -> str:
    """Return the address of the node with a number; the first ten belong to the network itself."""
    return f"10.128.{(number + 10) // 256}.{(number + 10) % 256}"
