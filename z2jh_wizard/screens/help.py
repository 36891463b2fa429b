"""F1: what the screen is for, and every key from the table of actions."""

from __future__ import annotations

from itertools import groupby

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Footer

from z2jh_wizard.screens.base import Dialog
from z2jh_wizard.widgets.actions import ACTIONS, screen_bindings
from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.title_bar import TooSmall

_MOVING = """\
Tab, Shift+Tab   to the next, the previous control
Enter            in a line of text: to the next question; on a button: press it
Up, Down         in lists: another row or answer
"""


def help_text() -> str:
    """Return every action by group, with its keys."""
    lines = [_MOVING]
    for group, actions in groupby(sorted(ACTIONS, key=lambda one: one.group), key=lambda one: one.group):
        lines.append(f"{group}")
        lines += [
            f"  {action.shown_keys or 'button':<8} {action.label:<12} {action.help}" for action in actions
        ]
        lines.append("")
    return "\n".join(lines)


class HelpScreen(Dialog):
    """The help page over a screen."""

    BINDINGS = screen_bindings("back")
    ABOUT = "This is the help."

    def __init__(self, about: str) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        """Make the text and one button."""
        with Vertical(classes="dialog -large"):
            yield Plain("Help", classes="dialog-title")
            with VerticalScroll(classes="dialog-text", id="help-text"):
                yield Plain(f"{self._about}\n\n{help_text()}", limit=20_000)
            with Horizontal(classes="button-row"):
                yield Button(Content("Close"), id="no", compact=True)
        yield Footer(compact=True, show_command_palette=False)
        yield TooSmall()

    def on_mount(self) -> None:
        """Put the focus on the text, so that arrows scroll."""
        self.query_one("#help-text").focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss("")
