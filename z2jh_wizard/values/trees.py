"""Looking into trees of values and changing them without touching the original."""

from __future__ import annotations

import math
import sys
from typing import Any, Final

from z2jh_wizard.values.paths import Path

_LARGEST_FLOAT = sys.float_info.max


class _Missing:
    """The type of MISSING."""


MISSING: Final = _Missing()
"""What ``look_up`` answers for a path that leads nowhere; null is a value of its own."""


def look_up(tree: Any, path: Path) -> Any:
    """Return the value at a path, or MISSING."""
    for part in path:
        at_key = isinstance(tree, dict) and isinstance(part, str) and part in tree
        at_item = isinstance(tree, list) and isinstance(part, int) and part < len(tree)
        if not at_key and not at_item:
            return MISSING
        tree = tree[part]
    return tree


def put(tree: Any, path: Path, value: Any) -> Any:
    """Return a copy with a value at a path; maps and lists on the way are made where null or nothing is."""
    if not path:
        return value
    part, rest = path[0], path[1:]
    if isinstance(part, int):
        items = list(tree) if isinstance(tree, list) else []
        items[part : part + 1] = [put(items[part] if part < len(items) else None, rest, value)]
        return items
    copy = dict(tree) if isinstance(tree, dict) else {}
    copy[part] = put(copy.get(part), rest, value)
    return copy


def drop(tree: Any, path: Path) -> Any:
    """Return a copy without the key or item at a path, which must be there."""
    part = path[0]
    copy: Any = list(tree) if isinstance(tree, list) else dict(tree)
    if len(path) == 1:
        del copy[part]
    else:
        copy[part] = drop(copy[part], path[1:])
    return copy


def merge(*trees: dict[str, Any]) -> dict[str, Any]:
    """Merge values files as Helm does: maps are merged, all else is replaced by the later file."""
    result: dict[str, Any] = {}
    for tree in trees:
        for key, value in tree.items():
            before = result.get(key)
            both = isinstance(before, dict) and isinstance(value, dict)
            result[key] = merge(before, value) if both else value  # type: ignore[arg-type]
    return result


def same(one: Any, other: Any) -> bool:
    """Tell whether two trees are equal; unlike for ``==``, true is not 1."""
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and len(one) == len(other)
            and all(key in other and same(value, other[key]) for key, value in one.items())
        )
    if isinstance(one, (list, tuple)):
        return isinstance(other, (list, tuple)) and len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def same_values(one: Any, other: Any) -> bool:
    """Tell whether Helm, which stores every number as a 64-bit float, would store the same for two trees."""
    return same(_as_stored(one), _as_stored(other))


def _as_stored(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _as_stored(value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [_as_stored(value) for value in tree]
    if isinstance(tree, int) and not isinstance(tree, bool):
        return float(tree) if abs(tree) < _LARGEST_FLOAT else math.inf if tree > 0 else -math.inf
    return tree
