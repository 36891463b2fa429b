"""The settings of the hub: a short way, all pages in order, a search, or any page."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.messages import Go, Trouble
from z2jh_wizard.screens.settings_tour import Tour, tour_of
from z2jh_wizard.screens.stage import StageScreen
from z2jh_wizard.values.keys import Topic
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

WAYS = {
    "quick": ("Quick", "who signs in, and the hub's address; safe defaults for all else"),
    "guided": ("Guided", "every page in the order of the guide; Next skips what you leave alone"),
    "expert": ("Expert", "find any setting by words, and edit it"),
}
CLASS_SIZE = "class-size"
SCREENS = {"expert": "search", CLASS_SIZE: CLASS_SIZE}
"""What is a screen of its own."""


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
            self.query_one("#ways", VirtualTable).mark(self._tour.marked)

    def _show(self) -> None:
        tour, note = self._tour, self.query_one("#settings-note", Plain)
        if tour is None:
            note.show("! config.yaml cannot be read, so nothing can be set here. Mend it and come back.")
            return
        wrong, open_ = tour.problems(), tour.form.changes
        if wrong:
            note.show(f"! {len(wrong)} answers cannot be used yet; their pages are marked.")
        elif open_:
            note.show(f"{len(open_)} answers are not saved yet; Next saves them.")
        else:
            note.show("Enter opens what is marked.")
        self.query_one("#ways", VirtualTable).show([*WAYS, *tour.guided(), CLASS_SIZE], self._cells)

    def _cells(self, key: str) -> Cells:
        if key in WAYS:
            return Cells((*WAYS[key], ""))
        if key == CLASS_SIZE:
            return Cells(("Class size", "How many students fit on which machines, and what they cost.", ""))
        assert self._tour
        page = self._tour.page(key)
        if any(name.startswith(f"{key}.") for name in self._tour.problems()):
            return Cells((page.title, page.why, "! problem"), "bad")
        count = self._tour.form.count_set(page)
        return Cells((page.title, page.why, f"+ {count} set" if count else "- defaults"))

    @on(VirtualTable.Chosen)
    def _chosen(self, event: VirtualTable.Chosen) -> None:
        if self._tour is None:
            return
        self._tour.marked = event.key
        if event.key in SCREENS:
            self.post_message(Go(SCREENS[event.key]))
            return
        routes = {"quick": self._tour.quick(), "guided": self._tour.guided()}
        self._tour.route = routes.get(event.key, ())
        first = self._tour.route[0] if self._tour.route else Topic(event.key).value
        self.post_message(Go(f"topic/{first}"))

    def action_undo(self) -> None:
        """Take the last answer, or the last save, back."""
        if self._tour is None:
            return
        try:
            taken = self._tour.form.undo()
        except WizardError as error:
            self.app.notify(f"{error.problem.title}. {error.problem.happened}", markup=False)
            return
        self.app.notify(f"Taken back: {taken.title}" if taken else "The last save was taken back.",
                        markup=False)  # fmt: skip
        self._show()
        self.refresh_preview()

    def keep_answers(self) -> None:
        """Save what can be used, for the wizard is about to end; WizardError when it cannot be written."""
        if self._tour:
            self._tour.form.save()

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
        if self.desk.came_from:
            self.post_message(Go(self.desk.came_from))
        else:
            super().action_back()

    def action_next(self) -> None:
        """Save, and go on."""
        if not self._save():
            return
        if self.desk.came_from:
            self.post_message(Go("review"))
        else:
            super().action_next()
