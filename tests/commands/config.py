"""The config commands in this process: what they say, what they leave, and how they end."""

from __future__ import annotations

import io
import json
import sys
from typing import Any, NamedTuple

from z2jh_wizard.cli import main


class Said(NamedTuple):
    """What a command wrote to stdout and stderr, and its exit code."""

    out: str
    err: str
    code: int

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Stdin(io.TextIOWrapper):
    """A pipe with these bytes."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8")


def runner(monkeypatch, capfdbinary):
    """Return a function that runs ``z2jh-wizard WORDS`` with these bytes on stdin."""

    def run(*words: str, stdin: bytes = b"") -> Said:
        monkeypatch.setattr(sys, "stdin", Stdin(stdin))
        capfdbinary.readouterr()
        code = main(list(map(str, words)))
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Said(out.decode(), err.decode(), code)

    return run
