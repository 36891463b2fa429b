"""Amounts as Kubernetes writes them (``500m``, ``1.5Gi``, ``2e3``) and as JupyterHub does (``2G`` is 2 GiB).

Whole numbers are rounded up as the scheduler does. Grammars:
https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ and ByteSpecification in
jupyterhub/traitlets.py (JupyterHub 5.5).
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

_BYTES = re.compile(r"(?P<number>\d+(?:\.\d*)?|\.\d+)(?P<suffix>[KMGT])", re.ASCII)


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


def spec_bytes(value: str | int | float) -> int:
    """Return the bytes of JupyterHub's ``512M`` or ``1.5G``, K to T in 1024s; a number is bytes as it is.

    Raises ValueError for any other form, digits alone in quotes included.
    """
    if not isinstance(value, str):
        return int(value)
    match = _BYTES.fullmatch(value)
    if not match:
        raise ValueError(f"not an amount of memory for JupyterHub: {value!r}")
    return int(Fraction(match["number"]) * 1024 ** (1 + "KMGT".index(match["suffix"])))
