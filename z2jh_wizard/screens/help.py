"""F1: what the screen is for, and every key from the table of actions."""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from z2jh_wizard.screens.base import Dialog
from z2jh_wizard.widgets.actions import ACTIONS, screen_bindings
from z2jh_wizard.widgets.plain import Plain

WIDTH = 66
"""Cells of the help text; they fit a terminal of 80 columns."""

_MOVING = """\
Tab, Shift+Tab   to the next, the previous control
Enter            in a line of text: to the next question;
                 on a button: press it
Up, Down         in lists: another row or answer
"""


def help_text() -> str:
    """Return every action by group, with its keys."""
    lines = [_MOVING]
    for group, actions in groupby(sorted(ACTIONS, key=lambda one: one.group), key=lambda one: one.group):
        lines.append(f"{group}")
        for action in actions:
            head = f"  {action.shown_keys or 'button':<8} {action.label:<12} "
            lines += wrap(action.help, WIDTH, initial_indent=head, subsequent_indent=" " * len(head))
        lines.append("")
    return "\n".join(lines)


class HelpScreen(Dialog):
    """The help page over a screen."""

    BINDINGS = screen_bindings("back")
    ABOUT = "This is the help."
    FIRST = "help-text"  # so that arrows scroll
    LARGE = True

    def __init__(self, about: str) -> None:
        super().__init__("Help", no="Close")
        self._about = about

    def body(self) -> ComposeResult:
        """Make the text."""
        with VerticalScroll(classes="dialog-text", id=self.FIRST):
            yield Plain(f"{self._about}\n\n{help_text()}", limit=20_000)
