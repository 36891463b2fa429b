"""First frame of the screens against a bare Textual app in the same run, modules loaded by then, memory."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import leave, report
from terminal import Terminal

ROUNDS = 9
GOAL_CPU = 1.4
"""CPU until the first frame, in bare Textual apps."""

GOAL_MEMORY = 50.0
"""MiB at the first frame."""

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("first frame")
Bare().run()
"""

HEAVY = ("kubernetes", "google.cloud", "azure", "boto3", "botocore", "ruamel", "aiohttp", "pydantic", "yaml")
"""Packages that must not be loaded before a project is opened."""

MODULES = """
import atexit, json, sys
from pathlib import Path
from z2jh_wizard.app import Start, WizardApp
class Listing(WizardApp):
    def on_ready(self):
        Path(sys.argv[1]).write_text(json.dumps(sorted(sys.modules)))
        super().on_ready()
Listing(Start(Path(sys.argv[2]))).run()
"""


def first_frame(command: list[str], text: str, state: str) -> tuple[float, float, float]:
    """Return wall seconds, CPU seconds and peak MiB until a text was drawn."""
    terminal = Terminal(command, XDG_STATE_HOME=state)
    try:
        return terminal.wait_for(text), terminal.cpu(), terminal.peak_memory()
    finally:
        terminal.end()


def heavy_modules(folder: str) -> list[str]:
    """Return the heavy modules that are loaded at the first frame."""
    listing = Path(folder, "modules.json")
    terminal = Terminal([sys.executable, "-c", MODULES, str(listing), folder], XDG_STATE_HOME=folder)
    try:
        terminal.wait_for("Open a project")
        terminal.watch(0.5)
    finally:
        terminal.end()
    loaded = json.loads(listing.read_text())
    return [name for name in loaded if any(name == heavy or name.startswith(f"{heavy}.") for heavy in HEAVY)]


def main() -> None:
    """Measure, bare and wizard in turns."""
    with tempfile.TemporaryDirectory() as folder:
        wizard = [sys.executable, "-m", "z2jh_wizard", "-C", folder]
        bare = [sys.executable, "-c", BARE]
        pairs = []
        for _ in range(ROUNDS + 1):
            pairs.append(
                (first_frame(bare, "first frame", folder), first_frame(wizard, "Open a project", folder))
            )
        pairs = pairs[1:]  # the first one fills the caches
        bare_wall = statistics.median(one[0] for one, _ in pairs)
        bare_cpu = statistics.median(one[1] for one, _ in pairs)
        heavy = heavy_modules(folder)
        results = [
            report("bare Textual: first frame, wall", [one[0] for one, _ in pairs], "s"),
            report("bare Textual: first frame, CPU", [one[1] for one, _ in pairs], "s"),
            report(
                "wizard: first frame, wall",
                [two[0] for _, two in pairs],
                "s",
                ratio=round(statistics.median(two[0] for _, two in pairs) / bare_wall, 2),
            ),
            report(
                "wizard: first frame, CPU in bare apps",
                [two[1] / bare_cpu for _, two in pairs],
                "x",
                goal=GOAL_CPU,
            ),
            report(
                "wizard: memory at the first frame", [two[2] for _, two in pairs], "MiB", goal=GOAL_MEMORY
            ),
            report(
                "wizard: heavy modules at the first frame", [len(heavy)], "modules", goal=0, modules=heavy
            ),
        ]
    leave(results)


if __name__ == "__main__":
    main()
