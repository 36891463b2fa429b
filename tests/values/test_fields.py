"""Fields and topics: they join the tables of keys and traits, and lint rules name what exists."""

import re

import msgspec
import pytest

from z2jh_wizard.values import traits
from z2jh_wizard.values.charts import newest
from z2jh_wizard.values.fields import Field, Kind, Level
from z2jh_wizard.values.keys import KeyRow, Topic, key_table, paths_at
from z2jh_wizard.values.lint.registry import RULES
from z2jh_wizard.values.look_up import look_up
from z2jh_wizard.values.secret_keys import holds_secret
from z2jh_wizard.values.sign_in import methods
from z2jh_wizard.values.topics import field_for, fields, fields_by_key, topic_page, topics

ALL = list(fields().values())
ROWS = key_table().rows
NEWEST = newest().version
ID = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")

TYPES = {
    Kind.SWITCH: {"boolean"},
    Kind.WHOLE: {"integer"},
    Kind.SECONDS: {"integer"},
    Kind.PORT: {"integer"},
    Kind.NUMBER: {"number"},
    Kind.BYTES: {"string"},
    Kind.QUANTITY: {"string"},
    Kind.CHOICE: {"string"},
    Kind.TEXT: {"string", "any"},
    Kind.LONG_TEXT: {"string"},
    Kind.SECRET: {"string", "any"},
    Kind.SECRET_LIST: {"list"},
    Kind.SECRET_MAP: {"map"},
    Kind.NAMES: {"list", "any"},
    Kind.HOST: {"string"},
    Kind.HOSTS: {"list"},
    Kind.ADDRESS: {"string"},
    Kind.EMAIL: {"string"},
    Kind.URL: {"string"},
    Kind.IMAGE: {"string"},
    Kind.PYTHON: {"map"},
    Kind.COMMAND: {"list"},
    Kind.TEXT_MAP: {"map"},
    Kind.MAP: {"map"},
    Kind.LIST: {"list"},
}
TRAITS = {
    Kind.SWITCH: {"Bool"},
    Kind.WHOLE: {"Int"},
    Kind.SECONDS: {"Int"},
    Kind.PORT: {"Int"},
    Kind.NUMBER: {"Float", "Int"},
    Kind.CHOICE: {"Enum", "UseEnum"},
    Kind.TEXT: {"Unicode", "Union", "Enum"},
    Kind.SECRET: {"Unicode"},
    Kind.NAMES: {"List", "Set"},
    Kind.HOST: {"Unicode"},
    Kind.URL: {"Unicode"},
    Kind.TEXT_MAP: {"Dict"},
    Kind.MAP: {"Dict"},
}


def alive(row: KeyRow) -> bool:
    """Whether the newest chart, or HelmForge, takes the setting."""
    return bool(row.helmforge) or row.path_at(NEWEST) is not None


def sentence(text: str) -> bool:
    """Whether a text is one plain sentence."""
    return (
        text[:1].isupper()
        and text.endswith(".")
        and not text.endswith("..")
        and not re.search(r"\. [A-Z]", text)
    )


def test_there_is_a_page_for_each_topic():
    assert [page.id for page in topics()] == [topic.value for topic in Topic]
    for page in topics():
        assert page.title
        assert page.link.startswith("https://")
        assert sentence(page.why)
        assert page.fields
        assert page == topic_page(Topic(page.id))
        assert {field.topic for field in page.fields} == {page.id}


def test_ids_and_keys_are_unique():
    listed = [field for page in topics() for field in page.fields]
    assert len(listed) == len(fields()) == len(fields_by_key()) > 500


@pytest.mark.parametrize("field", ALL, ids=lambda field: field.id)
def test_a_field_is_whole(field: Field):
    assert ID.fullmatch(field.id)
    assert sentence(field.help)
    assert len(field.help) < 140
    assert field.row or field.trait
    only_helmforge = field.row is not None and not field.row.names
    assert field.page.startswith("https://") or (only_helmforge and not field.page)
    assert not any(len(choice.label) > 40 for choice in field.choices)
    assert bool(field.choices) >= (field.kind is Kind.CHOICE)
    if field.shown_if:
        asked = fields()[field.shown_if.field]
        answers = {choice.value for choice in asked.choices} if asked.choices else {True, False}
        older = {name.text for method in methods() for name in method.names}
        assert set(field.shown_if.values) <= answers | older


@pytest.mark.parametrize("field", ALL, ids=lambda field: field.id)
def test_the_kind_of_a_field_fits_its_type(field: Field):
    row = field.row
    if row:
        assert TYPES[field.kind] & set(row.type.split("|")), row.type
        assert not row.choices or {choice.value for choice in field.choices} == set(row.choices)
        assert row.topic.value == field.topic
    elif field.trait:
        assert field.trait.type in TRAITS[field.kind]
        assert not field.trait.choices or {one.value for one in field.choices} == set(field.trait.choices)


def test_everything_that_holds_a_secret_is_asked_as_one():
    holders = {"secrets.existing", "secrets.helmforge.proxy-secret", "secrets.helmforge.cookie-secret"}
    no_value = re.compile(
        r"secret-key|secret-name|cookie-file|cookie-secret-key|proxy-secret-key|hide-tokens"
    )
    for field in ALL:
        if field.kind.secret:
            assert holds_secret(tuple(field.key.split("."))), field.id
        elif holds_secret(tuple(field.key.split("."))):
            harmless = field.id in holders or no_value.search(field.id) or field.kind is Kind.SWITCH
            assert harmless or field.id in NO_SECRETS, field.id


NO_SECRETS = {
    "database.url": "asked without its password, which has a field of its own",
    "sign-in.oidc.token-url": "an address",
}


def test_every_row_of_the_key_table_has_a_field_or_says_what_replaced_it():
    held = {id(field.row) for field in ALL}
    for row in ROWS:
        if alive(row):
            assert id(row) in held, row
        else:
            assert id(row) not in held
            assert row.note.endswith("."), row


@pytest.mark.parametrize("method", methods(), ids=lambda method: method.id)
def test_every_trait_that_a_way_to_sign_in_asks_for_has_a_field(method):
    allows = method.allows if traits.find_class(method.section) else ()
    for names in (*method.asks, *method.needs, *allows):
        for name in names.split("|"):
            field = field_for(method.path(name)) or field_for(f"hub.config.Authenticator.{name}")
            assert field, f"{method.id}: {name}"
            if field.key.startswith(f"hub.config.{method.section}."):
                assert field.shown_if
                assert set(field.shown_if.values) == {name.text for name in method.names}


def test_a_field_knows_its_names_default_and_page():
    field = fields()["culling.timeout"]
    assert field.path_at("v0.6") == field.path_at("4.4.0") == "cull.timeout"
    assert field.path_at("1.0.6", "helmforge") is None
    assert field.default == 3600
    assert field.page == "https://z2jh.jupyter.org/en/stable/resources/reference.html#cull-timeout"
    admins = fields()["sign-in.admins"]
    assert admins.path_at("0.9.0") == "auth.admin.users"
    assert fields()["hub.image"].path_at("1.0.6", "helmforge") == "hub.image.repository"


def test_a_field_may_be_a_trait_alone():
    field = fields()["storage.delete-with-user"]
    assert field.row is None
    assert field.default is True
    assert field.path_at("4.4.0") == "hub.config.KubeSpawner.delete_pvc"
    assert field.path_at("0.10.6") is None
    assert field.path_at("1.0.6", "helmforge") is None
    assert "KubeSpawner.delete_pvc" in field.page
    assert fields()["sign-in.oidc.userdata-params"].default is msgspec.UNSET


def test_a_field_is_found_by_each_of_its_names():
    assert field_for("singleuser.memory.limit") == fields()["resources.memory-limit"]
    assert field_for("auth.whitelist.users") == fields()["sign-in.allowed"]
    assert field_for("gateway.enabled") == fields()["ingress.route.enabled"]
    assert field_for("no.such.key") is None


def test_the_everyday_settings_are_few_and_all_asked():
    everyday = {field.id for field in ALL if field.level is Level.EVERYDAY}
    assert {"storage.capacity", "resources.memory-limit", "sign-in.method", "https.hosts"} <= everyday
    asked = [name for name in everyday if fields()[name].shown_if is None]
    assert len(asked) <= 20


def test_the_keys_of_lint_rules_are_keys_or_traits():
    known = paths_at(NEWEST)
    for rule in RULES:
        for key in rule.keys:
            assert known_key(key, known), f"{rule.id}: {key}"


def known_key(key: str, known) -> bool:
    """Whether a pattern of a rule names a key, a section, a trait, or something inside of one."""
    parts = key.split(".")
    if parts[:2] == ["hub", "config"] and len(parts) >= 3:
        section = traits.find_class(parts[2])
        return parts[2] == "*" or bool(
            section and (len(parts) == 3 or parts[3] == "*" or traits.trait(parts[2], parts[3]))
        )
    pattern = re.compile(r"\.".join("[^.]+" if part == "*" else re.escape(part) for part in parts))
    inside = [name for name in parts if name != "*"]
    return (
        any(pattern.fullmatch(path) for path in known)
        or look_up(inside, NEWEST).fine
        or key in key_table().z2jh
        or key in key_table().helmforge
    )


@pytest.mark.parametrize(
    "key",
    ["cull.timeuot", "cull.time", "hub.confg.*", "hub.config.KubeSpawner.memlimit", "hub.config.Kube.*"],
)
def test_a_misspelt_key_of_a_rule_would_be_noticed(key):
    assert not known_key(key, paths_at(NEWEST))
