"""The fields that objects have, what differs between two objects, and objects without some fields.

A keyed list and a set are taken item by item, a granular map key by key; what is atomic counts as one field.
Source of the rules: sigs.k8s.io/structured-merge-diff, typed.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from z2jh_wizard.practice.field_paths import (
    Path,
    Paths,
    field_element,
    item_element,
    with_prefixes,
)
from z2jh_wizard.practice.objects import Object, same_json
from z2jh_wizard.practice.schema import Schema


class _Absent(enum.Enum):
    ABSENT = enum.auto()


ABSENT = _Absent.ABSENT
"""Stands for a value that is not there, which null is not."""


def is_map(value: Any, schema: Schema) -> bool:
    """Tell whether a value is taken key by key."""
    return isinstance(value, dict) and not schema.atomic and schema.type != "list"


def is_list(value: Any, schema: Schema) -> bool:
    """Tell whether a value is taken item by item."""
    return isinstance(value, list) and schema.type == "list" and not schema.atomic


def children(value: Any, schema: Schema) -> Iterator[tuple[str, Any, Schema]]:
    """Yield (element, value, schema) of what is directly below; PathError for an item without identity."""
    if is_map(value, schema):
        for name, item in value.items():
            yield field_element(name), item, schema.field(name)
    elif is_list(value, schema):
        for item in value:
            yield item_element(item, schema), item, schema.items


def field_set(value: Any, schema: Schema, path: Path = ()) -> Paths:
    """Return the fields that applying an object makes its applier own."""
    return frozenset(_owned(value, schema, path))


def _owned(value: Any, schema: Schema, path: Path) -> Iterator[Path]:
    listed = is_list(value, schema)
    if not listed and not is_map(value, schema):
        yield path
        return
    for element, item, below in children(value, schema):
        named = not listed and schema.has_field(element[2:])
        if not named or item is None or item == {}:
            yield (*path, element)
        yield from _owned(item, below, (*path, element))


@dataclass
class Comparison:
    """The fields that one object has more, has fewer, and has otherwise than another."""

    added: set[Path] = field(default_factory=set)
    removed: set[Path] = field(default_factory=set)
    modified: set[Path] = field(default_factory=set)


def compare(old: Object, new: Object, schema: Schema) -> Comparison:
    """Return what differs between two versions of an object."""
    found = Comparison()
    _compare(old, new, schema, (), found)
    return found


def _compare(old: Any, new: Any, schema: Schema, path: Path, found: Comparison) -> None:
    if old is new:
        return
    if old is ABSENT:
        found.added.add(path)
    elif new is ABSENT:
        found.removed.add(path)
    if _split(old, new, schema):
        before, after = _by_element(old, schema), _by_element(new, schema)
        for element in before | after:
            _compare_items(before.get(element, []), after.get(element, []), (*path, element), found)
    elif ABSENT not in (old, new) and not same_json(old, new):
        found.modified.add(path)


def _split(old: Any, new: Any, schema: Schema) -> bool:
    """Tell whether two values are compared by what is below them; two empty ones are compared whole."""
    present = [value for value in (old, new) if value is not ABSENT and value is not None]
    return any(present) and (
        all(is_map(value, schema) for value in present) or all(is_list(value, schema) for value in present)
    )


_Items = list[tuple[Any, Schema]]


def _by_element(value: Any, schema: Schema) -> dict[str, _Items]:
    """Group what is below by element; stored lists may repeat an item."""
    found: dict[str, _Items] = {}
    if value is not ABSENT:
        for element, item, below in children(value, schema):
            found.setdefault(element, []).append((item, below))
    return found


def _compare_items(old: _Items, new: _Items, path: Path, found: Comparison) -> None:
    if len(old) > 1 or len(new) > 1:
        if not old:
            found.added.add(path)
        elif not new:
            found.removed.add(path)
        elif not same_json([item for item, _ in old], [item for item, _ in new]):
            found.modified.add(path)
        return
    schema = (old or new)[0][1]
    _compare(old[0][0] if old else ABSENT, new[0][0] if new else ABSENT, schema, path, found)


def without(value: Any, gone: Paths | set[Path], schema: Schema) -> Any:
    """Return the value without the fields and items of those paths; what is left empty becomes null."""
    return _without(value, gone, with_prefixes(gone), schema, ())


def _without(value: Any, gone: Paths | set[Path], touched: set[Path], schema: Schema, path: Path) -> Any:
    if not value or not (is_map(value, schema) or is_list(value, schema)):
        return None if isinstance(value, dict | list) else value
    kept = [
        (element, _kept(item, gone, touched, below, (*path, element)))
        for element, item, below in children(value, schema)
        if (*path, element) not in gone
    ]
    if not kept:
        return None
    return (
        {element[2:]: item for element, item in kept}
        if isinstance(value, dict)
        else [item for _, item in kept]
    )


def _kept(item: Any, gone: Paths | set[Path], touched: set[Path], schema: Schema, path: Path) -> Any:
    return _without(item, gone, touched, schema, path) if path in touched else item


def with_named_parents(paths: Paths, schema: Schema) -> Paths:
    """Add the named fields above each path: a struct's field goes when all that is owned below it goes."""
    above = {path[:length] for path in paths for length in range(1, len(path))}
    return paths | {path for path in above if _is_named(path, schema)}


def _is_named(path: Path, schema: Schema) -> bool:
    *parents, last = path
    return last[0] == "f" and schema_at(tuple(parents), schema).has_field(last[2:])


def schema_at(path: Path, schema: Schema) -> Schema:
    """Return the schema of what stands at a path."""
    for element in path:
        schema = schema.field(element[2:]) if element[0] == "f" else schema.items
    return schema


def zero(schema: Schema) -> Object:
    """Return what an object has before anything is set: empty structs, and null where Go has no value."""
    found: Object = {}
    for name, below in schema.fields():
        if below.type == "object" and below.default == {}:
            found[name] = zero(below)
        elif below.default is not None and below.default in ("", 0, False):
            found[name] = below.default
        elif name in schema.required and below.type in ("list", "map", "object"):
            found[name] = None
    return found
