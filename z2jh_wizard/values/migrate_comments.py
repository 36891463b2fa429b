"""Comments on their way: each stays with its key, and none is lost with a section that disappears."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values import trees
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.migrate_table import Rule
from z2jh_wizard.values.migrate_work import Question, Step
from z2jh_wizard.values.nodes import Alias, Entry, Mapping, Node, Scalar
from z2jh_wizard.values.nodes import Sequence as ListNode
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.places import Places
from z2jh_wizard.values.reading import parse

_COMMENT = re.compile(r"(?m)(?:^|(?<=[ \t]))#[^\r\n]*")

LOST = Rule(
    id="comment",
    by="",
    old=(),
    note="A comment has no key any more: copy it from the old file to where it belongs.",
    effect="info",
)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, where it begins in the file, and the innermost key that it belongs to."""

    text: str
    at: int
    owner: Path


class Comments(Places):
    """The comments of a document; paths count from its wrapper on."""

    def __init__(self, document: Document) -> None:
        super().__init__(document.parsed)
        self._wrapper = document.wrapper
        self._entries = list(_entries(self._root, ()))

    @cached_property
    def all(self) -> list[Comment]:
        """Every comment in order; a ``#`` within a value is none."""
        masked = self._masked()
        extents = [(self._top(entry), self._bottom(entry), path) for path, entry in self._entries]
        found = []
        for match in _COMMENT.finditer(masked):
            at = match.start()
            inside = [path for top, bottom, path in extents if top <= at < bottom]
            before = [path for top, _, path in extents if top <= at]
            owner = max(inside, key=len, default=before[-1] if before else ())
            if owner[: len(self._wrapper)] == self._wrapper:
                found.append(Comment(match.group().rstrip(), at, owner[len(self._wrapper) :]))
        return found

    def of(self, path: Path) -> list[str]:
        """Return the comments of a key: those above it, on its line and inside of its value."""
        return [comment.text for comment in self.all if comment.owner[: len(path)] == path]

    def on_header(self, path: Path) -> list[tuple[int, int]]:
        """Return where the comments of a section stand: above it, on its own line, and after its last key."""
        entry = self._entry(path)
        if entry is None or not self._is_first(entry.key.start):
            return []
        places = []
        top, start = self._top(entry), self._line_start(entry.key.start)
        if top < start:
            places.append((top, start))
        end = self._line_end(entry.key.end)
        if self._line_start(entry.value.start) > entry.key.end:
            comment = _COMMENT.search(self._masked(), entry.key.end, end)
            if comment:
                gap = len(self._text[entry.key.end : comment.start()].rstrip())
                places.append((entry.key.end + gap, end))
        return [*places, *self._after(entry)]

    def _after(self, entry: Entry) -> Iterator[tuple[int, int]]:
        """Give the lines below the last key of a section that its column makes comments of the section."""
        column = self._column(entry.key.start)
        at = self._text.find("\n", self._bottom(entry)) + 1
        while at:
            end = self._text.find("\n", at) + 1
            line = self._text[at : end or len(self._text)]
            if not line.startswith(" " * (column + 1)) or not line.lstrip(" ").startswith("#"):
                return
            yield at, end or len(self._text)
            at = end

    def inside(self, path: Path) -> list[tuple[int, int]]:
        """Return where the comments within the value of a key stand, those on its own line left out."""
        entry = self._entry(path)
        start = self._line_end(entry.key.end) if entry else 0
        found = [comment for comment in self.all if comment.owner[: len(path)] == path and comment.at > start]
        return [self._extent_of(comment) for comment in found] if entry else []

    def _extent_of(self, comment: Comment) -> tuple[int, int]:
        """Return a whole line, or the rest of one from the blanks before the comment on."""
        line, end = self._line_start(comment.at), self._line_end(comment.at)
        if self._is_first(comment.at):
            return line, self._text.find("\n", end) + 1 or len(self._text)
        return line + len(self._text[line : comment.at].rstrip()), end

    def line_above(self, path: Path) -> tuple[int, int] | None:
        """Return where lines above a key, or the nearest key above it on a line of its own, can go."""
        for size in range(len(path), 0, -1):
            entry = self._entry(path[:size])
            if entry and self._is_first(entry.key.start):
                return self._top(entry), self._column(entry.key.start)
        return None

    def _entry(self, path: Path) -> Entry | None:
        full = self._wrapper + path
        return next((entry for known, entry in self._entries if known == full), None)

    def _top(self, entry: Entry) -> int:
        at = entry.key.start
        return self._comment_start(at) if self._is_first(at) else at

    def _bottom(self, entry: Entry) -> int:
        return self._line_end(max(entry.value.end, entry.key.end))

    def _masked(self) -> str:
        """Return the text with all scalars made of x, line breaks kept."""
        text = list(self._text)
        for node in _scalars(self._root):
            for at in range(node.start, node.end):
                if text[at] not in "\r\n":
                    text[at] = "x"
        return "".join(text)


def _entries(node: Node | None, path: Path) -> Iterator[tuple[Path, Entry]]:
    if isinstance(node, Mapping):
        for entry in node.entries:
            if entry.name is not None:
                yield (*path, entry.name), entry
                yield from _entries(entry.value, (*path, entry.name))
    elif isinstance(node, ListNode):
        for index, item in enumerate(node.items):
            yield from _entries(item, (*path, index))


def _scalars(node: Node | None) -> Iterator[Node]:
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield from _scalars(entry.key)
            yield from _scalars(entry.value)
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _scalars(item)
    elif isinstance(node, Scalar | Alias):
        yield node


def lost_headers(before: Document, after: Document) -> list[Path]:
    """Return the commented sections that a migration dissolves: their comments would stay behind."""
    comments = Comments(before)
    gone = [path for path in _maps(before.values, ()) if not after.has(path)]
    return [path for path in gone if comments.on_header(path)]


def _maps(value: object, path: Path) -> Iterator[Path]:
    if isinstance(value, dict):
        if path:
            yield path
        for key, item in value.items():
            yield from _maps(item, (*path, key))


def without_comments(document: Document, headers: Iterable[Path]) -> Document:
    """Take the comments of some sections out of a file, as they go elsewhere."""
    comments = Comments(document)
    return _without(document, (place for path in headers for place in comments.on_header(path)))


def without_inner_comments(document: Document, path: Path) -> Document:
    """Take the comments out of a value that is about to be written in another way."""
    return _without(document, Comments(document).inside(path))


def _without(document: Document, places: Iterable[tuple[int, int]]) -> Document:
    text = document.parsed.text
    for start, end in sorted(set(places), reverse=True):
        text = text[:start] + text[end:]
    return _proved(document, text) or document


def keep_comments(
    before: Document, after: Document, steps: Sequence[Step]
) -> tuple[Document, list[Question]]:
    """Put the comments that went missing above the first key that moved out of their section.

    Where that is impossible the key is left to a person; ``steps`` lead from the old file to the new one.
    """
    homes: dict[Path, list[str]] = {}
    homeless: dict[Path, None] = {}
    for comment in _missing(before, after):
        home = _home(comment.owner, after, steps)
        if home:
            homes.setdefault(home, []).append(comment.text)
        else:
            homeless[comment.owner] = None
    for home, texts in homes.items():
        commented = with_comment(after, home, texts)
        if commented:
            after = commented
        else:
            homeless[home] = None
    return after, [Question(LOST, path, LOST.note) for path in homeless]


def _missing(before: Document, after: Document) -> list[Comment]:
    """Return the comments of the old file that the new one has nowhere, not even in a block of code."""
    there = Counter(comment.text for comment in Comments(after).all)
    missing = []
    for comment in Comments(before).all:
        there[comment.text] -= 1
        if there[comment.text] < 0 and comment.text not in after.parsed.text:
            missing.append(comment)
    return missing


def _home(owner: Path, after: Document, steps: Sequence[Step]) -> Path | None:
    """Return the first key that moved out of the innermost section around a comment."""
    for size in range(len(owner), 0, -1):
        section = owner[:size]
        for step in steps:
            if step.new and step.old and step.old[:size] == section and after.has(step.new):
                return step.new
        if after.has(section):
            return section
    return None


def with_comment(document: Document, path: Path, texts: Sequence[str]) -> Document | None:
    """Return the document with comment lines above a key; None where no line can stand."""
    place = Comments(document).line_above(path)
    if place is None:
        return None
    at, column = place
    line_end = "\r\n" if "\r\n" in document.parsed.text else "\n"
    lines = "".join(f"{' ' * column}{text}{line_end}" for text in texts)
    text = document.parsed.text
    return _proved(document, text[:at] + lines + text[at:])


def _proved(document: Document, text: str) -> Document | None:
    """Return the document with another text if that means the same."""
    data = (b"\xef\xbb\xbf" if document.parsed.has_bom else b"") + text.encode("utf-8")
    try:
        parsed = parse(data)
    except InvalidInput:
        return None
    return Document(data, parsed, document.wrapper) if trees.same(parsed.tree, document.tree) else None
