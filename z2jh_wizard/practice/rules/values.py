"""Rules for single values that many kinds share: ports, counts, percentages, choices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from z2jh_wizard.practice.rules import names
from z2jh_wizard.practice.rules.names import wrong
from z2jh_wizard.practice.status import Cause, invalid_value, not_supported

NOT_NEGATIVE = "must be greater than or equal to 0"


def not_negative(value: Any, field: str) -> Iterator[Cause]:
    """Yield a cause when a number is below zero; absent is fine."""
    if isinstance(value, int | float) and value < 0:
        yield invalid_value(field, value, NOT_NEGATIVE)


def between(value: Any, field: str, low: int, high: int) -> Iterator[Cause]:
    """Yield a cause when a number is out of its range; absent is fine."""
    if value is not None and not low <= value <= high:
        yield invalid_value(field, value, f"must be between {low} and {high}, inclusive")


def one_of(value: Any, field: str, choices: Iterable[str]) -> Iterator[Cause]:
    """Yield a cause when a value is none of the choices; absent or empty is fine, for it has a default."""
    listed = list(choices)
    if value and value not in listed:
        yield not_supported(field, value, listed)


def port(value: Any, field: str) -> Iterator[Cause]:
    """Yield a cause for a port that is no number from 1 to 65535 and, if text, no port's name."""
    if isinstance(value, str):
        yield from wrong(field, value, names.port_name)
    elif value is not None and not 0 < value < 65536:
        yield invalid_value(field, value, names.PORT_RANGE)


def count_or_percent(value: Any, field: str, largest: bool = False) -> Iterator[Cause]:
    """Yield a cause for what is neither a number nor a percentage; ``largest`` allows at most 100 %."""
    if isinstance(value, str):
        if not re.fullmatch(r"[0-9]+%", value):
            yield invalid_value(field, value, names.NOT_PERCENT)
        elif largest and int(value[:-1]) > 100:
            yield invalid_value(field, value, "must not be greater than 100%")
    else:
        yield from not_negative(value, field)
