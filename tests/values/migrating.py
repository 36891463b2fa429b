"""Helpers of the migration tests: documents from text, versions just before a rule."""

from __future__ import annotations

import textwrap
from typing import Any

import yaml

from z2jh_wizard.core.checks import version_key
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.migrate import migrate
from z2jh_wizard.values.migrate_report import Migration
from z2jh_wizard.values.migrate_table import Rule, read_rules
from z2jh_wizard.values.paths import Path, parse_path

RULES = {rule.id: rule for rule in read_rules()}
VERSIONS = sorted(
    {version for rule in RULES.values() for version in (rule.works_until, rule.since)}, key=version_key
)


def document(text: str) -> Document:
    return Document.read(textwrap.dedent(text).encode())


def document_of(tree: dict[str, Any]) -> Document:
    return Document.read(yaml.safe_dump(tree, sort_keys=False).encode())


def tree_of(path: Path, value: Any) -> dict[str, Any]:
    """Return maps down to a value, with a list of one where a part of the path is a number."""
    for part in reversed(path):
        value = [value] if isinstance(part, int) else {part: value}
    return value  # type: ignore[no-any-return]


def version_before(rule: Rule) -> str:
    return max((v for v in VERSIONS if version_key(v) < version_key(rule.since)), key=version_key)


def across(rule: Rule, start: Document) -> Migration:
    """Migrate over the one version step that the rule belongs to."""
    return migrate(start, version_before(rule), rule.since)


def asked(migration: Migration) -> set[str]:
    return {item.rule for item in migration.manual}


def applied(migration: Migration) -> set[str]:
    return {change.rule for change in migration.changes}


def moves(migration: Migration) -> list[tuple[Path, Path]]:
    """Return the old and the new path of each change, () where there is none."""
    return [(_path(change.old), _path(change.new)) for change in migration.changes]


def listed(migration: Migration) -> set[Path]:
    return {_path(item.path) for item in migration.manual}


def _path(dotted: str) -> Path:
    return parse_path(dotted) if dotted else ()
