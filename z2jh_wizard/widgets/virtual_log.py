"""A log that keeps its newest lines and draws only what one can see."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from z2jh_wizard.core.redaction import plain
from z2jh_wizard.widgets.actions import bindings

MOST_LINES = 5000
"""Lines that a pane keeps; the whole log is on the disk."""

FLUSH_AFTER = 0.1
"""Seconds in which lines are gathered before they are drawn together."""

LINE_LIMIT = 2000


class VirtualLog(ScrollView, can_focus=True):
    """Lines of outside text; follows the end until one scrolls up, and again from the end on."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"log--found"}
    BINDINGS = bindings("rows_up", "rows_down", "first_row", "follow")

    class Changed(Message):
        """Lines came, or following was switched on or off."""

        def __init__(self, log: VirtualLog) -> None:
            self.log = log
            super().__init__()

        @property
        def control(self) -> VirtualLog:
            """The log it is about."""
            return self.log

    def __init__(
        self, *, most: int = MOST_LINES, dom_id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=dom_id, classes=classes)
        self._lines: deque[str] = deque(maxlen=most)
        self._pending: deque[str] = deque(maxlen=most)
        self._pending_count = 0
        self._flush_due = False
        self._longest = 0
        self._needle = ""
        self._found = -1
        self._moving = False
        self.unseen = 0
        self.following = True

    @property
    def line_count(self) -> int:
        """Return how many lines are kept."""
        return len(self._lines)

    def write(self, lines: Iterable[str]) -> None:
        """Add lines; they are drawn together with all others of the next tenth of a second."""
        before = self._pending_count
        for text in lines:
            for line in plain(text, LINE_LIMIT).split("\n"):
                self._pending.append(line)
                self._pending_count += 1
        if self._pending_count != before and not self._flush_due:
            self._flush_due = True
            self.set_timer(FLUSH_AFTER, self.flush, name="log-flush")

    def show(self, text: str) -> None:
        """Show one text instead of all that is there, from its first line, without following."""
        self._lines.clear()
        self._lines.extend(plain(text, limit=MOST_LINES * LINE_LIMIT).split("\n"))
        self._longest = max(map(cell_len, self._lines), default=0)
        self.following, self.unseen, self._found = False, 0, -1
        self._resize()
        self._go_to(0)
        self.refresh()

    def flush(self) -> None:
        """Draw what came since the last time."""
        self._flush_due = False
        came, self._pending_count = self._pending_count, 0
        if not came:
            return
        dropped = max(0, len(self._lines) + came - (self._lines.maxlen or 0))
        self._lines.extend(self._pending)
        self._longest = max(self._longest, max(map(cell_len, self._pending), default=0))
        self._pending.clear()
        self._resize()
        if self.following:
            self._to_end()
        else:
            self.unseen += came
            self._found = max(-1, self._found - dropped)
            self._go_to(max(0, self.scroll_offset.y - dropped))
        self.refresh()
        self.post_message(self.Changed(self))

    def text(self) -> str:
        """Return the kept lines."""
        return "\n".join(self._lines)

    def find(self, needle: str) -> bool:
        """Go to the next line with these letters, whatever their case; tell whether there is one."""
        self._needle = needle.casefold()
        if not self._needle:
            self._found = -1
            self.refresh()
            return False
        matches = [number for number, line in enumerate(self._lines) if self._needle in line.casefold()]
        if not matches:
            self._found = -1
            self.refresh()
            return False
        self._found = next((number for number in matches if number > self._found), matches[0])
        self._set_following(False)
        self._go_to(max(0, self._found - self.size.height // 2))
        self.refresh()
        return True

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.size.width
        index = self.scroll_offset.y + y
        if index >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        text = self._lines[index]
        strip = Strip([Segment(part, style) for part, style in self._styled(text, index)])
        return strip.crop_extend(self.scroll_offset.x, self.scroll_offset.x + width, self.rich_style)

    def _styled(self, text: str, index: int) -> Iterable[tuple[str, Style]]:
        style = self.rich_style
        at = text.casefold().find(self._needle) if index == self._found and self._needle else -1
        if at < 0:
            return [(text, style)]
        end = at + len(self._needle)
        found = self.get_component_rich_style("log--found", partial=True)
        return [(text[:at], style), (text[at:end], style + found), (text[end:], style)]

    def lines(self, start: int, stop: int) -> list[str]:
        """Return kept lines by number."""
        return list(islice(self._lines, start, stop))

    def action_page(self, by: int) -> None:
        """Scroll by pages; scrolling up ends the following."""
        self.scroll_to(y=self.scroll_offset.y + by * max(1, self.size.height - 1), animate=False)

    def action_edge(self, _end: int) -> None:
        """Scroll to the first line."""
        self.scroll_to(y=0, animate=False)

    def action_follow(self) -> None:
        """Jump to the end and stay there."""
        self._to_end()
        self._set_following(True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow from the end on, stop following anywhere else."""
        super().watch_scroll_y(old_value, new_value)
        if not self._moving:
            self._set_following(new_value >= self.max_scroll_y)

    def on_resize(self) -> None:
        """Stay at the end when the pane gets another size."""
        if self.following:
            self._to_end()

    def _set_following(self, following: bool) -> None:
        if following:
            self.unseen = 0
        if following != self.following:
            self.following = following
            self.post_message(self.Changed(self))

    def _to_end(self) -> None:
        self._go_to(max(0, len(self._lines) - self.size.height))

    def _go_to(self, line: int) -> None:
        """Scroll, even before there is a scroll bar; this is no wish of the user to follow or not."""
        self._moving = True
        try:
            self.scroll_to(y=line, animate=False, force=True)
        finally:
            self._moving = False

    def _resize(self) -> None:
        self.virtual_size = Size(self._longest, len(self._lines))
