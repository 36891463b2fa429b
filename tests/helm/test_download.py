"""The verified download of Helm, against a mirror on this computer."""

import hashlib
import io
import stat
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.helm.conftest import is_private
from z2jh_wizard.core.errors import NeedsYou, WizardError
from z2jh_wizard.helm import download
from z2jh_wizard.helm.download import (
    PINNED,
    SHA256,
    archive_url,
    download_helm,
    downloaded_helm,
    downloads_folder,
    helm_path,
    this_platform,
)

TARGET = "linux-amd64"
PROGRAM = b"#!/bin/sh\necho v4.2.3\n"


def archive(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as opened:
        for info, data in members:
            info.size = len(data)
            opened.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def plain_file(name: str, data: bytes = PROGRAM) -> tuple[tarfile.TarInfo, bytes]:
    return tarfile.TarInfo(name), data


def link(name: str, target: str) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type = tarfile.SYMTYPE
    info.linkname = target
    return info, b""


GOOD = archive(plain_file(f"{TARGET}/LICENSE", b"text"), plain_file(f"{TARGET}/helm"))


class Mirror:
    """A web server on loopback that gives one body for every address."""

    def __init__(self) -> None:
        self.body = GOOD
        self.announced: int | None = None
        self.status = 200
        self.asked: list[str] = []
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.asked.append(self.path)
                self.send_response(mirror.status)
                self.send_header("Content-Length", str(mirror.announced or len(mirror.body)))
                self.end_headers()
                self.wfile.write(mirror.body)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def mirror():
    running = Mirror()
    yield running
    running.server.shutdown()
    running.server.server_close()


async def fetch(mirror, folder, expected=None):
    checksum = hashlib.sha256(mirror.body if expected is None else expected).hexdigest()
    return await download_helm(
        data_folder=folder, base_url=mirror.url, checksums={TARGET: checksum}, target=TARGET
    )


async def test_the_right_archive_becomes_a_program_of_ours(mirror, tmp_path):
    path = await fetch(mirror, tmp_path)
    assert path == helm_path(tmp_path) == downloaded_helm(tmp_path)
    assert path.name == "helm"
    assert path.read_bytes() == PROGRAM
    assert stat.S_IMODE(path.stat().st_mode) == 0o755
    assert is_private(path.parent)
    assert mirror.asked == ["/helm-v4.2.3-linux-amd64.tar.gz"]
    assert [entry.name for entry in path.parent.iterdir()] == ["helm"]


async def test_progress_counts_bytes(mirror, tmp_path):
    seen: list[tuple[int, int]] = []
    await download_helm(
        data_folder=tmp_path,
        base_url=mirror.url,
        checksums={TARGET: hashlib.sha256(GOOD).hexdigest()},
        target=TARGET,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[-1] == (len(GOOD), len(GOOD))


async def test_another_checksum_is_refused_and_nothing_is_kept(mirror, tmp_path):
    with pytest.raises(WizardError, match="not the published one"):
        await fetch(mirror, tmp_path, expected=b"the real release")
    assert downloaded_helm(tmp_path) is None
    assert not downloads_folder(tmp_path).exists()


async def test_a_second_download_replaces_the_first_and_a_failed_one_does_not(mirror, tmp_path):
    await fetch(mirror, tmp_path)
    with pytest.raises(WizardError):
        await fetch(mirror, tmp_path, expected=b"other")
    assert helm_path(tmp_path).read_bytes() == PROGRAM
    mirror.body = archive(plain_file(f"{TARGET}/helm", b"newer"))
    await fetch(mirror, tmp_path)
    assert helm_path(tmp_path).read_bytes() == b"newer"


async def test_a_body_cut_short_is_noticed(mirror, tmp_path):
    mirror.announced = len(GOOD) + 100
    with pytest.raises(WizardError, match="could not be downloaded") as raised:
        await fetch(mirror, tmp_path)
    assert raised.value.transient
    assert downloaded_helm(tmp_path) is None


async def test_a_body_without_end_is_not_read_to_its_end(mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "LARGEST_ARCHIVE", 10)
    with pytest.raises(WizardError, match="larger than"):
        await fetch(mirror, tmp_path)


async def test_a_missing_release_is_told(mirror, tmp_path):
    mirror.status = 404
    with pytest.raises(WizardError, match="could not be downloaded"):
        await fetch(mirror, tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        archive(plain_file(f"{TARGET}/../../helm")),
        archive(plain_file("/etc/helm")),
        archive(plain_file(f"../{TARGET}/helm")),
        archive(link(f"{TARGET}/helm", "/bin/sh")),
        archive(plain_file(f"{TARGET}/helm", b"")),
        archive(link(TARGET, "/tmp"), plain_file(f"{TARGET}/README")),
        archive(),
        b"not an archive at all",
        GOOD[:40],
    ],
    ids=["dot-dot", "absolute", "outside", "symlink", "empty", "linked-folder", "nothing", "no-tar", "cut"],
)
async def test_odd_archives_write_nothing_anywhere(mirror, tmp_path, body):
    mirror.body = body
    with pytest.raises(WizardError, match="not a release of Helm"):
        await fetch(mirror, tmp_path / "data")
    assert list(tmp_path.iterdir()) == []


async def test_only_the_program_is_taken_out_of_a_hostile_archive(mirror, tmp_path):
    mirror.body = archive(
        plain_file("../evil", b"evil"), link(f"{TARGET}/plugin", "/"), plain_file(f"{TARGET}/helm")
    )
    path = await fetch(mirror, tmp_path / "data")
    assert path.read_bytes() == PROGRAM
    found = {entry.relative_to(tmp_path).as_posix() for entry in tmp_path.rglob("*") if entry.is_file()}
    assert found == {"data/tools/helm-4.2.3/helm"}


@pytest.mark.parametrize("url", ["http://mirror.example/helm", "ftp://127.0.0.1/", "file:///etc"])
async def test_only_https_is_trusted_beyond_this_computer(tmp_path, url):
    with pytest.raises(WizardError, match="https only"):
        await download_helm(data_folder=tmp_path, base_url=url, target=TARGET)


def test_every_platform_of_the_pinned_release_has_a_checksum():
    assert PINNED == (4, 2, 3)
    assert {"linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64"} <= SHA256.keys()
    assert all(len(digest) == 64 and int(digest, 16) for digest in SHA256.values())
    assert len(set(SHA256.values())) == len(SHA256)


def test_the_release_comes_from_the_helm_project():
    assert archive_url(TARGET) == "https://get.helm.sh/helm-v4.2.3-linux-amd64.tar.gz"


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("linux", "x86_64", "linux-amd64"),
        ("linux", "aarch64", "linux-arm64"),
        ("darwin", "arm64", "darwin-arm64"),
        ("darwin", "x86_64", "darwin-amd64"),
    ],
)
def test_knows_what_helm_calls_a_computer(monkeypatch, system, machine, name):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert this_platform() == name


@pytest.mark.parametrize(("system", "machine"), [("win32", "AMD64"), ("linux", "vax"), ("darwin", "s390x")])
def test_a_computer_without_a_build_is_told_what_to_do(monkeypatch, system, machine):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    with pytest.raises(NeedsYou) as raised:
        this_platform()
    assert "helm.sh" in raised.value.problem.next_step


def test_our_folder_is_not_the_users(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert "z2jh-wizard" in str(downloads_folder())


def test_a_file_that_cannot_run_is_no_helm(tmp_path):
    path = helm_path(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(PROGRAM)
    assert downloaded_helm(tmp_path) is None
