"""Answers as text: what each kind means, round trips, and sentences for what cannot be used."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.values import trees
from z2jh_wizard.values.answers import LONGEST, Wrong, read_answer, shown_text
from z2jh_wizard.values.fields import Field, Kind
from z2jh_wizard.values.python_blocks import blocks_in, blocks_text
from z2jh_wizard.values.topics import fields

LINE = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
WORD = st.from_regex(r"[a-z][a-z0-9-]{0,8}[a-z0-9]", fullmatch=True)
HOST = st.lists(WORD, min_size=1, max_size=4).map(".".join)
PLAIN = st.one_of(st.booleans(), st.integers(-(10**9), 10**9), LINE, st.none())
TREE = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3),
    max_leaves=8,
)
ITEM = LINE.filter(lambda text: "," not in text and text not in ("[]", '""'))
PAIRS = st.dictionaries(WORD, LINE.filter(lambda text: text[0] not in "'\""), min_size=1, max_size=3)

NATURAL = {
    Kind.SWITCH: st.booleans(),
    Kind.TEXT: LINE,
    Kind.LONG_TEXT: LINE.map(lambda text: f"-----BEGIN CERTIFICATE-----\n{text}\n"),
    Kind.SECRET: LINE,
    Kind.SECRET_LIST: st.lists(ITEM, max_size=3),
    Kind.SECRET_MAP: st.dictionaries(WORD, ITEM.filter(lambda text: text[0] not in "'\""), max_size=3),
    Kind.WHOLE: st.integers(-(10**17), 10**17),
    Kind.NUMBER: st.integers(0, 10**9) | st.floats(0.001, 10**6),
    Kind.SECONDS: st.integers(0, 10**9),
    Kind.PORT: st.integers(1, 65535),
    Kind.BYTES: st.integers(0, 2**40) | st.from_regex(r"[1-9][0-9]{0,3}(\.[0-9])?[KMGT]", fullmatch=True),
    Kind.QUANTITY: st.from_regex(r"[1-9][0-9]{0,3}(\.[0-9])?([KMGT]i|[kMGT])", fullmatch=True),
    Kind.NAMES: st.lists(ITEM, max_size=4),
    Kind.HOST: HOST,
    Kind.HOSTS: st.lists(HOST, max_size=3),
    Kind.ADDRESS: st.ip_addresses().map(str),
    Kind.EMAIL: st.tuples(WORD, HOST).map(lambda parts: f"{parts[0]}@{parts[1]}.org"),
    Kind.URL: HOST.map(lambda host: f"https://{host}/auth?x=1"),
    Kind.IMAGE: st.tuples(HOST, WORD, WORD).map("/".join),
    Kind.PYTHON: st.dictionaries(WORD, st.integers().map(lambda n: f"c.Spawner.x = {n}\n"), min_size=1),
    Kind.COMMAND: st.lists(LINE, max_size=3).filter(lambda words: words[:1] != ["["]),
    Kind.TEXT_MAP: PAIRS,
    Kind.MAP: st.dictionaries(WORD, TREE, max_size=3),
    Kind.LIST: st.lists(TREE, max_size=3),
}
"""Values of each kind as people have them."""


def field_of(kind: Kind) -> Field:
    """Return a field of a kind; one of the product's own where there is one without oddities."""
    if kind is Kind.COMMAND:
        return fields()["hub.command"]
    return next(field for field in fields().values() if field.kind is kind and "," not in field.example)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.CHOICE])
@given(data=st.data())
def test_natural_values_come_back(kind, data):
    field, value = field_of(kind), data.draw(NATURAL[kind])
    text = shown_text(field, value)
    assert text is not None, value
    assert trees.same(read_answer(field, text), value)


FIELDS = st.sampled_from(list(fields().values()))


@given(field=FIELDS, value=TREE)
def test_any_value_comes_back_or_is_left_alone(field, value):
    text = shown_text(field, value)
    if text is not None:
        assert trees.same(read_answer(field, text), value)


@given(field=FIELDS, text=st.text(max_size=30))
def test_any_text_is_a_value_or_a_sentence(field, text):
    value = read_answer(field, text)
    if isinstance(value, Wrong):
        assert value.sentence.endswith(".")
    elif not text.strip():
        assert value is msgspec.UNSET


@pytest.mark.parametrize("field", fields().values(), ids=lambda field: field.id)
def test_every_choice_and_example_and_default_can_be_answered(field):
    for choice in field.choices:
        assert read_answer(field, choice.value) == choice.value
    kinds = {Kind.SECRET, Kind.SECRET_LIST, Kind.SECRET_MAP, Kind.MAP, Kind.LIST}
    if field.example and field.kind not in kinds:
        assert not isinstance(read_answer(field, field.example), Wrong), field.example
    if field.default not in (msgspec.UNSET, None):
        assert shown_text(field, field.default) is not None, field.default


@pytest.mark.parametrize(
    ("field_id", "text", "value"),
    [
        ("resources.memory-limit", "2G", "2G"),
        ("resources.memory-limit", " 1073741824 ", 1073741824),
        ("resources.memory-guarantee", "null", None),
        ("resources.cpu-limit", "1", 1),
        ("resources.cpu-limit", "1.0", 1.0),
        ("culling.timeout", "1h", 3600),
        ("culling.timeout", "90 m", 5400),
        ("culling.enabled", "Off", False),
        ("sign-in.admins", "ada@example.org,bob\n eve ", ["ada@example.org", "bob", "eve"]),
        ("sign-in.admins", "[]", []),
        ("sign-in.ldap.template", "uid={username},ou=people\ncn={username}", ["uid={username},ou=people",
                                                                               "cn={username}"]),
        ("environment.variables", "EDITOR=vim\nPAGER: 'less: x'", {"EDITOR": "vim", "PAGER": "less: x"}),
        ("environment.variables", "{}", {}),
        ("environment.command", "jupyterhub-singleuser", "jupyterhub-singleuser"),
        ("environment.command", "start.sh 'a b'", ["start.sh", "a b"]),
        ("hub.command", "jupyterhub", ["jupyterhub"]),
        ("hub.extra-config", "c.x = 1", {"my-config": "c.x = 1"}),
        ("hub.base-url", '""', ""),
        ("image.tag", "2026", "2026"),
        ("storage.capacity", "", msgspec.UNSET),
        ("network-policy.hub.ports", "[8888, http]", [8888, "http"]),
        ("secrets.proxy-token", " abc ", "abc"),
    ],
)  # fmt: skip
def test_what_answers_mean(field_id, text, value):
    assert trees.same(read_answer(fields()[field_id], text), value)


@pytest.mark.parametrize(
    ("field_id", "text", "part"),
    [
        ("resources.memory-limit", "2Gi", "Write 2G:"),
        ("resources.memory-limit", "lots", "such as 512M or 2G"),
        ("resources.cpu-limit", "500m", "Write 0.5:"),
        ("storage.capacity", "10", "10Gi"),
        ("storage.capacity", "10 GB", "such as 10Gi"),
        ("culling.timeout", "-5", "60m and 1h"),
        ("culling.enabled", "perhaps", "on or off"),
        ("storage.type", "dynamc", "did you mean dynamic?"),
        ("https.hosts", "https://hub.example.org/", "hub.example.org."),
        ("https.hosts", "hub_1.example.org", "is no host name"),
        ("https.email", "teacher", "teacher@example.org"),
        ("https.manual-cert", "abc", "BEGIN CERTIFICATE"),
        ("https.manual-key", "abc", "BEGIN PRIVATE KEY"),
        ("sign-in.oidc.token-url", "id.example.edu", "https://id.example.edu/token"),
        ("address.ip", "1.2.3", "192.0.2.10"),
        ("image.name", "jupyter/scipy-notebook:2026", "2026 there"),
        ("image.name", "Not An Image", "small letters"),
        ("hub.extra-config", "c.x = = 1", "line 1, invalid syntax"),
        ("hub.extra-config", "# --- a ---\nx = 1\n# --- b ---\ndef f(:\n", "no Python"),
        ("environment.variables", "EDITOR vim", "Line 1"),
        ("environment.variables", "A: 1\nA: 2", "line 2"),
        ("environment.profiles", "a: b", "a list"),
        ("environment.profiles", "[", "as YAML"),
        ("environment.command", "'open", "quote"),
        ("sign-in.ldap.port", "70000", "65535"),
        ("resources.memory-limit", "9" * (LONGEST + 1), "characters long"),
        ("hub.base-url", "a\nb", "one line"),
    ],
)
def test_sentences_for_what_cannot_be_used(field_id, text, part):
    found = read_answer(fields()[field_id], text)
    assert isinstance(found, Wrong)
    assert part in found.sentence


@pytest.mark.parametrize(
    ("field_id", "value"),
    [
        ("environment.variables", {"A": 1}),
        ("environment.variables", {"A": {"valueFrom": {}}}),
        ("image.tag", 2026),
        ("sign-in.allowed", [12345]),
        ("culling.timeout", "3600"),
        ("culling.enabled", "true"),
        ("hub.extra-config", {"a": "x = 1", "b": "y = 2\n"}),
        ("storage.type", "glacier"),
    ],
)
def test_what_a_form_cannot_say_is_left_alone(field_id, value):
    assert shown_text(fields()[field_id], value) is None


def test_helmforge_has_its_own_types():
    code = fields()["hub.extra-config"]
    assert read_answer(code, "c.x = 1", "helmforge") == "c.x = 1"
    assert shown_text(code, {"a": "x = 1\n"}, "helmforge") is None
    hosts = fields()["ingress.hosts"]
    assert read_answer(hosts, "- host: hub.example.org", "helmforge") == [{"host": "hub.example.org"}]


@given(st.dictionaries(WORD, st.integers().map(lambda n: f"x = {n}\n"), max_size=4))
def test_blocks_of_python_come_back(blocks):
    assert blocks_in(blocks_text(blocks)) == blocks
