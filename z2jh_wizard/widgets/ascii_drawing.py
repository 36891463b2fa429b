"""Drawing for terminals that know nothing but ASCII."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.scrollbar import ScrollBar, ScrollBarRender


class PlainScrollBar(ScrollBarRender):
    """Scroll bars of spaces in two colours."""

    VERTICAL_BARS: ClassVar = [" "] * 8
    HORIZONTAL_BARS: ClassVar = [" "] * 8


def knows_utf8(environ: Mapping[str, str], encoding: str, *, utf8_mode: bool) -> bool:
    """Tell whether the locale is one of UTF-8; where none is set, Python's ``encoding`` decides.

    In the C locale Python takes UTF-8 all the same (PEP 540), and says so in LC_CTYPE (PEP 538).
    """
    given = [environ.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG")]
    if utf8_mode and given[2] in ("C", "POSIX"):
        given[1] = ""  # Python's own, for one of the user's would need no such mode
    named = next((one for one in given if one), encoding)
    return "utf8" in named.lower().replace("-", "")


def draw_ascii() -> None:
    """Draw scroll bars without block characters; Textual keeps their renderer on the class."""
    ScrollBar.renderer = PlainScrollBar
