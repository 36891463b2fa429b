"""The generated secrets: what each is for; their values only when asked for on purpose."""

from __future__ import annotations

from textual.app import ComposeResult

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.redaction import HIDDEN
from z2jh_wizard.flows.hub_secrets import secrets_of
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.messages import Trouble
from z2jh_wizard.screens.stage import StageScreen
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.plain import Plain


class SecretsScreen(StageScreen):
    """Lists the secrets of the hub by what they are for."""

    NAME = "secrets"
    STAGE = "secrets"
    CSS_PATH = style_sheet("page")
    BINDINGS = screen_bindings("back", "next", "reveal")
    ABOUT = "Secrets are made once, kept in secrets.yaml that only you can read, and never replaced."

    def why(self) -> str:
        """Say what they are."""
        return "Long random texts that only this hub knows: its parts trust each other by them."

    def body(self) -> ComposeResult:
        """Make the list and the explanation."""
        yield Plain("", dom_id="secret-list")
        yield Plain("", dom_id="secret-note", classes="hint")

    def buttons(self) -> ComposeResult:
        """Back, reveal, Next."""
        yield ButtonRow(ActionButton("next"), ActionButton("reveal"), ActionButton("back"))

    def on_mount(self) -> None:
        """Show them hidden."""
        self._revealed = False
        self._show()

    def action_reveal(self) -> None:
        """Show the values, or hide them again."""
        self._revealed = not self._revealed
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to reveal before the secrets are made."""
        if action == "reveal" and not (self.desk.project and self.desk.project.secrets.exists()):
            return None
        return super().check_action(action, parameters)

    def on_unmount(self) -> None:
        """Take the values off the screen."""
        self._revealed = False

    def _show(self) -> None:
        project = self.desk.project
        if project is None:
            return
        try:
            files = files_of(project)
            secrets = secrets_of(files)
        except InvalidInput as error:
            self.post_message(Trouble(error.problem))
            return
        lines = []
        for one in secrets:
            value = one.value if isinstance(one.value, str) else ", ".join(one.value or ())
            shown = (value if self._revealed else HIDDEN) if value else "will be made"
            about = one.wanted.kind.about
            mark = "+" if value else "-"
            lines.append(f"{mark} {about[0].upper() + about[1:]}\n    {one.wanted.dotted}: {shown}\n")
        made = any(one.wanted.is_set for one in secrets)
        self.query_one("#secret-list", Plain).show("\n".join(lines))
        self.query_one("#do-reveal").disabled = not made
        self.query_one("#secret-note", Plain).show(_note(made, self._revealed, str(project.secrets)))


def _note(exist: bool, revealed: bool, path: str) -> str:
    if not exist:
        return (
            'You need not type any of them. The step "Make the secrets" makes them with this computer\'s '
            f"random numbers and writes them to {path}, a file that only you can read. Git leaves it out."
        )
    if revealed:
        return "The secrets are on your screen now: F6 hides them, and so does leaving this page."
    return f"They are in {path}, which only you can read. F6 shows them; mind who is watching."
