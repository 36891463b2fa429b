"""Rules for the metadata of every object: names, labels, annotations, finalizers, owners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.rules import names
from z2jh_wizard.practice.rules.names import Check, wrong
from z2jh_wizard.practice.status import Cause, invalid_value, required, too_long

_LARGEST_ANNOTATIONS = 256 * 1024
_RBAC = {"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}
_LABEL_NAMES = {"Namespace", "Service"}
_STANDARD_FINALIZERS = {"kubernetes", "orphan", "foregroundDeletion"}


def name_check(kind: str) -> Check:
    """Return the check for the names of a kind."""
    if kind in _RBAC:
        return names.path_segment
    return names.dns_label if kind in _LABEL_NAMES else names.dns_subdomain


def metadata(obj: Object, path: str = "metadata") -> Iterator[Cause]:
    """Yield what is wrong with an object's metadata."""
    meta = obj.get("metadata") or {}
    check = name_check(str(obj.get("kind")))
    if base := meta.get("generateName"):
        yield from wrong(f"{path}.generateName", base, lambda text: check(_before_dash(text)))
    if name := meta.get("name"):
        yield from wrong(f"{path}.name", name, check)
    elif not base:
        yield required(f"{path}.name", "name or generateName is required")
    yield from labels(meta.get("labels"), f"{path}.labels")
    yield from _annotations(meta.get("annotations"), f"{path}.annotations")
    yield from _finalizers(meta.get("finalizers") or [], f"{path}.finalizers")
    yield from _owners(meta.get("ownerReferences") or [], f"{path}.ownerReferences")


def _before_dash(text: str) -> str:
    """Return a generateName with its last dash replaced, which alone would be no end of a name."""
    return text[:-2] + "a" if len(text) > 1 and text.endswith("-") else text


def labels(values: Mapping[str, str] | None, field: str) -> Iterator[Cause]:
    """Yield what is wrong with the keys and values of labels."""
    for key, value in (values or {}).items():
        yield from wrong(field, key, names.qualified_name)
        yield from wrong(field, value or "", names.label_value)


def _annotations(values: Mapping[str, str] | None, field: str) -> Iterator[Cause]:
    """Yield what is wrong with annotations: their keys, and their size of at most 256 KiB together."""
    size = 0
    for key, value in (values or {}).items():
        yield from wrong(field, key, lambda text: names.qualified_name(text.lower()))
        size += len(key.encode()) + len((value or "").encode())
    if size > _LARGEST_ANNOTATIONS:
        yield too_long(field, _LARGEST_ANNOTATIONS)


def _finalizers(finalizers: list[str], field: str) -> Iterator[Cause]:
    for place, finalizer in enumerate(finalizers):
        yield from wrong(field, finalizer, names.qualified_name)
        if "/" not in finalizer and finalizer not in _STANDARD_FINALIZERS:
            detail = "name is neither a standard finalizer name nor is it fully qualified"
            yield invalid_value(f"{field}[{place}]", finalizer, detail)


def _owners(owners: list[dict[str, Any]], field: str) -> Iterator[Cause]:
    for owner in owners:
        for key, detail in (
            ("apiVersion", "version must not be empty"),
            ("kind", "must not be empty"),
            ("name", "must not be empty"),
            ("uid", "must not be empty"),
        ):
            if not owner.get(key):
                yield invalid_value(f"{field}.{key}", "", detail)
    controllers = [owner for owner in owners if owner.get("controller")]
    if len(controllers) > 1:
        both = " and ".join(f"{each.get('kind')}/{each.get('name')}" for each in controllers[:2])
        detail = f'Only one reference can have Controller set to true. Found "true" in references for {both}'
        yield invalid_value(field, owners, detail)


_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")


def label_selector(selector: Mapping[str, Any], field: str) -> Iterator[Cause]:
    """Yield what is wrong with a LabelSelector."""
    yield from labels(selector.get("matchLabels"), f"{field}.matchLabels")
    for place, expression in enumerate(selector.get("matchExpressions") or []):
        at = f"{field}.matchExpressions[{place}]"
        operator, values = expression.get("operator", ""), expression.get("values")
        if operator not in _OPERATORS:
            yield invalid_value(f"{at}.operator", operator, "not a valid selector operator")
        elif operator in ("In", "NotIn") and not values:
            yield required(f"{at}.values", "must be specified when `operator` is 'In' or 'NotIn'")
        elif operator in ("Exists", "DoesNotExist") and values:
            detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            yield Cause("FieldValueForbidden", f"{at}.values", f"Forbidden: {detail}")
        yield from wrong(f"{at}.key", expression.get("key", ""), names.qualified_name)
