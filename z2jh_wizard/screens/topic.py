"""One page of settings, whichever it is: it draws a topic of the values engine over the draft."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.containers import Vertical
from textual.timer import Timer
from textual.widget import Widget

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.flows.topic_form import sentence
from z2jh_wizard.flows.ways import TOPIC
from z2jh_wizard.screens.base import style_sheet
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.here import call_when_here
from z2jh_wizard.screens.messages import Trouble
from z2jh_wizard.screens.settings_tour import Tour, take_back, tour_of
from z2jh_wizard.screens.topic_focus import TopicFocus
from z2jh_wizard.screens.topic_tools import ToolRow, tools_of
from z2jh_wizard.values import forms
from z2jh_wizard.values.fields import TopicPage
from z2jh_wizard.values.forms import Question
from z2jh_wizard.values.lint.finding import Finding
from z2jh_wizard.values.search import FOUND
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton, ButtonRow
from z2jh_wizard.widgets.controls import control, title
from z2jh_wizard.widgets.diff_lines import DiffLines, WrittenLines
from z2jh_wizard.widgets.form_field import FormField, dom_name
from z2jh_wizard.widgets.plain import Plain

FIRST = 3
"""Questions that are drawn at once; the others follow after the first frame, so many at a time."""

QUIET = 0.15
"""Seconds without a key after which what was typed goes into the draft."""


class TopicScreen(TopicFocus):
    """Asks the settings of one topic."""

    NAME = "topic"
    CSS_PATH = style_sheet("topic")
    BINDINGS = screen_bindings("back", "next", "details", "copy")
    ABOUT = (
        "Answer what you like: an empty answer leaves a setting to the chart. F2 shows the lines of the "
        "values file that the question writes. Next saves; Back keeps what you typed."
    )

    def __init__(self, desk: Desk, topic: str, field: str = "") -> None:
        super().__init__(desk)
        self.NAME = f"topic/{topic}"
        self._tour: Tour = tour_of(desk)
        self._page: TopicPage = self._tour.page(self.on_the_way(f"{TOPIC}{topic}", field).removeprefix(TOPIC))
        self._wanted = field
        shown = [one.field.id for one in self._tour.form.questions(self._page)]
        self._more = topic == FOUND or (bool(field) and field not in shown)
        self._asked: tuple[Question, ...] = self._questions()
        self._typed: dict[str, str] = {}
        self._quiet: Timer | None = None
        self._findings: dict[str, list[Finding]] = {}
        self._written = self._has_begun = self._is_drawing = self._stale = False

    def _questions(self) -> tuple[Question, ...]:
        return self._tour.form.questions(self._page, more=self._more)

    # ---- drawing ----

    def why(self) -> str:
        """Say why the topic matters."""
        return self._page.why

    @property
    def stage_id(self) -> str:
        """Return which page of the way this is."""
        return f"{TOPIC}{self._page.id}"

    def title_words(self) -> str:
        """Return the topic, or the setting that was searched for."""
        return self._page.title

    def body(self) -> ComposeResult:
        """Make the first questions; the others come after the first frame."""
        for question in self._asked[:FIRST]:
            yield self._form_field(question)

    def _form_field(self, question: Question) -> FormField:
        name = question.field.id
        made = FormField(
            name,
            title(question),
            self._tour.help_of(question),
            control=control(question, f"control-{dom_name(name)}"),
        )
        made.call_after_refresh(call_when_here, made, self._show_state, made, question)
        return made

    def preview(self) -> Widget | None:
        """Show config.yaml as the answers make it, beside the page."""
        return Vertical(
            Plain("config.yaml with your answers", classes="pane-heading"),
            DiffLines(dom_id="preview-lines"),
            id="preview",
        )

    def buttons(self) -> ComposeResult:
        """Back, Undo and Next; above them what the page offers besides its questions."""
        if tools := tools_of(self._page):
            yield ToolRow(tools, self._tour.form.scene)
        others = [] if self.is_aside else [ActionButton("settings", "All settings")]
        yield ButtonRow(ActionButton("next"), *others, ActionButton("undo"), ActionButton("back"))

    def on_mount(self) -> None:
        """Draw the rest after the first frame."""
        self.call_after_refresh(self._begin)

    async def _begin(self) -> None:
        end = Vertical(
            ActionButton("more"),
            Plain(f"The guide: {self._page.link}", dom_id="guide", classes="hint"),
            id="page-end",
        )
        await self.query_one("#body").mount(end)
        self._has_begun = True
        self._show_end()
        self._arrange()
        self.refresh_preview()
        self._look()

    def first_focus(self) -> Widget:
        """Begin where one was sent to, else at the first problem, else at the first question."""
        names = [self._wanted, *(one.field.id for one in self._asked if one.wrong)]
        names += [one.field.id for one in self._asked]
        for name in names:
            if found := self._field(name):
                return found.control_widget
        return self.query_one("#do-next")

    # ---- keeping the questions as they are asked ----

    def _field(self, name: str) -> FormField | None:
        return next((one for one in self.query(FormField) if one.field == name), None) if name else None

    def _arrange(self) -> None:
        """Draw the questions that are asked now and no others, after what is being drawn."""
        self._stale = True
        if not self._is_drawing:
            self._is_drawing = True
            self.run_worker(
                self._draw(), name="drawing the questions", group="questions", exit_on_error=False
            )

    async def _draw(self) -> None:
        try:
            while self._stale:
                self._stale = False
                await self._draw_questions()
        finally:
            self._is_drawing = False

    async def _draw_questions(self) -> None:
        body = self.query_one("#body")
        wanted = {question.field.id: question for question in self._asked}
        drawn = {field.field: field for field in self.query(FormField)}
        for name, gone in drawn.items():
            if name not in wanted:
                await gone.remove()
        before: Widget | None = None
        made = 0
        for name, question in wanted.items():
            present = drawn.get(name)
            if present is None:
                present = self._form_field(question)
                if before is None:
                    await body.mount(present, before=0)
                else:
                    await body.mount(present, after=before)
                made += 1
                if made % FIRST == 0:
                    await asyncio.sleep(0)  # keys and frames come first
            before = present
        if self._wanted and (sent := self._field(self._wanted)):
            self._wanted = ""
            sent.control_widget.focus()

    def _show_end(self) -> None:
        """Show what stands below the questions."""
        if not self._has_begun:
            return
        form = self._tour.form
        hidden = forms.hidden_count(self._page, form.scene)
        more = self.query_one("#do-more", ActionButton)
        more.display = self._page.id != FOUND and (hidden > 0 or self._more)
        more.label = "Fewer" if self._more else f"More: {hidden} settings that few people need"
        self.query_one("#guide").display = bool(self._page.link)
        for row in self.query(ToolRow):
            row.show_for(form.scene)

    def _show_state(self, field: FormField, question: Question) -> None:
        """Show what is wrong with a question: its answer, else what lint says."""
        if not field.is_attached:
            return
        if question.wrong:
            field.show_problem(question.wrong)
            return
        field.show_problem("")
        found = self._findings.get(question.field.id)
        field.show_line(sentence(found[0]) if found else "")

    # ---- answering ----

    @on(FormField.Changed)
    def _changed(self, event: FormField.Changed) -> None:
        self._typed[event.name] = event.value
        if self._quiet:
            self._quiet.stop()
        self._quiet = self.set_timer(QUIET, self._take)

    def _take(self) -> None:
        """Put what was typed into the draft, and show what follows from it."""
        if self._quiet:
            self._quiet.stop()
            self._quiet = None
        typed, self._typed = self._typed, {}
        form = self._tour.form
        changed = False
        for name, text in typed.items():
            question = self._question(name)
            if question is None or question.text == text:
                continue
            changed = True
            problem = form.answer(question.field, text)
            field = self._field(name)
            if field and not problem and field.has_class("-wrong"):
                field.show_problem("")
        if changed:
            self._show_draft()

    def _show_draft(self) -> None:
        before = [one.field.id for one in self._asked]
        self._asked = self._questions()
        for question in self._asked:
            if question.choices and (field := self._field(question.field.id)):
                field.show_help(self._tour.help_of(question))
        if [one.field.id for one in self._asked] != before:
            self._arrange()
        self._show_end()
        self.refresh_frame()
        self.refresh_preview()
        self._look()

    @on(FormField.Left)
    def _left(self, event: FormField.Left) -> None:
        self._take()
        question, field = self._question(event.name), self._field(event.name)
        if question and field:
            self._show_state(field, question)

    @on(FormField.Entered)
    def _entered(self, event: FormField.Entered) -> None:
        chain = [one.control_widget for one in self.query(FormField)]
        at = next(at for at, one in enumerate(self.query(FormField)) if one.field == event.name)
        (chain[at + 1] if at + 1 < len(chain) else self.query_one("#do-next")).focus()

    def on_descendant_focus(self) -> None:
        """Bring the whole question into sight that has the focus, and show its lines."""
        question = self._focused()
        field = self._field(question.field.id) if question else None
        body = self.query_one("#body")
        if field and field.size.height <= body.size.height:
            body.scroll_to_widget(field, animate=False)
        self.refresh_preview()

    def _look(self) -> None:
        """Let lint look at the draft, in a thread."""
        self.run_worker(
            self._lint,  # type: ignore[arg-type]  # a worker that is replaced at once never calls it
            name="looking at the settings",
            group="lint",
            exclusive=True,
            exit_on_error=False,
        )

    async def _lint(self) -> None:
        await asyncio.sleep(QUIET)
        self._findings = await asyncio.to_thread(self._tour.form.findings)
        for field in self.query(FormField):
            question = self._question(field.field)
            if question and not field.has_focus_within and not question.wrong:
                self._show_state(field, question)

    # ---- the lines of the files ----

    def refresh_preview(self) -> None:
        """Show the lines of the question that has the focus, where there is room or somebody asked."""
        if not self._has_begun:
            return
        question = self._focused()
        form = self._tour.form
        if self.has_class("-preview"):
            pane = self.query_one("#preview-lines", DiffLines)
            pane.show(form.preview(question, max(1, self.query_one("#preview").size.height - 1)))
        if self._written:
            name, lines = form.written(question) if question else ("config.yaml", ())
            self.query_one("#written", WrittenLines).show(name, lines)

    def on_resize(self) -> None:
        """Fill the preview when there is room for it."""
        self.call_after_refresh(self.refresh_preview)

    # ---- actions ----

    async def action_details(self) -> None:
        """Show or hide the lines that the question writes."""
        self._take()
        if not self.query("#written"):
            await self.mount(WrittenLines(dom_id="written"), after=self.query_one("#middle"))
        self._written = not self._written
        self.query_one("#written").display = self._written
        self.refresh_preview()
        if self.focused:
            self.call_after_refresh(self.focused.scroll_visible, animate=False)

    def action_tool(self, where: str) -> None:
        """Open a tool of the page; it works on the same draft."""
        self.go(where)

    def commands(self) -> Iterable[SystemCommand]:
        """Offer the tools of the page in the command palette."""
        for row in self.query(ToolRow):
            for tool in row.shown:
                yield SystemCommand(tool.label, tool.about, partial(self.action_tool, tool.where))

    def action_more(self) -> None:
        """Show what few people need, or hide it again."""
        self._take()
        self._more = not self._more
        self._asked = self._questions()
        self._arrange()
        self._show_end()

    async def action_undo(self) -> None:
        """Take the last answer, or the last save, back."""
        self._take()
        try:
            taken, words = take_back(self.desk, self._tour.form)
        except WizardError as error:
            self.app.notify(f"{error.problem.title}. {error.problem.happened}", markup=False)
            return
        self.app.notify(words, markup=False)
        # The control that had the answer is made anew with the text that is there now.
        one = self._field(taken.id) if taken else None
        for field in [one] if one else self.query(FormField):
            if field:
                await field.remove()
        self._show_draft()
        self._arrange()

    def take(self) -> None:
        """Take what was typed into the draft."""
        self._take()

    def beside(self, step: int) -> str:
        """Return the page before or after; what a search found leads back to it."""
        return "search" if self._page.id == FOUND else super().beside(step)

    def action_next(self) -> None:
        """Save and go on; the first problem of the page holds one back."""
        self._take()
        wrong = [one for one in self._asked if one.field.id in self._tour.form.problems]
        if wrong:
            for question in wrong:
                if field := self._field(question.field.id):
                    field.show_problem(question.wrong)
            if first := self._field(wrong[0].field.id):
                first.control_widget.focus()
            return
        try:
            saved = self._tour.form.save()
        except WizardError as error:
            self.post_message(Trouble(error.problem))
            return
        if saved:
            self.app.notify(f"Saved {' and '.join(saved)}.", markup=False)
        super().action_next()
