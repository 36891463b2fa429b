"""Rules for changes: what of an object may not change once it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from z2jh_wizard.practice import quantities
from z2jh_wizard.practice.objects import Object, copy_json, dig, same_json
from z2jh_wizard.practice.rules.storage import NOT_SOURCES
from z2jh_wizard.practice.status import Cause, forbidden_value, invalid_value

IMMUTABLE = "field is immutable"
Change = Callable[[Object, Object], Iterator[Cause]]

_STATEFUL_SET = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
    "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
)
_STATEFUL_SET_MAY = {
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
}
_POD = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
_CLAIM = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound "
    "claims"
)
_IMMUTABLE_DATA = "field is immutable when `immutable` is set"


def metadata(old: Object, new: Object) -> Iterator[Cause]:
    """Yield the changes of metadata that nobody may make."""
    for name in ("name", "namespace", "uid", "deletionTimestamp", "deletionGracePeriodSeconds"):
        before, after = dig(old, "metadata", name), dig(new, "metadata", name)
        if after is not None and not same_json(before, after):
            yield invalid_value(f"metadata.{name}", after, IMMUTABLE)


def _same(*path: str) -> Change:
    """Return a rule that a field stays as it is."""

    def rule(old: Object, new: Object) -> Iterator[Cause]:
        if not same_json(dig(old, *path), dig(new, *path)):
            yield invalid_value(".".join(path), dig(new, *path), IMMUTABLE)

    return rule


def _all(*rules: Change) -> Change:
    def rule(old: Object, new: Object) -> Iterator[Cause]:
        for each in rules:
            yield from each(old, new)

    return rule


def _stateful_set(old: Object, new: Object) -> Iterator[Cause]:
    before, after = (
        {key: value for key, value in (each.get("spec") or {}).items() if key not in _STATEFUL_SET_MAY}
        for each in (old, new)
    )
    if not same_json(before, after):
        yield forbidden_value("spec", _STATEFUL_SET)


def _job_completions(old: Object, new: Object) -> Iterator[Cause]:
    spec = new.get("spec") or {}
    elastic = spec.get("completionMode") == "Indexed" and spec.get("completions") == spec.get("parallelism")
    if not elastic:
        yield from _same("spec", "completions")(old, new)


def _job_template(old: Object, new: Object) -> Iterator[Cause]:
    if not dig(old, "spec", "suspend"):
        yield from _same("spec", "template")(old, new)


def _pod(old: Object, new: Object) -> Iterator[Cause]:
    before, after = old.get("spec") or {}, new.get("spec") or {}
    for kind in ("containers", "initContainers"):
        if len(before.get(kind) or []) != len(after.get(kind) or []):
            yield forbidden_value(f"spec.{kind}", "pod updates may not add or remove containers")
            return
    kept = _in_tolerations(before, after)
    if not kept:
        yield forbidden_value(
            "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"
        )
    elif not same_json(_fixed(before), _fixed(after)):
        yield forbidden_value("spec", _POD)


def _in_tolerations(before: Object, after: Object) -> bool:
    def bare(toleration: Object) -> Object:
        return {key: value for key, value in toleration.items() if key != "tolerationSeconds"}

    now = [bare(each) for each in after.get("tolerations") or []]
    return all(bare(each) in now for each in before.get("tolerations") or [])


def _fixed(spec: Object) -> Object:
    """Return what may not change of a pod's specification."""
    changing = ("tolerations", "activeDeadlineSeconds", "ephemeralContainers")
    fixed: Object = copy_json({key: value for key, value in spec.items() if key not in changing})
    for kind in ("containers", "initContainers"):
        for container in fixed.get(kind) or []:
            container.pop("image", None)
            # Resizing in place has its own subresource; here resources stay as they are.
    return fixed


def _claim(old: Object, new: Object) -> Iterator[Cause]:
    before, after = copy_json(old.get("spec") or {}), copy_json(new.get("spec") or {})
    bound = dig(old, "status", "phase") == "Bound"
    if not before.get("volumeName"):
        before.pop("volumeName", None)
        after.pop("volumeName", None)
    if not before.get("storageClassName"):
        before.pop("storageClassName", None)
        after.pop("storageClassName", None)
    sizes = [_pop_size(spec) if bound else None for spec in (before, after)]
    if bound:
        before.pop("volumeAttributesClassName", None)
        after.pop("volumeAttributesClassName", None)
    if not same_json(before, after):
        yield forbidden_value("spec", _CLAIM)
    elif None not in sizes and quantities.parse(str(sizes[1])) < quantities.parse(str(sizes[0])):
        detail = "field can not be less than previous value"
        yield forbidden_value("spec.resources.requests.storage", detail)


def _pop_size(spec: Object) -> Any:
    requests = dig(spec, "resources", "requests")
    return requests.pop("storage", None) if requests else None


def _volume(old: Object, new: Object) -> Iterator[Cause]:
    before, after = (
        {key: value for key, value in (each.get("spec") or {}).items() if key not in NOT_SOURCES}
        for each in (old, new)
    )
    if not same_json(before, after):
        field = "spec.persistentvolumesource"
        yield forbidden_value(field, f"{field} is immutable after creation")
    mode = dig(new, "spec", "volumeMode")
    if mode != dig(old, "spec", "volumeMode"):
        yield invalid_value("volumeMode", mode, IMMUTABLE)


def _service(old: Object, new: Object) -> Iterator[Cause]:
    before, after = old.get("spec") or {}, new.get("spec") or {}
    if "ExternalName" in (before.get("type"), after.get("type")):
        return
    addresses = [spec.get("clusterIPs") or [spec.get("clusterIP") or ""] for spec in (before, after)]
    first = after.get("clusterIP") or addresses[1][0]
    if addresses[0][0] and first and first != addresses[0][0]:
        yield invalid_value("spec.clusterIPs[0]", [first], "may not change once set")


def _data(*fields: str) -> Change:
    """Return a rule that data marked as immutable stays so."""

    def rule(old: Object, new: Object) -> Iterator[Cause]:
        if not old.get("immutable"):
            return
        if not new.get("immutable"):
            yield forbidden_value("immutable", _IMMUTABLE_DATA)
        for name in fields:
            if not same_json(old.get(name) or {}, new.get(name) or {}):
                yield forbidden_value(name, _IMMUTABLE_DATA)

    return rule


def _role_binding(old: Object, new: Object) -> Iterator[Cause]:
    if not same_json(old.get("roleRef"), new.get("roleRef")):
        role = new.get("roleRef") or {}
        shown = {
            "APIGroup": role.get("apiGroup", ""),
            "Kind": role.get("kind", ""),
            "Name": role.get("name", ""),
        }
        yield invalid_value("roleRef", shown, "cannot change roleRef")


def _priority_class(old: Object, new: Object) -> Iterator[Cause]:
    if (old.get("value") or 0) != (new.get("value") or 0):
        yield forbidden_value("value", "may not be changed in an update.")
    yield from _same("preemptionPolicy")(old, new)


def _node(old: Object, new: Object) -> Iterator[Cause]:
    for name, shown in (("podCIDRs", "podCIDR"), ("providerID", "providerID")):
        before = dig(old, "spec", name)
        if before and not same_json(before, dig(new, "spec", name)):
            detail = f'node updates may not change {shown} except from "" to valid'
            yield forbidden_value(f"spec.{name}", detail)


_SELECTOR = _same("spec", "selector")

CHANGES: Mapping[tuple[str, str], Change] = {
    ("", "Pod"): _pod,
    ("", "Service"): _service,
    ("", "Secret"): _all(_same("type"), _data("data")),
    ("", "ConfigMap"): _data("data", "binaryData"),
    ("", "PersistentVolumeClaim"): _claim,
    ("", "PersistentVolume"): _volume,
    ("", "Node"): _node,
    ("apps", "Deployment"): _SELECTOR,
    ("apps", "ReplicaSet"): _SELECTOR,
    ("apps", "DaemonSet"): _SELECTOR,
    ("apps", "StatefulSet"): _stateful_set,
    ("batch", "Job"): _all(_job_completions, _SELECTOR, _job_template, _same("spec", "completionMode")),
    ("storage.k8s.io", "StorageClass"): _all(
        _same("parameters"), _same("provisioner"), _same("reclaimPolicy"), _same("volumeBindingMode")
    ),
    ("networking.k8s.io", "IngressClass"): _same("spec", "controller"),
    ("rbac.authorization.k8s.io", "RoleBinding"): _role_binding,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): _role_binding,
    ("scheduling.k8s.io", "PriorityClass"): _priority_class,
}
