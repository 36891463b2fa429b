"""Several panes in one place: all side by side where there is room, else one at a time."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button


@dataclass(frozen=True, slots=True)
class Pane:
    """A pane and the word on its button."""

    id: str
    title: str
    body: Widget


class Panes(Vertical):
    """A row of buttons, one for each pane, and the pane that was chosen."""

    def __init__(self, *panes: Pane, dom_id: str | None = None) -> None:
        super().__init__(id=dom_id)
        self._panes = panes
        self.chosen = panes[0].id

    def compose(self) -> ComposeResult:
        """Make the buttons and the panes."""
        with Horizontal(classes="pane-buttons"):
            for pane in self._panes:
                yield Button(pane.title, id=f"show-{pane.id}", compact=True, classes="pane-button")
        with Horizontal(classes="pane-bodies"):
            for pane in self._panes:
                pane.body.add_class("pane-body")
                yield pane.body

    def on_mount(self) -> None:
        """Show the first pane."""
        self.choose(self.chosen)

    def choose(self, chosen: str) -> None:
        """Show one pane; the others are hidden by the style sheet where there is no room."""
        self.chosen = chosen
        for pane in self._panes:
            here = pane.id == chosen
            pane.body.set_class(here, "-chosen")
            button = self.query_one(f"#show-{pane.id}", Button)
            button.set_class(here, "-chosen")
            button.label = Content(f"[{pane.title}]" if here else f" {pane.title} ")

    def next_pane(self) -> None:
        """Show the pane after the chosen one."""
        names = [pane.id for pane in self._panes]
        self.choose(names[(names.index(self.chosen) + 1) % len(names)])

    @on(Button.Pressed, ".pane-button")
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.choose(str(event.button.id).removeprefix("show-"))
