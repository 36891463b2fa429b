"""Drawing for terminals that know nothing but ASCII."""

from __future__ import annotations

from typing import ClassVar

from textual.scrollbar import ScrollBar, ScrollBarRender


class PlainScrollBar(ScrollBarRender):
    """Scroll bars of spaces in two colours."""

    VERTICAL_BARS: ClassVar = [" "] * 8
    HORIZONTAL_BARS: ClassVar = [" "] * 8


def draw_ascii() -> None:
    """Draw scroll bars without block characters; Textual keeps their renderer on the class."""
    ScrollBar.renderer = PlainScrollBar
