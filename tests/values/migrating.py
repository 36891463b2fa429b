"""Helpers of the migration tests: documents from text, versions just before a rule."""

from __future__ import annotations

import copy
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


def carry(start: Document, to: str) -> Migration:
    """Migrate between the charts: to ``helmforge``, or back to ``z2jh``."""
    if to == "helmforge":
        return migrate(start, "4.4.0", "1.0.6", to_family="helmforge")
    return migrate(start, "1.0.6", "4.4.0", from_family="helmforge")


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


def old_keys() -> list[tuple[str, Any]]:
    """Return every old key with a value of its kind."""
    kept: list[tuple[str, Any]] = []
    for rule in RULES.values():
        for pattern in rule.old:
            if rule.by == "move":
                kept.append((pattern, "x"))
    kept += [
        ("auth.type", "github"),
        ("auth.state.cryptoKey", "0a"),
        ("hub.extraConfig", "c.A = 1"),
        ("ingress.host", "a.edu"),
        ("prePuller.extraImages", [{"name": "a", "tag": 1}]),
        ("singleuser.schedulerStrategy", "spread"),
        ("proxy.https.hosts", ["a.edu"]),
        ("singleuser.cloudMetadata.enabled", False),
        ("singleuser.extraEnv", {"A": 1}),
        ("rbac.enabled", False),
        ("singleuser.networkPolicy.egress", []),
        ("hub.networkPolicy.egress", [{"to": []}]),
        ("singleuser.storage.type", "static"),
        ("cull.timeout", "60"),
        ("hub.imagePullSecret", {"enabled": True, "username": "a"}),
        ("singleuser.imagePullSecret", {"enabled": True, "username": "b"}),
        ("auth.google.hostedDomain", "a.edu"),
        ("auth.custom", {"className": "a.B", "config": {"c": 1}}),
    ]
    return kept


def put(tree: dict[str, Any], path: Path, value: Any) -> None:
    """Set a value unless there is one."""
    node: Any = tree
    for part in path[:-1]:
        node = node.setdefault(part, {})
        if not isinstance(node, dict):
            return
    node.setdefault(path[-1], copy.deepcopy(value))
