"""Files: whole or not at all, private from the first byte, with numbered copies."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from z2jh_wizard.core.errors import ExitCode, InvalidInput, WizardError
from z2jh_wizard.system import files
from z2jh_wizard.system.files import (
    PUBLIC_FILE,
    back_up,
    make_private_folder,
    read_text,
    remove_tree,
    write_atomic,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"old")
    return path


# --- rewriting --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [0o600, 0o640, 0o664])
def test_rewriting_keeps_mode_and_owner_and_a_link(target: Path, wanted: int) -> None:
    target.chmod(wanted)
    link = target.parent / "link"
    link.symlink_to(target)
    before = target.stat()
    files.rewrite(link, b"new\n")
    after = target.stat()
    assert target.read_bytes() == b"new\n"
    assert link.is_symlink()
    assert (mode(target), after.st_uid, after.st_gid) == (wanted, before.st_uid, before.st_gid)
    assert names(target.parent) == ["config.yaml", "link"]


def test_a_file_that_cannot_be_given_to_its_owner_is_left_as_it_is(target: Path, monkeypatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "fchown", forbidden)
    with pytest.raises(WizardError, match="Could not write"):
        write_atomic(target, b"new", owner=(os.getuid() + 1, os.getgid()))
    assert target.read_bytes() == b"old"
    assert names(target.parent) == ["config.yaml"]


def test_what_is_not_there_is_not_rewritten(tmp_path: Path) -> None:
    with pytest.raises(WizardError):
        files.rewrite(tmp_path / "nothing.yaml", b"new")
    assert names(tmp_path) == []


# --- writing ----------------------------------------------------------------------------------------------


def test_a_file_is_replaced_as_a_whole(target: Path) -> None:
    write_atomic(target, b"new\n")
    assert target.read_bytes() == b"new\n"
    assert names(target.parent) == ["config.yaml"]


@pytest.mark.parametrize("wanted", [0o600, PUBLIC_FILE])
@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_the_mode_is_the_wanted_one_whatever_was_there(target: Path, wanted: int, mask: int) -> None:
    target.chmod(0o666)
    before = os.umask(mask)
    try:
        write_atomic(target, b"new", wanted)
    finally:
        os.umask(before)
    assert mode(target) == wanted


def test_a_secret_is_private_from_its_first_byte(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    real = os.fchmod

    def watch(descriptor: int, wanted: int) -> None:
        seen.extend(mode(path) for path in target.parent.glob(".config.yaml.*"))
        real(descriptor, wanted)

    monkeypatch.setattr(os, "fchmod", watch)
    before = os.umask(0)
    try:
        write_atomic(target, b"secret", PUBLIC_FILE)
    finally:
        os.umask(before)
    assert seen == [0o600]


@pytest.mark.parametrize("owner", ["tempfile.mkstemp", "os.fdopen", "os.fchmod", "os.fsync", "Path.replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_when_the_disk_refuses_the_old_content_stays(
    target: Path, monkeypatch: pytest.MonkeyPatch, owner: str, number: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    module, name = owner.split(".")
    monkeypatch.setattr({"tempfile": tempfile, "os": os, "Path": Path}[module], name, refuse)
    with pytest.raises(WizardError) as caught:
        write_atomic(target, b"new")
    monkeypatch.undo()
    assert caught.value.problem.happened == f"{target}: {os.strerror(number)}."
    assert caught.value.problem.still_works == "The file is as it was before."
    assert target.read_bytes() == b"old"
    assert names(target.parent) == ["config.yaml"]


def test_when_writing_breaks_off_the_old_content_stays(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Any] = os.fdopen

    def half(descriptor: int, how: str) -> Any:
        stream = real(descriptor, how, buffering=0)

        class Full:
            def __enter__(self) -> Full:
                return self

            def __exit__(self, *_: object) -> None:
                stream.close()

            def fileno(self) -> int:
                return int(stream.fileno())

            def write(self, data: bytes) -> None:
                stream.write(data[:1])
                raise OSError(errno.ENOSPC, "No space left on device")

        return Full()

    monkeypatch.setattr(os, "fdopen", half)
    with pytest.raises(WizardError, match="No space left on device"):
        write_atomic(target, b"new")
    assert target.read_bytes() == b"old"
    assert names(target.parent) == ["config.yaml"]


def test_an_interrupt_leaves_the_old_content_and_no_rubbish(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(target, b"new")
    assert target.read_bytes() == b"old"
    assert names(target.parent) == ["config.yaml"]


@pytest.mark.parametrize("name", ["open", "fsync"])
def test_a_folder_that_cannot_be_synced_loses_nothing(
    target: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    real: Callable[..., Any] = getattr(os, name)

    def refuse(first: Any, *rest: Any, **options: Any) -> Any:
        folder = first if isinstance(first, int) else -1
        if first == target.parent or (folder >= 0 and stat.S_ISDIR(os.fstat(folder).st_mode)):
            raise OSError(errno.EINVAL, "Invalid argument")
        return real(first, *rest, **options)

    monkeypatch.setattr(os, name, refuse)
    write_atomic(target, b"new")
    assert target.read_bytes() == b"new"


def test_what_is_written_is_on_the_disk_before_it_takes_the_name(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    sync, replace = os.fsync, Path.replace

    def watch_sync(descriptor: int) -> None:
        status = os.fstat(descriptor)
        order.append("sync folder" if stat.S_ISDIR(status.st_mode) else f"sync {status.st_size} bytes")
        sync(descriptor)

    def watch_replace(self: Path, target: Path) -> Path:
        order.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", watch_sync)
    monkeypatch.setattr(Path, "replace", watch_replace)
    write_atomic(target, b"new")
    assert order == ["sync 3 bytes", "rename", "sync folder"]


def test_a_link_stays_and_its_target_changes(target: Path, tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    link = tmp_path / "project" / "config.yaml"
    link.symlink_to("../config.yaml")
    write_atomic(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert not target.is_symlink()


def test_a_link_to_a_file_that_is_not_there_yet_is_followed(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("config.yaml")
    write_atomic(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "config.yaml").read_bytes() == b"new"


def test_links_in_a_circle_are_an_error(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.symlink_to(two)
    two.symlink_to(one)
    with pytest.raises(WizardError, match="Too many levels of symbolic links"):
        write_atomic(one, b"new")
    assert one.is_symlink()
    assert two.is_symlink()


def test_a_folder_in_the_way_or_a_missing_one_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(WizardError, match="Could not write folder"):
        write_atomic(tmp_path / "folder", b"new")
    with pytest.raises(WizardError, match="No such file or directory"):
        write_atomic(tmp_path / "nowhere" / "file", b"new")
    assert names(tmp_path) == ["folder"]


def test_a_reader_never_sees_half_a_file(target: Path) -> None:
    whole = [bytes([letter]) * 200_000 for letter in b"ab"]
    target.write_bytes(whole[0])
    done = threading.Event()
    halves: list[bytes] = []

    def read() -> None:
        while not done.is_set():
            data = target.read_bytes()
            if data not in whole:
                halves.append(data)

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(50):
        write_atomic(target, whole[turn % 2])
    done.set()
    reader.join()
    assert halves == []


# --- folders and copies -----------------------------------------------------------------------------------


def test_a_private_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    folder = make_private_folder(tmp_path / "a" / ".z2jh")
    assert mode(folder) == 0o700
    folder.chmod(0o755)
    assert mode(make_private_folder(folder)) == 0o700


def test_a_file_in_the_way_of_a_folder_is_an_error(target: Path) -> None:
    with pytest.raises(WizardError, match=r"config\.yaml: File exists"):
        make_private_folder(target)


def test_copies_are_numbered_private_and_complete(target: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    target.chmod(0o644)
    first = back_up(target, folder)
    target.write_bytes(b"newer")
    second = back_up(target, folder)
    assert (first, second) == (folder / "0001-config.yaml", folder / "0002-config.yaml")
    assert first
    assert (first.read_bytes(), mode(first), mode(folder)) == (b"old", 0o600, 0o700)


def test_numbers_go_on_after_the_highest_and_past_four_digits(target: Path, tmp_path: Path) -> None:
    (tmp_path / "9999-config.yaml").touch()
    (tmp_path / "12-notes.txt").touch()
    assert back_up(target, tmp_path) == tmp_path / "10000-config.yaml"
    assert back_up(target, tmp_path) == tmp_path / "10001-config.yaml"


def test_there_is_no_copy_of_what_is_not_there(tmp_path: Path) -> None:
    assert back_up(tmp_path / "config.yaml", tmp_path / "backups") is None
    assert not (tmp_path / "backups").exists()


def test_what_cannot_be_read_cannot_be_copied(tmp_path: Path) -> None:
    with pytest.raises(WizardError, match="Could not write backups"):
        back_up(tmp_path, tmp_path / "backups")


# --- reading what people wrote ----------------------------------------------------------------------------


def refusal(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_text(path, "config.yaml")
    assert caught.value.problem.code is ExitCode.WRONG_USE
    return f"{caught.value.problem.title}: {caught.value.problem.happened}"


@pytest.mark.parametrize("data", ["", "hub: {}\n", "größe: 漢字\r\n"])
def test_text_is_read_as_it_is(target: Path, data: str) -> None:
    target.write_bytes(data.encode())
    assert read_text(target, "config.yaml") == data


def test_a_byte_order_mark_is_dropped(target: Path) -> None:
    target.write_bytes(b"\xef\xbb\xbfhub: {}\n")
    assert read_text(target, "config.yaml") == "hub: {}\n"


def test_what_is_no_text_gets_its_line_named(target: Path) -> None:
    target.write_bytes(b"a: 1\nb: \xff\n")
    assert refusal(target) == f"config.yaml is not text: {target}, line 2: these bytes are not UTF-8."
    target.write_bytes(b"a: 1\n\nb: \0\n")
    assert refusal(target) == f"config.yaml is not text: {target}, line 3: it holds a zero byte."
    target.write_text("a: 1\n", encoding="utf-16")
    assert "not UTF-8" in refusal(target)


def test_huge_and_endless_files_are_refused(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with target.open("wb") as stream:
        stream.truncate(files.LARGEST_TEXT + 1)
    assert "config.yaml is too large" in refusal(target)
    assert "config.yaml is too large" in refusal(Path("/dev/zero"))
    with target.open("wb") as stream:
        stream.write(b"x" * files.LARGEST_TEXT)
    assert len(read_text(target, "config.yaml")) == files.LARGEST_TEXT


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no.yaml").startswith("There is no config.yaml")
    assert refusal(tmp_path) == f"config.yaml cannot be read: {tmp_path}: Is a directory."


def test_a_pipe_can_be_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("hub: {}\n",))
    writer.start()
    assert read_text(pipe, "config.yaml") == "hub: {}\n"
    writer.join()


# --- deleting ---------------------------------------------------------------------------------------------


def test_a_folder_is_deleted_with_all_in_it(tmp_path: Path) -> None:
    folder = tmp_path / ".z2jh"
    (folder / "logs").mkdir(parents=True)
    (folder / "logs" / "r1.log").touch()
    remove_tree(folder)
    assert names(tmp_path) == []
    remove_tree(folder)


def test_a_link_is_never_followed_when_deleting(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notebook.ipynb").touch()
    (tmp_path / ".z2jh").mkdir()
    (tmp_path / ".z2jh" / "link").symlink_to(tmp_path / "mine")
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    with pytest.raises(WizardError, match="It is a link to somewhere else"):
        remove_tree(tmp_path / "link")
    remove_tree(tmp_path / ".z2jh")
    assert names(tmp_path / "mine") == ["notebook.ipynb"]


def test_what_cannot_be_deleted_is_said_in_words(target: Path) -> None:
    with pytest.raises(WizardError, match="could not be deleted"):
        remove_tree(target)
