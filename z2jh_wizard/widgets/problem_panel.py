"""A problem in words: title, what happened, what still works, what to do next."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from z2jh_wizard.core.errors import Problem
from z2jh_wizard.widgets.plain import Plain


class ProblemPanel(VerticalScroll, can_focus=True):
    """Shows one problem; hidden while there is none. It can be scrolled and copied."""

    def compose(self) -> ComposeResult:
        """Make the lines."""
        yield Plain(dom_id="problem-title")
        yield Plain(dom_id="problem-text")

    def on_mount(self) -> None:
        """Begin hidden."""
        self.display = False

    def show(self, problem: Problem | None, more: str = "") -> None:
        """Show a problem and one line more, or nothing."""
        self.display = problem is not None
        if problem:
            first, *rest = problem.lines()
            self.query_one("#problem-title", Plain).show(f"! {first}")
            self.query_one("#problem-text", Plain).show("\n".join([*rest, more] if more else rest))

    def text(self) -> str:
        """Return what is shown."""
        return "\n".join(self.query_one(name, Plain).text for name in ("#problem-title", "#problem-text"))
