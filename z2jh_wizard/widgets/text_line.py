"""A line to type in: no blinking cursor, which would repaint an idle screen, and no selecting by arriving."""

from __future__ import annotations

from textual import events
from textual.widgets import Input, TextArea

from z2jh_wizard.core.redaction import plain

LONGEST = 250_000
"""Characters that are pasted; no answer may be as long."""


async def edit_at_once(control: Input | TextArea, event: events.Key) -> None:
    """Do a key that edits now, not after letters behind it that came in the same piece from a slow line.

    Textual takes letters at once, but lets such a key bubble up to the app first.
    """
    for binding in control._bindings.key_to_bindings.get(event.key, ()):
        event.stop()
        event.prevent_default()
        await control.run_action(binding.action)
        return


class TextLine(Input):
    """An Input of one row whose cursor stands still, after the text that is there.

    ``replace`` marks that text when one arrives, so that typing replaces it.
    """

    def __init__(
        self, value: str = "", *, placeholder: str = "", dom_id: str | None = None, replace: bool = False
    ) -> None:
        # The questions check their answers themselves; Textual would work out styles anew at each key.
        super().__init__(value, placeholder=placeholder, id=dom_id, select_on_focus=replace, validate_on=())
        # Asking for compact would work out all styles at once, before there is a place to draw.
        self.set_reactive(Input.compact, True)
        self.add_class("-textual-compact", update=False)
        self.cursor_blink = False
        self.cursor_position = len(value)

    async def _on_key(self, event: events.Key) -> None:
        await edit_at_once(self, event)

    def _on_paste(self, event: events.Paste) -> None:
        """Paste the first line, without the codes that would steer the terminal; say so if there are more."""
        lines = [line for line in plain(event.text.replace("\r", "\n"), LONGEST).splitlines() if line.strip()]
        super()._on_paste(events.Paste(lines[0] if lines else ""))
        if len(lines) > 1:
            self.app.notify(
                "Only the first line was pasted: this is one line.", severity="warning", markup=False
            )
        event.prevent_default()
        event.stop()
