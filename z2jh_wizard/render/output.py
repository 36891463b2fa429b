"""The only place that prints: the answer to stdout, all the rest to stderr."""

from __future__ import annotations

import os
import sys

from z2jh_wizard.core.errors import Problem
from z2jh_wizard.core.redaction import plain


def answer(text: str = "") -> None:
    """Print a line of the answer to stdout; a reader that went away ends the output quietly."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        _nobody_reads()


def document(data: bytes) -> None:
    """Write a whole file to stdout, to the byte."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        _nobody_reads()


def aside(text: str = "") -> None:
    """Print a line that is not the answer to stderr."""
    print(text, file=sys.stderr, flush=True)


def trouble(problem: Problem) -> None:
    """Print a problem to stderr, in words."""
    for line in problem.lines():
        aside(plain(line))


def _nobody_reads() -> None:
    """Send the rest nowhere: Python would complain once more when it closes stdout at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
