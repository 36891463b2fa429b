"""Trees of values: merged as Helm does it, and compared as Helm stores them."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.values.trees import merge, same_values

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
    merged = merge(one, other)
    assert set(merged) == set(one) | set(other)
    for key, value in other.items():
        if not isinstance(value, dict) or not isinstance(one.get(key), dict):
            assert merged[key] == value


@given(maps)
def test_a_tree_is_the_same_as_its_twin(tree):
    twin = yaml.safe_load(yaml.safe_dump(tree))
    assert same_values(tree, twin)
    assert not same_values(tree, {**tree, "another": 1})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        (1, "1", False),
        (0, False, False),
        (None, False, False),
        (2**63 + 1, float(2**63), True),
        (10**400, 1.0, False),
        ([1, 2], [2, 1], False),
        ([1, {"b": 2}], [1.0, {"b": 2.0}], True),
    ],
)
def test_numbers_compare_as_helm_stores_them_and_words_as_words(one, other, same):
    assert same_values({"a": one}, {"a": other}) is same
