"""Files on their way between the two charts and back."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.values.migrating import carry, document_of, moves, tree_of
from z2jh_wizard.values import trees
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.helmforge import rules_to_helmforge
from z2jh_wizard.values.helmforge_code import (
    UNNAMED_BLOCK,
    Setting,
    join_blocks,
    read_settings,
    setting_lines,
    split_blocks,
)
from z2jh_wizard.values.helmforge_pairs import Unsayable, shape_of
from z2jh_wizard.values.keys import key_table
from z2jh_wizard.values.paths import Path, parse_path
from z2jh_wizard.values.refusals import refusals
from z2jh_wizard.values.secret_keys import holds_secret

PAIRS = {rule.new: rule.old for rule in rules_to_helmforge("4.4.0") if rule.by == "pair_to_helmforge"}

words = st.text("abcXYZ019 .:#'\"-_/", min_size=1, max_size=12)
names = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
OF_A_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "string": words,
    "boolean": st.booleans(),
    "integer": st.integers(0, 1000),
    "number": st.floats(0.1, 8, allow_nan=False) | st.integers(1, 9),
    "map": st.dictionaries(names, words, min_size=1, max_size=3),
    "list": st.lists(st.fixed_dictionaries({"name": words}), max_size=3),
}
amounts = st.none() | st.sampled_from(["512M", "1G", "1.5G", "2T"])
cores = st.none() | st.floats(0.1, 8, allow_nan=False) | st.integers(1, 9)
probes = st.fixed_dictionaries(
    {}, optional={"periodSeconds": st.integers(1, 9), "failureThreshold": st.integers(1, 9)}
)
OF_A_SHAPE: dict[str, st.SearchStrategy[Any]] = {
    "singleuser.cpu.guarantee": cores,
    "singleuser.cpu.limit": cores,
    "singleuser.memory.guarantee": amounts,
    "singleuser.memory.limit": amounts,
    "singleuser.storage.enabled": st.sampled_from(["dynamic", "none"]),
    "hub.persistence.enabled": st.sampled_from(["sqlite-pvc", "sqlite-memory"]),
    "hub.logLevel": st.booleans(),
    "extraEnv": st.dictionaries(
        names, words | st.fixed_dictionaries({"valueFrom": OF_A_TYPE["map"]}), min_size=1, max_size=4
    ),
    "livenessProbe": probes,
    "readinessProbe": probes,
    "service.type": st.sampled_from(["ClusterIP", "NodePort", "LoadBalancer"]),
    "gateway.parentRefs": st.fixed_dictionaries(
        {"name": words}, optional={"namespace": words, "sectionName": words}
    ),
    "hub.baseUrl": st.sampled_from(["/", "/hubs", "/hubs/"]),
    "hub.cleanupServers": st.booleans(),
}
WRITTEN_OUT = (
    "service.type",
    "singleuser.storage.enabled",
    "singleuser.cpu.guarantee",
    "singleuser.cpu.limit",
    "singleuser.memory.guarantee",
    "singleuser.memory.limit",
)


def _values(helmforge: str) -> st.SearchStrategy[Any]:
    kind = key_table().helmforge[helmforge].type.split("|")[0] if helmforge in key_table().helmforge else ""
    return OF_A_SHAPE[helmforge] if helmforge in OF_A_SHAPE else OF_A_TYPE[kind]


def written(tree: dict[str, Any]) -> Document:
    """Return a file in which words like Y are quoted."""
    file = document_of({"custom": {}}).unset(("custom",))
    for key, value in tree.items():
        file = file.set((key,), value)
    return file


def _put(tree: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed: dict[str, Any] = trees.put(tree, path, copy.deepcopy(value))
    return changed


jsons = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.floats(-9, 9, allow_nan=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
blocks = st.dictionaries(
    st.from_regex(r"[a-z0-9][a-z0-9.-]{0,8}", fullmatch=True).filter(
        lambda name: not name.startswith("hub.config")
    ),
    st.lists(st.text("abc .=#'\"\\()[]", max_size=20), min_size=1, max_size=4).map(
        lambda lines: "".join(f"{line}\n" for line in lines)
    ),
    min_size=1,
    max_size=3,
)


@st.composite
def sayable(draw: st.DrawFn) -> dict[str, Any]:
    """Return values of Zero to JupyterHub that HelmForge can say too."""
    tree: dict[str, Any] = {}
    chosen = draw(st.lists(st.sampled_from(sorted(PAIRS)), max_size=12, unique=True))
    for helmforge in dict.fromkeys([*WRITTEN_OUT, *chosen]):
        value = draw(_values(helmforge))
        for name in PAIRS[helmforge]:
            tree = _put(tree, parse_path(name), value)
    if draw(st.booleans()):
        hosts = draw(st.lists(words, min_size=1, max_size=3))
        tree = _put(tree, ("ingress", "hosts"), hosts)
        if draw(st.booleans()):
            tree = _put(tree, ("ingress", "pathSuffix"), draw(st.sampled_from(["*", "x/y"])))
            tree = _put(tree, ("ingress", "pathType"), "ImplementationSpecific")
    if draw(st.booleans()):
        tree = _put(tree, ("hub", "extraConfig"), draw(blocks))
    if draw(st.booleans()):
        name = draw(st.sampled_from(["dummy", "github", "nativeauthenticator.NativeAuthenticator"]))
        tree = _put(tree, ("hub", "config", "JupyterHub", "authenticator_class"), name)
    traits = st.tuples(st.sampled_from(["GitHubOAuthenticator", "KubeSpawner"]), names)
    for section, trait in draw(st.lists(traits, max_size=3)):
        path = ("hub", "config", section, f"z_{trait}")
        value = draw(jsons)
        if not holds_secret(path) and "secret" not in repr(value):
            tree = _put(tree, path, value)
    return tree


@settings(max_examples=50, deadline=None)
@given(tree=sayable())
def test_there_and_back_gives_the_same_file(tree: dict[str, Any]) -> None:
    start = written(tree)
    there = carry(start, "helmforge")
    back = carry(there.document, "z2jh")
    assert back.document.values == start.values
    assert carry(back.document, "helmforge").document.values == there.document.values
    assert not [item for item in there.manual if item.rule == "no-such-key"]


ONLY_HERE = sorted(
    path
    for path in (row.path_at("4.4.0") for row in key_table().rows)
    if path and path.split(".")[0] in ("cull", "custom", "prePuller", "scheduling")
)


@settings(max_examples=40, deadline=None)
@given(tree=sayable(), keys=st.lists(st.sampled_from(ONLY_HERE), min_size=1, max_size=4, unique=True))
def test_what_only_one_chart_can_say_is_kept_and_listed(tree: dict[str, Any], keys: list[str]) -> None:
    for dotted in keys:
        tree = _put(tree, parse_path(dotted), "word")
    start = written(tree)
    there = carry(start, "helmforge")
    for dotted in keys:
        path = parse_path(dotted)
        assert there.document.get(path) == start.get(path)
        assert any(
            dotted == item.path or dotted.startswith(f"{item.path}.") for item in there.manual if item.path
        )
    assert carry(there.document, "z2jh").document.values == start.values


@pytest.mark.parametrize("helmforge", sorted(PAIRS))
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_each_pair_of_keys_is_moved_with_its_comments(helmforge: str, data: st.DataObject) -> None:
    value = data.draw(_values(helmforge).filter(lambda value: value is not None and value != {}))
    start = written({})
    for name in PAIRS[helmforge]:
        start = start.set(parse_path(name), value)
    text = start.data.decode()
    key = PAIRS[helmforge][0].split(".")[-1]
    lines = [f"# c1\n{line}  # c2" if line.startswith(f"{key}:") else line for line in text.splitlines()]
    there = carry(Document.read("\n".join([*lines, ""]).encode()), "helmforge")
    assert there.document.get(parse_path(helmforge)) == shape_of(helmforge).to(value)
    assert (parse_path(PAIRS[helmforge][0]), parse_path(helmforge)) in moves(there) or PAIRS[helmforge] == (
        helmforge,
    )
    for name in PAIRS[helmforge]:
        assert name == helmforge or not there.document.has(parse_path(name))
    for comment in ("# c1", "# c2"):
        assert (comment in there.document.parsed.text) is any(comment in line for line in lines)


COMMENTED = """\
# our hub
hub:
  # who
  config:  # as always
    JupyterHub:
      # with the campus account
      authenticator_class: github  # GitHub
    GitHubOAuthenticator:
      client_id: abc  # public
      # the course
      allowed_organizations:
        - bio101  # biology
  # our code
  extraConfig:
    # for the lecture
    b: |
      c.B = 2
    a: c.A = 1  # first
  # one node
  nodeSelector:  # core
    # pool
    hub.jupyter.org/node-purpose: core
ingress:
  enabled: true
  hosts:  # names
    # old
    - a.edu
    - b.edu  # new
"""

CARRIED = """\
# our hub
hub:
  # our code
  # who
  # as always
  extraConfig: |
    # --- hub.config ---
    # with the campus account
    # GitHub
    c.JupyterHub.authenticator_class = 'github'
    # public
    c.GitHubOAuthenticator.client_id = 'abc'
    # the course
    # biology
    c.GitHubOAuthenticator.allowed_organizations = ['bio101']
    # --- a ---
    # first
    c.A = 1
    # --- b ---
    # for the lecture
    c.B = 2
"""


def test_comments_go_along_into_code_and_lists() -> None:
    there = carry(Document.read(COMMENTED.encode()), "helmforge")
    text = there.document.data.decode()
    assert sorted(text[: len(CARRIED)].splitlines()) == sorted(CARRIED.splitlines())
    for comment in ("# one node", "# core", "# pool", "# names", "# old", "# new"):
        assert text.count(comment) == 1
    assert "comment" not in {item.rule for item in there.manual}
    back = carry(there.document, "z2jh")
    config = back.document.get(("hub", "config"))
    assert config["GitHubOAuthenticator"]["allowed_organizations"] == ["bio101"]
    assert "      # the course\n" in back.document.parsed.text


def test_inside_of_a_wrapper_all_stays_inside() -> None:
    text = "jupyterhub:\n  rbac: {create: true}\n  proxy: {service: {type: ClusterIP}}\ndask: {a: 1}\n"
    there = carry(Document.read(text.encode()), "helmforge")
    assert there.document.wrapper == ("jupyterhub",)
    assert there.document.tree["dask"] == {"a": 1}
    assert there.document.tree["jupyterhub"]["service"] == {"type": "ClusterIP"}


def test_several_keys_become_one_only_when_they_agree() -> None:
    tree = {"hub": {"nodeSelector": {"a": "b"}}, "proxy": {"chp": {"nodeSelector": {"a": "c"}}}}
    there = carry(document_of(tree), "helmforge")
    assert there.document.get(("nodeSelector",)) == {"a": "b"}
    assert there.document.get(("proxy", "chp", "nodeSelector")) == {"a": "c"}
    item = next(item for item in there.manual if item.path == "proxy.chp.nodeSelector")
    assert "hub.nodeSelector" in item.message


@pytest.mark.parametrize(
    ("helmforge", "value"),
    [
        ("livenessProbe", {"enabled": False}),
        ("livenessProbe", {"exec": {}}),
        ("service.type", "ExternalName"),
        ("singleuser.storage.enabled", "static"),
        ("hub.persistence.enabled", "postgres"),
        ("imagePullSecrets", "name"),
        ("extraEnv", "A=b"),
    ],
)
def test_a_value_that_helmforge_cannot_say_stays_and_is_listed(helmforge: str, value: Any) -> None:
    with pytest.raises(Unsayable):
        shape_of(helmforge).to(value)
    path = parse_path(PAIRS[helmforge][0])
    there = carry(document_of(tree_of(path, value)), "helmforge")
    assert there.document.get(path) == value
    assert any(PAIRS[helmforge][0].startswith(item.path) for item in there.manual if item.path)


@pytest.mark.parametrize(
    ("helmforge", "value"),
    [
        ("gateway.parentRefs", [{"name": "a"}, {"name": "b"}]),
        ("gateway.parentRefs", [{"name": "a", "kind": "Other"}]),
        ("extraEnv", [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]),
        ("extraEnv", [{"name": "B", "value": "1"}, {"name": "A", "value": "$(B)"}]),
        ("hub.logLevel", "WARN"),
        ("singleuser.storage.enabled", "yes"),
    ],
)
def test_a_value_that_zero_to_jupyterhub_cannot_say_stays_and_is_listed(helmforge: str, value: Any) -> None:
    with pytest.raises(Unsayable):
        shape_of(helmforge).back(value)
    path = parse_path(helmforge)
    back = carry(document_of(tree_of(path, value)), "z2jh")
    assert back.document.get(path) == value
    assert any(helmforge.startswith(item.path) for item in back.manual if item.path)


@pytest.mark.parametrize(
    ("value", "amount"),
    [(None, "0G"), (0, "0G"), (2**30, "1G"), (3 * 2**20, "3M"), (1536, "1.5K"), ("2G", "2G"), (2**41, "2T")],
)
def test_memory_gets_a_unit_because_helmforge_puts_it_between_quotes(value: Any, amount: str) -> None:
    assert shape_of("singleuser.memory.limit").to(value) == amount


def test_memory_and_cpu_are_never_null_in_helmforge() -> None:
    tree = {"singleuser": {"cpu": {"limit": None}, "memory": {"guarantee": None}}}
    there = carry(document_of(tree), "helmforge").document
    assert there.get(("singleuser", "cpu")) == {"limit": 0, "guarantee": 0}
    assert there.get(("singleuser", "memory")) == {"guarantee": "0G", "limit": "0G"}


@given(settings_=st.lists(st.tuples(names, names, jsons), unique_by=lambda item: item[:2], max_size=4))
def test_traits_read_back_from_their_lines(settings_: list[tuple[str, str, Any]]) -> None:
    written = [Setting(f"C{section}", f"t_{trait}", value, ("# why",)) for section, trait, value in settings_]
    assert read_settings(setting_lines(written)) == written


@pytest.mark.parametrize(
    "code", ["c.A.b = f()", "c.A.b += [1]", "x = 1", "c.A.b = 1\nc.A.b = 2", "c.A = 1", "(", "\0"]
)
def test_other_code_is_not_taken_for_traits(code: str) -> None:
    assert read_settings(code) is None


@given(blocks=blocks)
def test_blocks_are_found_again(blocks: dict[str, str]) -> None:
    assert split_blocks(join_blocks(blocks)) == blocks


@given(code=st.text("ab#- \n", max_size=40))
def test_no_code_is_lost_on_the_way_back(code: str) -> None:
    parts = split_blocks(code)
    assert "".join(parts.values()) == (code if code.strip() else "") or UNNAMED_BLOCK not in parts


def test_what_comes_back_from_helmforge_fits_the_chart() -> None:
    tree = {
        "auth": {"type": "dummy", "dummyPassword": "x"},
        "singleuser": {
            "profiles": [{"display_name": "A"}],
            "storage": {"enabled": True, "storageClass": "fast"},
        },
        "hub": {
            "extraConfig": "c.A = 1\n",
            "persistence": {"enabled": True, "size": "5Gi"},
            "logLevel": "DEBUG",
        },
        "ingress": {
            "enabled": True,
            "hosts": [{"host": "a.edu", "paths": [{"path": "/", "pathType": "Prefix"}]}],
        },
        "gateway": {"enabled": False, "parentRefs": [{"name": "a", "namespace": "b"}]},
        "extraEnv": [{"name": "A", "value": "b"}],
        "imagePullSecrets": [{"name": "a"}],
        "networkPolicy": {"enabled": True},
    }
    back = carry(document_of(tree), "z2jh").document
    assert list(refusals(back.values, "4.4.0", "z2jh")) == []


EVERY_KEY = sorted(
    {*key_table().helmforge, *(path for names in PAIRS.values() for path in names), *ONLY_HERE}
)


@settings(max_examples=60, deadline=None)
@given(
    values=st.dictionaries(
        st.sampled_from([*EVERY_KEY, "hub", "auth", "hub.config.A", "ingress"]), jsons, max_size=6
    ),
    to=st.sampled_from(["helmforge", "z2jh"]),
)
def test_no_value_is_too_strange(values: dict[str, Any], to: str) -> None:
    tree: dict[str, Any] = {}
    for dotted, value in values.items():
        tree = _put(tree, parse_path(dotted), value)
    there = carry(written(tree), to)
    listed = [item.path for item in there.manual if item.path]
    followed = [change.old for change in there.changes] + [change.new for change in there.changes]
    for dotted in values:
        kept = there.document.has(parse_path(dotted))
        near = (
            dotted == path or dotted.startswith(f"{path}.") or path.startswith(f"{dotted}.")
            for path in [*listed, *followed]
            if path
        )
        assert kept or any(near) or trees.look_up(tree, parse_path(dotted)) is trees.MISSING
