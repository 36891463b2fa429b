"""Lint values files: all rules, one finding a cause, and the places of what they found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from z2jh_wizard.values.charts import Family
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint import unreadable
from z2jh_wizard.values.lint.finding import Finding, Severity
from z2jh_wizard.values.lint.ignoring import without_ignored
from z2jh_wizard.values.lint.registry import RULES
from z2jh_wizard.values.lint.rule import Problem, Rule
from z2jh_wizard.values.lint.subject import Source, Subject, Unread
from z2jh_wizard.values.paths import Path, format_path
from z2jh_wizard.values.reading import Unreadable
from z2jh_wizard.values.schema import Schema


@dataclass(frozen=True)
class Linted:
    """What lint found; when ``unreadable`` is not empty the input itself is invalid (exit code 2)."""

    subject: Subject
    findings: list[Finding]

    @property
    def unreadable(self) -> tuple[Unread, ...]:
        """The files that no YAML reader takes; each has one finding."""
        return self.subject.unread


def lint_bytes(
    sources: Iterable[tuple[str, bytes, Path | None]],
    version: str,
    family: Family = "z2jh",
    schema: Schema | None = None,
) -> Linted:
    """Lint files given as name, content, and where the chart's values are (None: found by itself).

    A file that cannot be read becomes one finding, and the others are linted. InvalidInput for what is no
    version.
    """
    read: list[Source] = []
    unread: list[Unread] = []
    for name, data, at in sources:
        try:
            read.append(Source(name, Document.read(data, at)))
        except Unreadable as error:
            unread.append(Unread(name, data, error))
    subject = Subject(tuple(read), version, family, schema, tuple(unread))
    return Linted(subject, lint(subject, RULES if read else unreadable.RULES))


def lint(subject: Subject, rules: Sequence[Rule] = RULES) -> list[Finding]:
    """Return what is wrong, in the order of files and lines, the worst first on a line.

    Files that could not be read come first.
    """
    found = [_finding(subject, rule, problem) for rule, problem in _problems(subject, rules)]
    names = [*(one.name for one in subject.unread), *(one.name for one in subject.sources)]

    def order(finding: Finding) -> tuple[int, int, int, int, str]:
        file = names.index(finding.file) if finding.file in names else 0
        return file, finding.line, finding.severity.rank, finding.column, finding.rule

    return sorted(without_ignored(found, subject.sources), key=order)


def _problems(subject: Subject, rules: Sequence[Rule]) -> Iterator[tuple[Rule, Problem]]:
    """Yield what the rules find; general ones say nothing where another explains it at least as badly."""
    explained: dict[Path, int] = {}
    for rule in sorted(rules, key=lambda one: one.general):
        told: dict[Path, int] = {}
        for problem in rule.check(subject):
            path, rank = problem.path, _severity(rule, problem).rank
            above = (path[:size] for size in range(1, len(path) + 1)) if rule.general else ()
            if all(explained.get(one, len(Severity)) > rank for one in above):
                told[path] = min(rank, told.get(path, rank))
                yield rule, problem
        for path, rank in told.items():
            explained[path] = min(rank, explained.get(path, rank))


def _severity(rule: Rule, problem: Problem) -> Severity:
    return problem.severity or rule.severity


def _finding(subject: Subject, rule: Rule, problem: Problem) -> Finding:
    place = problem.place or subject.place(problem.path)
    return Finding(
        rule.id,
        _severity(rule, problem),
        format_path(problem.path),
        place.position.line,
        place.position.column,
        problem.message,
        problem.fix,
        place.file,
    )
