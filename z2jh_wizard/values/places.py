"""Finding the way through a YAML text: the nodes of a path, and lines, columns and dashes around them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from z2jh_wizard.core.errors import ExitCode, Refused
from z2jh_wizard.values.nodes import Alias, Entry, Mapping, Node, Scalar, Sequence
from z2jh_wizard.values.paths import Path, format_path
from z2jh_wizard.values.reading import Parsed, describe
from z2jh_wizard.values.rendering import Style
from z2jh_wizard.values.words import meaning

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_WORD = re.compile(r"[^ \t\r\n]*")


class EditRefused(Refused):
    """An edit of a values file that would be doubtful; nothing was changed."""

    code = ExitCode.WRONG_USE

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{format_path(path) or 'the file'} was not changed",
            reason,
            still_works="The file is as it was.",
            next_step="Change this place by hand, or mend it and try again.",
        )
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a way through the nodes: item or entry number ``at`` of ``into``."""

    into: Mapping | Sequence
    at: int

    @property
    def entry(self) -> Entry:
        """The entry, when it is one of a map."""
        assert isinstance(self.into, Mapping)
        return self.into.entries[self.at]

    @property
    def node(self) -> Node:
        """The value that the way leads to."""
        return self.entry.value if isinstance(self.into, Mapping) else self.into.items[self.at]


class Places:
    """The places of one text that was read; ``block_text`` as in ``Style``."""

    def __init__(self, source: Parsed, *, block_text: bool = True) -> None:
        self._source = source
        self._block_text = block_text
        self._text = source.text
        self._root = source.composed.root
        self._aliased: dict[int, Alias] = {id(alias.target): alias for alias in source.composed.aliases}

    def _walk(self, path: Path) -> tuple[list[Step], Path]:
        """Return the steps that are written in the file, and the rest of the path that is not."""
        if self._source.duplicates:
            raise EditRefused(path, f"{describe(self._source.duplicates[0])}: Helm takes the last one only.")
        steps: list[Step] = []
        node = self._root
        for depth, part in enumerate(path):
            at = self._child(node, part, path[: depth + 1])
            if at is None:
                return steps, path[depth:]
            assert isinstance(node, (Mapping, Sequence))
            steps.append(Step(node, at))
            node = steps[-1].node
        return steps, ()

    def _child(self, node: Node | None, part: str | int, path: Path) -> int | None:
        """Return the number of the child that a part of a path names, None when there is none."""
        if node is None or (isinstance(node, Scalar) and is_null(node)):
            if isinstance(part, int):
                raise EditRefused(path, "There is no list yet.")
            return None
        self._not_shared(node, path)
        if isinstance(node, Alias):
            raise EditRefused(path, f"{format_path(path[:-1])} is *{node.anchor}, shared with others.")
        if isinstance(node, Mapping) and isinstance(part, str):
            return next((at for at, entry in enumerate(node.entries) if entry.name == part), None)
        if isinstance(node, Sequence) and isinstance(part, int):
            if part > len(node.items):
                raise EditRefused(path, f"The list has {len(node.items)} items.")
            return part if part < len(node.items) else None
        kind = {Mapping: "a map", Sequence: "a list"}.get(type(node), "a single value")
        raise EditRefused(path, f"{format_path(path[:-1]) or 'The file'} holds {kind}.")

    def _not_shared(self, node: Node, path: Path) -> None:
        alias = self._aliased.get(id(node))
        if alias:
            line = self._source.position(alias.start).line
            raise EditRefused(path, f"It belongs to &{node.anchor}, which line {line} uses too.")

    def _line_start(self, at: int) -> int:
        return self._text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        """Return where the line ends, before its line break."""
        stop = self._text.find("\n", at)
        if stop < 0:
            return len(self._text)
        return stop - 1 if stop > at and self._text[stop - 1] == "\r" else stop

    def _break_at(self, at: int) -> str:
        """Return the line break at this place, or the one the file uses."""
        for line_break in ("\r\n", "\n"):
            if self._text.startswith(line_break, at):
                return line_break
        return self.style.line_end

    def _column(self, at: int) -> int:
        return at - self._line_start(at)

    def _is_first(self, at: int) -> bool:
        return not self._text[self._line_start(at) : at].strip(" ")

    def _column_of(self, step: Step) -> int:
        """Return the column of a step's key or dash."""
        if isinstance(step.into, Mapping):
            return self._column(step.entry.key.start)
        return self._column(self._dash(step))

    def _dash(self, step: Step) -> int:
        """Return where the dash of a block list's item is."""
        assert isinstance(step.into, Sequence)
        at = step.into.items[step.at - 1].end if step.at else step.into.start
        while self._text[at] != "-":
            at = end_of(_SPACE, self._text, at)
            if self._text[at] in "&!":  # the anchor or the tag of the list
                at = end_of(_WORD, self._text, at)
        return at

    @property
    def style(self) -> Style:
        """How this file is written, judged by its first nested map and first list."""
        indent = 0
        deeper: bool | None = None
        queue = [self._root] if isinstance(self._root, Mapping) and not self._root.flow else []
        for node in queue:
            for entry in node.entries:
                value = entry.value
                column = self._column(entry.key.start)
                if isinstance(value, Mapping) and not value.flow and value.entries:
                    indent = indent or self._column(value.entries[0].key.start) - column
                    queue.append(value)
                elif isinstance(value, Sequence) and not value.flow and deeper is None:
                    deeper = self._column(self._dash(Step(value, 0))) > column
            if (indent > 0 and deeper is not None) or len(queue) > 1000:
                break
        first = self._text.find("\n")
        crlf = first > 0 and self._text[first - 1] == "\r"
        line_end = "\r\n" if crlf else "\n"
        return Style(indent if 0 < indent <= 8 else 2, deeper is not False, line_end, self._block_text)

    def _before_line(self, at: int) -> int:
        """Return where the line above ends, before its line break; the line must not be the first."""
        start = self._line_start(at)
        return start - 2 if self._text[start - 2 : start] == "\r\n" else start - 1

    def _comment_start(self, at: int) -> int:
        """Return where the comment lines right above a key begin; the head of the file is no key's."""
        column = self._column(at)
        start = above = self._line_start(at)
        while above:
            above = self._line_start(above - 1)
            line = self._text[above : self._line_end(above)]
            if not line.startswith(" " * column + "#"):
                return start
            start = above
        return self._line_start(at)

    def _column_start(self, step: Step) -> int:
        return step.entry.key.start if isinstance(step.into, Mapping) else self._dash(step)

    def _simple_key(self, entry: Entry, path: Path) -> int:
        """Return where the value of a key begins, after its colon."""
        at = entry.key.end
        while self._text[at : at + 1] in (" ", "\t"):
            at += 1
        line = self._text[self._line_start(entry.key.start) : entry.key.start]
        if self._text[at : at + 1] != ":" or "?" in line:
            raise EditRefused(path, "Keys with ? are not edited.")
        return at + 1

    def _mark(self, node: Node) -> int:
        """Return where a value itself begins, after its tag and anchor."""
        at = node.start
        while self._text[at] in "&!":
            at = end_of(_SPACE, self._text, end_of(_WORD, self._text, at))
        return at


def end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Return where a pattern that matches at a place ends."""
    match = pattern.match(text, at)
    return match.end() if match else at


def is_null(node: Scalar) -> bool:
    """Tell whether nothing is written there, or null in one of its spellings."""
    return not node.style and node.tag is None and node.anchor is None and meaning(node.text) is None
