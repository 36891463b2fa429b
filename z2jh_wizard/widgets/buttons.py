"""The row of buttons at the end of a screen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from z2jh_wizard.widgets.actions import BY_ID


class ActionButton(Button):
    """A button for an action of the table; pressing it does what the key does."""

    def __init__(self, action: str, label: str = "") -> None:
        known = BY_ID[action]
        self.known = action
        super().__init__(
            Content(label or known.label),
            id=f"do-{action}",
            action=known.call if "." in known.call else f"screen.{known.call}",
            tooltip=known.tooltip,
        )
        self.set_reactive(Button.compact, True)
        self.add_class("-textual-compact", update=False)

    def watch_flat(self, flat: bool) -> None:
        """Note the look that it has as Textual does, but work out no styles before it has its place."""
        self.set_class(flat, "-style-flat", update=self.is_attached)
        self.set_class(not flat, "-style-default", update=self.is_attached)


class ButtonRow(Horizontal):
    """Buttons for actions; the first one, which most people want next, stands at the right end.

    ``flat`` rows have buttons of equal rank, in the order given.
    """

    def __init__(self, *buttons: Button, flat: bool = False) -> None:
        super().__init__(classes="button-row -flat-row" if flat else "button-row")
        self._buttons = buttons
        if not flat:
            buttons[0].add_class("-onward", update=False)

    def compose(self) -> ComposeResult:
        """Make the buttons."""
        yield from self._buttons

    def words(self) -> dict[str, str]:
        """Return what the buttons that can be seen call their actions, for the keys of the same."""
        buttons = (one for one in self._buttons if isinstance(one, ActionButton) and one.display)
        return {one.known: str(one.label) for one in buttons}
