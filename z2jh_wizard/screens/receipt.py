"""The receipt of a tear-down: what was removed, what is left, and what that costs."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widget import Widget

from z2jh_wizard.screens.base import WizardScreen, style_sheet
from z2jh_wizard.screens.clipboard import Copied
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.virtual_log import VirtualLog


class ReceiptScreen(WizardScreen):
    """Shows the receipt of the run on the desk; it is kept in the project, too."""

    NAME = "receipt"
    SCROLLS = False
    CSS_PATH = style_sheet("teardown")
    BINDINGS = screen_bindings("back", "next", "copy")
    ABOUT = "What was removed and what is left. The same is kept in the project's folder .z2jh/receipts."

    def why(self) -> str:
        """Say where it is kept."""
        return "What was removed, what was looked for and not found, and what is left."

    def body(self) -> ComposeResult:
        """Make the verdict, which stays in sight, and the text."""
        yield Plain("Making the receipt.", dom_id="verdict")
        yield VirtualLog(dom_id="receipt")

    def buttons(self) -> ComposeResult:
        """Go on to the projects, or back to the hub."""
        leftovers = ActionButton("leftovers")
        leftovers.display = False
        yield ButtonRow(ActionButton("home", "Done"), leftovers, ActionButton("back", "Project"))

    def first_focus(self) -> Widget:
        """Begin at Done."""
        return self.query_one("#do-home")

    def on_mount(self) -> None:
        """Make the receipt from the run."""
        self.run_worker(self._show(), name="making the receipt", group="receipt", exit_on_error=False)

    async def _show(self) -> None:
        record = self.desk.run
        verdict, *lines = (
            await self.desk.backend.receipt(record.session) if record else ["- There was no tear-down."]
        )
        if self.desk.project and record:
            lines += ["", f"Kept in {self.desk.project.receipts}"]
        self.query_one("#verdict", Plain).show(verdict)
        self.query_one("#receipt", VirtualLog).show("\n".join(lines))
        self.query_one("#do-leftovers").display = self.desk.is_cloud and not verdict.startswith("+")

    def copied(self) -> Copied:
        """Copy the whole receipt."""
        verdict = self.query_one("#verdict", Plain).text
        return Copied("the receipt", "\n".join([verdict, self.query_one("#receipt", VirtualLog).text()]))

    def action_home(self) -> None:
        """Go to the first screen."""
        self.post_message(Go("welcome"))

    def action_leftovers(self) -> None:
        """List what is left, to delete some of it."""
        self.post_message(Go("leftovers"))

    def action_next(self) -> None:
        """Go to the first screen."""
        self.action_home()

    def action_back(self) -> None:
        """Go to the project."""
        self.post_message(Go("dashboard"))
