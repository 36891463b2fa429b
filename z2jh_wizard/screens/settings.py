"""The settings of the hub: a short way, all pages in order, a search, or any page."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from functools import partial

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.widget import Widget

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.flows import ways
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.messages import Trouble
from z2jh_wizard.screens.settings_tour import Tour, take_back, tour_of
from z2jh_wizard.screens.stage import StageScreen
from z2jh_wizard.screens.topic_tools import tools_of
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

GO_ON_FROM = ("review", "dashboard")
"""Screens that settings are opened from, and go on to the review."""


class SettingsScreen(StageScreen):
    """Offers the ways through the settings, and every page."""

    NAME = "settings"
    STAGE = "settings"
    SCROLLS = False
    CSS_PATH = style_sheet("topic")
    BINDINGS = screen_bindings("back", "next")
    ABOUT = (
        "Choose a way through the settings, or a single page. All ways work on the same answers, so you "
        "can change from one to another. Next goes on with the settings as they are."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._tour: Tour | None = None

    def why(self) -> str:
        """Say that nothing must be done."""
        return "Every setting has a safe default. Change what you like, now or later; Next goes on as it is."

    def body(self) -> ComposeResult:
        """Make the list of ways and pages."""
        yield Plain("", dom_id="settings-note", classes="hint")
        yield VirtualTable(
            Column("settings", 20), Column("what", weight=1), Column("state", 12), dom_id="ways"
        )

    def preview(self) -> Widget | None:
        """Leave the room to the list."""
        return None

    def refresh_preview(self) -> None:
        """There is none here."""

    def buttons(self) -> ComposeResult:
        """Back, Undo and Next."""
        yield ButtonRow(ActionButton("next"), ActionButton("undo"), ActionButton("back"))

    def first_focus(self) -> Widget:
        """Begin at the ways."""
        return self.query_one("#ways")

    def on_mount(self) -> None:
        """Read the files and list what can be set."""
        try:
            self._tour = tour_of(self.desk)
        except WizardError as error:
            self.post_message(Trouble(error.problem))
        self._show()
        if self._tour:
            self._tour.route = ()
        if self.desk.came_from == self.NAME:
            self.desk.came_from = ""
        if self._tour:
            self.query_one("#ways", VirtualTable).mark(self._tour.marked)

    def _show(self) -> None:
        tour, note = self._tour, self.query_one("#settings-note", Plain)
        if tour is None:
            note.show("! config.yaml cannot be read, so nothing can be set here. Mend it and come back.")
            return
        wrong, open_ = tour.problems(), tour.form.changes
        if wrong:
            note.show(f"! {_count(wrong)} cannot be used yet; the pages are marked.")
        elif open_:
            note.show(f"{_count(open_)} not saved yet; Next saves.")
        else:
            note.show("Enter opens what is marked.")
        self.query_one("#ways", VirtualTable).show([*ways.WAYS, *tour.pages(), ways.SECRETS.id], self._cells)

    def _cells(self, key: str) -> Cells:
        if way := ways.WAYS.get(key):
            taken = way is self.journey.way and not self.journey.opened
            return Cells((way.title, way.about, "> this way" if taken else ""))
        stage, tour = ways.stage(key), self._tour
        if stage is ways.CLASS_SIZE:
            return Cells((stage.title, "How many students fit, and what it costs.", ""))
        if stage is ways.SECRETS:
            return Cells(("All secrets", "Which the hub has; show, replace or give one.", ""))
        assert tour
        assert stage.settings
        page = stage.settings
        if stage.asks.intersection(tour.problems()):
            return Cells((page.title, page.why, "! problem"), "bad")
        count = tour.form.count_set(page)
        return Cells((page.title, page.why, f"+ {count} set" if count else "- defaults"))

    def commands(self) -> Iterable[SystemCommand]:
        """Offer every page and every tool of a page in the command palette, to be found by name."""
        if self._tour is None:
            return
        pages = [ways.stage(one) for one in self._tour.pages()]
        found = {one.title: (one.settings.why, one.id) for one in pages if one.settings}
        for page in (one.settings for one in pages if one.settings):
            for tool in tools_of(page):
                if tool.applies(self._tour.form.scene):
                    found[f"{page.title}: {tool.label}"] = (tool.about, tool.where)
        for title, (about, where) in found.items():
            yield SystemCommand(title, about, partial(self._go_aside, where))

    @on(VirtualTable.Chosen)
    def _chosen(self, event: VirtualTable.Chosen) -> None:
        if self._tour is None:
            return
        self._tour.marked = event.key
        way = ways.WAYS.get(event.key)
        if way is None:
            self._go_aside(event.key)
        elif way is ways.EXPERT:
            self._go_aside("search")
        elif self.journey.opened or self.desk.came_from in GO_ON_FROM:
            self._tour.route = self._tour.pages(way)
            self.go(self._tour.route[0])
        else:
            self.go(self.turn(way))

    def _go_aside(self, where: str) -> None:
        """Go to a page that leads back here."""
        if not self.desk.came_from:
            self.desk.came_from = self.NAME
        self.go(where)

    def action_undo(self) -> None:
        """Take the last answer, or the last save, back."""
        if self._tour is None:
            return
        try:
            _, words = take_back(self.desk, self._tour.form)
        except WizardError as error:
            self.app.notify(f"{error.problem.title}. {error.problem.happened}", markup=False)
            return
        self.app.notify(words, markup=False)
        self._show()

    def action_answers(self) -> None:
        """Save, and write an answers file of what was chosen."""
        if self._save():
            self.run_worker(self._answers(), name="writing the answers", group="answers", exit_on_error=False)

    async def _answers(self) -> None:
        if self.desk.project:
            path = await self.desk.backend.answers(self.desk.project)
            self.app.notify(f"The answers are in {path}, secrets left out.", markup=False)

    def _save(self) -> bool:
        """Write what can be used; False when the disk or another writer refused."""
        if self._tour is None:
            return True
        try:
            self._tour.form.save()
        except WizardError as error:
            self.post_message(Trouble(error.problem))
            return False
        return True

    def action_back(self) -> None:
        """Save, and go to where one came from."""
        if not self._save():
            return
        came_from, self.desk.came_from = self.desk.came_from, ""
        self.go(came_from or self.beside(-1))

    def action_next(self) -> None:
        """Save, and go on."""
        if not self._save():
            return
        came_from, self.desk.came_from = self.desk.came_from, ""
        self.go("review" if came_from in GO_ON_FROM else came_from or self.beside(1))


def _count(answers: Sized) -> str:
    return "1 answer" if len(answers) == 1 else f"{len(answers)} answers"
