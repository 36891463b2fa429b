"""What could stop the hub, looked at before anything is made: each check whole, and what mends it."""

from __future__ import annotations

import time
from collections.abc import Iterable

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button

from z2jh_wizard.cloud.account import Check, Verdict
from z2jh_wizard.core.errors import Problem, WizardError
from z2jh_wizard.core.step import By
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.clipboard import Copied
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.dialogs import YES, Ask
from z2jh_wizard.screens.messages import StartRun
from z2jh_wizard.screens.run_record import span
from z2jh_wizard.screens.stage import StageScreen
from z2jh_wizard.widgets.actions import bindings, screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.problem_panel import ProblemPanel
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

LOOKING = "Looking round; nothing is changed by that."
NOTHING = "There is nothing to look at before the set-up: it starts the practice cluster itself."
NO_PROJECT = "The project is not made yet: its questions come first."
PROVING = "Asking for a disk of 1 GiB. That takes up to 3 minutes; it is removed again whatever comes."

AGES = 5.0
"""Seconds between two looks at the clock: what was seen grows old."""

FRESH = 15.0
"""Seconds in which what was seen counts as just now."""

WORDS = {
    Verdict.OK: "+ ok",
    Verdict.WARN: "! warning",
    Verdict.FAIL: "! fails",
    Verdict.UNKNOWN: "? unknown",
}
_TONES = {Verdict.OK: "good", Verdict.WARN: "warning", Verdict.FAIL: "bad", Verdict.UNKNOWN: "dim"}

ANSWERS = {
    "account": ("Account", "Sign in anew, or take another account."),
    "place": ("Other place", "Take another zone or region."),
    "class-size": ("Class size", "Take smaller machines or fewer nodes."),
    "topic/storage": ("Disks", "Choose the kind of students' disks."),
    "context": ("Other cluster", "Take another context of your kubeconfig."),
}
"""Buttons that lead to another answer: label, and what the answer does."""

ONLY_BEFORE = ("place", "context")
"""Answers that nobody can change any more when there is a cluster."""


class AnswerButton(Button):
    """Leads to a question whose answer may settle the marked check."""

    def __init__(self, where: str) -> None:
        label, self.about = ANSWERS[where]
        super().__init__(
            Content(label),
            id=f"to-{where.replace('/', '-')}",
            action=f"screen.answer('{where}')",
            tooltip=self.about,
            compact=True,
        )
        self.where = where


class ChecksScreen(StageScreen):
    """Shows what the look round found; it holds nobody back."""

    NAME = "checks"
    STAGE = "checks"
    SCROLLS = False
    CSS_PATH = style_sheet("checks")
    BINDINGS = screen_bindings("back", "next", "copy") + bindings("refresh")  # too long for a footer
    ABOUT = (
        "What could stop the hub is looked at before anything is made: the account at a cloud, or the "
        "cluster that is there. Up and down mark a check; below stands what it means and what mends it. "
        "Mend does the step that the wizard can do itself; what is yours stands there with its commands. "
        "Nothing here holds you back."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._is_looking = self._is_proving = self._was_running = False
        self._failure: Problem | None = None
        self._helps = ""
        self._rows: dict[str, Check] = {}

    # ---- drawing ----

    def why(self) -> str:
        """Say why it matters."""
        return "What would stop the hub half-way is better known now."

    def step_words(self) -> str:
        """Return where one is on the way; just the name where one came by a link."""
        at = self.journey.position(self.stage_id, self.scene)
        return "checks" if at is None or self.is_aside else super().step_words()

    def body(self) -> ComposeResult:
        """Make the line that sums it up, the checks, and the marked one whole."""
        yield Plain(LOOKING, dom_id="checks-note")
        yield ProblemPanel(id="problem")
        yield VirtualTable(Column("state", 10), Column("what", 20), Column("what is seen"), dom_id="checks")
        with VerticalScroll(id="detail", classes="readable"):
            yield Plain("", dom_id="detail-title")
            yield Plain("", dom_id="detail-seen")
            yield Plain("", dom_id="detail-fix")

    def preview(self) -> Widget | None:
        """Leave the room to the checks."""
        return None

    def refresh_preview(self) -> None:
        """There is none here."""

    def buttons(self) -> ComposeResult:
        """Next, what mends the marked check, and Back."""
        yield ButtonRow(
            ActionButton("next"),
            ActionButton("mend"),
            *map(AnswerButton, ANSWERS),
            ActionButton("prove"),
            ActionButton("refresh", "Check again"),
            ActionButton("back"),
        )

    def first_focus(self) -> Widget:
        """Begin at the checks."""
        return self.query_one("#checks")

    def on_mount(self) -> None:
        """Show what was seen before, and look again; who comes back from a link is where one was before."""
        if self.desk.link == self.NAME:
            self.desk.came_from, self.desk.link = "", "dashboard" if self.journey.opened else ""
        self._was_running = self.desk.is_running
        self._show()
        self.action_refresh()
        self.set_interval(AGES, self._tick, name="age of the checks")

    def _tick(self) -> None:
        """Let the age grow; look again when a run has ended meanwhile."""
        was_running, self._was_running = self._was_running, self.desk.is_running
        if was_running and not self.desk.is_running:
            self.action_refresh()
        self._show_note()

    # ---- looking ----

    def action_refresh(self) -> None:
        """Look again; what was seen stays until then."""
        if self.desk.project is None or self._is_looking:
            return
        self._is_looking = True
        self._show_note()
        self.run_worker(self._look(), name="looking round", group="checks", exit_on_error=False)

    async def _look(self) -> None:
        project = self.desk.project
        assert project is not None
        try:
            self.desk.checks = await self.desk.backend.checks(project, self.desk.checks)
            self._failure, self._helps = None, ""
        except WizardError as error:
            self._failure = error.problem
            self._helps = await self.desk.backend.answer_to(error)
        finally:
            self._is_looking = False
        self._show()

    # ---- showing ----

    def _show(self) -> None:
        seen = self.desk.seen_checks
        first = not self._rows
        self._rows = {one.id: one for one in seen.checks} if seen else {}
        table = self.query_one("#checks", VirtualTable)
        table.show(list(self._rows), self._cells)
        table.styles.max_height = table.row_count + 1
        if first and self._rows:
            table.mark(next(iter(self._rows)))
        self.query_one(ProblemPanel).show(self._failure)
        self._show_note()
        self._show_marked()

    def _cells(self, key: str) -> Cells:
        one = self._rows[key]
        return Cells((WORDS[one.verdict], one.title, one.sentence), _TONES[one.verdict])

    def _show_note(self) -> None:
        """Say how it stands: looking, of when it is, or that there is nothing to see."""
        self.query_one("#checks-note", Plain).show(self._note())
        self.query_one("#do-prove").disabled = self._is_proving or self.desk.is_running

    def _note(self) -> str:
        seen = self.desk.seen_checks
        if self._is_proving:
            return PROVING
        if self.desk.project is None:
            return NO_PROJECT
        if seen is None:
            return LOOKING if self._is_looking else ""
        if not seen.checks:
            return LOOKING if self._is_looking else NOTHING
        old = time.monotonic() - seen.at
        when = "Looked just now." if old < FRESH else f"This is as of {span(old)} ago."
        if self._is_looking:
            when = f"{when} Looking again." if old >= FRESH else LOOKING
        elif self._failure:
            when = f"STALE: this is as of {span(old)} ago."
        return f"{seen.words} {when}"

    @property
    def _marked(self) -> Check | None:
        return self._rows.get(self.query_one("#checks", VirtualTable).marked)

    @on(VirtualTable.Marked)
    def _show_marked(self) -> None:
        one = self._marked
        title = f"{WORDS[one.verdict]}: {one.title}" if one else ""
        self.query_one("#detail-title", Plain).show(title)
        self.query_one("#detail-seen", Plain).show(one.sentence if one else "")
        self.query_one("#detail-fix", Plain).show("\n".join(fix_lines(one)) if one else "")
        self.query_one("#do-mend").display = self._can_mend
        offered = self._offered()
        for button in self.query(AnswerButton):
            button.display = button.where in offered
        self.query_one("#do-prove").display = self._can_prove
        self.refresh_bindings()

    @property
    def _can_mend(self) -> bool:
        return bool((one := self._marked) and one.fix and one.fix.by is By.WIZARD)

    @property
    def _can_prove(self) -> bool:
        """Disks are proved on clusters that somebody else made; on others the set-up does it."""
        return bool(self.desk.project and self.desk.project.spec.provider == "existing" and self._rows)

    def _offered(self) -> tuple[str, ...]:
        """Return which other answers help now."""
        seen = self.desk.seen_checks
        found = seen.answers(self._marked) if seen and self._marked else ()
        if self._helps and self._helps not in found:
            found = (self._helps, *found)
        return tuple(one for one in found if not (one in ONLY_BEFORE and self.desk.has_cluster))

    # ---- actions ----

    @on(VirtualTable.Chosen)
    def action_mend(self) -> None:
        """Play the step that mends the marked check; its run leads back here."""
        if self._can_mend and (one := self._marked) and one.fix:
            self.post_message(StartRun("mend", step=one.fix.id))

    def action_answer(self, where: str) -> None:
        """Go to a question; one that does not make the project leads straight back."""
        where = self.journey.where(where) if where == "context" else where
        asking = [stage.id for stage in self.journey.stages(self.scene) if stage.questions]
        if where not in asking:
            self.desk.came_from = self.desk.link = self.NAME
        self.go(where)

    def action_prove(self) -> None:
        """Ask, then prove that the cluster makes disks."""
        if not self._can_prove or self._is_proving:
            return
        lines = [
            "A claim of 1 GiB is made in the hub's namespace, with a pod that runs nothing where the disk "
            "waits for one. When the disk is there, both are removed again.",
            self.desk.cluster,
        ]
        self.app.push_screen(Ask("Make a disk of 1 GiB?", lines, yes="Make and remove it"), self._agreed)

    def _agreed(self, answer: str | None) -> None:
        if answer == YES:
            self.run_worker(self._prove(), name="proving disks", group="proof", exit_on_error=False)

    async def _prove(self) -> None:
        project = self.desk.project
        if project is None:
            return
        self._is_proving = True
        self._show_note()
        try:
            check = await self.desk.backend.prove_disks(project)
            if seen := self.desk.seen_checks:
                self.desk.checks = seen.with_one(check)
        finally:
            self._is_proving = False
        self._show()
        self.query_one("#checks", VirtualTable).mark(check.id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what a step of the wizard mends can be mended, and only others' clusters are proved."""
        if action == "mend" and self.is_mounted and not self._can_mend:
            return None
        if action == "prove" and not self._can_prove:
            return None
        return super().check_action(action, parameters)

    def commands(self) -> Iterable[SystemCommand]:
        """Offer the other answers that help."""
        for where in self._offered():
            label, about = ANSWERS[where]
            yield SystemCommand(label, about, lambda where=where: self.action_answer(where))

    def copied(self) -> Copied | None:
        """Copy the commands of the marked check where it has some."""
        one = self._marked
        if one and one.fix and (commands := one.fix.commands()):
            return Copied("the commands", "\n".join(command.shell() for command in commands))
        return super().copied()


def fix_lines(check: Check) -> list[str]:
    """Return what mends a check: what the wizard can do, or what a person does, with the commands."""
    fix = check.fix
    if fix is None:
        return []
    lines = [fix.how] if fix.by is By.YOU and fix.how else []
    if fix.by is By.WIZARD:
        lines = [f"Mend does this: {fix.title}. {fix.why} It usually takes {span(fix.usually)}."]
    commands = fix.commands()
    if commands:
        lines.append("What you would type instead:" if fix.by is By.WIZARD else "What to type:")
    for command in commands:
        lines += [f"# {command.about}"] if command.about else []
        lines.append(command.shell())
    return lines
