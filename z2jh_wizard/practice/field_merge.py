"""Merge an applied configuration into a live object, after checking it against the schema of its kind.

Rules, order of list items and error texts: sigs.k8s.io/structured-merge-diff, typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from z2jh_wizard.practice.field_paths import PathError, element_text, item_element
from z2jh_wizard.practice.field_sets import ABSENT, is_list, is_map
from z2jh_wizard.practice.go_text import go_print
from z2jh_wizard.practice.objects import copy_json
from z2jh_wizard.practice.schema import Schema

_SCALARS: dict[str, tuple[str, type | tuple[type, ...]]] = {
    "integer": ("numeric (int or float)", (int, float)),
    "number": ("numeric (int or float)", (int, float)),
    "boolean": ("boolean", bool),
    "string": ("string", str),
    "bytes": ("string", str),
    "time": ("string", str),
    "quantity": ("any scalar", (str, int, float)),
    "int-or-string": ("any scalar", (str, int, float)),
}


def type_errors(value: Any, schema: Schema, path: str = "") -> Iterator[str]:
    """Yield what an applied object has that the schema of its kind does not allow, with the paths."""
    kind = schema.type
    if value is None or kind == "any":
        return
    if kind in _SCALARS:
        yield from _scalar_error(value, kind, path)
    elif kind == "list":
        if isinstance(value, list):
            yield from _item_errors(value, schema, path)
        else:
            yield f"{path}: expected list, got &{{{go_print(value)}}}"
    elif isinstance(value, dict):
        for name, below in value.items():
            if schema.known and not schema.has_field(name):
                yield f"{path}.{name}: field not declared in schema"
            else:
                yield from type_errors(below, schema.field(name), f"{path}.{name}")
    else:
        yield f"{path}: expected map, got &{{{go_print(value)}}}"


def _scalar_error(value: Any, kind: str, path: str) -> Iterator[str]:
    expected, types = _SCALARS[kind]
    if isinstance(value, types) and (kind == "boolean" or not isinstance(value, bool)):
        return
    if kind in ("integer", "number"):
        got = _go_type(value)
    elif kind == "boolean" or kind in ("quantity", "int-or-string"):
        got = f"&{{{go_print(value)}}}"
    else:
        got = f"&value.valueUnstructured{{Value:{go_print(value)}}}"
    yield f"{path}: expected {expected}, got {got}"


def _item_errors(items: list[Any], schema: Schema, path: str) -> Iterator[str]:
    seen: set[str] = set()
    for place, item in enumerate(items):
        element = f"i:{place}"
        if not schema.atomic:
            try:
                element = item_element(item, schema)
            except PathError as error:
                yield f"{path}: element {place}: {error}"
                return
            if element in seen:
                yield f"{path}: duplicate entries for key {element_text(element)}"
            seen.add(element)
        yield from type_errors(item, schema.items, path + element_text(element))


def _go_type(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    return "map[string]interface {}" if isinstance(value, dict) else "[]interface {}"


def merge(live: Any, applied: Any, schema: Schema) -> Any:
    """Return the live value with the applied one merged in; neither is changed."""
    if applied is ABSENT:
        return live
    if _goes_into(live, applied, schema, is_map):
        merged = dict(live) if isinstance(live, dict) else {}
        for name, value in (applied or {}).items():
            merged[name] = merge(merged.get(name, ABSENT), value, schema.field(name))
        return merged
    if _goes_into(live, applied, schema, is_list):
        return _merge_items(live if isinstance(live, list) else [], applied or [], schema)
    return copy_json(applied)


def _goes_into(live: Any, applied: Any, schema: Schema, splits: Callable[[Any, Schema], bool]) -> bool:
    """Tell whether both values can be taken apart: null counts as empty, and two empty ones are one value."""
    present = [value for value in (live, applied) if value is not ABSENT and value is not None]
    return any(present) and all(splits(value, schema) for value in present)


def _merge_items(live: list[Any], applied: list[Any], schema: Schema) -> list[Any]:
    """Merge keyed items: the applied order holds; live items that are not applied stay near their place."""
    before = [(item_element(item, schema), item) for item in live]
    after = {item_element(item, schema): item for item in applied}
    # A live item that is there twice takes nothing over: the applied one stands in for it.
    known = {each: item for each, item in before if [element for element, _ in before].count(each) == 1}
    waiting = list(after)
    merged: list[Any] = []

    def take(count: int) -> None:
        for element in waiting[:count]:
            merged.append(merge(known.get(element, ABSENT), after[element], schema.items))
        del waiting[:count]

    for element, item in before:
        if element not in after:
            merged.append(item)
        elif element == next((each for each in waiting if each in known), None):
            take(waiting.index(element) + 1)
    take(len(waiting))
    return merged


def without_nulls(value: Any) -> Any:
    """Return the value without map entries that are null."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value
