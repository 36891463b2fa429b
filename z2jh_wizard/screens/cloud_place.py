"""Where a cluster stands, and on which machines: from what the cloud has there, or typed."""

from __future__ import annotations

import asyncio

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer
from textual.widget import Widget

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.redaction import plain
from z2jh_wizard.flows import cloud_choices
from z2jh_wizard.flows.cloud_pages import MACHINE, PLACE_PAGE, REGION
from z2jh_wizard.screens.cloud_asking import CloudScreen
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.form_field import FormField
from z2jh_wizard.widgets.pick_list import PickList
from z2jh_wizard.widgets.virtual_table import Column

REASON = 120
"""Characters of the reason why a machine cannot be had that are shown below it."""

QUIET = 0.3
"""Seconds without another place after which its machines are asked for."""


class PlaceScreen(CloudScreen):
    """Lists places and, for the chosen one, machines."""

    STAGE = PLACE_PAGE.id
    BINDINGS = screen_bindings("back", "next", "refresh")
    ABOUT = (
        "Type a part of the earth, such as europe or us, and Enter goes to the list; up and down choose a "
        "place, and below it stand the machines that it has. A place that you know can be typed. The machine "
        "may be left to the wizard: it takes the cheapest one that the class fits on."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._quiet: Timer | None = None
        self._shown_for = ""

    def parts(self) -> ComposeResult:
        """Make both questions."""
        with Container(id="both"):
            yield self._make(REGION, Column("place", weight=5), Column("near", weight=4))
            yield self._make(
                MACHINE,
                Column("machine", 19),
                Column("cores", 5),
                Column("GiB", 4),
                Column("an hour", 8),
                Column(""),
            )

    def _make(self, name: str, *columns: Column) -> PickList:
        field = self.question(name)
        words = self.help_for(name) if name == REGION else field.help
        return PickList(name, field.label, words, self.journey.answers.get(name, ""), *columns)

    def buttons(self) -> ComposeResult:
        """Next, what helps when something failed, and Back."""
        yield ButtonRow(
            ActionButton("next"),
            ActionButton("switch_on"),
            ActionButton("other_way", "Sign in"),
            ActionButton("refresh", "Look again"),
            ActionButton("back"),
        )

    def on_mount(self) -> None:
        """Ask for places, then for machines at the one that was chosen before."""
        self.show_trouble(None)
        if self._came_back:
            self.show_problems()
        self.action_refresh()

    def show_trouble(self, error: WizardError | None) -> None:
        """Show what went wrong; who is not signed in any more is led back to do it."""
        super().show_trouble(error)
        self.query_one("#do-other_way").display = self._fix == "sign-in"

    def first_focus(self) -> Widget:
        """Begin where the place is typed."""
        return self.pick(REGION).line

    # ---- what the cloud has ----

    def action_refresh(self) -> None:
        """Look again at what the cloud has."""
        pick = self.pick(REGION)
        if pick.rows:
            pick.show_state("stale", f"{len(pick.rows)} places as they were; looking again.")
        else:
            pick.show_state("looking", "Asking which places there are.")
        self._shown_for = ""
        self.ask(self._look(), "asking for places")

    async def _look(self) -> None:
        pick = self.pick(REGION)
        try:
            cloud = await self.cloud(anew=True)
            rows = cloud_choices.place_rows(await cloud.locations())
        except WizardError as error:
            self.show_trouble(error)
            old = f"{len(pick.rows)} places as they were; looking again failed." if pick.rows else ""
            pick.show_state("stale" if old else "failed", old or "They could not be listed; type the place.")
            return
        self.show_trouble(None)
        pick.show_rows(rows)
        self.query_one("#both").set_class(bool(rows), "-listed")
        words = f"{len(rows)} places; type to find one, such as europe or us."
        pick.show_state("known" if rows else "empty", words if rows else "There are none; type the place.")
        self._ask_machines()

    def _ask_machines(self) -> None:
        """Ask for the machines of the chosen place, if there is one and they are not there yet."""
        place = self.journey.answers.get(REGION, "")
        known = any(row.key == place for row in self.pick(REGION).rows)
        if known and place != self._shown_for:
            self.ask(self._look_at_machines(place), "asking for machines", "machines")
        elif not known and not self.pick(MACHINE).rows:
            self.pick(MACHINE).show_state("empty", "Choose a place first: it decides which there are.")

    async def _look_at_machines(self, place: str) -> None:
        pick = self.pick(MACHINE)
        if pick.rows:
            pick.show_state("stale", f"Those of {self._shown_for}; asking for those of {place}.")
        else:
            pick.show_state("looking", f"Asking which machines {place} has.")
        try:
            cloud = await self.cloud(anew=True)
            offers = await cloud.machines()
            rows = await asyncio.to_thread(cloud_choices.machine_rows, self.journey.provider, offers)
        except WizardError as error:
            pick.show_state("failed", f"{error.problem.title}; the wizard can choose later.")
            return
        self._shown_for = place
        pick.show_rows(rows)
        pick.show_state("known", cloud_choices.machines_words(self.journey.provider, place))
        self._warn()

    def _warn(self) -> None:
        """Say when the chosen machine cannot be had at the chosen place; it is no reason to stay."""
        pick = self.pick(MACHINE)
        chosen = next((row for row in pick.rows if row.key and row.key == pick.value), None)
        if chosen and chosen.tone:
            pick.form_field.show_line(f"! Not {chosen.key}: {plain(chosen.texts[-1], REASON)}")
        elif not pick.form_field.has_class("-wrong"):
            pick.form_field.show_line("")

    def show_progress(self, line: str) -> None:
        """Show what is being switched on."""
        self.pick(REGION).show_state("looking", line)

    # ---- answers ----

    @on(PickList.Changed)
    def _changed(self, event: PickList.Changed) -> None:
        event.stop()
        self.changed(event)
        if event.name == MACHINE:
            self._warn()
            return
        if self._quiet:
            self._quiet.stop()
        self._quiet = self.set_timer(QUIET, self._ask_machines)

    @on(PickList.Picked)
    def _picked(self, event: PickList.Picked) -> None:
        event.stop()
        following = self.pick(MACHINE).line if event.name == REGION else self.query_one("#do-next")
        following.focus()

    @on(FormField.Entered)
    def _entered(self, event: FormField.Entered) -> None:
        self.check(event.name)
        following = self.pick(MACHINE).line if event.name == REGION else self.query_one("#do-next")
        following.focus()

    @on(FormField.Left)
    def _left(self, event: FormField.Left) -> None:
        if self.journey.answers.get(event.name):
            self.check(event.name)

    def action_other_way(self) -> None:
        """Go back to sign in."""
        self.post_message(Go("account"))
