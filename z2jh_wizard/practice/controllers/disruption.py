"""Disruption budgets: how many pods may be taken away, and taking one away by eviction."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.practice.cluster import Cluster
from z2jh_wizard.practice.controllers.base import Controller
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import (
    ObjectKey,
    controller_of,
    is_done,
    is_ready,
    is_terminating,
    key_of,
    labels_of,
    set_condition,
    share,
    status_of,
)
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import (
    DEPLOYMENTS,
    POD_DISRUPTION_BUDGETS,
    PODS,
    REPLICA_SETS,
    STATEFUL_SETS,
)
from z2jh_wizard.practice.selectors import match_label_selector
from z2jh_wizard.practice.status import Cause, too_many_requests


class DisruptionController(Controller):
    """Counts healthy pods for each budget."""

    name = "disruption-controller"
    watches = (POD_DISRUPTION_BUDGETS, PODS)

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at a changed budget, or at the budgets that cover a changed pod."""
        if change.resource.key == POD_DISRUPTION_BUDGETS.key:
            return (key_of(change.object),)
        return [key_of(budget) for budget in budgets_of(self.cluster, change.object)]

    def reconcile(self, key: ObjectKey) -> None:
        """Count the pods of one budget."""
        budget = self.store.get(POD_DISRUPTION_BUDGETS, *key)
        if budget is None:
            self.forget(key)
            return
        selector = budget["spec"].get("selector")
        pods = [
            pod
            for pod in self.store.list(
                PODS, key.namespace, lambda labels: match_label_selector(selector, labels)
            )
            if not is_done(pod)
        ]
        expected = self._expected(pods, budget)
        desired = _desired(budget, expected)
        healthy = sum(is_ready(pod) and not is_terminating(pod) for pod in pods)
        allowed = max(0, healthy - desired) if expected else 0
        status = dict(status_of(budget))
        status.update(
            currentHealthy=healthy,
            desiredHealthy=desired,
            disruptionsAllowed=allowed,
            expectedPods=expected,
            observedGeneration=budget["metadata"]["generation"],
        )
        reason = "SufficientPods" if allowed else "InsufficientPods"
        extra = {"observedGeneration": budget["metadata"]["generation"]}
        set_condition(status, "DisruptionAllowed", bool(allowed), self.cluster.now_text(), reason, **extra)
        self.set_status(POD_DISRUPTION_BUDGETS, budget, status)

    def _expected(self, pods: list[Object], budget: Object) -> int:
        """Return how many pods there should be: for a plain minAvailable those that are, else the scales."""
        if isinstance(budget["spec"].get("minAvailable"), int):
            return len(pods)
        scales: dict[str, int] = {}
        for pod in pods:
            owner = controller_of(pod)
            if owner is not None:
                scales[owner["uid"]] = self._scale(pod["metadata"]["namespace"], owner)
        return sum(scales.values())

    def _scale(self, namespace: str, owner: Object) -> int:
        kinds = {"ReplicaSet": REPLICA_SETS, "StatefulSet": STATEFUL_SETS, "Deployment": DEPLOYMENTS}
        found = (
            self.store.get(kinds[owner["kind"]], namespace, owner["name"]) if owner["kind"] in kinds else None
        )
        return int(found["spec"].get("replicas", 1)) if found else 0


def _desired(budget: Object, expected: int) -> int:
    least, most_gone = budget["spec"].get("minAvailable"), budget["spec"].get("maxUnavailable")
    if most_gone is not None:
        return max(0, expected - share(most_gone, expected, up=True))
    return share(least if least is not None else 1, expected, up=True)


def budgets_of(cluster: Cluster, pod: Object) -> list[Object]:
    """Return the budgets that cover a pod."""
    namespace = pod["metadata"].get("namespace", "")
    return [
        budget
        for budget in cluster.store.list(POD_DISRUPTION_BUDGETS, namespace)
        if match_label_selector(budget["spec"].get("selector"), labels_of(pod))
    ]


def evict(cluster: Cluster, pod: Object, grace_seconds: int | None = None) -> None:
    """Delete a pod if its disruption budgets allow it; ApiError 429 if not now."""
    for budget in [] if is_done(pod) or not is_ready(pod) else budgets_of(cluster, pod):
        status = status_of(budget)
        if status.get("disruptionsAllowed", 0) > 0:
            continue
        name = budget["metadata"]["name"]
        why = (
            f"The disruption budget {name} needs {status.get('desiredHealthy', 0)} healthy pods and has "
            f"{status.get('currentHealthy', 0)} currently"
        )
        raise too_many_requests(
            "Cannot evict pod as it would violate the pod's disruption budget.",
            causes=[Cause("DisruptionBudget", "", why)],
        )
    for budget in budgets_of(cluster, pod):
        if is_ready(pod):
            cluster.store.change(POD_DISRUPTION_BUDGETS, budget, _one_less)
    now = cluster.now_text()

    def mark(obj: Object) -> None:
        status = dict(status_of(obj))
        text = "Eviction API: evicting"
        set_condition(status, "DisruptionTarget", True, now, "EvictionByEvictionAPI", text)
        obj["status"] = status

    if not is_terminating(pod):
        marked = cluster.store.change(PODS, pod, mark)
        cluster.store.delete(PODS, marked, grace_seconds=grace_seconds)


def _one_less(budget: Object) -> None:
    status = budget["status"]
    status["disruptionsAllowed"] = max(0, status.get("disruptionsAllowed", 0) - 1)
    status["currentHealthy"] = max(0, status.get("currentHealthy", 0) - 1)
