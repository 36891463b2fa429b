"""The disks of the practice cluster: one folder each, and paths in a container that lead into them.

Nothing here follows a symbolic link: what a path names is opened part by part with O_NOFOLLOW, so neither
a student's link nor an archive can reach a file outside of its disk.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_NAME_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")
_FOLDER_MODE = 0o700
_FILE_MODE = 0o600


class OutsideVolume(OSError):
    """A path would leave its disk, by dots or by a symbolic link."""


class VolumeFolders:
    """The folders that stand for disks, by the name of their volume."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, volume: str) -> Path:
        """Return the folder of a volume; ValueError for a name that is no object name."""
        if not volume or not set(volume) <= _NAME_LETTERS or volume.startswith("."):
            raise ValueError(f"not the name of a volume: {volume!r}")
        return self.root / volume

    def ensure(self, volume: str) -> Path:
        """Make the folder of a volume if it is not there, and return it."""
        path = self.path(volume)
        path.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        return path

    def delete(self, volume: str) -> None:
        """Delete a disk with all that is on it."""
        path = self.path(volume)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)


@dataclass(frozen=True)
class Mount:
    """A folder of this computer that a container sees at ``path``; a read-only one refuses writes."""

    path: PurePosixPath
    folder: Path
    read_only: bool = False


class ContainerFiles:
    """The files of one container: what its mounts lead to, and nothing else."""

    def __init__(self, mounts: list[Mount]) -> None:
        self._mounts = sorted(mounts, key=lambda m: len(m.path.parts), reverse=True)

    def find(self, path: str, working_folder: str = "/") -> tuple[Mount, PurePosixPath] | None:
        """Return the mount that a path leads into and the rest of the path, or None if there is none."""
        full = _normal(PurePosixPath(working_folder) / path)
        for mount in self._mounts:
            if full == mount.path or mount.path in full.parents:
                return mount, full.relative_to(mount.path)
        return None

    def mounted_below(self, path: str) -> list[Mount]:
        """Return the mounts at or below a path."""
        full = _normal(PurePosixPath("/") / path)
        return [m for m in self._mounts if m.path == full or full in m.path.parents]


def _normal(path: PurePosixPath) -> PurePosixPath:
    """Resolve dots in an absolute path, which never leave the root."""
    parts: list[str] = []
    for part in path.parts[1:]:
        if part == "..":
            parts[-1:] = []
        elif part != ".":
            parts.append(part)
    return PurePosixPath("/", *parts)


@contextmanager
def opened_folder(folder: Path, inside: PurePosixPath, *, make: bool = False) -> Iterator[int]:
    """Open a folder below another one, part by part without following links, as a file descriptor."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        for part in inside.parts:
            if part in ("..", "/"):
                raise OutsideVolume(f"{inside} leaves its volume")
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, _FOLDER_MODE, dir_fd=handle)
            deeper = _open_part(part, os.O_RDONLY | os.O_DIRECTORY, handle)
            os.close(handle)
            handle = deeper
        yield handle
    finally:
        os.close(handle)


def folder_in(folder: Path, inside: str) -> Path:
    """Make a folder below another one, without following links, and return it; OutsideVolume for dots."""
    parts = PurePosixPath(inside)
    with opened_folder(folder, parts, make=True):
        return folder.joinpath(*parts.parts)


def _open_part(name: str, flags: int, folder: int) -> int:
    try:
        return os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, _FILE_MODE, dir_fd=folder)
    except OSError:
        try:
            link = stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
        except OSError:
            link = False
        if link:
            raise OutsideVolume(f"{name} is a symbolic link, which is not followed here") from None
        raise


def read_file(folder: Path, inside: PurePosixPath) -> bytes:
    """Read a file of a disk; OSError when there is none, OutsideVolume when a link is in the way."""
    with (
        opened_folder(folder, inside.parent) as parent,
        os.fdopen(_open_part(inside.name, os.O_RDONLY | os.O_NONBLOCK, parent), "rb") as file,
    ):
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise IsADirectoryError(f"{inside} is not a file")
        return file.read()


def write_file(folder: Path, inside: PurePosixPath, content: bytes) -> None:
    """Write a file of a disk, with the folders above it; never through a link."""
    with opened_folder(folder, inside.parent, make=True) as parent:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(_open_part(inside.name, flags, parent), "wb") as file:
            file.write(content)


@dataclass(frozen=True)
class Entry:
    """One file or folder of a disk, by its path from the folder where the walk began."""

    path: PurePosixPath
    is_folder: bool
    size: int
    modified: float
    mode: int


def walk(folder: Path, inside: PurePosixPath) -> Iterator[Entry]:
    """Yield what is below a folder of a disk, folders before their content; links are left out."""
    with opened_folder(folder, inside) as handle, os.scandir(handle) as entries:
        found = sorted((entry.name, entry.stat(follow_symlinks=False)) for entry in entries)
    for name, info in found:
        path = inside / name
        if stat.S_ISDIR(info.st_mode):
            yield Entry(path, True, 0, info.st_mtime, stat.S_IMODE(info.st_mode))
            yield from walk(folder, path)
        elif stat.S_ISREG(info.st_mode):
            yield Entry(path, False, info.st_size, info.st_mtime, stat.S_IMODE(info.st_mode))


def look_up(folder: Path, inside: PurePosixPath) -> Entry:
    """Return one entry of a disk; OSError when it is not there or is a link."""
    if not inside.parts:
        info = folder.lstat()
        return Entry(inside, True, 0, info.st_mtime, stat.S_IMODE(info.st_mode))
    with opened_folder(folder, inside.parent) as parent:
        info = os.stat(inside.name, dir_fd=parent, follow_symlinks=False)
    if stat.S_ISLNK(info.st_mode):
        raise OutsideVolume(f"{inside} is a symbolic link, which is not followed here")
    is_folder = stat.S_ISDIR(info.st_mode)
    return Entry(
        inside, is_folder, 0 if is_folder else info.st_size, info.st_mtime, stat.S_IMODE(info.st_mode)
    )
