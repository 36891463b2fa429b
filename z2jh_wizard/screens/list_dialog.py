"""A dialog with a list to search in; what is known about the marked row stands below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from z2jh_wizard.screens.base import Dialog
from z2jh_wizard.screens.clipboard import Copied, copy
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.text_line import TextLine
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable


@dataclass(frozen=True, slots=True)
class Item:
    """One row: its key, its cells, what is said about it, and what F7 copies of it."""

    key: str
    cells: tuple[str, ...]
    about: str = ""
    copied: Copied | None = None


class ListDialog(Dialog):
    """Shows items; ``search`` is the word on an empty line to search with, none for a short list."""

    BINDINGS = screen_bindings("back", "copy")
    FIRST = "items"
    LARGE = True
    COLUMNS: Sequence[Column] = ()

    def __init__(
        self, title: str, items: Sequence[Item], *, yes: str = "", search: str = "", marked: str = ""
    ) -> None:
        super().__init__(title, no="Close", yes=yes)
        self._items = {item.key: item for item in items}
        self._search = search
        self._marked = marked

    def body(self) -> ComposeResult:
        """Make the line to search with, the list and what is below it."""
        if self._search:
            yield TextLine(placeholder=self._search, dom_id="search")
        yield VirtualTable(*self.COLUMNS, dom_id="items")
        yield self.details()

    def details(self) -> Widget:
        """Make what stands below the list."""
        return VerticalScroll(Plain("", dom_id="details"), id="details-box")

    def on_mount(self) -> None:
        """Fill the list."""
        self.show_items(tuple(self._items.values()))
        table = self.query_one("#items", VirtualTable)
        table.mark(self._marked)
        self.show_details()

    def found(self, words: str) -> Sequence[Item]:
        """Return the items that a search finds."""
        wanted = words.lower().split()
        return [
            item
            for item in self._items.values()
            if all(word in f"{' '.join(item.cells)} {item.about}".lower() for word in wanted)
        ]

    def show_items(self, items: Sequence[Item]) -> None:
        """Show these items."""
        keys = [item.key for item in items]
        self.query_one("#items", VirtualTable).show(keys, lambda key: Cells(self._items[key].cells))

    @property
    def marked(self) -> Item | None:
        """The item under the cursor."""
        return self._items.get(self.query_one("#items", VirtualTable).marked)

    def show_details(self) -> None:
        """Show what is known about the marked item."""
        item = self.marked
        self.query_one("#details", Plain).show(item.about if item else "Nothing was found.")

    @on(VirtualTable.Marked)
    def _another_row(self, event: VirtualTable.Marked) -> None:
        event.stop()
        self.show_details()

    @on(VirtualTable.Chosen)
    def _chosen(self, event: VirtualTable.Chosen) -> None:
        event.stop()
        self.choose()

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.show_items(self.found(event.value))
        self.show_details()

    @on(Input.Submitted, "#search")
    def _searched(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one("#items").focus()

    def choose(self) -> None:
        """Do what Enter on a row does: copy it."""
        self.action_copy()

    def action_copy(self) -> None:
        """Copy what belongs to the marked item."""
        item = self.marked
        copy(self.app, item.copied if item and item.copied else Copied("nothing is marked", ""))
