"""The hub's settings as Python: what HelmForge's one text of code says for hub.config and hub.extraConfig.

Each block has a header with its name, so that the way back finds the blocks again.
"""

from __future__ import annotations

import ast
import keyword
import pprint
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

CONFIG_BLOCK = "hub.config"
"""The block of what stood in hub.config; it comes first, as the hub reads hub.config before any code."""

UNNAMED_BLOCK = "00-helmforge"

CLASS_LINE = re.compile(r"(?m)^\s*c\.JupyterHub\.authenticator_class\s*=")
"""What HelmForge looks for before it opens a hub to the world."""

OWN_HELPERS = re.compile(
    r"\b(?:z2jh|get_config|get_name|get_name_env|get_secret_value|set_config_if_not_none|camelCaseify)\b"
)
"""What code can use in the hub of Zero to JupyterHub only."""

_HEADER = re.compile(r"(?m)^# --- (?P<name>[^\n]+) ---\n")
_WIDTH = 100


class Setting(NamedTuple):
    """One trait of a class, with the comments above it."""

    section: str
    trait: str
    value: Any
    comments: tuple[str, ...] = ()


def is_trait(section: str, trait: str) -> bool:
    """Tell whether ``c.section.trait`` is Python."""
    return all(name.isidentifier() and not keyword.iskeyword(name) for name in (section, trait))


def setting_lines(settings: Sequence[Setting]) -> str:
    """Write traits as lines of Python."""
    lines: list[str] = []
    for section, trait, value, comments in settings:
        text = repr(value)
        if len(text) > _WIDTH:
            text = pprint.pformat(value, width=_WIDTH, sort_dicts=False)
        lines += [*comments, f"c.{section}.{trait} = {text}"]
    return "".join(f"{line}\n" for line in lines)


def join_blocks(blocks: Mapping[str, str]) -> str:
    """Return blocks as one text, each below its name, hub.config first and the others in order of names."""
    names = sorted(blocks, key=lambda name: (name != CONFIG_BLOCK, name))
    return "".join(f"# --- {name} ---\n{_ended(blocks[name])}" for name in names)


def split_blocks(code: str) -> dict[str, str]:
    """Return the blocks of a text by name; one block when it was not put together by ``join_blocks``."""
    headers = list(_HEADER.finditer(code))
    names = [header["name"] for header in headers]
    ordered = sorted(set(names), key=lambda name: (name != CONFIG_BLOCK, name))
    if not headers or headers[0].start() or names != ordered:
        return {UNNAMED_BLOCK: code} if code.strip() else {}
    ends = [*(header.start() for header in headers[1:]), len(code)]
    return {header["name"]: code[header.end() : end] for header, end in zip(headers, ends, strict=True)}


def _ended(code: str) -> str:
    return code if code.endswith("\n") or not code else f"{code}\n"


def read_settings(code: str) -> list[Setting] | None:
    """Return the traits that a text of Python sets, None when it does anything else or sets one twice."""
    try:
        body = ast.parse(code).body
        settings = [_setting(statement) for statement in body]
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    lines = code.splitlines()
    above = 0
    commented = []
    for statement, setting in zip(body, settings, strict=True):
        comments = (line.strip() for line in lines[above : statement.lineno - 1])
        commented.append(setting._replace(comments=tuple(line for line in comments if line)))
        above = statement.end_lineno or statement.lineno
    distinct = {(setting.section, setting.trait) for setting in settings}
    return commented if len(distinct) == len(settings) else None


def _setting(statement: ast.stmt) -> Setting:
    """Return the trait that a statement sets to a literal; ValueError for any other statement."""
    match statement:
        case ast.Assign(
            targets=[ast.Attribute(value=ast.Attribute(value=ast.Name(id="c"), attr=section), attr=trait)],
            value=value,
        ):
            return Setting(section, trait, ast.literal_eval(value))
    raise ValueError("no setting")
