"""What a chart's schema says about each key: enough of it to find unknown keys and wrong types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.values.paths import Path

Schema: TypeAlias = dict[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "map": (dict,),
    "array": (list,),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


@dataclass(frozen=True, slots=True)
class Misfit:
    """A key that the chart refuses: unknown (``wanted`` is empty), of another type, or not a known word."""

    path: Path
    value: object
    wanted: tuple[str, ...] = ()
    choices: tuple[object, ...] = ()

    @property
    def unknown(self) -> bool:
        """Whether the key itself is refused, whatever it holds."""
        return not self.wanted and not self.choices


def read_schema() -> Schema:
    """Return the schema that ships with the practice chart; its keys are those of chart 4.4.0."""
    schema: Schema = msgspec.json.decode(asset_path("practice-chart/values.schema.json").read_bytes())
    return schema


def misfits(values: object, schema: Schema) -> Iterator[Misfit]:
    """Yield what does not fit, parents before children; null always fits, as it means the default."""
    return _walk(values, schema, schema, ())


def _walk(value: object, node: Schema, root: Schema, path: Path) -> Iterator[Misfit]:
    if "$ref" in node:
        node = root["definitions"][node["$ref"].rpartition("/")[2]]
    if value is None:
        return
    types = node.get("type", ())
    wanted = (types,) if isinstance(types, str) else tuple(types)
    if wanted and not is_one_of(value, wanted):
        yield Misfit(path, value, wanted)
    elif "enum" in node and value not in node["enum"]:
        yield Misfit(path, value, wanted, tuple(node["enum"]))
    elif isinstance(value, dict):
        for key, item in value.items():
            child = _child(node, str(key))
            if child is None:
                yield Misfit((*path, key), item)
            else:
                yield from _walk(item, child, root, (*path, key))
    elif isinstance(value, list) and isinstance(node.get("items"), dict):
        for index, item in enumerate(value):
            yield from _walk(item, node["items"], root, (*path, index))


def is_one_of(value: object, names: Iterable[str]) -> bool:
    """Tell whether a value has one of these JSON types; ``map`` and ``list`` are object and array."""
    return any(_is(value, name) for name in names)


def _is(value: object, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if isinstance(value, float) and name == "integer":
        return value.is_integer()
    return isinstance(value, _TYPES.get(name, ()))


def _child(node: Schema, key: str) -> Schema | None:
    """Return the schema of a key, an empty one where anything goes, None where the key is unknown."""
    if key in node.get("properties", {}):
        child: Schema = node["properties"][key]
        return child
    for pattern, child in node.get("patternProperties", {}).items():
        if re.search(pattern, key):
            return dict(child)
    rest = node.get("additionalProperties", True)
    if isinstance(rest, dict):
        return rest
    return {} if rest else None
