"""Cron schedules: whether one can be read, in the words of the library that Kubernetes uses.

Source: github.com/robfig/cron, parser.go: five fields, or a word such as ``@daily`` or ``@every 5m``.
"""

from __future__ import annotations

import re

_FIELDS = (
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
    (0, 6, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)
_WORDS = {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}
_EVERY = re.compile(r"@every (\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+")


def schedule_error(text: str) -> str | None:
    """Return why a schedule cannot be read, or None when it can."""
    if text.startswith("@"):
        return None if text in _WORDS or _EVERY.fullmatch(text) else f"unrecognized descriptor: {text}"
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]"
    for field, (low, high, names) in zip(fields, _FIELDS, strict=True):
        for part in field.split(","):
            if why := _part_error(part, low, high, names):
                return why
    return None


def _part_error(part: str, low: int, high: int, names: tuple[str, ...]) -> str | None:
    """Check one range such as ``*/5``, ``1-3`` or ``mon``."""
    span, *steps = part.split("/")
    ends = ["*"] if span in ("*", "?") else span.split("-")
    if len(ends) > 2:
        return f"too many hyphens: {part}"
    if len(steps) > 1:
        return f"too many slashes: {part}"
    numbers = [low, high] if ends == ["*"] else [_number(end, low, names) for end in ends]
    if any(number is None for number in numbers) or (steps and not steps[0].isdecimal()):
        return f'failed to parse int from {part}: strconv.Atoi: parsing "{part}": invalid syntax'
    start, end = (number or 0 for number in (numbers[0], numbers[-1]))
    if start < low:
        return f"beginning of range ({start}) below minimum ({low}): {part}"
    if end > high:
        return f"end of range ({end}) above maximum ({high}): {part}"
    if start > end:
        return f"beginning of range ({start}) beyond end of range ({end}): {part}"
    return f"step of range should be a positive number: {part}" if steps and int(steps[0]) == 0 else None


def _number(text: str, low: int, names: tuple[str, ...]) -> int | None:
    if text.lower() in names:
        return names.index(text.lower()) + low
    return int(text) if text.isascii() and text.isdecimal() else None
