"""What the pages about a cloud share: questions beside the event loop, and what to do when one fails."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from z2jh_wizard.core.errors import Problem, WizardError
from z2jh_wizard.flows.cloud_pages import wanted
from z2jh_wizard.flows.page import Field
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.page import QuestionsScreen
from z2jh_wizard.widgets.pick_list import PickList
from z2jh_wizard.widgets.problem_panel import ProblemPanel

if TYPE_CHECKING:
    from z2jh_wizard.flows.cloud_questions import CloudQuestions

SWITCHES = ("enable-service", "register")
"""Fixes that a button does: switching something on, which is free."""


class CloudScreen(QuestionsScreen):
    """Asks a cloud for what can be answered; leaving the screen ends every question."""

    SCROLLS = False
    CSS_PATH = style_sheet("cloud")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, self.STAGE)
        self.NAME = self.STAGE
        self._cloud: CloudQuestions | None = None
        self._fix = ""

    def body(self) -> ComposeResult:
        """Make room for what goes wrong, which stays in sight, above the questions."""
        yield ProblemPanel()
        with VerticalScroll(id="asked", can_focus=False):
            yield from self.parts()

    def parts(self) -> ComposeResult:
        """Make the questions."""
        raise NotImplementedError

    def on_resize(self, _event: events.Resize) -> None:
        """Keep what has the focus in sight on another terminal."""
        self.call_after_refresh(self._see_focus)

    def _see_focus(self) -> None:
        if self.focused:
            self.focused.scroll_visible(animate=False, immediate=True)

    # ---- asking ----

    def ask(self, work: Coroutine[Any, Any, None], name: str, group: str = "cloud") -> None:
        """Do work that asks the cloud; the work of the same group that is still going on ends."""
        self.run_worker(work, name=name, group=group, exclusive=True, exit_on_error=False)

    async def cloud(self, *, anew: bool = False) -> CloudQuestions:
        """Return what asks the cloud, for the answers as they are; ``anew`` when they changed."""
        if anew or self._cloud is None:
            self._cloud = await self.desk.backend.cloud(self.journey.answers)
        return self._cloud

    def show_trouble(self, error: WizardError | None) -> None:
        """Show what went wrong and the button that can do something about it; or nothing."""
        problem: Problem | None = error.problem if error else None
        self._fix = str(getattr(error, "fix", ""))
        self.query_one(ProblemPanel).show(problem)
        self.query_one("#do-switch_on").display = self._fix in SWITCHES

    def action_switch_on(self) -> None:
        """Switch on what the cloud lacks, then look again."""
        if self._fix in SWITCHES:
            self.ask(self._switch_on(), "switching it on")

    async def _switch_on(self) -> None:
        button = self.query_one("#do-switch_on")
        button.disabled = True
        try:
            async for line in self.desk.backend.switch_on(self.journey.answers):
                self.show_progress(line)
        except WizardError as error:
            self.show_trouble(error)
            return
        finally:
            button.disabled = False
        self.show_trouble(None)
        self.set_focus(self.first_focus())  # what is asked comes next, and the button is gone
        self.call_later(self.action_refresh)

    def show_progress(self, line: str) -> None:
        """Show what is being done at the cloud."""

    def action_refresh(self) -> None:
        """Look again."""

    # ---- answers ----

    def question(self, name: str) -> Field:
        """Return a question of the page."""
        return next(field for field in self.page.fields if field.id == name)

    def help_for(self, name: str) -> str:
        """Return the line of help of an answer that looks otherwise at each cloud."""
        words = wanted(name, self.journey.provider)
        return f"{words[:1].upper()}{words[1:]}." if words else self.question(name).help

    def pick(self, name: str) -> PickList:
        """Return the control of a question."""
        return self.query_one(f"#pick-{name}", PickList)

    def take(self) -> None:
        """Take what was typed, a letter that was not told of yet included."""
        for pick in self.query(PickList):
            self.journey.answer(pick.form_field.field, pick.value.strip())

    def changed(self, event: PickList.Changed) -> None:
        """Take an answer, and show the frame as it is now."""
        self.journey.answer(event.name, event.value.strip())
        self.refresh_frame()
        if self.pick(event.name).form_field.has_class("-wrong"):
            self.check(event.name)

    def check(self, name: str) -> None:
        """Show what is wrong with an answer."""
        self.pick(name).form_field.show_problem(self.journey.problems_of(self.page).get(name, ""))

    def go_to(self, question: str) -> None:
        """Put the focus on a question."""
        self.pick(question).line.focus()

    def show_problems(self) -> str:
        """Show every problem of the page; return the first question that has one."""
        wrong = self.journey.problems_of(self.page)
        for pick in self.query(PickList):
            pick.form_field.show_problem(wrong.get(pick.form_field.field, ""))
        return next(iter(wrong), "")

    def preview(self) -> Widget | None:
        """Leave the room to the lists."""
        return None

    def refresh_preview(self) -> None:
        """There is none here."""
