"""Text as it is: no markup is read in it and no control code survives."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from textual.widgets import Static

from z2jh_wizard.core.redaction import plain


def fit(line: str, width: int) -> str:
    """Cut a line to the cells there are, with a mark where something is missing."""
    return line if cell_len(line) <= width else set_cell_size(line, max(0, width - 1)) + "~"


class Plain(Static):
    """A block of text that may come from outside; ``limit`` is the most characters that are shown."""

    def __init__(
        self, text: str = "", *, dom_id: str | None = None, classes: str = "", limit: int = 4000
    ) -> None:
        self._limit = limit
        self.text = plain(text, limit)
        super().__init__(self.text, id=dom_id, classes=classes, markup=False)

    def show(self, text: str) -> None:
        """Show another text; the same text costs nothing."""
        text = plain(text, self._limit)
        if text != self.text:
            self.text = text
            self.update(text)
