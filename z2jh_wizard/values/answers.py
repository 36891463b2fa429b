"""What a typed answer means as a value, and a value as the text of a form: one table by kind.

An empty answer means that nothing is set, so that the chart's default is in force; ``[]``, ``{}`` and ``""``
set something empty on purpose.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

import msgspec

from z2jh_wizard.core.checks import PORTS, did_you_mean
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.quantity import exact, spec_bytes
from z2jh_wizard.values import trees
from z2jh_wizard.values.amounts import kubernetes_amount, meant_bytes
from z2jh_wizard.values.answer_checks import (
    why_no_address,
    why_no_email,
    why_no_host,
    why_no_image,
    why_no_url,
)
from z2jh_wizard.values.charts import Family
from z2jh_wizard.values.fields import Field, Kind
from z2jh_wizard.values.python_blocks import blocks_in, blocks_text, why_no_python
from z2jh_wizard.values.rendering import Style, entry_lines, item_lines
from z2jh_wizard.values.typed import typed_value

LONGEST = 200_000
"""Characters of an answer; a certificate chain has some thousands."""

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{0,20})?(?:e-?[0-9]{1,2})?|\.[0-9]{1,15}")
_SPAN = re.compile(r"([0-9]{1,9}) ?(s|m|h|d)", re.I)
_SPANS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PAIR = re.compile(r"(?P<name>[^:=\s]+)\s*[:=]\s*(?P<value>.*)")
_ON, _OFF = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})


class Wrong(msgspec.Struct, frozen=True):
    """Why a typed answer cannot be used: one sentence with the fix."""

    sentence: str


class _Asked(NamedTuple):
    """What a reader looks at besides the text: the field, the JSON types that fit, the choices."""

    field: Field
    types: frozenset[str]
    choices: tuple[str, ...]


_Reader: TypeAlias = "Callable[[_Asked, str], Any]"
_Writer: TypeAlias = "Callable[[_Asked, Any], str | None]"


def read_answer(
    field: Field, text: str, family: Family = "z2jh", choices: Iterable[str] | None = None
) -> Any:
    """Return the value that an answer means; UNSET for an empty one, Wrong for one that cannot be used.

    ``choices`` are the values to choose from where a chart version has others than the field says.
    """
    asked = _asked(field, family, choices)
    if not text.strip():
        return msgspec.UNSET
    if len(text) > LONGEST:
        return Wrong(f"That is {len(text):,} characters long; write it into config.yaml itself.")
    kind = kind_in(field, family)
    if kind in _NUMBERS and text.strip() == "null" and "null" in asked.types:
        return None
    return _MANNERS[kind][0](asked, text)


def shown_text(
    field: Field, value: Any, family: Family = "z2jh", choices: Iterable[str] | None = None
) -> str | None:
    """Return the text whose answer means just this value; None for a value that no answer can mean."""
    asked = _asked(field, family, choices)
    kind = kind_in(field, family)
    text = "null" if value is None else _MANNERS[kind][1](asked, value)
    if text is None:
        return None
    again = read_answer(field, text, family, choices)
    return None if isinstance(again, Wrong) or not trees.same(again, value) else text


def kind_in(field: Field, family: Family) -> Kind:
    """Return what a value is in a chart family, where the two differ."""
    # HelmForge's ingress.hosts are maps with paths of their own, not names.
    return Kind.LIST if family == "helmforge" and field.key == "ingress.hosts" else field.kind


def _asked(field: Field, family: Family, choices: Iterable[str] | None) -> _Asked:
    types = field.row.type_in(family).split("|") if field.row else ()
    known = tuple(choice.value for choice in field.choices) if choices is None else tuple(choices)
    return _Asked(field, frozenset(types), known)


# ---- single values ----


def _text(_asked: _Asked, text: str) -> Any:
    line = text.strip()
    if "\n" in line:
        return Wrong("Write it on one line.")
    return "" if line == '""' else line


def _as_text(_asked: _Asked, value: Any) -> str | None:
    return (value or '""') if isinstance(value, str) else None


def _long_text(asked: _Asked, text: str) -> Any:
    if asked.field.key.endswith(".cert") and "-----BEGIN CERTIFICATE-----" not in text:
        return Wrong("Paste the whole certificate, from the line -----BEGIN CERTIFICATE----- on.")
    return text


def _secret(asked: _Asked, text: str) -> Any:
    if asked.field.key.endswith(".manual.key") and "PRIVATE KEY-----" not in text:
        return Wrong("Paste the whole key, from the line -----BEGIN PRIVATE KEY----- on.")
    return text if "\n" in text.strip() else text.strip()


def _as_is(_asked: _Asked, value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _switch(_asked: _Asked, text: str) -> Any:
    word = text.strip().lower()
    if word in _ON | _OFF:
        return word in _ON
    return Wrong("Answer on or off.")


def _as_switch(_asked: _Asked, value: Any) -> str | None:
    return ("on" if value else "off") if isinstance(value, bool) else None


def _choice(asked: _Asked, text: str) -> Any:
    word = text.strip()
    if word in asked.choices:
        return word
    return Wrong(f"Choose one of {', '.join(asked.choices)}{did_you_mean(word, asked.choices)}.")


def _checked(check: Callable[[str], str]) -> _Reader:
    """Return a reader of one line that a check has nothing against."""

    def read(asked: _Asked, text: str) -> Any:
        line = _text(asked, text)
        if isinstance(line, Wrong) or not line:
            return line
        sentence = check(line)
        return Wrong(sentence) if sentence else line

    return read


def _url(asked: _Asked, text: str) -> Any:
    return _checked(lambda line: why_no_url(line, asked.field.example))(asked, text)


# ---- numbers ----


def _whole(_asked: _Asked, text: str) -> Any:
    word = text.strip()
    return int(word) if _WHOLE.fullmatch(word) else Wrong("Write a whole number, such as 10.")


def _number(asked: _Asked, text: str) -> Any:
    word = text.strip()
    if _NUMBER.fullmatch(word):
        return int(word) if word.isdecimal() else float(word)
    amount = kubernetes_amount(word)
    if asked.field.unit == "cores" and amount is not None and amount > 0:
        return Wrong(f"Write {float(amount):g}: this is a number of cores.")
    return Wrong(f"Write a number, such as {asked.field.example or '0.5'}.")


def _as_number(_asked: _Asked, value: Any) -> str | None:
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _seconds(_asked: _Asked, text: str) -> Any:
    word = text.strip()
    span = _SPAN.fullmatch(word)
    if span:
        return int(span[1]) * _SPANS[span[2].lower()]
    if _WHOLE.fullmatch(word) and not word.startswith("-"):
        return int(word)
    return Wrong("Write a number of seconds, such as 3600; 60m and 1h mean the same.")


def _port(_asked: _Asked, text: str) -> Any:
    word = text.strip()
    if _WHOLE.fullmatch(word) and int(word) in PORTS:
        return int(word)
    return Wrong(f"Write a port, from {PORTS.start} to {PORTS.stop - 1}.")


def _bytes(_asked: _Asked, text: str) -> Any:
    word = text.strip()
    if re.fullmatch("[0-9]{1,18}", word):
        return int(word)
    try:
        spec_bytes(word)
    except ValueError:
        meant = meant_bytes(word)
        if meant:
            return Wrong(f"Write {meant}: memory is written with K, M, G or T here, which count in 1024s.")
        return Wrong("Write an amount of memory with K, M, G or T, such as 512M or 2G.")
    return word


def _quantity(asked: _Asked, text: str) -> Any:
    word = text.strip()
    try:
        exact(word)
    except ValueError:
        return Wrong(f"Write an amount as Kubernetes does, such as {asked.field.example or '10Gi'}.")
    if word.isdecimal() and asked.types and not asked.types & {"integer", "number"}:
        return Wrong(f"Say the unit too: {word}Gi.")
    return word


# ---- lists and maps ----


def _parts(asked: _Asked, text: str) -> list[str]:
    """Return the items of a list, parted by lines, and by commas where an item has none itself."""
    parted = re.split(r"\n" if "," in asked.field.example else r"[,\n]", text)
    return [part.strip() for part in parted if part.strip()]


def _names(asked: _Asked, text: str) -> Any:
    return [] if text.strip() == "[]" else _parts(asked, text)


def _as_names(asked: _Asked, value: Any) -> str | None:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return None
    return ("\n" if "," in asked.field.example else ", ").join(value) if value else "[]"


def _hosts(asked: _Asked, text: str) -> Any:
    names = _names(asked, text)
    wrong = next(filter(None, map(why_no_host, names)), "")
    return Wrong(wrong) if wrong else names


def _command(asked: _Asked, text: str) -> Any:
    line = text.strip()
    if line.startswith("["):
        return _yaml(list, "a list of words in brackets")(asked, text)
    try:
        words = shlex.split(line)
    except ValueError:
        return Wrong("A quote is opened and not closed; add the other one.")
    return words[0] if len(words) == 1 and "string" in asked.types else words


def _as_command(asked: _Asked, value: Any) -> str | None:
    if isinstance(value, str):
        return shlex.quote(value)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return None
    if len(value) == 1 and "string" in asked.types:
        return msgspec.json.encode(value).decode()
    return shlex.join(value) if value else "[]"


def _pairs(_asked: _Asked, lines: Sequence[str]) -> Any:
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        pair = _PAIR.fullmatch(line)
        if not pair:
            return Wrong(f"Line {number} is no NAME: text; write one pair a line.")
        if pair["name"] in found:
            return Wrong(f"The name in line {number} stands above already; write each name once.")
        value = pair["value"].strip()
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        found[pair["name"]] = value[1:-1] if quoted else value
    return found


def _text_map(asked: _Asked, text: str) -> Any:
    if text.strip() == "{}":
        return {}
    return _pairs(asked, [line.strip() for line in text.splitlines() if line.strip()])


def _secret_map(asked: _Asked, text: str) -> Any:
    return {} if text.strip() == "{}" else _pairs(asked, _parts(asked, text))


def _as_pairs(separator: str) -> _Writer:
    def write(_asked: _Asked, value: Any) -> str | None:
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            return None
        return separator.join(f"{name}: {item}" for name, item in value.items()) if value else "{}"

    return write


def _yaml(kind: type, what: str) -> _Reader:
    def read(_asked: _Asked, text: str) -> Any:
        try:
            value = typed_value(text, block=True)
        except InvalidInput as error:
            return Wrong(f"{error.problem.happened} Write {what} as YAML.")
        return value if isinstance(value, kind) else Wrong(f"Write {what} as YAML.")

    return read


def _as_yaml(_asked: _Asked, value: Any) -> str | None:
    if not isinstance(value, (dict, list)):
        return None
    if not value:
        return "{}" if isinstance(value, dict) else "[]"
    lines = entry_lines(value, 0, Style()) if isinstance(value, dict) else item_lines(value, 0, Style())
    return "\n".join(lines)


def _python(asked: _Asked, text: str) -> Any:
    if text.strip() == "{}" and "map" in asked.types:
        return {}
    blocks = blocks_in(text)
    for code in blocks.values():
        reason = why_no_python(code)
        if reason:
            return Wrong(f"This is no Python: {reason}.")
    return blocks if "map" in asked.types else text


def _as_python(asked: _Asked, value: Any) -> str | None:
    if "map" not in asked.types:
        return value if isinstance(value, str) else None
    if not isinstance(value, dict) or not all(isinstance(code, str) for code in value.values()):
        return None
    return blocks_text(value) or "{}"


_NUMBERS = frozenset({Kind.WHOLE, Kind.NUMBER, Kind.SECONDS, Kind.PORT, Kind.BYTES, Kind.QUANTITY})
"""Kinds of which null can be typed, for it is no text of theirs."""


def _as_amount(asked: _Asked, value: Any) -> str | None:
    return value if isinstance(value, str) else _as_number(asked, value)


_MANNERS: dict[Kind, tuple[_Reader, _Writer]] = {
    Kind.SWITCH: (_switch, _as_switch),
    Kind.TEXT: (_text, _as_text),
    Kind.LONG_TEXT: (_long_text, _as_is),
    Kind.SECRET: (_secret, _as_is),
    Kind.SECRET_LIST: (_names, _as_names),
    Kind.SECRET_MAP: (_secret_map, _as_pairs("\n")),
    Kind.CHOICE: (_choice, _as_is),
    Kind.WHOLE: (_whole, _as_number),
    Kind.NUMBER: (_number, _as_number),
    Kind.SECONDS: (_seconds, _as_number),
    Kind.PORT: (_port, _as_number),
    Kind.BYTES: (_bytes, _as_amount),
    Kind.QUANTITY: (_quantity, _as_amount),
    Kind.NAMES: (_names, _as_names),
    Kind.HOST: (_checked(why_no_host), _as_text),
    Kind.HOSTS: (_hosts, _as_names),
    Kind.ADDRESS: (_checked(why_no_address), _as_text),
    Kind.EMAIL: (_checked(why_no_email), _as_text),
    Kind.URL: (_url, _as_text),
    Kind.IMAGE: (_checked(why_no_image), _as_text),
    Kind.PYTHON: (_python, _as_python),
    Kind.COMMAND: (_command, _as_command),
    Kind.TEXT_MAP: (_text_map, _as_pairs("\n")),
    Kind.MAP: (_yaml(dict, "a map, NAME: value on each line,"), _as_yaml),
    Kind.LIST: (_yaml(list, "a list, each item after a dash,"), _as_yaml),
}
