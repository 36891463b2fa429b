"""What a migration answers: severities, lines, and plain data."""

from __future__ import annotations

import json

from tests.values.migrating import RULES, document
from tests.values.test_migrate_comments import DISSOLVED, TARGET
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint.finding import Severity
from z2jh_wizard.values.migrate import migrate


def test_what_is_left_is_sorted_by_severity_and_line() -> None:
    migration = migrate(Document.read(DISSOLVED.encode()), "v0.6", TARGET)
    order = [(item.severity.rank, item.line) for item in migration.manual]
    assert order == sorted(order)
    assert {item.severity for item in migration.manual} == {Severity.WARNING, Severity.NOTE}
    warnings = migration.at_least(Severity.WARNING)
    assert warnings == tuple(item for item in migration.manual if item.severity is not Severity.NOTE)
    assert migration.at_least(Severity.ERROR) == ()


def test_lines_are_those_of_the_old_file_for_what_moved_and_of_the_new_one_for_what_is_left() -> None:
    migration = migrate(Document.read(DISSOLVED.encode()), "v0.6", TARGET)
    lines = {change.old: change.line for change in migration.changes}
    assert (lines["auth.type"], lines["auth.github.clientId"]) == (6, 8)
    assert next(item.line for item in migration.manual if item.rule == "oauth-allow") == 12


def test_the_answer_is_plain_data() -> None:
    plain = migrate(document("{rbac: {enabled: true}}"), "1.2.0", "2.0.0").plain()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["changes"] == [
        {
            "rule": "rbac-enabled",
            "old": "rbac.enabled",
            "new": "rbac.create",
            "why": RULES["rbac-enabled"].note,
            "effect": RULES["rbac-enabled"].effect,
            "line": 1,
        }
    ]
    assert plain["values"] == "{rbac: {create: true}}"
    assert set(plain["manual"][0]) == {"rule", "severity", "effect", "path", "line", "message"}
