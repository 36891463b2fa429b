"""The first line of every screen: program, hub and provider, step, and PRACTICE where nothing is real."""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal

from z2jh_wizard.widgets.plain import Plain, fit

PROGRAM = "z2jh wizard"


class TitleBar(Horizontal):
    """``z2jh wizard | bio101 on practice | step 3 of 9 hub``, with a mark on practice projects.

    Where that is too long the program's name is left out first, then the end is cut and marked with ``~``.
    """

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._text = Plain(PROGRAM, dom_id="title-text", limit=200)

    def compose(self) -> ComposeResult:
        """Make the two ends of the line."""
        yield self._text
        yield Plain("PRACTICE", dom_id="title-practice")

    def show(self, *parts: str, practice: bool) -> None:
        """Show what is given, empty parts left out."""
        self._parts = [part for part in parts if part]
        self.query_one("#title-practice").display = practice
        self._fit()
        self.call_after_refresh(self._fit)

    def on_resize(self) -> None:
        """Show as much as there is room for now."""
        if self._parts:
            self._fit()

    def _fit(self) -> None:
        room = self._text.content_size.width or self.app.size.width
        whole, short = (" | ".join(parts) for parts in ([PROGRAM, *self._parts], self._parts))
        self._text.show(whole if cell_len(whole) <= room or not short else fit(short, room))


class TooSmall(Plain):
    """Covers the screen when it is smaller than 60x18."""

    def __init__(self) -> None:
        super().__init__(
            "Please enlarge this window.\n\nThe wizard needs 60 columns and 18 lines.\n\nNothing is lost."
        )
