"""Query parameters are read as the real server reads them."""

from __future__ import annotations

import pytest

from z2jh_wizard.practice import query
from z2jh_wizard.practice.status import ApiError


@pytest.mark.parametrize("text", ["1", "t", "T", "true", "True", "TRUE", "", "yes"])
def test_true_flags(text: str):
    assert query.parse_bool(text)
    assert query.flag({"watch": text}, "watch")


@pytest.mark.parametrize("text", ["0", "false", "False", "FALSE"])
def test_false_flags(text: str):
    assert not query.parse_bool(text)


def test_an_absent_flag_is_false():
    assert not query.flag({}, "watch")
    assert not query.parse_bool(None)


def test_integers():
    assert query.integer({"limit": "500"}, "limit") == 500
    assert query.integer({"limit": "-5"}, "limit") == -5
    assert query.integer({"limit": ""}, "limit") is None
    assert query.integer({}, "limit") is None


@pytest.mark.parametrize("text", ["x", "1.5", "1e3", "+", "9" * 20, "٣"])
def test_other_text_is_no_integer(text: str):
    with pytest.raises(ApiError, match=r"invalid syntax|out of range") as caught:
        query.integer({"limit": text}, "limit")
    assert caught.value.code == 400
