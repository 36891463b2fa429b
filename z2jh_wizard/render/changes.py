"""What differs between two sets of values, as lines for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from z2jh_wizard.core.redaction import plain
from z2jh_wizard.render import machine
from z2jh_wizard.values.differences import Changed


def lines(changes: Iterable[Changed]) -> list[str]:
    """Return ``+ path: value`` for what is new, ``-`` for what is gone, ``~`` for what has another value."""
    return [plain(_line(one)) for one in changes]


def _line(one: Changed) -> str:
    if one.secret:
        return f"{_MARKS[one.change]} {one.path}: (a secret, {one.change})"
    if one.change == "changed":
        return f"~ {one.path}: {_text(one.before)} -> {_text(one.after)}"
    return f"{_MARKS[one.change]} {one.path}: {_text(one.after if one.change == 'added' else one.before)}"


def _text(value: Any) -> str:
    return machine.line(value)


_MARKS = {"added": "+", "removed": "-", "changed": "~"}
