"""Kubernetes quantities (``500m``, ``1.5Gi``, ``2e3``) as whole numbers, rounded up as the scheduler does.

Grammar: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import math
import re
from fractions import Fraction

_QUANTITY = re.compile(
    r"(?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:(?P<suffix>[KMGTPE]i|[numkMGTPE])|[eE](?P<exponent>[+-]?\d{1,3}))?",
    re.ASCII,
)
_SUFFIXES: dict[str, Fraction] = {
    **{name: Fraction(10) ** power for name, power in zip("num", (-9, -6, -3), strict=True)},
    **{name: Fraction(10) ** power for name, power in zip("kMGTPE", range(3, 19, 3), strict=True)},
    **{f"{name}i": Fraction(2) ** power for name, power in zip("KMGTPE", range(10, 61, 10), strict=True)},
}


def exact(text: str) -> Fraction:
    """Return the exact value of a quantity; ValueError when it is none."""
    match = _QUANTITY.fullmatch(text)
    if not match:
        raise ValueError(f"not a quantity: {text!r}")
    value = Fraction(match["number"])
    if match["exponent"]:
        return value * Fraction(10) ** int(match["exponent"])
    return value * _SUFFIXES.get(match["suffix"] or "", Fraction(1))


def millicores(text: str) -> int:
    """Return an amount of CPU in thousandths of a core; ValueError when it is no quantity."""
    return math.ceil(exact(text) * 1000)


def whole(text: str) -> int:
    """Return an amount of bytes, pods or the like; ValueError when it is no quantity."""
    return math.ceil(exact(text))
