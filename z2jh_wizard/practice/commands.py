"""What can be run in a container of the practice cluster: a fixed set of commands, played on its disks.

Nothing is started on this computer. The set: ``cat FILE...``, ``ls [-a] [-1] [-l] [PATH...]``,
``tar -c[z]f - [-C DIR] PATH...``, ``tar -x[z]f - [-C DIR]``, ``sha256sum FILE...``,
``sqlite3 FILE ".backup 'COPY'"``, ``python3 -c CODE FROM TO`` where CODE is an sqlite3 backup,
``rm [-r] [-f] PATH...``, ``mkdir [-p] PATH...``, ``echo``, ``env``, ``hostname``, ``pwd``, ``true``,
``false``; and ``sh -c`` around one of these without any shell syntax.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path, PurePosixPath

from z2jh_wizard.practice.command_files import (
    CommandFailed,
    Container,
    ExecResult,
    content_of,
    entry_at,
    options,
    writable,
)
from z2jh_wizard.practice.tar import tar
from z2jh_wizard.practice.volumes import Entry, look_up, opened_folder, walk, write_file

__all__ = ["NOT_FOUND", "ExecResult", "run"]

NOT_FOUND = 127
_SHELL_SYNTAX = set("|&;<>$`(){}*?\\\n")


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
    except CommandFailed as failed:
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


# ------------------------------------------------------------------ commands


def _cat(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    _, paths = options(argv)
    parts = [stdin if path == "-" else content_of(container, "cat", path) for path in paths or ["-"]]
    return ExecResult(b"".join(parts))


def _sha256sum(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    _, paths = options(argv)
    lines = []
    for path in paths or ["-"]:
        content = stdin if path == "-" else content_of(container, "sha256sum", path)
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {path}\n")
    return ExecResult("".join(lines).encode())


def _ls(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    del stdin
    chosen, paths = options(argv)
    blocks = [_listing(container, path, chosen) for path in paths or ["."]]
    if len(blocks) == 1:
        return ExecResult(blocks[0].encode())
    return ExecResult("\n".join(f"{p}:\n{b}" for p, b in zip(paths, blocks, strict=True)).encode())


def _listing(container: Container, path: str, chosen: set[str]) -> str:
    mount, entry = entry_at(container, "ls", path)
    entries = [entry]
    if entry.is_folder and "d" not in chosen:
        entries = [e for e in walk(mount.folder, entry.path) if e.path.parent == entry.path]
    shown = [e for e in entries if chosen & {"a", "A"} or not e.path.name.startswith(".")]
    if "l" not in chosen:
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
    _, paths = options(argv)
    for path in paths:
        mount, inside = writable(container, "mkdir", path)
        with opened_folder(mount.folder, inside, make=True):
            pass
    return ExecResult()


def _rm(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    del stdin
    chosen, paths = options(argv)
    for path in paths:
        mount, inside = writable(container, "rm", path)
        try:
            entry = look_up(mount.folder, inside)
        except OSError:
            if "f" in chosen:
                continue
            raise CommandFailed(f"rm: cannot remove '{path}': No such file or directory") from None
        if (entry.is_folder and not chosen & {"r", "R"}) or not inside.parts:
            raise CommandFailed(f"rm: cannot remove '{path}': Is a directory")
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


# sqlite


def _sqlite3(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    del stdin
    _, words = options(argv)
    order = shlex.split(" ".join(words[1:])) if len(words) > 1 else []
    if len(order) != 2 or order[0] != ".backup":
        raise CommandFailed("sqlite3: the practice cluster only plays: sqlite3 FILE \".backup 'COPY'\"")
    return _backup(container, words[0], order[1])


def _python3(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    del stdin
    if len(argv) == 4 and argv[0] == "-c" and "sqlite3" in argv[1] and ".backup(" in argv[1]:
        return _backup(container, argv[2], argv[3])
    raise CommandFailed("python3: the practice cluster only plays an sqlite3 backup: python3 -c CODE FROM TO")


def _backup(container: Container, source: str, target: str) -> ExecResult:
    """Copy a database while it may be in use, by SQLite's own backup."""
    content = content_of(container, "sqlite3", source)
    mount, inside = writable(container, "sqlite3", target)
    with tempfile.TemporaryDirectory(prefix="z2jh-practice-") as folder:
        # On private copies: SQLite itself follows links and opens files beside the database.
        original, copy = Path(folder, "original.sqlite"), Path(folder, "copy.sqlite")
        original.write_bytes(content)
        try:
            with closing(sqlite3.connect(original)) as old, closing(sqlite3.connect(copy)) as new:
                old.backup(new)
        except sqlite3.Error as error:
            raise CommandFailed(f"Error: {error}") from None
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
    "tar": tar,
    "true": _true,
}
