"""Rules whose value changes on the way, each with a file before and after (migrations.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.values.migrating import RULES, applied, asked, document
from tests.values.test_migrate_table import ASKS, DEFAULTS, MOVES
from z2jh_wizard.values.migrate import migrate

ALL: list[dict[str, Any]] = yaml.load(
    Path(__file__).with_name("migrations.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)
CASES = [case for case in ALL if "silent" not in case]
SILENT = [case for case in ALL if "silent" in case]


def _name(case: dict[str, Any]) -> str:
    return f"{case['rule']}-{case['from']}-{case['to']}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_before_and_after(case: dict[str, Any]) -> None:
    migration = migrate(document(case["before"]), case["from"], case["to"])
    assert migration.document.values == yaml.safe_load(case.get("after", case["before"]))
    assert (case["rule"] in asked(migration)) is ("asks" in case)
    assert "asks" in case or case["rule"] in applied(migration)


@pytest.mark.parametrize("case", SILENT, ids=_name)
def test_a_rule_is_silent_where_nothing_is_wrong(case: dict[str, Any]) -> None:
    migration = migrate(document(case["before"]), case["from"], case["to"])
    assert case["rule"] not in asked(migration) | applied(migration)
    assert migration.document.values == yaml.safe_load(case["before"])


def test_each_rule_has_an_example() -> None:
    from_rows = {rule.id for rule in (*MOVES, *ASKS, *DEFAULTS)}
    assert {case["rule"] for case in CASES} | from_rows == set(RULES)
    assert {case["rule"] for case in CASES} & from_rows == set()
