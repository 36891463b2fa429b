"""What the controllers need to find at once: pods by node, by claim and without a node, and room on nodes."""

from __future__ import annotations

from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import (
    ObjectKey,
    claims_of,
    containers_of,
    is_done,
    key_of,
    node_of,
    uid_of,
)
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.placement import Demand, NodeRoom, demand_of
from z2jh_wizard.practice.resources import NODES, PERSISTENT_VOLUMES, PODS
from z2jh_wizard.practice.store import Store


class Index:
    """Follows the store change by change, so that no controller has to look through all pods."""

    def __init__(self, store: Store) -> None:
        self.rooms: dict[str, NodeRoom] = {}
        self.unscheduled: dict[ObjectKey, Object] = {}
        self.schedulers: dict[ObjectKey, Object] = {}
        self.free_volumes: dict[str, Object] = {}
        self._store = store
        self._on_node: dict[str, dict[ObjectKey, Object]] = {}
        self._by_claim: dict[ObjectKey, dict[ObjectKey, Object]] = {}
        self._demand: dict[str, Demand] = {}
        for node in store.list(NODES):
            self._see_node(node)
        for pod in store.list(PODS):
            self._see_pod(pod)
        for volume in store.list(PERSISTENT_VOLUMES):
            self._see_volume(volume)

    def note(self, change: Change) -> None:
        """Take over one change of the store."""
        if change.resource.key == NODES.key:
            if change.type == "DELETED":
                self.rooms.pop(change.object["metadata"]["name"], None)
            else:
                self._see_node(change.object)
        elif change.resource.key == PODS.key:
            if change.previous is not None:
                self._forget_pod(change.previous, gone=change.type == "DELETED")
            if change.type != "DELETED":
                self._see_pod(change.object)
        elif change.resource.key == PERSISTENT_VOLUMES.key:
            self.free_volumes.pop(change.object["metadata"]["name"], None)
            if change.type != "DELETED":
                self._see_volume(change.object)

    def pods_on(self, node: str) -> list[Object]:
        """Return the pods that are assigned to a node, the done ones included."""
        return list(self._on_node.get(node, {}).values())

    def nodes_with_pods(self) -> list[str]:
        """Return the names of nodes, present or not, that pods are assigned to."""
        return [name for name, pods in self._on_node.items() if pods]

    def pods_using(self, claim: ObjectKey) -> list[Object]:
        """Return the pods that mount a volume claim, the done ones included."""
        return list(self._by_claim.get(claim, {}).values())

    def owned_pods(self, owner: Object) -> list[Object]:
        """Return the pods that an object controls."""
        return self.owned(owner, "Pod")

    def owned(self, owner: Object, kind: str) -> list[Object]:
        """Return the objects of one kind that an object controls."""
        uid = uid_of(owner)
        return [
            obj
            for _, obj in self._store.dependents(uid)
            if obj["kind"] == kind
            and any(ref["uid"] == uid and ref.get("controller") for ref in obj["metadata"]["ownerReferences"])
        ]

    def demand(self, pod: Object) -> Demand:
        """Return what a pod asks for, worked out once for each pod."""
        uid = uid_of(pod)
        found = self._demand.get(uid)
        if found is None:
            found = self._demand[uid] = demand_of(pod)
        return found

    def _see_volume(self, volume: Object) -> None:
        """Remember a volume that no claim has yet, or that is only reserved by name."""
        if not (volume["spec"].get("claimRef") or {}).get("uid"):
            self.free_volumes[volume["metadata"]["name"]] = volume

    def _see_node(self, node: Object) -> None:
        name = node["metadata"]["name"]
        room = self.rooms.get(name)
        if room is not None:
            room.refresh(node)
            return
        room = self.rooms[name] = NodeRoom(node)
        for pod in self.pods_on(name):
            if not is_done(pod):
                room.add(pod, self.demand(pod), disks_of(pod))

    def _see_pod(self, pod: Object) -> None:
        key, node = key_of(pod), node_of(pod)
        if node:
            self._on_node.setdefault(node, {})[key] = pod
            self._count_in(node, pod)
        elif not is_done(pod):
            self.unscheduled[key] = pod
        for claim in claims_of(pod):
            self._by_claim.setdefault(ObjectKey(key.namespace, claim), {})[key] = pod
        if any("kube-scheduler" in container.get("image", "") for container in containers_of(pod)):
            self.schedulers[key] = pod

    def _forget_pod(self, pod: Object, *, gone: bool) -> None:
        key, node = key_of(pod), node_of(pod)
        self.unscheduled.pop(key, None)
        self.schedulers.pop(key, None)
        if node in self._on_node:
            self._on_node[node].pop(key, None)
            if not self._on_node[node]:
                del self._on_node[node]
        for claim in claims_of(pod):
            users = self._by_claim.get(ObjectKey(key.namespace, claim), {})
            users.pop(key, None)
            if not users:
                self._by_claim.pop(ObjectKey(key.namespace, claim), None)
        if gone:
            self._demand.pop(uid_of(pod), None)
            if node in self.rooms:
                self.rooms[node].remove(uid_of(pod))

    def _count_in(self, node: str, pod: Object) -> None:
        """Count what a pod takes of its node; a finished one takes nothing any more."""
        room = self.rooms.get(node)
        if room is None:
            return
        if is_done(pod):
            room.remove(uid_of(pod))
        elif uid_of(pod) not in room.pods:
            room.add(pod, self.demand(pod), disks_of(pod))


def disks_of(pod: Object) -> tuple[str, ...]:
    """Return the disks that a pod needs attached, by their claims."""
    namespace = pod["metadata"].get("namespace", "")
    return tuple(f"{namespace}/{claim}" for claim in claims_of(pod))
