"""Reading a values file: the tree as Helm means it, where each key stands, and what is doubtful in it."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn

import yaml

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values import words
from z2jh_wizard.values.nodes import (
    Alias,
    Composed,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Unfit,
    compose,
)
from z2jh_wizard.values.paths import Path, format_path

MAX_BYTES = 4 * 1024 * 1024
MAX_ALIASED = 100_000
_BOM = "\ufeff"

Tree = dict[str, Any]
"""Maps with text keys, lists, text, numbers, true, false, null; never change one, parts are shared."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file; lines and columns (of characters) count from 1, as editors show them."""

    line: int
    column: int


class Unreadable(InvalidInput):
    """A file that Helm or we cannot take; ``position`` says where, ``reason`` why."""

    def __init__(self, reason: str, position: Position) -> None:
        super().__init__(
            "This values file cannot be read",
            f"Line {position.line}, column {position.column}: {reason}.",
            still_works="Nothing was changed.",
            next_step="Mend that line and try again.",
        )
        self.reason = reason
        self.position = position


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key that stands twice in one map: Helm takes the last one without a word."""

    path: Path
    first: Position
    again: Position


@dataclass(frozen=True)
class Parsed:
    """A values file that was read."""

    text: str
    """The characters, without a byte order mark."""
    has_bom: bool
    tree: Tree
    composed: Composed
    duplicates: tuple[Duplicate, ...]

    @cached_property
    def _line_starts(self) -> list[int]:
        return _line_starts(self.text)

    def position(self, index: int) -> Position:
        """Return line and column of a character."""
        return _position(self._line_starts, index)


def parse(data: bytes) -> Parsed:
    """Read a values file; raises Unreadable (an InvalidInput) with the line for one that cannot be used."""
    text = _decode(data)
    has_bom = text.startswith(_BOM)
    text = text.removeprefix(_BOM)
    try:
        composed = compose(text)
        builder = _TreeBuilder(text)
        tree = builder.root(composed.root)
    except Unfit as error:
        _refuse(text, error.reason, error.index)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _refuse(text, _in_words(error, text, mark.index if mark else 0), mark.index if mark else 0)
    except yaml.YAMLError as error:
        _refuse(text, str(error).splitlines()[0], _first_control(text))
    return Parsed(text, has_bom, tree, composed, tuple(builder.duplicates))


def _decode(data: bytes) -> str:
    """Return the bytes as text; size, encoding and NULs are looked at before anything is parsed."""
    if len(data) > MAX_BYTES:
        reason = f"the file has {len(data):,} bytes; a values file has at most {MAX_BYTES:,}"
        raise Unreadable(reason, Position(1, 1))
    nul = data.find(b"\0")
    if nul >= 0:
        raise Unreadable("there is a NUL byte, so this is no text", _byte_position(data, nul))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("this is not UTF-8", _byte_position(data, error.start)) from None


def _byte_position(data: bytes, offset: int) -> Position:
    before = data[:offset].decode("utf-8", "replace").removeprefix(_BOM)
    return _position(_line_starts(before), len(before))


def _line_starts(text: str) -> list[int]:
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts


def _position(starts: list[int], index: int) -> Position:
    line = bisect_right(starts, index)
    return Position(line, index - starts[line - 1] + 1)


def _refuse(text: str, reason: str, index: int) -> NoReturn:
    raise Unreadable(reason, _position(_line_starts(text), min(index, len(text)))) from None


def _in_words(error: yaml.MarkedYAMLError, text: str, index: int) -> str:
    """Say what PyYAML found; the commonest slip gets a sentence of its own."""
    if text[index : index + 1] == "\t":
        return "a tab is used to indent; YAML wants spaces"
    reason = error.problem or "this is no YAML"
    return f"{reason} ({error.context})" if error.context else reason


def _first_control(text: str) -> int:
    """Return where the first character stands that YAML does not allow."""
    return next(
        (at for at, char in enumerate(text) if not char.isprintable() and char not in "\n\r\t\x85"), 0
    )


class _TreeBuilder:
    """Makes Helm's tree of nodes; keeps the keys that stand twice."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] = []
        self.duplicates: list[Duplicate] = []
        self._seen: dict[int, tuple[Any, int]] = {}
        self._aliased = 0

    def root(self, node: Node | None) -> Tree:
        """Return the tree; a file that says nothing is an empty one."""
        if node is None or (isinstance(node, Scalar) and self._scalar(node) is None):
            return {}
        if not isinstance(node, Mapping):
            raise Unfit("a values file is a map of keys, and this is none", node.start)
        return self._mapping(node, ())[0]

    def _value(self, node: Node, path: Path) -> tuple[Any, int]:
        """Return a node's value and how many values it stands for."""
        if isinstance(node, Scalar):
            result: tuple[Any, int] = (self._scalar(node), 1)
        elif isinstance(node, Mapping):
            result = self._mapping(node, path)
        elif isinstance(node, Sequence):
            pairs = [self._value(item, (*path, at)) for at, item in enumerate(node.items)]
            result = ([value for value, _ in pairs], 1 + sum(size for _, size in pairs))
        else:
            assert isinstance(node, Alias)
            result = self._seen[id(node.target)]
            self._aliased += result[1]
            if self._aliased > MAX_ALIASED:
                raise Unfit("aliases make this file explode into too many values", node.start)
        if node.anchor and not isinstance(node, Alias):
            self._seen[id(node)] = result
        return result

    def _scalar(self, node: Scalar) -> words.Scalar:
        if node.tag is None or node.tag == "!":
            value = node.text if node.style or node.tag else words.meaning(node.text)
        else:
            try:
                value = words.tagged(node.tag, node.text)
            except words.NotSayable as error:
                raise Unfit(str(error), node.start) from None
        if isinstance(value, float) and not math.isfinite(value):
            raise Unfit(f"Helm cannot use {node.text}; put it in quotes if text is meant", node.start)
        return value

    def _mapping(self, node: Mapping, path: Path) -> tuple[Tree, int]:
        tree: Tree = {}
        count = 1
        own: dict[str, Entry] = {}
        for entry in node.entries:
            key = entry.key
            if isinstance(key, Scalar) and key.text == "<<" and not key.style and key.tag is None:
                count += self._merge(entry.value, tree, path)
                continue
            name = entry.name = self._name(key)
            if name in own:
                self._duplicate((*path, name), own[name], entry)
            own[name] = entry
            tree[name], size = self._value(entry.value, (*path, name))
            count += size
        return tree, count

    def _name(self, key: Node) -> str:
        """Return a key as Helm spells it."""
        source = key.target if isinstance(key, Alias) else key
        if not isinstance(source, Scalar):
            raise Unfit("a map or a list cannot be a key", key.start)
        try:
            if source.text.lower() in _NUMBERS_AS_KEYS and not source.style and source.tag is None:
                return words.key_text(words.meaning(source.text))
            return words.key_text(self._value(key, ())[0])
        except words.NotSayable as error:
            raise Unfit(str(error), key.start) from None

    def _merge(self, node: Node, tree: Tree, path: Path) -> int:
        """Merge as Helm does: over the keys above the ``<<``, under the ones below; return the size."""
        maps = node.items if isinstance(node, Sequence) else [node]
        count = 0
        for one in reversed(maps):
            value, size = self._value(one, path)
            if not isinstance(value, dict):
                raise Unfit("<< needs a map or a list of maps", node.start)
            tree.update(value)
            count += size
        return count

    def _duplicate(self, path: Path, first: Entry, again: Entry) -> None:
        self._starts = self._starts or _line_starts(self._text)
        self.duplicates.append(
            Duplicate(
                path, _position(self._starts, first.key.start), _position(self._starts, again.key.start)
            )
        )


_NUMBERS_AS_KEYS = frozenset({".inf", "+.inf", "-.inf", ".nan"})
"""Refused as values, but Helm makes names of them."""


def describe(duplicate: Duplicate) -> str:
    """Say in words where a key stands twice."""
    return (
        f"{format_path(duplicate.path)} stands in line {duplicate.first.line} "
        f"and again in line {duplicate.again.line}"
    )
