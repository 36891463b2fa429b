"""Lines of a values file as a form shows them: those of one setting, what an answer changes marked."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from itertools import accumulate

import msgspec

from z2jh_wizard.core.redaction import HIDDEN
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.nodes import Alias, Mapping, Node, Scalar
from z2jh_wizard.values.nodes import Sequence as ListNode
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.secret_keys import holds_secret

SAME, ADDED, REMOVED = " ", "+", "-"


class Line(msgspec.Struct, frozen=True):
    """A line of a file, secrets hidden; ``mark`` says whether an answer adds or removes it."""

    number: int
    """Counts from 1, in the file as it was for a removed line."""
    text: str
    mark: str = SAME


def lines_written(before: Document, after: Document, path: Path) -> tuple[Line, ...]:
    """Return the lines that say one setting, below the keys that it stands in; none where nothing is said."""
    old, new = block(before, path), block(after, path)
    if not old and not new:
        return ()
    if new:
        above = _above(after, path, new.start, other=before, mark=ADDED)
    else:
        above = _above(before, path, old.start, other=after, mark=REMOVED)
    return (*above, *_compared(_lines(before, old), _lines(after, new)))


def preview(before: Document, after: Document, path: Path | None, height: int) -> tuple[Line, ...]:
    """Return so many lines of a file around a setting, with all changes marked."""
    old, new = _split(before), _split(after)
    merged = list(_merged(old, new))
    at = after.where(path).line if path else 1
    centre = next((index for index, one in enumerate(merged) if one[1] >= at and one[2] != REMOVED), 0)
    top = max(0, min(centre - height // 3, len(merged) - height))
    shown = merged[top : top + height]
    return tuple(_shown(before, after, shown))


def changed_lines(before: Document, after: Document) -> tuple[Line, ...]:
    """Return every line that differs between two texts, with the lines right beside it."""
    merged = list(_merged(_split(before), _split(after)))
    changed = [at for at, one in enumerate(merged) if one[2] != SAME]
    near = {at + step for at in changed for step in (-1, 0, 1)}
    return tuple(_shown(before, after, [one for at, one in enumerate(merged) if at in near]))


def block(document: Document, path: Path) -> range:
    """Return the lines, counted from 1, of a key with its value; none of a key that is not in the file."""
    if not document.has(path):
        return range(0)
    lines = _split(document)
    first = document.where(path).line
    indent = _indent(lines[first - 1])
    last = first
    for number in range(first + 1, len(lines) + 1):
        line = lines[number - 1]
        inside = _indent(line) > indent or (_indent(line) == indent and line.lstrip().startswith("- "))
        if line.strip() and not inside:
            break
        last = number if line.strip() else last
    return range(first, last + 1)


def _split(document: Document) -> list[str]:
    """Return the lines as the parser counts them: only a line feed ends one."""
    lines = [line.removesuffix("\r") for line in document.parsed.text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _above(document: Document, path: Path, below: int, *, other: Document, mark: str) -> Iterator[Line]:
    """Give the keys on the way to a setting on lines of their own; marked if the other text has none."""
    said = (path[:size] for size in range(1, len(path)) if document.has(path[:size]))
    marks: dict[int, str] = {}
    for key in said:
        marks.setdefault(document.where(key).line, SAME if other.has(key) else mark)
    for number in sorted(number for number in marks if number < below):
        for line in _lines(document, range(number, number + 1)):
            yield msgspec.structs.replace(line, mark=marks[number])


def _lines(document: Document, numbers: range) -> list[Line]:
    texts = hidden_lines(document, numbers)
    return [Line(number, text) for number, text in zip(numbers, texts, strict=True)]


def _compared(old: Sequence[Line], new: Sequence[Line]) -> Iterator[Line]:
    matcher = difflib.SequenceMatcher(None, [one.text for one in old], [one.text for one in new], False)
    for what, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if what == "equal":
            yield from new[new_from:new_to]
            continue
        yield from (msgspec.structs.replace(one, mark=REMOVED) for one in old[old_from:old_to])
        yield from (msgspec.structs.replace(one, mark=ADDED) for one in new[new_from:new_to])


def _merged(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Give every line of two texts once: its number in the old one, in the new one, and its mark."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    yield from ((at, at, SAME) for at in range(1, head + 1))
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    for what, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(
        None, *middle, False
    ).get_opcodes():
        if what == "equal":
            for step in range(old_to - old_from):
                yield head + old_from + step + 1, head + new_from + step + 1, SAME
            continue
        for at in range(old_from, old_to):
            yield head + at + 1, head + new_from + 1, REMOVED
        for at in range(new_from, new_to):
            yield head + old_to, head + at + 1, ADDED
    for step in range(tail, 0, -1):
        yield len(old) - step + 1, len(new) - step + 1, SAME


def _shown(before: Document, after: Document, merged: Sequence[tuple[int, int, str]]) -> Iterator[Line]:
    removed = [old for old, _, mark in merged if mark == REMOVED]
    kept = [new for _, new, mark in merged if mark != REMOVED]
    old_texts = _texts(before, removed)
    new_texts = _texts(after, kept)
    for old, new, mark in merged:
        number = old if mark == REMOVED else new
        yield Line(number, (old_texts if mark == REMOVED else new_texts)[number], mark)


def _texts(document: Document, numbers: Sequence[int]) -> dict[int, str]:
    span = range(min(numbers), max(numbers) + 1) if numbers else range(0)
    return dict(zip(span, hidden_lines(document, span), strict=True))


def hidden_lines(document: Document, numbers: range) -> list[str]:
    """Return lines of a file, counted from 1, with the secrets in them hidden."""
    if not numbers:
        return []
    lines = _split(document)
    starts = [0, *accumulate(len(line) + 1 for line in document.parsed.text.split("\n"))]
    first, last = starts[numbers.start - 1], starts[numbers.stop - 1]
    shown = lines[numbers.start - 1 : numbers.stop - 1]
    root = document.parsed.composed.root
    spans = _secrets(root, (), len(document.wrapper), first, last) if root else ()
    for start, end in spans:
        for at, number in enumerate(numbers):
            left, right = max(start, starts[number - 1]), min(end, starts[number])
            if left < right:
                shown[at] = _covered(lines[number - 1], left - starts[number - 1], right - starts[number - 1])
    return shown


def _covered(line: str, left: int, right: int) -> str:
    """Return a line with a part of it hidden; its indentation stays."""
    left = max(left, _indent(line))
    return f"{line[:left]}{HIDDEN}{line[right:]}" if left < len(line) else line


def _secrets(node: Node, path: Path, skip: int, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Give where the secrets stand that are, in part, between two places of the text."""
    if node.end < first or node.start > last:
        return
    if isinstance(node, Mapping):
        for entry in node.entries:
            inner = path if entry.name is None else (*path, entry.name)
            yield from _secrets(entry.value, inner, skip, first, last)
    elif isinstance(node, ListNode):
        for at, item in enumerate(node.items):
            yield from _secrets(item, (*path, at), skip, first, last)
    elif isinstance(node, (Scalar, Alias)) and node.end > node.start and holds_secret(path[skip:]):
        yield node.start, node.end
