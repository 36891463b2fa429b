"""Kubernetes quantities."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.practice import quantities


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("0.5", "500m"),
        ("1.5Gi", "1536Mi"),
        ("1024Mi", "1Gi"),
        ("1e3", "1e3"),
        ("1E3", "1e3"),
        ("2500e-3", "2500e-3"),
        ("0.1Gi", "107374182400m"),
        ("1000000", "1M"),
        ("12345678Ki", "12345678Ki"),
        (".5", "500m"),
        ("5.", "5"),
        ("0", "0"),
        ("0Gi", "0"),
        ("-1.5", "-1500m"),
        ("+1", "1"),
        ("0.0000000001", "1n"),
        ("512Ki", "512Ki"),
        ("1023Ki", "1023Ki"),
        ("1E", "1E"),
        ("100000", "100k"),
        (2, "2"),
        (0.25, "250m"),
    ],
)
def test_canonical_form(text: str | float, stored: str):
    assert quantities.canonical(text) == stored


@pytest.mark.parametrize(
    "text", ["", "x", "1 Gi", "Gi", "1gi", "1.2.3", "--1", "1e", "1K", "٣", True, "1e9999"]
)
def test_other_text_is_no_quantity(text: str):
    with pytest.raises(ValueError, match="quantities must match the regular expression"):
        quantities.parse(text)


def test_amounts():
    assert quantities.parse("100m") == Fraction(1, 10)
    assert quantities.millicores("1.5") == 1500
    assert quantities.millicores("0.1m") == 1
    assert quantities.whole("1.5Gi") == 1536 * 1024**2
    assert quantities.whole("1500m") == 2
    assert quantities.parse("99E") == 2**63 - 1


def test_sums():
    assert quantities.total(["1Gi", "512Mi"]) == "1536Mi"
    assert quantities.total(["0", "500m", "0.5"]) == "1"
    assert quantities.total([]) == "0"


@given(st.integers(0, 2**62), st.sampled_from(["", "m", "k", "Ki", "Mi", "Gi", "n", "u"]))
def test_the_canonical_form_is_the_same_amount(number: int, suffix: str):
    text = f"{number}{suffix}"
    stored = quantities.canonical(text)
    assert quantities.parse(stored) == quantities.parse(text)
    assert quantities.canonical(stored) == stored
