"""Find any setting by words: its names in all charts, traits of the hub, and what they do."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.screens.settings_tour import Tour, page_of, tour_of
from z2jh_wizard.screens.stage import StageScreen
from z2jh_wizard.values import forms
from z2jh_wizard.values.fields import Field
from z2jh_wizard.values.search import FOUND, Hit, search
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.text_line import TextLine
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

MOST = 200
"""Settings that are listed; more words find fewer."""

QUIET = 0.15
"""Seconds without a key after which the search begins."""


class SearchScreen(StageScreen):
    """Searches all settings; Enter opens one to edit it."""

    NAME = "search"
    STAGE = "settings"
    SCROLLS = False
    CSS_PATH = style_sheet("topic")
    BINDINGS = screen_bindings("back", "details")
    ABOUT = (
        "Type words such as gpu, idle or c.KubeSpawner.start_timeout. Enter goes to the list, and there it "
        "opens the marked setting to edit it."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._tour: Tour = tour_of(desk)
        self._hits: dict[str, Hit] = {}
        self._quiet: Timer | None = None

    def why(self) -> str:
        """Say what can be found."""
        return "Every key of the chart and every setting of JupyterHub and KubeSpawner, by name or by words."

    def body(self) -> ComposeResult:
        """Make the line for words, the list, and the details of the marked one."""
        yield TextLine(self._tour.words, placeholder="memory, idle, gpu, certificate ...", dom_id="words")
        yield VirtualTable(
            Column("setting", weight=3), Column("what it does", weight=4), Column("state", 8), dom_id="hits"
        )
        yield Plain("", dom_id="hit")

    def buttons(self) -> ComposeResult:
        """Back and open."""
        yield ButtonRow(ActionButton("details", "Edit"), ActionButton("back"))

    def preview(self) -> Widget | None:
        """Leave the room to the list."""
        return None

    def refresh_preview(self) -> None:
        """There is none here."""

    def first_focus(self) -> Widget:
        """Begin where one types, or at what was found before."""
        return self.query_one("#hits" if self._hits else "#words")

    def on_mount(self) -> None:
        """Search again for what was searched for before."""
        self._search()

    @on(Input.Changed, "#words")
    def _typed(self) -> None:
        if self._quiet:
            self._quiet.stop()
        self._quiet = self.set_timer(QUIET, self._search)

    @on(Input.Submitted, "#words")
    def _entered(self) -> None:
        self._search()
        if self._hits:
            self.query_one("#hits").focus()

    def _search(self) -> None:
        self._tour.words = self.query_one("#words", TextLine).value
        scene = self._tour.form.scene
        words = self._tour.words.split()
        found = search(words, scene.version, scene.family)[:MOST] if words else ()
        self._hits = {f"{at}": hit for at, hit in enumerate(found)}
        self.query_one("#hits", VirtualTable).show(list(self._hits), self._cells)
        self._show_hit()

    def _cells(self, key: str) -> Cells:
        hit = self._hits[key]
        if not hit.available:
            return Cells((hit.path, hit.help, "- other"), "dim")
        question = self._tour.form.question(_field(hit))
        return Cells((hit.path, hit.help, "+ set" if question and question.is_set else ""))

    @on(VirtualTable.Marked, "#hits")
    def _marked(self) -> None:
        self._show_hit()

    def _show_hit(self) -> None:
        hit = self._hits.get(self.query_one("#hits", VirtualTable).marked)
        words = "Nothing has all these words; try fewer." if self._tour.words else "Type some words."
        self.query_one("#hit", Plain).show("\n".join(self._lines(hit)) if hit else words)

    def _lines(self, hit: Hit) -> list[str]:
        default = forms.default_words(_field(hit), self._tour.form.scene)
        lines = [hit.path, hit.help]
        lines += [f"Chart's default: {default}"] if default else []
        lines += [f"Choices: {', '.join(choice.value for choice in hit.choices)}"] if hit.choices else []
        lines += [hit.note] if hit.note else []
        lines += [f"{hit.also} says the same, and wins where both are set."] if hit.also else []
        lines += [hit.python] if hit.python else []
        return [*lines, hit.link] if hit.link else lines

    @on(VirtualTable.Chosen, "#hits")
    def _chosen(self) -> None:
        self.action_details()

    def action_details(self) -> None:
        """Open the marked setting to edit it."""
        hit = self._hits.get(self.query_one("#hits", VirtualTable).marked)
        if hit is None:
            return
        if not hit.available:
            self.app.notify(f"{hit.path} cannot be set in this chart. {hit.note}", markup=False)
            return
        self._tour.found = page_of(hit)
        self.post_message(Go(f"topic/{FOUND}"))

    def action_back(self) -> None:
        """Go back to the ways through the settings."""
        self.post_message(Go("settings"))

    def action_next(self) -> None:
        """Open the marked setting."""
        self.action_details()


def _field(hit: Hit) -> Field:
    return page_of(hit).fields[0]
