"""A text that wraps, and scrolls when it is long."""

from __future__ import annotations

from textual.containers import VerticalScroll

from z2jh_wizard.widgets.plain import Plain

LIMIT = 200_000
"""Characters that are shown."""


class TextPane(VerticalScroll, can_focus=True):
    """Shows one text as it is; keys scroll it."""

    def __init__(self, *, dom_id: str) -> None:
        self._text = Plain("", limit=LIMIT)
        super().__init__(self._text, id=dom_id, classes="text-pane")

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text.text

    def show(self, text: str) -> None:
        """Show another text, from its first line."""
        if text != self._text.text:
            self._text.show(text)
            self.scroll_home(animate=False)
