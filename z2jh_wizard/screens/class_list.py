"""A class list on screen: a file or a pasted text, what is in it, and what letting them in changes."""

from __future__ import annotations

import asyncio

from textual import on
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widget import Widget

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.flows.sign_in_files import class_file
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.dialogs import AskChoice
from z2jh_wizard.screens.sign_in_tool import SignInScreen
from z2jh_wizard.values import class_list, roster
from z2jh_wizard.values.class_list import ClassList, Row
from z2jh_wizard.values.forms_sign_in import when_set_up
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.choice_list import Offer
from z2jh_wizard.widgets.controls import TextBlock
from z2jh_wizard.widgets.form_field import FormField
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

QUIET = 0.3
"""Seconds without a key after which the list is read."""

NOT_YET = "Type where the file is, or paste the list. Nothing is written before you let them in."
COLUMNS = (Column("name", weight=2), Column("what becomes of it", weight=3))


class ClassListScreen(SignInScreen):
    """Reads a class list and lets the people on it sign in."""

    NAME = "class-list"
    BINDINGS = screen_bindings("back", "next")
    SCROLLS = False
    ABOUT = (
        "Name a CSV file, as course platforms and spreadsheets write it, or paste one. The table shows what "
        "becomes of each name, and the lines that gave none. Let them in adds the names to the allowed "
        "users of the sign-in page; those there stay."
    )

    def __init__(self, desk: Desk, topic: str = "", field: str = "") -> None:
        super().__init__(desk, topic, field)
        self._typed = {"file": "", "pasted": ""}
        self._source = "file"
        self._is_read = True
        self._column = ""
        self._columns: tuple[str, ...] = ()
        self._list: ClassList | None = None
        self._quiet: Timer | None = None

    def why(self) -> str:
        """Say what it is good for."""
        return "A list from your course platform has no typing errors."

    def step_words(self) -> str:
        """Return what the page is about."""
        return "class list"

    def body(self) -> ComposeResult:
        """Make the questions, the table and what the list changes."""
        yield FormField("file", "File, such as ~/Downloads/students.csv", "")
        yield FormField(
            "pasted", "Or paste the list here", "", control=TextBlock("", dom_id="control-pasted")
        )
        yield Plain(NOT_YET, dom_id="list-summary")
        yield VirtualTable(*COLUMNS, dom_id="names")
        yield Plain("", dom_id="list-effect")

    def buttons(self) -> ComposeResult:
        """Let them in, choose another column, and Back."""
        yield ButtonRow(ActionButton("next", "Let them in"), ActionButton("column"), ActionButton("back"))

    def on_mount(self) -> None:
        """Nothing is read yet."""
        self._show(None, NOT_YET)

    def first_focus(self) -> Widget:
        """Begin with the file."""
        return self.query_one("#control-file")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a list is grey without one."""
        if (action == "next" and not self._has_new) or (action == "column" and len(self._columns) < 2):
            return None
        return super().check_action(action, parameters)

    @property
    def _has_new(self) -> bool:
        return self._list is not None and self._list.new > 0

    # ---- reading ----

    @on(FormField.Changed)
    def _changed(self, event: FormField.Changed) -> None:
        event.stop()
        if self._typed[event.name] == event.value:
            return
        self._typed[event.name], self._source, self._column = event.value, event.name, ""
        self._columns, self._is_read = (), False
        self._show(None, NOT_YET)
        if self._quiet:
            self._quiet.stop()
        if event.name == "pasted":
            self._quiet = self.set_timer(QUIET, self._read)

    @on(FormField.Left)
    def _left(self, event: FormField.Left) -> None:
        """Read a file when its name is complete: half a name is no mistake."""
        event.stop()
        if event.name == self._source == "file" and not self._is_read:
            self._read()

    def _read(self) -> None:
        if self._quiet:
            self._quiet.stop()
            self._quiet = None
        self._is_read = True
        self.run_worker(
            self._look(), name="reading the class list", group="list", exclusive=True, exit_on_error=False
        )

    async def _look(self) -> None:
        typed = self._typed[self._source]
        if not typed.strip():
            self._columns = ()
            self._show(None, NOT_YET)
            return
        try:
            data = await asyncio.to_thread(class_file, typed) if self._source == "file" else typed.encode()
            self._columns = await asyncio.to_thread(roster.headings, data)
            scene = when_set_up(self.scene)
            found = await asyncio.to_thread(class_list.read_class_list, data, scene, self._column)
        except WizardError as error:
            self._show(None, "\n".join(error.problem.lines()), is_wrong=True)
            return
        self._show(found, class_list.summary(found))

    # ---- showing ----

    def _show(self, found: ClassList | None, text: str, *, is_wrong: bool = False) -> None:
        self._list = found
        summary = self.query_one("#list-summary", Plain)
        summary.show(f"! {text}" if is_wrong else text)
        summary.set_class(is_wrong, "field-error")
        rows = {row.key: row for row in found.rows} if found else {}
        table = self.query_one(VirtualTable)
        table.display = bool(rows)
        table.show(list(rows), lambda key: _cells(rows[key]))
        table.styles.max_height = len(rows) + 1
        self.query_one("#list-effect", Plain).show("\n".join(found.effect) if found else "")
        self.query_one("#do-next").disabled = not self._has_new
        self.query_one("#do-column").disabled = len(self._columns) < 2
        self.refresh_bindings()

    # ---- actions ----

    def action_column(self) -> None:
        """Choose the column that has the user names."""
        chosen = self._list.found.column if self._list else ""
        offers = [Offer(one, one) for one in sorted(self._columns, key=lambda one: one != chosen) if one]
        ask = AskChoice("Which column has the user names?", ["The first line of the list says:"], offers)
        self.app.push_screen(ask, self._take_column)

    def _take_column(self, column: str | None) -> None:
        if column:
            self._column = column
            self._read()

    def action_next(self) -> None:
        """Put the names into the draft."""
        if self._list is None or not self._has_new:
            return
        if self.put(f"Class list, {self._list.new} new", [self._list.setting]):
            self.app.notify(f"{self._list.new} new names; Next on the sign-in page saves them.", markup=False)
            self.action_jump("sign-in.allowed")


def _cells(row: Row) -> Cells:
    return Cells((row.name, row.state), "" if row.good else "warning")
