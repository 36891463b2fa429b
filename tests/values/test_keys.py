"""The key table: it joins the schemas of the charts, and says what a wrong key was meant to be."""

import json
import tarfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.values.schema_paths import schema_paths
from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.values import traits
from z2jh_wizard.values.charts import Generation, chart_versions, generations, sort_key
from z2jh_wizard.values.keys import Topic, key_table, known_keys, paths_at
from z2jh_wizard.values.look_up import Kind, look_up, suggest

EXCEPTIONS = {
    "hub.fsGid": "the chart refuses it when it renders: hub.podSecurityContext says it",
    "rbac.enabled": "the chart refuses it when it renders: rbac.create says it",
}
"""Keys of the chart's schema that have no row for the newest version, and why."""

TYPES = {"map", "list", "string", "integer", "number", "boolean", "null", "any"}
RELEASES = [release.version for release in chart_versions()]
ROWS = key_table().rows


def unjoined(schema):
    """Paths of a schema of chart 4.4 that are neither a row, above or below one, nor an exception."""
    return [
        path
        for path in schema_paths(schema)
        if path not in EXCEPTIONS and not look_up(path.split("."), "4.4.0").fine
    ]


def test_every_row_is_whole():
    for row in ROWS:
        assert isinstance(row.topic, Topic)
        assert set(row.type.split("|")) <= TYPES, row
        assert row.names or row.helmforge
        assert not row.choices or "string" in row.type
        for name in row.names:
            assert not name.removed_in or sort_key(name.since) < sort_key(name.removed_in), name
            assert {name.since} <= set(RELEASES)
            assert name.removed_in in {"", *RELEASES}


def test_every_topic_has_rows():
    assert {row.topic for row in ROWS} == set(Topic)


@pytest.mark.parametrize("version", RELEASES)
def test_no_version_has_a_key_twice(version):
    taken = [name.path for row in ROWS for name in row.names if name.taken_by(version)]
    assert len(taken) == len(set(taken)) > 70
    assert set(taken) == set(paths_at(version))


def test_helmforge_has_no_key_twice():
    taken = [row.helmforge for row in ROWS if row.helmforge]
    assert len(taken) == len(set(taken)) == len(paths_at("1.0.6", "helmforge"))


def test_every_key_of_the_practice_chart_has_a_row_or_a_reason():
    schema = json.loads(asset_path("practice-chart/values.schema.json").read_bytes())
    assert len(schema_paths(schema)) > 300
    assert unjoined(schema) == []


def test_every_exception_is_a_key_that_the_newest_chart_lost():
    for path in EXCEPTIONS:
        assert look_up(path.split("."), "4.4.0").kind is Kind.REMOVED


def test_every_row_of_the_newest_chart_is_in_the_schema_of_the_practice_chart():
    schema = json.loads(asset_path("practice-chart/values.schema.json").read_bytes())
    below_config = "hub.config."
    mine = {path for path in paths_at("4.4.0") if not path.startswith(below_config)}
    assert mine <= set(schema_paths(schema))


def test_every_key_of_the_published_chart_has_a_row_or_a_reason(real_chart: Path):
    schema = json.loads(schema_of(real_chart))
    assert len(schema_paths(schema)) > 400
    assert unjoined(schema) == []


def test_rows_below_hub_config_are_traits_of_the_newest_chart():
    gone = {"MWOAuthenticator": "has no row in the table of traits"}
    for path in paths_at("4.4.0"):
        parts = path.split(".")
        if path.startswith("hub.config.") and parts[2] not in gone:
            known = traits.trait(parts[2], parts[3]) or traits.old_name(parts[2], parts[3])
            assert known or (parts[2], parts[3]) == ("LDAPAuthenticator", "use_ssl"), path


@pytest.mark.parametrize("generation", Generation)
def test_known_keys_of_a_generation_are_those_of_its_versions(generation):
    rows = known_keys(generation)
    assert rows
    paths = {path for row in rows for path in row.paths(generation)}
    if generation.family == "helmforge":
        assert paths == set(paths_at("1.0.6", "helmforge"))
        return
    later = generation.next
    first, end = sort_key(generation.first), sort_key(later.first) if later else sort_key("99.0.0")
    members = [version for version in RELEASES if first <= sort_key(version) < end]
    assert paths == {path for version in members for path in paths_at(version)}


@pytest.mark.parametrize(
    ("path", "version", "kind", "says"),
    [
        ("cull.timeout", "4.4.0", Kind.KEY, ""),
        ("hub", "4.4.0", Kind.SECTION, ""),
        ("singleuser.extraEnv.EDITOR", "4.4.0", Kind.INSIDE, ""),
        ("hub.config.KubeSpawner.mem_limit", "4.4.0", Kind.INSIDE, ""),
        ("httpRoute.enabled", "4.2.0", Kind.TOO_NEW, "4.3.0"),
        ("httpRoute", "1.0.0", Kind.TOO_NEW, "4.3.0"),
        ("hub.config.Authenticator.admin_users", "0.10.6", Kind.TOO_NEW, "auth.admin.users"),
        ("auth.admin.users", "0.10.6", Kind.KEY, ""),
        ("auth.admin.users", "4.4.0", Kind.REMOVED, "hub.config.Authenticator.admin_users"),
        ("auth", "4.4.0", Kind.REMOVED, "moved"),
        ("auth.lti.consumers", "4.4.0", Kind.REMOVED, "LTI11Authenticator"),
        ("statsd.host", "4.4.0", Kind.REMOVED, "nothing"),
        ("singleuser.cloudMetadata.enabled", "4.4.0", Kind.REMOVED, "opposite"),
        ("hub.extraConfigMap.semester", "4.4.0", Kind.REMOVED, "custom"),
        ("rbac.enabled", "1.2.0", Kind.KEY, ""),
        ("rbac.enabled", "2.0.0", Kind.REMOVED, "rbac.create"),
        ("gateway.enabled", "4.4.0", Kind.OTHER_CHART, "httpRoute.enabled"),
        ("hub.uid", "0.11.1", Kind.KEY, ""),
        ("hub.uid", "1.0.0", Kind.REMOVED, "runAsUser"),
        ("imagePullSecret.enabled", "0.11.1", Kind.KEY, ""),
        ("imagePullSecret.create", "0.10.0", Kind.KEY, ""),
        ("singleuser.schedulerStrategy", "0.8.0", Kind.REMOVED, "spread is false"),
        ("gateway", "4.4.0", Kind.OTHER_CHART, "HelmForge"),
        ("hub.condig.JupyterHub", "4.4.0", Kind.UNKNOWN, "hub.config.JupyterHub"),
        ("extraConfig", "4.4.0", Kind.UNKNOWN, "hub.extraConfig"),
        ("storage.type", "4.4.0", Kind.UNKNOWN, "singleuser.storage.type"),
        ("cull.tiemout", "4.4.0", Kind.UNKNOWN, "cull.timeout"),
        ("hub.Authenticator.admin_users", "4.4.0", Kind.UNKNOWN, "hub.config.Authenticator.admin_users"),
        ("singleuser.memory.limit.max", "4.4.0", Kind.UNKNOWN, "takes a value"),
        ("nothing.like.it", "4.4.0", Kind.UNKNOWN, "has no key"),
    ],
)
def test_what_a_path_is(path, version, kind, says):
    match = look_up(path.split("."), version)
    assert match.kind is kind
    assert says in match.sentence
    assert bool(match.sentence) != match.fine


def test_helmforge_keys_are_its_own():
    assert look_up(["hub", "persistence", "size"], "1.0.6", "helmforge").kind is Kind.KEY
    assert look_up(["gateway"], "1.0.6", "helmforge").kind is Kind.SECTION
    match = look_up(["singleuser", "profileList"], "1.0.6", "helmforge")
    assert (match.kind, match.suggestions) == (Kind.OTHER_CHART, ("singleuser.profiles",))


def test_the_values_themselves_are_a_section_and_never_a_list():
    assert look_up([], "4.4.0").kind is Kind.SECTION
    assert "no list" in look_up([0, "hub"], "4.4.0").sentence


def test_a_type_may_be_another_one_in_helmforge():
    row = paths_at("1.0.6", "helmforge")["hub.extraConfig"]
    assert (row.type_in("z2jh"), row.type_in("helmforge")) == ("map", "string")
    assert look_up(["hub", "extraConfig", "mine"], "4.4.0").kind is Kind.INSIDE
    match = look_up(["hub", "extraConfig", "mine"], "1.0.6", "helmforge")
    assert match.kind is Kind.OTHER_CHART
    assert "HelmForge takes one text" in match.sentence


def test_list_indexes_belong_to_the_value():
    assert look_up(["ingress", "hosts", 0], "4.4.0").kind is Kind.INSIDE
    assert look_up(["singleuser", "profileList", 2, "display_name"], "4.4.0").kind is Kind.INSIDE


def test_one_setting_keeps_its_row_through_all_its_names():
    row = look_up(["hub", "config", "Authenticator", "allowed_users"], "4.4.0").row
    assert row
    assert row.paths(Generation.Z2JH_0_4) == ("auth.whitelist.users",)
    assert row.paths(Generation.Z2JH_0_9) == (
        "auth.whitelist.users",
        "auth.allowedUsers",
        "hub.config.Authenticator.allowed_users",
    )
    assert [row.path_at(version) for version in ("v0.6", "0.10.6", "0.11.0")] == [
        "auth.whitelist.users",
        "auth.allowedUsers",
        "hub.config.Authenticator.allowed_users",
    ]
    assert row.path_at("1.0.6", "helmforge") is None


def test_defaults_are_told_from_unknown_ones():
    keys = paths_at("4.4.0")
    assert keys["cull.timeout"].default == 3600
    assert keys["singleuser.memory.guarantee"].default == "1G"
    assert keys["hub.db.url"].default is None
    assert keys["hub.config.DummyAuthenticator.password"].default is msgspec.UNSET
    assert keys["singleuser.storage.type"].choices == ("dynamic", "static", "none")


keys_of_any = st.sampled_from(sorted(key_table().z2jh))


@given(keys_of_any, st.sampled_from(RELEASES))
def test_each_name_is_taken_exactly_as_long_as_the_table_says(path, version):
    taken = any(name.taken_by(version) for name, _ in key_table().z2jh[path])
    match = look_up(path.split("."), version)
    assert match.fine or not taken
    assert (match.kind is Kind.KEY) == taken
    if not taken and not match.fine:
        assert match.kind in {Kind.TOO_NEW, Kind.REMOVED}


@given(st.lists(st.text(min_size=1, max_size=12) | st.integers(0, 3), min_size=1, max_size=5))
def test_any_path_is_answered(path):
    match = look_up(path, "4.4.0")
    assert bool(match.sentence) != match.fine
    assert len(match.suggestions) <= 3


@given(keys_of_any.filter(lambda path: path in paths_at("4.4.0")), st.data())
def test_a_key_with_one_letter_less_is_suggested(path, data):
    parts = path.split(".")
    last = parts[-1]
    if len(last) < 5:
        return
    at = data.draw(st.integers(1, len(last) - 1))
    wrong = [*parts[:-1], last[:at] + last[at + 1 :]]
    assert path in suggest(wrong, paths_at("4.4.0")) or ".".join(wrong) in paths_at("4.4.0")


def test_generations_and_rows_agree_on_their_chart():
    assert {generation.family for generation in generations("helmforge")} == {"helmforge"}
    for row in ROWS:
        assert bool(row.paths(Generation.HELMFORGE_1)) == bool(row.helmforge)


def schema_of(chart: Path) -> bytes:
    """The values schema in a packed chart."""
    with tarfile.open(chart) as packed:
        name = next(
            name for name in packed.getnames() if name.count("/") == 1 and name.endswith("values.schema.json")
        )
        found = packed.extractfile(name)
        assert found
        return found.read()


def test_defaults_of_one_chart_are_not_taken_for_those_of_the_other():
    row = paths_at("4.4.0")["proxy.service.type"]
    assert row.default_in("z2jh") == "LoadBalancer"
    shared = next(row for row in key_table().rows if row.names and row.helmforge)
    assert shared.default_in("helmforge") is msgspec.UNSET
