"""What can be run in a container of the practice cluster: a fixed set of commands, played on its disks.

Nothing is started on this computer. The set: ``cat FILE...``, ``ls [-a] [-1] [-l] [PATH...]``,
``tar -c[z]f - [-C DIR] PATH...``, ``tar -x[z]f - [-C DIR]``, ``sha256sum FILE...``,
``sqlite3 FILE ".backup 'COPY'"``, ``python3 -c CODE FROM TO`` where CODE is an sqlite3 backup,
``rm [-r] [-f] PATH...``, ``mkdir [-p] PATH...``, ``echo``, ``env``, ``hostname``, ``pwd``, ``true``,
``false``; and ``sh -c`` around one of these without any shell syntax.
"""

from __future__ import annotations

import hashlib
import io
import os
import shlex
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from z2jh_wizard.practice.volumes import (
    ContainerFiles,
    Entry,
    Mount,
    OutsideVolume,
    look_up,
    opened_folder,
    read_file,
    walk,
    write_file,
)

NOT_FOUND = 127
_SHELL_SYNTAX = set("|&;<>$`(){}*?\\\n")


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


class _Failed(Exception):
    """A command cannot go on; the text is what it writes to stderr."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.result = ExecResult(stderr=text.encode() + b"\n", code=code)


def run(container: Container, argv: Sequence[str], stdin: bytes = b"") -> ExecResult:
    """Run one command of the set; what is not in it is answered like a program that is not installed."""
    argv = _unwrapped(list(argv))
    if not argv:
        return ExecResult(stderr=b"no command given\n", code=1)
    command = _COMMANDS.get(PurePosixPath(argv[0]).name)
    if command is None:
        known = ", ".join(sorted(_COMMANDS))
        text = f"{argv[0]}: not found; the practice cluster has no shell and plays only: {known}\n"
        return ExecResult(stderr=text.encode(), code=NOT_FOUND)
    try:
        return command(container, argv[1:], stdin)
    except _Failed as failed:
        return failed.result
    except OSError as error:
        text = f"{argv[0]}: {error.strerror or error}\n"
        return ExecResult(stderr=text.encode(), code=1)


def _unwrapped(argv: list[str]) -> list[str]:
    """Take one plain command out of ``sh -c``; leave anything that needs a shell as it is."""
    is_shell = len(argv) >= 3 and PurePosixPath(argv[0]).name in ("sh", "bash") and argv[1] in ("-c", "-lc")
    if not is_shell or set(argv[2]) & _SHELL_SYNTAX:
        return argv
    try:
        return shlex.split(argv[2])
    except ValueError:
        return argv


# ------------------------------------------------------------------ paths


def _place(container: Container, command: str, path: str) -> tuple[Mount, PurePosixPath]:
    found = container.files.find(path, container.working_folder)
    if found is None:
        raise _Failed(f"{command}: {path}: No such file or directory")
    return found


def _entry(container: Container, command: str, path: str) -> tuple[Mount, Entry]:
    mount, inside = _place(container, command, path)
    try:
        return mount, look_up(mount.folder, inside)
    except OutsideVolume as error:
        raise _Failed(f"{command}: {path}: {error}") from None
    except OSError:
        raise _Failed(f"{command}: {path}: No such file or directory") from None


def _content(container: Container, command: str, path: str) -> bytes:
    mount, entry = _entry(container, command, path)
    if entry.is_folder:
        raise _Failed(f"{command}: {path}: Is a directory")
    return read_file(mount.folder, entry.path)


def _writable(container: Container, command: str, path: str) -> tuple[Mount, PurePosixPath]:
    mount, inside = _place(container, command, path)
    if mount.read_only:
        raise _Failed(f"{command}: {path}: Read-only file system")
    return mount, inside


def _options(argv: list[str]) -> tuple[set[str], list[str]]:
    """Split single-letter options from operands; ``--`` ends the options."""
    letters: set[str] = set()
    for number, word in enumerate(argv):
        if word == "--":
            return letters, argv[number + 1 :]
        if not word.startswith("-") or word == "-":
            return letters, argv[number:]
        letters |= set(word[1:])
    return letters, []


# ------------------------------------------------------------------ commands


def _cat(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    _, paths = _options(argv)
    parts = [stdin if path == "-" else _content(container, "cat", path) for path in paths or ["-"]]
    return ExecResult(b"".join(parts))


def _sha256sum(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    _, paths = _options(argv)
    lines = []
    for path in paths or ["-"]:
        content = stdin if path == "-" else _content(container, "sha256sum", path)
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {path}\n")
    return ExecResult("".join(lines).encode())


def _ls(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    del stdin
    options, paths = _options(argv)
    blocks = [_listing(container, path, options) for path in paths or ["."]]
    if len(blocks) == 1:
        return ExecResult(blocks[0].encode())
    return ExecResult("\n".join(f"{p}:\n{b}" for p, b in zip(paths, blocks, strict=True)).encode())


def _listing(container: Container, path: str, options: set[str]) -> str:
    mount, entry = _entry(container, "ls", path)
    entries = [entry]
    if entry.is_folder and "d" not in options:
        entries = [e for e in walk(mount.folder, entry.path) if e.path.parent == entry.path]
    shown = [e for e in entries if options & {"a", "A"} or not e.path.name.startswith(".")]
    if "l" not in options:
        return "".join(f"{e.path.name or path}\n" for e in shown)
    return "".join(f"{_long(e)} {e.path.name or path}\n" for e in shown)


def _long(entry: Entry) -> str:
    kind = "d" if entry.is_folder else "-"
    bits = "".join(
        letter if entry.mode >> (8 - place) & 1 else "-" for place, letter in enumerate("rwxrwxrwx")
    )
    moment = time.strftime("%b %e %H:%M", time.gmtime(entry.modified))
    return f"{kind}{bits} 1 jovyan users {entry.size:>8} {moment}"


def _mkdir(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    del stdin
    _, paths = _options(argv)
    for path in paths:
        mount, inside = _writable(container, "mkdir", path)
        with opened_folder(mount.folder, inside, make=True):
            pass
    return ExecResult()


def _rm(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    del stdin
    options, paths = _options(argv)
    for path in paths:
        mount, inside = _writable(container, "rm", path)
        try:
            entry = look_up(mount.folder, inside)
        except OSError:
            if "f" in options:
                continue
            raise _Failed(f"rm: cannot remove '{path}': No such file or directory") from None
        if (entry.is_folder and not options & {"r", "R"}) or not inside.parts:
            raise _Failed(f"rm: cannot remove '{path}': Is a directory")
        _remove(mount.folder, entry)
    return ExecResult()


def _remove(folder: Path, entry: Entry) -> None:
    if entry.is_folder:
        for inner in reversed(list(walk(folder, entry.path))):
            _unlink(folder, inner)
    _unlink(folder, entry)


def _unlink(folder: Path, entry: Entry) -> None:
    with opened_folder(folder, entry.path.parent) as parent:
        if entry.is_folder:
            os.rmdir(entry.path.name, dir_fd=parent)
        else:
            os.unlink(entry.path.name, dir_fd=parent)


# tar


def _tar(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    letters, folder, paths = _tar_arguments(argv, container.working_folder)
    if "c" in letters:
        return _tar_create(container, folder, paths, zipped="z" in letters)
    if "x" in letters:
        return _tar_extract(container, folder, stdin)
    if "t" in letters:
        with _tar_opened(stdin) as archive:
            return ExecResult("".join(f"{name}\n" for name in archive.getnames()).encode())
    raise _Failed("tar: You must specify one of the '-ctx' options", 2)


def _tar_arguments(argv: list[str], working_folder: str) -> tuple[set[str], str, list[str]]:
    """Return option letters, the folder of ``-C`` and the operands; only ``-`` is allowed as archive."""
    letters: set[str] = set()
    folder, paths, words = working_folder, [], list(argv)
    if words and not words[0].startswith("-"):
        words[0] = "-" + words[0]  # the old style without a dash
    while words:
        word = words.pop(0)
        if word in ("-C", "--directory"):
            folder = str(PurePosixPath(folder) / (words.pop(0) if words else "."))
        elif word.startswith("--directory="):
            folder = str(PurePosixPath(folder) / word.partition("=")[2])
        elif word.startswith("--"):
            letters |= {"--create": {"c"}, "--extract": {"x"}, "--gzip": {"z"}}.get(word, set())
        elif word.startswith("-") and word != "-":
            letters |= set(word[1:])
            if "f" in word and (words.pop(0) if words else "-") != "-":
                raise _Failed("tar: only - can be the archive here: it goes through stdin or stdout", 2)
        else:
            paths.append(word)
    return letters, folder, paths


def _tar_create(container: Container, folder: str, paths: list[str], *, zipped: bool) -> ExecResult:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz" if zipped else "w", format=tarfile.PAX_FORMAT) as archive:
        for path in paths:
            place = str(PurePosixPath(folder) / path)
            mount, entry = _entry(container, "tar", place)
            entries = [entry, *(walk(mount.folder, entry.path) if entry.is_folder else ())]
            for each in entries:
                name = PurePosixPath(path.lstrip("/") or ".") / each.path.relative_to(entry.path)
                _tar_add(archive, mount.folder, each, str(name))
    return ExecResult(buffer.getvalue())


def _tar_add(archive: tarfile.TarFile, folder: Path, entry: Entry, name: str) -> None:
    member = tarfile.TarInfo(name)
    member.mtime = int(entry.modified)
    member.mode = entry.mode
    member.uname, member.gname, member.uid, member.gid = "jovyan", "users", 1000, 100
    if entry.is_folder:
        member.type = tarfile.DIRTYPE
        archive.addfile(member)
        return
    content = read_file(folder, entry.path)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def _tar_opened(stdin: bytes) -> tarfile.TarFile:
    try:
        return tarfile.open(fileobj=io.BytesIO(stdin), mode="r:*")
    except tarfile.TarError:
        raise _Failed("tar: This does not look like a tar archive", 2) from None


def _tar_extract(container: Container, folder: str, stdin: bytes) -> ExecResult:
    """Unpack files and folders; links and devices are skipped, and no name leaves the folder."""
    skipped: list[str] = []
    with _tar_opened(stdin) as archive:
        for member in archive:
            name = PurePosixPath(member.name)
            if name.is_absolute() or ".." in name.parts or not (member.isfile() or member.isdir()):
                skipped.append(member.name)
                continue
            mount, inside = _writable(container, "tar", str(PurePosixPath(folder) / name))
            if member.isdir():
                with opened_folder(mount.folder, inside, make=True):
                    continue
            source = archive.extractfile(member)
            write_file(mount.folder, inside, source.read() if source else b"")
    text = "".join(f"tar: {name}: skipped, it is a link or leads outside\n" for name in skipped)
    return ExecResult(stderr=text.encode(), code=2 if skipped else 0)


# sqlite


def _sqlite3(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    del stdin
    _, words = _options(argv)
    order = shlex.split(" ".join(words[1:])) if len(words) > 1 else []
    if len(order) != 2 or order[0] != ".backup":
        raise _Failed("sqlite3: the practice cluster only plays: sqlite3 FILE \".backup 'COPY'\"")
    return _backup(container, words[0], order[1])


def _python3(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    del stdin
    if len(argv) == 4 and argv[0] == "-c" and "sqlite3" in argv[1] and ".backup(" in argv[1]:
        return _backup(container, argv[2], argv[3])
    raise _Failed("python3: the practice cluster only plays an sqlite3 backup: python3 -c CODE FROM TO")


def _backup(container: Container, source: str, target: str) -> ExecResult:
    """Copy a database while it may be in use, by SQLite's own backup."""
    content = _content(container, "sqlite3", source)
    mount, inside = _writable(container, "sqlite3", target)
    with tempfile.TemporaryDirectory(prefix="z2jh-practice-") as folder:
        # On private copies: SQLite itself follows links and opens files beside the database.
        original, copy = Path(folder, "original.sqlite"), Path(folder, "copy.sqlite")
        original.write_bytes(content)
        try:
            with closing(sqlite3.connect(original)) as old, closing(sqlite3.connect(copy)) as new:
                old.backup(new)
        except sqlite3.Error as error:
            raise _Failed(f"Error: {error}") from None
        write_file(mount.folder, inside, copy.read_bytes())
    return ExecResult()


# the small ones


def _echo(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    del container, stdin
    end, words = ("", argv[1:]) if argv[:1] == ["-n"] else ("\n", argv)
    return ExecResult((" ".join(words) + end).encode())


def _env(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    del argv, stdin
    return ExecResult("".join(f"{k}={v}\n" for k, v in container.environment.items()).encode())


def _hostname(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    del argv, stdin
    return ExecResult(f"{container.hostname}\n".encode())


def _pwd(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    del argv, stdin
    return ExecResult(f"{container.working_folder}\n".encode())


def _true(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    del container, argv, stdin
    return ExecResult()


def _false(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    del container, argv, stdin
    return ExecResult(code=1)


_Command = Callable[[Container, "list[str]", bytes], ExecResult]

_COMMANDS: dict[str, _Command] = {
    "cat": _cat,
    "echo": _echo,
    "env": _env,
    "false": _false,
    "hostname": _hostname,
    "ls": _ls,
    "mkdir": _mkdir,
    "printenv": _env,
    "pwd": _pwd,
    "python3": _python3,
    "rm": _rm,
    "sha256sum": _sha256sum,
    "sqlite3": _sqlite3,
    "tar": _tar,
    "true": _true,
}
