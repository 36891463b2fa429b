"""Every rule between the two charts has an example and does what it says."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Any

import pytest
import yaml

from tests.values.migrating import applied, asked, carry, document_of
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.helmforge import rules_from_helmforge, rules_to_helmforge, translations
from z2jh_wizard.values.helmforge_functions import FUNCTIONS
from z2jh_wizard.values.migrate import migrate
from z2jh_wizard.values.migrate_table import Rule
from z2jh_wizard.values.paths import parse_path

EXAMPLES: list[dict[str, Any]] = yaml.safe_load(
    FilePath(__file__).with_name("helmforge.yaml").read_text(encoding="utf-8")
)
TABLES = {"helmforge": translations().to_helmforge, "z2jh": translations().from_helmforge}


def _name(case: dict[str, Any]) -> str:
    return f"{case['rule']}-{case['to']}"


def _rule(case: dict[str, Any]) -> Rule:
    return next(rule for rule in TABLES[case["to"]] if rule.id == case["rule"])


@pytest.mark.parametrize("case", EXAMPLES, ids=_name)
def test_an_example(case: dict[str, Any]) -> None:
    migration = carry(document_of(case["before"]), case["to"])
    mine = [item for item in migration.manual if item.rule == case["rule"]]
    assert sorted(item.path for item in mine) == sorted(case.get("asks", []))
    if "silent" in case:
        assert case["rule"] not in asked(migration) | applied(migration)
    else:
        assert case["rule"] in asked(migration) | applied(migration)
    severity = case.get("severity", _rule(case).weight.value)
    assert {item.severity.value for item in mine} <= {severity}
    assert not any(word in item.message for item in mine for word in ("{key}", "{trait}", "{variable}"))
    for dotted, value in case.get("after", {}).items():
        assert migration.document.get(parse_path(dotted)) == value
    for dotted in case.get("gone", []):
        assert not migration.document.has(parse_path(dotted))


@pytest.mark.parametrize("to", TABLES)
def test_every_rule_has_an_example(to: str) -> None:
    shown = {case["rule"] for case in EXAMPLES if case["to"] == to and "silent" not in case}
    assert shown == {rule.id for rule in TABLES[to] if rule.by != "pairs"}


@pytest.mark.parametrize("rule", [*TABLES["helmforge"], *TABLES["z2jh"]], ids=lambda rule: rule.id)
def test_every_row_is_written_for_people(rule: Rule) -> None:
    assert rule.by == "pairs" or (rule.note and rule.source)
    if rule.by in ("ask", "always", "cannot"):
        assert rule.note.endswith(".")
    else:
        assert not rule.ask or rule.ask.endswith(".")


def test_every_function_is_used_and_every_row_names_one() -> None:
    used = {rule.by for rule in (*rules_to_helmforge("4.4.0"), *rules_from_helmforge("4.4.0"))}
    assert used == {*FUNCTIONS, "cannot"}


def test_names_of_rules_are_distinct() -> None:
    for rules in (rules_to_helmforge("4.4.0"), rules_from_helmforge("4.4.0")):
        assert len({rule.id for rule in rules}) == len(rules)


def test_secrets_are_marked_and_never_copied_into_code_or_messages() -> None:
    secrets = {
        "proxy": {"secretToken": "canary-1"},
        "hub": {
            "cookieSecret": "canary-2",
            "config": {
                "ConfigurableHTTPProxy": {"auth_token": "canary-3"},
                "CryptKeeper": {"keys": ["canary-4"]},
                "GitHubOAuthenticator": {"client_secret": "canary-5"},
                "LTI11Authenticator": {"consumers": {"a": "canary-6"}},
                "LDAPAuthenticator": {"lookup_dn_search_password": "canary-7"},
                "Authenticator": {"nested": [{"token": "canary-8"}]},
            },
            "db": {"url": "postgresql://hub:canary-9@db/hub"},
        },
    }
    migration = carry(document_of(secrets), "helmforge")
    assert "canary" not in str(migration.document.get(("hub", "extraConfig"), ""))
    assert "canary" not in repr((migration.changes, migration.manual))
    security = [item.path for item in migration.manual if item.effect == "security"]
    assert {
        "hub.cookieSecret",
        "hub.config.ConfigurableHTTPProxy.auth_token",
        "hub.config.CryptKeeper.keys",
        "hub.config.GitHubOAuthenticator.client_secret",
        "hub.config.LTI11Authenticator.consumers",
    } <= set(security)
    assert migration.document.get(("proxy", "secretToken")) == "canary-1"
    text = migration.document.parsed.text
    assert all(text.count(f"canary-{number}") == 1 for number in range(1, 10))


def test_an_old_file_goes_through_the_newest_names() -> None:
    old = document_of(
        {"auth": {"type": "github", "github": {"clientId": "x"}, "whitelist": {"users": ["ana"]}}}
    )
    migration = migrate(old, "v0.6", "1.0.6", to_family="helmforge")
    assert migration.document.get(("auth", "type")) == "custom"
    assert migration.document.get(("hub", "extraConfig")) == (
        "# --- hub.config ---\n"
        "c.JupyterHub.authenticator_class = 'github'\n"
        "c.Authenticator.allowed_users = ['ana']\n"
        "c.GitHubOAuthenticator.client_id = 'x'\n"
    )
    moved = {(change.old, change.new) for change in migration.changes}
    assert ("auth.whitelist.users", "hub.extraConfig") in moved


def test_an_old_version_of_zero_to_jupyterhub_gets_what_it_knows() -> None:
    file = document_of({"gateway": {"enabled": True}, "rbac": {"create": False}})
    migration = migrate(file, "1.0.6", "3.3.8", from_family="helmforge")
    assert migration.document.get(("rbac", "create")) is False
    assert migration.document.get(("gateway", "enabled")) is True
    assert "gateway" in {item.path for item in migration.manual}


def test_charts_that_no_cluster_runs_beside_helmforge_are_refused() -> None:
    with pytest.raises(InvalidInput):
        migrate(document_of({"custom": {}}), "1.0.6", "0.11.1", from_family="helmforge")


def test_from_helmforge_to_helmforge_nothing_happens() -> None:
    start = document_of({"auth": {"type": "custom"}, "nonsense": 1})
    migration = migrate(start, "1.0.0", "1.0.6", from_family="helmforge", to_family="helmforge")
    assert (migration.changes, migration.manual, migration.document) == ((), (), start)
