"""Differences of two trees: each setting by its path, nothing twice and nothing left out."""

from __future__ import annotations

from hypothesis import given

from tests.values.test_trees import maps
from z2jh_wizard.values import trees
from z2jh_wizard.values.differences import differences


def told(before, after):
    return [(one.kind, ".".join(map(str, one.path))) for one in differences(before, after)]


def test_each_setting_is_told_by_its_path():
    before = {"hub": {"a": 1, "b": [1, 2]}, "gone": {"x": 1, "y": 2}, "same": 1}
    after = {"hub": {"a": 2, "b": [1, 2], "c": True}, "new": {"z": {}}, "same": 1.0}
    assert told(before, after) == [
        ("changed", "hub.a"),
        ("added", "hub.c"),
        ("removed", "gone.x"),
        ("removed", "gone.y"),
        ("added", "new.z"),
    ]


def test_a_map_that_becomes_a_word_is_one_change():
    assert told({"a": {"b": 1}}, {"a": 1}) == [("changed", "a")]
    assert told({"a": None}, {"a": {}}) == [("changed", "a")]


@given(maps, maps)
def test_the_differences_carry_one_tree_to_the_other(before, after):
    tree = before
    for one in differences(before, after):
        if one.after is trees.MISSING:
            tree = trees.drop(tree, one.path)
        else:
            tree = trees.put(tree, one.path, one.after)
    assert trees.same_values(_pruned(tree), _pruned(after))


def _pruned(tree):
    """Leave out maps that became empty: removing all of their keys is what was told."""
    if not isinstance(tree, dict):
        return tree
    inner = {key: _pruned(value) for key, value in tree.items()}
    return {key: value for key, value in inner.items() if value != {}}
