"""The last page before anything is made: what to mend, the plan with its commands, changes, costs, Start."""

from __future__ import annotations

import asyncio
import time

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from z2jh_wizard.core.engine import Planned
from z2jh_wizard.core.errors import Problem, WizardError
from z2jh_wizard.core.step import Finding
from z2jh_wizard.flows.review import SEARCH, Grade, Point, excerpt
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens import review_panes as panes
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.clipboard import Copied
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.dialogs import YES, Ask, Notice
from z2jh_wizard.screens.messages import Go, StartRun, Trouble
from z2jh_wizard.screens.review_panes import StatedPane
from z2jh_wizard.screens.review_problems import ProblemsPane
from z2jh_wizard.screens.review_texts import ChangesPane, CostsPane, FilePane
from z2jh_wizard.screens.run_record import span
from z2jh_wizard.screens.settings_tour import take_back, tour_of
from z2jh_wizard.screens.stage import StageScreen
from z2jh_wizard.system.cloud_shell import idle_sentence
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.panes import Pane, Panes
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.text_pane import TextPane
from z2jh_wizard.widgets.virtual_table import VirtualTable

NO_ANSWERS = Problem(
    "There is no plan yet",
    "Some answers about the project cannot be used.",
    next_step="Mend the problems; Enter goes to each.",
)
LOOKING = "Looking at the world."
FOCUS = {
    "points": "#points", "steps": "#plan", "commands": "#commands",
    "changes": "#changes", "cost": "#costs", "config": "#config",
}  # fmt: skip
"""What takes the focus in each pane."""


class ReviewScreen(StageScreen):
    """Shows what would be done and what is wrong, and starts it."""

    NAME = "review"
    STAGE = "review"
    SCROLLS = False
    CSS_PATH = style_sheet("review")
    BINDINGS = screen_bindings("back", "next", "panes", "details", "refresh", "copy")
    ABOUT = (
        "What has to be mended comes first: Enter goes to it, Fix writes what is sure. F3 shows the other "
        "panes: the plan, the commands a person would type instead (F2), what changes in the hub, what it "
        "costs, and config.yaml."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._planned: dict[str, Planned] = {}
        self._looked = 0.0
        self._is_whole = False
        self._points: tuple[Point, ...] = ()

    # ---- drawing ----

    def why(self) -> str:
        """Say what happens here."""
        nothing = "Nothing is changed before Start, and a run can be stopped at any moment."
        return f"{nothing} {idle_sentence()}".rstrip()

    def body(self) -> ComposeResult:
        """Make the line that sums it up, and the panes."""
        yield Plain(LOOKING, dom_id="plan-note")
        yield Panes(
            Pane("points", "Problems", ProblemsPane("points")),
            panes.pane("steps", "Plan", panes.plan_table()),
            panes.pane("commands", "Commands", TextPane(dom_id="commands")),
            Pane("changes", "Changes", ChangesPane("changes")),
            Pane("cost", "Cost", CostsPane("cost")),
            Pane("config", "config.yaml", FilePane("config")),
        )

    def preview(self) -> Widget | None:
        """Leave the room to the panes."""
        return None

    def refresh_preview(self) -> None:
        """There is none here: config.yaml has a pane."""

    def buttons(self) -> ComposeResult:
        """Start, and what helps before it."""
        yield ButtonRow(
            ActionButton("next", "Start"),
            ActionButton("settings"),
            ActionButton("refresh", "Look again"),
            ActionButton("undo"),
            ActionButton("fix"),
            ActionButton("answers", "Answers"),
            ActionButton("back"),
        )

    def first_focus(self) -> Widget:
        """Begin at what holds Start back, else at the plan."""
        return self.query_one("#points" if self._is_held else "#plan")

    def on_mount(self) -> None:
        """Look at once; whatever led here, one is on the way again."""
        self.desk.came_from = self.desk.link = ""
        wrong = self._wrong_answers()
        self._points = tuple(Point(Grade.STOPS, text, where=at, field=name) for at, name, text in wrong)
        self._show_points()
        self._choose_first()
        self.action_refresh()

    def action_refresh(self) -> None:
        """Look at everything again; what was seen stays until then."""
        self.run_worker(
            self._look(), name="making the plan", group="plan", exclusive=True, exit_on_error=False
        )

    def _choose_first(self) -> None:
        """Begin with what holds Start back; else with the plan, or beside it where both are seen."""
        beside = "commands" if self.has_class("-tall") else "steps"
        self.query_one(Panes).choose("points" if self._is_held else beside)
        if self._is_held and self.focused is self.query_one("#plan"):
            self.query_one("#points").focus()

    def _pane(self, name: str) -> StatedPane:
        return self.query_one(f"#pane-{name}", StatedPane)

    # ---- looking ----

    async def _look(self) -> None:
        """Look at the files first, which is quick, then at the world."""
        wrong = self._wrong_answers()
        form = self.desk.tour.form if self.desk.tour else None
        was_held = self._is_held
        self._points = await self.desk.backend.review(self.desk.project, form, wrong, self.desk.seen_checks)
        self._show_points()
        if self._is_held and not was_held:
            self._choose_first()
        project, backend = self.desk.project, self.desk.backend
        if project is None or wrong:
            self._pane("steps").fail(NO_ANSWERS)
            self._show_note()
            return
        await self.query_one(CostsPane).look(backend, project)
        await self.query_one(FilePane).look(backend, project)
        await self._plan(project)
        await self.query_one(ChangesPane).look(backend, project)

    def _wrong_answers(self) -> list[tuple[str, str, str]]:
        return [(self.journey.where(name), name, text) for name, text in self.journey.problems().items()]

    async def _plan(self, project: Project) -> None:
        seen, fresh = self._planned, dict[str, Planned]()
        self._is_whole = False
        self._pane("steps").say(f"{LOOKING} Below is how it was {self._age()} ago." if seen else LOOKING)
        self._show_note()
        try:
            async for planned in self.desk.backend.plan(project, "setup"):
                fresh[planned.step.id] = planned
                if not seen:
                    self._show_plan(fresh)
        except WizardError as error:
            stale = f"STALE: below is how it was {self._age()} ago." if seen else ""
            self._pane("steps").fail(error.problem, stale)
            self._show_note()
            return
        self._looked, self._is_whole = time.monotonic(), True
        self._show_plan(fresh)
        self._pane("steps").say("")
        self._show_note()

    def _age(self) -> str:
        return span(time.monotonic() - self._looked)

    # ---- showing ----

    @property
    def _is_held(self) -> bool:
        return any(one.grade is Grade.STOPS for one in self._points)

    def _show_note(self) -> None:
        """Sum it up in a line: the plan, what is wrong, and that practice costs nothing."""
        plan = panes.plan_words(self._planned) if self._is_whole else LOOKING
        if self._pane("steps").failed:
            plan = "! There is no plan: the pane says why."
        free = self.query_one(CostsPane).sentence if self.desk.is_practice else ""
        lines = [f"{plan} {free}", panes.tally(self._points)]
        self.query_one("#plan-note", Plain).show("\n".join(line.strip() for line in lines if line))

    def _show_points(self) -> None:
        pane = self._problems
        pane.show(self._points)
        urgent = f" {pane.urgent}" if pane.urgent else ""
        self.query_one(Panes).rename("points", f"Problems{urgent}")
        self._show_note()

    @property
    def _problems(self) -> ProblemsPane:
        return self.query_one(ProblemsPane)

    @property
    def _point(self) -> Point | None:
        return self._problems.marked

    @on(ProblemsPane.Marked)
    def _point_marked(self) -> None:
        self.query_one("#do-fix").disabled = not (self._point and self._point.is_sure)
        self.refresh_bindings()

    def _show_plan(self, planned: dict[str, Planned]) -> None:
        self._planned = dict(planned)
        self.query_one("#plan", VirtualTable).show(
            list(self._planned), lambda key: panes.plan_cells(self._planned[key])
        )
        self._show_commands()

    def _show_commands(self) -> None:
        marked = self._planned.get(self.query_one("#plan", VirtualTable).marked)
        self._pane("commands").say(
            "The marked step by hand; F2 goes back to the plan." if marked else "There is no plan yet."
        )
        self.query_one("#commands", TextPane).show(panes.command_lines(marked) if marked else "")

    @on(VirtualTable.Marked, "#plan")
    def _step_marked(self) -> None:
        self._show_commands()

    # ---- panes ----

    def action_panes(self) -> None:
        """Show the next pane, and go into it."""
        all_panes = self.query_one(Panes)
        all_panes.next_pane()
        self._enter(all_panes.chosen)

    def _enter(self, name: str) -> None:
        self.query_one(Panes).choose(name)
        self.query_one(FOCUS[name]).focus()

    def action_details(self) -> None:
        """Show the commands of the marked step, or the plan again; of a problem, the lines of the file."""
        if self.query_one("#points").has_focus and self._point:
            self._show_lines(self._point)
            return
        if not self.query_one("#commands").has_focus:
            self._enter("commands")
        elif self.has_class("-tall"):  # the plan is in sight already
            self.query_one("#plan").focus()
        else:
            self._enter("steps")

    @on(VirtualTable.Chosen, "#plan")
    def _step_chosen(self) -> None:
        self.action_details()

    # ---- problems ----

    @on(ProblemsPane.Chosen)
    def _point_chosen(self, event: ProblemsPane.Chosen) -> None:
        self._open(event.point)

    def _open(self, point: Point) -> None:
        """Go to where a point is settled; where only the file settles it, show its lines."""
        if not point.where:
            self._show_lines(point)
            return
        if point.where == SEARCH:
            try:
                tour_of(self.desk).words = point.words
            except WizardError as error:
                self.post_message(Trouble(error.problem))
                return
        asking = [stage.id for stage in self.journey.stages(self.scene) if stage.questions]
        if point.where not in asking:  # their answers make the project, so one walks on from there
            self.desk.came_from = self.desk.link = self.NAME
        self.post_message(Go(point.where, field=point.field))

    def _show_lines(self, point: Point) -> None:
        self.run_worker(
            self._lines(point), name="reading the file", group="lines", exclusive=True, exit_on_error=False
        )

    async def _lines(self, point: Point) -> None:
        lines = [point.text, *([point.fix] if point.fix else []), ""]
        if self.desk.project and point.file and point.line:
            lines += await asyncio.to_thread(excerpt, self.desk.project, point)
            path = self.desk.project.folder / point.file
            lines += ["", f"Close this, then ^o opens {path} in your editor at this line."]
        self.app.push_screen(Notice(point.grade.value, lines))

    def place_in_file(self) -> tuple[str, int]:
        """Return where the marked problem stands."""
        if (point := self._point) and point.file and self.query_one("#points").has_focus:
            return point.file, point.line
        return super().place_in_file()

    def show_again(self) -> None:
        """Look at everything again, for the file was changed."""
        self.action_refresh()

    def copied(self) -> Copied | None:
        """Return what F7 copies: the text of the pane with the focus."""
        if isinstance(self.focused, TextPane):
            return Copied("the whole text", self.focused.text)
        return super().copied()

    def action_fix(self) -> None:
        """Write the sure fix of the marked problem."""
        if self._point and self._point.is_sure:
            self.run_worker(self._fix(self._point), name="fixing a setting", group="fix", exit_on_error=False)

    async def _fix(self, point: Point) -> None:
        project = self.desk.project
        if project is None:
            return
        try:
            form = tour_of(self.desk).form
        except WizardError:  # a broken file has no form, and so no undo but its backup
            form = None
        before, after = await self.desk.backend.mend(project, point)
        if form:
            form.note_save(before, after)
        undo = "Undo takes it back." if form else "The old text is in .z2jh/backups."
        self.app.notify(f"{point.file} is fixed. {undo}", markup=False)
        self.action_refresh()

    def action_undo(self) -> None:
        """Take the last fix, answer or save of the settings back."""
        try:
            _, words = take_back(self.desk, tour_of(self.desk).form)
        except WizardError as error:
            self.app.notify(f"{error.problem.title}. {error.problem.happened}", markup=False)
            return
        self.app.notify(words, markup=False)
        self.action_refresh()

    # ---- starting ----

    def action_next(self) -> None:
        """Start; what holds it back is shown instead, and what costs or deletes is asked about first."""
        if self._is_held:
            self._enter("points")
            return
        unknown = [one.look.problem for one in self._planned.values() if one.look.finding is Finding.UNKNOWN]
        if unknown and unknown[0]:
            self.post_message(Trouble(unknown[0]))
            return
        if not self._is_whole:
            self.app.notify("The plan is not complete yet; Start works when it is.", markup=False)
            return
        asked = panes.start_question(
            self._planned.values(), self._points, self.desk.cluster, self.query_one(CostsPane).sentence
        )
        if asked:
            self.app.push_screen(Ask(*asked, yes="Start"), self._agreed)
        else:
            self.post_message(StartRun("setup"))

    def _agreed(self, answer: str | None) -> None:
        if answer == YES:
            self.post_message(StartRun("setup"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is sure can be fixed by itself."""
        if action == "fix" and self.is_mounted and not (self._point and self._point.is_sure):
            return None
        return super().check_action(action, parameters)

    def action_answers(self) -> None:
        """Write the answers file and say where it is."""
        self.run_worker(
            self._write_answers(), name="writing the answers file", group="answers", exit_on_error=False
        )

    async def _write_answers(self) -> None:
        if self.desk.project:
            path = await self.desk.backend.answers(self.desk.project)
            lines = [
                f"The answers are in {path}. There are no secrets in it.",
                "",
                "They make the same hub again:",
                f"  z2jh-wizard new DIR --answers {path.name}",
            ]
            self.app.push_screen(Notice("Answers file", lines))

    def action_secrets(self) -> None:
        """Open the list of secrets, which leads back here."""
        self.desk.link = self.NAME
        self.post_message(Go("secrets"))
