"""A log with its heading: what it is, whether it follows, where the whole of it lies, and finding."""

from __future__ import annotations

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from z2jh_wizard.widgets.plain import Plain
from z2jh_wizard.widgets.text_line import TextLine
from z2jh_wizard.widgets.virtual_log import VirtualLog


class LogPane(Vertical):
    """One line of heading above a VirtualLog; a line to type in appears while finding."""

    def __init__(self, title: str, *, dom_id: str | None = None) -> None:
        super().__init__(id=dom_id)
        self._title = title
        self._where = ""

    def compose(self) -> ComposeResult:
        """Make heading, log and the line for finding."""
        yield Plain(self._title, classes="pane-heading")
        yield VirtualLog()
        find = TextLine(placeholder="Find: type and press Enter; Esc ends", dom_id=f"{self.id}-find")
        find.display = False
        yield find

    @property
    def log_view(self) -> VirtualLog:
        """The log itself."""
        return self.query_one(VirtualLog)

    def show_path(self, where: str) -> None:
        """Say where the whole log is."""
        self._where = where
        self._head()

    def start_finding(self) -> None:
        """Open the line for finding."""
        find = self.query_one(Input)
        find.display = True
        find.focus()

    def stop_finding(self) -> bool:
        """Close the line for finding; tell whether it was open."""
        find = self.query_one(Input)
        was_open = bool(find.display)
        if was_open:
            find.display = False
            find.value = ""
            self.log_view.find("")
            self.log_view.focus()
        return was_open

    def on_resize(self) -> None:
        """Name the file where there is room for it."""
        if self._where:
            self._head()

    @on(VirtualLog.Changed)
    def _changed(self) -> None:
        self._head()

    @on(Input.Submitted)
    def _find(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value and not self.log_view.find(event.value):
            self.app.notify(f"Not found: {event.value}", markup=False)

    def _head(self) -> None:
        log = self.log_view
        if log.following:
            badge = "following"
        elif log.unseen:
            badge = f"paused, {log.unseen} new lines: End follows"
        else:
            badge = "paused: End follows"
        head, where = f"{self._title} [{badge}]", f"  in {self._where}" if self._where else ""
        fits = cell_len(head + where) <= (self.size.width or self.app.size.width)
        self.query_one(".pane-heading", Plain).show(head + where if fits else head)
