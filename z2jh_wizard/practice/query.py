"""Read query parameters as the API server does (rules: k8s.io/apimachinery, pkg/runtime/conversion.go)."""

from __future__ import annotations

from collections.abc import Mapping

from z2jh_wizard.practice import status
from z2jh_wizard.practice.go_text import go_quote


def parse_bool(text: str | None) -> bool:
    """Return the truth of a flag: absent, ``0`` and ``false`` in any case are false, all other text is true.

    So every spelling of Go's ParseBool (``1 t T true True TRUE``) means true, and so does a bare ``?watch``.
    """
    return text is not None and text != "0" and text.lower() != "false"


def flag(query: Mapping[str, str], name: str) -> bool:
    """Return a boolean parameter, false when it is absent."""
    return parse_bool(query.get(name))


def integer(query: Mapping[str, str], name: str) -> int | None:
    """Return a whole-number parameter, or None when it is absent or empty; ApiError 400 for other text."""
    text = query.get(name, "")
    if not text:
        return None
    digits = text[1:] if text[0] in "+-" else text
    if not (digits.isascii() and digits.isdecimal()):
        raise _unreadable(text, "invalid syntax")
    if len(digits) > 19 or not -(2**63) <= int(text) < 2**63:
        raise _unreadable(text, "value out of range")
    return int(text)


def _unreadable(text: str, why: str) -> status.ApiError:
    return status.bad_request(f"strconv.ParseInt: parsing {go_quote(text)}: {why}")
