"""Rules for secrets, config maps, rights, budgets, autoscalers, priorities and quotas."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping

from z2jh_wizard.practice import quantities
from z2jh_wizard.practice.objects import Object, dig
from z2jh_wizard.practice.rules import names
from z2jh_wizard.practice.rules.metadata import label_selector
from z2jh_wizard.practice.rules.names import wrong
from z2jh_wizard.practice.rules.values import count_or_percent
from z2jh_wizard.practice.status import (
    Cause,
    forbidden_value,
    invalid_value,
    not_supported,
    required,
    too_long,
)

LARGEST_DATA = 1024 * 1024
"""Bytes that a Secret or ConfigMap may hold."""

_NEEDED_KEYS: Mapping[str, tuple[str, ...]] = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
_HIGHEST_USER_PRIORITY = 1_000_000_000


def secret(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a secret; no cause shows what is in it."""
    texts = {key: text.encode() for key, text in _texts(obj.get("stringData")).items()}
    data = {key: _decoded(text) for key, text in _texts(obj.get("data")).items()} | texts
    yield from _keys(data, "data")
    if sum(map(len, data.values())) > LARGEST_DATA:
        yield too_long("data", LARGEST_DATA)
    kind = obj.get("type") or "Opaque"
    for key in _NEEDED_KEYS.get(kind, ()):
        if key not in data:
            yield required(f"data[{key}]")
        elif "docker" in kind and not _is_json(data[key]):
            detail = "invalid character looking for beginning of value"
            yield invalid_value(f"data[{key}]", "<secret contents redacted>", detail)
    if kind == "kubernetes.io/basic-auth" and not {"username", "password"} & data.keys():
        yield from (required(f"data[{key}]") for key in ("username", "password"))
    owner = "kubernetes.io/service-account.name"
    if kind == "kubernetes.io/service-account-token" and not dig(obj, "metadata", "annotations", owner):
        yield required(f"metadata.annotations[{owner}]")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text or "", validate=True)
    except binascii.Error:
        # Text that is no base64 was refused before; only its size matters here.
        return text.encode()


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _keys(data: Mapping[str, object], field: str) -> Iterator[Cause]:
    for key in data:
        yield from wrong(f"{field}[{key}]", key, names.config_key)


def _texts(found: object) -> dict[str, str]:
    """Return the texts of a map; what is none is told by the schema already, and counts for nothing here."""
    if not isinstance(found, dict):
        return {}
    return {key: text if isinstance(text, str) else "" for key, text in found.items()}


def config_map(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a config map."""
    data, binary = _texts(obj.get("data")), _texts(obj.get("binaryData"))
    yield from _keys(data, "data")
    for key in data.keys() & binary.keys():
        yield invalid_value(f"data[{key}]", key, "duplicate of key present in binaryData")
    yield from _keys(binary, "binaryData")
    size = sum(len(text.encode()) for text in data.values())
    if size + sum(len(_decoded(text)) for text in binary.values()) > LARGEST_DATA:
        yield too_long("[]", LARGEST_DATA)


def role(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a role, or a cluster role."""
    namespaced = obj.get("kind") == "Role"
    for place, rule in enumerate(obj.get("rules") or []):
        at = f"rules[{place}]"
        if not rule.get("verbs"):
            yield required(f"{at}.verbs", "verbs must contain at least one value")
        if urls := rule.get("nonResourceURLs"):
            if namespaced:
                detail = "namespaced rules cannot apply to non-resource URLs"
                yield invalid_value(f"{at}.nonResourceURLs", urls, detail)
            continue
        if not rule.get("apiGroups"):
            yield required(f"{at}.apiGroups", "resource rules must supply at least one api group")
        if not rule.get("resources"):
            yield required(f"{at}.resources", "resource rules must supply at least one resource")


def role_binding(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a role binding, or a cluster role binding."""
    reference = obj.get("roleRef") or {}
    roles = ("Role", "ClusterRole") if obj.get("kind") == "RoleBinding" else ("ClusterRole",)
    if reference.get("kind") not in roles:
        yield not_supported("roleRef.kind", reference.get("kind", ""), roles)
    if not reference.get("name"):
        yield required("roleRef.name")
    kinds = ("ServiceAccount", "User", "Group")
    for place, subject in enumerate(obj.get("subjects") or []):
        at = f"subjects[{place}]"
        if not subject.get("name"):
            yield required(f"{at}.name")
        if subject.get("kind") not in kinds:
            yield not_supported(f"{at}.kind", subject.get("kind", ""), kinds)


def disruption_budget(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a disruption budget."""
    spec = obj.get("spec") or {}
    least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
    if least is not None and most is not None:
        shown = {
            "MinAvailable": least,
            "Selector": spec.get("selector"),
            "MaxUnavailable": most,
            "UnhealthyPodEvictionPolicy": spec.get("unhealthyPodEvictionPolicy"),
        }
        yield invalid_value("spec", shown, "minAvailable and maxUnavailable cannot be both set")
    for name, value in (("minAvailable", least), ("maxUnavailable", most)):
        if value is not None:
            yield from count_or_percent(value, f"spec.{name}", largest=True)
    yield from label_selector(spec.get("selector") or {}, "spec.selector")


def autoscaler(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a horizontal pod autoscaler."""
    spec = obj.get("spec") or {}
    least, most = spec.get("minReplicas", 1), spec.get("maxReplicas", 0)
    if least is not None and least < 1:
        yield invalid_value("spec.minReplicas", least, "must be greater than or equal to 1")
    if most < 1:
        yield required("spec.maxReplicas", "must be set and greater than 0")
    if least is not None and most < least:
        yield invalid_value("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")
    target = spec.get("scaleTargetRef") or {}
    for name in ("kind", "name"):
        if not target.get(name):
            yield required(f"spec.scaleTargetRef.{name}")
    if not target.get("apiVersion"):
        yield invalid_value("spec.scaleTargetRef.apiVersion", "", "apiVersion must specify API group")


def priority_class(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a priority class."""
    name = dig(obj, "metadata", "name", default="")
    if name.startswith("system-"):
        if name not in ("system-node-critical", "system-cluster-critical"):
            detail = (
                "priority class names with 'system-' prefix are reserved for system use only. error: "
                f"{name} is not a known system priority class"
            )
            yield forbidden_value("metadata.name", detail)
    elif (obj.get("value") or 0) > _HIGHEST_USER_PRIORITY:
        detail = f"maximum allowed value of a user defined priority is {_HIGHEST_USER_PRIORITY}"
        yield forbidden_value("value", detail)
    policy = obj.get("preemptionPolicy")
    if policy not in (None, "", "PreemptLowerPriority", "Never"):
        yield not_supported("preemptionPolicy", policy, ("PreemptLowerPriority", "Never"))


def resource_quota(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a resource quota: counts must be whole, amounts not negative."""
    for name, amount in (dig(obj, "spec", "hard", default={}) or {}).items():
        at, number = f"spec.hard[{name}]", quantities.parse(amount)
        if not _is_quota_name(name):
            yield invalid_value(at, name, "must be a standard resource type or fully qualified")
            yield invalid_value(at, name, "must be a standard resource for quota")
        shown = quantities.canonical(amount)
        if number < 0:
            yield invalid_value(at, shown, "must be greater than or equal to 0")
        counts = name in _COUNTED or name.startswith("count/")
        if counts and number.denominator != 1:
            yield invalid_value(at, shown, "must be an integer")


_COUNTED = {
    "pods",
    "services",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "replicationcontrollers",
    "resourcequotas",
    "services.loadbalancers",
    "services.nodeports",
}


_MEASURED = {"cpu", "memory", "storage", "ephemeral-storage"}


def _is_quota_name(name: str) -> bool:
    """Tell whether a quota can limit a resource of that name."""
    kind, _, rest = name.partition(".")
    measured = rest if kind in ("requests", "limits") else name
    return "/" in name or name in _COUNTED or measured in _MEASURED or measured.startswith("hugepages-")


def node(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a node's taints."""
    seen: set[tuple[str, str]] = set()
    effects = ("NoSchedule", "PreferNoSchedule", "NoExecute")
    for place, taint in enumerate(dig(obj, "spec", "taints", default=[])):
        # The real server calls the place of the taints so.
        at = f"metadata.taints[{place}]"
        key, effect = taint.get("key", ""), taint.get("effect", "")
        yield from wrong(f"{at}.key", key, names.qualified_name)
        yield from wrong(f"{at}.value", taint.get("value") or "", names.label_value)
        if effect not in effects:
            yield not_supported(f"{at}.effect", effect, effects)
        elif (key, effect) in seen:
            shown = {"Key": key, "Value": taint.get("value", ""), "Effect": effect, "TimeAdded": None}
            cause = Cause(
                "FieldValueDuplicate",
                at,
                f"Duplicate value: {json.dumps(shown, separators=(',', ':'))}: "
                "taints must be unique by key and effect pair",
            )
            yield cause
        seen.add((key, effect))
