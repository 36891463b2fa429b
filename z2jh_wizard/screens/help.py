"""F1: what has the focus, what the screen is for, and every key from the table of actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import Screen

from z2jh_wizard.screens.base import Dialog, WizardScreen
from z2jh_wizard.screens.clipboard import Copied, copy
from z2jh_wizard.widgets.actions import ACTIONS, Action, screen_bindings
from z2jh_wizard.widgets.buttons import ActionButton
from z2jh_wizard.widgets.plain import Plain

WIDTH = 66
"""Cells of the help text; they fit a terminal of 80 columns."""

HERE = "On this screen"

_MOVING = """\
Tab, Shift+Tab   to the next, the previous control
Enter            in a line of text: to the next question;
                 on a button: press it
Up, Down         in lists: another row or answer
"""


def help_text(here: Sequence[str] = ()) -> str:
    """Return every action once with its keys: those of the screen at hand by their ids, then by group."""
    groups: dict[str, list[Action]] = {HERE: []} if here else {}
    for action in sorted(ACTIONS, key=lambda one: one.group):
        groups.setdefault(HERE if action.id in here else action.group, []).append(action)
    lines = [_MOVING]
    for group, actions in groups.items():
        lines.append(group)
        for action in actions:
            head = f"  {action.shown_keys or 'button':<8} {action.label:<12} "
            lines += wrap(action.help, WIDTH, initial_indent=head, subsequent_indent=" " * len(head))
        lines.append("")
    return "\n".join(lines)


def focus_text(parts: Iterable[tuple[str, str]]) -> str:
    """Return what is known of the control with the focus: its name, then indented what is said of it."""
    lines: list[str] = []
    for heading, text in parts:
        if heading:
            lines.append(heading)
        for line in text.splitlines():
            lines += wrap(line, WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False,
                          break_on_hyphens=False)  # fmt: skip
    return "\n".join(lines)


class HelpScreen(Dialog):
    """The help page over a screen."""

    BINDINGS = screen_bindings("back", "copy")
    ABOUT = "This is the help."
    FIRST = "help-text"  # so that arrows scroll
    LARGE = True

    def __init__(self, about: str, focus: Iterable[tuple[str, str]] = (), here: Sequence[str] = ()) -> None:
        super().__init__("Help", no="Close")
        said = focus_text(focus)
        self._text = "\n\n".join(part for part in (said, about, help_text(here)) if part)

    @classmethod
    def of(cls, screen: Screen[object]) -> HelpScreen:
        """Return the help for a screen and for what has the focus on it."""
        about = screen.ABOUT if isinstance(screen, (WizardScreen, Dialog)) else ""
        focus = screen.focused_help() if isinstance(screen, WizardScreen) else []
        keys = [binding.id or "" for binding in Binding.make_bindings(type(screen).BINDINGS)]
        return cls(about, focus, [*keys, *(one.known for one in screen.query(ActionButton))])

    def body(self) -> ComposeResult:
        """Make the text."""
        with VerticalScroll(classes="dialog-text", id=self.FIRST):
            yield Plain(self._text, limit=20_000)

    def action_copy(self) -> None:
        """Copy the help."""
        copy(self.app, Copied("the help", self._text))
