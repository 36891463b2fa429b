"""The journal: append-only JSON lines, each on disk before the work it announces begins."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.events import rfc3339
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.system.files import PRIVATE_FILE, cannot_write, make_private_folder


class FileJournal:
    """Appends redacted entries to one file; a line is one write, so a kill tears at most the last line."""

    def __init__(self, path: Path, clock: Clock, redactor: Redactor, run: str = "") -> None:
        self._path = path
        self._clock = clock
        self._redactor = redactor
        self._run = run

    def record(self, what: str, **details: object) -> None:
        """Write one entry and wait until the disk has it; WizardError when the disk refuses."""
        entry = {"time": rfc3339(self._clock.now()), "run": self._run, "what": what}
        tree = msgspec.to_builtins(details, enc_hook=str)
        entry.update(self._redactor.clean_tree(tree))  # type: ignore[call-overload]
        # Unlike msgspec's, this encoder takes file names that are no valid Unicode.
        line = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
        make_private_folder(self._path.parent)
        try:
            self._append(line)
        except OSError as error:
            raise cannot_write(self._path, error, "All that was written down before is kept.") from error

    def _append(self, line: bytes) -> None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
        try:
            if _torn(descriptor):
                line = b"\n" + line
            while line:
                line = line[os.write(descriptor, line) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read_journal(path: Path) -> Iterator[dict[str, Any]]:
    """Return the entries in order; torn or foreign lines are passed over, a missing journal is empty."""
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        return
    with stream:
        for line in stream:
            with contextlib.suppress(ValueError, RecursionError):
                entry = msgspec.json.decode(line)
                if isinstance(entry, dict):
                    yield entry


def _torn(descriptor: int) -> bool:
    """Tell whether the last line lacks its end, which a kill in the middle of a write leaves behind."""
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
