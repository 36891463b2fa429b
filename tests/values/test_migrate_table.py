"""Every rule that is pure data does what its row says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.values.migrating import RULES, across, applied, asked, document_of, moves, tree_of
from z2jh_wizard.core.checks import version_key
from z2jh_wizard.values.migrate_functions import FUNCTIONS
from z2jh_wizard.values.migrate_table import Rule
from z2jh_wizard.values.migrate_work import literal
from z2jh_wizard.values.paths import Path, parse_path

MOVES = [rule for rule in RULES.values() if rule.by == "move"]
ASKS = [rule for rule in RULES.values() if rule.by == "ask" and rule.when == "set"]
DEFAULTS = [rule for rule in RULES.values() if rule.by == "ask" and rule.when == "unset"]

# A value that a row's expression finds.
HELD = {
    "^hostPath$": "hostPath",
    "^(mysql|postgres)": "postgres",
    "^(mysql|postgres|other)": "mysql",
    "--statsd": ["--statsd-host=stats"],
    r"jupyterhub_config\.d": {"a": {"mountPath": "/usr/local/etc/jupyterhub/jupyterhub_config.d/a.py"}},
    r"(?:import|from)\s+kubernetes\b": "from kubernetes import client\n",
    "[{}]": '{"theme": "dark"}',
    "^jupyterhub/k8s-": "jupyterhub/k8s-hub",
    r"\{username\}|\{servername\}": "home-{username}",
}


def test_there_are_184_rules_with_distinct_names_in_the_order_of_their_versions() -> None:
    ordered = [rule for rule in RULES.values() if rule.old != ("*",)]
    assert len(RULES) == 184
    assert [r.since for r in ordered] == [
        r.since for r in sorted(ordered, key=lambda r: version_key(r.since))
    ]


def test_every_function_is_used_and_every_row_names_one() -> None:
    assert {rule.by for rule in RULES.values()} == set(FUNCTIONS)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_row_is_written_for_people(rule: Rule) -> None:
    assert rule.note
    assert rule.source
    if rule.by == "ask":
        assert rule.note.endswith(".")
    else:
        assert not rule.ask or rule.ask.endswith(".")
    for pattern in (*rule.old, rule.new):
        assert re.fullmatch(r"[A-Za-z0-9_.*-]*", pattern), pattern


def test_paths_without_stars_are_what_the_path_parser_reads() -> None:
    patterns = [p for rule in RULES.values() for p in (*rule.old, *rule.also, rule.new) if p and "*" not in p]
    assert all(literal(pattern) == parse_path(pattern) for pattern in patterns)


@pytest.mark.parametrize("value", ["text", {"a": 1}, ["x"]], ids=["text", "map", "list"])
@pytest.mark.parametrize("rule", MOVES, ids=lambda rule: rule.id)
def test_a_move_brings_the_value_to_its_new_key(rule: Rule, value: Any) -> None:
    old, new = parse_path(rule.old[0]), parse_path(rule.new)
    migration = across(rule, document_of(tree_of(old, value)))
    assert migration.document.get(new) == value
    assert not migration.document.has(old)
    assert (old, new) in moves(migration)
    change = migration.changes[moves(migration).index((old, new))]
    assert (change.why, change.effect) == (rule.note, rule.effect)


@pytest.mark.parametrize("rule", MOVES, ids=lambda rule: rule.id)
def test_a_move_onto_another_value_is_left_to_a_person(rule: Rule) -> None:
    old, new = parse_path(rule.old[0]), parse_path(rule.new)
    start = document_of(tree_of(old, "old")).set(new, "new")
    migration = across(rule, start)
    assert migration.document.values == start.values
    assert (rule.id, rule.old[0]) in [(item.rule, item.path) for item in migration.manual]


@pytest.mark.parametrize("rule", MOVES, ids=lambda rule: rule.id)
def test_a_rule_is_silent_when_its_key_is_not_there(rule: Rule) -> None:
    assert rule.id not in applied(across(rule, document_of({"custom": {"a": 1}})))


def _concrete(pattern: str) -> Path:
    return tuple(
        0 if part == "*" and "profileList" in pattern else "a" if part == "*" else part
        for part in pattern.split(".")
    )


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [(rule, pattern) for rule in ASKS for pattern in rule.old],
    ids=lambda x: getattr(x, "id", x),
)
def test_a_key_that_needs_a_person_is_listed_and_stays(rule: Rule, pattern: str) -> None:
    value = HELD[rule.holding] if rule.holding else "something"
    path = _concrete(pattern)
    migration = across(rule, document_of(tree_of(path, value)))
    mine = [item for item in migration.manual if item.rule == rule.id]
    assert [(item.message, item.effect, item.severity) for item in mine] == [
        (rule.note, rule.effect, rule.weight)
    ]
    assert migration.document.get(parse_path(mine[0].path)) is not None


@pytest.mark.parametrize("rule", [rule for rule in ASKS if rule.holding], ids=lambda rule: rule.id)
def test_a_value_that_a_rule_is_not_about_is_not_listed(rule: Rule) -> None:
    assert rule.id not in asked(across(rule, document_of(tree_of(_concrete(rule.old[0]), "unlike"))))


@pytest.mark.parametrize("rule", [rule for rule in ASKS if rule.unless], ids=lambda rule: rule.id)
def test_what_is_decided_already_is_not_listed(rule: Rule) -> None:
    value = HELD[rule.holding] if rule.holding else {"client_id": "x"}
    start = document_of(tree_of(_concrete(rule.old[0]), value)).set(parse_path(rule.unless[0]), True)
    assert rule.id not in asked(across(rule, start))


@pytest.mark.parametrize("rule", DEFAULTS, ids=lambda rule: rule.id)
def test_a_changed_default_is_listed_unless_the_key_is_set(rule: Rule) -> None:
    start = document_of({"custom": {"a": 1}})
    migration = across(rule, start)
    assert [item.path for item in migration.manual if item.rule == rule.id] == [rule.old[0]]
    for pattern in rule.old:
        start = start.set(parse_path(pattern), True)
    assert rule.id not in asked(across(rule, start))
