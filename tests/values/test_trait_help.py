"""Every trait of the table is explained once, and those that take Python come with two lines of it."""

import re
from pathlib import Path

import pytest

from z2jh_wizard.values import traits
from z2jh_wizard.values.charts import find
from z2jh_wizard.values.keys import key_table
from z2jh_wizard.values.topics import fields_by_key, trait_help

NAMES = (Path(__file__).parent / "samples" / "kubespawner_traits.txt").read_text().split()
"""The 103 traits of KubeSpawner's published reference."""

ROWS = [row for one in traits.classes() for row in traits.traits_of(one.name).values()]
DECLARED = [row for row in ROWS if row.declared_in == row.class_name]


def test_the_table_has_every_trait_of_the_published_reference_of_kubespawner():
    assert len(NAMES) == len(set(NAMES)) == 103
    assert set(traits.traits_of("KubeSpawner")) - set(NAMES) == {
        "apply_user_options",
        "group_overrides",
        "handle_legacy_names",
        "poll_jitter",
        "progress_ready_hook",
        "remember_pvc_name",
        "slug_scheme",
    }
    assert set(NAMES) <= set(traits.traits_of("KubeSpawner"))


@pytest.mark.parametrize("row", DECLARED, ids=lambda row: row.path)
def test_each_trait_is_explained_in_one_place(row):
    assert bool(row.help) != (row.path in fields_by_key())
    text = trait_help(row)
    assert text[:1].isupper()
    assert text.endswith(".")
    assert not re.search(r"\. [A-Z]", text)
    assert len(text) < 140


def test_every_inherited_trait_has_the_sentence_of_its_base():
    assert all(trait_help(row) for row in ROWS)
    github = traits.trait("GitHubOAuthenticator", "client_id")
    generic = traits.trait("OAuthenticator", "client_id")
    assert github
    assert generic
    assert "GitHub" in trait_help(github)
    assert "GitHub" not in trait_help(generic)


def test_whatever_takes_python_only_has_an_example_that_is_python():
    python = [row for row in DECLARED if row.python_only]
    assert len(python) >= 11
    for row in DECLARED:
        assert row.python or not row.python_only, row.path
        assert row.python or row.type != "Callable", row.path
        if row.python:
            assert len(row.python.splitlines()) == 2
            assert row.python.splitlines()[1].startswith(f"c.{row.class_name}.{row.name} = ")
            compile(row.python, row.path, "exec")


def test_a_trait_that_may_take_a_function_is_not_for_python_only():
    menu = traits.trait("KubeSpawner", "profile_list")
    assert menu
    assert "c.KubeSpawner.profile_list = menu" in menu.python
    assert not menu.python_only


def test_the_first_chart_with_a_trait_is_a_release_with_hub_config():
    later = [row for row in DECLARED if row.since]
    assert len(later) > 30
    for row in later:
        assert find(row.since), row.path
        assert row.taken_by("4.4.0")
        assert not row.taken_by("0.11.0")
        keys = key_table().z2jh.get(row.path, ())
        assert all(name.since == row.since for name, _ in keys), row.path
