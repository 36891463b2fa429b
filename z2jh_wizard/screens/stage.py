"""What the pages of the wizard share: the rail, ``step n of m``, the preview, Back, Next, and other ways."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from z2jh_wizard.flows import ways
from z2jh_wizard.flows.ways import Stage
from z2jh_wizard.screens.base import WizardScreen
from z2jh_wizard.screens.journey import Journey
from z2jh_wizard.screens.keeping import note
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.rail import ABOVE, Mark, Stop


class StageScreen(WizardScreen):
    """A page on the way through the wizard."""

    HAS_RAIL = True
    STAGE = ""

    @property
    def stage_id(self) -> str:
        """Return which page this is; it may be one that is not on the way."""
        return self.STAGE

    @property
    def journey(self) -> Journey:
        """Return the answers so far."""
        if self.desk.journey is None:
            raise RuntimeError("a page of the wizard needs a journey")
        return self.desk.journey

    @property
    def scene(self) -> Scene | None:
        """Return the chart of the project; None while nobody looked into it."""
        return self.desk.tour.form.scene if self.desk.tour else None

    def preview(self) -> Widget | None:
        """Show config.yaml as it will begin, beside the page."""
        return Vertical(
            Plain("config.yaml", classes="pane-heading"),
            Plain("", dom_id="preview-text", limit=20_000),
            id="preview",
        )

    def buttons(self) -> ComposeResult:
        """Back, the settings where there are some, and Next."""
        yield ButtonRow(ActionButton("next"), ActionButton("settings", "All settings"), ActionButton("back"))

    def on_mount(self) -> None:
        """Note the visit and fill the preview."""
        self.journey.visited.add(self.stage_id)
        if self.stage_id == ways.REVIEW.id and self.desk.tour:
            self.desk.tour.route = ()  # who comes back from here is on the way
        self.refresh_preview()
        self._say_what_is_lost()

    def _say_what_is_lost(self) -> None:
        """Say once which secrets were typed on another day and not kept."""
        tour = self.desk.tour
        if tour and tour.lost:
            names = ", ".join(tour.lost)
            self.app.notify(
                f"Type again what was not saved and is secret: {names}.", timeout=10, markup=False
            )
            tour.lost = ()

    def refresh_preview(self) -> None:
        """Show config.yaml as it would be now."""
        self.query_one("#preview-text", Plain).show(self.config_text())

    def config_text(self) -> str:
        """Return config.yaml as it is, or as these answers would begin it."""
        project = self.desk.project
        if project and self.journey.is_current() and project.config.exists():
            return project.config.read_text("utf-8", "replace")
        return self.journey.preview()

    # ---- where one is ----

    @property
    def is_aside(self) -> bool:
        """Tell whether one came here from the list of settings, to go back to it."""
        return bool(self.desk.came_from) and self.stage_id != ways.SETTINGS.id

    def step_words(self) -> str:
        """Return ``step 3 of 5 Sign-in``; which page of the settings where one looks into those only."""
        title = self.title_words()
        tour = self.desk.tour
        if tour and self.stage_id in tour.route:
            return f"settings page {tour.route.index(self.stage_id) + 1} of {len(tour.route)} {title}"
        at = self.journey.position(self.stage_id, self.scene)
        if self.is_aside or at is None:
            return f"settings {title}" if self.stage_id != ways.SETTINGS.id else "settings"
        return f"step {at + 1} of {len(self.journey.stages(self.scene))} {title}"

    def title_words(self) -> str:
        """Return what the page is called."""
        return ways.stage(self.stage_id).title

    def stops(self) -> Iterable[Stop]:
        """Return the pages of the way, or of the settings, with how far they are."""
        tour = self.desk.tour
        if tour and (self.is_aside or self.stage_id in tour.route):
            return tour.stops(self.stage_id)
        route, here = self.journey.stages(self.scene), self.journey.position(self.stage_id, self.scene)
        wrong = {**self.journey.problems(), **(tour.problems() if tour else {})}
        top = max(0, (here or 0) - ABOVE)
        return [
            Stop(stage.title, Mark.HERE if at == here else self._mark(stage, wrong))
            for at, stage in enumerate(route)
            if at >= top
        ]

    def _mark(self, stage: Stage, wrong: Iterable[str]) -> Mark:
        if not self.journey.saw(stage):
            return Mark.AHEAD
        return Mark.PROBLEM if stage.asks.intersection(wrong) else Mark.DONE

    def beside(self, step: int) -> str:
        """Return the page before (-1) or after (+1) this one; a page that a link led to goes back there."""
        if self.desk.link:
            return self.desk.link
        tour = self.desk.tour
        if tour and self.stage_id in tour.route:
            return tour.beside(self.stage_id, step) or ways.SETTINGS.id
        if self.is_aside:
            return ways.SETTINGS.id
        return self.journey.beside(self.stage_id, step, self.scene)

    def on_the_way(self, stage_id: str, field: str) -> str:
        """Return the page of the way that asks the same; where one looks aside, that very page."""
        if self.desk.came_from or self.desk.journey is None:
            return stage_id
        return self.desk.journey.stand_in(stage_id, field, self.scene)

    # ---- leaving ----

    def go(self, where: str) -> None:
        """Leave for another page; what was typed is kept."""
        self.take()
        note(self.desk, where)
        self.post_message(Go(where))

    def action_back(self) -> None:
        """Go to the page before, or to the first screen."""
        self.go(self.beside(-1))

    def action_next(self) -> None:
        """Go to the page after."""
        self.go(self.beside(1))

    def action_settings(self) -> None:
        """Open the list of all settings; it leads back here."""
        self.desk.link = ""
        if not self.is_aside:
            self.desk.came_from = self.stage_id
        self.go(ways.SETTINGS.id)

    def action_quick(self) -> None:
        """Go on by the quick way."""
        self.go(self.turn(ways.QUICK))

    def action_guided(self) -> None:
        """Go on by the guided way."""
        self.go(self.turn(ways.GUIDED))

    def turn(self, way: ways.Way) -> str:
        """Change to another way; return its page that comes now."""
        self.take()
        came_from, self.desk.came_from, self.desk.link = self.desk.came_from, "", ""
        if self.desk.tour:
            self.desk.tour.route = ()
        here = came_from if came_from and self.stage_id == ways.SETTINGS.id else self.stage_id
        return self.journey.turn(way, here, self.scene)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is no other way where one is already on it, and nothing to set before the project is made."""
        if action in ways.WAYS and self.desk.journey and self.journey.way.id == action and not self.is_aside:
            return None
        if action == "settings" and self.desk.project is None:
            return None
        return super().check_action(action, parameters)
