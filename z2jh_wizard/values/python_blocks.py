"""Python for the hub as people edit it: named blocks in one text, each below a line with its name."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping

ONLY_BLOCK = "my-config"
"""The name of code that has none yet."""

_HEADER = re.compile(r"(?m)^# --- (?P<name>[^\n]+) ---\n")


def blocks_in(text: str) -> dict[str, str]:
    """Return the blocks of a text by name; what stands above the first header gets a name of its own."""
    headers = list(_HEADER.finditer(text))
    head = text[: headers[0].start()] if headers else text
    blocks = {ONLY_BLOCK: head} if head.strip() else {}
    for at, header in enumerate(headers, 1):
        end = headers[at].start() if at < len(headers) else len(text)
        blocks[header["name"]] = blocks.get(header["name"], "") + text[header.end() : end]
    return blocks


def blocks_text(blocks: Mapping[str, str]) -> str:
    """Return blocks as one text that ``blocks_in`` reads back, when each of them ends with a line end."""
    return "".join(f"# --- {name} ---\n{code}" for name, code in blocks.items())


def why_no_python(code: str) -> str:
    """Return where a text is no Python and why; nothing when it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as error:
        return f"line {error.lineno}, {error.msg}" if error.lineno else str(error.msg)
    except (ValueError, MemoryError, RecursionError):
        return "it cannot be read"
    return ""
