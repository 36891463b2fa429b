"""Small texts in kubectl's tables: ages, selectors, access modes, lists that end in 'more'.

Wording: k8s.io/kubernetes, pkg/printers/internalversion, and k8s.io/apimachinery, pkg/util/duration.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from z2jh_wizard.practice.objects import Object, dig, parse_time

NONE, UNKNOWN, UNSET = "<none>", "<unknown>", "<unset>"
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400
_MODES = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}
_ADDRESS_WIDTH = 16


def span(seconds: float) -> str:
    """Write a time span with two or three significant figures, as kubectl does: ``4m5s``, ``3d2h``."""
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    if whole < 2 * _MINUTE:
        return f"{max(whole, 0)}s"
    for limit, unit, letter, smaller, small_letter in (
        (10 * _MINUTE, _MINUTE, "m", 1, "s"),
        (3 * _HOUR, _MINUTE, "m", 0, ""),
        (8 * _HOUR, _HOUR, "h", _MINUTE, "m"),
        (48 * _HOUR, _HOUR, "h", 0, ""),
        (8 * _DAY, _DAY, "d", _HOUR, "h"),
        (2 * _YEAR, _DAY, "d", 0, ""),
        (8 * _YEAR, _YEAR, "y", _DAY, "d"),
    ):
        if whole < limit:
            rest = whole % unit // smaller if smaller else 0
            return f"{whole // unit}{letter}" + (f"{rest}{small_letter}" if rest else "")
    return f"{whole // _YEAR}y"


def since(time: Any, now: datetime.datetime) -> str:
    """Write how long ago a time was; ``<unknown>`` when there is none."""
    moment = parse_time(time)
    return span((now - moment).total_seconds()) if moment else UNKNOWN


def age(obj: Object, now: datetime.datetime) -> str:
    """Write the age of an object."""
    return since(obj["metadata"].get("creationTimestamp"), now)


def labels_text(labels: Mapping[str, str] | None) -> str:
    """Write labels as ``a=b,c=d`` by name, or ``<none>``."""
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or NONE


def selector_text(selector: Mapping[str, Any] | None) -> str:
    """Write a LabelSelector as the text form of the same selector, or ``<none>``."""
    if not selector:
        return NONE
    terms = {key: f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()}
    for expression in selector.get("matchExpressions") or []:
        key, operator = expression["key"], expression["operator"]
        values = ",".join(sorted(expression.get("values") or []))
        written = {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": key}
        terms[key] = written.get(operator, f"!{key}")
    return ",".join(terms[key] for key in sorted(terms)) or NONE


def access_modes(modes: Iterable[str] | None) -> str:
    """Write access modes in kubectl's order and short form: ``RWO,RWX``."""
    given = set(modes or ())
    return ",".join(short for mode, short in _MODES.items() if mode in given)


def first_few(items: Sequence[str], most: int, count: int | None = None, separator: str = ",") -> str:
    """Join the first items and say how many more there are; ``<none>`` for none."""
    count = len(items) if count is None else count
    text = separator.join(items[:most])
    return (f"{text} + {count - most} more..." if count > most else text) or NONE


def containers(pod_spec: Object) -> tuple[str, str]:
    """Return the names and the images of a pod's containers, each as one text."""
    found = pod_spec.get("containers") or []
    return ",".join(c.get("name", "") for c in found), ",".join(c.get("image", "") for c in found)


def addresses(status: Mapping[str, Any], wide: bool = True) -> str:
    """Write the addresses of a load balancer, cut to kubectl's width unless ``wide``."""
    found = {
        each.get("ip") or each.get("hostname") or ""
        for each in dig(status, "loadBalancer", "ingress", default=[])
    }
    text = ",".join(sorted(found - {""}))
    return text if wide or len(text) <= _ADDRESS_WIDTH else text[: _ADDRESS_WIDTH - 3] + "..."


def has_condition(obj: Object, kind: str) -> bool:
    """Tell whether an object's status has a condition that is true."""
    conditions = dig(obj, "status", "conditions", default=[])
    return any(each.get("type") == kind and each.get("status") == "True" for each in conditions)
