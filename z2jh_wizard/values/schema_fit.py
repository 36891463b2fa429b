"""Whether values fit a chart's schema, told quickly and exactly for the words of JSON Schema that charts use.

Draft 7, as Helm reads ``values.schema.json``. A schema with other words needs a whole validator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from z2jh_wizard.values.trees import same

_WORDS = frozenset(
    {
        "type", "enum", "const", "minimum", "required", "properties", "patternProperties",
        "additionalProperties", "items", "oneOf", "if", "then", "else", "$ref", "definitions",
    }
)  # fmt: skip
_SAYS_NOTHING = frozenset({"$schema", "$id", "$comment", "title", "description", "default", "examples"})
_NAMED = ("properties", "patternProperties", "definitions")
"""Words whose value is a map of names to schemas."""

_NAMES: dict[type, tuple[str, ...]] = {
    bool: ("boolean",),
    type(None): ("null",),
    str: ("string",),
    dict: ("object",),
    list: ("array",),
    int: ("integer", "number"),
}
"""What JSON Schema calls the types; a float that is whole counts as an integer."""

_REFERENCE = re.compile(r"#/definitions/([^/~%]+)")


def surely_fits(value: Any, schema: Any) -> bool:
    """Tell whether a value fits for sure; False also for a schema that is not understood, or is none."""
    try:
        return is_understood(schema) and fits(value, schema)
    except RecursionError:  # definitions that mean each other
        return False


def is_understood(schema: Any) -> bool:
    """Tell whether ``fits`` knows every word of a schema; False for what is no schema."""
    try:
        found = list(_schemas(schema, at_top=True))
        references = {one["$ref"] for one in found if isinstance(one, Mapping) and "$ref" in one}
        known = {f"#/definitions/{name}" for name in schema.get("definitions", ())} if references else set()
        return all(map(_plain, found)) and references <= known
    except (AttributeError, TypeError, RecursionError, re.error):
        return False


def _schemas(schema: Any, *, at_top: bool = False) -> Iterator[Any]:
    """Give a schema and all schemas in it."""
    yield schema
    if not isinstance(schema, Mapping):
        return
    if not at_top and "definitions" in schema:
        yield None
    inner = [
        schema[word] for word in ("additionalProperties", "items", "if", "then", "else") if word in schema
    ]
    inner += schema.get("oneOf", [])
    for word in _NAMED:
        inner += schema.get(word, {}).values()
    for one in inner:
        yield from _schemas(one)


def _plain(schema: Any) -> bool:
    if isinstance(schema, bool):
        return True
    if not isinstance(schema, Mapping) or schema.keys() - _WORDS - _SAYS_NOTHING:
        return False
    for pattern in schema.get("patternProperties", ()):
        re.compile(pattern)
    types = schema.get("type", [])
    known = {name for names in _NAMES.values() for name in names}
    return ({types} if isinstance(types, str) else {*types}) <= known and _REFERENCE.fullmatch(
        schema.get("$ref", "#/definitions/none")
    ) is not None


def fits(value: Any, schema: Any, root: Any = None) -> bool:
    """Tell whether a JSON value fits a schema that is understood; ``root`` holds the definitions."""
    root = schema if root is None else root
    if isinstance(schema, bool):
        return schema
    if "$ref" in schema:  # in draft 7 its neighbours say nothing
        return fits(value, root["definitions"][schema["$ref"].rpartition("/")[2]], root)
    types = schema.get("type")
    if types is not None and not _has_type(value, types):
        return False
    if "enum" in schema and not any(same(value, one) for one in schema["enum"]):
        return False
    if "const" in schema and not same(value, schema["const"]):
        return False
    if "minimum" in schema and _is_number(value) and value < schema["minimum"]:
        return False
    if isinstance(value, dict) and not _map_fits(value, schema, root):
        return False
    if isinstance(value, list) and not all(fits(item, schema.get("items", True), root) for item in value):
        return False
    if "oneOf" in schema and sum(fits(value, one, root) for one in schema["oneOf"]) != 1:
        return False
    if "if" in schema:
        branch = "then" if fits(value, schema["if"], root) else "else"
        return fits(value, schema.get(branch, True), root)
    return True


def _map_fits(value: dict[str, Any], schema: Mapping[str, Any], root: Any) -> bool:
    if any(name not in value for name in schema.get("required", ())):
        return False
    known = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    rest = schema.get("additionalProperties", True)
    for key, item in value.items():
        asked = [known[key]] if key in known else []
        asked += [one for pattern, one in patterns.items() if re.search(pattern, key)]
        for one in asked or [rest]:
            if one is not True and not fits(item, one, root):
                return False
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _has_type(value: Any, types: str | list[str]) -> bool:
    names = _NAMES.get(type(value)) or (("number", "integer") if value.is_integer() else ("number",))
    wanted = (types,) if isinstance(types, str) else types
    return any(name in wanted for name in names)
