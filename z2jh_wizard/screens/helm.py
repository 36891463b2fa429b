"""Which Helm does the work, or how to get one."""

from __future__ import annotations

from textual.app import ComposeResult

from z2jh_wizard.core.errors import NeedsYou
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.stage import StageScreen
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.problem_panel import ProblemPanel

SOURCES = {
    "path": "found on your PATH",
    "download": "downloaded and verified by the wizard",
    "sdk": "bundled with the Python package helm-python-sdk",
}


class HelmScreen(StageScreen):
    """Shows the Helm that was found."""

    NAME = "helm"
    STAGE = "helm"
    CSS_PATH = style_sheet("page")
    BINDINGS = screen_bindings("back", "next", "refresh")
    ABOUT = "Helm installs, upgrades and removes the hub. The wizard uses yours, or one of its own."

    def why(self) -> str:
        """Say what Helm is for."""
        return "Helm is the program that installs a hub from a chart, upgrades it and removes it."

    def body(self) -> ComposeResult:
        """Make the lines."""
        yield Plain("Looking for Helm.", dom_id="helm-found")
        yield ProblemPanel(id="helm-missing")

    def buttons(self) -> ComposeResult:
        """Back, check again, Next."""
        yield ButtonRow(ActionButton("next"), ActionButton("refresh", "Check again"), ActionButton("back"))

    def on_mount(self) -> None:
        """Look at once."""
        self.action_refresh()

    def action_refresh(self) -> None:
        """Look again."""
        self.query_one("#helm-found", Plain).show("Looking for Helm.")
        self.run_worker(
            self._look(), name="looking for Helm", group="helm", exclusive=True, exit_on_error=False
        )

    async def _look(self) -> None:
        panel = self.query_one(ProblemPanel)
        try:
            helm = await self.desk.backend.helm()
        except NeedsYou as missing:
            self.query_one("#helm-found", Plain).show("? No Helm was found. You can go on and get it later.")
            panel.show(missing.problem)
            return
        panel.show(None)
        self.query_one("#helm-found", Plain).show(
            f"+ Helm {helm.version}\n\n"
            f"  from   {SOURCES.get(helm.source, helm.source)}\n"
            f"  path   {helm.where}\n\n"
            "It runs as a program of its own, so it cannot disturb this screen."
        )
