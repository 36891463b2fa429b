"""Serving the wizard's screens to a browser on this computer."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import suppress

from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.render import output


def serve_wizard(parsed: argparse.Namespace) -> int:
    """Serve the screens on a folder until they are left or Ctrl+C; the address is the answer."""
    from z2jh_wizard.system import cloud_shell
    from z2jh_wizard.web.server import serve
    from z2jh_wizard.web.wizard_process import wizard_command

    def announce(address: str) -> None:
        output.answer(address)
        unseen = shell.how_to_preview if shell and not public_url else ""
        how = unseen or "Open this address in your browser; it works once."
        output.aside(f"{how} Ctrl+C ends the wizard.")
        if shell:
            output.aside(shell.idle_sentence)

    shell = cloud_shell.current()
    public_url = parsed.public_url or cloud_shell.preview_address()
    argv = wizard_command(parsed.folder, ascii_only=parsed.ascii)
    code = asyncio.run(serve(argv, announce, port=parsed.port, public_url=public_url))
    if code == ExitCode.INTERRUPTED:
        with suppress(OSError):  # the terminal may be what is gone
            output.aside("Stopped. Run the same command again: it looks first and carries on.")
    return code
