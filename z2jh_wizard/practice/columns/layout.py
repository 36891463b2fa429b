"""A table's columns, and the function that fills a row of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from z2jh_wizard.practice.objects import Object, dig

Row = Callable[[Object, datetime.datetime], list[Any]]
"""Returns the cells of an object, for every column, as seen at a time."""


_NAMES = {"Name", "Attacher"}
"""The columns that hold the name of an object."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column's head; a ``wide`` one shows with ``-o wide`` only."""

    name: str
    type: str = "string"
    wide: bool = False

    def to_json(self) -> Object:
        """Return the definition as a Table lists it."""
        return {
            "name": self.name,
            "type": self.type,
            "format": "name" if self.name in _NAMES else "",
            "description": "",
            "priority": int(self.wide),
        }


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a resource, and what fills them."""

    columns: tuple[Column, ...]
    row: Row


def columns(*names: str) -> tuple[Column, ...]:
    """Read columns from names: ``Active:integer`` has a type, ``+IP`` is wide."""
    found = []
    for text in names:
        name, _, kind = text.lstrip("+").partition(":")
        found.append(Column(name, kind or "string", text.startswith("+")))
    return tuple(found)


def name_of(obj: Object) -> str:
    """Return an object's name."""
    return str(obj["metadata"]["name"])


def count(obj: Object, *path: str) -> int:
    """Return a counter, which is absent when it is zero."""
    return int(dig(obj, *path, default=0))


def name_and_default(obj: Object, annotation: str) -> str:
    """Return an object's name, marked when an annotation says that it is the default one."""
    is_default = dig(obj, "metadata", "annotations", annotation) == "true"
    return f"{name_of(obj)} (default)" if is_default else name_of(obj)


def phase(obj: Object) -> str:
    """Return the phase of an object, or that it is going away."""
    if obj["metadata"].get("deletionTimestamp"):
        return "Terminating"
    return str(dig(obj, "status", "phase", default=""))
