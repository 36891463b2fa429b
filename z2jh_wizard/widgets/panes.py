"""Several panes in one place: all side by side where there is room, else one at a time."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button

from z2jh_wizard.widgets.plain import Plain


@dataclass(frozen=True, slots=True)
class Pane:
    """A pane and the word on its button; ``headed`` panes have a heading of their own."""

    id: str
    title: str
    body: Widget
    headed: bool = False

    def box(self) -> Widget:
        """Return what is shown and hidden: the body, with a heading for when all panes are shown."""
        if self.headed:
            return self.body
        return Vertical(Plain(self.title, classes="pane-heading pane-title"), self.body, id=f"box-{self.id}")


class Panes(Vertical):
    """A row of buttons, one for each pane, and the pane that was chosen."""

    def __init__(self, *panes: Pane, dom_id: str | None = None) -> None:
        super().__init__(id=dom_id)
        self._panes = panes
        self._boxes = {pane.id: pane.box() for pane in panes}
        self._titles = {pane.id: pane.title for pane in panes}
        self.chosen = panes[0].id

    def compose(self) -> ComposeResult:
        """Make the buttons and the panes."""
        with Horizontal(classes="pane-buttons"):
            for pane in self._panes:
                yield Button(pane.title, id=f"show-{pane.id}", compact=True, classes="pane-button")
        with Horizontal(classes="pane-bodies"):
            for pane in self._panes:
                box = self._boxes[pane.id]
                box.add_class("pane-body")
                yield box

    def on_mount(self) -> None:
        """Show the first pane."""
        self.choose(self.chosen)

    def choose(self, chosen: str) -> None:
        """Show one pane; the others are hidden by the style sheet where there is no room."""
        self.chosen = chosen
        for pane in self._panes:
            here = pane.id == chosen
            self._boxes[pane.id].set_class(here, "-chosen")
            button = self.query_one(f"#show-{pane.id}", Button)
            button.set_class(here, "-chosen")
            title = self._titles[pane.id]
            button.label = Content(f"[{title}]" if here else f" {title} ")
            button.refresh(layout=True)  # the title may have another length than before

    def rename(self, pane: str, title: str) -> None:
        """Give a pane another title, such as one with a number in it."""
        self._titles[pane] = title
        for heading in self._boxes[pane].query(".pane-title").results(Plain):
            heading.show(title)
        self.choose(self.chosen)

    def next_pane(self) -> None:
        """Show the pane after the chosen one."""
        names = [pane.id for pane in self._panes]
        self.choose(names[(names.index(self.chosen) + 1) % len(names)])

    @on(Button.Pressed, ".pane-button")
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.choose(str(event.button.id).removeprefix("show-"))
