"""A question that one answers by typing, or by choosing from a list that what is typed makes shorter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from z2jh_wizard.flows.cloud_choices import Row, found
from z2jh_wizard.widgets.form_field import FormField, dom_name
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.text_line import TextLine
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

Kind = Literal["looking", "known", "empty", "stale", "failed"]
"""What is known of a list: it is asked for, it is there, it has nothing, it is old, it cannot be had."""

MARKS: dict[Kind, str] = {"looking": "...", "known": "", "empty": "-", "stale": "~", "failed": "!"}


class PickList(Vertical):
    """The question, a line on the list and the list; the answer is what stands in the line to type in."""

    class Changed(Message):
        """There is another answer, typed or chosen."""

        def __init__(self, name: str, value: str) -> None:
            self.name = name
            self.value = value
            super().__init__()

    class Picked(Message):
        """Enter was pressed on a row: go on."""

        def __init__(self, name: str) -> None:
            self.name = name
            super().__init__()

    def __init__(self, name: str, label: str, help_text: str, value: str, *columns: Column) -> None:
        super().__init__(id=f"pick-{dom_name(name)}", classes="pick")
        self.line = TextLine(value, dom_id=f"control-{dom_name(name)}")
        self.form_field = FormField(name, label, help_text, value, control=self.line)
        self._field = name
        self._state = Plain("", dom_id=f"state-{dom_name(name)}", classes="pane-state")
        self.table = VirtualTable(Column("", 1), *columns, dom_id=f"rows-{dom_name(name)}")
        self.table.display = self._state.display = False
        self._rows: Sequence[Row] = ()
        self._shown: dict[str, Row] = {}
        self._query = ""

    def compose(self) -> ComposeResult:
        """Give the three parts."""
        yield self.form_field
        yield self._state
        yield self.table

    @property
    def value(self) -> str:
        """The answer."""
        return self.line.value

    @property
    def rows(self) -> Sequence[Row]:
        """All that can be chosen, found or not."""
        return self._rows

    def answer(self, value: str) -> None:
        """Put an answer into the line and tell about it; the list stays as it is."""
        if value != self.line.value:
            with self.prevent(Input.Changed):
                self.line.value = value
            self.post_message(self.Changed(self._field, value))
        self.table.refresh()

    def show_state(self, kind: Kind, text: str) -> None:
        """Say what is known of the list, or nothing."""
        self._state.show(f"{MARKS[kind]} {text}".strip())
        self._state.display = bool(text)
        self._state.set_class(kind == "failed", "-failed")

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show what can be chosen."""
        self._rows = rows
        self._show_found()
        self.table.mark(self.line.value)

    def _show_found(self) -> None:
        rows = found(self._rows, self._query)
        self._shown = {row.key: row for row in rows}
        self.table.display = bool(self._rows)
        self.set_class(bool(self._rows), "-listed")
        self.table.show(list(self._shown), self._cells)

    def _cells(self, key: str) -> Cells:
        row = self._shown[key]
        return Cells(("*" if key == self.line.value else "", *row.texts), row.tone)

    @on(FormField.Changed)
    def _typed(self, event: FormField.Changed) -> None:
        event.stop()
        # A name that is typed whole is an answer: its neighbours stay in sight.
        self._query = "" if any(row.key == event.value for row in self._rows) else event.value
        self._show_found()
        self.table.mark(event.value)
        self.post_message(self.Changed(self._field, event.value))

    @on(FormField.Entered)
    def _entered(self, event: FormField.Entered) -> None:
        """Go from half a word to what it found, and take it if that is the only one."""
        if self.line.value in self._shown or not self._shown:
            return
        event.stop()
        if len(self._shown) == 1:
            self.answer(next(iter(self._shown)))
        self.table.focus()

    @on(VirtualTable.Marked)
    def _marked(self, event: VirtualTable.Marked) -> None:
        event.stop()
        if self.table.has_focus and event.key in self._shown:
            self.answer(event.key)

    @on(VirtualTable.Chosen)
    def _chosen(self, event: VirtualTable.Chosen) -> None:
        event.stop()
        self.answer(event.key)
        self.post_message(self.Picked(self._field))
