"""Carry a values file from the chart version it was written for to another, keeping its comments.

Rules are data (assets/charts/migrations.json). What is safe is done; what needs a person is listed.
Nothing that concerns security, access or files is dropped without either.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from z2jh_wizard.core import checks
from z2jh_wizard.core.errors import InvalidInput, Refused
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.migrate_functions import FUNCTIONS
from z2jh_wizard.values.migrate_table import Rule, read_rules
from z2jh_wizard.values.migrate_work import Change, Manual, Work
from z2jh_wizard.values.paths import Path, format_path


@dataclass(frozen=True, slots=True)
class Migration:
    """The migrated document, what was changed on the way, and what is left to a person."""

    changes: list[Change]
    manual: list[Manual]
    document: Document


def migrate(document: Document, from_version: str, to_version: str) -> Migration:
    """Carry a document to another chart version.

    Raises InvalidInput for what is no version, and for a way back to an older chart.
    """
    source, target = _key(from_version), _key(to_version)
    if target < source:
        raise InvalidInput(
            f"{to_version} is older than {from_version}",
            "A file is only carried to a newer chart.",
            next_step="Take the older file from your backups or from version control.",
        )
    changes: list[Change] = []
    manual: list[Manual] = []
    for rule in read_rules():
        if rule.concerns(source, target):
            work = _apply(rule, document, target, tuple(manual))
            document = work.document
            manual = [_followed(item, work.changes) for item in manual] + work.manual
            changes += work.changes
    return Migration(_joined(changes, document), _without_repeats(manual), document)


def _key(version: str) -> checks.VersionKey:
    wrong = checks.version(version)
    if wrong:
        raise InvalidInput(f"{version!r} is no chart version", wrong)
    return checks.version_key(version)


def _apply(rule: Rule, document: Document, target: checks.VersionKey, asked: tuple[Manual, ...]) -> Work:
    """Run one rule; an edit that is refused leaves the document as it was and the rule to a person."""
    work = Work(rule, document, target, asked)
    try:
        FUNCTIONS[rule.by](work)
    except Refused as refused:
        work = Work(rule, document, target, asked)
        where = f" Do it by hand: {rule.new}." if rule.new else " Do it by hand."
        work.ask(work.first() or (), f"{rule.note}, but {refused.problem.title}.{where}")
    return work


def _followed(item: Manual, changes: list[Change]) -> Manual:
    """Let a decision point at where its key went."""
    for change in changes:
        if change.old_path and change.new_path and item.path[: len(change.old_path)] == change.old_path:
            return replace(item, path=change.new_path + item.path[len(change.old_path) :])
    return item


def _joined(changes: list[Change], document: Document) -> list[Change]:
    """Report a key that moved in several steps once: from where it was to where it is."""
    joined: list[Change] = []
    for change in changes:
        earlier = _step_before(joined, change.old_path)
        start = change.old_path
        if earlier and earlier.new_path and start:
            start = earlier.old_path and earlier.old_path + start[len(earlier.new_path) :]
        joined.append(replace(change, old_path=start))
    return [change for change in joined if change.new_path is None or document.has(change.new_path)]


def _step_before(changes: list[Change], path: Path | None) -> Change | None:
    """Return the last change that brought a key to where ``path`` finds it."""
    if path is None:
        return None
    return next(
        (
            change
            for change in reversed(changes)
            if change.new_path
            and change.new_path == path[: len(change.new_path)]
            and change.old_path != change.new_path
        ),
        None,
    )


def _without_repeats(manual: list[Manual]) -> list[Manual]:
    """Keep the first of several rules that ask for the same, such as a database upgrade per version."""
    kept: dict[tuple[str, str], Manual] = {}
    for item in manual:
        kept.setdefault((format_path(item.path), item.decide), item)
    return list(kept.values())
