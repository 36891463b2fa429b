"""The first line of every screen: program, hub and provider, step, and PRACTICE where nothing is real."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from z2jh_wizard.widgets.plain import Plain

PROGRAM = "z2jh wizard"


class TitleBar(Horizontal):
    """``z2jh wizard | bio101 on practice | step 3 of 9 hub``, with a mark on practice projects."""

    def compose(self) -> ComposeResult:
        """Make the two ends of the line."""
        yield Plain(PROGRAM, dom_id="title-text", limit=200)
        yield Plain("PRACTICE", dom_id="title-practice")

    def show(self, *parts: str, practice: bool) -> None:
        """Show what is given, empty parts left out."""
        self.query_one("#title-text", Plain).show(" | ".join([PROGRAM, *(part for part in parts if part)]))
        self.query_one("#title-practice").display = practice


class TooSmall(Plain):
    """Covers the screen when it is smaller than 60x18."""

    def __init__(self) -> None:
        super().__init__(
            "Please enlarge this window.\n\nThe wizard needs 60 columns and 18 lines.\n\nNothing is lost."
        )
