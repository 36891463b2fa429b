"""Dialogs: asking before what costs or deletes, asking for a number or a name, showing a problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Footer, Input

from z2jh_wizard.core.errors import Problem
from z2jh_wizard.screens.base import Dialog
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.choice_list import ChoiceList, Offer
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.text_line import TextLine
from z2jh_wizard.widgets.title_bar import TooSmall

YES = "yes"


class Ask(Dialog):
    """A question with a safe and a telling answer; the safe one has the focus."""

    BINDINGS = screen_bindings("back")

    def __init__(self, title: str, lines: Sequence[str], *, yes: str, no: str = "Cancel") -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._yes = yes
        self._no = no

    def compose(self) -> ComposeResult:
        """Make title, text and two buttons, the safe one first."""
        with Vertical(classes="dialog"):
            yield Plain(self._title, classes="dialog-title")
            with VerticalScroll(classes="dialog-text", can_focus=False):
                yield Plain("\n".join(self._lines))
            with Horizontal(classes="button-row"):
                yield Button(Content(self._no), id="no", compact=True)
                yield Button(Content(self._yes), id="yes", compact=True)
        yield Footer(compact=True, show_command_palette=False)
        yield TooSmall()

    def on_mount(self) -> None:
        """Put the focus on the safe answer."""
        self.query_one("#no").focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(YES if event.button.id == "yes" else "")


class AskText(Dialog):
    """A question for one word or number; ``check`` returns a sentence when it cannot be used."""

    BINDINGS = screen_bindings("back")

    def __init__(
        self,
        title: str,
        lines: Sequence[str],
        *,
        value: str = "",
        yes: str = "OK",
        check: Callable[[str], str | None] = lambda _text: None,
    ) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._value = value
        self._yes = yes
        self._check = check

    def compose(self) -> ComposeResult:
        """Make title, text, the line to type in and two buttons."""
        with Vertical(classes="dialog"):
            yield Plain(self._title, classes="dialog-title")
            yield Plain("\n".join(self._lines))
            yield TextLine(self._value, dom_id="answer", replace=True)
            yield Plain("", dom_id="answer-error", classes="field-error")
            with Horizontal(classes="button-row"):
                yield Button(Content("Cancel"), id="no", compact=True)
                yield Button(Content(self._yes), id="yes", compact=True)
        yield Footer(compact=True, show_command_palette=False)
        yield TooSmall()

    def on_mount(self) -> None:
        """Put the focus where one types."""
        self.query_one("#answer").focus()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self._finish()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "no":
            self.dismiss("")
        else:
            self._finish()

    def _finish(self) -> None:
        text = self.query_one("#answer", Input).value.strip()
        sentence = self._check(text)
        if sentence:
            self.query_one("#answer-error", Plain).show(f"! {sentence}")
            self.query_one("#answer").focus()
        else:
            self.dismiss(text)


class AskChoice(Dialog):
    """A question with several answers; what is known about the marked one stands below them."""

    BINDINGS = screen_bindings("back")

    def __init__(self, title: str, lines: Sequence[str], offers: Sequence[Offer], *, yes: str = "OK") -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._offers = offers
        self._yes = yes

    def compose(self) -> ComposeResult:
        """Make title, text, the answers and two buttons."""
        with Vertical(classes="dialog"):
            yield Plain(self._title, classes="dialog-title")
            yield Plain("\n".join(self._lines))
            with VerticalScroll(classes="dialog-text", can_focus=False):
                yield ChoiceList([Offer(one.value, one.label) for one in self._offers], dom_id="answer")
            yield Plain(self._offers[0].about, dom_id="about")
            with Horizontal(classes="button-row"):
                yield Button(Content("Cancel"), id="no", compact=True)
                yield Button(Content(self._yes), id="yes", compact=True)
        yield Footer(compact=True, show_command_palette=False)
        yield TooSmall()

    def on_mount(self) -> None:
        """Put the focus on the answers."""
        self.query_one("#answer").focus()

    @on(ChoiceList.Changed)
    def _changed(self, event: ChoiceList.Changed) -> None:
        self.query_one("#about", Plain).show(
            next(one.about for one in self._offers if one.value == event.value)
        )

    @on(ChoiceList.Entered)
    def _entered(self, event: ChoiceList.Entered) -> None:
        event.stop()
        self.dismiss(event.value)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(self.query_one("#answer", ChoiceList).value if event.button.id == "yes" else "")


class Notice(Dialog):
    """Shows a text until it is closed."""

    BINDINGS = screen_bindings("back", "copy")

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines

    def compose(self) -> ComposeResult:
        """Make the lines and one button."""
        with Vertical(classes="dialog"):
            yield Plain(self._title, classes="dialog-title")
            with VerticalScroll(classes="dialog-text"):
                yield Plain("\n".join(self._lines), limit=20_000)
            with Horizontal(classes="button-row"):
                yield Button(Content("Close"), id="no", compact=True)
        yield Footer(compact=True, show_command_palette=False)
        yield TooSmall()

    def on_mount(self) -> None:
        """Put the focus on the button."""
        self.query_one("#no").focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss("")

    def action_copy(self) -> None:
        """Copy the text."""
        self.app.copy_to_clipboard("\n".join([self._title, *self._lines]))
        self.app.notify("Copied.", markup=False)


class ProblemDialog(Notice):
    """Shows a problem until it is closed."""

    ABOUT = "Something went wrong. It says what still works and what to do next."

    def __init__(self, problem: Problem) -> None:
        first, *rest = problem.lines()
        super().__init__(f"! {first}", rest)
