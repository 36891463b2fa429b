"""What an unquoted word of a values file means to Helm: ``yes`` is true, ``0644`` is 420, ``12:30`` is text.

Source: the behaviour of Helm 4.3.1 (go-yaml 2 underneath), which a test compares with this module.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from functools import lru_cache

_TRUE = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
_FALSE = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_INFINITE = frozenset(sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF"))
_NOT_A_NUMBER = frozenset({".nan", ".NaN", ".NAN"})
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_POINT_FIRST = re.compile(r"\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?", re.ASCII)
_MOST_DIGITS = 64
"""Of a whole number that fits into 64 bits, in the base with the most of them."""
_TAG = "tag:yaml.org,2002:"

Scalar = None | bool | int | float | str


class NotSayable(ValueError):
    """A scalar that Helm refuses: infinity, or a value that its tag does not allow."""


@lru_cache(maxsize=4096)
def meaning(word: str) -> Scalar:
    """Return what Helm makes of a plain scalar."""
    if not word or word[0] not in "+-.0123456789yYnNtTfFoO~":
        return None if word in _NULL else word
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    if word in _NULL:
        return None
    if word in _INFINITE:
        return -math.inf if word[0] == "-" else math.inf
    if word in _NOT_A_NUMBER:
        return math.nan
    return _number(word) if word[0] in "+-.0123456789" else word


def _number(word: str) -> int | float | str:
    """Return the number that a word is, or the word itself."""
    plain = word.replace("_", "")
    if word[0] == "." and not _POINT_FIRST.fullmatch(word):
        return word
    if len(plain.lstrip("+-0xXoObB")) <= _MOST_DIGITS and _INTEGER.fullmatch(plain):
        whole = _integer(plain)
        if -(2**63) <= whole < 2**64:
            return whole
    if _FLOAT.fullmatch(plain):
        number = float(plain)
        return word if math.isinf(number) else number
    return word


def _integer(plain: str) -> int:
    """Return an integer; a leading zero means octal."""
    digits = plain.lstrip("+-")
    base = {"x": 16, "b": 2, "o": 8}.get(
        digits[1:2].lower(), 8 if len(digits) > 1 and digits[0] == "0" else 10
    )
    whole = int(digits, base)
    return -whole if plain[0] == "-" else whole


def tagged(tag: str, word: str) -> Scalar:
    """Return what Helm makes of a scalar with an explicit tag; raises NotSayable when they do not fit."""
    kind = tag[len(_TAG) :] if tag.startswith(_TAG) else "str"
    if kind == "binary":
        try:
            return base64.b64decode(word, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise NotSayable("!!binary is not followed by base64 of a text") from None
    value = meaning(word)
    if kind == "float" and type(value) is int:
        return float(value)
    wanted = {"int": int, "float": float, "bool": bool, "null": type(None)}.get(kind)
    if wanted is None:
        return word
    if type(value) is not wanted:
        raise NotSayable(f"the value is no !!{kind}")
    return value


def key_text(value: Scalar) -> str:
    """Return the name that Helm gives to a key; raises NotSayable for one that it refuses."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value < 2**63:
        return str(value)
    if isinstance(value, float):
        return _short_float(value)
    raise NotSayable("this word cannot be a key: put it in quotes")


def _short_float(value: float) -> str:
    """Write a float as Go does with 32 bits of precision: the way Helm names such keys."""
    if math.isnan(value):
        return ".nan"
    try:
        (near,) = struct.unpack("f", struct.pack("f", value))
    except OverflowError:
        near = math.copysign(math.inf, value)
    if math.isinf(near):
        return ".inf" if near > 0 else "-.inf"
    for digits in range(17):
        text = f"{near:.{digits}e}"
        if struct.unpack("f", struct.pack("f", float(text)))[0] == near:
            break
    mantissa, _, exponent = text.partition("e")
    power = int(exponent)
    if power < -4 or power >= 6:
        return f"{mantissa}e{'-' if power < 0 else '+'}{abs(power):02d}"
    return f"{float(text):.{max(0, digits - power)}f}"
