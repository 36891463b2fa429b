"""Paths to fields of an object, as managed fields write them, and sets of such paths.

A path is a tuple of elements in the spelling of FieldsV1: ``f:<name>`` for a field or map key, ``k:<keys as
JSON>`` for an item of a keyed list, ``v:<value as JSON>`` for one of a set: ``("f:metadata", "f:labels")``.
Source: sigs.k8s.io/structured-merge-diff, fieldpath.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from z2jh_wizard.practice.go_text import go_value
from z2jh_wizard.practice.schema import Schema

Path = tuple[str, ...]
Paths = frozenset[Path]
"""A set of paths; that it holds a path says nothing about the paths above or below it."""

NONE: Paths = frozenset()
_SELF = "."
_ELEMENT_ORDER = "fkvi"


class PathError(ValueError):
    """A list item cannot be told from the others, or the text is no path element."""


def field_element(name: str) -> str:
    """Return the element of a field or map key."""
    return f"f:{name}"


def item_element(item: Any, schema: Schema) -> str:
    """Return the element of an item of a keyed list or a set; PathError when it has no identity."""
    if schema.list_type == "set":
        if item is None:
            raise PathError("associative list without keys has an element that's an explicit null")
        if isinstance(item, dict | list):
            raise PathError("associative list without keys has an element that's a map type")
        return f"v:{_json(item)}"
    if item is None:
        raise PathError("associative list with keys may not have a null element")
    if not isinstance(item, dict):
        raise PathError("associative list with keys may not have non-map elements")
    defaults = {key: schema.items.field(key).default for key in schema.list_keys}
    keys = {key: item.get(key, default) for key, default in defaults.items()}
    keys = {key: value for key, value in keys.items() if value is not None}
    if not keys:
        names = " ".join(go_value(key) for key in schema.list_keys)
        raise PathError(
            f"associative list with keys has an element that omits all key fields [{names}] "
            "(and doesn't have default values for any key fields)"
        )
    return f"k:{_json(keys)}"


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def element_text(element: str) -> str:
    """Write an element as messages do: ``.name``, ``[name="x"]``, ``[="x"]``."""
    kind, _, rest = element.partition(":")
    if kind == "f":
        return f".{rest}"
    if kind == "k":
        return "[" + ",".join(f"{key}={go_value(value)}" for key, value in json.loads(rest).items()) + "]"
    return f"[={rest}]" if kind == "v" else f"[{rest}]"


def path_text(path: Path) -> str:
    """Write a path as messages do: ``.spec.containers[name="hub"].image``."""
    return "".join(map(element_text, path))


def in_order(paths: Iterable[Path]) -> list[Path]:
    """Sort paths as structured-merge-diff visits them: at each level first the fields that end there."""
    return sorted(paths, key=_order)


def _order(path: Path) -> list[tuple[bool, int, str]]:
    last = len(path) - 1
    return [(place < last, *_element_order(element)) for place, element in enumerate(path)]


def _element_order(element: str) -> tuple[int, str]:
    return _ELEMENT_ORDER.find(element[0]), element


def with_prefixes(paths: Iterable[Path]) -> set[Path]:
    """Return all paths and the paths above them."""
    return {path[:length] for path in paths for length in range(1, len(path) + 1)}


def encode(paths: Paths) -> dict[str, Any]:
    """Return a set of paths as FieldsV1: nested by element, with a dot for a path that has others below."""
    root: dict[str, Any] = {}
    for path in sorted(paths, key=lambda path: [_element_order(element) for element in path]):
        node = root
        for element in path:
            node = node.setdefault(element, {})
        node[_SELF] = {}
    return {element: _without_lone_dots(below) for element, below in root.items() if element != _SELF}


def _without_lone_dots(node: dict[str, Any]) -> dict[str, Any]:
    if node.keys() == {_SELF}:
        return {}
    return {element: _without_lone_dots(below) for element, below in node.items()}


def decode(fields: Any) -> Paths:
    """Read FieldsV1; PathError when it is not."""
    if not isinstance(fields, Mapping):
        raise PathError("FieldsV1 must be an object")
    return frozenset(_members(fields, ()))


def _members(fields: Mapping[str, Any], above: Path) -> Iterator[Path]:
    for element, below in fields.items():
        if not isinstance(below, Mapping):
            raise PathError(f"the value of {element} must be an object")
        if element == _SELF:
            yield above
            continue
        path = (*above, _canonical(element))
        if below:
            yield from _members(below, path)
        else:
            yield path


def _canonical(element: str) -> str:
    """Return an element in the one spelling that comparing needs; PathError when it is none."""
    kind, colon, rest = element.partition(":")
    if not colon or kind not in tuple(_ELEMENT_ORDER):
        raise PathError(f"missing or unknown path element: {element}")
    if kind == "f":
        return element
    try:
        value = json.loads(rest)
    except (ValueError, RecursionError):
        raise PathError(f"the path element {element} holds no JSON") from None
    if kind == "k" and not isinstance(value, dict):
        raise PathError(f"the path element {element} has no keys")
    return f"{kind}:{_json(value)}"
