"""Paths of settings such as ``singleuser.memory.limit`` or ``singleuser.profileList[0].display_name``."""

from __future__ import annotations

import re

from z2jh_wizard.core.errors import InvalidInput

Path = tuple[str | int, ...]
"""The way from the top of a tree to a setting: names of keys, and numbers (from 0) for items of lists."""

_PART = re.compile(r"(?P<name>(?:[^.\[\]\\]|\\.)+)|\[(?P<index>[0-9]{1,6})\]", re.DOTALL)
_SPECIAL = re.compile(r"([.\[\]\\])")


def parse_path(text: str) -> Path:
    r"""Read a dotted path; ``\.``, ``\[``, ``\]`` and ``\\`` are plain characters of a name.

    Raises InvalidInput for an empty name, a list index that is no number, or a stray bracket.
    """
    parts: list[str | int] = []
    at = 0
    while at < len(text) or not parts:
        dot = bool(parts) and text[at] == "."
        match = _PART.match(text, at + dot)
        if not match or (match["name"] is not None) is not (dot or (not parts and text[:1] != "[")):
            raise InvalidInput(
                f"{text!r} is no path of a setting",
                f"It cannot be read from character {at + 1} on.",
                next_step=r"Write it like hub.config.Class or profileList[0].slug; a dot in a name as \.",
            )
        name = match["name"]
        parts.append(int(match["index"]) if name is None else re.sub(r"\\(.)", r"\1", name, flags=re.DOTALL))
        at = match.end()
    return tuple(parts)


def format_path(path: Path) -> str:
    """Write a path so that ``parse_path`` reads the same one."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + _SPECIAL.sub(r"\\\1", part)
    return text
