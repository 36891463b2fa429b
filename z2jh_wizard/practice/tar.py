"""Archives through standard input and output: ``tar -c`` and ``tar -x`` on the disks of a container."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path, PurePosixPath

from z2jh_wizard.practice.command_files import CommandFailed, Container, ExecResult, entry_at, writable
from z2jh_wizard.practice.volumes import Entry, opened_folder, read_file, walk, write_file


def tar(container: Container, argv: list[str], stdin: bytes) -> ExecResult:
    """Pack, unpack or list; the archive goes through standard input or output."""
    letters, folder, paths = _tar_arguments(argv, container.working_folder)
    if "c" in letters:
        return _tar_create(container, folder, paths, zipped="z" in letters)
    if "x" in letters:
        return _tar_extract(container, folder, stdin)
    if "t" in letters:
        with _tar_opened(stdin) as archive:
            return ExecResult("".join(f"{name}\n" for name in archive.getnames()).encode())
    raise CommandFailed("tar: You must specify one of the '-ctx' options", 2)


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
                raise CommandFailed("tar: only - can be the archive here: it goes through stdin or stdout", 2)
        else:
            paths.append(word)
    return letters, folder, paths


def _tar_create(container: Container, folder: str, paths: list[str], *, zipped: bool) -> ExecResult:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz" if zipped else "w", format=tarfile.PAX_FORMAT) as archive:
        for path in paths:
            place = str(PurePosixPath(folder) / path)
            mount, entry = entry_at(container, "tar", place)
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
        raise CommandFailed("tar: This does not look like a tar archive", 2) from None


def _tar_extract(container: Container, folder: str, stdin: bytes) -> ExecResult:
    """Unpack files and folders; links and devices are skipped, and no name leaves the folder."""
    skipped: list[str] = []
    with _tar_opened(stdin) as archive:
        for member in archive:
            name = PurePosixPath(member.name)
            if name.is_absolute() or ".." in name.parts or not (member.isfile() or member.isdir()):
                skipped.append(member.name)
                continue
            mount, inside = writable(container, "tar", str(PurePosixPath(folder) / name))
            if member.isdir():
                with opened_folder(mount.folder, inside, make=True):
                    continue
            source = archive.extractfile(member)
            write_file(mount.folder, inside, source.read() if source else b"")
    text = "".join(f"tar: {name}: skipped, it is a link or leads outside\n" for name in skipped)
    return ExecResult(stderr=text.encode(), code=2 if skipped else 0)
