"""What a person types as a value, against the meaning that Helm gives it in a file."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.typed import typed_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7200", 7200),
        ("0.5", 0.5),
        ("true", True),
        ("null", None),
        ("~", None),
        ("1G", "1G"),
        ("a b", "a b"),
        ("[a, 1, true]", ["a", 1, True]),
        ("{a: 1, b: {c: x}}", {"a": 1, "b": {"c": "x"}}),
        ("'7200'", "7200"),
        ("", ""),
        ("#ff0000", "#ff0000"),
        ("4.4.0", "4.4.0"),
    ],
)
def test_a_word_means_what_it_means_in_a_file(text, value):
    assert typed_value(text) == value
    assert typed_value(text, block=True) == value


def test_several_lines_are_a_list_or_a_map():
    assert typed_value("- a\n- b: 1\n", block=True) == ["a", {"b": 1}]
    assert typed_value("---\na: 1\nb:\n  c: 2\n", block=True) == {"a": 1, "b": {"c": 2}}
    assert typed_value("|\n  one\n  two\n", block=True) == "one\ntwo\n"


@pytest.mark.parametrize("text", ["a: b", "[1", "{a", "'x", "@x", "*x", "a\0b"])
def test_what_is_no_yaml_gets_a_sentence(text):
    with pytest.raises(InvalidInput, match="cannot be read"):
        typed_value(text)


def test_nothing_typed_becomes_a_key_of_its_own():
    with pytest.raises(InvalidInput):
        typed_value("1\nother: 2")
    with pytest.raises(InvalidInput):
        typed_value("1\u2028other: 2")


@given(st.text(max_size=30), st.booleans())
def test_any_text_is_a_value_that_a_file_can_hold_or_a_sentence(text, block):
    with contextlib.suppress(InvalidInput):
        value = typed_value(text, block=block)
        assert Document.read(b"").set(("key",), value).get(("key",)) == value
