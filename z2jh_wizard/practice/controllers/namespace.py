"""Namespaces: what every new one gets, and how one goes away with all that is in it."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.practice.cluster import Cluster
from z2jh_wizard.practice.controllers.base import Controller
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import ObjectKey, is_terminating, key_of, set_condition, status_of
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import (
    CONFIG_MAPS,
    EVENTS,
    NAMESPACES,
    PODS,
    SERVICE_ACCOUNTS,
    Resource,
)

ROOT_CA = "kube-root-ca.crt"
_LINGER_SECONDS = 3.0
"""A real namespace controller needs a few seconds between its looks at what is left."""


class NamespaceController(Controller):
    """Gives namespaces their service account and root certificate, and empties those that have to go."""

    name = "namespace-controller"
    watches = (NAMESPACES, SERVICE_ACCOUNTS, CONFIG_MAPS, PODS)

    def __init__(self, cluster: Cluster, certificate: str = "") -> None:
        super().__init__(cluster)
        self._certificate = certificate

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at a changed namespace, and at the one in which something of its own went away."""
        if change.resource.key == NAMESPACES.key:
            return (key_of(change.object),)
        if change.type == "DELETED":
            return (ObjectKey("", change.object["metadata"]["namespace"]),)
        return ()

    def reconcile(self, key: ObjectKey) -> None:
        """Fill or empty one namespace."""
        found = self.store.get(NAMESPACES, "", key.name)
        if found is None:
            self.forget(key)
        elif is_terminating(found):
            self._empty(found)
        else:
            self._fill(found)

    def _fill(self, namespace: Object) -> None:
        name = namespace["metadata"]["name"]
        if self.store.get(SERVICE_ACCOUNTS, name, "default") is None:
            self.store.create(SERVICE_ACCOUNTS, {"metadata": {"name": "default"}}, name)
        if self.store.get(CONFIG_MAPS, name, ROOT_CA) is None:
            annotation = (
                "Contains a CA bundle that can be used to verify the kube-apiserver when using internal "
                "endpoints such as the internal service IP or kubernetes.default.svc. No other usage is "
                "guaranteed across distributions of Kubernetes clusters."
            )
            body = {
                "metadata": {"name": ROOT_CA, "annotations": {"kubernetes.io/description": annotation}},
                "data": {"ca.crt": self._certificate},
            }
            self.store.create(CONFIG_MAPS, body, name)

    def _empty(self, namespace: Object) -> None:
        name = namespace["metadata"]["name"]
        left = self._left(name)
        for resource, obj in left:
            if not is_terminating(obj):
                self.store.delete(resource, obj)
        left = self._left(name)
        if not left and self.passed(key_of(namespace), "linger", _LINGER_SECONDS):
            for event in self.store.list(EVENTS, name):
                self.store.remove(EVENTS, event)
            self.store.remove(NAMESPACES, namespace)
            return
        self._report(namespace, left)

    def _left(self, name: str) -> list[tuple[Resource, Object]]:
        """Return what is still in a namespace, without its events."""
        return [
            (resource, obj)
            for resource in self.store.catalogue
            if resource.namespaced and resource.plural != EVENTS.plural
            for obj in self.store.list(resource, name)
        ]

    def _report(self, namespace: Object, left: list[tuple[Resource, Object]]) -> None:
        status = {**status_of(namespace), "phase": "Terminating"}
        now = self.cluster.now_text()
        counts: dict[str, int] = {}
        for resource, _ in left:
            counts[resource.qualified] = counts.get(resource.qualified, 0) + 1
        listed = ", ".join(f"{kind} has {number} resource instances" for kind, number in counts.items())
        reason = "SomeResourcesRemain" if left else "ContentRemoved"
        text = f"Some resources are remaining: {listed}" if left else "All content successfully removed"
        set_condition(status, "NamespaceContentRemaining", bool(left), now, reason, text)
        self.set_status(NAMESPACES, namespace, status)
        if left:
            self.again(key_of(namespace), _LINGER_SECONDS)
