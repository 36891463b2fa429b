"""The last page before anything is made: problems as links, the plan in words, config.yaml, and Start."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from z2jh_wizard.core.engine import Planned
from z2jh_wizard.core.redaction import plain
from z2jh_wizard.core.step import By, Danger, Finding
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.dialogs import YES, Ask
from z2jh_wizard.screens.messages import Go, StartRun, Trouble
from z2jh_wizard.screens.stage import StageScreen
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.panes import Pane, Panes
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_log import VirtualLog
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

FINDINGS = {
    Finding.ABSENT: "not there: to be done",
    Finding.DRIFTED: "differs: to be done",
    Finding.READY: "ready: nothing to do",
    Finding.UNKNOWN: "could not look: stops",
}
DANGERS = {Danger.NONE: "", Danger.COSTS_MONEY: "$ costs money", Danger.DELETES_DATA: "! deletes data"}
_TONES = {Finding.READY: "good", Finding.UNKNOWN: "bad"}
PRACTICE_NOTE = "PRACTICE: this costs nothing; everything happens on this computer."


class ReviewScreen(StageScreen):
    """Shows what would be done, and starts it."""

    NAME = "review"
    STAGE = "review"
    SCROLLS = False
    CSS_PATH = style_sheet("review")
    BINDINGS = screen_bindings("back", "next", "details", "panes", "refresh")
    ABOUT = (
        "This is the plan: each step with what was found, before anything is made. "
        "F2 shows the commands a person would type instead."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._planned: dict[str, Planned] = {}
        self._wrong: Sequence[tuple[str, str]] = ()

    def why(self) -> str:
        """Say what happens here."""
        return "Nothing is changed before Start. This is the plan; a run can be stopped at any moment."

    def body(self) -> ComposeResult:
        """Make problems, plan, commands and config.yaml."""
        problems = OptionList(id="problems", markup=False, compact=True)
        problems.display = False
        yield problems
        yield Plain("Looking at the world.", dom_id="plan-note")
        plan = VirtualTable(
            Column("step", weight=5),
            Column("found", 22),
            Column("danger", 14),
            Column("by", 6),
            dom_id="plan",
        )
        yield Panes(
            Pane("plan", "Plan", plan),
            Pane("commands", "Commands", VirtualLog(dom_id="commands")),
            Pane("config", "config.yaml", VirtualLog(dom_id="config")),
        )

    def preview(self) -> Widget | None:
        """Leave the room to the panes."""
        return None

    def refresh_preview(self) -> None:
        """Show config.yaml in its pane."""
        self.query_one("#config", VirtualLog).show(self.config_text())

    def buttons(self) -> ComposeResult:
        """Back and Start."""
        yield ButtonRow(
            ActionButton("next", "Start"),
            ActionButton("settings"),
            ActionButton("refresh", "Look again"),
            ActionButton("back"),
        )

    def first_focus(self) -> Widget:
        """Begin at the first problem, else at the plan."""
        return self.query_one("#problems" if self._wrong else "#plan")

    def on_mount(self) -> None:
        """Look at once."""
        self._show_problems()
        self.action_refresh()

    def action_refresh(self) -> None:
        """Make the plan again."""
        self._planned.clear()
        self._show_plan()
        self.run_worker(
            self._plan(), name="making the plan", group="plan", exclusive=True, exit_on_error=False
        )

    def action_panes(self) -> None:
        """Show plan, commands or config.yaml."""
        self.query_one(Panes).next_pane()

    def action_details(self) -> None:
        """Show the commands of the marked step, or the plan again."""
        panes = self.query_one(Panes)
        panes.choose("plan" if panes.chosen == "commands" else "commands")
        self.query_one("#plan" if panes.chosen == "plan" else "#commands").focus()

    @on(VirtualTable.Chosen)
    def _details(self) -> None:
        self.action_details()

    @on(VirtualTable.Marked)
    def _marked(self) -> None:
        self._show_commands()

    @on(OptionList.OptionSelected, "#problems")
    def _jump(self, event: OptionList.OptionSelected) -> None:
        field = self._wrong[event.option_index][0]
        self.post_message(Go(self.journey.where(field), field=field))

    def action_next(self) -> None:
        """Start; what costs money is asked about first."""
        if self._wrong:
            self.query_one("#problems").focus()
            return
        unknown = [one.look.problem for one in self._planned.values() if one.look.finding is Finding.UNKNOWN]
        if unknown and unknown[0]:
            self.post_message(Trouble(unknown[0]))
            return
        costly = [
            one.step.title
            for one in self._planned.values()
            if one.step.danger is Danger.COSTS_MONEY and one.look.finding is not Finding.READY
        ]
        if not costly:
            self.post_message(StartRun("setup"))
            return
        lines = [self.desk.cluster, "", "These steps cost money:", *(f"  $ {title}" for title in costly)]
        self.app.push_screen(Ask("Make what costs money?", lines, yes="Start"), self._agreed)

    def _agreed(self, answer: str | None) -> None:
        if answer == YES:
            self.post_message(StartRun("setup"))

    def _show_problems(self) -> None:
        of_settings = self.desk.tour.problems() if self.desk.tour else {}
        self._wrong = [*self.journey.problems().items(), *of_settings.items()]
        problems = self.query_one("#problems", OptionList)
        problems.clear_options()
        for _, sentence in self._wrong:
            problems.add_option(Option(plain(f"! {sentence}", 300)))
        problems.display = bool(self._wrong)

    def action_settings(self) -> None:
        """Open the settings."""
        self.desk.came_from = self.NAME
        self.post_message(Go("settings"))

    async def _plan(self) -> None:
        project = self.desk.project
        if project is None or self._wrong:
            self.query_one("#plan-note", Plain).show("! Mend the answers above first: Enter goes to each.")
            return
        self.query_one("#plan-note", Plain).show("Looking at the world.")
        async for planned in self.desk.backend.plan(project, "setup"):
            self._planned[planned.step.id] = planned
            self._show_plan()
        to_do = sum(one.look.finding in (Finding.ABSENT, Finding.DRIFTED) for one in self._planned.values())
        note = f"{to_do} of {len(self._planned)} steps to do."
        if unknown := sum(one.look.finding is Finding.UNKNOWN for one in self._planned.values()):
            note = f"! {unknown} steps could not be looked at, so Start is held back. F5 looks again."
        self.query_one("#plan-note", Plain).show(f"{note} {PRACTICE_NOTE}" if self.desk.is_practice else note)

    def _show_plan(self) -> None:
        self.query_one("#plan", VirtualTable).show(list(self._planned), self._cells)
        self._show_commands()

    def _cells(self, key: str) -> Cells:
        step, look = self._planned[key].step, self._planned[key].look
        by = "you" if step.by is By.YOU else "wizard"
        return Cells(
            (step.title, FINDINGS[look.finding], DANGERS[step.danger], by), _TONES.get(look.finding, "")
        )

    def _show_commands(self) -> None:
        planned = self._planned.get(self.query_one("#plan", VirtualTable).marked)
        self.query_one("#commands", VirtualLog).show(_commands(planned) if planned else "No step is marked.")


def _commands(planned: Planned) -> str:
    step = planned.step
    lines = [step.title, step.why]
    if planned.look.detail:
        lines.append(f"Found: {planned.look.detail}")
    if step.by is By.YOU:
        lines += ["", f"You do this: {step.how}", f"Skipping it: {step.skipping}"]
    lines += ["", "What you would type instead:" if step.commands() else "Nothing to type for this step."]
    for command in step.commands():
        if command.about:
            lines.append(f"# {command.about}")
        lines.append(command.shell())
    return "\n".join(lines)
