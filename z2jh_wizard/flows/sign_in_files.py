"""The file of a class list, as a teacher names it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.system.files import read_bytes


def class_file(typed: str) -> bytes:
    """Return what is in a file; ``~`` is the home folder. InvalidInput for what is missing or no file."""
    path = Path(typed.strip())
    with contextlib.suppress(RuntimeError):  # there is nobody of that name, so no home either
        path = path.expanduser()
    if path.is_dir():
        raise InvalidInput(
            "This is a folder", f"{path} has files in it.", next_step="Name the file with the class list."
        )
    if path.exists() and not path.is_file():
        raise InvalidInput(
            "This is no file", f"{path} is a device or a pipe.", next_step="Save the list first."
        )
    return read_bytes(path, path.name or "class list")
