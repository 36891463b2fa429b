"""Lines of a file with what changes in it marked by a character and a colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from z2jh_wizard.core.redaction import plain
from z2jh_wizard.values.forms_lines import ADDED, REMOVED, SAME, Line
from z2jh_wizard.widgets.plain import Plain

NOTHING = "Nothing is written for this setting: the chart's default is in force."

LONGEST = 400
"""Cells of a line that are looked at; no terminal is wider."""


class DiffLines(Widget):
    """Shows lines as they are, long ones cut; ``nothing`` is said where there is none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"diff--added", "diff--removed"}

    def __init__(self, nothing: str = "", *, dom_id: str | None = None) -> None:
        super().__init__(id=dom_id)
        self._nothing = nothing
        self._lines: Sequence[Line] = ()

    @property
    def text(self) -> str:
        """What is shown, marks included."""
        return "\n".join(f"{line.mark} {plain(line.text, LONGEST)}" for line in self._lines)

    def show(self, lines: Sequence[Line], nothing: str = "") -> None:
        """Show other lines; the same lines cost nothing."""
        if (lines, nothing or self._nothing) != (self._lines, self._nothing):
            heights = len(lines), len(self._lines)
            self._lines, self._nothing = lines, nothing or self._nothing
            self.refresh(layout=heights[0] != heights[1])

    def render(self) -> Content:
        """Draw the lines."""
        styles = {
            ADDED: self.get_visual_style("diff--added"),
            REMOVED: self.get_visual_style("diff--removed"),
        }
        drawn = []
        for line in self._lines:
            content = Content(f"{line.mark} {plain(line.text, LONGEST)}".replace("\n", " "))
            drawn.append(content if line.mark == SAME else content.stylize(styles[line.mark]))
        return Content("\n").join(drawn) if drawn else Content(self._nothing)


class WrittenLines(Vertical):
    """The lines that a setting has in a file, below the file's name and ``words`` on them."""

    def __init__(self, words: str = "the lines of this setting (F2 hides them)", *, dom_id: str) -> None:
        super().__init__(id=dom_id)
        self._words = words

    def compose(self) -> ComposeResult:
        """Make title and lines."""
        yield Plain("", classes="pane-heading")
        yield DiffLines(NOTHING, dom_id="written-lines")

    def show(self, name: str, lines: Sequence[Line], nothing: str = "") -> None:
        """Show the lines of a file; empty where it does not say the setting, or ``nothing`` says why."""
        self.query_one(Plain).show(f"{name}, {self._words}")
        self.query_one(DiffLines).show(lines, nothing)
