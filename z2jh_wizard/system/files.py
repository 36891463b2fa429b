"""Atomic writes, private folders and numbered backups."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
import tempfile
from pathlib import Path
from typing import BinaryIO

from z2jh_wizard.core.errors import InvalidInput, WizardError

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
PUBLIC_FILE = 0o644

LARGEST_TEXT = 4 * 1024 * 1024
"""Bytes; no values file or spec of a person is this large."""


def make_private_folder(path: Path) -> Path:
    """Make a folder that only its owner can enter, with its parents; WizardError when the disk refuses."""
    try:
        path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        if path.stat().st_uid == os.getuid():
            path.chmod(PRIVATE_FOLDER)
    except OSError as error:
        raise cannot_write(path, error, "Nothing was changed.") from error
    return path


def write_atomic(
    path: Path, data: bytes, mode: int = PRIVATE_FILE, *, owner: tuple[int, int] | None = None
) -> None:
    """Replace a file as a whole: temporary file beside it, fsync, rename, fsync of the folder.

    A symbolic link is followed, so that the link itself stays. ``owner`` are a user and a group to give it
    to. WizardError when the disk refuses: the file is as it was then.
    """
    try:
        target = Path(os.path.realpath(path))
        if target.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent)
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            fresh = os.fstat(stream.fileno())
            if owner and owner != (fresh.st_uid, fresh.st_gid):
                os.fchown(stream.fileno(), *owner)
            os.fchmod(stream.fileno(), mode)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(target)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
    _sync_folder(target.parent)


def rewrite(path: Path, data: bytes) -> None:
    """Replace a file that is there as a whole; its mode and its owner stay. WizardError as above."""
    try:
        before = path.stat()
    except OSError as error:
        raise cannot_write(path, error) from error
    write_atomic(path, data, stat.S_IMODE(before.st_mode), owner=(before.st_uid, before.st_gid))


def back_up(path: Path, folder: Path) -> Path | None:
    """Copy a file into ``folder`` under the next number (``0007-config.yaml``); None if there is none.

    WizardError when it cannot be copied.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise cannot_write(folder, error) from error
    make_private_folder(folder)
    numbers = [int(match[1]) for entry in folder.iterdir() if (match := re.match(r"(\d{4,})-", entry.name))]
    copy = folder / f"{max(numbers, default=0) + 1:04d}-{path.name}"
    write_atomic(copy, data)
    return copy


def remove_file(path: Path) -> None:
    """Delete a file of the wizard's own; fine if it is gone. WizardError when the disk refuses."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error, "It is kept.") from error


def remove_tree(folder: Path) -> None:
    """Delete a folder of the wizard's own with all that is in it; a link is never followed. Fine if gone."""
    if folder.is_symlink():
        raise WizardError(f"{folder} was not deleted", "It is a link to somewhere else.")
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise WizardError(
            f"{folder} could not be deleted", f"{error.strerror}.", still_works="What is left in it is kept."
        ) from error


def read_bytes(path: Path, what: str) -> bytes:
    """Return a file that a person wrote; InvalidInput for huge or missing ones."""
    try:
        with path.open("rb") as stream:
            return read_stream(stream, what)
    except FileNotFoundError as error:
        raise InvalidInput(f"There is no {what}", f"{path} does not exist.") from error
    except OSError as error:
        raise InvalidInput(f"{what} cannot be read", f"{path}: {error.strerror}.") from error


def read_stream(stream: BinaryIO, what: str) -> bytes:
    """Return what a file, a device or a pipe gives; InvalidInput when that is too much to be settings."""
    # A device or a pipe has no size to ask for, and may never end.
    data = stream.read(LARGEST_TEXT + 1)
    if len(data) > LARGEST_TEXT:
        raise InvalidInput(
            f"{what} is too large",
            f"It has more than {LARGEST_TEXT // 2**20} MiB; a settings file has a few kilobytes.",
            next_step="Check that this is the right file.",
        )
    return data


def read_text(path: Path, what: str) -> str:
    """Return a text file that a person wrote; InvalidInput for binary, huge or missing ones."""
    data = read_bytes(path, what)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InvalidInput(
            f"{what} is not text",
            f"{path}, line {line}: these bytes are not UTF-8.",
            next_step="Save it as UTF-8.",
        ) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InvalidInput(f"{what} is not text", f"{path}, line {line}: it holds a zero byte.")
    return text


def _sync_folder(folder: Path) -> None:
    """Bring a rename to the disk; not every file system can, and the new file is whole all the same."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def cannot_write(
    path: Path, error: OSError, still_works: str = "The file is as it was before."
) -> WizardError:
    """Say why a file or folder could not be written."""
    return WizardError(
        f"Could not write {path.name}",
        f"{path}: {error.strerror or 'the disk refused'}.",
        still_works=still_works,
        next_step="Make room or fix the folder's permissions, then run the same command again.",
    )
