"""Whether an object may be stored: its types and fields, its metadata, and the rules of its kind.

The messages are the real server's, so that Helm and kubectl show what they would show against a real cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from z2jh_wizard.practice import status
from z2jh_wizard.practice.decoding import TypeMismatch, unknown_fields, without_nulls
from z2jh_wizard.practice.objects import Object, dig, json_fault, split_api_version
from z2jh_wizard.practice.rules import network, pods, settings, storage, updates, workloads
from z2jh_wizard.practice.rules.metadata import metadata
from z2jh_wizard.practice.schema import Schema
from z2jh_wizard.practice.status import Cause, not_supported

Rule = Callable[[Object], Iterator[Cause]]

LEVELS = ("", "Ignore", "Strict", "Warn")
"""What a request may say about unknown fields; nothing said means Warn."""

_RULES: Mapping[tuple[str, str], Rule] = {
    ("", "ConfigMap"): settings.config_map,
    ("", "Node"): settings.node,
    ("", "PersistentVolume"): storage.volume,
    ("", "PersistentVolumeClaim"): storage.claim,
    ("", "Pod"): pods.pod,
    ("", "ResourceQuota"): settings.resource_quota,
    ("", "Secret"): settings.secret,
    ("", "Service"): network.service,
    ("apps", "DaemonSet"): workloads.daemon_set,
    ("apps", "Deployment"): workloads.deployment,
    ("apps", "ReplicaSet"): workloads.replica_set,
    ("apps", "StatefulSet"): workloads.stateful_set,
    ("autoscaling", "HorizontalPodAutoscaler"): settings.autoscaler,
    ("batch", "CronJob"): workloads.cron_job,
    ("batch", "Job"): workloads.job,
    ("networking.k8s.io", "Ingress"): network.ingress,
    ("networking.k8s.io", "NetworkPolicy"): network.network_policy,
    ("policy", "PodDisruptionBudget"): settings.disruption_budget,
    ("rbac.authorization.k8s.io", "ClusterRole"): settings.role,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): settings.role_binding,
    ("rbac.authorization.k8s.io", "Role"): settings.role,
    ("rbac.authorization.k8s.io", "RoleBinding"): settings.role_binding,
    ("scheduling.k8s.io", "PriorityClass"): settings.priority_class,
    ("storage.k8s.io", "StorageClass"): storage.storage_class,
}


def check(obj: Object, schema: Schema, field_validation: str) -> list[str]:
    """Check an object that shall be stored, and return warnings about unknown fields.

    ``field_validation`` is ``Strict``, ``Warn`` (also when empty) or ``Ignore``. ApiError 400 when the object
    does not fit its kind's types, or has unknown fields and that is strict; 422 when it breaks a rule.
    """
    if field_validation not in LEVELS:
        cause = not_supported("fieldValidation", field_validation, LEVELS)
        raise status.invalid("CreateOptions", "meta.k8s.io", "", [cause])
    if fault := json_fault(obj):
        raise status.bad_request(fault)
    warnings = _decode(obj, schema, field_validation)
    obj = without_nulls(obj, schema)
    group, kind = _kind_of(obj)
    causes = list(metadata(obj))
    if rule := _RULES.get((group, kind)):
        causes += rule(obj)
    if causes:
        raise status.invalid(kind, group, dig(obj, "metadata", "name", default=""), causes)
    return warnings


def check_update(old: Object, new: Object) -> None:
    """Check that a change leaves alone what may not change; ApiError 422 when it does not.

    Both objects are in the form in which they are stored.
    """
    group, kind = _kind_of(new)
    causes = list(updates.metadata(old, new))
    if rule := updates.CHANGES.get((group, kind)):
        causes += rule(old, new)
    if causes:
        raise status.invalid(kind, group, dig(new, "metadata", "name", default=""), causes)


def _kind_of(obj: Object) -> tuple[str, str]:
    return split_api_version(str(obj.get("apiVersion", "")))[0], str(obj.get("kind", ""))


def _decode(obj: Object, schema: Schema, field_validation: str) -> list[str]:
    try:
        unknown = [f'unknown field "{path}"' for path in unknown_fields(obj, schema)]
    except TypeMismatch as error:
        raise _undecodable(obj, str(error)) from None
    if unknown and field_validation == "Strict":
        raise _undecodable(obj, f"strict decoding error: {', '.join(unknown)}")
    return unknown if field_validation != "Ignore" else []


def _undecodable(obj: Mapping[str, Any], why: str) -> status.ApiError:
    version, kind = split_api_version(str(obj.get("apiVersion", "")))[1], obj.get("kind", "")
    return status.bad_request(f'{kind} in version "{version}" cannot be handled as a {kind}: {why}')
