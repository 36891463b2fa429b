"""The rules of deletion: who may go at once, and how an object is marked that has to wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from z2jh_wizard.practice.objects import Object, dig, time_text
from z2jh_wizard.practice.resources import NAMESPACES, PODS, Resource

DEFAULT_GRACE_SECONDS = 30
FOREGROUND = "foregroundDeletion"


def grace(resource: Resource, pod: Object, asked: int | None) -> int:
    """Return the seconds for which a pod may go on; a pod that no node runs needs none."""
    if resource != PODS or not dig(pod, "spec", "nodeName"):
        return 0
    if dig(pod, "status", "phase") in ("Succeeded", "Failed"):
        return 0
    if asked is not None:
        return max(0, asked)
    return int(dig(pod, "spec", "terminationGracePeriodSeconds", default=DEFAULT_GRACE_SECONDS))


def mark(resource: Resource, obj: Object, finalizers: list[str], seconds: int, now: datetime) -> None:
    """Write into a copied object that it is going away; a shorter grace replaces a longer one."""
    meta = obj["metadata"]
    if finalizers:
        meta["finalizers"] = finalizers
    if not meta.get("deletionTimestamp"):
        meta["deletionTimestamp"] = time_text(now + timedelta(seconds=seconds))
        meta["deletionGracePeriodSeconds"] = seconds
        if resource.has_generation:
            meta["generation"] = meta.get("generation", 1) + 1
    elif seconds < meta.get("deletionGracePeriodSeconds", 0):
        meta["deletionTimestamp"] = time_text(now + timedelta(seconds=seconds))
        meta["deletionGracePeriodSeconds"] = seconds
    if resource == NAMESPACES:
        obj["status"] = {**(obj.get("status") or {}), "phase": "Terminating"}


def may_go(resource: Resource, obj: Object) -> bool:
    """Tell whether a marked object waits for nothing any more."""
    meta = obj["metadata"]
    if not meta.get("deletionTimestamp") or meta.get("finalizers"):
        return False
    if resource == NAMESPACES:
        return not dig(obj, "spec", "finalizers")
    return not meta.get("deletionGracePeriodSeconds")
