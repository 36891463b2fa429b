"""Tear-down: what will be deleted, what is refused, and the hub's name to type before anything happens."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from z2jh_wizard.core.engine import Planned
from z2jh_wizard.core.step import Danger, Finding
from z2jh_wizard.screens.base import WizardScreen, style_sheet
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.messages import Go, StartRun
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.text_line import TextLine
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

DELETED, KEPT = "! to delete", "- left alone"


class TeardownScreen(WizardScreen):
    """Asks for the name of the hub before it starts the tear-down."""

    NAME = "teardown"
    SCROLLS = False
    CSS_PATH = style_sheet("teardown")
    BINDINGS = screen_bindings("back", "refresh")
    ABOUT = (
        "What would be removed, and what is left alone because it is not ours. Nothing happens before "
        "you type the name of the hub and press the button. Esc changes nothing."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rows: dict[str, Cells] = {}
        self._planned_all = False

    @property
    def hub(self) -> str:
        """Return the name that has to be typed."""
        return self.desk.project.spec.release if self.desk.project else ""

    def why(self) -> str:
        """Say on which cluster it would happen."""
        return f"Removes the hub {self.hub}. {self.desk.cluster[:1].upper()}{self.desk.cluster[1:]}."

    def body(self) -> ComposeResult:
        """Make the list and the line to type in."""
        yield Plain("Looking for what is there. Nothing is changed.", dom_id="teardown-note")
        yield VirtualTable(
            Column("what", weight=3), Column("plan", 12), Column("found", weight=4), dom_id="doomed"
        )
        yield Plain(
            f"Students' files are deleted for good. Type the hub name ({self.hub}) to go on:",
            dom_id="confirm-label",
        )
        with Horizontal(id="confirm-line"):
            yield TextLine(dom_id="confirm")

    def buttons(self) -> ComposeResult:
        """Back, and the button that the name enables."""
        delete = ActionButton("teardown", f"Delete {self.hub}")
        delete.disabled = True
        leftovers = [ActionButton("leftovers")] if self.desk.is_cloud else []
        yield ButtonRow(delete, *leftovers, ActionButton("back", "Cancel"))

    def first_focus(self) -> Widget:
        """Begin where the name is typed."""
        return self.query_one("#confirm")

    def on_mount(self) -> None:
        """Look at once."""
        self.action_refresh()

    def action_refresh(self) -> None:
        """Look again at what is there."""
        self._rows.clear()
        self.run_worker(
            self._look(), name="looking for what is there", group="plan", exclusive=True, exit_on_error=False
        )

    async def _look(self) -> None:
        project = self.desk.project
        if project is None:
            return
        unknown = 0
        async for planned in self.desk.backend.plan(project, "teardown"):
            unknown += planned.look.finding is Finding.UNKNOWN
            self._rows.update(_rows(planned))
            self.query_one("#doomed", VirtualTable).show(list(self._rows), self._rows.__getitem__)
        plans = [cells.texts[1] for cells in self._rows.values()]
        note = f"{plans.count(DELETED)} to delete"
        if kept := plans.count(KEPT):
            note += f", {kept} left alone because they are not ours"
        note += "."
        if unknown:
            note = f"! {unknown} could not be looked at; the tear-down stops there. {note}"
        self.query_one("#teardown-note", Plain).show(note)

    @on(Input.Changed, "#confirm")
    def _typed(self, event: Input.Changed) -> None:
        self.query_one("#do-teardown").disabled = event.value.strip() != self.hub
        self.refresh_bindings()

    @on(Input.Submitted, "#confirm")
    def _entered(self) -> None:
        self.query_one("#do-teardown" if self._is_confirmed() else "#confirm").focus()

    def _is_confirmed(self) -> bool:
        return bool(self.hub) and self.query_one("#confirm", Input).value.strip() == self.hub

    def action_teardown(self) -> None:
        """Start, if the name was typed."""
        if self._is_confirmed():
            self.post_message(StartRun("teardown"))

    def action_leftovers(self) -> None:
        """List what an earlier cluster left, to delete some of it."""
        self.post_message(Go("leftovers"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey the deletion out until the name is typed."""
        if action == "teardown" and self.is_mounted and not self._is_confirmed():
            return None
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        """Change nothing."""
        self.post_message(Go("dashboard"))


def _rows(planned: Planned) -> dict[str, Cells]:
    """Return a row for each resource of a step, or one for the step when it names none."""
    step, look = planned.step, planned.look
    if look.finding is Finding.UNKNOWN:
        return {step.id: Cells((step.title, "? unknown", look.detail), "warning")}
    if step.danger is Danger.NONE and not look.not_ours:
        return {}  # the last look round only reports, after all the rest
    if look.finding is Finding.READY and not look.not_ours:
        return {step.id: Cells((step.title, "= gone", look.detail), "dim")}
    word, tone = (KEPT, "warning") if look.not_ours else (DELETED, "bad")
    names = [str(resource) for resource in look.resources] or [step.title]
    reasons = [look.not_ours or look.detail, *("" for _ in names[1:])]  # once for all things of a step
    rows = enumerate(zip(names, reasons, strict=True))
    return {f"{step.id}/{number}": Cells((name, word, why), tone) for number, (name, why) in rows}
