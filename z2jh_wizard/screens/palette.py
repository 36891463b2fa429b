"""The command palette, which a second Enter does not close twice."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette as TextualPalette
from textual.command import DiscoveryHit


class CommandPalette(TextualPalette):
    """Textual's palette. That one takes the screen below along when Enter comes twice."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close, and let what is chosen be done; once."""
        if self in self.app.screen_stack:
            return super().dismiss(result)
        self._selected_command = DiscoveryHit("", _nothing)  # what was chosen is being done already
        return AwaitComplete()


def _nothing() -> None:
    """Do nothing."""
