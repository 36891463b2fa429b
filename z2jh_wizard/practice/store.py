"""All objects of the practice cluster, in memory: reading, writing, deleting, and telling who listens.

One asyncio thread uses it, with plain synchronous calls. A stored object is never changed in place: every
write stores a new dict, so that lists, watches and snapshots may keep the old ones.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Literal

import msgspec

from z2jh_wizard.practice import status
from z2jh_wizard.practice.deletion import FOREGROUND, grace, mark, may_go
from z2jh_wizard.practice.event_log import EventLog, event_about
from z2jh_wizard.practice.history import Change, History
from z2jh_wizard.practice.objects import Object, copy_json, same_json, time_text
from z2jh_wizard.practice.resources import EVENTS, NAMESPACES, Catalogue, Key, Resource

Labels = Mapping[str, str] | Callable[[Mapping[str, str]], bool] | None
Propagation = Literal["Background", "Foreground", "Orphan"]

Objects = list[Object]
Placed = list[tuple[Resource, Object]]
Owners = Sequence[Mapping[str, Any]]

FIRST_REVISION = 1_000
_SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
"""Letters without vowels and look-alikes (k8s.io/apimachinery, pkg/util/rand)."""

_LONGEST_BASE = 58
"""Characters of a generateName that are kept before the five random ones."""


def _now() -> datetime:
    return datetime.now(timezone.utc)


class Store:
    """The objects by resource, namespace and name, and the revision that counts every write."""

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        *,
        now: Callable[[], datetime] = _now,
        revision: int = FIRST_REVISION,
    ) -> None:
        self.catalogue = catalogue or Catalogue()
        self.revision = revision
        self.history = History(revision)
        self.changed = asyncio.Event()
        self.listeners: list[Callable[[Change], None]] = []
        self.now = now
        self._objects: dict[Key, dict[str, dict[str, Object]]] = {}
        self._by_uid: dict[str, tuple[Resource, Object]] = {}
        self._dependents: dict[str, dict[str, None]] = {}
        self._encoded: dict[str, tuple[Object, bytes]] = {}
        self._events = EventLog()
        self._untold: deque[Change] = deque()
        self._telling = False

    # Reading

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        """Return an object, or None."""
        return self._objects.get(resource.key, {}).get(namespace if resource.namespaced else "", {}).get(name)

    def list(self, resource: Resource, namespace: str | None = None, labels: Labels = None) -> Objects:
        """Return the objects of one namespace, or of all, that carry ``labels`` (pairs, or a predicate)."""
        namespaces = self._objects.get(resource.key, {})
        if namespace is None:
            found: Iterable[Object] = (each for objects in namespaces.values() for each in objects.values())
        else:
            found = namespaces.get(namespace, {}).values()
        if labels is None:
            return list(found)
        matches = labels if callable(labels) else _carries(labels)
        return [each for each in found if matches(each["metadata"].get("labels") or {})]

    def count(self, resource: Resource) -> int:
        """Return how many objects of a resource there are."""
        return sum(map(len, self._objects.get(resource.key, {}).values()))

    def by_uid(self, uid: str) -> tuple[Resource, Object] | None:
        """Return an object by its uid, with its resource; None when it is gone."""
        return self._by_uid.get(uid)

    def dependents(self, uid: str) -> Placed:
        """Return the objects whose ownerReferences name this uid."""
        return [self._by_uid[each] for each in self._dependents.get(uid, ())]

    def all(self) -> Iterator[tuple[Resource, Object]]:
        """Return every object with its resource."""
        return iter(list(self._by_uid.values()))

    def encoded(self, obj: Object) -> bytes:
        """Return an object's JSON; a stored object is encoded once for each of its revisions."""
        uid = obj["metadata"].get("uid", "")
        cached = self._encoded.get(uid)
        if cached and cached[0] is obj:
            return cached[1]
        data = msgspec.json.encode(obj)
        stored = self._by_uid.get(uid)
        if stored and stored[1] is obj:
            self._encoded[uid] = (obj, data)
        return data

    # Writing

    def create(self, resource: Resource, obj: Object, namespace: str = "") -> Object:
        """Store a new object and return it; ``obj`` itself stays as it is.

        ApiError 404 for an unknown namespace, 403 for one that is going away, 409 for a taken name.
        """
        new = self.prepared(resource, obj, namespace)
        return self.insert(resource, new)

    def prepared(self, resource: Resource, obj: Object, namespace: str = "") -> Object:
        """Return a copy of a new object with its name, namespace, uid and times, not stored yet."""
        new: Object = {"apiVersion": resource.group_version, "kind": resource.kind, **copy_json(obj)}
        meta = new["metadata"] = dict(new.get("metadata") or {})
        meta.pop("resourceVersion", None)
        if resource.namespaced:
            meta["namespace"] = namespace or meta.get("namespace") or "default"
        else:
            meta.pop("namespace", None)
        if not meta.get("name") and meta.get("generateName"):
            meta["name"] = self._free_name(resource, meta.get("namespace", ""), meta["generateName"])
        meta["uid"] = str(uuid.uuid4())
        meta["creationTimestamp"] = time_text(self.now())
        if resource.has_generation:
            meta["generation"] = 1
        self._check_place(resource, new)
        return new

    def insert(self, resource: Resource, new: Object) -> Object:
        """Store a prepared object, which belongs to the store from now on."""
        meta = new["metadata"]
        if self.get(resource, meta.get("namespace", ""), meta["name"]):
            raise status.already_exists(resource, meta["name"])
        return self._store(resource, None, new)

    def change(self, resource: Resource, obj: Object, mutate: Callable[[Object], None]) -> Object:
        """Change the stored object that ``obj`` names: copy, mutate the copy, store it if it differs.

        ApiError 404 when it is gone or another object took its name.
        """
        live = self.live(resource, obj)
        new = copy_json(live)
        mutate(new)
        return self.replace(resource, live, new)

    def replace(self, resource: Resource, live: Object, new: Object) -> Object:
        """Store ``new`` in place of ``live``; an object whose deletion waited for nothing else goes away.

        Whatever the server owns (uid, times, generation) is as in ``live``; ``new`` belongs to the store.
        """
        new = renewed(resource, live, new)
        if same_json(new, live):
            return live
        if may_go(resource, new):
            return self._drop(resource, new)
        return self._store(resource, live, new)

    def delete(
        self,
        resource: Resource,
        obj: Object,
        propagation: Propagation = "Background",
        grace_seconds: int | None = None,
    ) -> Object:
        """Delete an object as a client asks for it: at once, or marked when something has to happen first.

        Pods wait for their node, namespaces for their content, and finalizers for whoever set them.
        """
        live = self.live(resource, obj)
        meta = live["metadata"]
        if propagation == "Orphan":
            self._orphan(meta["uid"])
        finalizers = list(meta.get("finalizers") or ())
        if propagation == "Foreground" and self._dependents.get(meta["uid"]) and FOREGROUND not in finalizers:
            finalizers.append(FOREGROUND)
        seconds = grace(resource, live, grace_seconds)
        if not finalizers and not seconds and resource != NAMESPACES:
            return self._drop(resource, live)
        marked = copy_json(live)
        mark(resource, marked, finalizers, seconds, self.now())
        return live if same_json(marked, live) else self._store(resource, live, marked)

    def remove(self, resource: Resource, obj: Object) -> Object:
        """Remove an object for good, whatever it waits for; returns it as the last watch event shows it."""
        return self._drop(resource, self.live(resource, obj))

    def live(self, resource: Resource, obj: Object) -> Object:
        """Return the stored version of an object; ApiError 404 when it is gone or another took its name."""
        meta = obj["metadata"]
        live = self.get(resource, meta.get("namespace", ""), meta["name"])
        if live is None or meta.get("uid") not in (None, live["metadata"]["uid"]):
            raise status.not_found(resource, meta["name"])
        return live

    def restore(self, resource: Resource, obj: Object) -> None:
        """Put back an object from disk as it was, without telling anybody."""
        meta = obj["metadata"]
        old = self.get(resource, meta.get("namespace", ""), meta["name"])
        self._index(resource, old, obj)

    def forget(self, resource: Resource, namespace: str, name: str) -> None:
        """Take out an object while loading from disk, without telling anybody."""
        live = self.get(resource, namespace, name)
        if live:
            self._index(resource, live, None)

    def skip_to(self, revision: int) -> None:
        """Count on from ``revision``, and answer 410 to watches that ask for anything older."""
        self.revision = max(self.revision, revision)
        self.history = History(self.revision)

    def record_event(
        self,
        obj: Object,
        reason: str,
        message: str,
        type: str = "Normal",  # noqa: A002  # the field's own name
        component: str = "practice",
    ) -> None:
        """Tell people what happened to an object; a repeated event counts up."""
        event = event_about(obj, self.now(), reason, message, kind=type, component=component)
        self._events.record(self, event)

    # Inside

    def _free_name(self, resource: Resource, namespace: str, base: str) -> str:
        while True:
            name = base[:_LONGEST_BASE] + "".join(random.choices(_SUFFIX_LETTERS, k=5))  # noqa: S311  # no secret
            if not self.get(resource, namespace, name):
                return name

    def _check_place(self, resource: Resource, new: Object) -> None:
        if not resource.namespaced:
            return
        namespace = new["metadata"]["namespace"]
        home = self.get(NAMESPACES, "", namespace)
        if home is None:
            raise status.not_found(NAMESPACES, namespace)
        if home["metadata"].get("deletionTimestamp"):
            raise status.namespace_terminating(resource, new["metadata"].get("name", ""), namespace)

    def _orphan(self, uid: str) -> None:
        def forget_owner(obj: Object) -> None:
            left = [each for each in obj["metadata"]["ownerReferences"] if each["uid"] != uid]
            obj["metadata"]["ownerReferences"] = left
            if not left:
                del obj["metadata"]["ownerReferences"]

        for resource, dependent in self.dependents(uid):
            self.change(resource, dependent, forget_owner)

    def _store(self, resource: Resource, live: Object | None, new: Object) -> Object:
        self.revision += 1
        new["metadata"]["resourceVersion"] = str(self.revision)
        self._index(resource, live, new)
        self._tell(Change("MODIFIED" if live else "ADDED", resource, new, live, self.revision))
        return new

    def _drop(self, resource: Resource, last: Object) -> Object:
        self.revision += 1
        live = self.live(resource, last)
        self._index(resource, live, None)
        gone = {**last, "metadata": {**last["metadata"], "resourceVersion": str(self.revision)}}
        self._tell(Change("DELETED", resource, gone, live, self.revision))
        return gone

    def _tell(self, change: Change) -> None:
        """Tell all listeners, each change to all of them before the next, though a listener may write too."""
        self.history.add(change)
        self.changed.set()
        self._untold.append(change)
        if self._telling:
            return
        self._telling = True
        try:
            while self._untold:
                told = self._untold.popleft()
                for listener in tuple(self.listeners):
                    listener(told)
        finally:
            self._telling = False

    def _index(self, resource: Resource, old: Object | None, new: Object | None) -> None:
        """Put ``new`` where ``old`` was, so that lists keep their order; one of them may be None."""
        meta = (new or old or {})["metadata"]
        uid, namespace, name = meta["uid"], meta.get("namespace", ""), meta["name"]
        names = self._objects.setdefault(resource.key, {}).setdefault(namespace, {})
        self._encoded.pop(uid, None)
        before, after = _owners(old), _owners(new)
        if before != after:
            self._index_owners(uid, before, False)
            self._index_owners(uid, after, True)
        if new is None:
            del names[name], self._by_uid[uid]
            return
        names[name] = new
        self._by_uid[uid] = (resource, new)
        if resource == EVENTS:
            self._events.note(new)

    def _index_owners(self, uid: str, owners: Owners, here: bool) -> None:
        for owner in owners:
            dependents = self._dependents.setdefault(owner["uid"], {})
            if here:
                dependents[uid] = None
            else:
                dependents.pop(uid, None)
            if not dependents:
                del self._dependents[owner["uid"]]


def _owners(obj: Object | None) -> Owners:
    return (obj["metadata"].get("ownerReferences") or ()) if obj else ()


def renewed(resource: Resource, live: Object, new: Object) -> Object:
    """Return ``new`` with all that the server owns as it is in ``live``, and its generation counted."""
    old_meta = live["metadata"]
    meta = {**(new.get("metadata") or {})}
    for field in _SERVER_FIELDS:
        if field in old_meta:
            meta[field] = old_meta[field]
        else:
            meta.pop(field, None)
    new = {**new, "apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": meta}
    if resource.has_generation and not same_json(_described(new), _described(live)):
        meta["generation"] = old_meta.get("generation", 1) + 1
    return new


_SERVER_FIELDS = (
    "name",
    "namespace",
    "uid",
    "creationTimestamp",
    "generation",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "resourceVersion",
)


def _described(obj: Object) -> Object:
    return {
        key: value for key, value in obj.items() if key not in ("metadata", "status", "apiVersion", "kind")
    }


def _carries(labels: Mapping[str, str]) -> Callable[[Mapping[str, str]], bool]:
    return lambda carried: all(carried.get(key) == value for key, value in labels.items())
