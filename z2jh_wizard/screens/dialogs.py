"""Dialogs: asking before what costs or deletes, asking for a number or a name, showing a problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input

from z2jh_wizard.core.errors import Problem
from z2jh_wizard.screens.base import Dialog
from z2jh_wizard.screens.clipboard import Copied, copy
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.choice_list import ChoiceList, Offer
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.text_line import TextLine

YES = "yes"


class Ask(Dialog):
    """A question with a safe and a telling answer; the safe one has the focus."""

    BINDINGS = screen_bindings("back")

    def __init__(self, title: str, lines: Sequence[str], *, yes: str, no: str = "Cancel") -> None:
        super().__init__(title, no=no, yes=yes)
        self._lines = lines

    def body(self) -> ComposeResult:
        """Make the text."""
        with VerticalScroll(classes="dialog-text", can_focus=False):
            yield Plain("\n".join(self._lines))

    def agree(self) -> None:
        """Answer yes."""
        self.dismiss(YES)


class AskText(Dialog):
    """A question for one word or number; ``check`` returns a sentence when it cannot be used."""

    BINDINGS = screen_bindings("back")
    FIRST = "answer"

    def __init__(
        self,
        title: str,
        lines: Sequence[str],
        *,
        value: str = "",
        yes: str = "OK",
        check: Callable[[str], str | None] = lambda _text: None,
    ) -> None:
        super().__init__(title, yes=yes)
        self._lines = lines
        self._value = value
        self._check = check

    def body(self) -> ComposeResult:
        """Make the text and the line to type in."""
        yield Plain("\n".join(self._lines))
        yield TextLine(self._value, dom_id="answer", replace=True)
        yield Plain("", dom_id="answer-error", classes="field-error")

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.agree()

    def agree(self) -> None:
        """Answer with what was typed, or say why it cannot be used."""
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
    FIRST = "answer"

    def __init__(self, title: str, lines: Sequence[str], offers: Sequence[Offer], *, yes: str = "OK") -> None:
        super().__init__(title, yes=yes)
        self._lines = lines
        self._offers = offers

    def body(self) -> ComposeResult:
        """Make the text and the answers."""
        yield Plain("\n".join(self._lines))
        with VerticalScroll(classes="dialog-text", can_focus=False):
            yield ChoiceList([Offer(one.value, one.label) for one in self._offers], dom_id="answer")
        yield Plain(self._offers[0].about, dom_id="about")

    @on(ChoiceList.Changed)
    def _changed(self, event: ChoiceList.Changed) -> None:
        self.query_one("#about", Plain).show(
            next(one.about for one in self._offers if one.value == event.value)
        )

    @on(ChoiceList.Entered)
    def _entered(self, event: ChoiceList.Entered) -> None:
        event.stop()
        self.dismiss(event.value)

    def agree(self) -> None:
        """Answer with what is marked."""
        self.dismiss(self.query_one("#answer", ChoiceList).value)


class Notice(Dialog):
    """Shows a text until it is closed."""

    BINDINGS = screen_bindings("back", "copy")

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__(title, no="Close")
        self._lines = lines

    def body(self) -> ComposeResult:
        """Make the lines."""
        with VerticalScroll(classes="dialog-text"):
            yield Plain("\n".join(self._lines), limit=20_000)

    def action_copy(self) -> None:
        """Copy the text."""
        copy(self.app, Copied("this text", "\n".join([self._title, *self._lines])))


class ProblemDialog(Notice):
    """Shows a problem until it is closed."""

    ABOUT = "Something went wrong. It says what still works and what to do next."

    def __init__(self, problem: Problem) -> None:
        first, *rest = problem.lines()
        super().__init__(f"! {first}", rest)
