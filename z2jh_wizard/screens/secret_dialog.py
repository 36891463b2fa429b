"""A dialog for one secret: masked, of several lines too, checked before it is taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from z2jh_wizard.screens.base import Dialog
from z2jh_wizard.widgets.actions import screen_bindings
from z2jh_wizard.widgets.controls import SecretLine
from z2jh_wizard.widgets.plain import Plain


class AskSecret(Dialog):
    """Asks for a secret; ``check`` returns a sentence when it cannot be used, never with the secret in it."""

    BINDINGS = screen_bindings("back")
    FIRST = "answer"
    ABOUT = (
        "Paste the secret: a key or certificate keeps its lines. It is never shown, and Esc changes nothing."
    )

    def __init__(self, title: str, lines: Sequence[str], check: Callable[[str], str | None]) -> None:
        super().__init__(title, yes="Write it")
        self._lines = lines
        self._check = check

    def body(self) -> ComposeResult:
        """Make the text, the masked line, and a count of what was pasted."""
        yield Plain("\n".join(self._lines))
        yield SecretLine(dom_id="answer")
        yield Plain("", dom_id="answer-size", classes="hint")
        yield Plain("", dom_id="answer-error", classes="field-error")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        lines = event.value.count("\n") + 1
        size = f"{len(event.value)} characters" + (f" in {lines} lines" if lines > 1 else "")
        self.query_one("#answer-size", Plain).show(size if event.value else "")

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.agree()

    def agree(self) -> None:
        """Answer with the secret, or say why it cannot be used."""
        text = self.query_one("#answer", Input).value
        sentence = self._check(text)
        if sentence:
            self.query_one("#answer-error", Plain).show(f"! {sentence}")
            self.query_one("#answer").focus()
        else:
            self.dismiss(text)
