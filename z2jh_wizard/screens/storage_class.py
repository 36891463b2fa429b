"""Kinds of students' disks: those that the wizard makes at the provider, and the cluster's own."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from z2jh_wizard.flows.preset_draft import would_write
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.clipboard import Copied
from z2jh_wizard.screens.tool_screen import ToolScreen
from z2jh_wizard.widgets.actions import bindings, screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.diff_lines import DiffLines
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

if TYPE_CHECKING:
    from z2jh_wizard.flows.storage_choice import StorageChoice

LOOKING = "Looking at the kinds of disks."
NOTHING = "Nothing changes: config.yaml says this already."
MADE_BY_US = "The wizard makes this class and labels it; the tear-down removes it when no disk uses it."

_DEFAULT = "(default)"
"""The key of the row that names no class; no class can have this name."""


class StorageClassScreen(ToolScreen):
    """Offers the kinds of disks; one is written into the draft, as one thing to undo."""

    NAME = "storage-class"
    HOME = "storage"
    SCROLLS = False
    CSS_PATH = style_sheet("storage_class")
    BINDINGS = screen_bindings("back", "next") + bindings("refresh")  # too long for a footer
    ABOUT = (
        "Each line is a kind of disk for students' files: the cluster's default, those that the wizard "
        "makes at your provider, and those that the cluster has. Use this takes the marked one into your "
        "answers, Undo takes that back. A disk that a student has already keeps its kind."
    )

    _choices: dict[str, StorageChoice] | None = None

    # ---- drawing ----

    def why(self) -> str:
        """Say why it matters."""
        return "The kind of disk decides how fast students' files are, and what they cost."

    def step_words(self) -> str:
        """Return what the page is about."""
        return "kinds of disks"

    def body(self) -> ComposeResult:
        """Make the list, what is known of the marked one, and what it would write."""
        yield Plain(LOOKING, dom_id="disks-note")
        columns = (
            Column("kind", 22), Column("now", 9), Column("GiB a month", 12), Column("what it is"),
        )  # fmt: skip
        yield VirtualTable(*columns, dom_id="disks")
        yield Plain("", dom_id="disk-about")
        yield Plain("What it would change in config.yaml", classes="pane-heading")
        with VerticalScroll(id="disk-lines", can_focus=False):
            yield DiffLines(dom_id="would-write")

    def buttons(self) -> ComposeResult:
        """Back, Undo and Use this."""
        yield ButtonRow(
            ActionButton("next", "Use this"),
            ActionButton("refresh", "Look again"),
            ActionButton("undo"),
            ActionButton("back"),
        )

    def first_focus(self) -> Widget:
        """Begin at the list."""
        return self.query_one("#disks")

    def on_mount(self) -> None:
        """Look at once."""
        self.action_refresh()

    # ---- looking ----

    def action_refresh(self) -> None:
        """Look which kinds there are; what was seen stays until then."""
        self.query_one("#disks-note", Plain).show(LOOKING)
        self.run_worker(
            self._look(), name="looking at kinds of disks", group="disks", exclusive=True, exit_on_error=False
        )

    async def _look(self) -> None:
        from z2jh_wizard.flows.storage_choice import OLD_STUDENTS

        offered = await self.desk.backend.disks(self.tour.project)
        first = self._choices is None
        self._choices = {one.storage_class or _DEFAULT: one for one in offered.choices}
        why_not = f"! The cluster's own are not shown: {offered.why_not_all}" if offered.why_not_all else ""
        self.query_one("#disks-note", Plain).show("\n".join(filter(None, (why_not, OLD_STUDENTS))))
        self._show(self._in_force if first else self.query_one(VirtualTable).marked)

    # ---- showing ----

    @property
    def _in_force(self) -> str:
        from z2jh_wizard.flows.storage_choice import named_class

        return named_class(self.form.now) or _DEFAULT

    @property
    def _marked(self) -> StorageChoice | None:
        return (self._choices or {}).get(self.query_one(VirtualTable).marked)

    def show_draft(self) -> None:
        """Show the kinds again, the same one marked."""
        if self._choices is not None:
            self._show(self.query_one(VirtualTable).marked)

    def _show(self, key: str) -> None:
        keys = list(self._choices or {})
        table, in_force = self.query_one(VirtualTable), self._in_force
        if in_force not in keys:
            keys.append(in_force)
        table.show(keys, lambda one: self._cells(one, in_force))
        table.mark(key)
        self._show_marked()

    def _cells(self, key: str, in_force: str) -> Cells:
        one = (self._choices or {}).get(key)
        now = "in force" if key == in_force else ""
        if one is None:
            return Cells((key, now, "not known", "Named in config.yaml; nothing is known of it."), "warning")
        return Cells((one.title, now, one.cost, one.about), "good" if now else "")

    @on(VirtualTable.Marked)
    def _show_marked(self) -> None:
        """Show all that is known of the marked one, and its lines."""
        from z2jh_wizard.flows.storage_choice import setting

        one = self._marked
        about, lines = self.query_one("#disk-about", Plain), self.query_one("#would-write", DiffLines)
        self.query_one("#do-next").disabled = one is None
        if one is None:
            about.show("")
            lines.show((), NOTHING if self._choices is not None else " ")
            return
        name = f"{one.about} Its class is {one.storage_class}." if one.storage_class else one.about
        made = [MADE_BY_US] if one.made_by_us else []
        about.show("\n".join([name, *made, one.cost_words(date.today())]))
        written, why_not = would_write(self.form, [setting(self.form.now, one)])
        lines.show(written, why_not or NOTHING)

    # ---- actions ----

    @on(VirtualTable.Chosen)
    def action_next(self) -> None:
        """Take the marked one into the draft."""
        from z2jh_wizard.flows.storage_choice import setting

        one = self._marked
        if one and self.put(f"Kind of disks: {one.title}", [setting(self.form.now, one)]):
            self.app.notify(f"{one.title} is in your answers now.", markup=False)
            self.action_back()

    def copied(self) -> Copied | None:
        """Copy the name of the marked class."""
        one = self._marked
        return Copied("the class", one.storage_class) if one and one.storage_class else super().copied()
