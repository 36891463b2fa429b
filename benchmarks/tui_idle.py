"""What the screens cost while nobody does anything: CPU of one core and bytes drawn, over 30 seconds each."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import leave, report
from terminal import Terminal

SECONDS = float(os.environ.get("IDLE_SECONDS", "30"))
SETTLE = 3.0
GOAL_CPU = 0.5
"""Percent of one core."""

GOAL_BYTES = 2048.0
"""Bytes drawn a second, which matters over a slow SSH."""

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("first frame")
Bare().run()
"""

WAITING = str(Path(__file__).resolve().parent / "_waiting_step.py")


def idle(command: list[str], text: str, state: str, go: Callable[[Terminal], None]) -> tuple[float, float]:
    """Return percent of a core and bytes a second of a program that shows a text and then waits."""
    terminal = Terminal(command, XDG_STATE_HOME=state)
    try:
        terminal.wait_for(text)
        go(terminal)
        terminal.watch(SETTLE)
        before = terminal.cpu()
        drawn = terminal.watch(SECONDS)
        return 100 * (terminal.cpu() - before) / SECONDS, drawn / SECONDS
    finally:
        terminal.end()


def to_the_form(terminal: Terminal) -> None:
    """Go from the first screen to a field that has the focus."""
    terminal.press("\r")
    terminal.wait_for("Folder of the project")


def main() -> None:
    """Measure a bare app, the first screen, a form and a run whose step waits."""
    with tempfile.TemporaryDirectory() as folder:
        wizard = [sys.executable, "-m", "z2jh_wizard", "-C", folder]
        cases: dict[str, tuple[list[str], str, Callable[[Terminal], None]]] = {
            "bare Textual": ([sys.executable, "-c", BARE], "first frame", lambda _: None),
            "welcome": (wizard, "Open a project", lambda _: None),
            "form with a focused field": (wizard, "Open a project", to_the_form),
            "run whose step waits": ([sys.executable, WAITING, folder], "running", lambda _: None),
        }
        results = []
        bare = 0.0
        for name, (command, text, go) in cases.items():
            percent, drawn = idle(command, text, folder, go)
            bare = bare or max(percent, 0.01)
            goal = None if name == "bare Textual" else GOAL_CPU
            results.append(
                report(f"{name}: CPU", [percent], "% of a core", goal=goal, ratio=round(percent / bare, 1))
            )
            results.append(report(f"{name}: drawn", [drawn], "bytes/s", goal=GOAL_BYTES))
    leave(results)


if __name__ == "__main__":
    main()
