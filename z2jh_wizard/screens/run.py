"""The run: its steps, the log, pods and events, and what to do when it does not go on."""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.core.events import State
from z2jh_wizard.core.step import By
from z2jh_wizard.screens.base import WizardScreen, style_sheet
from z2jh_wizard.screens.clipboard import Copied
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.dialogs import YES, Ask
from z2jh_wizard.screens.live_panes import EventsPane, LivePane, PodsPane
from z2jh_wizard.screens.messages import Go, StartRun, StopRun
from z2jh_wizard.screens.run_record import RunRecord
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.log_pane import LogPane
from z2jh_wizard.widgets.panes import Pane, Panes
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.problem_panel import ProblemPanel
from z2jh_wizard.widgets.virtual_log import VirtualLog
from z2jh_wizard.widgets.virtual_table import Cells, Column, VirtualTable

REPAINT_AFTER = 0.15
"""Seconds in which changes are gathered before they are shown together."""

STEP_MOST = 38
"""Cells of a step's title, at most; on 80 columns the detail needs the rest."""

TITLES = {
    "setup": "set up",
    "teardown": "tear down",
    "resize": "resize",
    "upgrade": "upgrade",
    "rollback": "roll back",
    "image": "build the image",
    "mend": "mend",
    "stop": "stop the cluster",
    "start": "start the cluster",
}

AFTER = {"teardown": "receipt", "image": "image-builder", "mend": "checks"}
"""Where Next leads after a run; after the others it is the dashboard."""

_TONES = {
    State.DONE: "good",
    State.ALREADY: "good",
    State.FAILED: "bad",
    State.STOPPED: "warning",
    State.NEEDS_YOU: "warning",
    State.WAITING: "dim",
}


class RunScreen(WizardScreen):
    """Shows the run of the desk; leaving the screen does not stop it."""

    NAME = "run"
    SCROLLS = False
    CSS_PATH = style_sheet("run")
    BINDINGS = screen_bindings("back", "next", "stop", "retry", "details", "panes", "find", "copy")
    ABOUT = (
        "The steps of the run, with what they took and usually take. Leaving this screen does not stop it. "
        "Stop asks first; what was made is kept, and Retry looks first and carries on."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        if desk.run is None:
            raise RuntimeError("there is no run to show")
        self.record: RunRecord = desk.run
        self._shown_lines = 0
        self._repaint_due = False
        self._was_over = False
        self._followed = ""

    def why(self) -> str:
        """Say how it stands."""
        return self.record.summary()

    def body(self) -> ComposeResult:
        """Make steps, problem and panes."""
        step = min(STEP_MOST, max((len(one.step.title) for one in self.record.steps.values()), default=0))
        yield VirtualTable(Column("state", 15), Column("step", step), Column("detail"), dom_id="steps")
        yield ProblemPanel(id="problem")
        yield Panes(
            Pane("log", "Log", LogPane("Log", dom_id="log"), headed=True),
            Pane("pods", "Pods", PodsPane(self.desk, dom_id="pods"), headed=True),
            Pane("events", "Events", EventsPane(self.desk, dom_id="events"), headed=True),
        )

    def buttons(self) -> ComposeResult:
        """Stop while it runs; then Next, and Retry or Skip where they make sense."""
        yield ButtonRow(
            ActionButton("next"),
            ActionButton("stop"),
            ActionButton("retry"),
            ActionButton("skip"),
            ActionButton("back"),
        )

    def step_words(self) -> str:
        """Return ``set up, step 3 of 9``."""
        name = TITLES.get(self.record.session.name, self.record.session.name)
        total = len(self.record.steps)
        return f"{name}, step {self.record.position()} of {total}" if total else name

    def on_mount(self) -> None:
        """Show what is known and listen."""
        self.query_one("#log", LogPane).show_path(str(self._log_path()))
        self.record.on_change = self._changed
        self.set_interval(1.0, self._tick, name="elapsed time")
        self._repaint()

    def _log_path(self) -> Path:
        """Return where the whole log is, from the project's folder."""
        session = self.record.session
        return session.log_path.relative_to(session.project.folder)

    def on_unmount(self) -> None:
        """Stop listening; the run goes on."""
        if self.record.on_change == self._changed:
            self.record.on_change = None

    def first_focus(self) -> Widget:
        """Begin at the steps."""
        return self.query_one("#steps")

    def _changed(self) -> None:
        """Repaint soon, once for any number of changes."""
        if not self._repaint_due:
            self._repaint_due = True
            self.set_timer(REPAINT_AFTER, self._repaint, name="repaint")

    def _tick(self) -> None:
        """Let the elapsed time of the running step grow."""
        at_work = self.record.at_work
        if at_work and at_work.state is State.RUNNING and self.is_current:
            self.query_one("#steps", VirtualTable).refresh_row(at_work.step.id)

    def _repaint(self) -> None:
        self._repaint_due = False
        record = self.record
        steps = self.query_one("#steps", VirtualTable)
        steps.show(list(record.steps), self._cells)
        newest = record.newest
        if newest and newest.step.id != self._followed:
            self._followed = newest.step.id
            steps.mark(newest.step.id)
        self.query_one("#why", Plain).show(record.summary())
        self._show_problem()
        self.query_one(VirtualLog).write(record.lines_since(self._shown_lines))
        self._shown_lines = record.line_number
        self.refresh_frame()
        for pane in self.query(LivePane):
            pane.connect()
        self._show_buttons()
        if record.is_over and not self._was_over:
            self._was_over = True
            self._settle_focus()

    def _show_problem(self) -> None:
        """Show what went wrong once the run is over (until then a second try may still mend it)."""
        record = self.record
        yours = record.at_work.step if record.at_work and record.at_work.state is State.NEEDS_YOU else None
        cost = f"Skipping it: {yours.skipping}" if yours and yours.skipping else ""
        self.query_one(ProblemPanel).show(record.problem if record.is_over else None, cost)

    def _cells(self, key: str) -> Cells:
        record = self.record.steps[key]
        return Cells(
            (record.words(self.record.now()), record.step.title, record.about()), _TONES.get(record.state, "")
        )

    def _show_buttons(self) -> None:
        """Show only what makes sense now; a button with the focus hands it to its successor."""
        record = self.record
        over, code = record.is_over, record.outcome.code if record.outcome else None
        at_work = record.at_work
        waiting_for_you = code == ExitCode.NEEDS_YOU
        skippable = bool(waiting_for_you and at_work and at_work.step.by is By.YOU)
        shown = {
            "next": over,
            "stop": not over,
            "retry": over and code != ExitCode.DONE,
            "skip": skippable,
        }
        focused = self.focused.id if self.focused else ""
        for name, visible in shown.items():
            self.query_one(f"#do-{name}").display = visible
        retry = self.query_one("#do-retry", ActionButton)
        retry.label = "Check again" if waiting_for_you else "Retry"
        self.query_one("#do-stop").disabled = record.stopping
        if focused and focused.startswith("do-") and self.focused is None:
            self._settle_focus()
        self.refresh_bindings()

    def _settle_focus(self) -> None:
        """Put the focus on what to do next: the problem's remedy, or going on."""
        if self.focused is not None and self.focused.id not in ("steps", "do-stop", None):
            return
        code = self.record.outcome.code if self.record.outcome else None
        name = "#do-next" if code in (None, ExitCode.DONE) else "#do-retry"
        target = self.query_one(name)
        (target if target.display else self.query_one("#steps")).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what makes no sense now."""
        over = self.record.is_over
        if action == "stop":
            return None if over or self.record.stopping else True
        if action in ("retry", "next", "skip"):
            done = over and self.record.outcome is not None and self.record.outcome.code == ExitCode.DONE
            return None if not over or (action != "next" and done) else True
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        """Close the line for finding; else leave the screen while the run goes on."""
        if not self.query_one("#log", LogPane).stop_finding():
            self.post_message(Go("checks" if self.record.session.name == "mend" else "dashboard"))

    def action_next(self) -> None:
        """Go on: to the receipt after a tear-down, to where an image or a check led from, else to the hub."""
        self.post_message(Go(AFTER.get(self.record.session.name, "dashboard")))

    def action_panes(self) -> None:
        """Show log, pods or events."""
        self.query_one(Panes).next_pane()

    def action_details(self) -> None:
        """Write the commands of the marked step into the log pane."""
        record = self.record.steps.get(self.query_one("#steps", VirtualTable).marked)
        if record is None:
            return
        commands = [line for one in record.step.commands() for line in one.shell().splitlines()]
        lines = [f"# {record.step.title}: {record.step.why}"]
        if record.step.by is By.YOU:
            lines += [f"#   you do this: {record.step.how}", f"#   skipping it: {record.step.skipping}"]
        lines += [f"$ {line}" for line in commands] or ["# nothing to type"]
        self.query_one(Panes).choose("log")
        self.query_one(VirtualLog).write(lines)

    @on(VirtualTable.Chosen, "#steps")
    def _chosen(self) -> None:
        self.action_details()

    def action_find(self) -> None:
        """Find in the log."""
        self.query_one(Panes).choose("log")
        self.query_one("#log", LogPane).start_finding()

    def copied(self) -> Copied:
        """Copy the problem if there is one, else the log."""
        panel = self.query_one(ProblemPanel)
        if panel.display:
            return Copied("the problem", panel.text())
        log = f"the newest of the log (the whole of it is in {self._log_path()})"
        return Copied(log, self.query_one(VirtualLog).text())

    def action_stop(self) -> None:
        """Ask whether to stop."""
        lines = [
            "The step at work is interrupted, then looked at once more.",
            "What was made so far is kept and shown.",
            self.desk.cluster,
        ]
        ask = Ask("Stop the run?", lines, yes="Stop and show what exists", no="Keep waiting")
        self.app.push_screen(ask, self._stop)

    def _stop(self, answer: str | None) -> None:
        if answer == YES and not self.record.is_over:
            self.post_message(StopRun())

    def action_retry(self) -> None:
        """Run the same flow again; what was skipped before stays skipped."""
        session = self.record.session
        self.post_message(StartRun(session.name, skip=self.record.skipped, **session.options))

    def action_skip(self) -> None:
        """Leave the step out that waits for a person, after saying what that costs."""
        at_work = self.record.at_work
        if at_work is None:
            return
        step = at_work.step

        def skip(answer: str | None) -> None:
            if answer == YES:
                session = self.record.session
                skipped = self.record.skipped | {step.id}
                self.post_message(StartRun(session.name, skip=skipped, **session.options))

        cost = step.skipping or "Nothing says what that costs."
        self.app.push_screen(Ask(f"Skip: {step.title}?", [f"What it costs: {cost}"], yes="Skip it"), skip)
