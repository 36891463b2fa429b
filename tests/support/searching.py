"""Looks for a secret wherever a program writes or shows anything."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import NamedTuple

import psutil


class Seen(NamedTuple):
    """A process as anybody on this computer may see it, and what it found in its environment."""

    line: str
    environment: str


class CommandLines:
    """Collects the command lines and environments of our descendants while it runs."""

    def __init__(self) -> None:
        self.seen: set[Seen] = set()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> CommandLines:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def lines_with(self, text: str) -> list[str]:
        """Return the command lines that a text is in."""
        return [one.line for one in self.seen if text in one.line]

    def environments_with(self, text: str) -> list[str]:
        """Return the command lines of the processes that find a text in their environment."""
        return [one.line for one in self.seen if text in one.environment]

    def _watch(self) -> None:
        while not self._end.wait(0.02):
            for process in psutil.Process().children(recursive=True):
                try:
                    self.seen.add(Seen(" ".join(process.cmdline()), repr(process.environ())))
                except psutil.Error:
                    continue


def files_with(folder: Path, needle: bytes) -> list[str]:
    """Return the files below a folder that have these bytes, by their path in it."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and needle in path.read_bytes()
    ]
