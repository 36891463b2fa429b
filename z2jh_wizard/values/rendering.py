"""Values as YAML text that Helm and every other YAML reader understand alike."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

import yaml

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values import words

_PLAIN = re.compile(
    r"[A-Za-z_/](?:[A-Za-z0-9_./@%+=()-]|:(?=[A-Za-z0-9_/@-])| (?=[A-Za-z0-9_/(]))*", re.ASCII
)
_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[KMGT]i?|m)", re.ASCII)
_PLAIN_IN_FLOW = re.compile(r"[A-Za-z_/](?:[A-Za-z0-9_./@%+=()-]| (?=[A-Za-z0-9_/(]))*", re.ASCII)
_RESOLVER: Any = yaml.resolver.Resolver()
_STRING_TAG = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class Style:
    """How a file is written: spaces a level, whether lists stand deeper than their key, its line end.

    ``block_text``: a text of several lines is written as such; else with ``\\n`` between quotes.
    """

    indent: int = 2
    lists_deeper: bool = True
    line_end: str = "\n"
    block_text: bool = True


@dataclass(frozen=True, slots=True)
class Rendered:
    """A value as text: what follows the key on its line, and the lines below."""

    head: str
    body: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A key with its value and comments as they stood elsewhere; ``key_line`` is the line of the key.

    ``column`` is the one that the key had, ``key_width`` the length of its name.
    """

    value: Any
    lines: tuple[str, ...]
    key_line: int
    key_width: int
    column: int

    def under(self, key: str, column: int) -> list[str]:
        """Return the lines with another key name, in another column."""
        shift = column - self.column
        moved = [_shifted(line, shift) for line in self.lines]
        line = moved[self.key_line]
        moved[self.key_line] = " " * column + one_line(key) + line[column + self.key_width :]
        return moved


def _shifted(line: str, shift: int) -> str:
    if shift >= 0:
        return " " * shift + line if line.strip() else line
    return line[min(-shift, len(line) - len(line.lstrip(" "))) :]


def one_line(value: Any, *, in_flow: bool = False, quote: str = "") -> str:
    """Write a value on one line; ``quote`` is the kind of quotes that a text had before."""
    if isinstance(value, Written):
        value = value.value
    if isinstance(value, dict):
        pairs = (
            f"{one_line(key, in_flow=True)}: {one_line(item, in_flow=True)}" for key, item in value.items()
        )
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(one_line(item, in_flow=True) for item in value) + "]"
    if isinstance(value, str):
        return _text(value, in_flow, quote)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        mantissa, e, exponent = repr(value).partition("e")
        return f"{mantissa if '.' in mantissa else mantissa + '.0'}{e}{exponent}"
    raise InvalidInput(
        f"{type(value).__name__} is nothing that a values file can hold",
        "Values are text, finite numbers, true, false, null, lists and maps with text keys.",
    )


def _text(value: str, in_flow: bool, quote: str) -> str:
    """Write a text without quotes only where no reader can take it for something else."""
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    plain = _PLAIN_IN_FLOW if in_flow else _PLAIN
    usual = plain.fullmatch(value) or _AMOUNT.fullmatch(value)
    if not quote and usual and isinstance(words.meaning(value), str) and _is_text(value):
        return value
    return '"' + "".join(map(_escaped, value)) + '"'


def _is_text(word: str) -> bool:
    """Tell whether YAML 1.1 readers in general take an unquoted word for text."""
    return bool(_RESOLVER.resolve(yaml.ScalarNode, word, (True, False)) == _STRING_TAG)


def _escaped(char: str) -> str:
    """Return a character as it stands between double quotes."""
    if char in '"\\\n\t\r\b\f':
        return json.dumps(char)[1:-1]
    if char.isprintable():
        return char
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:
        raise InvalidInput(
            "The text holds half a character", f"U+{code:04X} alone cannot be written as UTF-8."
        )
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def render(value: Any, column: int, style: Style, *, quote: str = "") -> Rendered:
    """Write the value of a key (or list item) that stands in ``column``, counted from 0."""
    inner = column + style.indent
    if isinstance(value, Written):
        value = value.value
    if isinstance(value, dict) and value:
        return Rendered("", tuple(entry_lines(value, inner, style)))
    if isinstance(value, (list, tuple)) and value:
        return Rendered("", tuple(item_lines(value, inner if style.lists_deeper else column, style)))
    if isinstance(value, str) and style.block_text and _fits_block(value):
        mark = "|" if value.endswith("\n") else "|-"
        lines = value.removesuffix("\n").split("\n")
        return Rendered(mark, tuple(" " * inner + line if line else "" for line in lines))
    return Rendered(one_line(value, quote=quote))


def _fits_block(value: str) -> bool:
    """Tell whether a text of several lines reads back exactly from a block scalar."""
    lines = value.removesuffix("\n").split("\n")
    return (
        "\n" in value
        and bool(lines[0].strip())
        and bool(lines[-1].strip())
        and not lines[0].startswith((" ", "\t"))
        and all(line.replace("\t", "").isprintable() for line in lines)
    )


def entry_lines(tree: dict[str, Any], column: int, style: Style) -> list[str]:
    """Write keys with their values, the keys in ``column``."""
    lines: list[str] = []
    for key, value in tree.items():
        if not isinstance(key, str):
            raise InvalidInput(
                "A key is no text", f"Keys of values files are text, not {type(key).__name__}."
            )
        if isinstance(value, Written):
            lines.extend(value.under(key, column))
            continue
        rendered = render(value, column, style)
        lines.append(f"{' ' * column}{one_line(key)}:{' ' + rendered.head if rendered.head else ''}")
        lines.extend(rendered.body)
    return lines


def item_lines(items: list[Any] | tuple[Any, ...], column: int, style: Style) -> list[str]:
    """Write list items, their dashes in ``column``."""
    lines: list[str] = []
    for item in items:
        if isinstance(item, (dict, list, tuple)) and item:
            inner = column + 2
            body = (
                entry_lines(item, inner, style) if isinstance(item, dict) else item_lines(item, inner, style)
            )
            lines.append(" " * column + "- " + body[0].lstrip(" "))
            lines.extend(body[1:])
        else:
            rendered = render(item, column, style)
            lines.append(f"{' ' * column}- {rendered.head}")
            lines.extend(rendered.body)
    return lines
