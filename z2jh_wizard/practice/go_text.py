"""Values as Go prints them, which the messages of the real server show."""

from __future__ import annotations

import json
from typing import Any


def go_quote(text: str) -> str:
    """Quote text as Go's ``%q`` does: JSON's escapes, with printable characters left as they are."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in quoted)


def go_value(value: Any) -> str:
    """Write a bad value as Go's field errors do: quoted text, plain numbers, compact JSON."""
    if isinstance(value, str):
        return go_quote(value)
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def go_print(value: Any) -> str:
    """Write a value as Go's ``%v`` does."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{go_print(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(go_print, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "<nil>" if value is None else str(value)
