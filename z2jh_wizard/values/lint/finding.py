"""What lint answers: findings with their place, what will happen, and edits that mend them."""

from __future__ import annotations

import enum
from typing import Any, TypeAlias

import msgspec

from z2jh_wizard.values.paths import Path


class Severity(enum.Enum):
    """How bad it is: an error is refused or breaks the hub, a warning spoils class day, a note is advice."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Set(msgspec.Struct, frozen=True):
    """Write a value at a path."""

    path: Path
    value: Any


class Unset(msgspec.Struct, frozen=True):
    """Remove a key."""

    path: Path


class Move(msgspec.Struct, frozen=True):
    """Give a value another path."""

    old: Path
    new: Path


class Replace(msgspec.Struct, frozen=True):
    """Write other text on a line, for what stands below the level of keys; ``old`` is the line as it was."""

    line: int
    """Counts from 1."""
    old: str
    new: str


Edit: TypeAlias = Set | Unset | Move | Replace


class Fix(msgspec.Struct, frozen=True):
    """How to mend a finding: a sentence for people, and edits for ``--fix`` where that is safe.

    Safe means that the edits say what the file was surely meant to say. Without edits a person decides.
    """

    sentence: str
    edits: tuple[Edit, ...] = ()


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong, where, and what happens because of it."""

    rule: str
    severity: Severity
    path: str
    """Dotted, in the chart's terms (inside of any wrapper); empty when it is about the whole file."""
    line: int
    column: int
    message: str
    fix: Fix | None = None
    file: str = ""
    """The name that the source was given."""
