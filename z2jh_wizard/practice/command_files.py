"""What a command in a container works with: the files that the container sees, and how it fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from z2jh_wizard.practice.volumes import (
    ContainerFiles,
    Entry,
    Mount,
    OutsideVolume,
    look_up,
    read_file,
)


@dataclass(frozen=True)
class ExecResult:
    """What a command wrote, and its exit code."""

    stdout: bytes = b""
    stderr: bytes = b""
    code: int = 0


@dataclass(frozen=True)
class Container:
    """Where a command runs: the files it sees, its environment, its host name and working folder."""

    files: ContainerFiles
    environment: dict[str, str] = field(default_factory=dict)
    hostname: str = "practice"
    working_folder: str = "/"


class CommandFailed(Exception):
    """A command cannot go on; the text is what it writes to stderr."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.result = ExecResult(stderr=text.encode() + b"\n", code=code)


def place(container: Container, command: str, path: str) -> tuple[Mount, PurePosixPath]:
    """Return the mount that a path leads into and the rest of it; CommandFailed if it leads nowhere."""
    found = container.files.find(path, container.working_folder)
    if found is None:
        raise CommandFailed(f"{command}: {path}: No such file or directory")
    return found


def entry_at(container: Container, command: str, path: str) -> tuple[Mount, Entry]:
    """Return what is at a path; CommandFailed if there is nothing or a link."""
    mount, inside = place(container, command, path)
    try:
        return mount, look_up(mount.folder, inside)
    except OutsideVolume as error:
        raise CommandFailed(f"{command}: {path}: {error}") from None
    except OSError:
        raise CommandFailed(f"{command}: {path}: No such file or directory") from None


def content_of(container: Container, command: str, path: str) -> bytes:
    """Return the content of a file; CommandFailed if there is none."""
    mount, entry = entry_at(container, command, path)
    if entry.is_folder:
        raise CommandFailed(f"{command}: {path}: Is a directory")
    return read_file(mount.folder, entry.path)


def writable(container: Container, command: str, path: str) -> tuple[Mount, PurePosixPath]:
    """Return where a path may be written; CommandFailed on a read-only disk."""
    mount, inside = place(container, command, path)
    if mount.read_only:
        raise CommandFailed(f"{command}: {path}: Read-only file system")
    return mount, inside


def options(argv: list[str]) -> tuple[set[str], list[str]]:
    """Split single-letter options from operands; ``--`` ends the options."""
    letters: set[str] = set()
    for number, word in enumerate(argv):
        if word == "--":
            return letters, argv[number + 1 :]
        if not word.startswith("-") or word == "-":
            return letters, argv[number:]
        letters |= set(word[1:])
    return letters, []
