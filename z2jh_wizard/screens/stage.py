"""What the pages of the wizard share: the rail, ``step n of m``, the preview, Back and Next."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from z2jh_wizard.screens.base import WizardScreen
from z2jh_wizard.screens.journey import STAGES, Journey, Stage, position
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.rail import Mark, Stop


class StageScreen(WizardScreen):
    """A page on the way through the wizard."""

    HAS_RAIL = True
    STAGE = ""

    @property
    def stage(self) -> Stage:
        """Return which page this is."""
        return STAGES[position(self.STAGE)]

    @property
    def journey(self) -> Journey:
        """Return the answers so far."""
        if self.desk.journey is None:
            raise RuntimeError("a page of the wizard needs a journey")
        return self.desk.journey

    def preview(self) -> Widget | None:
        """Show config.yaml as it will begin, beside the page."""
        return Vertical(
            Plain("config.yaml", classes="pane-heading"),
            Plain("", dom_id="preview-text", limit=20_000),
            id="preview",
        )

    def buttons(self) -> ComposeResult:
        """Back and Next."""
        yield ButtonRow(ActionButton("next"), ActionButton("back"))

    def on_mount(self) -> None:
        """Note the visit and fill the preview."""
        self.journey.visited.add(self.stage.id)
        self.refresh_preview()

    def refresh_preview(self) -> None:
        """Show config.yaml as it would be now."""
        self.query_one("#preview-text", Plain).show(self.config_text())

    def config_text(self) -> str:
        """Return config.yaml as it is, or as these answers would begin it."""
        project = self.desk.project
        if project and self.journey.is_current() and project.config.exists():
            return project.config.read_text("utf-8", "replace")
        return self.journey.preview()

    def step_words(self) -> str:
        """Return ``step 3 of 6 the hub``."""
        return f"step {position(self.stage.id) + 1} of {len(STAGES)} {self.stage.title.lower()}"

    def stops(self) -> Iterable[Stop]:
        """Return all pages with how far they are."""
        journey = self.journey
        for stage in STAGES:
            wrong = stage.page and journey.problems_of(stage.page)
            if stage.id == self.stage.id:
                mark = Mark.HERE
            elif stage.id not in journey.visited:
                mark = Mark.AHEAD
            else:
                mark = Mark.PROBLEM if wrong else Mark.DONE
            yield Stop(stage.title, mark)

    def action_back(self) -> None:
        """Go to the page before, or to the first screen."""
        self.desk.came_from = ""
        at = position(self.stage.id)
        self.post_message(Go(STAGES[at - 1].id if at else "welcome"))

    def action_next(self) -> None:
        """Go to the page after."""
        self.desk.came_from = ""
        self.post_message(Go(STAGES[position(self.stage.id) + 1].id))
