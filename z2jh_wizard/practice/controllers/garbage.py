"""The garbage collector: what belongs to an owner goes when the owner does."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.practice.controllers.base import Controller
from z2jh_wizard.practice.deletion import FOREGROUND
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import ObjectKey, is_terminating, owners_of, uid_of
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import RESOURCES, Resource

_NO_OWNER_SECONDS = 0.2


class GarbageCollector(Controller):
    """Deletes dependents of owners that are gone, and lets go of owners that waited for their dependents.

    Its keys hold uids: an owner reference names a uid, and names can be taken again.
    """

    name = "garbage-collector-controller"
    watches = RESOURCES

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at owners that go, at dependents that came or lost their owner."""
        obj = change.object
        if change.type == "DELETED":
            yield _by_uid(uid_of(obj))
            for owner in owners_of(obj):
                yield _by_uid(owner["uid"])
        elif FOREGROUND in (obj["metadata"].get("finalizers") or ()) or owners_of(obj):
            yield _by_uid(uid_of(obj))

    def reconcile(self, key: ObjectKey) -> None:
        """Look at one object as an owner and as a dependent."""
        found = self.store.by_uid(key.name)
        if found is None:
            for resource, dependent in self.store.dependents(key.name):
                self._collect(resource, dependent)
            self.forget(key)
            return
        resource, obj = found
        if is_terminating(obj) and FOREGROUND in (obj["metadata"].get("finalizers") or ()):
            self._foreground(resource, obj)
            return
        orphan = bool(owners_of(obj)) and not self._owned(obj)
        if orphan and self.passed(key, "no owner", _NO_OWNER_SECONDS):
            self._collect(resource, obj)

    def _owned(self, obj: Object) -> bool:
        return any(self.store.by_uid(ref["uid"]) is not None for ref in owners_of(obj))

    def _collect(self, resource: Resource, obj: Object) -> None:
        """Delete an object whose last owner is gone."""
        if not self._owned(obj) and not is_terminating(obj):
            self.store.delete(resource, obj)

    def _foreground(self, resource: Resource, owner: Object) -> None:
        """Delete what blocks an owner; let the owner go when nothing does any more."""
        uid = uid_of(owner)
        blocking = False
        for kind, dependent in self.store.dependents(uid):
            ref = next(ref for ref in owners_of(dependent) if ref["uid"] == uid)
            if not is_terminating(dependent):
                self.store.delete(kind, dependent, "Foreground")
            blocking |= (
                bool(ref.get("blockOwnerDeletion")) and self.store.by_uid(uid_of(dependent)) is not None
            )
        if not blocking:
            self.store.change(resource, owner, _let_go)


def _by_uid(uid: str) -> ObjectKey:
    return ObjectKey("", uid)


def _let_go(owner: Object) -> None:
    left = [f for f in owner["metadata"].get("finalizers") or () if f != FOREGROUND]
    owner["metadata"]["finalizers"] = left
    if not left:
        del owner["metadata"]["finalizers"]
