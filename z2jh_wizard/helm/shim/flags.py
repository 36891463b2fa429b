"""Reading Helm's command line as Helm does: flags anywhere, values after a space or an equals sign."""

from __future__ import annotations

import csv
import enum
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NoReturn

_UNITS = {
    "ns": Fraction(1, 10**9),
    "us": Fraction(1, 10**6),
    "µs": Fraction(1, 10**6),
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "m": Fraction(60),
    "h": Fraction(3600),
}
_DURATION = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)")
_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE = frozenset({"0", "f", "F", "false", "FALSE", "False"})


class HelmFailure(Exception):
    """What Helm would print after ``Error: ``; the exit code is 1."""


class Sort(enum.Enum):
    """How a flag takes its value; OPTIONAL takes one only after an equals sign."""

    SWITCH = "switch"
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DURATION = "duration"
    MANY = "many"
    MANY_BY_COMMA = "many by comma"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag: its name, its letter, how it takes a value, and the value when it stands bare or is absent.

    A flag with ``missing`` is Helm's, but the SDK has nothing for it.
    """

    name: str
    sort: Sort = Sort.SWITCH
    letter: str = ""
    bare: str = ""
    default: str = ""
    variable: str = ""
    missing: bool = False


@dataclass(slots=True)
class Arguments:
    """What stood on the command line: words and flags, as text by the flag's name."""

    words: list[str] = field(default_factory=list)
    given: dict[str, list[str]] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """Return the last value of a flag."""
        return self.given[name][-1] if self.given.get(name) else default

    def many(self, name: str) -> list[str]:
        """Return all values of a flag, in order."""
        return self.given.get(name, [])

    def on(self, name: str) -> bool:
        """Tell whether a switch is on."""
        return self.text(name, "false") in _TRUE

    def integer(self, name: str, default: int = 0) -> int:
        """Return the number given; it was checked while reading."""
        return int(self.text(name) or default)

    def seconds(self, name: str, default: int) -> int:
        """Return a duration in whole seconds, rounded up; it was checked while reading."""
        given = self.text(name)
        return math.ceil(duration(given)) if given else default


def read(words: Sequence[str], flags: Iterable[Flag], environment: Mapping[str, str]) -> Arguments:
    """Read a command line; HelmFailure with Helm's own words when it is wrong.

    ``environment`` gives values to flags that have a variable and are not on the command line.
    """
    known = {flag.name: flag for flag in flags}
    letters = {flag.letter: flag for flag in known.values() if flag.letter}
    arguments = Arguments()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            arguments.words += rest
            break
        if word.startswith("--"):
            _read_long(word, rest, known, arguments)
        elif word.startswith("-") and word != "-":
            _read_letters(word, rest, letters, arguments)
        else:
            arguments.words.append(word)
    for flag in known.values():
        value = environment.get(flag.variable, "") if flag.variable else ""
        if flag.name not in arguments.given and (value or flag.default):
            _keep(flag, value or flag.default, arguments)
    return arguments


def _read_long(word: str, rest: list[str], known: Mapping[str, Flag], arguments: Arguments) -> None:
    name, equals, value = word[2:].partition("=")
    flag = known.get(name)
    if flag is None:
        raise HelmFailure(f"unknown flag: --{name}")
    if not equals:
        if flag.sort in (Sort.SWITCH, Sort.OPTIONAL):
            value = flag.bare or "true"
        elif rest:
            value = rest.pop(0)
        else:
            raise HelmFailure(f"flag needs an argument: --{name}")
    _keep(flag, value, arguments)


def _read_letters(word: str, rest: list[str], letters: Mapping[str, Flag], arguments: Arguments) -> None:
    """Read ``-n NS``, ``-nNS``, ``-n=NS`` or several switches in one, such as ``-iA``."""
    left = word[1:]
    while left:
        letter, left = left[0], left[1:]
        flag = letters.get(letter)
        if flag is None:
            raise HelmFailure(f"unknown shorthand flag: '{letter}' in {word}")
        if flag.sort in (Sort.SWITCH, Sort.OPTIONAL) and not left.startswith("="):
            _keep(flag, flag.bare or "true", arguments)
            continue
        if left:
            value = left.removeprefix("=")
        elif rest:
            value = rest.pop(0)
        else:
            raise HelmFailure(f"flag needs an argument: '{letter}' in {word}")
        _keep(flag, value, arguments)
        return


def _keep(flag: Flag, value: str, arguments: Arguments) -> None:
    """Check a value by the flag's sort and keep it."""
    if flag.missing:
        raise HelmFailure(f"the bundled Helm has no --{flag.name}; use one from https://helm.sh for it")
    if flag.sort is Sort.SWITCH and value not in _TRUE | _FALSE:
        _refuse(flag, value, f'strconv.ParseBool: parsing "{value}": invalid syntax')
    if flag.sort is Sort.INTEGER and not re.fullmatch(r"[+-]?\d+", value):
        _refuse(flag, value, f'strconv.ParseInt: parsing "{value}": invalid syntax')
    if flag.sort is Sort.DECIMAL and not re.fullmatch(r"[+-]?\d*\.?\d+", value):
        _refuse(flag, value, f'strconv.ParseFloat: parsing "{value}": invalid syntax')
    if flag.sort is Sort.DURATION:
        try:
            duration(value)
        except ValueError as error:
            _refuse(flag, value, str(error))
    if flag.sort is Sort.MANY:
        arguments.given.setdefault(flag.name, []).append(value)
    elif flag.sort is Sort.MANY_BY_COMMA:
        arguments.given.setdefault(flag.name, []).extend(next(csv.reader([value]), []))
    else:
        arguments.given[flag.name] = [value]


def _refuse(flag: Flag, value: str, why: str) -> NoReturn:
    names = f"-{flag.letter}, --{flag.name}" if flag.letter else f"--{flag.name}"
    raise HelmFailure(f'invalid argument "{value}" for "{names}" flag: {why}')


def duration(text: str) -> Fraction:
    """Return the seconds in a Go duration such as 1h30m or 90s; ValueError, in Go's words, for others."""
    if text == "0":
        return Fraction(0)
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        last = re.search(r"^(?:.*\d)?(\D*)$", text)
        unit = last[1] if last and re.match(r"[\d.]", text) else None
        what = "invalid" if unit is None else f'unknown unit "{unit}" in' if unit else "missing unit in"
        raise ValueError(f'time: {what} duration "{text}"')
    return sum((Fraction(number) * _UNITS[unit] for number, unit in parts), Fraction(0))
