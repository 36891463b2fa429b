"""The parts of a YAML text and where they stand, from PyYAML's C parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_DEPTH = 100
MAX_NODES = 100_000


class Unfit(ValueError):
    """A text that cannot be used: ``reason`` in words, ``index`` the character where it goes wrong."""

    def __init__(self, reason: str, index: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.index = index


@dataclass(slots=True)
class Node:
    """A part of the text from character ``start`` up to ``end``, tag and anchor included."""

    start: int
    end: int
    anchor: str | None
    tag: str | None


@dataclass(slots=True)
class Scalar(Node):
    """A single value; ``style`` is empty for an unquoted one, else one of ``' " | >``."""

    text: str
    style: str

    @property
    def is_block(self) -> bool:
        """Tell whether it is a block scalar, with its text on the lines below."""
        return self.style in ("|", ">")


@dataclass(slots=True)
class Alias(Node):
    """A ``*name`` that stands for an anchored node."""

    target: Node


@dataclass(slots=True)
class Entry:
    """One key of a mapping; ``name`` is the key as Helm spells it, None for a merge key ``<<``."""

    key: Node
    value: Node
    name: str | None = None


@dataclass(slots=True)
class Mapping(Node):
    """Keys with their values; ``flow`` when in braces."""

    flow: bool
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Sequence(Node):
    """Items; ``flow`` when in brackets."""

    flow: bool
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Composed:
    """The root node, None when the text says nothing, and all aliases in order."""

    root: Node | None
    aliases: list[Alias]


class _Composer:
    """Builds nodes from the events of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._parser = yaml.CSafeLoader(text)
        self._anchors: dict[str, Node] = {}
        self._open: list[Mapping | Sequence] = []
        self._keys: list[Node | None] = []
        self._root: Node | None = None
        self._aliases: list[Alias] = []
        self._count = 0

    def run(self) -> Composed:
        """Read to the end."""
        next_event = self._parser.get_event
        documents = 0
        while True:
            event: Any = next_event()  # its type decides which fields it has
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._add(self._scalar(event))
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._enter(event)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._leave(event)
            elif kind is yaml.AliasEvent:
                self._add(self._alias(event))
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise Unfit(
                        "a second document begins here; one file is one document", event.start_mark.index
                    )
                if event.version or event.tags:
                    raise Unfit("Helm reads no % directives", 0)
            elif kind is yaml.StreamEndEvent:
                return Composed(self._root, self._aliases)

    def _add(self, node: Node) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            raise Unfit(f"there are more than {MAX_NODES:,} values", node.start)
        if node.anchor and not isinstance(node, Alias):
            self._anchors[node.anchor] = node
        if not self._open:
            self._root = node
            return
        into = self._open[-1]
        if isinstance(into, Sequence):
            into.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = node
        else:
            into.entries.append(Entry(key, node))
            self._keys[-1] = None

    def _scalar(self, event: Any) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        style = event.style or ""
        if style in ("|", ">"):
            end = _block_end(self._text, start, end)
        return Scalar(start, end, event.anchor, event.tag, event.value, "" if style == ":" else style)

    def _alias(self, event: Any) -> Alias:
        start, end = event.start_mark.index, event.end_mark.index
        target = self._anchors.get(event.anchor)
        if target is None:
            raise Unfit(f"*{event.anchor} names an anchor that is not set above", start)
        if any(target is node for node in self._open):
            raise Unfit(f"the value of &{event.anchor} contains itself", start)
        alias = Alias(start, end, event.anchor, None, target)
        self._aliases.append(alias)
        return alias

    def _enter(self, event: Any) -> None:
        make = Mapping if isinstance(event, yaml.MappingStartEvent) else Sequence
        index = event.start_mark.index
        node = make(index, event.end_mark.index, event.anchor, event.tag, bool(event.flow_style))
        self._add(node)
        self._open.append(node)
        self._keys.append(None)
        if len(self._open) > MAX_DEPTH:
            raise Unfit(f"values are nested more than {MAX_DEPTH} deep", index)

    def _leave(self, event: Any) -> None:
        node = self._open.pop()
        self._keys.pop()
        if node.flow:
            node.end = event.end_mark.index
        elif isinstance(node, Mapping):
            last = node.entries[-1]
            node.end = max(last.value.end, last.key.end)
        else:
            node.end = node.items[-1].end


def _block_end(text: str, start: int, end: int) -> int:
    """Return where a block scalar's last line ends: blank lines below it belong to it only with ``+``."""
    body = text.find("\n", start, end)
    header = text[start : body if body >= 0 else end].partition(" #")[0]
    if "+" not in header.rsplit(" ", 1)[-1]:
        end = start + len(text[start:end].rstrip(" \t\r\n"))
        stop = text.find("\n", end)
        line_end = len(text) if stop < 0 else stop
        return line_end - 1 if text[line_end - 1 : line_end] == "\r" else line_end
    if text[end - 1 : end] == "\n":
        end -= 2 if text[end - 2 : end] == "\r\n" else 1
    return end


def compose(text: str) -> Composed:
    """Return the nodes of a text; raises Unfit, or what PyYAML raises for a text that is no YAML."""
    return _Composer(text).run()
