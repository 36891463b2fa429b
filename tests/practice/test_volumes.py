from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest

from z2jh_wizard.practice.volumes import (
    ContainerFiles,
    Mount,
    OutsideVolume,
    VolumeFolders,
    look_up,
    opened_folder,
    read_file,
    walk,
    write_file,
)

FILE = PurePosixPath("notes/a.txt")


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return VolumeFolders(tmp_path / "volumes").ensure("pvc-1")


def test_a_disk_is_a_private_folder(tmp_path: Path):
    volumes = VolumeFolders(tmp_path)
    made = volumes.ensure("pvc-1")
    assert made == volumes.ensure("pvc-1")
    assert made.stat().st_mode & 0o777 == 0o700
    (made / "x").write_text("y")
    volumes.delete("pvc-1")
    volumes.delete("pvc-1")
    assert not made.exists()


@pytest.mark.parametrize("name", ["", "..", "../etc", ".hidden", "A", "a/b"])
def test_only_object_names_are_volumes(tmp_path: Path, name: str):
    with pytest.raises(ValueError, match="not the name of a volume"):
        VolumeFolders(tmp_path).ensure(name)


def test_a_link_in_place_of_a_disk_is_not_deleted_through(tmp_path: Path):
    outside = tmp_path / "outside"
    outside.mkdir()
    volumes = VolumeFolders(tmp_path / "volumes")
    volumes.root.mkdir()
    (volumes.root / "pvc-1").symlink_to(outside)
    volumes.delete("pvc-1")
    assert outside.is_dir()


def test_files_are_written_privately_and_read_back(disk: Path):
    write_file(disk, FILE, b"hello")
    assert read_file(disk, FILE) == b"hello"
    assert (disk / FILE).stat().st_mode & 0o777 == 0o600
    entries = list(walk(disk, PurePosixPath()))
    assert [(str(e.path), e.is_folder, e.size) for e in entries] == [
        ("notes", True, 0),
        ("notes/a.txt", False, 5),
    ]
    assert look_up(disk, PurePosixPath()).is_folder
    assert look_up(disk, FILE).size == 5


def test_links_are_never_followed(disk: Path, tmp_path: Path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("private")
    (disk / "folder").symlink_to(secret)
    (disk / "file").symlink_to(secret / "key")
    for path in ("folder/key", "file"):
        with pytest.raises(OutsideVolume):
            read_file(disk, PurePosixPath(path))
        with pytest.raises(OutsideVolume):
            write_file(disk, PurePosixPath(path), b"overwritten")
    with pytest.raises(OutsideVolume):
        look_up(disk, PurePosixPath("file"))
    assert (secret / "key").read_text() == "private"
    assert list(walk(disk, PurePosixPath())) == []


def test_dots_do_not_lead_out(disk: Path):
    with pytest.raises(OutsideVolume), opened_folder(disk, PurePosixPath("..")):
        pass


def test_what_is_no_file_is_not_read(disk: Path):
    os.mkfifo(disk / "pipe")
    with pytest.raises(OSError, match="not a file"):
        read_file(disk, PurePosixPath("pipe"))
    with pytest.raises(FileNotFoundError):
        read_file(disk, PurePosixPath("nothing"))


def open_descriptors() -> int:
    """Count them where the system shows them; elsewhere the test only sees that nothing breaks."""
    shown = Path("/proc/self/fd")
    return len(list(shown.iterdir())) if shown.is_dir() else 0


def test_descriptors_are_closed_again(disk: Path):
    before = open_descriptors()
    for _ in range(50):
        with pytest.raises(FileNotFoundError):
            read_file(disk, PurePosixPath("a/b/c"))
        write_file(disk, FILE, b"x")
    assert open_descriptors() <= before + 1


def test_paths_lead_into_the_innermost_mount(tmp_path: Path):
    home, data = (
        Mount(PurePosixPath("/home/jovyan"), tmp_path / "h"),
        Mount(PurePosixPath("/home/jovyan/data"), tmp_path / "d"),
    )
    files = ContainerFiles([home, data])
    assert files.find("/home/jovyan/a/b") == (home, PurePosixPath("a/b"))
    assert files.find("data/x", "/home/jovyan") == (data, PurePosixPath("x"))
    assert files.find("../data/x", "/home/jovyan/a") == (data, PurePosixPath("x"))
    assert files.find("/home/jovyan") == (home, PurePosixPath())
    assert files.find("/etc/passwd") is None
    assert files.find("../../../../etc/passwd", "/home/jovyan") is None
    assert files.find("/home/jovyan2") is None
