"""What all controllers of pods share: making and deleting them, counting them, and refusals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from z2jh_wizard.practice.admission import admit
from z2jh_wizard.practice.cluster import Cluster
from z2jh_wizard.practice.controllers.base import RETRY_SECONDS, Controller, delete_quietly
from z2jh_wizard.practice.meta import (
    ObjectKey,
    available_in,
    is_active,
    is_ready,
    key_of,
    node_of,
    status_of,
)
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import PODS
from z2jh_wizard.practice.status import ApiError


@dataclass(frozen=True)
class Tally:
    """How many of some pods are there, ready and available; ``next_available`` is in seconds."""

    total: int = 0
    ready: int = 0
    available: int = 0
    next_available: float | None = None


def tally(pods: Iterable[Object], min_ready_seconds: int, now: datetime) -> Tally:
    """Count pods; those that are done or going away do not count."""
    total = ready = available = 0
    waits: list[float] = []
    for pod in pods:
        if not is_active(pod):
            continue
        total += 1
        if not is_ready(pod):
            continue
        ready += 1
        wait = available_in(pod, min_ready_seconds, now) if min_ready_seconds else 0.0
        if wait:
            waits.append(wait)
        else:
            available += 1
    return Tally(total, ready, available, min(waits, default=None))


def first_to_go(pods: Iterable[Object]) -> list[Object]:
    """Sort pods by who is deleted first: unassigned, pending, unready, then the newest."""
    newest_first = sorted(
        pods, key=lambda p: (p["metadata"]["creationTimestamp"], p["metadata"]["name"]), reverse=True
    )
    return sorted(newest_first, key=_worth)


def _worth(pod: Object) -> tuple[bool, int, bool, int]:
    phases = {"Pending": 0, "Unknown": 1, "Running": 2}
    cost = (pod["metadata"].get("annotations") or {}).get("controller.kubernetes.io/pod-deletion-cost", "0")
    return (
        bool(node_of(pod)),
        phases.get(status_of(pod).get("phase", "Pending"), 0),
        is_ready(pod),
        int(cost) if cost.lstrip("-").isdecimal() else 0,
    )


class Workload(Controller):
    """A controller whose objects have pods."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self._refusals: dict[ObjectKey, ApiError] = {}

    def create_pod(self, owner: Object, pod: Object) -> ApiError | None:
        """Make a pod of a workload and say so; returns why it was refused, to be tried again later."""
        namespace, key = owner["metadata"]["namespace"], key_of(owner)
        if key in self._refusals and self.is_waiting(key, "retry"):
            return self._refusals[key]
        self._refusals.pop(key, None)
        try:
            admit(self.store, PODS, pod, namespace)
            self.store.create(PODS, pod, namespace)
        except ApiError as error:
            self.event(owner, "FailedCreate", self.refusal(pod, error), warning=True)
            self._refusals[key] = error
            self.again(key, RETRY_SECONDS, "retry")
            return error
        self.event(owner, "SuccessfulCreate", self.created(pod))
        return None

    def forget(self, key: ObjectKey) -> None:
        """Forget delays and the last refusal of an object that is gone."""
        super().forget(key)
        self._refusals.pop(key, None)

    def delete_pod(self, owner: Object, pod: Object) -> None:
        """Delete a pod of a workload and say so."""
        if delete_quietly(self.cluster, pod):
            self.event(owner, "SuccessfulDelete", self.deleted(pod))

    def created(self, pod: Object) -> str:
        """Return this controller's words for a pod that it made."""
        return f"Created pod: {pod['metadata']['name']}"

    def deleted(self, pod: Object) -> str:
        """Return this controller's words for a pod that it deleted."""
        return f"Deleted pod: {pod['metadata']['name']}"

    def refusal(self, pod: Object, error: ApiError) -> str:
        """Return this controller's words for a pod that the API refused."""
        del pod
        return f"Error creating: {error}"

    def look_when_available(self, key: ObjectKey, count: Tally) -> None:
        """Look again when the next ready pod counts as available."""
        if count.next_available is not None:
            self.again_in_real(key, count.next_available, "available")
