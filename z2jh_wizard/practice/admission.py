"""What the API server adds to a new pod, and when it refuses one: priority, tolerations, quotas.

Facts: the admission plugins Priority, DefaultTolerationSeconds, ServiceAccount and ResourceQuota.
"""

from __future__ import annotations

from z2jh_wizard.practice import quantities
from z2jh_wizard.practice.meta import containers_of, is_done, status_of
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.pod_status import quality_of_service
from z2jh_wizard.practice.resources import PODS, PRIORITY_CLASSES, RESOURCE_QUOTAS, Resource
from z2jh_wizard.practice.status import forbidden
from z2jh_wizard.practice.store import Store

_EVICTION_SECONDS = 300

MOST_PODS = 10_000
"""Pods in one practice cluster; a mistyped number of replicas must not fill the computer's memory."""
_LOST = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def admit(store: Store, resource: Resource, obj: Object, namespace: str) -> None:
    """Complete a new object in place as the API server does; ApiError 403 if a quota does not allow it."""
    if resource.key != PODS.key:
        return
    if store.count(PODS) >= MOST_PODS:
        why = f"a practice cluster holds at most {MOST_PODS} pods"
        raise forbidden(PODS, obj["metadata"].get("name", ""), why)
    spec = obj["spec"]
    spec.setdefault("serviceAccountName", "default")
    obj["status"] = {"phase": "Pending", "qosClass": quality_of_service(obj)}
    _add_priority(store, obj)
    _add_tolerations(spec)
    check_quotas(store, obj, namespace)


def _add_priority(store: Store, pod: Object) -> None:
    spec = pod["spec"]
    name = spec.get("priorityClassName")
    if name:
        chosen = store.get(PRIORITY_CLASSES, "", name)
        if chosen is None:
            raise forbidden(
                PODS, pod["metadata"].get("name", ""), f"no PriorityClass with name {name} was found"
            )
    else:
        chosen = next((c for c in store.list(PRIORITY_CLASSES) if c.get("globalDefault")), None)
    if chosen is not None:
        spec["priorityClassName"] = chosen["metadata"]["name"]
        spec["preemptionPolicy"] = chosen.get("preemptionPolicy") or "PreemptLowerPriority"
    spec["priority"] = int(chosen["value"]) if chosen else 0
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")


def _add_tolerations(spec: Object) -> None:
    tolerations = list(spec.get("tolerations") or [])
    for key in _LOST:
        if not any(
            t.get("key") in (key, None, "") and t.get("effect") in (None, "", "NoExecute")
            for t in tolerations
        ):
            tolerations.append(
                {
                    "key": key,
                    "operator": "Exists",
                    "effect": "NoExecute",
                    "tolerationSeconds": _EVICTION_SECONDS,
                }
            )
    spec["tolerations"] = tolerations


# ------------------------------------------------------------------ quotas


def check_quotas(store: Store, pod: Object, namespace: str) -> None:
    """Refuse a pod that a ResourceQuota of its namespace has no room for; ApiError 403."""
    for quota in store.list(RESOURCE_QUOTAS, namespace):
        hard: dict[str, str] = quota["spec"].get("hard") or {}
        asked = {name: value for name, value in usage_of(pod).items() if name in hard}
        used = used_by_pods(store, namespace)
        over = [
            name
            for name, value in asked.items()
            if quantities.parse(used.get(name, "0")) + quantities.parse(value) > quantities.parse(hard[name])
        ]
        if over:
            why = (
                f"exceeded quota: {quota['metadata']['name']}, requested: {_listed(over, asked)}, "
                f"used: {_listed(over, used)}, limited: {_listed(over, hard)}"
            )
            raise forbidden(PODS, pod["metadata"].get("name", ""), why)


def _listed(names: list[str], values: dict[str, str]) -> str:
    return ",".join(f"{name}={values.get(name, '0')}" for name in sorted(names))


def usage_of(pod: Object) -> dict[str, str]:
    """Return what one pod counts for in a quota, by the quota's own resource names."""
    sums: dict[str, list[str]] = {}
    for container in containers_of(pod):
        resources = container.get("resources") or {}
        for kind in ("requests", "limits"):
            for name, value in (resources.get(kind) or {}).items():
                sums.setdefault(f"{kind}.{name}", []).append(str(value))
    usage = {name: quantities.total(values) for name, values in sums.items()}
    for plain in ("cpu", "memory"):
        if f"requests.{plain}" in usage:
            usage[plain] = usage[f"requests.{plain}"]
    usage["pods"] = usage["count/pods"] = "1"
    return usage


def used_by_pods(store: Store, namespace: str) -> dict[str, str]:
    """Return what all pods of a namespace that are not done count for together."""
    sums: dict[str, list[str]] = {}
    for pod in store.list(PODS, namespace):
        if is_done(pod):
            continue
        for name, value in usage_of(pod).items():
            sums.setdefault(name, []).append(value)
    return {name: quantities.total(values) for name, values in sums.items()}


def quota_status(store: Store, quota: Object) -> Object:
    """Return the status of a quota: its limits and what is used of them."""
    hard: dict[str, str] = quota["spec"].get("hard") or {}
    used = used_by_pods(store, quota["metadata"]["namespace"])
    status = dict(status_of(quota))
    status["hard"] = dict(hard)
    status["used"] = {name: used.get(name, "0") for name in hard}
    return status
