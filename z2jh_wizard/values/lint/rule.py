"""The shape of a rule, and of what its check yields."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from z2jh_wizard.values.lint.finding import Fix, Severity
from z2jh_wizard.values.lint.subject import Place, Subject
from z2jh_wizard.values.paths import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """What a check found at a path; the runner adds the rule's id, its severity and the place.

    The message is for a tired teacher: what is there, and what will happen on class day. It never quotes a
    secret (``Subject.quote`` sees to that). ``severity`` and ``place`` are given only to override.
    """

    path: Path
    message: str
    fix: Fix | None = None
    severity: Severity | None = None
    place: Place | None = None


Check: TypeAlias = Callable[[Subject], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One known mistake."""

    id: str
    severity: Severity
    title: str
    keys: tuple[str, ...]
    """The settings it is about, dotted, of the newest chart (``*`` for any name); fields join on them."""
    check: Check
    general: bool = False
    """Whether it speaks only of what no rule before it, and none that is not general, has explained: at its
    path or above, and as bad or worse."""


def rule(
    id: str,  # noqa: A002
    severity: Severity,
    title: str,
    *keys: str,
    general: bool = False,
) -> Callable[[Check], Rule]:
    """Make a rule of a check function."""
    return lambda check: Rule(id, severity, title, keys, check, general)
