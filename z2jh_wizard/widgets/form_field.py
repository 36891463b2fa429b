"""One question on a page: label, control, a line of help and a line for what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

from z2jh_wizard.widgets.choice_list import ChoiceList, Offer
from z2jh_wizard.widgets.explained import Explained
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.text_line import TextLine


def dom_name(name: str) -> str:
    """Return the name of a question as part of a widget's id, which has no dots."""
    return name.replace(".", "_")


class FormField(Vertical):
    """A question with a text to type, with offers to choose from, or with a control of its own.

    That control has the id ``control-`` and the question's ``dom_name``.
    """

    class Changed(Message):
        """The answer changed."""

        def __init__(self, name: str, value: str) -> None:
            self.name = name
            self.value = value
            super().__init__()

    class Left(Message):
        """The focus left the question: time to check the answer."""

        def __init__(self, name: str) -> None:
            self.name = name
            super().__init__()

    class Entered(Left):
        """Enter was pressed in the question: go to the next one."""

    def __init__(
        self,
        name: str,
        label: str,
        help_text: str,
        value: str = "",
        offers: Sequence[Offer] = (),
        *,
        control: Widget | None = None,
    ) -> None:
        super().__init__(id=f"field-{dom_name(name)}", classes="field")
        self.field = name
        # Made here and not when it is composed: answers and findings may come before it is on the screen.
        self.control_widget = control or _control(name, value, offers)
        self.label = label
        self._help = Explained(help_text, classes="field-help")
        self._line = Plain("", classes="field-error")
        self._line.display = False

    def compose(self) -> ComposeResult:
        """Give the four parts."""
        yield Plain(self.label, classes="field-label")
        yield self.control_widget
        yield self._help
        yield self._line

    @property
    def help_words(self) -> str:
        """The line of help."""
        return self._help.text

    def show_help(self, text: str) -> None:
        """Show another line of help."""
        self._help.show(text)

    def show_problem(self, sentence: str) -> None:
        """Show what is wrong with the answer, or nothing."""
        self.show_line(f"! {sentence}" if sentence else "")
        self.set_class(bool(sentence), "-wrong")

    def show_line(self, line: str) -> None:
        """Show a line below the help, or none; it begins with a mark."""
        self._line.show(line)
        self._line.display = bool(line)

    def on_descendant_blur(self) -> None:
        """Tell that the question was left."""
        self.post_message(self.Left(self.field))

    @on(Input.Changed)
    @on(ChoiceList.Changed)
    def _changed(self, event: Input.Changed | ChoiceList.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self.field, event.value))

    @on(TextArea.Changed)
    def _block_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self.field, event.text_area.text))

    @on(Input.Submitted)
    @on(ChoiceList.Entered)
    def _entered(self, event: Input.Submitted | ChoiceList.Entered) -> None:
        event.stop()
        self.post_message(self.Entered(self.field))


def _control(name: str, value: str, offers: Sequence[Offer]) -> Widget:
    dom_id = f"control-{dom_name(name)}"
    return ChoiceList(offers, value, dom_id=dom_id) if offers else TextLine(value, dom_id=dom_id)
