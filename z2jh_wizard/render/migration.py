"""What a migration did to a values file and what it leaves to a person, as lines."""

from __future__ import annotations

from collections.abc import Iterator

from z2jh_wizard.core.redaction import plain
from z2jh_wizard.values.migrate_report import Change, Migration


def lines(name: str, migration: Migration) -> Iterator[str]:
    """Give one line for each change, one for each open question, and how many of both there are."""
    for change in migration.changes:
        yield plain(f"{name}:{change.line} {_moved(change)}: {change.why}")
    for item in migration.manual:
        where = f"{item.path}: " if item.path else ""
        yield plain(f"{name}:{item.line} {item.severity.value} for you to decide: {where}{item.message}")
    done, left = len(migration.changes), len(migration.manual)
    yield f"{name}: {done} change{_s(done)}, {left} left for you to decide"


def _moved(change: Change) -> str:
    if not change.old:
        return f"+ {change.new}"
    if not change.new:
        return f"- {change.old}"
    return f"~ {change.old}" if change.old == change.new else f"{change.old} -> {change.new}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
