"""What lint found, as lines for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from z2jh_wizard.core.redaction import plain
from z2jh_wizard.values.lint.finding import Finding, Severity


def lines(findings: Iterable[Finding]) -> list[str]:
    """Return each finding as ``file:line:column severity rule: message``, with its fix below."""
    said: list[str] = []
    for one in findings:
        place = f"{one.file}:{one.line}:{one.column}"
        said.append(plain(f"{place} {one.severity.value} {one.rule}: {one.message}"))
        if one.fix:
            said.append(plain(f"    fix: {one.fix.sentence}"))
    return said


def count(findings: Iterable[Finding]) -> str:
    """Return how many of each severity there are, in words."""
    listed = list(findings)
    numbers = [(sum(one.severity is severity for one in listed), severity.value) for severity in Severity]
    return ", ".join(f"{number} {word}{'' if number == 1 else 's'}" for number, word in numbers if number)


def tree(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return the findings as the command-line contract lists them."""
    return [
        {
            "rule": one.rule,
            "severity": one.severity.value,
            "path": one.path,
            "line": one.line,
            "column": one.column,
            "message": one.message,
            "fix": one.fix.sentence if one.fix else None,
            "file": one.file,
        }
        for one in findings
    ]
