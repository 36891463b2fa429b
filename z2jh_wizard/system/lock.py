"""One writer at a time: an operating-system lock on the project, with its owner written beside it."""

from __future__ import annotations

import getpass
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import Refused
from z2jh_wizard.core.events import rfc3339
from z2jh_wizard.system.files import PRIVATE_FILE, cannot_write, make_private_folder, write_atomic


class Owner(msgspec.Struct):
    """Who holds the lock."""

    pid: int
    user: str
    host: str
    since: str
    doing: str


@contextmanager
def writing(folder: Path, doing: str, clock: Clock) -> Iterator[None]:
    """Hold the project's lock while changing; Refused, with the owner's name, when another run has it.

    WizardError when the file system cannot lock or is not to be written on.

    The operating system frees the lock when its holder dies, so a kill leaves nothing to clean up.
    """
    make_private_folder(folder)
    lock = FileLock(folder / "lock", mode=PRIVATE_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise _locked(read_owner(folder)) from None
    except OSError as error:
        raise cannot_write(folder / "lock", error, "Nothing was changed.") from error
    owner_file = folder / "lock.owner"
    try:
        owner = Owner(os.getpid(), _user(), platform.node(), rfc3339(clock.now()), doing)
        write_atomic(owner_file, msgspec.json.encode(owner))
        yield
    finally:
        with suppress(OSError):
            owner_file.unlink()
        lock.release()


def read_owner(folder: Path) -> Owner | None:
    """Return who wrote last that they hold the lock."""
    with suppress(FileNotFoundError, msgspec.DecodeError, msgspec.ValidationError):
        return msgspec.json.decode((folder / "lock.owner").read_bytes(), type=Owner)
    return None


def _user() -> str:
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return str(os.getuid())


def _locked(owner: Owner | None) -> Refused:
    who = (
        f"{owner.user} on {owner.host} (process {owner.pid}, since {owner.since})"
        if owner
        else "another process"
    )
    doing = f" is doing: {owner.doing}" if owner else " is changing this project"
    return Refused(
        "Somebody else is at work on this project",
        f"{who}{doing}.",
        still_works="Looking works: status, plan and diagnose need no lock.",
        next_step="Wait until it ends, or end that process, then run the same command again.",
    )
