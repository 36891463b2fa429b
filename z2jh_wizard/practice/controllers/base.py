"""What a controller is, and what most controllers need."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import ClassVar

from z2jh_wizard.practice.cluster import Cluster, Task
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import ObjectKey, controller_of, is_terminating, key_of, owner_reference
from z2jh_wizard.practice.objects import Object, copy_json, same_json
from z2jh_wizard.practice.resources import PODS, Resource
from z2jh_wizard.practice.status import ApiError

RETRY_SECONDS = 2.0
"""How long a controller waits before it tries again what the API refused."""


class Controller(ABC):
    """Brings one kind of object nearer to what its spec asks for, one look at a time.

    A look is level-triggered: it sees the objects as they are now, changes what is wrong, and ends. It is
    repeated when something it watches changes, and when a delay that it asked for is over.
    """

    name: ClassVar[str]
    watches: ClassVar[tuple[Resource, ...]]

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.store = cluster.store

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Return what to look at after a change; by default the changed object itself."""
        return (key_of(change.object),)

    @abstractmethod
    def reconcile(self, key: ObjectKey) -> None:
        """Look at one object, and do what is next."""

    def passed(self, key: ObjectKey, what: str, seconds: float) -> bool:
        """Say whether ``seconds`` are over since this object first waited for ``what``."""
        return self.cluster.delays.passed(Task(self.name, key), what, seconds)

    def limit_passed(self, key: ObjectKey, what: str, seconds: float) -> bool:
        """Say whether a time limit of this object is over."""
        return self.cluster.delays.limit_passed(Task(self.name, key), what, seconds)

    def again(self, key: ObjectKey, seconds: float, what: str = "again") -> None:
        """Look at this object again in ``seconds`` of cluster time."""
        self.cluster.delays.wake(Task(self.name, key), what, self.cluster.clock.scaled(seconds))

    def again_in_real(self, key: ObjectKey, seconds: float, what: str) -> None:
        """Look at this object again in real ``seconds``, for what is measured by time stamps."""
        self.cluster.delays.wake(Task(self.name, key), what, seconds)

    def has_begun(self, key: ObjectKey, what: str) -> bool:
        """Say whether this object waits, or has waited, for ``what``: then it was reported already."""
        return self.is_waiting(key, what) or self.is_over(key, what)

    def is_over(self, key: ObjectKey, what: str) -> bool:
        """Say whether something that was timed for this object is over."""
        return self.cluster.delays.is_over(Task(self.name, key), what)

    def is_waiting(self, key: ObjectKey, what: str) -> bool:
        """Say whether something is being timed for this object."""
        return self.cluster.delays.is_running(Task(self.name, key), what)

    def reset(self, key: ObjectKey, what: str) -> None:
        """Let a delay of this object start anew."""
        self.cluster.delays.reset(Task(self.name, key), what)

    def forget(self, key: ObjectKey) -> None:
        """Forget all delays of an object that is gone."""
        self.cluster.delays.forget(Task(self.name, key))

    def look_at(self, key: ObjectKey) -> None:
        """Have this controller look at an object soon."""
        self.cluster.wake(Task(self.name, key))

    def event(self, obj: Object, reason: str, message: str, *, warning: bool = False) -> None:
        """Record an event in the name of this controller."""
        self.cluster.event(obj, reason, message, warning=warning, component=self.name)

    def set_status(self, resource: Resource, obj: Object, status: Object) -> Object:
        """Store a status if it differs, and return the object as it is then."""
        if same_json(obj.get("status") or {}, status):
            return obj
        # Only the status is new: the rest is shared with the old version, which nobody changes.
        live = self.store.live(resource, obj)
        return self.store.replace(resource, live, {**live, "status": status})


def controlled_by(change: Change, kind: str) -> Iterable[ObjectKey]:
    """Return the keys of the controllers, of one kind, of the object that changed."""
    owner = controller_of(change.object)
    if owner is not None and owner["kind"] == kind:
        yield ObjectKey(change.object["metadata"].get("namespace", ""), owner["name"])


def pod_from(owner: Object, template: Object, name: str, labels: dict[str, str]) -> Object:
    """Return a pod made from a workload's template."""
    meta = copy_json(template.get("metadata") or {})
    meta.pop("creationTimestamp", None)
    meta["name"] = name
    meta["labels"] = {**(meta.get("labels") or {}), **labels}
    meta["ownerReferences"] = [owner_reference(owner)]
    return {"metadata": meta, "spec": copy_json(template["spec"])}


def delete_quietly(cluster: Cluster, pod: Object) -> bool:
    """Delete a pod unless it is going already; say whether it was this call that asked."""
    if is_terminating(pod):
        return False
    try:
        cluster.store.delete(PODS, pod)
    except ApiError:
        return False
    return True


Mutation = Callable[[Object], None]


def setting(path: tuple[str, ...], value: object) -> Mutation:
    """Return a mutation that sets one nested field."""

    def mutate(obj: Object) -> None:
        target = obj
        for part in path[:-1]:
            target = target.setdefault(part, {})
        target[path[-1]] = value

    return mutate
