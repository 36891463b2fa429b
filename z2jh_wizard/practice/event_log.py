"""Events about objects: repeated ones count up, old ones go."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from z2jh_wizard.practice.objects import Object, dig, parse_time, time_text
from z2jh_wizard.practice.resources import EVENTS, NAMESPACES

if TYPE_CHECKING:
    from z2jh_wizard.practice.store import Store

KEPT_EVENTS = 5_000
EVENT_LIFE = timedelta(hours=1)
"""As long as a real API server keeps events (its flag --event-ttl)."""

_Key = tuple[str, str, str, str, str]


class EventLog:
    """Which stored events there are, the longest unrepeated first."""

    def __init__(self) -> None:
        self._uids: OrderedDict[_Key, str] = OrderedDict()

    def note(self, event: Object) -> None:
        """Remember an event that was stored, by what it says."""
        key = _key(event)
        self._uids[key] = event["metadata"]["uid"]
        self._uids.move_to_end(key)

    def record(self, store: Store, event: Object) -> None:
        """Store an event, or count up the same one; nothing where the namespace is going away."""
        self._expire(store)
        known = store.by_uid(self._uids.get(_key(event), ""))
        if known:

            def count_up(stored: Object) -> None:
                stored["count"] = (stored.get("count") or 1) + 1
                stored["lastTimestamp"] = event["lastTimestamp"]

            store.change(*known, count_up)
            return
        namespace = event["involvedObject"].get("namespace") or "default"
        home = store.get(NAMESPACES, "", namespace)
        if home and not home["metadata"].get("deletionTimestamp"):
            store.create(EVENTS, event, namespace)

    def _expire(self, store: Store) -> None:
        oldest = store.now() - EVENT_LIFE
        while self._uids:
            key, uid = next(iter(self._uids.items()))
            stored = store.by_uid(uid)
            if stored and len(self._uids) < KEPT_EVENTS:
                last = parse_time(_last_seen(stored[1]))
                if last is None or last >= oldest:
                    return
            del self._uids[key]
            if stored:
                store.remove(*stored)


def _last_seen(event: Object) -> str:
    text = event.get("lastTimestamp") or event.get("eventTime") or event["metadata"]["creationTimestamp"]
    return str(text)


def _key(event: Object) -> _Key:
    return (
        dig(event, "involvedObject", "uid", default=""),
        event.get("reason") or "",
        event.get("message") or "",
        event.get("type") or "",
        dig(event, "source", "component", default=event.get("reportingComponent") or ""),
    )


def event_about(
    obj: Object, now: datetime, reason: str, message: str, *, kind: str, component: str
) -> Object:
    """Return an event, not stored yet, that tells what happened to an object."""
    moment = time_text(now)
    return {
        "metadata": {"name": f"{obj['metadata']['name']}.{uuid.uuid4().hex[:16]}"},
        "involvedObject": reference(obj),
        "reason": reason,
        "message": message,
        "source": {"component": component},
        "firstTimestamp": moment,
        "lastTimestamp": moment,
        "count": 1,
        "type": kind,
        "eventTime": None,
        "reportingComponent": component,
        "reportingInstance": "",
    }


def reference(obj: Object) -> dict[str, str]:
    """Return how an event names the object it is about."""
    meta = obj["metadata"]
    reference = {
        "kind": obj["kind"],
        "namespace": meta.get("namespace", ""),
        "name": meta["name"],
        "uid": meta.get("uid", ""),
        "apiVersion": obj["apiVersion"],
        "resourceVersion": meta.get("resourceVersion", ""),
    }
    return {key: value for key, value in reference.items() if value}
