"""The first screen: open a project, begin a new one, practice, carry on, or leave."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from z2jh_wizard.screens.base import WizardScreen
from z2jh_wizard.screens.messages import BeginJourney, OpenFolder, ResumeJourney
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
    BINDINGS = screen_bindings()
    ABOUT = "Begin here: practice costs nothing, a new project asks a few questions, or open one you have."

    def why(self) -> str:
        """Say what the wizard does."""
        return _WELCOME

    def body(self) -> ComposeResult:
        """Make the ways to begin."""
        yield Plain("A new hub", classes="heading")
        yield ButtonRow(
            ActionButton("practice", "Practice: free, offline"),
            ActionButton("quick", "Quick: 4 screens"),
            ActionButton("guided", "Guided: every page"),
            flat=True,
        )
        yield Plain(
            "Practice plays the whole journey on this computer; nothing real is made. Quick asks what nobody "
            "can choose for you, Guided walks through the guide; you can change at any page.",
            classes="hint",
        )
        yield Vertical(
            ButtonRow(ActionButton("go_on"), flat=True),
            Plain("", dom_id="begun-note", classes="hint"),
            id="begun",
        )
        yield Plain("Open a project", classes="heading")
        yield TextLine(placeholder="folder with a z2jh.yaml", dom_id="folder")
        yield Plain("Type its folder and press Enter, or choose one that was open lately:", classes="hint")
        yield Plain("None yet: projects that you open are listed here.", dom_id="no-recent", classes="hint")

    def buttons(self) -> ComposeResult:
        """Open and Quit."""
        yield ButtonRow(ActionButton("open_project"), ActionButton("quit"))

    def on_mount(self) -> None:
        """Show what was begun and the recent projects after the first frame."""
        self.query_one("#begun").display = False
        self.call_after_refresh(self._list_recent)

    def first_focus(self) -> Widget:
        """Begin on the harmless and most useful button."""
        return self.query_one("#do-practice")

    def _list_recent(self) -> None:
        self.run_worker(self._show_recent(), name="listing projects", group="recent", exit_on_error=False)

    async def _show_recent(self) -> None:
        if begun := await asyncio.to_thread(self.desk.memory.unfinished):
            self.query_one("#do-go_on", ActionButton).label = Content(f"Go on: {begun.name}")
            self.query_one("#begun-note", Plain).show(f"At the page {begun.page}, in {begun.folder}.")
            self.query_one("#begun").display = True
        folders = self.desk.memory.recent()
        if not folders:
            return
        from z2jh_wizard.screens.recent_list import RecentProjects, notes

        remarks = await asyncio.to_thread(notes, self.desk.backend, folders)
        self.query_one("#no-recent").display = False
        await self.query_one("#body").mount(RecentProjects(folders, remarks))

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

    def action_quick(self) -> None:
        """Begin a new hub by the quick way."""
        self._begin("quick")

    def action_guided(self) -> None:
        """Begin a new hub by the guided way."""
        self._begin("guided")

    def action_go_on(self) -> None:
        """Go on with the new hub that was begun."""
        self.post_message(ResumeJourney())

    def _begin(self, way: str) -> None:
        typed = self.query_one("#folder", Input).value.strip()
        self.post_message(BeginJourney("existing", typed, way))
