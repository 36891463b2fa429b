"""config.yaml: written once, set while it is ours, refused when it is the user's."""

from __future__ import annotations

import stat

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.errors import InvalidInput, Refused
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import create_project


@pytest.fixture
def project(tmp_path):
    made = create_project(tmp_path, "practice", chart=Chart(name="practice", version="1.0.0", repository=""))
    config_file.write_first(made)
    return made


def test_the_first_file_is_private_yaml_and_ours(project):
    assert stat.S_IMODE(project.config.stat().st_mode) == 0o600
    assert config_file.values(project)["cull"] == {"enabled": True, "timeout": 3600}
    assert config_file.is_ours(project)


def test_a_file_that_is_there_is_never_overwritten(project):
    project.config.write_text("mine: 1\n")
    config_file.write_first(project)
    assert project.config.read_text() == "mine: 1\n"
    assert not config_file.is_ours(project)


def test_the_helmforge_chart_gets_its_own_keys(tmp_path):
    chart = Chart(family="helmforge", name="oci://x/jupyterhub", version="1.0.6", repository="")
    made = create_project(tmp_path / "h", "existing", chart=chart)
    config_file.write_first(made)
    values = config_file.values(made)
    assert values["auth"]["type"] == "dummy"
    assert values["singleuser"]["storage"]["enabled"] is True


def test_setting_a_value_keeps_the_comments_and_makes_a_backup(project):
    before = project.config.read_text()
    assert config_file.set_value(project, "cull.timeout", "7200") == 7200
    after = project.config.read_text()
    assert after == before.replace("timeout: 3600", "timeout: 7200")
    assert [path.read_text() for path in project.backups.iterdir()] == [before]
    assert config_file.is_ours(project)


def test_a_new_path_is_made(project):
    config_file.set_value(project, "hub.db.pvc.storage", "2Gi")
    assert config_file.get_value(config_file.values(project), "hub.db.pvc.storage") == "2Gi"


def test_a_hand_edited_file_is_refused_and_unchanged(project):
    edited = project.config.read_text() + "# mine\n"
    project.config.write_text(edited)
    with pytest.raises(Refused, match="edited by hand"):
        config_file.set_value(project, "cull.timeout", "7200")
    assert project.config.read_text() == edited


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("cull", "1"),
        ("cull.timeout.x", "1"),
        ("", "1"),
        ("a..b", "1"),
        ("a b", "1"),
        ("cull.timeout", "[1, 2]"),
    ],
)
def test_what_cannot_be_set_changes_nothing(project, path, value):
    before = project.config.read_bytes()
    with pytest.raises(InvalidInput):
        config_file.set_value(project, path, value)
    assert project.config.read_bytes() == before


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"a: [1\n", "Line"),
        (b"\xff\xfe\x00", "not text"),
        (b"a: \0\n", "zero byte"),
        (b"x" * (5 * 1024 * 1024), "too large"),
        (b"a: 1\na: 2\n", "twice"),
    ],
)
def test_a_broken_file_gets_one_sentence(project, data, says):
    project.config.write_bytes(data)
    with pytest.raises(InvalidInput) as error:
        config_file.values(project)
    assert says in str(error.value)


trees = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
maps = st.dictionaries(st.text(min_size=1, max_size=3), trees, max_size=4)


@given(maps, maps)
def test_merging_keeps_what_only_one_has_and_lets_the_later_win(one, other):
    merged = config_file.merge(one, other)
    assert set(merged) == set(one) | set(other)
    for key, value in other.items():
        if not isinstance(value, dict) or not isinstance(one.get(key), dict):
            assert merged[key] == value


@given(maps)
def test_a_tree_is_the_same_as_its_json_twin(tree):
    twin = yaml.safe_load(yaml.safe_dump(tree))
    assert config_file.same_values(tree, twin)
    assert not config_file.same_values(tree, {**tree, "another": 1})


def test_numbers_compare_as_numbers_and_words_as_words():
    assert config_file.same_values({"a": 1}, {"a": 1.0})
    assert not config_file.same_values({"a": 1}, {"a": True})
    assert not config_file.same_values({"a": 1}, {"a": "1"})
