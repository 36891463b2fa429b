"""What faults do to the objects of the cluster, and how that is undone."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.practice import faults
from z2jh_wizard.practice.cluster import Cluster
from z2jh_wizard.practice.controllers.base import Controller, setting
from z2jh_wizard.practice.controllers.claims import DEFAULT_CLASS
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import ObjectKey, annotations_of, is_done, is_terminating, key_of
from z2jh_wizard.practice.nodes import POOL_LABEL
from z2jh_wizard.practice.resources import NAMESPACES, NODES, PODS, RESOURCE_QUOTAS, STORAGE_CLASSES
from z2jh_wizard.practice.status import ApiError
from z2jh_wizard.practice.students import Students

QUOTA_NAME = "practice-quota"
_SYSTEM = ("default", "kube-system", "kube-public", "kube-node-lease")


class FaultEffects(Controller):
    """Turns faults on and off; the quota also hits namespaces that are made while it is on."""

    name = "practice-faults"
    watches = (NAMESPACES,)

    def __init__(self, cluster: Cluster, students: Students) -> None:
        super().__init__(cluster)
        self._students = students

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at new namespaces."""
        return (key_of(change.object),) if change.type != "DELETED" else ()

    def reconcile(self, key: ObjectKey) -> None:
        """Set a quota in a namespace while that fault is on, unless another one is the hub's."""
        if not self.cluster.faults.active(faults.QUOTA_EXCEEDED) or key.name in _SYSTEM:
            return
        hub = self._students.hub().namespace
        if not hub or hub == key.name:
            self._set_quota(key.name)

    def turn_on(self, name: str) -> None:
        """Turn a fault on; UnknownFault for a wrong name, ApiError 409 when it has nothing to hit."""
        target = ""
        if name == faults.NODE_LOST:
            target = self._busiest_user_node()
        elif name == faults.NO_DEFAULT_STORAGE_CLASS:
            target = ",".join(self._unmark_default()) or self._known_target(name)
        self.cluster.faults.turn_on(name, target)

    def clear(self) -> list[str]:
        """Turn all faults off and undo what they did."""
        for name in self._known_target(faults.NO_DEFAULT_STORAGE_CLASS).split(","):
            found = self.store.get(STORAGE_CLASSES, "", name)
            if found is not None:
                self.store.change(
                    STORAGE_CLASSES, found, setting(("metadata", "annotations", DEFAULT_CLASS), "true")
                )
        for quota in self.store.list(RESOURCE_QUOTAS):
            if quota["metadata"]["name"] == QUOTA_NAME:
                self.store.delete(RESOURCE_QUOTAS, quota)
        return self.cluster.faults.clear()

    def _known_target(self, name: str) -> str:
        return self.cluster.faults.target(name)

    def _busiest_user_node(self) -> str:
        known = self._known_target(faults.NODE_LOST)
        if known:
            return known
        names: list[str] = [
            node["metadata"]["name"]
            for node in self.store.list(NODES, labels={POOL_LABEL: "user"})
            if not is_terminating(node)
        ]
        if not names:
            raise ApiError(409, "Conflict", "There is no node for users that could be lost. Add one first.")
        return max(names, key=lambda name: len(self.cluster.index.pods_on(name)))

    def _unmark_default(self) -> list[str]:
        names = []
        for found in self.store.list(STORAGE_CLASSES):
            if annotations_of(found).get(DEFAULT_CLASS) == "true":
                self.store.change(
                    STORAGE_CLASSES, found, setting(("metadata", "annotations", DEFAULT_CLASS), "false")
                )
                names.append(found["metadata"]["name"])
        return names

    def _set_quota(self, namespace: str) -> None:
        if self.store.get(RESOURCE_QUOTAS, namespace, QUOTA_NAME) is not None:
            return
        pods = sum(not is_done(pod) for pod in self.store.list(PODS, namespace))
        body = {"metadata": {"name": QUOTA_NAME}, "spec": {"hard": {"pods": str(pods)}}}
        self.store.create(RESOURCE_QUOTAS, body, namespace)
