"""What a person typed as the value of a setting, understood as Helm would understand it in a file."""

from __future__ import annotations

import textwrap
from typing import Any

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.reading import Unreadable, parse

_NULLS = frozenset({"null", "Null", "NULL", "~"})


def typed_value(text: str, *, block: bool = False) -> Any:
    """Return what a text means as a YAML value: a word, a number, or a list or map in flow form.

    ``block`` takes YAML of several lines. What YAML would drop as a comment, such as ``#ff0000``, is text,
    and so is nothing at all. InvalidInput for what is no YAML.
    """
    several = block or len(text.splitlines()) > 1
    lines = "\n" + textwrap.indent(text.removeprefix("---\n"), "  ") if several else " " + text
    try:
        tree = parse(f"value:{lines}\n".encode()).tree
    except (Unreadable, UnicodeEncodeError) as error:
        reason = error.reason if isinstance(error, Unreadable) else "it is no Unicode text"
        raise InvalidInput(
            "This value cannot be read",
            f"It is no YAML: {reason}.",
            next_step="A text with a colon, a quote or a bracket needs quotes around it: '\"like: this\"'",
        ) from None
    if tree.keys() != {"value"}:
        raise InvalidInput("This value cannot be read", "It is more than one value.")
    value = tree["value"]
    if value is None and text.strip() not in _NULLS:
        return text.rstrip("\n")
    return value
