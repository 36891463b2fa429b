"""Small questions about objects: whose they are, how they stand, what their conditions say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from z2jh_wizard.practice.objects import Object, parse_time

_SAFE = "bcdfghjklmnpqrstvwxz2456789"
"""The letters of generated names: none that could spell a word or be misread."""


class ObjectKey(NamedTuple):
    """Namespace and name of an object; the namespace is empty for cluster-scoped ones."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


def key_of(obj: Object) -> ObjectKey:
    """Return the key of an object."""
    meta = obj["metadata"]
    return ObjectKey(meta.get("namespace") or "", meta["name"])


def uid_of(obj: Object) -> str:
    """Return the uid of an object."""
    return str(obj["metadata"].get("uid", ""))


def labels_of(obj: Object) -> dict[str, str]:
    """Return the labels of an object, or none."""
    return obj["metadata"].get("labels") or {}


def annotations_of(obj: Object) -> dict[str, str]:
    """Return the annotations of an object, or none."""
    return obj["metadata"].get("annotations") or {}


def status_of(obj: Object) -> Object:
    """Return the status of an object, or an empty one."""
    return obj.get("status") or {}


def is_terminating(obj: Object) -> bool:
    """Say whether an object was asked to go."""
    return bool(obj["metadata"].get("deletionTimestamp"))


def owners_of(obj: Object) -> list[Object]:
    """Return the owner references of an object."""
    return obj["metadata"].get("ownerReferences") or []


def controller_of(obj: Object) -> Object | None:
    """Return the owner reference of the controller of an object."""
    return next((ref for ref in owners_of(obj) if ref.get("controller")), None)


def owner_reference(owner: Object) -> Object:
    """Return the reference by which ``owner`` controls another object."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": uid_of(owner),
        "controller": True,
        "blockOwnerDeletion": True,
    }


def oldest_first(objects: Iterable[Object]) -> list[Object]:
    """Sort objects by age, then by name."""
    return sorted(
        objects, key=lambda o: (o["metadata"].get("creationTimestamp") or "", o["metadata"]["name"])
    )


def safe_digest(value: object, length: int = 9) -> str:
    """Return a short digest of a JSON value in letters that are safe in names."""
    raw = hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).digest()
    return "".join(_SAFE[byte % len(_SAFE)] for byte in raw[:length])


def safe_letters() -> str:
    """Return the letters of which generated names are made."""
    return _SAFE


# ------------------------------------------------------------------ conditions


def condition_of(obj: Object, kind: str) -> Object | None:
    """Return the condition of a type, or None."""
    return next((c for c in status_of(obj).get("conditions") or [] if c["type"] == kind), None)


def is_true(obj: Object, kind: str) -> bool:
    """Say whether a condition stands and is True."""
    condition = condition_of(obj, kind)
    return condition is not None and condition["status"] == "True"


def set_condition(  # noqa: PLR0917  # the fields of a condition, in their usual order
    status: Object,
    kind: str,
    value: bool | str,
    now: str,
    reason: str = "",
    message: str = "",
    **extra: Any,
) -> None:
    """Set one condition in a status; its transition time moves only when its value changes."""
    text = value if isinstance(value, str) else str(value)
    conditions = [dict(c) for c in status.get("conditions") or []]
    old = next((c for c in conditions if c["type"] == kind), None)
    same_value = old is not None and old["status"] == text
    since = old["lastTransitionTime"] if old and same_value else now
    new: Object = {"type": kind, "status": text, "lastTransitionTime": since, **extra}
    if reason:
        new["reason"] = reason
    if message:
        new["message"] = message
    if old is None:
        conditions.append(new)
    else:
        conditions[conditions.index(old)] = new
    status["conditions"] = conditions


def drop_condition(status: Object, kind: str) -> None:
    """Remove a condition from a status."""
    status["conditions"] = [c for c in status.get("conditions") or [] if c["type"] != kind]


def put(status: Object, **values: Any) -> None:
    """Set fields of a status, leaving out those that are zero or empty as the real server does."""
    for name, value in values.items():
        if value or value is False:
            status[name] = value
        else:
            status.pop(name, None)


# ------------------------------------------------------------------ pods


def is_ready(pod: Object) -> bool:
    """Say whether a pod is ready; one that goes away can still be."""
    return is_true(pod, "Ready")


def is_done(pod: Object) -> bool:
    """Say whether a pod has succeeded or failed for good."""
    return status_of(pod).get("phase") in ("Succeeded", "Failed")


def is_active(pod: Object) -> bool:
    """Say whether a pod counts for its controller: neither done nor going away."""
    return not is_done(pod) and not is_terminating(pod)


def available_in(pod: Object, min_ready_seconds: int, now: datetime) -> float | None:
    """Return in how many seconds a ready pod counts as available (0: it does), or None if it is not ready."""
    condition = condition_of(pod, "Ready")
    if condition is None or condition["status"] != "True":
        return None
    since = parse_time(condition["lastTransitionTime"]) or now
    return max(0.0, (since + timedelta(seconds=min_ready_seconds) - now).total_seconds())


def containers_of(pod: Object) -> list[Object]:
    """Return the app containers of a pod."""
    return pod["spec"].get("containers") or []


def init_containers_of(pod: Object) -> list[Object]:
    """Return the init containers of a pod."""
    return pod["spec"].get("initContainers") or []


def node_of(pod: Object) -> str:
    """Return the node that a pod was assigned to, or an empty string."""
    return pod["spec"].get("nodeName") or ""


def priority_of(pod: Object) -> int:
    """Return the priority of a pod."""
    return int(pod["spec"].get("priority") or 0)


def claims_of(pod: Object) -> list[str]:
    """Return the names of the volume claims that a pod mounts."""
    volumes = pod["spec"].get("volumes") or []
    return [v["persistentVolumeClaim"]["claimName"] for v in volumes if v.get("persistentVolumeClaim")]


def component_of(obj: Object) -> str:
    """Return which part of a JupyterHub chart an object is, by either generation of labels."""
    labels = labels_of(obj)
    return labels.get("component") or labels.get("app.kubernetes.io/component") or ""


def share(value: int | str | None, total: int, *, up: bool) -> int:
    """Return an int-or-percent as a number; percentages are of ``total``, rounded up or down."""
    if value is None:
        return 0
    if isinstance(value, int):
        return value
    percent = int(value.rstrip("%"))
    return -(-percent * total // 100) if up else percent * total // 100


def matches(selector: Mapping[str, str] | None, labels: Mapping[str, str]) -> bool:
    """Say whether labels hold all pairs of a plain selector; an absent or empty one matches nothing."""
    return bool(selector) and all(labels.get(k) == v for k, v in (selector or {}).items())
