"""How objects are served under another name than the one they are stored under.

``events.k8s.io`` shows the core events with its own field names, and the versions of a custom kind share
their objects (a custom resource definition's conversion strategy None).
"""

from __future__ import annotations

from dataclasses import dataclass

from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import EVENTS, NEW_EVENTS, Resource

_NEW_TO_CORE = {
    "note": "message",
    "regarding": "involvedObject",
    "deprecatedSource": "source",
    "deprecatedFirstTimestamp": "firstTimestamp",
    "deprecatedLastTimestamp": "lastTimestamp",
    "deprecatedCount": "count",
    "reportingController": "reportingComponent",
}
_CORE_TO_NEW = {core: new for new, core in _NEW_TO_CORE.items()}


@dataclass(frozen=True)
class View:
    """A resource as it is served, and the resource that its objects are stored under."""

    served: Resource
    stored: Resource

    def shown(self, obj: Object) -> Object:
        """Return a stored object as clients of this view see it; the object itself when nothing differs."""
        if obj["apiVersion"] == self.served.group_version:
            return obj
        names = _CORE_TO_NEW if self.served == NEW_EVENTS else {}
        return _renamed(obj, self.served, names)

    def taken(self, obj: Object) -> Object:
        """Return an object that a client sent as it is stored."""
        if self.served == self.stored:
            return obj
        names = _NEW_TO_CORE if self.served == NEW_EVENTS else {}
        return _renamed(obj, self.stored, names)


def view_of(resource: Resource, stored: Resource | None) -> View:
    """Return the view of a served resource; ``stored`` is the version that its objects are kept in."""
    if resource == NEW_EVENTS:
        return View(resource, EVENTS)
    return View(resource, stored or resource)


def _renamed(obj: Object, resource: Resource, names: dict[str, str]) -> Object:
    renamed = {names.get(field, field): value for field, value in obj.items()}
    return {**renamed, "apiVersion": resource.group_version, "kind": resource.kind}
