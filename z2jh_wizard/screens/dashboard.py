"""The hub as it is: address, release, nodes, pods, students, and problems in words."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from z2jh_wizard.core.errors import Problem, WizardError
from z2jh_wizard.screens.backend import Interruption
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.clipboard import Copied
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.dialogs import Notice
from z2jh_wizard.screens.here import is_here
from z2jh_wizard.screens.hub_actions import NEED_CLUSTER, HubActions
from z2jh_wizard.screens.hub_facts import Counts, facts, problem_line
from z2jh_wizard.screens.live_panes import EventsPane, LivePane, PodsPane
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.screens.run_record import span
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.panes import Pane, Panes
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.problem_panel import ProblemPanel
from z2jh_wizard.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from z2jh_wizard.core.report import StatusReport

LOOK_EVERY = 5.0
"""Seconds between two looks at the whole status, and only if the live store told of a change."""


class DashboardScreen(HubActions):
    """The home of an open project."""

    NAME = "dashboard"
    SCROLLS = False
    CSS_PATH = style_sheet("dashboard")
    BINDINGS = screen_bindings("back", "refresh", "details", "copy", "panes")
    ABOUT = (
        "How the hub is right now. Apply again brings it to what config.yaml says; Tear down lists "
        "what would be removed before it asks."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._looked = 0.0
        self._problem: Problem | None = None
        self._looking = False
        self._unlisten: Callable[[], None] | None = None

    def why(self) -> str:
        """Say which folder this is."""
        return f"Project folder: {self.desk.folder}"

    def body(self) -> ComposeResult:
        """Make facts, problems and panes."""
        yield Plain("", dom_id="interrupted")
        yield Plain("Looking at the hub.", dom_id="facts")
        yield ProblemPanel(id="problem")
        with VerticalScroll(id="problems"):
            yield Plain("", dom_id="problem-lines", limit=20_000)
        yield Panes(
            Pane("pods", "Pods", PodsPane(self.desk, dom_id="pods"), headed=True),
            Pane("events", "Events", EventsPane(self.desk, dom_id="events"), headed=True),
        )

    def buttons(self) -> ComposeResult:
        """Make a button for each thing that can be done."""
        practice = [ActionButton("students"), ActionButton("fault")] if self.desk.is_practice else []
        yield ButtonRow(
            ActionButton("resume"),
            ActionButton("apply"),
            ActionButton("settings"),
            ActionButton("upgrade"),
            ActionButton("resize"),
            *practice,
            *([] if self.desk.is_practice else [ActionButton("address")]),
            ActionButton("runbook"),
            ActionButton("teardown"),
            flat=True,
        )

    def first_focus(self) -> Widget:
        """Begin at carrying on, or at applying."""
        return self.query_one("#do-resume" if self._interrupted else "#do-apply")

    def on_mount(self) -> None:
        """Look at once, and again whenever something changed."""
        project = self.desk.project
        self.desk.link = ""
        self.query_one("#problems").display = False
        self._interrupted = (
            self.desk.backend.interruption(project) if project and not self.desk.is_running else None
        )
        self._show_interrupted()
        self.action_refresh()
        self.set_interval(LOOK_EVERY, self._look_if_changed, name="status")

    def on_unmount(self) -> None:
        """Stop listening."""
        if self._unlisten:
            self._unlisten()

    def action_refresh(self) -> None:
        """Look at everything again."""
        if self.desk.live:
            self.desk.live.retry_now()
        self._start_looking()
        for pane in self.query(LivePane):
            pane.connect()

    def _start_looking(self) -> None:
        """Look once more, unless a look is on its way: a slow one must be able to end."""
        if not self._looking:
            self._looking = True
            self.run_worker(self._look(), name="looking at the hub", group="status", exit_on_error=False)

    def _look_if_changed(self) -> None:
        """Look again after a change, or while the last look failed; let the age of what is stale grow."""
        if self._problem:
            self._show_facts()
        if (self._dirty or self._problem) and self.is_current:
            self._start_looking()

    @on(LivePane.Connected)
    def _listen(self) -> None:
        """Hear of every change as soon as there is a live store."""
        if self._unlisten is None and self.desk.live:
            self._unlisten = self.desk.live.listen(self._changed)
            self._changed(frozenset())

    def _changed(self, _kinds: frozenset[str]) -> None:
        """Show the new numbers at once; the rest waits for the next look."""
        self._dirty = True
        if self._report and is_here(self):
            self._show_facts()

    async def _look(self) -> None:
        self._dirty = False
        try:
            if self.desk.project:
                self._report = await self.desk.backend.status(self.desk.project)
                self._looked, self._problem = time.monotonic(), None
        except WizardError as error:
            self._problem = error.problem
        finally:
            self._looking = False
        self._show_facts()

    def _show_interrupted(self) -> None:
        found = self._interrupted
        line = self.query_one("#interrupted", Plain)
        line.display = found is not None
        self.query_one("#do-resume").display = found is not None
        # Eighty columns hold seven buttons, and nobody upgrades or resizes a hub that is half made.
        for later in ("#do-upgrade", "#do-resize"):
            self.query_one(later).display = found is None
        if found:
            line.show(found.sentence(found.step))
            self.run_worker(
                self._name_step(found), name="naming the step", group="interrupted", exit_on_error=False
            )

    async def _name_step(self, found: Interruption) -> None:
        """Say the step's title in place of its id, where the flow can be built without options."""
        if self.desk.project and found.step and found.flow in ("setup", "teardown"):
            steps = await self.desk.backend.steps(self.desk.project, found.flow)
            titles = {step.id: step.title for step in steps}
            self.query_one("#interrupted", Plain).show(found.sentence(titles.get(found.step, found.step)))

    def _show_facts(self) -> None:
        report = self._report
        panel = self.query_one(ProblemPanel)
        panel.show(self._problem)
        apply = self.query_one("#do-apply", ActionButton)
        if report is None:
            self.query_one("#facts", Plain).show("No data yet. F5 looks again.")
            return
        absent = report.release.state == "absent"
        again = "Apply" if self._interrupted else "Apply again"
        apply.label = "Set up" if absent else again
        for name in NEED_CLUSTER:
            for button in self.query(f"#do-{name}"):
                button.disabled = not report.cluster
        self.query_one("#facts", Plain).show(facts(report, self._counts(report), self._stale()))
        self.query_one("#problems").display = bool(report.problems)
        lines = [problem_line(one) for one in report.problems]
        self.query_one("#problem-lines", Plain).show("\n".join(lines))

    def _counts(self, report: StatusReport) -> Counts:
        """Return the numbers of the live store if there are any: they are newer than the report's."""
        live = self.desk.live and Counts.of_store(self.desk.live)
        return live or Counts.of_report(report)

    def _stale(self) -> str:
        if self._problem is None:
            return ""
        return f"STALE: this is how it was {span(time.monotonic() - self._looked)} ago. F5 looks again."

    @on(VirtualTable.Chosen)
    def _pod_details(self) -> None:
        self.action_details()

    def action_details(self) -> None:
        """Say all that is known of the marked row."""
        for pane in self.query(LivePane):
            table = pane.query_one(VirtualTable)
            if table.has_focus or (pane.has_class("-chosen") and not self.focused):
                row = pane.row(table.marked)
                if row:
                    lines = [pane.clean(line) for line in _details(row)]
                    self.app.push_screen(Notice(f"{pane.TITLE}: {pane.clean(table.marked)}", lines))
                return

    def action_panes(self) -> None:
        """Show pods or events."""
        self.query_one(Panes).next_pane()

    def action_back(self) -> None:
        """Back to the list of projects; the run goes on if there is one."""
        self.post_message(Go("run" if self.desk.is_running else "welcome"))

    def copied(self) -> Copied:
        """Copy the marked row, else the address of the hub."""
        url = self._report.url if self._report else ""
        hub = Copied("the address of the hub", url) if url else Copied("there is no address yet", "")
        return super().copied() or hub


def _details(row: Any) -> list[str]:
    """Return all that is known of a row as lines."""
    known = msgspec.structs.asdict(row)
    return [f"{name.replace('_', ' ')}: {value}" for name, value in known.items() if value]
