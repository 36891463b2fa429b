"""Amounts: what the hub reads, what Kubernetes reads, and what a wrong one was meant to be."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.quantity import spec_bytes
from z2jh_wizard.values.amounts import hub_bytes, kubernetes_amount, meant_bytes

UNITS = st.sampled_from("KMGT")
NUMBERS = st.integers(0, 99_999)


@given(NUMBERS, UNITS)
def test_the_hub_reads_what_the_wizard_writes(number, unit):
    text = f"{number}{unit}"
    assert hub_bytes(text) == spec_bytes(text) == number * 1024 ** (1 + "KMGT".index(unit))


@given(NUMBERS, UNITS, st.sampled_from(["", "i", "B", "iB", "b", "ib"]), st.booleans(), st.booleans())
def test_what_is_meant_is_the_same_amount_in_the_units_of_the_hub(number, unit, tail, small, apart):
    text = f"{number}{' ' * apart}{unit.lower() if small else unit}{tail}"
    assert meant_bytes(text) == f"{number}{unit}"
    assert hub_bytes(meant_bytes(text)) == hub_bytes(f"{number}{unit}")


@given(st.text(max_size=50) | st.from_regex(r"[-+]?[0-9.eE_]{0,6} ?[a-zA-Z]{0,3}", fullmatch=True))
def test_any_text_is_read_or_refused(text):
    amount = hub_bytes(text)
    assert amount is None or text[-1] in "KMGT"
    meant = meant_bytes(text)
    assert meant is None or hub_bytes(meant) is not None
    assert kubernetes_amount(text) is None or text.isascii()


@given(
    st.floats() | st.integers() | st.none() | st.lists(st.integers()) | st.dictionaries(st.text(), st.text())
)
def test_any_value_is_read_or_refused(value):
    assert hub_bytes(value) is None or hub_bytes(value) == int(value)
    assert kubernetes_amount(value) is None or kubernetes_amount(value) == Fraction(value)


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("1.5G", 1536 * 1024**2),
        ("1 G", 1024**3),
        ("1e3M", 1000 * 1024**2),
        (512, 512),
        (2.9, 2),
        ("512", None),
        ("", None),
        ("G", None),
        ("1Gi", None),
        ("1g", None),
        ("nanG", None),
        ("infG", None),
    ],
)
def test_the_hub_takes_few_forms(value, amount):
    assert hub_bytes(value) == amount


@pytest.mark.parametrize("text", ["", "2", "lots", "2P", "-2G", "2 x G", "2..5G", "{value}Gi", "2GiBs"])
def test_what_is_not_sure_is_not_guessed(text):
    assert meant_bytes(text) is None


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("500m", Fraction(1, 2)),
        ("2Gi", Fraction(2 * 1024**3)),
        (0.5, Fraction(1, 2)),
        ("1e3", Fraction(1000)),
    ],
)
def test_kubernetes_reads_its_own_quantities(value, amount):
    assert kubernetes_amount(value) == amount


@pytest.mark.parametrize("value", ["512MB", "2 Gi", "1g", "", True, None, float("nan"), float("inf"), []])
def test_kubernetes_refuses_the_rest(value):
    assert kubernetes_amount(value) is None
