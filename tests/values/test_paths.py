"""Paths of settings are read and written alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.paths import format_path, parse_path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("hub", ("hub",)),
        ("singleuser.memory.limit", ("singleuser", "memory", "limit")),
        (r"extraAnnotations.example\.org/x", ("extraAnnotations", "example.org/x")),
        ("profileList[0].display_name", ("profileList", 0, "display_name")),
        ("a[1][20]", ("a", 1, 20)),
        ("[3].a", (3, "a")),
        (r"a\[0\]", ("a[0]",)),
        ("a.0", ("a", "0")),
    ],
)
def test_reads(text, path):
    assert parse_path(text) == path
    assert format_path(path) == text


@pytest.mark.parametrize(
    "text", ["", ".", "a.", ".a", "a..b", "a[x]", "a[]", "a[-1]", "a]b", "a[0]b", "a.[0]"]
)
def test_refuses(text):
    with pytest.raises(InvalidInput):
        parse_path(text)


names = st.text(min_size=1, max_size=8)


@given(st.lists(names | st.integers(0, 999_999), min_size=1, max_size=6).map(tuple))
def test_round_trip(path):
    assert parse_path(format_path(path)) == path
