"""The first screen: open a project, begin a new one, practice, carry on, or leave."""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from z2jh_wizard.core.redaction import plain
from z2jh_wizard.screens.base import WizardScreen, style_sheet
from z2jh_wizard.screens.messages import BeginJourney, OpenFolder
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.text_line import TextLine

_WELCOME = """\
From nothing to a Zero to JupyterHub hub for your course, and back to nothing.
Every step shows what it does before it does it, and can be stopped at any moment."""


class WelcomeScreen(WizardScreen):
    """Where every sitting begins."""

    NAME = "welcome"
    CSS_PATH = style_sheet("welcome")
    BINDINGS = screen_bindings()
    ABOUT = "Begin here: practice costs nothing, a new project asks a few questions, or open one you have."

    def why(self) -> str:
        """Say what the wizard does."""
        return _WELCOME

    def body(self) -> ComposeResult:
        """Make the ways to begin."""
        yield ButtonRow(
            ActionButton("practice", "Practice: free, offline"),
            ActionButton("new_project", "New project"),
            flat=True,
        )
        yield Plain(
            "Practice plays the whole journey on this computer; nothing real is made.", classes="hint"
        )
        yield Plain("Open a project", classes="heading")
        yield TextLine(placeholder="folder with a z2jh.yaml", dom_id="folder")
        yield Plain("Type its folder and press Enter, or choose one that was open lately:", classes="hint")
        recent = OptionList(id="recent", markup=False, compact=True)
        recent.display = False
        yield recent
        yield Plain("None yet: projects that you open are listed here.", dom_id="no-recent", classes="hint")

    def buttons(self) -> ComposeResult:
        """Open and Quit."""
        yield ButtonRow(ActionButton("open_project"), ActionButton("quit"))

    def on_mount(self) -> None:
        """Show the recent projects after the first frame."""
        super().on_mount()
        self.call_after_refresh(self._list_recent)

    def first_focus(self) -> Widget:
        """Begin on the harmless and most useful button."""
        return self.query_one("#do-practice")

    def _list_recent(self) -> None:
        folders = self.desk.memory.recent()
        recent = self.query_one("#recent", OptionList)
        for folder in folders:
            recent.add_option(Option(plain(f"{folder}{self._interrupted(folder)}", 600)))
        recent.display = bool(folders)
        recent.highlighted = 0 if folders else None
        self.query_one("#no-recent").display = not folders

    def _interrupted(self, folder: Path) -> str:
        """Return a note when a run in that project never ended; without a journal nothing was ever run."""
        from z2jh_wizard.core.errors import WizardError

        if not (folder / ".z2jh" / "journal.jsonl").exists():
            return ""
        try:
            found = self.desk.backend.interruption(self.desk.backend.open(folder))
        except WizardError:
            return "\n  ! cannot be read"
        return f"\n  ! {found.flow} of {found.time} was interrupted: Enter to carry on" if found else ""

    @on(OptionList.OptionSelected, "#recent")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.post_message(OpenFolder(self.desk.memory.recent()[event.option_index]))

    @on(Input.Submitted, "#folder")
    def _typed(self) -> None:
        self.action_open_project()

    def action_open_project(self) -> None:
        """Open the folder that was typed."""
        typed = self.query_one("#folder", Input).value.strip()
        if typed:
            self.post_message(OpenFolder(Path(typed).expanduser()))
        else:
            self.query_one("#folder").focus()

    def action_practice(self) -> None:
        """Begin a practice project."""
        self.post_message(BeginJourney("practice"))

    def action_new_project(self) -> None:
        """Begin a project on a cluster that exists."""
        typed = self.query_one("#folder", Input).value.strip()
        self.post_message(BeginJourney("existing", typed))
