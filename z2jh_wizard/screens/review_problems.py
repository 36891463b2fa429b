"""The pane of the review that lists what is to be mended, given or known."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.message import Message

from z2jh_wizard.flows.review import Grade, Point
from z2jh_wizard.screens import review_panes as panes
from z2jh_wizard.screens.review_panes import StatedPane
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

MORE = "more"
"""The key of the row that shows the notes."""


class ProblemsPane(StatedPane):
    """Points as rows, the gravest first; below them all that is known of the marked one."""

    class Marked(Message):
        """Another point is marked."""

    class Chosen(Message):
        """A point was chosen, to go to where it is settled."""

        def __init__(self, point: Point) -> None:
            self.point = point
            super().__init__()

    def __init__(self, name: str) -> None:
        self.table = VirtualTable(
            Column("how grave", 9), Column("what"), Column("where", 20), dom_id="points"
        )
        self._words = Plain("", dom_id="point-words")
        super().__init__(name, self.table, self._words)
        self._points: Sequence[Point] = ()
        self._rows: dict[str, Point] = {}
        self._notes = False

    @property
    def marked(self) -> Point | None:
        """The point under the cursor."""
        return self._rows.get(self.table.marked)

    @property
    def urgent(self) -> int:
        """How many points there are besides notes."""
        return sum(one.grade is not Grade.NOTE for one in self._points)

    def show(self, points: Sequence[Point]) -> None:
        """Show these points."""
        self._points = points
        self._rows = panes.point_rows(points, notes=self._notes)
        keys = [*self._rows, *([MORE] if len(self._rows) < len(points) else [])]
        self.table.show(keys, self._cells)
        self.table.display = bool(points)
        self.say("" if self.urgent else panes.NOTHING_WRONG)
        self._show_marked()

    def _cells(self, key: str) -> Cells:
        return panes.point_cells(self._rows.get(key), len(self._points) - len(self._rows))

    def _show_marked(self) -> None:
        self._words.show(panes.point_words(self.marked))
        self.post_message(self.Marked())

    @on(VirtualTable.Marked)
    def _moved(self, event: VirtualTable.Marked) -> None:
        event.stop()
        self._show_marked()

    @on(VirtualTable.Chosen)
    def _chosen(self, event: VirtualTable.Chosen) -> None:
        event.stop()
        if event.key == MORE:
            self._notes = True
            self.show(self._points)
        elif self.marked:
            self.post_message(self.Chosen(self.marked))
