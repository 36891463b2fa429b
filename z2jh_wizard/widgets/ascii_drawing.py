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
    """Tell whether the locale is one of UTF-8; ``encoding`` is what Python takes.

    In the C locale Python takes UTF-8 all the same (its UTF-8 mode, PEP 540) and may set LC_CTYPE to it
    (PEP 538): then the variables say what was meant, and where nobody set one, Python's choice stands.
    """
    named = ""
    if utf8_mode:
        is_c = environ.get("LANG") in ("C", "POSIX")
        names = ("LC_ALL", "LANG") if is_c else ("LC_ALL", "LC_CTYPE", "LANG")
        named = next((environ[name] for name in names if environ.get(name)), "")
    return "utf8" in (named or encoding).lower().replace("-", "")


def draw_ascii() -> None:
    """Draw scroll bars without block characters; Textual keeps their renderer on the class."""
    ScrollBar.renderer = PlainScrollBar
