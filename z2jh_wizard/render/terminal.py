"""A conversation in plain lines on stdin and stdout: no colours, no cursor movement."""

from __future__ import annotations

import sys

from z2jh_wizard.core.errors import InvalidInput


class PlainTerminal:
    """Says lines on stdout and reads lines from stdin, be they a terminal or pipes."""

    @property
    def is_terminal(self) -> bool:
        """Whether a person sits at the other end."""
        return sys.stdin.isatty()

    def say(self, text: str = "") -> None:
        """Say a line."""
        print(text, flush=True)

    def ask(self, prompt: str) -> str:
        """Return the line that was typed, without its end; EOFError when there is no more.

        InvalidInput for bytes that are no text.
        """
        print(prompt, end="", flush=True)
        try:
            line = sys.stdin.readline()
        except UnicodeDecodeError:
            raise InvalidInput("The input is not text", "There are bytes in it that are not UTF-8.") from None
        if not line:
            raise EOFError
        if not self.is_terminal:
            print(flush=True)  # nobody pressed Enter where this is read
        return line.rstrip("\r\n")

    def ask_unseen(self, prompt: str) -> str:
        """Return a typed line that the terminal does not show; a pipe is read as it is."""
        if not self.is_terminal:
            return self.ask(prompt)
        import getpass

        return getpass.getpass(prompt)
