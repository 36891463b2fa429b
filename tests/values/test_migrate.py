"""Whole migrations: order of the rules, names in between, repeats, comments, and the real files of others."""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import jsonschema
import pytest
import yaml
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
    tree_of,
)
from z2jh_wizard.core.errors import InvalidInput, Refused
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.lint.finding import Severity
from z2jh_wizard.values.migrate import migrate
from z2jh_wizard.values.migrate_table import Rule
from z2jh_wizard.values.paths import Path, parse_path
from z2jh_wizard.values.schema import read_schema

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


def _old_keys() -> list[tuple[str, Any]]:
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


def _with(tree: dict[str, Any], path: Path, value: Any) -> None:
    node: Any = tree
    for part in path[:-1]:
        node = node.setdefault(part, {})
        if not isinstance(node, dict):
            return
    node.setdefault(path[-1], copy.deepcopy(value))


@settings(max_examples=40, deadline=None)
@given(
    keys=st.lists(st.sampled_from(_old_keys()), max_size=12),
    start=st.sampled_from(["v0.4", "v0.6", "0.9.1", "0.11.1"]),
)
def test_migrating_again_changes_nothing(keys: list[tuple[str, Any]], start: str) -> None:
    tree: dict[str, Any] = {"custom": {"a": 1}}
    for dotted, value in keys:
        _with(tree, parse_path(dotted), value)
    first = migrate(document_of(tree), start, TARGET)
    again = migrate(first.document, TARGET, TARGET)
    assert (again.changes, again.document) == ((), first.document)
    # Even one who forgets what version the file is for now loses nothing, once contradictions are solved.
    if not any("keep one of them" in item.message or "is no map" in item.message for item in first.manual):
        twice = migrate(first.document, start, TARGET)
        assert twice.changes == ()
        assert twice.document.values == first.document.values


def refusals(values: object) -> Iterator[Path]:
    """Yield what the schema refuses, as jsonschema sees it; what is missing comes from the defaults."""
    for error in jsonschema.Draft7Validator(read_schema()).iter_errors(values):
        at: Path = tuple(error.absolute_path)
        if error.validator in ("required", "oneOf"):
            continue
        if error.validator == "additionalProperties":
            known = error.schema.get("properties", {})
            yield from ((*at, key) for key in error.instance if key not in known)
        elif error.instance is not None:
            yield at


@pytest.mark.parametrize("version", ["v0.6", "0.11.1"])
def test_the_examples_of_the_old_documentation_become_valid_or_are_listed(version: str) -> None:
    folder = os.environ.get("Z2JH_CORPUS")
    if not folder:
        pytest.skip("Z2JH_CORPUS names no folder with values files")
    files = sorted((FilePath(folder) / "docs-examples" / version).glob("*.yaml"))
    assert files
    counts = {"files": 0, "changes": 0, "manual": 0, "refused keys, listed": 0, "valid files": 0}
    for file in files:
        migration = migrate(Document.read(file.read_bytes()), version, TARGET)
        refused = set(refusals(migration.document.values))
        known = listed(migration)
        missed = [path for path in refused if not any(path[: len(at)] == at for at in known if at)]
        assert not missed, f"{file.name}: {missed}"
        counts["files"] += 1
        counts["changes"] += len(migration.changes)
        counts["manual"] += len(migration.manual)
        counts["refused keys, listed"] += len(refused)
        counts["valid files"] += not refused
    print(version, counts)


COMMENTED = """\
# our hub
jupyterhub:
  auth:
    # how to sign in
    type: github  # GitHub
    github:
      # from the OAuth app
      clientId: "abc"  # public
      orgWhitelist:
        - bio101  # the course
  singleuser:
    cloudMetadata:
      # nobody needs it
      enabled: false  # never
    schedulerStrategy: spread  # wide
  hub:
    # our code
    extraConfig: |
      # python
      c.A = 1
dask-gateway:
  enabled: true  # stays
"""

CARRIED = """\
# our hub
jupyterhub:
  singleuser:
    cloudMetadata:
      # nobody needs it
      blockWithIptables: true  # never
  hub:
    extraConfig:
      # our code
      "00-config": |
        # python
        c.A = 1
    config:
      JupyterHub:
        # how to sign in
        authenticator_class: github  # GitHub
      GitHubOAuthenticator:
        # from the OAuth app
        client_id: "abc"  # public
        allowed_organizations:
          - bio101  # the course
  scheduling:
    userScheduler:
      enabled: false  # wide
dask-gateway:
  enabled: true  # stays
"""


def test_comments_and_quotes_travel_with_their_keys_inside_of_a_wrapper() -> None:
    migration = migrate(Document.read(COMMENTED.encode()), "v0.6", TARGET)
    assert migration.document.data.decode() == CARRIED
    assert migration.document.wrapper == ("jupyterhub",)


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


DISSOLVED = """\
# the file

# who may sign in
auth:  # ask Ana
  # how
  type: github  # GitHub
  github:  # the app
    clientId: x
    # until June
  # the end
# files
singleuser:
  cloudMetadata: {enabled: false}  # never
"""

SETTLED = """\
# the file

# files
singleuser:
  cloudMetadata: {blockWithIptables: true}  # never
hub:
  config:
    JupyterHub:
      # who may sign in
      # ask Ana
      # how
      authenticator_class: github  # GitHub
    GitHubOAuthenticator:
      # the app
      # until June
      # the end
      client_id: x
"""


def test_comments_of_a_section_that_disappears_go_to_the_first_key_that_left_it() -> None:
    migration = migrate(Document.read(DISSOLVED.encode()), "v0.6", TARGET)
    assert migration.document.data.decode() == SETTLED
    assert "comment" not in asked(migration)


def test_windows_line_ends_stay_when_comments_move() -> None:
    migration = migrate(Document.read(DISSOLVED.replace("\n", "\r\n").encode()), "v0.6", TARGET)
    assert migration.document.data.decode() == SETTLED.replace("\n", "\r\n")


def test_a_comment_without_a_key_is_listed() -> None:
    text = "hub:\n  fsGid: 1\nauth:\n  # nobody knows\n  github: {}\n"
    migration = migrate(Document.read(text.encode()), "v0.6", TARGET)
    assert not migration.document.has(("auth",))
    assert [item.path for item in migration.manual if item.rule == "comment"] == ["auth.github"]


@settings(max_examples=60, deadline=None)
@given(keys=st.lists(st.sampled_from(_old_keys()), min_size=1, max_size=8), data=st.data())
def test_no_comment_is_lost(keys: list[tuple[str, Any]], data: st.DataObject) -> None:
    tree: dict[str, Any] = {}
    for dotted, value in keys:
        _with(tree, parse_path(dotted), value)
    lines = []
    for number, line in enumerate(yaml.safe_dump(tree, sort_keys=False).splitlines()):
        indent = line[: len(line) - len(line.lstrip(" "))]
        lines += data.draw(
            st.sampled_from([[line], [f"{line}  # c{number}."], [f"{indent}# c{number}.", line]])
        )
    text = "\n".join([*lines, ""])
    migration = migrate(Document.read(text.encode()), "v0.6", TARGET)
    left = [item for item in migration.manual if item.rule == "comment"]
    lost = [word for word in re.findall(r"# c[0-9]+\.", text) if word not in migration.document.parsed.text]
    assert not lost or left
    assert migration.document.values == migrate(document_of(tree), "v0.6", TARGET).document.values


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


def test_comments_of_a_section_that_became_empty_do_not_keep_it() -> None:
    text = "auth:\n  # people\n  type: github\n  # the end\nhub:\n  fsGid: 1\n"
    migration = migrate(document(text), "v0.6", TARGET)
    assert not migration.document.has(("auth",))
    assert "# people" in migration.document.data.decode()
