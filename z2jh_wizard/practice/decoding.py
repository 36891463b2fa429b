"""Whether an object fits the types of its kind: wrong types, and fields that the kind does not have.

Texts: encoding/json of Go and sigs.k8s.io/json, which the real server decodes with.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from z2jh_wizard.practice import quantities
from z2jh_wizard.practice.go_text import go_quote
from z2jh_wizard.practice.objects import parse_time
from z2jh_wizard.practice.schema import Schema

_RANGES = {"int32": 2**31, "int64": 2**63}
_GO_NAMES = {"string": "string", "boolean": "bool", "number": "float64", "int-or-string": "int32"}
_TEXT = {"string", "bytes", "time"}


class TypeMismatch(ValueError):
    """A field has a value of the wrong type; the text is the real server's."""


class _Key(str):
    """A key of a map, which Go's messages leave out."""

    __slots__ = ()


_Path = tuple[str | int, ...]


def unknown_fields(value: Any, schema: Schema, struct: str = "", path: _Path = ()) -> Iterator[str]:
    """Yield the path of every field that the kind does not have; TypeMismatch for a value of the wrong type.

    ``struct`` is the Go type that the value stands in, and ``path`` the way to it.
    """
    kind = schema.type
    if value is None or kind == "any":
        return
    if kind == "list":
        if not isinstance(value, list):
            raise _mismatch(value, schema, struct, path)
        for place, item in enumerate(value):
            yield from unknown_fields(item, schema.items, struct, (*path, place))
    elif kind not in ("object", "map"):
        _check_plain(value, schema, struct, path)
    elif not isinstance(value, dict):
        raise _mismatch(value, schema, struct, path)
    else:
        inside = schema.name.rpartition(".")[2] or struct
        for name, item in value.items():
            if schema.has_field(name):
                yield from unknown_fields(item, schema.field(name), inside, (*path, name))
            elif schema.known:
                yield _text((*path, name))
            else:
                yield from unknown_fields(item, schema.items, inside, (*path, _Key(name)))


def without_nulls(value: Any, schema: Schema) -> Any:
    """Return a value as Go decodes it: null fields are absent, a null in a list is the type's zero value."""
    if isinstance(value, dict) and schema.type in ("object", "map"):
        return {
            name: _zero(schema.field(name)) if item is None else without_nulls(item, schema.field(name))
            for name, item in value.items()
            if item is not None or not schema.has_field(name)
        }
    if isinstance(value, list) and schema.type == "list":
        return [_zero(schema.items) if item is None else without_nulls(item, schema.items) for item in value]
    return value


_ZEROS: Mapping[str, Any] = {
    "string": "",
    "bytes": "",
    "quantity": "0",
    "integer": 0,
    "int-or-string": 0,
    "number": 0,
    "boolean": False,
}


def _zero(schema: Schema) -> Any:
    if schema.type in ("object", "map"):
        return {}
    return [] if schema.type == "list" else _ZEROS.get(schema.type)


def _text(path: _Path) -> str:
    """Write a path as strict decoding does: ``spec.containers[0].image``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)[1:]


def _check_plain(value: Any, schema: Schema, struct: str, path: _Path) -> None:
    kind = schema.type
    if kind == "quantity":
        _check_quantity(value)
    elif kind in _TEXT:
        if not isinstance(value, str):
            raise _mismatch(value, schema, struct, path)
        _check_text(value, kind)
    elif kind == "boolean":
        if not isinstance(value, bool):
            raise _mismatch(value, schema, struct, path)
    elif kind == "int-or-string":
        if not isinstance(value, str) and not _is_integer(value, "int32"):
            raise _mismatch(value, schema, struct, path)
    elif kind == "integer":
        if not _is_integer(value, schema.format):
            raise _mismatch(value, schema, struct, path)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise _mismatch(value, schema, struct, path)


def _is_integer(value: Any, form: str) -> bool:
    limit = _RANGES.get(form, 2**63)
    return isinstance(value, int) and not isinstance(value, bool) and -limit <= value < limit


def _check_quantity(value: Any) -> None:
    try:
        quantities.parse(value)
    except ValueError as error:
        raise TypeMismatch(str(error)) from None


def _check_text(value: str, kind: str) -> None:
    if kind == "bytes":
        try:
            base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True)
        except (binascii.Error, ValueError):
            raise TypeMismatch(f"illegal base64 data at input byte {_bad_byte(value)}") from None
    elif kind == "time" and parse_time(value) is None:
        shown = go_quote(value)
        raise TypeMismatch(
            f'parsing time {shown} as "2006-01-02T15:04:05Z07:00": cannot parse {shown} as "2006"'
        )


def _bad_byte(value: str) -> int:
    match = re.search(r"[^A-Za-z0-9+/]", value)
    return match.start() if match else len(value) // 4 * 4


def _mismatch(value: Any, schema: Schema, struct: str, path: _Path) -> TypeMismatch:
    names = ".".join(step for step in path if isinstance(step, str) and not isinstance(step, _Key))
    return TypeMismatch(
        f"json: cannot unmarshal {_json_kind(value, schema)} into Go struct field {struct}.{names} "
        f"of type {_go_type(schema)}"
    )


def _json_kind(value: Any, schema: Schema) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return f"number {value}" if schema.type in ("integer", "int-or-string") else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _go_type(schema: Schema) -> str:
    if schema.type == "object":
        return ".".join(schema.name.split(".")[-2:])
    if schema.type == "list":
        return f"[]{_go_type(schema.items)}"
    if schema.type == "map":
        return f"map[string]{_go_type(schema.items)}"
    return _GO_NAMES.get(schema.type) or schema.format or "string"
