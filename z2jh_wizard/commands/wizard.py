"""Opening the wizard's screens."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from z2jh_wizard.core.errors import InvalidInput

if TYPE_CHECKING:
    import argparse


def open_wizard(parsed: argparse.Namespace) -> int:
    """Open the TUI on a folder, serve it to a browser, or ask line by line.

    A terminal that cannot move its cursor is asked line by line. InvalidInput when there is none to draw on.
    """
    if parsed.web:
        from z2jh_wizard.commands.web import serve_wizard

        return serve_wizard(parsed)
    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if parsed.plain or (is_terminal and os.environ.get("TERM") == "dumb"):
        from z2jh_wizard.commands.plain import ask_line_by_line

        return ask_line_by_line(parsed)
    # Textual's own variable: a web server at the other end of the pipes draws for us.
    if "TEXTUAL_DRIVER" not in os.environ and not is_terminal:
        raise InvalidInput(
            "The wizard's screens need a terminal",
            "Input or output is not one.",
            next_step="Answer line by line: z2jh-wizard --plain. Or use a browser: z2jh-wizard --web, or the "
            "commands: z2jh-wizard --help",
        )
    from z2jh_wizard.app import Start, run_app

    return run_app(Start(folder=Path(parsed.folder), ascii_only=parsed.ascii))
