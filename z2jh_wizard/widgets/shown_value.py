"""A value that somebody reads off the screen and types elsewhere: it stands out, and F7 copies it."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from z2jh_wizard.core.redaction import plain


class ShownValue(Widget, can_focus=True):
    """One value in large; ``what`` is its name for whoever copies it."""

    def __init__(self, what: str, *, dom_id: str) -> None:
        super().__init__(id=dom_id)
        self.what = what
        self.value = ""

    def show(self, value: str) -> None:
        """Show a value."""
        self.value = plain(value, 300)
        self.refresh(layout=True)

    def render(self) -> Content:
        """Draw it as it is, wrapped where it is long."""
        return Content(self.value)
