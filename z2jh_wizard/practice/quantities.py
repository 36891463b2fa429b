"""Kubernetes quantities (``500m``, ``1.5Gi``, ``2e3``) as exact numbers, and back.

Grammar and canonical form: k8s.io/apimachinery, pkg/api/resource/quantity.go.
"""

from __future__ import annotations

import enum
import math
import re
from fractions import Fraction
from typing import NamedTuple

_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DECIMAL_SUFFIX = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_QUANTITY = re.compile(
    r"(?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:(?P<suffix>[KMGTPE]i|[numkMGTPE])|[eE](?P<exponent>[+-]?\d{1,3}))?",
    re.ASCII,
)
_NANO = Fraction(1, 10**9)
_LARGEST = Fraction(2**63 - 1)
INVALID = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"


class Style(enum.Enum):
    """How a quantity was written, which its canonical form keeps."""

    DECIMAL = "decimal"
    BINARY = "binary"
    EXPONENT = "exponent"


class Quantity(NamedTuple):
    """An exact amount and the style it was written in."""

    amount: Fraction
    style: Style

    def __str__(self) -> str:
        binary = self.style is Style.BINARY and abs(self.amount) >= 1024 and self.amount.denominator == 1
        if binary:
            return _binary_text(int(self.amount))
        return _decimal_text(self.amount, self.style is Style.EXPONENT)


def read(text: str | int | float) -> Quantity:
    """Read a quantity; JSON numbers count as their text; ValueError when it is not one.

    Amounts finer than a nano unit are rounded up, and those beyond 2**63-1 are cut, as the server does.
    """
    match = _QUANTITY.fullmatch(str(text)) if not isinstance(text, bool) else None
    if not match:
        raise ValueError(INVALID)
    amount = Fraction(match["number"] if match["number"][-1] != "." else match["number"][:-1])
    style = Style.DECIMAL
    suffix = match["suffix"] or ""
    if match["exponent"]:
        amount *= Fraction(10) ** int(match["exponent"])
        style = Style.EXPONENT
    elif suffix in _BINARY:
        amount *= 2 ** _BINARY[suffix]
        style = Style.BINARY
    else:
        amount *= Fraction(10) ** _DECIMAL[suffix]
    return Quantity(max(-_LARGEST, min(_LARGEST, _to_nano(amount))), style)


def _to_nano(amount: Fraction) -> Fraction:
    steps = amount / _NANO
    return (math.ceil(steps) if steps > 0 else math.floor(steps)) * _NANO


def parse(text: str | int | float) -> Fraction:
    """Return the exact amount of a quantity; ValueError when it is not one."""
    return read(text).amount


def canonical(text: str | int | float) -> str:
    """Return the form in which the server stores it: ``0.5`` is ``500m``; ValueError if it is no quantity."""
    return str(read(text))


def millicores(text: str | int | float) -> int:
    """Return a CPU quantity in thousandths of a core, rounded up."""
    return math.ceil(parse(text) * 1000)


def whole(text: str | int | float) -> int:
    """Return a quantity as a whole number (bytes, pods, devices), rounded up."""
    return math.ceil(parse(text))


def total(texts: list[str]) -> str:
    """Add quantities; the sum is written in the style of the first that is not zero."""
    quantities = [read(text) for text in texts]
    style = next((each.style for each in quantities if each.amount), Style.DECIMAL)
    return str(Quantity(sum((each.amount for each in quantities), Fraction(0)), style))


def _binary_text(number: int) -> str:
    power = 0
    while number % 1024 == 0 and power < 60:
        number //= 1024
        power += 10
    return f"{number}{next((suffix for suffix, size in _BINARY.items() if size == power), '')}"


def _decimal_text(amount: Fraction, exponent_style: bool) -> str:
    if not amount:
        return "0"
    number, exponent = int(amount * 10**9), -9
    while number % 1000 == 0 and exponent < 18:
        number //= 1000
        exponent += 3
    if exponent_style:
        return f"{number}e{exponent}" if exponent else str(number)
    return f"{number}{_DECIMAL_SUFFIX[exponent]}"
