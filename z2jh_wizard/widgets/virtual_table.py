"""A table that draws only the rows one can see: 20,000 rows cost no more than 20."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from z2jh_wizard.core.redaction import plain
from z2jh_wizard.widgets.actions import bindings

CELL_LIMIT = 500
"""Characters of a cell that are looked at; no terminal is wider."""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and its width in cells; ``width`` 0 shares what is left, by ``weight``."""

    title: str
    width: int = 0
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Cells:
    """The texts of one row; ``tone`` names its colour: good, warning, bad, dim or nothing."""

    texts: Sequence[str]
    tone: str = ""


CellsOf = Callable[[str], Cells]


class VirtualTable(ScrollView, can_focus=True):
    """Rows by key; the cursor stays on its key when rows come and go."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--heading", "table--cursor", "table--blurred",
        "table--good", "table--warning", "table--bad", "table--dim",
    }  # fmt: skip
    BINDINGS = bindings("row_up", "row_down", "rows_up", "rows_down", "first_row", "last_row", "choose_row")

    class Chosen(Message):
        """Somebody pressed Enter or clicked on a row that was marked already."""

        def __init__(self, table: VirtualTable, key: str) -> None:
            self.table = table
            self.key = key
            super().__init__()

        @property
        def control(self) -> VirtualTable:
            """The table it is about."""
            return self.table

    class Marked(Message, bubble=True):
        """The cursor moved to another row."""

        def __init__(self, table: VirtualTable, key: str) -> None:
            self.table = table
            self.key = key
            super().__init__()

        @property
        def control(self) -> VirtualTable:
            """The table it is about."""
            return self.table

    def __init__(self, *columns: Column, dom_id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=dom_id, classes=classes)
        self.columns = columns
        self._keys: Sequence[str] = ()
        self._cells_of: CellsOf = lambda _key: Cells(())
        self._cursor = 0

    @property
    def marked(self) -> str:
        """Return the key under the cursor, empty when there are no rows."""
        return self._keys[self._cursor] if self._keys else ""

    @property
    def row_count(self) -> int:
        """Return how many rows there are."""
        return len(self._keys)

    def show(self, keys: Sequence[str], cells_of: CellsOf) -> None:
        """Show these rows; ``cells_of`` is asked only for the visible ones.

        A cursor that nobody moved from the top stays there, so that new rows above it are seen.
        """
        before = self.marked
        follows_top = self._cursor == 0 and not self.has_focus
        self._keys, self._cells_of = keys, cells_of
        if before and not follows_top and (self._cursor >= len(keys) or keys[self._cursor] != before):
            self._cursor = keys.index(before) if before in keys else min(self._cursor, max(0, len(keys) - 1))
        self.virtual_size = Size(0, len(keys) + 1)
        self.refresh()
        if self.marked != before:
            self._scroll_to_cursor()
            self.post_message(self.Marked(self, self.marked))

    def mark(self, key: str) -> None:
        """Put the cursor on a row if it is there."""
        if key in self._keys:
            self._move_to(self._keys.index(key))

    @property
    def marked_texts(self) -> list[str]:
        """Return the cells of the row under the cursor."""
        return [plain(text) for text in self._cells_of(self.marked).texts] if self._keys else []

    def text(self) -> str:
        """Return all rows as text, columns apart by tabs."""
        return "\n".join("\t".join(plain(text) for text in self._cells_of(key).texts) for key in self._keys)

    def render_line(self, y: int) -> Strip:
        """Draw one line; the first is the heading."""
        width = self.size.width
        if y == 0:
            # Without rows there is no cursor, and the focus must still be seen.
            marks_focus = self.has_focus and not self._keys
            heading = self.rich_style + self._style("table--cursor" if marks_focus else "table--heading")
            return self._strip([column.title for column in self.columns], heading, width)
        index = self.scroll_offset.y + y - 1
        if index >= len(self._keys):
            return Strip.blank(width, self.rich_style)
        cells = self._cells_of(self._keys[index])
        style = self.rich_style + self._style(f"table--{cells.tone}") if cells.tone else self.rich_style
        if index == self._cursor:
            style += self._style("table--cursor" if self.has_focus else "table--blurred")
        return self._strip(cells.texts, style, width)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)

    def _strip(self, texts: Sequence[str], style: Style, width: int) -> Strip:
        parts = []
        for text, room in zip(texts, self.widths(width), strict=False):
            line = plain(text, CELL_LIMIT).replace("\n", " ")
            if cell_len(line) > room:
                line = set_cell_size(line, max(0, room - 1)) + "~"
            parts.append(set_cell_size(line, room) + " ")
        return Strip([Segment(set_cell_size("".join(parts), width), style)], width)

    def widths(self, width: int) -> list[int]:
        """Return the width of each column on a table this wide, one cell between them."""
        fixed = sum(column.width for column in self.columns)
        weights = sum(column.weight for column in self.columns if not column.width) or 1
        left = max(0, width - fixed - len(self.columns))
        return [column.width or left * column.weight // weights for column in self.columns]

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self._move_to(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        self._move_to(self._cursor + by * max(1, self._visible_rows - 1))

    def action_edge(self, end: int) -> None:
        """Move the cursor to the first or the last row."""
        self._move_to(0 if end < 0 else len(self._keys) - 1)

    def action_choose(self) -> None:
        """Tell that the marked row is chosen."""
        if self.marked:
            self.post_message(self.Chosen(self, self.marked))

    def on_click(self, event: events.Click) -> None:
        """Mark the row, and choose it if it was marked already."""
        index = self.scroll_offset.y + event.y - 1
        if event.y and index < len(self._keys):
            if index == self._cursor:
                self.action_choose()
            self._move_to(index)

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._scroll_to_cursor()

    def on_focus(self) -> None:
        """Draw the cursor as focused."""
        self.refresh()
        self._place_terminal_cursor()

    def on_blur(self) -> None:
        """Draw the cursor as blurred."""
        self.refresh()

    def _move_to(self, index: int) -> None:
        index = max(0, min(index, len(self._keys) - 1))
        if self._keys and index != self._cursor:
            self._cursor = index
            self._scroll_to_cursor()
            self.refresh()
            self._place_terminal_cursor()
            self.post_message(self.Marked(self, self.marked))

    def _place_terminal_cursor(self) -> None:
        """Put the terminal's own cursor on the marked row, where screen readers look."""
        line = self._cursor - self.scroll_offset.y + 1
        self.app.cursor_position = self.content_region.offset + Offset(0, line)

    @property
    def _visible_rows(self) -> int:
        return max(1, self.size.height - 1)

    def _scroll_to_cursor(self) -> None:
        top = self.scroll_offset.y
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False, force=True)
        elif self._cursor >= top + self._visible_rows:
            self.scroll_to(y=self._cursor - self._visible_rows + 1, animate=False, force=True)

    def refresh_row(self, key: str) -> None:
        """Draw one row again, when it can be seen."""
        if key in self._keys:
            line = self._keys.index(key) - self.scroll_offset.y + 1
            if 0 < line < self.size.height:
                self.refresh(Region(0, line, self.size.width, 1))
