"""Small helpers for Kubernetes objects, which are plain JSON dicts everywhere in this package."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Mapping
from itertools import chain
from typing import Any

Object = dict[str, Any]


def dig(value: Any, *path: str | int, default: Any = None) -> Any:
    """Follow keys and list indexes into nested JSON; ``default`` for anything missing or null."""
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return default
        if value is None:
            return default
    return value


def split_api_version(api_version: str) -> tuple[str, str]:
    """Split ``apps/v1`` into group and version; the core group is the empty string."""
    group, _, version = api_version.rpartition("/")
    return group, version


def copy_json(value: Any) -> Any:
    """Copy nested JSON containers; several times faster than ``copy.deepcopy`` for plain JSON."""
    if isinstance(value, dict):
        return {key: copy_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copy_json(item) for item in value]
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    return copy.deepcopy(value)


DEEPEST = 200
"""Levels of nesting that are read; real objects have some twenty, and every reader here is recursive."""


def json_fault(value: Any) -> str | None:
    """Return why decoded JSON cannot be kept, or None: nested too deeply, or text that is no Unicode."""
    level = [value]
    for _ in range(DEEPEST):
        if any(isinstance(each, str) and not _is_unicode(each) for each in level):
            return "json: invalid Unicode in a string"
        level = [
            item
            for each in level
            if isinstance(each, dict | list)
            for item in (chain(each.keys(), each.values()) if isinstance(each, dict) else each)
        ]
        if not level:
            return None
    return "json: exceeded max depth"


def _is_unicode(text: str) -> bool:
    """Tell whether text can be written as UTF-8; half a surrogate pair cannot."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def same_json(one: Any, other: Any) -> bool:
    """Compare JSON values; true is not 1, and 1.0 is 1, as in JSON itself."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    return bool(one == other)


def time_text(moment: datetime.datetime) -> str:
    """Write a moment as Kubernetes does: UTC, whole seconds, RFC 3339."""
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_time(text: Any) -> datetime.datetime | None:
    """Read an RFC 3339 time, with or without a fraction; None when it is not one."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.datetime.fromisoformat(_with_microseconds(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _with_microseconds(text: str) -> str:
    """Rewrite the zone and the fraction so that Python 3.10 reads them too."""
    text = text[:-1] + "+00:00" if text.endswith(("Z", "z")) else text
    head, dot, rest = text.partition(".")
    if not dot:
        return text
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    return f"{head}.{digits[:6]:0<6}{rest[len(digits) :]}"
