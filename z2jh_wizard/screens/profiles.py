"""The menu that students choose from: its entries as a list, what students see, what the file says."""

from __future__ import annotations

import json
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.flows.profile_draft import ProfileDraft
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.dialogs import Ask, AskChoice
from z2jh_wizard.screens.messages import Go, Trouble
from z2jh_wizard.screens.tool_screen import ToolScreen
from z2jh_wizard.values import profile_menu
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.profile_additions import added, additions
from z2jh_wizard.values.profile_menu import Menu, Place, Row
from z2jh_wizard.values.profile_view import student_lines, words
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.choice_list import Offer
from z2jh_wizard.widgets.diff_lines import DiffLines, WrittenLines
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

EMPTY: Final = "There is no menu: every student gets the same server. Add makes the first profile."

_ON_MARKED: Final = ("entry_edit", "entry_copy", "entry_remove", "entry_up", "entry_down", "entry_default")


def address(path: Path) -> str:
    """Return the path of an entry as a text that leads to it."""
    return json.dumps(path)


def path_in(text: str) -> Path:
    """Return the path that an address means; none for what is no address."""
    try:
        found = json.loads(text)
    except ValueError:
        return ()
    return tuple(found) if isinstance(found, list) else ()


class ProfilesScreen(ToolScreen):
    """Shows the menu; entries are added, edited, copied, moved and removed here."""

    NAME = "profiles"
    HOME = "environment"
    SCROLLS = False
    CSS_PATH = style_sheet("profiles")
    BINDINGS = screen_bindings("back", "next", "details")
    ABOUT = (
        "Each line is something that students choose, (*) what is taken when they do not. Enter edits the "
        "marked line. Below is the page that students see. Lists inside of a profile and their choices are "
        "shown in order of their short names, for Helm puts them so; what a choice changes wins over its "
        "profile, and that over what all students have. What the wizard does not know stays in "
        "the file as it is. F2 shows the lines of the file; Undo takes the last change back."
    )

    def __init__(self, desk: Desk, topic: str = "", field: str = "") -> None:
        super().__init__(desk, topic, field)
        self._draft = ProfileDraft(self.form)
        self._rows: dict[str, Row] = {}
        self._mistakes: dict[Path, str] = {}
        self._written = False

    # ---- drawing ----

    def why(self) -> str:
        """Say what it is good for."""
        return "Students can choose a size, an image or a GPU before their server starts."

    def step_words(self) -> str:
        """Return what the page is about."""
        return "profiles"

    def body(self) -> ComposeResult:
        """Make the list, what is to be known about the marked line, and what students see."""
        yield VirtualTable(
            Column("what students choose", weight=1), Column("what it changes", weight=1), dom_id="entries"
        )
        yield ButtonRow(ActionButton("entry_add"), *map(ActionButton, _ON_MARKED), flat=True)
        yield Plain("", dom_id="entry-note", limit=400)
        with Vertical(id="students"):
            yield Plain("What students see", classes="pane-heading")
            with VerticalScroll(can_focus=False):
                yield Plain("", dom_id="student-page", limit=20_000)

    def preview(self) -> Widget | None:
        """Show the file as the menu makes it, beside the list."""
        return Vertical(
            Plain("config.yaml with your answers", classes="pane-heading"),
            DiffLines(dom_id="preview-lines"),
            id="preview",
        )

    def buttons(self) -> ComposeResult:
        """Undo and Done."""
        yield ButtonRow(ActionButton("next", "Done"), ActionButton("undo"))

    def on_mount(self) -> None:
        """Show the menu, the line marked that one comes from."""
        self._show(path_in(self.wanted))

    def first_focus(self) -> Widget:
        """Begin at the list, or at Add when there is nothing yet."""
        return self.query_one("#entries" if self._rows else "#do-entry_add")

    def show_draft(self) -> None:
        """Show the menu again, the same entry marked."""
        self._show(self.marked.path if self.marked else ())

    def show_again(self) -> None:
        """Show the menu anew, for the file was changed by hand."""
        self.tour.form.refresh()
        self.show_draft()

    def place_in_file(self) -> tuple[str, int]:
        """Return the file with the menu, and the line of the marked entry."""
        return self._draft.place(self.marked.path if self.marked else ())

    def _show(self, path: Path = ()) -> None:
        """Show the menu as it is now, with the cursor on an entry."""
        self._draft = ProfileDraft(self.form)
        self._rows = {address(row.path): row for row in profile_menu.rows(self._draft.menu)}
        self._mistakes = {one.path: one.sentence for one in reversed(self._draft.mistakes(self._draft.menu))}
        table = self.query_one(VirtualTable)
        table.show(list(self._rows), self._cells)
        table.styles.max_height = max(2, len(self._rows) + 1)
        if path:
            table.mark(address(path))
        self.query_one("#student-page", Plain).show("\n".join(student_lines(self._draft.menu)))
        self.show_marked()

    def _cells(self, key: str) -> Cells:
        row = self._rows[key]
        mark = f"({'*' if row.chosen else ' '}) " if row.place in (Place.PROFILE, Place.CHOICE) else ""
        wrong = row.path in self._mistakes
        text = f"{'    ' * row.level}{'! ' if wrong else ''}{mark}{row.title}"
        return Cells((text, words(self._draft.menu, row.path)), "warning" if wrong else "")

    @property
    def marked(self) -> Row | None:
        """The entry under the cursor."""
        return self._rows.get(self.query_one(VirtualTable).marked)

    @on(VirtualTable.Marked)
    def show_marked(self) -> None:
        """Say what is wrong with the marked line, or what is kept of it, and show its lines."""
        row = self.marked
        note = self.query_one("#entry-note", Plain)
        note.show(self._note(row))
        note.set_class(note.text.startswith("! "), "field-error")
        for action in ("entry_add", *_ON_MARKED):
            self.query_one(f"#do-{action}").disabled = not self.check_action(action, ())
        self.refresh_bindings()
        if self.has_class("-preview"):
            height = max(1, self.query_one("#preview").size.height - 1)
            lines = self._draft.preview(self._draft.menu, row.path if row else (), height)
            self.query_one("#preview-lines", DiffLines).show(lines)
        if self._written:
            name, lines = self._draft.written(self._draft.menu, row.path if row else ())
            self.query_one("#written", WrittenLines).show(name, lines)

    def _note(self, row: Row | None) -> str:
        if row is None:
            return self._draft.note or EMPTY
        if row.path in self._mistakes:
            return f"! {self._mistakes[row.path]}"
        kept = self._draft.form(self._draft.menu).kept(row.path)
        if row.place is Place.UNKNOWN:
            return "This is written in a way that the wizard does not know; it stays as it is."
        return f"Kept as it is in the file: {', '.join(kept)}." if kept else self._draft.note

    def on_resize(self) -> None:
        """Fill the preview when there is room for it."""
        self.call_after_refresh(self.show_marked)

    # ---- what can be done ----

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what the marked line does not allow."""
        if action == "entry_add":
            return None if self._draft.closed else True
        if action in _ON_MARKED:
            return True if self._can(action, self.marked) else None
        return super().check_action(action, parameters)

    def _can(self, action: str, row: Row | None) -> bool:
        if row is None or self._draft.closed:
            return False
        if action in ("entry_up", "entry_down"):
            return profile_menu.can_move(self._draft.menu, row.path, -1 if action == "entry_up" else 1)
        if action == "entry_remove":
            return True
        if action == "entry_edit":
            return row.place is not Place.UNKNOWN
        is_one = row.place in (Place.PROFILE, Place.CHOICE)
        return is_one and not (action == "entry_default" and row.chosen)

    def _change(self, title: str, menu: Menu, path: Path) -> bool:
        """Take another menu into the draft; a refusal is shown, and tells False."""
        try:
            self._draft.put(title, menu)
        except WizardError as error:
            self.post_message(Trouble(error.problem))
            return False
        self._show(path)
        return True

    def action_entry_add(self) -> None:
        """Ask what to add, add it, and go on to edit it."""
        path = self.marked.path if self.marked else ()
        offers = [
            Offer(one.id, one.title, one.about) for one in additions(self._draft.menu, path, self.form.scene)
        ]

        def add(what: str | None) -> None:
            if what:
                menu, new = added(self._draft.menu, path, what)
                title = profile_menu.title_of(menu, new)
                if self._change(f"Add {title}", menu, new):
                    self._edit(new)

        self.app.push_screen(AskChoice("Add to the menu", ["What do students get?"], offers, yes="Add"), add)

    @on(VirtualTable.Chosen)
    def action_entry_edit(self) -> None:
        """Edit the marked entry."""
        if (row := self.marked) and self._can("entry_edit", row):
            self._edit(row.path)

    def _edit(self, path: Path) -> None:
        self.post_message(Go(f"profile-entry/{self.topic}", field=address(path)))

    def action_entry_copy(self) -> None:
        """Add a copy of the marked entry."""
        if row := self.marked:
            self._change(f"Copy {row.title}", *profile_menu.duplicated(self._draft.menu, row.path))

    def action_entry_remove(self) -> None:
        """Ask, then remove the marked entry."""
        row = self.marked
        if row is None:
            return

        def remove(answer: str | None) -> None:
            if answer and row:
                self._change(
                    f"Remove {row.title}", profile_menu.removed(self._draft.menu, row.path), row.path
                )

        inside = sum(one.path[: len(row.path)] == row.path for one in self._rows.values()) - 1
        lines = [row.title[:200], "Students can no longer choose it. Undo brings it back."]
        if inside:
            lines.append(f"The {inside} lines inside of it go too.")
        self.app.push_screen(Ask("Remove this from the menu?", lines, yes="Remove"), remove)

    def action_entry_up(self) -> None:
        """Show the marked profile further up."""
        self._move(-1)

    def action_entry_down(self) -> None:
        """Show the marked profile further down."""
        self._move(1)

    def _move(self, by: int) -> None:
        row = self.marked
        if row and profile_menu.can_move(self._draft.menu, row.path, by):
            self._change(f"Move {row.title}", *profile_menu.moved(self._draft.menu, row.path, by))

    def action_entry_default(self) -> None:
        """Let the marked entry be taken when students choose nothing."""
        if row := self.marked:
            menu = profile_menu.made_default(self._draft.menu, row.path)
            self._change(f"Default: {row.title}", menu, row.path)

    async def action_details(self) -> None:
        """Show or hide the lines of the marked entry."""
        if not self.query("#written"):
            await self.mount(WrittenLines(dom_id="written"), after=self.query_one("#middle"))
        self._written = not self._written
        self.query_one("#written").display = self._written
        self.show_marked()

    def action_next(self) -> None:
        """Go back to the page of settings, which saves."""
        self.action_back()
