"""One page of questions, whatever they are: it draws a ``flows.page.Page``."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from z2jh_wizard.core.errors import NeedsYou, WizardError
from z2jh_wizard.flows import ways
from z2jh_wizard.flows.page import Field, Page
from z2jh_wizard.flows.pages import FOLDER
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.messages import Trouble
from z2jh_wizard.screens.stage import StageScreen
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.choice_list import ChoiceList, Offer
from z2jh_wizard.widgets.form_field import FormField, dom_name
from z2jh_wizard.widgets.text_line import TextLine


class QuestionsScreen(StageScreen):
    """A page whose answers make the project: Next makes it when the last of them is answered."""

    def __init__(self, desk: Desk, stage: str) -> None:
        super().__init__(desk)
        self._stage = ways.stage(stage)
        self._came_back = bool(desk.journey and stage in desk.journey.visited)

    @property
    def stage_id(self) -> str:
        """Return which page this is."""
        return self._stage.id

    @property
    def page(self) -> Page:
        """Return the questions."""
        if self._stage.questions is None:
            raise RuntimeError(f"{self._stage.id} has no questions")
        return self._stage.questions

    def why(self) -> str:
        """Say why this is asked."""
        return self.page.why

    def show_problems(self) -> str:
        """Show every problem of the page; return the first question that has one."""
        raise NotImplementedError

    def go_to(self, question: str) -> None:
        """Put the focus on a question."""
        raise NotImplementedError

    def action_next(self) -> None:
        """Go on; the first problem of the page holds one back, and the last page makes the project."""
        self.take()
        wrong = self.show_problems()
        if wrong:
            self.go_to(wrong)
            return
        following = self.beside(1)
        if not self.journey.is_current() and ways.stage(following).questions is None:
            try:
                journey = self.journey
                before = journey.made_in if journey.made_with else None
                project = self.desk.backend.make(journey.folder, journey.answers, before=before)
            except WizardError as error:
                self.post_message(Trouble(error.problem))
                return
            if before and before != project.folder:
                words = f"The project in {before} stays; remove that folder when you do not need it."
                self.app.notify(words, markup=False)
            self.journey.made()
            self.run_worker(
                self._open(project), name="opening the project", group="project", exit_on_error=False
            )
            return
        super().action_next()

    async def _open(self, project: object) -> None:
        from z2jh_wizard.project.folder import Project

        assert isinstance(project, Project)
        await self.desk.open(project)
        self.app.run_worker(self._look_for_helm(), name="looking for Helm", group="helm", exit_on_error=False)
        super().action_next()

    async def _look_for_helm(self) -> None:
        """Note whether Helm is missing: the quick way shows its page only then."""
        journey = self.journey
        try:
            await self.desk.backend.helm()
        except NeedsYou:
            journey.missing = (ways.HELM.id,)
        else:
            journey.missing = ()


class PageScreen(QuestionsScreen):
    """Asks the questions of one page."""

    CSS_PATH = style_sheet("page")
    BINDINGS = screen_bindings("back", "next")
    ABOUT = (
        "Answer the questions; every one has a safe default. Enter goes to the next question, "
        "and what you typed is kept when you go back."
    )

    def __init__(self, desk: Desk, stage: str, field: str = "") -> None:
        super().__init__(desk, stage)
        self.NAME = "" if field else stage  # who was sent to a question begins there
        self._wanted = field

    def body(self) -> ComposeResult:
        """Make a field for each question; typing replaces a default, never what a person typed."""
        for field in self.page.fields:
            answer = self.journey.answers.get(field.id, "")
            mine = answer == self.journey.untouched.get(field.id)
            dom_id = f"control-{dom_name(field.id)}"
            line = None if field.choices else TextLine(answer, dom_id=dom_id, replace=mine)
            yield FormField(field.id, field.label, field.help, answer, _offers(field), control=line)

    def buttons(self) -> ComposeResult:
        """Back, the other way, and Next."""
        other = ways.GUIDED if self.journey.way is ways.QUICK else ways.QUICK
        words = "Guided: every page" if other is ways.GUIDED else "Quick: four screens"
        yield ButtonRow(ActionButton("next"), ActionButton(other.id, words), ActionButton("back"))

    def on_mount(self) -> None:
        """Show only what is asked with these answers; look where one was sent."""
        self._show_asked()
        if self._wanted:
            self.show_problems()

    def first_focus(self) -> Widget:
        """Begin where one was sent to, on coming back at the first problem, else at the first question."""
        wrong = self.journey.problems_of(self.page) if self._came_back else {}
        names = [self._wanted, *wrong, *(field.id for field in self.page.fields)]
        for name in names:
            for form_field in self.query(FormField):
                if form_field.field == name and form_field.display:
                    return form_field.control_widget
        return self.query_one("#do-next")

    @on(FormField.Changed)
    def _changed(self, event: FormField.Changed) -> None:
        self._answer(event.name, event.value)
        self._show_asked()
        self.refresh_frame()
        self.refresh_preview()
        if self._field(event.name).has_class("-wrong"):
            self._check(event.name)

    @on(FormField.Left)
    def _left(self, event: FormField.Left) -> None:
        self._check(event.name)

    @on(FormField.Entered)
    def _entered(self, event: FormField.Entered) -> None:
        self._check(event.name)
        asked = [form_field for form_field in self.query(FormField) if form_field.display]
        at = [form_field.field for form_field in asked].index(event.name)
        following = asked[at + 1].control_widget if at + 1 < len(asked) else self.query_one("#do-next")
        following.focus()

    def take(self) -> None:
        """Take what was typed, a letter that was not told of yet included."""
        for form_field in self.query(FormField):
            if isinstance(form_field.control_widget, (Input, ChoiceList)):
                self._answer(form_field.field, form_field.control_widget.value)

    def _answer(self, name: str, value: str) -> None:
        """Take an answer; a folder that follows the hub's name is shown as it is now."""
        self.journey.answer(name, value)
        if name == "release" and self.journey.follows_name:
            line = self._field(FOLDER).control_widget
            assert isinstance(line, TextLine)
            with self.prevent(Input.Changed):
                line.value = self.journey.answers[FOLDER]

    def show_problems(self) -> str:
        """Show every problem of the page; return the first question that has one."""
        wrong = self.journey.problems_of(self.page)
        for form_field in self.query(FormField):
            form_field.show_problem(wrong.get(form_field.field, ""))
        return next(iter(wrong), "")

    def go_to(self, question: str) -> None:
        """Put the focus on a question."""
        self._field(question).control_widget.focus()

    def _check(self, name: str) -> None:
        self._field(name).show_problem(self.journey.problems_of(self.page).get(name, ""))

    def _field(self, name: str) -> FormField:
        return self.query_one(f"#field-{name}", FormField)

    def _show_asked(self) -> None:
        for field in self.page.fields:
            self._field(field.id).display = field.applies(self.journey.answers)


def _offers(field: Field) -> tuple[Offer, ...]:
    return tuple(Offer(one.value, one.label, one.about) for one in field.choices)
