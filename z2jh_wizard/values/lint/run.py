"""Lint values files: all rules, and the places of what they found."""

from __future__ import annotations

from collections.abc import Sequence

from z2jh_wizard.values.lint.finding import Finding
from z2jh_wizard.values.lint.registry import RULES
from z2jh_wizard.values.lint.rule import Problem, Rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import format_path


def lint(subject: Subject, rules: Sequence[Rule] = RULES) -> list[Finding]:
    """Return what is wrong, in the order of files and lines, the worst first on a line."""
    names = [source.name for source in subject.sources]
    found = [_finding(subject, one, problem) for one in rules for problem in one.check(subject)]

    def order(finding: Finding) -> tuple[int, int, int, int, str]:
        file = names.index(finding.file) if finding.file in names else 0
        return file, finding.line, finding.severity.rank, finding.column, finding.rule

    return sorted(found, key=order)


def _finding(subject: Subject, rule: Rule, problem: Problem) -> Finding:
    place = problem.place or subject.place(problem.path)
    return Finding(
        rule.id,
        problem.severity or rule.severity,
        format_path(problem.path),
        place.position.line,
        place.position.column,
        problem.message,
        problem.fix,
        place.file,
    )
