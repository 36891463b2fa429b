"""Whole migrations: order of the rules, names in between, repeats, comments, and the real files of others."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.values.migrating import (
    RULES,
    VERSIONS,
    across,
    applied,
    asked,
    document,
    document_of,
    listed,
    moves,
    old_keys,
    put,
    tree_of,
)
from z2jh_wizard.core.errors import InvalidInput, Refused
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.migrate import migrate
from z2jh_wizard.values.migrate_table import Rule
from z2jh_wizard.values.paths import Path, parse_path

TARGET = "4.4.0"


def test_names_in_between_are_reported_once_from_the_first_to_the_last() -> None:
    migration = migrate(document("{auth: {whitelist: {users: [ana]}}}"), "0.9.1", TARGET)
    assert migration.document.values == {"hub": {"config": {"Authenticator": {"allowed_users": ["ana"]}}}}
    assert moves(migration) == [
        (parse_path("auth.whitelist.users"), parse_path("hub.config.Authenticator.allowed_users"))
    ]


def test_a_section_that_moves_twice_is_reported_from_where_it_was() -> None:
    migration = migrate(document("{admin: {users: [ana], access: false}}"), "v0.4", TARGET)
    paths = set(moves(migration))
    assert paths == {
        (("admin", "users"), ("hub", "config", "Authenticator", "admin_users")),
        (("admin", "access"), ("hub", "config", "JupyterHub", "admin_access")),
    }
    assert "admin-access-2" in asked(migration)


def test_only_rules_between_the_two_versions_apply() -> None:
    text = "{auth: {whitelist: {users: [ana]}}, rbac: {enabled: true}}"
    migration = migrate(document(text), "0.9.1", "0.10.6")
    assert migration.document.values == {"auth": {"allowedUsers": ["ana"]}, "rbac": {"enabled": True}}


@pytest.mark.parametrize("target", ["0.10.0", "0.10.5"])
def test_the_list_of_users_keeps_its_name_until_the_chart_reads_the_new_one(target: str) -> None:
    start = document("{auth: {whitelist: {users: [ana]}}}")
    for source in ("v0.6", "0.9.1"):
        assert migrate(start, source, target).document.values == start.values


@pytest.mark.parametrize("source", ["0.9.1", "0.10.0", "0.10.5", "0.10.6"])
def test_the_list_of_users_is_found_from_each_version(source: str) -> None:
    text = "{auth: {whitelist: {users: [ana]}}}"
    if source != "0.10.6":
        halfway = migrate(document(text), source, "0.10.6")
        assert halfway.document.values == {"auth": {"allowedUsers": ["ana"]}}
    migration = migrate(document(text), source, "0.11.0")
    assert migration.document.get(("hub", "config", "Authenticator", "allowed_users")) == ["ana"]


def test_lti_ends_in_the_section_that_is_read() -> None:
    migration = migrate(document("{auth: {type: lti, lti: {consumers: {a: b}}}}"), "v0.6", TARGET)
    config = migration.document.get(("hub", "config"))
    assert config == {
        "JupyterHub": {"authenticator_class": "ltiauthenticator.lti11.auth.LTI11Authenticator"},
        "LTI11Authenticator": {"consumers": {"a": "b"}},
    }
    assert {"lti13", "hub5-allow"} <= asked(migration)


def test_blocked_users_stay_blocked_from_any_version_that_ignores_their_old_name() -> None:
    for start in ("0.9.1", "0.11.1", "3.3.8", "4.3.5"):
        migration = migrate(document("{hub: {config: {Authenticator: {blacklist: [eve]}}}}"), start, TARGET)
        assert migration.document.get(("hub", "config", "Authenticator")) == {"blocked_users": ["eve"]}


def test_one_database_upgrade_is_asked_for_once() -> None:
    migration = migrate(document("{hub: {db: {type: postgres, url: x}}}"), "v0.6", TARGET)
    assert [item.rule for item in migration.manual if item.rule.startswith("db-upgrade")] == ["db-upgrade-2"]


def test_versions_that_are_none_and_ways_back_are_refused() -> None:
    start = document("{custom: {a: 1}}")
    for source, target in (("latest", TARGET), ("1.0.0", "new"), ("4.4.0", "3.3.8")):
        with pytest.raises(InvalidInput):
            migrate(start, source, target)


@pytest.mark.parametrize("version", ["v0.4", "0.11.1", TARGET])
def test_the_same_version_changes_nothing(version: str) -> None:
    start = document("{auth: {type: github}, hub: {config: {Authenticator: {whitelist: [a]}}}}")
    migration = migrate(start, version, version)
    assert (migration.changes, migration.manual, migration.document) == ((), (), start)


def test_old_versions_count_with_and_without_their_v() -> None:
    text = "{hub: {extraConfig: 'c.A = 1'}}"
    assert migrate(document(text), "0.6", TARGET).changes == migrate(document(text), "v0.6", TARGET).changes


def test_a_refused_edit_is_left_to_a_person_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    move = Document.move

    def picky(self: Document, old: Path, new: Path) -> Document:
        if old[0] == "rbac":
            raise Refused("an anchor is in the way")
        return move(self, old, new)

    monkeypatch.setattr(Document, "move", picky)
    migration = migrate(document("{rbac: {enabled: false}, hub: {fsGid: 1000}}"), "1.2.0", "2.0.0")
    assert migration.document.values == {
        "rbac": {"enabled": False},
        "hub": {"podSecurityContext": {"fsGroup": 1000}},
    }
    item = next(item for item in migration.manual if item.rule == "rbac-enabled")
    assert item.path == "rbac.enabled"
    assert "an anchor is in the way" in item.message
    assert "rbac.create" in item.message


def test_a_key_whose_new_place_is_taken_by_no_map_stays() -> None:
    text = "{hub: {fsGid: 1000, podSecurityContext: none}}"
    migration = migrate(document(text), "1.2.0", "2.0.0")
    assert migration.document.values == {"hub": {"fsGid": 1000, "podSecurityContext": "none"}}
    assert "hub-fsGid" in asked(migration)


def test_a_null_on_the_way_is_replaced() -> None:
    migration = migrate(document("{hub: {fsGid: 1000, podSecurityContext: null}}"), "1.2.0", "2.0.0")
    assert migration.document.values == {"hub": {"podSecurityContext": {"fsGroup": 1000}}}


def test_an_equal_value_in_both_places_is_kept_once() -> None:
    text = "{hub: {fsGid: 1000, podSecurityContext: {fsGroup: 1000}}}"
    migration = migrate(document(text), "1.2.0", "2.0.0")
    assert migration.document.values == {"hub": {"podSecurityContext": {"fsGroup": 1000}}}


def test_maps_are_merged_key_by_key() -> None:
    text = "{hub: {extraConfigMap: {a: 1, b: 2}}, custom: {b: 3, c: 4}}"
    migration = migrate(document(text), "0.9.1", TARGET)
    assert migration.document.values == {
        "hub": {"extraConfigMap": {"b": 2}},
        "custom": {"b": 3, "c": 4, "a": 1},
    }
    assert [item.path for item in migration.manual if item.rule == "extraConfigMap"] == [
        "hub.extraConfigMap.b"
    ]


def test_a_decision_points_at_where_its_key_went() -> None:
    migration = migrate(document("{proxy: {image: {name: x}, cmd: [a]}}"), "v0.4", "0.7.0")
    assert [item.path for item in migration.manual if item.rule == "chp-cmd"] == ["proxy.chp.cmd"]


SERIOUS = [rule for rule in RULES.values() if rule.effect in ("security", "lockout", "data")]
SPECIMENS: dict[str, tuple[str, object]] = {
    "oauth-allow": ("hub.config.JupyterHub.authenticator_class", "github"),
    "hub5-allow": ("hub.config.JupyterHub.authenticator_class", "native"),
    "lti13": ("hub.config.JupyterHub.authenticator_class", "ltiauthenticator.LTIAuthenticator"),
    "dns-egress": ("hub.networkPolicy.egressAllowRules", {"privateIPs": False}),
    "static-subpath": ("singleuser.storage.static.subPath", "{username}"),
    "tpl-user": ("singleuser.storage.dynamic.pvcNameTemplate", "claim-{username}"),
    "claim_groups": ("hub.config.GenericOAuthenticator.claim_groups_key", "groups"),
    "named-server-pvc": ("custom.a", 1),
    "delete-pvc": ("custom.a", 1),
    "slug-scheme": ("custom.a", 1),
}


@pytest.mark.parametrize("target", ["its own version", TARGET])
@pytest.mark.parametrize("rule", SERIOUS, ids=lambda rule: rule.id)
def test_what_concerns_security_access_or_files_is_done_or_listed(rule: Rule, target: str) -> None:
    dotted, value = SPECIMENS.get(rule.id, (rule.old[0], ["a"]))
    path = parse_path(dotted)
    start = document_of(tree_of(path, value))
    if target == TARGET:
        source = max((v for v in VERSIONS if v == rule.works_until), default="0.9.1")
        migration = migrate(start, source if source != TARGET else "3.3.8", TARGET)
    else:
        migration = across(rule, start)
    followed = {old for old, _ in moves(migration)} | listed(migration)
    assert rule.id in applied(migration) | asked(migration) or path in followed


@settings(max_examples=40, deadline=None)
@given(
    keys=st.lists(st.sampled_from(old_keys()), max_size=12),
    start=st.sampled_from(["v0.4", "v0.6", "0.9.1", "0.11.1"]),
)
def test_migrating_again_changes_nothing(keys: list[tuple[str, Any]], start: str) -> None:
    tree: dict[str, Any] = {"custom": {"a": 1}}
    for dotted, value in keys:
        put(tree, parse_path(dotted), value)
    first = migrate(document_of(tree), start, TARGET)
    again = migrate(first.document, TARGET, TARGET)
    assert (again.changes, again.document) == ((), first.document)
    # Even one who forgets what version the file is for now loses nothing, once contradictions are solved.
    if not any("keep one of them" in item.message or "is no map" in item.message for item in first.manual):
        twice = migrate(first.document, start, TARGET)
        assert twice.changes == ()
        assert twice.document.values == first.document.values


def test_an_anchored_list_is_moved_for_its_users_or_left_to_a_person() -> None:
    text = "auth:\n  whitelist:\n    users: &people [ana]\n  admin:\n    users: *people\n"
    migration = migrate(Document.read(text.encode()), "v0.6", TARGET)
    moved = {old for old, _ in moves(migration)}
    asked_about = listed(migration)
    for path in (("auth", "whitelist", "users"), ("auth", "admin", "users")):
        assert path in moved or any(path[: len(at)] == at for at in asked_about if at)
    for trait in ("allowed_users", "admin_users"):
        key = ("hub", "config", "Authenticator", trait)
        assert migration.document.get(key, ["ana"]) == ["ana"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "auth: {admin: {users: [ana]}}",
            "auth.admin.users is hub.config.Authenticator.admin_users since chart 0.11.0",
        ),
        ("singleuser: {cloudMetadata: {enabled: true}}", "the meaning is inverted"),
        ("proxy: {nginx: {proxyBodySize: 64m}}", "Traefik replaced nginx"),
        ("proxy: {nonsense: 1}", "correct its name"),
    ],
)
def test_a_key_that_was_forgotten_before_is_listed_with_what_became_of_it(text: str, said: str) -> None:
    migration = migrate(document(text), "0.11.1", TARGET)
    assert migration.document.values == document(text).values
    assert said in next(item.message for item in migration.manual if item.rule == "schema")


def test_an_edit_of_a_type_that_is_refused_is_left_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Document, path: Path, value: Any) -> Document:
        raise Refused("an alias is in the way")

    monkeypatch.setattr(Document, "set", refuse)
    migration = migrate(document("{cull: {timeout: '60'}}"), "0.11.1", "1.0.0")
    assert migration.document.get(("cull", "timeout")) == "60"
    assert "an alias is in the way" in next(
        item.message for item in migration.manual if item.path.startswith("cull.")
    )


def test_types_are_mended_only_where_that_is_no_guess() -> None:
    text = """
    cull: {timeout: [60]}
    debug: {enabled: 1}
    singleuser: {cpu: {limit: half}}
    proxy: {secretToken: yes}
    """
    migration = migrate(document(text), "0.11.1", "1.0.0")
    assert migration.document.get(("cull", "timeout")) == [60]
    assert migration.document.get(("singleuser", "cpu", "limit")) == "half"
    assert {item.path for item in migration.manual if item.rule == "schema"} == {
        "cull.timeout",
        "debug.enabled",
        "singleuser.cpu.limit",
    }
    assert migration.document.get(("proxy", "secretToken")) == "true"


def test_a_whole_number_with_a_point_counts_as_an_integer() -> None:
    migration = migrate(document("{cull: {timeout: 60.0}}"), "0.11.1", "1.0.0")
    assert not [item for item in migration.manual if item.rule == "schema"]
