"""Opening the wizard's screens."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from z2jh_wizard.core.errors import InvalidInput

if TYPE_CHECKING:
    import argparse


def open_wizard(parsed: argparse.Namespace) -> int:
    """Open the TUI on a folder; InvalidInput when there is no terminal to draw on."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InvalidInput(
            "The wizard's screens need a terminal",
            "Input or output is not one.",
            next_step="Use the commands instead: z2jh-wizard --help",
        )
    from z2jh_wizard.app import Start, run_app

    return run_app(Start(folder=Path(parsed.folder), ascii_only=parsed.ascii))
