"""Columns of nodes, namespaces, events, settings, quotas and rights."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from z2jh_wizard.practice.columns import cells
from z2jh_wizard.practice.columns.cells import NONE, UNKNOWN, UNSET
from z2jh_wizard.practice.columns.layout import Layout, columns, count, name_of
from z2jh_wizard.practice.objects import Object, dig

_ROLE_LABEL = "node-role.kubernetes.io/"


def _node(obj: Object, now: datetime.datetime) -> list[Any]:
    info = dig(obj, "status", "nodeInfo", default={})
    kernel = info.get("kernelVersion") or UNKNOWN
    if info.get("architecture"):
        kernel += f" ({info['architecture']})"
    return [
        name_of(obj),
        _node_state(obj),
        _node_roles(obj),
        cells.age(obj, now),
        info.get("kubeletVersion", ""),
        _node_address(obj, "InternalIP"),
        _node_address(obj, "ExternalIP"),
        info.get("osImage") or UNKNOWN,
        kernel,
        info.get("containerRuntimeVersion") or UNKNOWN,
    ]


def _node_state(obj: Object) -> str:
    conditions = dig(obj, "status", "conditions", default=[])
    ready = next((each.get("status") for each in conditions if each.get("type") == "Ready"), None)
    state = {None: "Unknown", "True": "Ready"}.get(ready, "NotReady")
    return f"{state},SchedulingDisabled" if dig(obj, "spec", "unschedulable") else state


def _node_roles(obj: Object) -> str:
    labels: Mapping[str, str] = obj["metadata"].get("labels") or {}
    roles = {key[len(_ROLE_LABEL) :] for key in labels if key.startswith(_ROLE_LABEL)}
    roles |= {labels["kubernetes.io/role"]} if labels.get("kubernetes.io/role") else set()
    return ",".join(sorted(roles - {""})) or NONE


def _node_address(obj: Object, kind: str) -> str:
    addresses = dig(obj, "status", "addresses", default=[])
    return next((each["address"] for each in addresses if each.get("type") == kind), NONE)


_NEW_EVENT_NAMES = {
    "involvedObject": "regarding",
    "message": "note",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
    "reportingComponent": "reportingController",
}
"""What events.k8s.io calls the fields of an event."""


def _event(obj: Object, now: datetime.datetime) -> list[Any]:
    event = {core: obj.get(core, obj.get(new)) for core, new in _NEW_EVENT_NAMES.items()}
    series, about, source = obj.get("series") or {}, event["involvedObject"] or {}, event["source"] or {}
    first = cells.since(event["firstTimestamp"] or obj.get("eventTime"), now)
    last = series.get("lastObservedTime") or event["lastTimestamp"]
    kind = about.get("kind", "").lower()
    who = [
        source.get("component") or event["reportingComponent"],
        source.get("host") or obj.get("reportingInstance"),
    ]
    return [
        cells.since(last, now) if last else first,
        obj.get("type", ""),
        obj.get("reason", ""),
        f"{kind}/{about['name']}" if about.get("name") else kind,
        about.get("fieldPath", ""),
        ", ".join(each for each in who if each),
        (event["message"] or "").strip(),
        first,
        series.get("count") or event["count"] or 1,
        name_of(obj),
    ]


def _autoscaler(obj: Object, now: datetime.datetime) -> list[Any]:
    spec = obj.get("spec") or {}
    target = spec.get("scaleTargetRef") or {}
    current = dig(obj, "status", "currentMetrics", default=[])
    metrics = [
        _metric(each, current[place] if place < len(current) else {})
        for place, each in enumerate(spec.get("metrics") or [])
    ]
    return [
        name_of(obj),
        f"{target.get('kind', '')}/{target.get('name', '')}",
        cells.first_few(metrics, 2, separator=", "),
        str(spec.get("minReplicas", UNSET)),
        spec.get("maxReplicas", 0),
        count(obj, "status", "currentReplicas"),
        cells.age(obj, now),
    ]


def _metric(spec: Object, status: Object) -> str:
    """Write a metric's present value and its target; resource metrics have a name and may be in percent."""
    kind = spec.get("type", "")
    field = kind[:1].lower() + kind[1:]
    target, found = dig(spec, field, "target", default={}), dig(status, field, "current", default={})
    title = f"{spec[field].get('name')}: " if kind in ("Resource", "ContainerResource") else ""
    if title and "averageValue" not in target:
        now, goal = found.get("averageUtilization"), target.get("averageUtilization")
        goal_text = "<auto>" if goal is None else f"{goal}%"
        return f"{title}{UNKNOWN if now is None else f'{now}%'}/{goal_text}"
    key = "averageValue" if "averageValue" in target else "value"
    average = " (avg)" if key == "averageValue" and kind in ("External", "Object") else ""
    return f"{title}{found.get(key, UNKNOWN)}/{target.get(key, UNKNOWN)}{average}"


def _disruption_budget(obj: Object, now: datetime.datetime) -> list[Any]:
    limits = [str(dig(obj, "spec", name, default="N/A")) for name in ("minAvailable", "maxUnavailable")]
    return [name_of(obj), *limits, count(obj, "status", "disruptionsAllowed"), cells.age(obj, now)]


def _role_binding(obj: Object, now: datetime.datetime) -> list[Any]:
    role, subjects = obj.get("roleRef") or {}, obj.get("subjects") or []

    def named(kind: str) -> str:
        return ", ".join(each.get("name", "") for each in subjects if each.get("kind") == kind)

    accounts = ", ".join(
        f"{each.get('namespace', '')}/{each.get('name', '')}"
        for each in subjects
        if each.get("kind") == "ServiceAccount"
    )
    return [
        name_of(obj),
        f"{role.get('kind', '')}/{role.get('name', '')}",
        cells.age(obj, now),
        named("User"),
        named("Group"),
        accounts,
    ]


def _quota(obj: Object, now: datetime.datetime) -> list[Any]:
    hard, used = (dig(obj, "status", name, default={}) for name in ("hard", "used"))
    texts = {name: f"{name}: {used.get(name, '0')}/{hard[name]}" for name in sorted(hard)}
    requests, limits = (
        ", ".join(text for name, text in texts.items() if name.startswith("limits.") is wanted)
        for wanted in (False, True)
    )
    return [name_of(obj), requests, limits, cells.age(obj, now)]


def _priority_class(obj: Object, now: datetime.datetime) -> list[Any]:
    return [
        name_of(obj),
        obj.get("value", 0),
        bool(obj.get("globalDefault")),
        cells.age(obj, now),
        obj.get("preemptionPolicy", ""),
    ]


def _namespace(obj: Object, now: datetime.datetime) -> list[Any]:
    return [name_of(obj), dig(obj, "status", "phase", default=""), cells.age(obj, now)]


def _secret(obj: Object, now: datetime.datetime) -> list[Any]:
    return [name_of(obj), obj.get("type", ""), len(obj.get("data") or {}), cells.age(obj, now)]


def _config_map(obj: Object, now: datetime.datetime) -> list[Any]:
    entries = len(obj.get("data") or {}) + len(obj.get("binaryData") or {})
    return [name_of(obj), entries, cells.age(obj, now)]


def _service_account(obj: Object, now: datetime.datetime) -> list[Any]:
    return [name_of(obj), cells.age(obj, now)]


def _lease(obj: Object, now: datetime.datetime) -> list[Any]:
    return [name_of(obj), dig(obj, "spec", "holderIdentity", default=""), cells.age(obj, now)]


def _webhooks(obj: Object, now: datetime.datetime) -> list[Any]:
    return [name_of(obj), len(obj.get("webhooks") or []), cells.age(obj, now)]


_BINDING = columns("Name", "Role", "Age", "+Users", "+Groups", "+ServiceAccounts")
_WEBHOOKS = Layout(columns("Name", "Webhooks:integer", "Age"), _webhooks)

LAYOUTS: Mapping[tuple[str, str], Layout] = {
    ("", "configmaps"): Layout(columns("Name", "Data", "Age"), _config_map),
    ("", "secrets"): Layout(columns("Name", "Type", "Data", "Age"), _secret),
    ("", "serviceaccounts"): Layout(columns("Name", "Age"), _service_account),
    ("", "namespaces"): Layout(columns("Name", "Status", "Age"), _namespace),
    ("", "nodes"): Layout(
        columns(
            "Name",
            "Status",
            "Roles",
            "Age",
            "Version",
            "+Internal-IP",
            "+External-IP",
            "+OS-Image",
            "+Kernel-Version",
            "+Container-Runtime",
        ),
        _node,
    ),
    ("", "events"): Layout(
        columns(
            "Last Seen",
            "Type",
            "Reason",
            "Object",
            "+Subobject",
            "+Source",
            "Message",
            "+First Seen",
            "+Count",
            "+Name",
        ),
        _event,
    ),
    ("", "resourcequotas"): Layout(columns("Name", "Request", "Limit", "Age"), _quota),
    ("autoscaling", "horizontalpodautoscalers"): Layout(
        columns("Name", "Reference", "Targets", "MinPods", "MaxPods", "Replicas", "Age"), _autoscaler
    ),
    ("policy", "poddisruptionbudgets"): Layout(
        columns("Name", "Min Available", "Max Unavailable", "Allowed Disruptions:integer", "Age"),
        _disruption_budget,
    ),
    ("rbac.authorization.k8s.io", "rolebindings"): Layout(_BINDING, _role_binding),
    ("rbac.authorization.k8s.io", "clusterrolebindings"): Layout(_BINDING, _role_binding),
    ("coordination.k8s.io", "leases"): Layout(columns("Name", "Holder", "Age"), _lease),
    ("scheduling.k8s.io", "priorityclasses"): Layout(
        columns("Name", "Value:integer", "Global-Default:boolean", "Age", "PreemptionPolicy"), _priority_class
    ),
    ("admissionregistration.k8s.io", "mutatingwebhookconfigurations"): _WEBHOOKS,
    ("admissionregistration.k8s.io", "validatingwebhookconfigurations"): _WEBHOOKS,
}
