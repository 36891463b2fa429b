"""ReplicaSets: as many pods as asked for."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.practice.controllers.base import controlled_by, pod_from, setting
from z2jh_wizard.practice.controllers.workload import Workload, first_to_go, tally
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import (
    ObjectKey,
    drop_condition,
    is_active,
    is_terminating,
    key_of,
    labels_of,
    owners_of,
    put,
    set_condition,
    status_of,
    uid_of,
)
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import PODS, REPLICA_SETS
from z2jh_wizard.practice.selectors import match_label_selector
from z2jh_wizard.practice.status import ApiError


class ReplicaSetController(Workload):
    """Makes and deletes pods until their number is right."""

    name = "replicaset-controller"
    watches = (REPLICA_SETS, PODS)

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at a changed ReplicaSet, or at the one that controls a changed pod."""
        if change.resource.key == REPLICA_SETS.key:
            return (key_of(change.object),)
        return controlled_by(change, "ReplicaSet")

    def reconcile(self, key: ObjectKey) -> None:
        """Bring the number of pods nearer to the spec, and report it."""
        found = self.store.get(REPLICA_SETS, *key)
        if found is None:
            self.forget(key)
            return
        refused = None if is_terminating(found) else self._scale(found)
        self._report(found, refused)

    def _scale(self, owner: Object) -> ApiError | None:
        wanted = int(owner["spec"].get("replicas", 1))
        self._release(owner)
        active = [pod for pod in self.cluster.index.owned_pods(owner) if is_active(pod)]
        for _ in range(wanted - len(active)):
            namespace, name = key_of(owner)
            pod_name = self.cluster.free_name(PODS, namespace, f"{name}-")
            refused = self.create_pod(owner, pod_from(owner, owner["spec"]["template"], pod_name, {}))
            if refused is not None:
                return refused
        for pod in first_to_go(active)[: max(0, len(active) - wanted)]:
            self.delete_pod(owner, pod)
        return None

    def _release(self, owner: Object) -> None:
        """Let go of pods whose labels were changed so that the selector misses them; they live on."""
        for pod in self.cluster.index.owned_pods(owner):
            if not match_label_selector(owner["spec"]["selector"], labels_of(pod)):
                others = [ref for ref in owners_of(pod) if ref["uid"] != uid_of(owner)]
                self.store.change(PODS, pod, setting(("metadata", "ownerReferences"), others))

    def _report(self, owner: Object, refused: ApiError | None) -> None:
        pods = self.cluster.index.owned_pods(owner)
        count = tally(pods, owner["spec"].get("minReadySeconds") or 0, self.cluster.now())
        status = dict(status_of(owner))
        status["replicas"] = count.total
        status["observedGeneration"] = owner["metadata"]["generation"]
        put(
            status,
            fullyLabeledReplicas=count.total,
            readyReplicas=count.ready,
            availableReplicas=count.available,
            terminatingReplicas=sum(is_terminating(pod) for pod in pods),
        )
        if refused is not None:
            set_condition(
                status, "ReplicaFailure", True, self.cluster.now_text(), "FailedCreate", str(refused)
            )
        elif count.total >= int(owner["spec"].get("replicas", 1)):
            drop_condition(status, "ReplicaFailure")
        if not status.get("conditions"):
            status.pop("conditions", None)
        self.set_status(REPLICA_SETS, owner, status)
        self.look_when_available(key_of(owner), count)
