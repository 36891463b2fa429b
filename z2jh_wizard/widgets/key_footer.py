"""The footer: the keys of the screen, each to be clicked as well, and the palette at its right end."""

from __future__ import annotations

from textual.screen import Screen
from textual.widgets import Footer

Shown = list[tuple[str, str, bool]]


class KeyFooter(Footer):
    """A footer that is drawn anew when its keys change, and not each time that the focus moves."""

    def __init__(self) -> None:
        super().__init__(compact=True)
        self._shown: Shown = []

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
