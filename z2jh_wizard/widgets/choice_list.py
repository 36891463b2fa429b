"""One of several answers: arrows choose, the chosen one says so in a character and not by colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from z2jh_wizard.core.redaction import plain
from z2jh_wizard.widgets.actions import bindings
from z2jh_wizard.widgets.plain import fit

LINE_LIMIT = 300

WINDOW = 8
"""Answers that are shown at once, fewer on low terminals; a longer list moves with the chosen one."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One answer: its value, its words and a line about it; one that is not ready cannot be chosen."""

    value: str
    label: str
    about: str = ""
    ready: bool = True

    @property
    def line(self) -> str:
        """Return it as one line."""
        about = f": {self.about}" if self.about else ""
        return plain(f"{self.label}{about}", LINE_LIMIT).replace("\n", " ")


class ChoiceList(Widget, can_focus=True):
    """A list of answers, one a line."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice--cursor", "choice--missing"}
    BINDINGS = bindings("row_up", "row_down", "first_row", "last_row", "choose_row")

    value: reactive[str] = reactive("", layout=False)

    class Changed(Message):
        """Another answer was chosen."""

        def __init__(self, choices: ChoiceList, value: str) -> None:
            self.choices = choices
            self.value = value
            super().__init__()

        @property
        def control(self) -> ChoiceList:
            """The list it is about."""
            return self.choices

    class Entered(Changed):
        """Enter was pressed: go on."""

    def __init__(self, offers: Sequence[Offer], value: str = "", *, dom_id: str | None = None) -> None:
        super().__init__(id=dom_id)
        self._offers = offers
        ready = [offer.value for offer in offers if offer.ready]
        self.set_reactive(ChoiceList.value, value if value in ready else (ready or [""])[0])

    def offer(self, offers: Sequence[Offer], value: str = "") -> None:
        """Offer other answers; the one that is chosen then is not told."""
        self._offers = offers
        ready = [offer.value for offer in offers if offer.ready]
        self.set_reactive(ChoiceList.value, value if value in ready else (ready or [""])[0])
        self.refresh(layout=True)

    def _window(self) -> range:
        """Return which answers are shown."""
        count, room = len(self._offers), min(WINDOW, self.app.size.height // 3)
        at = next((at for at, offer in enumerate(self._offers) if offer.value == self.value), 0)
        top = max(0, min(at - room // 2, count - room))
        return range(top, min(count, top + room))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return the lines that are drawn: long ones are cut and never wrap."""
        shown = len(self._window())
        return shown + (shown < len(self._offers))

    def render(self) -> Content:
        """Draw the answers; below a long list, which part of it that is."""
        cursor, missing = self.get_visual_style("choice--cursor"), self.get_visual_style("choice--missing")
        lines = []
        shown = self._window()
        for offer in (self._offers[at] for at in shown):
            chosen = offer.value == self.value
            line = Content(fit(f"({'*' if chosen else ' '}) {offer.line}", self.size.width))
            if chosen and self.has_focus:
                line = line.stylize(cursor)
            elif not offer.ready:
                line = line.stylize(missing)
            lines.append(line)
        if len(shown) < len(self._offers):
            part = f"    {shown.start + 1} to {shown.stop} of {len(self._offers)}; arrows show the others"
            lines.append(Content(fit(part, self.size.width)).stylize(missing))
        return Content("\n").join(lines)

    def watch_value(self, value: str) -> None:
        """Tell about another answer."""
        self._place_terminal_cursor()
        self.post_message(self.Changed(self, value))

    def action_move(self, by: int) -> None:
        """Choose the next or previous answer that is ready."""
        ready = [offer.value for offer in self._offers if offer.ready]
        if ready:
            at = ready.index(self.value) if self.value in ready else 0
            self.value = ready[max(0, min(at + by, len(ready) - 1))]

    def action_edge(self, end: int) -> None:
        """Choose the first or the last answer that is ready."""
        self.action_move(end * len(self._offers))

    def action_choose(self) -> None:
        """Tell that the choice stands."""
        self.post_message(self.Entered(self, self.value))

    def on_click(self, event: events.Click) -> None:
        """Choose the answer under the mouse."""
        shown = self._window()
        if event.y < len(shown) and self._offers[shown[event.y]].ready:
            self.value = self._offers[shown[event.y]].value

    def on_focus(self) -> None:
        """Draw the cursor."""
        self.refresh()
        self._place_terminal_cursor()

    def _place_terminal_cursor(self) -> None:
        """Put the terminal's own cursor on the chosen answer, where screen readers look."""
        values = [offer.value for offer in self._offers]
        if self.has_focus and self.value in values:
            self.app.cursor_position = self.content_region.offset + self._cursor_offset()

    def _cursor_offset(self) -> Offset:
        """Return where the chosen answer is drawn."""
        values = [offer.value for offer in self._offers]
        return Offset(0, values.index(self.value) - self._window().start)

    def on_blur(self) -> None:
        """Draw it without a cursor."""
        self.refresh()
