"""What a migration answers: the new file, what was changed in it, and what is left to a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint.finding import Severity
from z2jh_wizard.values.migrate_table import Effect
from z2jh_wizard.values.migrate_work import Question, Step
from z2jh_wizard.values.paths import Path, format_path


class Change(msgspec.Struct, frozen=True):
    """Something that the migration did; ``old`` is empty for a new key, ``new`` for a removed one."""

    rule: str
    old: str
    new: str
    why: str
    effect: Effect
    """What would have come of leaving it as it was."""
    line: int
    """Where the key stood in the old file, counted from 1; for a new key, where it stands in the new one."""


class Manual(msgspec.Struct, frozen=True):
    """Something that a person must decide, with the key that it is about."""

    rule: str
    severity: Severity
    effect: Effect
    path: str
    """Dotted, in the new chart's terms (inside of any wrapper); empty when it is about the whole file."""
    line: int
    """In the new file, counted from 1; where the nearest key above stands when the key is not set."""
    message: str


class Migration(msgspec.Struct, frozen=True):
    """The migrated document, what was changed on the way, and what is left: the worst first, then by line."""

    changes: tuple[Change, ...]
    manual: tuple[Manual, ...]
    document: Document

    def at_least(self, severity: Severity) -> tuple[Manual, ...]:
        """Return what is left to a person and at least this bad."""
        return tuple(item for item in self.manual if item.severity.rank <= severity.rank)

    def plain(self) -> dict[str, Any]:
        """Return maps, lists and texts, ready for JSON; ``values`` is the text of the new file."""
        return {
            "changes": msgspec.to_builtins(list(self.changes)),
            "manual": msgspec.to_builtins(list(self.manual)),
            "values": self.document.parsed.text,
        }


def report(
    before: Document, after: Document, steps: Sequence[Step], questions: Iterable[Question]
) -> Migration:
    """Tell a person what was done between two documents, each key once, and what is open."""
    manual = [
        Manual(
            item.rule.id,
            item.severity or item.rule.weight,
            item.rule.effect,
            format_path(item.path),
            after.where(item.path).line,
            item.decide,
        )
        for item in _without_repeats(questions)
    ]
    return Migration(
        tuple(_change(step, before, after) for step in joined(steps, after)),
        tuple(sorted(manual, key=lambda item: (item.severity.rank, item.line))),
        after,
    )


def _change(step: Step, before: Document, after: Document) -> Change:
    place = after.where(step.new or ()) if step.old is None else before.where(step.old)
    old, new = (format_path(path) if path else "" for path in (step.old, step.new))
    return Change(step.rule.id, old, new, step.why, step.rule.effect, place.line)


def followed(item: Question, steps: Iterable[Step]) -> Question:
    """Let a question point at where its key went."""
    for step in steps:
        if step.old and step.new and item.path[: len(step.old)] == step.old:
            return replace(item, path=step.new + item.path[len(step.old) :])
    return item


def joined(steps: Sequence[Step], document: Document) -> list[Step]:
    """Return a key that moved in several steps once: from where it was to where it is."""
    found: list[Step] = []
    for step in steps:
        earlier = _step_before(found, step.old)
        start = step.old
        if earlier and earlier.new and start:
            start = earlier.old and earlier.old + start[len(earlier.new) :]
        found.append(replace(step, old=start))
    return [step for step in found if step.new is None or document.has(step.new)]


def _step_before(steps: Sequence[Step], path: Path | None) -> Step | None:
    """Return the last step that brought a key to where ``path`` finds it."""
    if path is None:
        return None
    return next(
        (
            step
            for step in reversed(steps)
            if step.new and step.new == path[: len(step.new)] and step.old != step.new
        ),
        None,
    )


def _without_repeats(questions: Iterable[Question]) -> list[Question]:
    """Keep the first of several rules that ask for the same, such as a database upgrade per version."""
    kept: dict[tuple[Path, str], Question] = {}
    for item in questions:
        kept.setdefault((item.path, item.decide), item)
    return list(kept.values())
