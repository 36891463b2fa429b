"""A person at the other end of a line-by-line conversation, with all answers written down beforehand."""

from __future__ import annotations

from collections.abc import Iterable


class Script:
    """Types these lines one after the other, and keeps what was said; EOFError behind the last line."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.heard: list[str] = []
        self.unseen: list[str] = []
        """What was typed without being shown."""

    @property
    def said(self) -> str:
        """Everything that was said, prompts included."""
        return "\n".join(self.heard)

    @property
    def left(self) -> list[str]:
        """The lines that nobody asked for."""
        return list(self._lines)

    def say(self, text: str = "") -> None:
        self.heard.append(text)

    def ask(self, prompt: str) -> str:
        self.heard.append(prompt)
        try:
            return next(self._lines)
        except StopIteration:
            raise EOFError from None

    def ask_unseen(self, prompt: str) -> str:
        typed = self.ask(prompt)
        self.unseen.append(typed)
        return typed
