"""The form in which the server stores an object: decoded into its type, completed, and written again.

So unknown fields, nulls and what is empty go away, empty structs and defaults appear, and quantities get
their canonical form, exactly as they do when the real server decodes an object into its Go type.
"""

from __future__ import annotations

from typing import Any

from z2jh_wizard.practice import quantities
from z2jh_wizard.practice.decoding import without_nulls
from z2jh_wizard.practice.default_values import complete
from z2jh_wizard.practice.objects import Object, copy_json
from z2jh_wizard.practice.schema import Schema
from z2jh_wizard.practice.schema import load as schemas

_EMPTY: tuple[Any, ...] = (None, "", [], {})


def fill(obj: Object) -> None:
    """Bring an object into its stored form, in place; a custom object keeps all its fields."""
    schema = schemas().of(obj)
    stored = stored_form(without_nulls(obj, schema), schema)
    obj.clear()
    obj.update(stored)


def stored_form(value: Any, schema: Schema) -> Any:
    """Return a new value in the form in which the server stores it."""
    kind = schema.type
    if isinstance(value, dict):
        if kind == "object":
            return _object(value, schema)
        if kind == "map":
            return {name: stored_form(item, schema.field(name)) for name, item in value.items()}
    elif isinstance(value, list) and kind == "list":
        return [stored_form(item, schema.items) for item in value]
    elif kind == "quantity":
        return _quantity(value)
    return copy_json(value)


def _object(value: Object, schema: Schema) -> Object:
    stored: Object = {}
    for name, item in value.items():
        if not schema.has_field(name):
            continue
        field = schema.field(name)
        form = stored_form(item, field)
        if not (field.omitted_when_empty and _is_zero(form)):
            stored[name] = form
    for name, field in schema.defaulted():
        if name not in stored and not (field.omitted_when_empty and _is_zero(field.default)):
            stored[name] = stored_form(field.default, field)
    complete(schema.name, stored)
    return stored


def _is_zero(value: Any) -> bool:
    return value is False or value in _EMPTY or (isinstance(value, int | float) and value == 0)


def _quantity(value: Any) -> Any:
    try:
        return quantities.canonical(value)
    except ValueError:
        # The check of the object has its own words for this.
        return value
