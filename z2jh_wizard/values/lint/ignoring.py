"""Comments that silence rules: ``# z2jh-wizard: ignore RULE`` at a key, ``ignore-file RULE`` at the top."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from z2jh_wizard.core.redaction import plain
from z2jh_wizard.values.lint.finding import Finding, Fix, Severity
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Place, Source, Subject
from z2jh_wizard.values.nodes import Mapping, Node
from z2jh_wizard.values.nodes import Sequence as Items
from z2jh_wizard.values.reading import Position
from z2jh_wizard.values.searching import nearest

_MARK = "z2jh-wizard:"
_MOST = 1000
_COMMENT = re.compile(r"#\s*z2jh-wizard:\s*(?P<verb>[\w-]+)(?P<rules>[^#]*)")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One comment that silences rules from line ``first`` to line ``last``, or in the whole file."""

    line: int
    column: int
    verb: str
    rules: tuple[str, ...]
    first: int
    last: int
    at_top: bool

    def silences(self, finding: Finding) -> bool:
        """Tell whether a finding of the same file is silenced."""
        if finding.rule not in self.rules:
            return False
        if self.verb == "ignore-file":
            return self.at_top
        return self.verb == "ignore" and self.first <= finding.line <= self.last


def without_ignored(findings: Iterable[Finding], sources: Sequence[Source]) -> list[Finding]:
    """Return the findings that no comment silences."""
    ignored = {source.name: ignores(source) for source in sources}
    return [
        finding
        for finding in findings
        if not any(one.silences(finding) for one in ignored.get(finding.file, ()))
    ]


def ignores(source: Source) -> list[Ignore]:
    """Return the comments of a file that silence rules, well written or not; no more than a thousand."""
    return list(islice(_ignores(source), _MOST))


def _ignores(source: Source) -> Iterator[Ignore]:
    text = source.document.parsed.text
    if _MARK not in text:
        return
    lines = text.split("\n")
    content = [number for number, line in enumerate(lines, 1) if line.strip() and line.lstrip()[0] != "#"]
    spans = _spans(source)
    for number, line in enumerate(lines, 1):
        comment = _COMMENT.search(line) if _MARK in line else None
        if comment is None:
            continue
        # A comment with nothing before it is about the next line that says something.
        below = bisect_left(content, number)
        first = content[below] if below < len(content) else number
        names = comment["rules"].partition(" -- ")[0].replace(",", " ").split()
        yield Ignore(
            number,
            comment.start() + 1,
            comment["verb"],
            tuple(names),
            first,
            spans.get(first, first),
            at_top=below == 0 and first > number,
        )


@rule("unknown-ignore", Severity.NOTE, "A comment that silences nothing")
def unknown_ignore(subject: Subject) -> Iterator[Problem]:
    """A comment to lint that names no rule of it, or stands where it has no effect."""
    from z2jh_wizard.values.lint.registry import RULES as ALL  # registry lists this module too

    known = frozenset(one.id for one in ALL)
    for source in subject.sources:
        for one in ignores(source):
            place = Place(source.name, Position(one.line, one.column))
            if one.verb not in {"ignore", "ignore-file"}:
                yield Problem(
                    (),
                    f"Lint does not know the word {one.verb}.",
                    Fix("Write ignore or ignore-file."),
                    place=place,
                )
            elif one.verb == "ignore-file" and not one.at_top:
                yield Problem(
                    (), "ignore-file works only above the first key.", Fix("Move it to the top."), place=place
                )
            elif not one.rules:
                yield Problem(
                    (), "This silences nothing: no rule is named.", Fix("Name the rule."), place=place
                )
            for name in one.rules:
                if name not in known:
                    meant = next(iter(nearest(name, known)), "")
                    sentence = (
                        f"Write {meant} if that is meant." if meant else "Write the id that a finding shows."
                    )
                    yield Problem((), f"Lint has no rule {plain(name)}.", Fix(sentence), place=place)


@functools.lru_cache(maxsize=64)
def _nearest(name: str, known: frozenset[str]) -> str:
    return next(iter(nearest(name, known)), "")


def _spans(source: Source) -> dict[int, int]:
    """Return, for each line on which a key or an item begins, the line on which its value ends."""
    parsed = source.document.parsed
    spans: dict[int, int] = {}
    pending: list[Node] = [parsed.composed.root] if parsed.composed.root else []
    for node in pending:
        parts: list[tuple[int, Node]] = []
        if isinstance(node, Mapping):
            parts = [(entry.key.start, entry.value) for entry in node.entries]
        elif isinstance(node, Items):
            parts = [(item.start, item) for item in node.items]
        for start, value in parts:
            first = parsed.position(start).line
            spans[first] = max(spans.get(first, 0), parsed.position(max(start, value.end)).line)
            pending.append(value)
    return spans


RULES: tuple[Rule, ...] = (unknown_ignore,)
