"""Quantities as Kubernetes writes them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.quantity import exact, millicores, spec_bytes, whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0), ("1", 1), ("1.5", Fraction(3, 2)), (".5", Fraction(1, 2)), ("5.", 5), ("+3", 3), ("-1", -1),
        ("100m", Fraction(1, 10)), ("1k", 1000), ("1Ki", 1024), ("1.5Gi", 3 * 2**29), ("2e3", 2000),
        ("1E3", 1000), ("1E", 10**18), ("1Ei", 2**60), ("12e-1", Fraction(6, 5)), ("5u", Fraction(5, 10**6)),
        ("7n", Fraction(7, 10**9)),
    ],
)  # fmt: skip
def test_spellings(text: str, expected: Fraction | int) -> None:
    assert exact(text) == expected


@pytest.mark.parametrize(
    "text", ["", " ", "1 Gi", "Gi", "1gi", "1K", "1e", "0x10", "1.2.3", "one", "1e9999", "١"]
)
def test_what_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match="not a quantity"):
        exact(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("1", 1000), ("250m", 250), ("1n", 1), ("3920m", 3920), ("0.1", 100)]
)
def test_cpu_is_rounded_up_to_thousandths(text: str, expected: int) -> None:
    assert millicores(text) == expected


@given(st.integers(0, 10**15), st.sampled_from(["", "k", "M", "Ki", "Mi", "Gi"]))
def test_whole_amounts_stay_whole(number: int, suffix: str) -> None:
    factor = {"": 1, "k": 10**3, "M": 10**6, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}[suffix]
    assert whole(f"{number}{suffix}") == number * factor


@given(st.decimals(0, 10**12, allow_nan=False, allow_infinity=False, places=6))
def test_decimals_are_exact_and_rounded_up(number: Decimal) -> None:
    text = f"{number:f}"
    assert exact(text) == Fraction(number)
    assert 0 <= whole(text) - exact(text) < 1
    assert millicores(text) >= exact(text) * 1000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1G", 2**30),
        ("1.5G", 3 * 2**29),
        ("512M", 2**29),
        ("64K", 2**16),
        ("2T", 2**41),
        (1000, 1000),
        (1e9, 10**9),
        (".5K", 512),
    ],
)
def test_jupyterhub_counts_in_1024s(text: str | float, expected: int) -> None:
    assert spec_bytes(text) == expected


@pytest.mark.parametrize(
    "text", ["", "1000", "1Gi", "1g", "1GB", "G", "-1G", "1e3", " 1G", "1,5G", "\u0661G"]
)
def test_what_jupyterhub_cannot_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        spec_bytes(text)
