"""The footer: the keys of the screen, each to be clicked as well, and the palette at its right end."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer

Shown = list[tuple[str, str, bool]]


class KeyFooter(Footer):
    """A footer that is drawn anew when its keys change, and not each time that the focus moves.

    Where there is not room for all, the last ones are left out; F1 and the palette have them all.
    """

    def __init__(self) -> None:
        super().__init__(compact=True)
        self._shown: Shown = []
        self._room = 0

    def compose(self) -> ComposeResult:
        """Make as many keys as there is room for, and the palette."""
        keys = list(super().compose())
        palette = [key for key in keys if key.has_class("-command-palette")]
        self._room = self.app.size.width
        room = self._room - sum(map(_width, palette))
        for key in keys:
            if key in palette:
                yield key
            elif _width(key) <= room:
                room -= _width(key)
                yield key
            else:
                room = 0

    def on_resize(self, _event: events.Resize) -> None:
        """Make them anew for another width."""
        if self._room and self._room != self.app.size.width:
            self.call_after_refresh(self.recompose)

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Draw the keys if they are others than before."""
        shown = [
            (binding.key, binding.description, enabled)
            for _, binding, enabled, _ in screen.active_bindings.values()
            if binding.show
        ]
        if shown != self._shown:
            self._shown = shown
            super().bindings_changed(screen)


def _width(key: Widget) -> int:
    """Return the cells that a key takes, with the gap behind it; it is not drawn yet."""
    words = (getattr(key, "key_display", ""), getattr(key, "description", ""))
    return sum(cell_len(one) + 1 for one in words)
