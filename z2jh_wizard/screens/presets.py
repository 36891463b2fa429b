"""Presets of a page of settings: which is in force, and the lines that each would write."""

from __future__ import annotations

from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from z2jh_wizard.flows.preset_draft import would_write
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.dialogs import Ask, AskText
from z2jh_wizard.screens.tool_screen import ToolScreen
from z2jh_wizard.values.paths import format_path
from z2jh_wizard.values.presets import GROUPS, Preset, group_of
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.diff_lines import DiffLines
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

IN_FORCE: Final = "in force"
NOTHING: Final = "Nothing changes: the file says this already."


class PresetsScreen(ToolScreen):
    """Offers the presets of a page; one is written into the draft, as one thing to undo."""

    NAME = "presets"
    HOME = GROUPS[0].topic
    SCROLLS = False
    CSS_PATH = style_sheet("presets")
    BINDINGS = screen_bindings("back", "next")
    ABOUT = (
        "A preset is several settings that belong together. Up and down mark one; below stand the lines "
        "of config.yaml that it would change. Use this takes the marked one into your answers, and "
        "Undo takes it back. Nothing is saved before Next on the page of settings."
    )

    def __init__(self, desk: Desk, topic: str = "", _field: str = "") -> None:
        super().__init__(desk, topic)
        self._group = group_of(self.topic) or GROUPS[0]
        scene = self.form.scene
        self._offered = {one.id: one for one in self._group.offered(scene.version, scene.family)}
        self._asked = self._group.asked if self._offered else None

    # ---- drawing ----

    def why(self) -> str:
        """Say why it matters."""
        return self._group.why

    def step_words(self) -> str:
        """Return what the page is about."""
        return "presets"

    def body(self) -> ComposeResult:
        """Make the list, and what the marked one would write."""
        yield VirtualTable(Column("preset", 18), Column("now", 9), Column("for"), dom_id="presets")
        yield Plain("", dom_id="preset-when")
        yield Plain("What it would change in config.yaml", classes="pane-heading")
        with VerticalScroll(id="preset-lines", can_focus=False):
            yield DiffLines(dom_id="would-write")

    def buttons(self) -> ComposeResult:
        """Back, Undo and Use this."""
        yield ButtonRow(ActionButton("next", "Use this"), ActionButton("undo"), ActionButton("back"))

    def on_mount(self) -> None:
        """Show the presets, the one in force marked."""
        chosen = self._chosen
        self._show(chosen.id if chosen else "")

    def first_focus(self) -> Widget:
        """Begin at the list."""
        return self.query_one("#presets")

    @property
    def _chosen(self) -> Preset | None:
        return self._group.chosen(self.form.now.main.document)

    @property
    def _marked(self) -> Preset | None:
        return self._offered.get(self.query_one(VirtualTable).marked)

    def show_draft(self) -> None:
        """Show the presets again, the same one marked."""
        self._show(self.query_one(VirtualTable).marked)

    def _show(self, key: str = "") -> None:
        table = self.query_one(VirtualTable)
        keys = [*self._offered, *([self._asked.id] if self._asked else [])]
        table.show(keys, self._cells)
        table.styles.max_height = len(keys) + 1
        table.mark(key)
        self.show_marked()

    def _cells(self, key: str) -> Cells:
        if self._asked and key == self._asked.id:
            return Cells((self._asked.title, "", self._asked.when))
        one = self._offered[key]
        is_chosen = self._chosen is one
        return Cells((one.title, IN_FORCE if is_chosen else "", one.when), "good" if is_chosen else "")

    @on(VirtualTable.Marked)
    def show_marked(self) -> None:
        """Show when to take the marked one, and its lines."""
        one = self._marked
        if one is None:
            when = self._asked.when if self._asked else "This chart takes none of them."
            self.query_one("#preset-when", Plain).show(when)
            self.query_one("#would-write", DiffLines).show((), "Use this asks first." if self._asked else " ")
            return
        self.query_one("#preset-when", Plain).show(one.when)
        lines, why_not = would_write(self.form, one.settings)
        self.query_one("#would-write", DiffLines).show(lines, why_not or NOTHING)

    # ---- actions ----

    @on(VirtualTable.Chosen)
    def action_next(self) -> None:
        """Take the marked one, after its question if it has one."""
        if one := self._marked:
            self._take(one)
        else:
            self._ask()

    def _take(self, one: Preset) -> None:
        """Take a preset; ask when it would write over what somebody wrote by hand."""
        by_hand = self._group.by_hand(self.form.now.main.document, one)
        if not by_hand:
            self._use(one)
            return
        lines = [
            f"{', '.join(map(format_path, by_hand))} in your config.yaml has other contents, which "
            f"{one.title} would replace. Undo brings them back; the numbered backups have them too."
        ]
        ask = Ask("Replace what was written by hand?", lines, yes="Replace", no="Keep it")
        self.app.push_screen(ask, lambda answer: self._use(one) if answer else None)

    def _ask(self) -> None:
        """Ask for what a preset needs, then take it."""
        asked = self._asked
        if asked is None:
            return

        def use(text: str | None) -> None:
            if text:
                self._take(Preset(asked.id, asked.title, asked.when, asked.settings_of(text)))

        self.app.push_screen(AskText(asked.title, [asked.question], yes="Use", check=asked.why_not), use)

    def _use(self, one: Preset) -> None:
        if self.put(f"{self._group.title}: {one.title}", one.settings):
            self.app.notify(f"{one.title} is in your answers now.", markup=False)
            self.action_back()
