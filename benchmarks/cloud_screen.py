"""A cloud is chosen: from the key to the first frame of its own page, and to the ways to sign in on it.

Each round is a program that has just been started, so that nothing of a cloud is loaded yet.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import leave, report
from terminal import Terminal

ROUNDS = 7

GOAL = 500.0
"""Milliseconds."""

CLOUDS = {"gke": (2, "gcloud"), "aks": (3, "sign-in of az"), "eks": (4, "start page")}
"""How many rows below the first one a cloud stands, and words of one of its ways to sign in."""

DOWN, NEXT = "\x1b[B", "\x0e"


def chosen(row: int, words: str) -> tuple[float, float, float]:
    """Return the milliseconds from the key to the page and to the ways to sign in, and those of CPU time."""
    with tempfile.TemporaryDirectory() as home:
        terminal = Terminal([sys.executable, "-m", "z2jh_wizard"], HOME=home, XDG_STATE_HOME=home)
        try:
            terminal.wait_for("Quick")
            terminal.watch(1.0)
            terminal.press("\r")
            terminal.wait_for("Where shall the hub run?")
            terminal.watch(1.0)
            for _ in range(row):
                terminal.press(DOWN)
                terminal.watch(0.2)
            terminal.watch(1.0)
            terminal.forget()
            began, used = time.perf_counter(), terminal.cpu()
            terminal.press(NEXT)
            terminal.wait_for("Cloud account")
            page = time.perf_counter() - began
            terminal.wait_for(words)
            ways = time.perf_counter() - began
            return page * 1000, ways * 1000, (terminal.cpu() - used) * 1000
        finally:
            terminal.end()


def main() -> None:
    met = []
    for cloud, (row, words) in CLOUDS.items():
        rounds = [chosen(row, words) for _ in range(ROUNDS)]
        page, ways, cpu = zip(*rounds, strict=True)
        met.append(report(f"{cloud}: key to its first page", page, "ms", goal=GOAL))
        met.append(report(f"{cloud}: key to the ways to sign in", ways, "ms", goal=GOAL))
        report(f"{cloud}: CPU time of both", cpu, "ms")
    leave(met)


if __name__ == "__main__":
    main()
