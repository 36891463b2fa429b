"""Small Python programs for tests to start, and how to start them."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from z2jh_wizard.system.children import Child

ROOT = Path(__file__).resolve().parents[2]


def program(code: str, *arguments: str) -> list[str]:
    """Return the command line of a small Python program."""
    return [sys.executable, "-c", textwrap.dedent(code), *arguments]


def child(code: str, *arguments: str) -> Child:
    """Return a small Python program as a child process to start; its output is not buffered."""
    return Child(program(code, *arguments), {"PYTHONUNBUFFERED": "1"})


@contextmanager
def running(argv: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """Run a helper process beside the test, from the checkout; it is killed at the end, whatever happens."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        argv, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/"
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[str]) -> str:
    """Return the first line that a helper process prints: it is ready then."""
    assert process.stdout
    return process.stdout.readline().strip()
