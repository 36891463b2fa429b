"""The editor of the person at this computer, in the terminal that the wizard lends it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

from z2jh_wizard.core.errors import NeedsYou, WizardError

COMMON = ("nano", "vim", "vi")
"""What is tried when nobody said which editor it is, the one that explains itself first."""

_TAKES_LINE = frozenset({"nano", "pico", "vi", "vim", "nvim", "view", "emacs", "emacsclient", "joe", "micro"})
"""Editors that go to a line for ``+LINE`` before the name of the file."""


def find_editor(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return the editor's command: VISUAL, EDITOR, or one that is there; NeedsYou when there is none."""
    known = os.environ if environment is None else environment
    for said in (known.get("VISUAL", ""), known.get("EDITOR", ""), *COMMON):
        with contextlib.suppress(ValueError):  # a quote without an end
            words = shlex.split(said)
            if words and shutil.which(words[0], path=known.get("PATH")):
                return tuple(words)
    raise NeedsYou(
        "There is no editor",
        f"VISUAL and EDITOR name none that is here, and {', '.join(COMMON)} are not on the PATH.",
        still_works="Everything else. You can edit the file in any other way; the wizard reads it again.",
        next_step="Install nano, or say which editor it is: export EDITOR=NAME",
    )


def command(editor: tuple[str, ...], path: Path, line: int = 0) -> tuple[str, ...]:
    """Return the command that edits a file, at a line (from 1) where the editor is known to take one."""
    at = (f"+{line}",) if line > 0 and Path(editor[0]).name in _TAKES_LINE else ()
    return (*editor, *at, str(path))


async def edit(argv: tuple[str, ...], folder: Path) -> int:
    """Run an editor in this terminal to its end and return its exit code; other work goes on meanwhile.

    Ctrl-C is the editor's. WizardError when it cannot be started.
    """
    try:
        with _interrupts_ignored():
            process = await asyncio.create_subprocess_exec(*argv, cwd=folder)
            return await process.wait()
    except OSError as error:
        raise WizardError(
            f"Could not start {argv[0]}",
            f"{error.strerror}.",
            still_works="Nothing was changed.",
            next_step="Say which editor to take: export EDITOR=nano",
        ) from error


@contextlib.contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Let Ctrl-C reach the editor alone: a handler, unlike SIG_IGN, is not inherited by what is started."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
