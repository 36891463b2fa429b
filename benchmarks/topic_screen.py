"""A page of settings on a config.yaml of 1,000 lines, with the preview: first frame, and key to frame."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import leave, report
from terminal import Terminal

ROUNDS = 7
KEYS = 60
LINES = 1000
SIGN_IN, MEMORY = 5, 3
"""Rows from the top of the list to signing in, and from there to memory."""

GOAL_FRAME = 100.0
"""Milliseconds from the key that opens a page to its first frame."""

GOAL_KEY = 30.0
"""Milliseconds from a key to the frame with it, in 95 of 100 cases."""

MAKE = """
import sys
from pathlib import Path
from z2jh_wizard.flows.pages import default_answers, new_project
project = new_project(Path(sys.argv[1]), default_answers("practice"))
text = Path(sys.argv[2]).read_bytes()
project.config.write_bytes(text)
"""


def config(path: Path) -> None:
    """Write a values file of so many lines."""
    head = "hub:\n  config:\n    JupyterHub:\n      authenticator_class: shared-password\nsingleuser:\n"
    rows = [f'    NAME_{number}: "value {number}"  # said by hand' for number in range(LINES - 10)]
    path.write_text(
        f"{head}  extraEnv:\n" + "\n".join(rows) + "\n  memory:\n    limit: 1G\ncull:\n  every: 600\n"
    )


def until_drawn(terminal: Terminal, keys: str) -> float:
    """Return the milliseconds from a key to the first bytes that are drawn after it."""
    began = time.perf_counter()
    terminal.press(keys)
    while not terminal.drain(5):
        pass
    return (time.perf_counter() - began) * 1000


def opened(folder: Path, state: str) -> Terminal:
    """Return the wizard at the list of settings."""
    terminal = Terminal(
        [sys.executable, "-m", "z2jh_wizard", "-C", str(folder)], 140, 40, XDG_STATE_HOME=state
    )
    terminal.wait_for("Pods")
    terminal.watch(1.5)
    terminal.press("\t")
    terminal.watch(0.3)
    terminal.press("\r")
    terminal.wait_for("Guided")
    terminal.watch(1.0)
    return terminal


def down(terminal: Terminal, rows: int) -> None:
    """Mark a row further down in the list."""
    for _ in range(rows):
        terminal.press("\x1b[B")
        terminal.watch(0.3)


def main() -> None:
    """Measure."""
    import subprocess

    with tempfile.TemporaryDirectory() as state:
        source, folder = Path(state, "long.yaml"), Path(state, "hub")
        config(source)
        subprocess.run([sys.executable, "-c", MAKE, str(folder), str(source)], check=True)
        terminal = opened(folder, state)
        frames = {"sign-in": [], "memory": []}
        try:
            # From the list: down to signing in; then back, and down to Memory.
            down(terminal, SIGN_IN)
            for _ in range(ROUNDS):
                terminal.forget()
                began = time.perf_counter()
                terminal.press("\r")
                terminal.wait_for("Way to sign in")
                frames["sign-in"].append((time.perf_counter() - began) * 1000)
                terminal.watch(1.0)
                terminal.press("\x1b")
                terminal.watch(1.0)
            down(terminal, MEMORY)
            for _ in range(ROUNDS):
                terminal.forget()
                began = time.perf_counter()
                terminal.press("\r")
                terminal.wait_for("Memory limit")
                frames["memory"].append((time.perf_counter() - began) * 1000)
                terminal.watch(1.0)
                terminal.press("\x1b")
                terminal.watch(1.0)
            terminal.press("\r")
            terminal.watch(1.5)
            keys = []
            for number in range(KEYS):
                keys.append(until_drawn(terminal, "12345"[number % 5] if number % 10 else "\x7f"))
                # People type at 3 to 10 keys a second; the draft is written in the pauses.
                terminal.watch(0.1 + 0.25 * (number % 4 == 0))
        finally:
            terminal.end()
    met = [
        report(f"first frame of {name}", values[1:], "ms", goal=GOAL_FRAME) for name, values in frames.items()
    ]
    keys.sort()
    at = keys[int(len(keys) * 0.95)]
    met.append(
        report(
            "key to frame, p95",
            [at],
            "ms",
            goal=GOAL_KEY,
            median_key=round(statistics.median(keys), 1),
            keys=len(keys),
        )
    )
    leave(met)


if __name__ == "__main__":
    main()
