"""Rules for pods: containers, their environment and ports, what they mount, and where the pod may run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.rules import names
from z2jh_wizard.practice.rules.containers import container
from z2jh_wizard.practice.rules.metadata import label_selector, labels
from z2jh_wizard.practice.rules.names import wrong
from z2jh_wizard.practice.rules.values import between, one_of
from z2jh_wizard.practice.rules.volumes import volumes
from z2jh_wizard.practice.status import Cause, duplicate, invalid_value, not_supported, required

_RESTARTS = ("Always", "OnFailure", "Never")
_DNS = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_LARGEST = 2**31 - 1


def pod(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a pod."""
    yield from pod_spec(obj.get("spec") or {}, "spec")


def pod_template(template: Object, field: str) -> Iterator[Cause]:
    """Yield what is wrong with the template of a pod."""
    meta = template.get("metadata") or {}
    # The real server leaves "metadata" out of these paths.
    yield from labels(meta.get("labels"), f"{field}.labels")
    yield from pod_spec(template.get("spec") or {}, f"{field}.spec")


def pod_spec(spec: Object, field: str) -> Iterator[Cause]:
    """Yield what is wrong with the specification of a pod."""
    yield from volumes(spec.get("volumes") or [], f"{field}.volumes")
    yield from _containers(spec, field)
    yield from one_of(spec.get("restartPolicy"), f"{field}.restartPolicy", _RESTARTS)
    yield from one_of(spec.get("dnsPolicy"), f"{field}.dnsPolicy", _DNS)
    yield from labels(spec.get("nodeSelector"), f"{field}.nodeSelector")
    for name in ("serviceAccountName", "priorityClassName", "nodeName"):
        if spec.get(name):
            yield from wrong(f"{field}.{name}", spec[name], names.dns_subdomain)
    for name in ("hostname", "subdomain"):
        if spec.get(name):
            yield from wrong(f"{field}.{name}", spec[name], names.dns_label)
    for name in ("activeDeadlineSeconds",):
        yield from between(spec.get(name), f"{field}.{name}", 1, _LARGEST)
    security = spec.get("securityContext") or {}
    for name in ("runAsUser", "runAsGroup", "fsGroup"):
        yield from between(security.get(name), f"{field}.securityContext.{name}", 0, _LARGEST)
    yield from _affinity(spec.get("affinity") or {}, f"{field}.affinity")
    for place, toleration in enumerate(spec.get("tolerations") or []):
        yield from _toleration(toleration, f"{field}.tolerations[{place}]")


def _containers(spec: Object, field: str) -> Iterator[Cause]:
    known_volumes = {volume.get("name") for volume in spec.get("volumes") or []}
    if not spec.get("containers"):
        yield required(f"{field}.containers")
    seen: set[str] = set()
    for kind in ("containers", "initContainers"):
        for place, each in enumerate(spec.get(kind) or []):
            at = f"{field}.{kind}[{place}]"
            name = each.get("name", "")
            if not name:
                yield required(f"{at}.name")
            else:
                yield from wrong(f"{at}.name", name, names.dns_label)
            if name and name in seen:
                yield duplicate(f"{at}.name", name)
            seen.add(name)
            yield from container(each, at, known_volumes, init=kind == "initContainers")


def _toleration(toleration: Object, field: str) -> Iterator[Cause]:
    key, operator = toleration.get("key"), toleration.get("operator")
    if key:
        yield from wrong(f"{field}.key", key, names.qualified_name)
    elif operator != "Exists":
        detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
        yield invalid_value(f"{field}.operator", operator or "", detail)
    if toleration.get("tolerationSeconds") is not None and toleration.get("effect") != "NoExecute":
        detail = "effect must be 'NoExecute' when `tolerationSeconds` is set"
        yield invalid_value(f"{field}.effect", toleration.get("effect", ""), detail)
    if operator in (None, "", "Equal"):
        yield from wrong(f"{field}.operator", toleration.get("value") or "", names.label_value)
    elif operator == "Exists":
        if toleration.get("value"):
            detail = "value must be empty when `operator` is 'Exists'"
            yield invalid_value(f"{field}.operator", toleration["value"], detail)
    else:
        yield not_supported(f"{field}.operator", operator, ("Equal", "Exists"))
    yield from one_of(toleration.get("effect"), f"{field}.effect", _EFFECTS)


def _affinity(affinity: Object, field: str) -> Iterator[Cause]:
    node = affinity.get("nodeAffinity") or {}
    needed = node.get("requiredDuringSchedulingIgnoredDuringExecution")
    at = f"{field}.nodeAffinity"
    if needed is not None and not needed.get("nodeSelectorTerms"):
        terms = f"{at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
        yield required(terms, "must have at least one node selector term")
    yield from _weights(node, at)
    for kind in ("podAffinity", "podAntiAffinity"):
        pods = affinity.get(kind) or {}
        name = "requiredDuringSchedulingIgnoredDuringExecution"
        for place, term in enumerate(pods.get(name) or []):
            yield from _pod_affinity_term(term, f"{field}.{kind}.{name}[{place}]")
        yield from _weights(pods, f"{field}.{kind}")


def _weights(affinity: Object, field: str) -> Iterator[Cause]:
    name = "preferredDuringSchedulingIgnoredDuringExecution"
    for place, term in enumerate(affinity.get(name) or []):
        weight: Any = term.get("weight", 0)
        if not 1 <= weight <= 100:
            yield invalid_value(f"{field}.{name}[{place}].weight", weight, "must be in the range 1-100")
        if "podAffinityTerm" in term:
            yield from _pod_affinity_term(
                term["podAffinityTerm"] or {}, f"{field}.{name}[{place}].podAffinityTerm"
            )


def _pod_affinity_term(term: Object, field: str) -> Iterator[Cause]:
    yield from label_selector(term.get("labelSelector") or {}, f"{field}.labelSelector")
    topology = term.get("topologyKey", "")
    if not topology:
        yield required(f"{field}.topologyKey", "can not be empty")
    yield from wrong(f"{field}.topologyKey", topology, names.qualified_name)
