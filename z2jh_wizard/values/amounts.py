"""Amounts in values files: what the hub and Kubernetes read, and what a wrong one was meant to be.

Facts: ByteSpecification in jupyterhub/traitlets.py of JupyterHub 5.5, tried with KubeSpawner 7.0.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction

from z2jh_wizard.core.quantity import exact

_UNITS = "KMGT"
_MEANT = re.compile(r"(?P<number>\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}) ?(?P<unit>[KMGTkmgt])(?:i?[bB]?)", re.ASCII)
_LONGEST = 40
"""Characters of an amount; a longer text is none."""


def hub_bytes(value: object) -> int | None:
    """Return the bytes that JupyterHub reads from a setting of memory, None for what it refuses.

    Numbers are bytes as they are; a text is a number and K, M, G or T, which count in 1024s.
    """
    try:
        if isinstance(value, (int, float)):
            return int(value)
        if not isinstance(value, str) or len(value) > _LONGEST or value[-1:] not in tuple(_UNITS):
            return None
        return int(float(value[:-1]) * 1024 ** (1 + _UNITS.index(value[-1])))
    except (ValueError, OverflowError):
        return None


def meant_bytes(text: str) -> str | None:
    """Return an amount such as 2Gi, 512m or 1 GB as JupyterHub writes it; None when that is not sure."""
    match = _MEANT.fullmatch(text)
    return match["number"] + match["unit"].upper() if match else None


def kubernetes_amount(value: object) -> Fraction | None:
    """Return what Kubernetes reads from a quantity such as 500m, 2Gi or 0.5; None for what it refuses."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str) and len(value) > _LONGEST:
        return None
    try:
        return exact(value) if isinstance(value, str) else Fraction(value)
    except ValueError:
        return None
