"""The journal of API requests: one JSON line each, without bodies, queries or tokens.

It is the evidence that nothing is created twice. Each line is one write; a full file is set aside,
and one older file is kept.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import msgspec

from z2jh_wizard.system.files import PRIVATE_FILE

LARGEST_FILE = 8 * 1024 * 1024
LONGEST_TEXT = 300
"""Characters kept of a path or a user agent."""


class Entry(msgspec.Struct, omit_defaults=True):
    """One request and its outcome; ``name`` and ``uid`` are those of an object that it created."""

    time: str
    verb: str
    path: str
    agent: str
    code: int
    name: str = ""
    uid: str = ""
    dry_run: bool = False


class RequestJournal:
    """Appends entries to a private file, and reads the newest ones."""

    def __init__(self, path: Path, largest: int = LARGEST_FILE) -> None:
        self._path = path
        self._older = path.with_name(f"{path.stem}.1{path.suffix}")
        self._largest = largest
        self._descriptor = -1
        self._size = 0

    def write(self, entry: Entry) -> None:
        """Append one entry; a full disk costs the entry, not the request."""
        line = msgspec.json.encode(entry) + b"\n"
        try:
            if self._descriptor < 0:
                self._open()
            elif self._size + len(line) > self._largest:
                self.close()
                self._path.replace(self._older)
                self._open()
            self._size += os.write(self._descriptor, line)
        except OSError:
            self.close()

    def newest(self, count: int) -> list[Entry]:
        """Return the newest entries, the newest last."""
        return list(deque(self._read(), maxlen=max(0, count)))

    def close(self) -> None:
        """Let go of the file; the next entry opens it again."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _open(self) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self._descriptor = os.open(self._path, flags, PRIVATE_FILE)
        self._size = os.fstat(self._descriptor).st_size

    def _read(self) -> Iterator[Entry]:
        for path in (self._older, self._path):
            try:
                lines = path.read_bytes().splitlines()
            except OSError:
                continue
            for line in lines:
                try:
                    yield msgspec.json.decode(line, type=Entry)
                except (msgspec.DecodeError, msgspec.ValidationError):
                    continue  # A line torn by a kill says nothing.


def entry(verb: str, path: str, agent: str, code: int, *, name: str, uid: str, dry_run: bool) -> Entry:
    """Return the entry of a request that ends now."""
    moment = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Entry(moment, verb, path[:LONGEST_TEXT], agent[:LONGEST_TEXT], code, name, uid, dry_run)
