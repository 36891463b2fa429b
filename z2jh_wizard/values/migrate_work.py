"""One migration rule at work on a document: its edits, and what it leaves to a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from z2jh_wizard.core.checks import VersionKey
from z2jh_wizard.core.errors import Refused
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint.finding import Severity
from z2jh_wizard.values.migrate_table import Rule
from z2jh_wizard.values.paths import Path, format_path


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a rule did; ``old`` is None for a key that is new, ``new`` for one that is gone."""

    rule: Rule
    old: Path | None
    new: Path | None
    why: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a person must decide, with the key that it is about."""

    rule: Rule
    path: Path
    decide: str
    severity: Severity | None = None
    """Where this answer weighs other than the rule says."""


class Work:
    """A document under one rule; what the rule did is kept only if it ran to its end."""

    def __init__(
        self, rule: Rule, document: Document, target: VersionKey, asked: tuple[Question, ...]
    ) -> None:
        self.rule = rule
        self.document = document
        self.target = target
        self.asked = asked
        self.steps: list[Step] = []
        self.questions: list[Question] = []

    @classmethod
    def done(
        cls,
        rule: Rule,
        document: Document,
        target: VersionKey,
        asked: tuple[Question, ...],
        function: Callable[[Work], None],
    ) -> Work:
        """Run one rule; an edit that is refused leaves the document as it was and the rule to a person."""
        work = cls(rule, document, target, asked)
        try:
            function(work)
        except Refused as refused:
            work = cls(rule, document, target, asked)
            where = f" Do it by hand: {rule.new}." if rule.new else " Do it by hand."
            work.ask(work.first() or (), f"{rule.note}, but {refused.problem.title}.{where}")
        return work

    def matches(self, pattern: str) -> list[Path]:
        """Return the paths in the document that a pattern of the rule means, in their order."""
        return list(_expand(self.document.values, tuple(pattern.split("."))))

    def first(self) -> Path | None:
        """Return the first path that any of the rule's old patterns means."""
        return next((path for pattern in self.rule.old for path in self.matches(pattern)), None)

    @property
    def new(self) -> Path:
        """The rule's new key."""
        return literal(self.rule.new)

    def get(self, dotted: str, default: Any = None) -> Any:
        """Return the value at a dotted path without ``*``, ``default`` when it is not set."""
        return self.document.get(literal(dotted), default)

    def ask(self, path: Path, decide: str = "", severity: Severity | None = None) -> None:
        """Leave a decision to a person."""
        self.questions.append(Question(self.rule, path, decide or self.rule.note, severity))

    def move(self, old: Path, new: Path) -> None:
        """Move a key with its comments; maps are merged, and contradictions are left to a person."""
        present = self.document.get(new) if self.document.has(new) else None
        value = self.document.get(old)
        if present is None:
            if self._blocked(old, new):
                return
            if self.document.has(new):
                self.document = self.document.unset(new)
            self.document = self.document.move(old, new)
        elif present == value:
            self.document = self.document.unset(old)
        elif isinstance(present, dict) and isinstance(value, dict):
            for key in list(value):
                self.move((*old, key), (*new, key))
            return
        else:
            self.ask(
                old, f"{format_path(old)} and {format_path(new)} are both set and differ: keep one of them."
            )
            return
        self.report(old, new)
        self._prune(old)

    def move_as(self, old: Path, new: Path, value: object) -> None:
        """Move a key whose value changes on the way, with its comments."""
        if self.document.has(new) and self.document.get(new) != value:
            self.ask(
                old, f"{format_path(old)} and {format_path(new)} say different things: keep one of them."
            )
            return
        self.document = self.document.set(old, value)
        self.move(old, new)

    def replace(self, path: Path, value: object) -> None:
        """Write the value of a key in another way."""
        self.document = self.document.set(path, value)
        self.report(path, path)

    def add(self, path: Path, value: object) -> None:
        """Set a key that the new chart needs."""
        if not self._blocked(path, path):
            self.document = self.document.set(path, value)
            self.report(None, path)

    def absorb(self, old: Path, new: Path) -> None:
        """Remove a key that another one says too."""
        self.document = self.document.unset(old)
        self.report(old, new)
        self._prune(old)

    def drop(self, path: Path) -> None:
        """Remove a key that says nothing any more."""
        self.document = self.document.unset(path)
        self.report(path, None)
        self._prune(path)

    def report(self, old: Path | None, new: Path | None) -> None:
        """Note a change for the person."""
        self.steps.append(Step(self.rule, old, new, self.rule.note))

    def _blocked(self, old: Path, new: Path) -> bool:
        """Leave a key where it is when something that is no map stands in its way."""
        for length in range(1, len(new)):
            parent = new[:length]
            if self.document.has(parent) and not isinstance(self.document.get(parent), dict | list | None):
                self.ask(
                    old, f"{format_path(parent)} is no map, so {format_path(new)} cannot be written there."
                )
                return True
        return False

    def _prune(self, path: Path) -> None:
        """Remove the parents that have just become empty: a header without keys would reset the defaults."""
        for length in range(len(path) - 1, 0, -1):
            parent = path[:length]
            if not self.document.has(parent):
                continue
            if self.document.get(parent) not in ({}, None):
                return
            try:
                self.document = self.document.unset(parent)
            except Refused:
                return


def literal(pattern: str) -> Path:
    """Return the path that a pattern without ``*`` means."""
    return tuple(pattern.split("."))


def _expand(node: Any, pattern: tuple[str, ...]) -> Iterator[Path]:
    if not pattern:
        yield ()
        return
    head, rest = pattern[0], pattern[1:]
    keys: list[str | int] = []
    if head == "*":
        keys = (
            list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
        )
    elif isinstance(node, dict) and head in node:
        keys = [head]
    for key in keys:
        yield from ((key, *tail) for tail in _expand(node[key], rest))


def source_text(document: Document, path: Path) -> str:
    """Return a scalar as it is written in the file, so that 3.10 stays 3.10."""
    node: yaml.Node | None = yaml.compose(document.data, Loader=yaml.CSafeLoader)
    for part in (*document.wrapper, *path):
        node = _child(node, part)
    return str(node.value) if isinstance(node, yaml.ScalarNode) else str(document.get(path))


def _child(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        return node.value[part] if part < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in reversed(node.value) if key.value == str(part)), None)
    return None
