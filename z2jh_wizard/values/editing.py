"""Edits of a YAML text at the places that the parser named: nothing else is touched.

Each function returns an ``Edit``: the new text and what it is meant to change in the tree. Whether it did
exactly that is for the caller to prove, by reading the new text again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from z2jh_wizard.values.nodes import Mapping, Node, Scalar, Sequence
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.places import EditRefused, Places, Step
from z2jh_wizard.values.rendering import Rendered, Written, entry_lines, item_lines, one_line, render


class _Gone:
    """The value of what is removed."""


GONE: Final = _Gone()


@dataclass(frozen=True, slots=True)
class Edit:
    """A new text, and its meaning: the value now at ``path``, or GONE."""

    text: str
    path: Path
    value: Any


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list that stays, by its number."""

    at: int


class Editor(Places):
    """Edits one text that was read."""

    # ---- set ----

    def set(self, path: Path, value: Any) -> str:
        """Write a value; keys on the way to it are made."""
        steps, rest = self._walk(path)
        if not path:
            raise EditRefused(path, "The whole file cannot be replaced by one value.")
        if not rest:
            return self._replace(steps, path, value)
        new = _nested(rest[1:], value)
        into: Node | None = steps[-1].node if steps else self._root
        if isinstance(into, (Mapping, Sequence)):
            return self._insert(into, rest[0], new, path)
        tree = _nested((rest[0],), new)
        if steps:
            return self._replace(steps, path, tree)
        if into is not None and into.start != into.end:
            raise EditRefused(path, "The file says null and nothing else.")
        return self._append_lines(len(self._text.rstrip("\r\n")), entry_lines(tree, 0, self.style))

    def _insert(self, into: Mapping | Sequence, part: str | int, value: Any, path: Path) -> str:
        """Add a key or an item after the last one."""
        children = [entry.value for entry in into.entries] if isinstance(into, Mapping) else into.items
        if into.flow:
            new = one_line(value, in_flow=True)
            new = f"{one_line(part, in_flow=True)}: {new}" if isinstance(part, str) else new
            if not children:
                inside = self._mark(into) + 1
                return self._splice(inside, inside, new)
            end = max(children[-1].end, into.entries[-1].key.end if isinstance(into, Mapping) else 0)
            return self._splice(end, end, ", " + new)
        first = Step(into, 0)
        if isinstance(into, Mapping):
            self._simple_key(first.entry, path)
            lines = entry_lines({str(part): value}, self._column_of(first), self.style)
        else:
            lines = item_lines([value], self._column_of(first), self.style)
        return self._append_lines(into.end, lines)

    def _append_lines(self, after: int, lines: list[str]) -> str:
        """Put lines below the line of a place; at the top when the text is empty."""
        at = self._line_end(after)
        if not self._text[:at].strip("\r\n"):
            line_end = self.style.line_end
            return self._splice(0, 0, line_end.join(lines) + line_end)
        line_break = self._break_at(at)
        return self._splice(at, at, line_break + line_break.join(lines))

    def _splice(self, start: int, end: int, new: str) -> str:
        return self._text[:start] + new + self._text[end:]

    def _replace(self, steps: list[Step], path: Path, value: Any) -> str:
        """Write another value in the place of one."""
        step, node = steps[-1], steps[-1].node
        self._not_shared(node, path)
        if any(one.into.flow for one in steps):
            new = self._spaced(node.start, one_line(value, in_flow=True, quote=_quote(node)))
            if isinstance(step.into, Mapping) and ":" not in self._text[step.entry.key.end : node.start]:
                new = ": " + new.lstrip(" ")
            return self._splice(node.start, node.end, new)
        after = self._simple_key(step.entry, path) if isinstance(step.into, Mapping) else self._dash(step) + 1
        if isinstance(node, (Mapping, Sequence)) and not node.flow:
            lines = self._lines_in_place(node, value)
            if lines and not self._is_first(node.start) and not node.anchor and not node.tag:
                line_break = self._break_at(self._line_end(node.end))
                return self._splice(node.start, self._line_end(node.end), line_break.join(lines).lstrip(" "))
            if lines:
                return self._replace_lines(node, after, Rendered("", tuple(lines)))
        if isinstance(node, (Mapping, Sequence)) and node.flow and _has_children(node):
            return self._splice(node.start, node.end, one_line(value))
        new_value = render(value, self._column_of(step), self.style, quote=_quote(node))
        if isinstance(node, (Mapping, Sequence)) and not node.flow:
            return self._replace_lines(node, after, new_value)
        return self._replace_scalar(node, after, new_value)

    def set_items(self, path: Path, items: list[Any]) -> str:
        """Write a list again: an ``Item`` stays as it is written, with its comments; other items are new."""
        steps, rest = self._walk(path)
        node = steps[-1].node if steps and not rest else None
        if not isinstance(node, Sequence) or node.flow or any(one.into.flow for one in steps):
            raise EditRefused(path, "It is no list on lines of its own.")
        self._not_shared(node, path)
        spans = self._item_spans(node, path)
        column = self._column(self._dash(Step(node, 0)))
        line_break = self._break_at(self._line_end(node.start))
        written = [
            self._text[slice(*spans[item.at])]
            if isinstance(item, Item)
            else line_break.join(item_lines([item], column, self.style))
            for item in items
        ]
        return self._splice(spans[0][0], spans[-1][1], line_break.join(written))

    def _item_spans(self, node: Sequence, path: Path) -> list[tuple[int, int]]:
        """Return where the lines of each item begin and end, comments above it and deeper ones below too."""
        spans: list[tuple[int, int]] = []
        for at, item in enumerate(node.items):
            dash = self._dash(Step(node, at))
            if not self._is_first(dash):
                raise EditRefused(path, "It shares its line with what is around it.")
            start = self._comment_start(dash)
            if spans:  # blank lines between two items stand with the lower one
                start = self._next_line(spans[-1][1])
            end = self._line_end(max(item.end, dash))
            deeper = " " * (self._column(dash) + 1)
            while True:
                below = self._text[self._next_line(end) : self._line_end(self._next_line(end))]
                if not (below.startswith(deeper) and below.lstrip().startswith("#")):
                    break
                end = self._line_end(self._next_line(end))
            spans.append((start, end))
        return spans

    def _next_line(self, line_end: int) -> int:
        return line_end + len(self._break_at(line_end)) if line_end < len(self._text) else line_end

    def _spaced(self, at: int, new: str) -> str:
        return new if self._text[at - 1 : at] in (" ", "\t", "\n", "[", "{") else " " + new

    def _lines_in_place(self, node: Mapping | Sequence, value: Any) -> list[str]:
        """Write a map for a map, a list for a list, in the same column; nothing for other values."""
        if not value or node.anchor or node.tag:
            return []
        if isinstance(node, Mapping) and isinstance(value, dict):
            return entry_lines(value, self._column(node.start), self.style)
        if isinstance(node, Sequence) and isinstance(value, (list, tuple)):
            return item_lines(value, self._column(node.start), self.style)
        return []

    def _replace_scalar(self, node: Node, after: int, new: Rendered) -> str:
        """Replace a value that is no block collection."""
        start, end = node.start, node.end
        if self._line_start(start) > after:  # it stands below its key
            is_block = isinstance(node, Scalar) and node.is_block
            return (
                self._replace_lines(node, after, new)
                if new.body or is_block
                else self._splice(start, end, new.head)
            )
        head = " " + new.head if new.head else ""
        if isinstance(node, Scalar) and node.is_block:
            header = _HEADER.match(self._text, self._mark(node))
            comment = self._text[header.end() if header else end : self._line_end(start)]
            return self._splice(after, end, head + comment + self._broken(self._line_end(start), new.body))
        if not new.body:
            return self._splice(start, end, new.head) if start > after else self._splice(after, end, head)
        line = self._line_end(end)
        rest = self._text[end:line].rstrip(" \t")
        return self._splice(after, line, head + rest + self._broken(line, new.body))

    def _broken(self, at: int, lines: tuple[str, ...]) -> str:
        """Return lines, each after a line break of the kind that is used at a place."""
        line_break = self._break_at(at)
        return "".join(line_break + line for line in lines)

    def _replace_lines(self, node: Node, after: int, new: Rendered) -> str:
        """Replace a value that stands on lines of its own; comments between its key and them stay."""
        end = self._line_end(node.end)
        start = self._before_line(node.start) if self._is_first(node.start) else after
        head = " " + new.head if new.head else ""
        return (
            self._text[:after]
            + head
            + self._text[after:start]
            + self._broken(start, new.body)
            + self._text[end:]
        )

    # ---- move ----

    def written(self, path: Path, value: Any) -> Written | None:
        """Return how a key stands in the file, with the comment right above it; None when it is in braces."""
        steps, _ = self._walk(path)
        step = steps[-1]
        if any(one.into.flow for one in steps) or not isinstance(step.into, Mapping):
            return None
        key = step.entry.key
        self._simple_key(step.entry, path)
        if not self._is_first(key.start):
            return None
        start = self._comment_start(key.start)
        lines = (
            self._text[start : self._line_end(max(step.node.end, key.end))].replace("\r\n", "\n").split("\n")
        )
        key_line = self._text.count("\n", start, key.start)
        return Written(value, tuple(lines), key_line, key.end - key.start, self._column(key.start))

    # ---- unset ----

    def unset(self, path: Path, *, with_comment: bool = False) -> Edit:
        """Remove a key or an item; a map that is left empty goes too, unless it holds comments or has braces.

        ``with_comment`` takes the comment lines right above along.
        """
        steps, rest = self._walk(path)
        if rest:
            raise EditRefused(path, "It comes from an anchor that is merged in with <<.")
        if not steps:
            raise EditRefused(path, "That would remove the whole file.")
        return self._remove(steps, path, with_comment)

    def _remove(self, steps: list[Step], path: Path, with_comment: bool = False) -> Edit:
        step = steps[-1]
        self._not_shared(step.node, path)
        is_map = isinstance(step.into, Mapping)
        count = len(step.into.entries) if isinstance(step.into, Mapping) else len(step.into.items)
        if step.into.flow:
            return self._remove_in_flow(steps, path, count)
        if count > 1 or len(steps) == 1:
            return Edit(self._without_lines(step, count, path, with_comment), path, GONE)
        holder = steps[-2]
        begin = holder.entry.key.end if isinstance(holder.into, Mapping) else self._dash(holder)
        above = self._text[begin : self._top(step, with_comment)]
        if is_map and isinstance(holder.into, Mapping) and "#" not in above and not step.into.anchor:
            return self._remove(steps[:-1], path[:-1])
        empty: Any = {} if is_map else []
        return Edit(self._replace(steps[:-1], path[:-1], empty), path[:-1], empty)

    def _top(self, step: Step, with_comment: bool) -> int:
        """Return where the lines of a key or item begin."""
        begin = self._column_start(step)
        return self._comment_start(begin) if with_comment else self._line_start(begin)

    def _without_lines(self, step: Step, count: int, path: Path, with_comment: bool) -> str:
        """Remove the lines of an entry or item of a block collection."""
        if isinstance(step.into, Mapping):
            self._simple_key(step.entry, path)
        begin = self._column_start(step)
        end = self._line_end(max(step.node.end, begin))
        if not self._is_first(begin):
            if step.at + 1 == count:
                raise EditRefused(path, "It shares its line with what is around it.")
            stop = self._column_start(Step(step.into, step.at + 1))
            if "#" in self._text[end:stop]:
                raise EditRefused(path, "It is the first of a list item, with a comment below it.")
            return self._splice(begin, stop, "")
        top = self._top(step, with_comment)
        if top == 0:
            return self._text[end:].removeprefix("\r").removeprefix("\n")
        return self._splice(self._before_line(top), end, "")

    def _remove_in_flow(self, steps: list[Step], path: Path, count: int) -> Edit:
        """Remove an entry or item between braces, with its comma."""
        step = steps[-1]
        if count == 1:
            holder = steps[-2].into if len(steps) > 1 else None
            if isinstance(holder, Mapping) and holder.flow and isinstance(step.into, Mapping):
                return self._remove(steps[:-1], path[:-1])
            start, end = self._extent(step)
            return Edit(self._splice(start, end, ""), path[:-1], {} if isinstance(step.into, Mapping) else [])
        start, end = self._extent(step)
        if step.at:
            start = self._extent(Step(step.into, step.at - 1))[1]
        else:
            end = self._extent(Step(step.into, 1))[0]
        return Edit(self._splice(start, end, ""), path, GONE)

    def _extent(self, step: Step) -> tuple[int, int]:
        """Return where an entry or item of a flow collection begins and ends."""
        if isinstance(step.into, Sequence):
            return step.node.start, step.node.end
        return step.entry.key.start, max(step.entry.key.end, step.node.end)


_HEADER = re.compile(r"[|>][-+0-9]*")


def _quote(node: Node) -> str:
    return node.style if isinstance(node, Scalar) and node.style in ("'", '"') else ""


def _has_children(node: Mapping | Sequence) -> bool:
    return bool(node.entries if isinstance(node, Mapping) else node.items)


def _nested(path: Path, value: Any) -> Any:
    """Wrap a value in the maps and lists that a path names."""
    for part in reversed(path):
        if isinstance(part, int):
            if part:
                raise EditRefused(path, "A new list begins with item [0].")
            value = [value]
        else:
            value = {part: value}
    return value
