"""A line to type in: no blinking cursor, which would repaint an idle screen, and no selecting by arriving."""

from __future__ import annotations

from textual.widgets import Input


class TextLine(Input):
    """An Input of one row whose cursor stands still."""

    def __init__(self, value: str = "", *, placeholder: str = "", dom_id: str | None = None) -> None:
        super().__init__(value, placeholder=placeholder, id=dom_id, compact=True, select_on_focus=False)
        self.cursor_blink = False
