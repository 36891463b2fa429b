"""Copying through the terminal (OSC 52), and saying what was copied."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from textual.app import App
from textual.widget import Widget
from textual.widgets import Input, TextArea

from z2jh_wizard.core.redaction import plain
from z2jh_wizard.widgets.controls import FixedValue
from z2jh_wizard.widgets.form_field import FormField
from z2jh_wizard.widgets.problem_panel import ProblemPanel
from z2jh_wizard.widgets.virtual_log import VirtualLog
from z2jh_wizard.widgets.virtual_table import VirtualTable

SHOWN = 60
"""Characters of what was copied that the notification repeats; a longer text is only named."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A text to copy and what it is; ``is_shown`` tells whether the notification may repeat it."""

    what: str
    text: str = field(repr=False)
    is_shown: bool = True


def copy(app: App[Any], copied: Copied) -> None:
    """Copy a text and say which; an empty one says that there is nothing."""
    text = copied.text
    if not text:
        app.notify(f"Nothing was copied: {copied.what}.", markup=False)
        return
    app.copy_to_clipboard(text)
    lines = text.count("\n") + 1
    words = f"Copied {copied.what}"
    if lines > 1:
        words += f", {lines} lines."
    elif copied.is_shown and len(text) <= SHOWN:
        words += f": {plain(text)}"
    else:
        words += "."
    app.notify(words, markup=False)


def at_focus(focused: Widget | None) -> Copied | None:
    """Return what a control has to copy; None for one that has nothing, such as a button."""
    if isinstance(focused, Input):
        if focused.password:
            return Copied("a secret is not copied", "")
        return Copied(
            f"the answer to {label_of(focused)}" if label_of(focused) else "the line", focused.value
        )
    if isinstance(focused, TextArea):
        return Copied(f"the answer to {label_of(focused)}", focused.text)
    if isinstance(focused, FixedValue):
        return Copied(f"the value of {label_of(focused)}", focused.value)
    if isinstance(focused, VirtualTable) and focused.marked:
        return Copied(f"the row {focused.marked_texts[0]}", "\t".join(focused.marked_texts), is_shown=False)
    if isinstance(focused, VirtualLog):
        return Copied("the whole text", focused.text())
    if isinstance(focused, ProblemPanel):
        return Copied("the problem", focused.text())
    return None


def field_of(widget: Widget | None) -> FormField | None:
    """Return the question that a widget is a part of."""
    while widget is not None and not isinstance(widget, FormField):
        widget = widget.parent if isinstance(widget.parent, Widget) else None
    return widget


def label_of(widget: Widget) -> str:
    """Return the label of the question that a widget is a part of."""
    found = field_of(widget)
    return found.label if found else ""
