from __future__ import annotations

import hashlib
import io
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path, PurePosixPath

import pytest

from z2jh_wizard.practice.command_files import Container, ExecResult
from z2jh_wizard.practice.commands import NOT_FOUND, run
from z2jh_wizard.practice.volumes import ContainerFiles, Mount


class Shell:
    """A container with a home folder, a read-only folder and a scratch folder."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.tmp = folder / "tmp"
        fixed = folder / "fixed"
        for each in (self.home, self.tmp, fixed):
            each.mkdir()
        (fixed / "a").write_text("fixed")
        mounts = [
            Mount(PurePosixPath("/home/jovyan"), self.home),
            Mount(PurePosixPath("/tmp"), self.tmp),
            Mount(PurePosixPath("/fixed"), fixed, read_only=True),
        ]
        self.container = Container(
            ContainerFiles(mounts), {"JUPYTERHUB_USER": "ada"}, "jupyter-ada", "/home/jovyan"
        )

    def __call__(self, *argv: str, stdin: bytes = b"") -> ExecResult:
        return run(self.container, argv, stdin)

    def text(self, *argv: str) -> str:
        result = self(*argv)
        assert result.code == 0, result
        return result.stdout.decode()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path)
    (made.home / "data.csv").write_text("a,b\n")
    (made.home / "work").mkdir()
    (made.home / "work" / "week1.ipynb").write_text("{}")
    (made.home / ".hidden").write_text("")
    return made


def test_the_small_ones(shell: Shell):
    assert shell.text("echo", "hello", "world") == "hello world\n"
    assert shell.text("echo", "-n", "x") == "x"
    assert shell.text("env") == "JUPYTERHUB_USER=ada\n"
    assert shell.text("hostname") == "jupyter-ada\n"
    assert shell.text("pwd") == "/home/jovyan\n"
    assert shell("true").code == 0
    assert shell("/bin/false").code == 1


def test_cat_and_sha256sum(shell: Shell):
    assert shell.text("cat", "data.csv", "/home/jovyan/work/week1.ipynb") == "a,b\n{}"
    assert shell("cat", stdin=b"from stdin").stdout == b"from stdin"
    digest = hashlib.sha256(b"a,b\n").hexdigest()
    assert shell.text("sha256sum", "data.csv") == f"{digest}  data.csv\n"
    assert shell("sha256sum", stdin=b"a,b\n").stdout.decode() == f"{digest}  -\n"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("cat", "none"), "cat: none: No such file or directory"),
        (("cat", "work"), "cat: work: Is a directory"),
        (("cat", "/etc/passwd"), "cat: /etc/passwd: No such file or directory"),
        (("cat", "../../etc/passwd"), "No such file or directory"),
        (("ls", "none"), "ls: none: No such file or directory"),
        (("rm", "none"), "rm: cannot remove 'none'"),
        (("rm", "work"), "Is a directory"),
        (("rm", "/fixed/a"), "Read-only file system"),
        (("mkdir", "/fixed/b"), "Read-only file system"),
        (("tar", "f", "-"), "You must specify one of"),
        (("tar", "-cf", "a.tar", "."), "only - can be the archive"),
        (("sqlite3", "data.csv", "select 1"), "only plays"),
        (("python3", "script.py"), "only plays"),
        (("tar", "-xf", "-"), "does not look like a tar archive"),
    ],
)
def test_what_cannot_be_done_is_said(shell: Shell, argv: tuple[str, ...], message: str):
    result = shell(*argv)
    assert result.code != 0
    assert message in result.stderr.decode()


def test_anything_else_is_not_installed(shell: Shell):
    result = shell("curl", "https://example.org")
    assert result.code == NOT_FOUND
    assert b"no shell and plays only: cat" in result.stderr
    assert run(shell.container, []).code == 1


def test_a_shell_plays_plain_commands_only(shell: Shell):
    assert shell.text("sh", "-c", "cat 'data.csv'") == "a,b\n"
    assert shell("sh", "-c", "cat data.csv | head").code == NOT_FOUND
    assert shell("bash", "-c", "echo $(id)").code == NOT_FOUND
    assert shell("sh", "-c", "echo 'open").code == NOT_FOUND


def test_ls(shell: Shell):
    assert shell.text("ls") == "data.csv\nwork\n"
    assert ".hidden" in shell.text("ls", "-a")
    assert shell.text("ls", "data.csv") == "data.csv\n"
    assert shell.text("ls", "-d", "work") == "work\n"
    long = shell.text("ls", "-l").splitlines()
    assert long[1].startswith("drwx")
    assert long[0].endswith(" data.csv")
    assert shell.text("ls", "work", "/fixed") == "work:\nweek1.ipynb\n\n/fixed:\na\n"


def test_mkdir_and_rm(shell: Shell):
    shell.text("mkdir", "-p", "new/deep")
    assert (shell.home / "new" / "deep").is_dir()
    (shell.home / "new" / "deep" / "x").write_text("")
    shell.text("rm", "-r", "new")
    assert not (shell.home / "new").exists()
    shell.text("rm", "-f", "none")
    shell.text("rm", "data.csv")
    assert shell("rm", "-r", "/home/jovyan").code == 1


def members(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        found = {m.name: opened.extractfile(m) for m in opened if m.isfile()}
        return {name: file.read() for name, file in found.items() if file}


@pytest.mark.parametrize(
    "argv", [("tar", "czf", "-", "."), ("tar", "-c", "-f", "-", "-C", "/home/jovyan", ".")]
)
def test_a_home_can_be_packed(shell: Shell, argv: tuple[str, ...]):
    result = shell(*argv)
    assert members(result.stdout)["work/week1.ipynb"] == b"{}"
    listed = shell("tar", "-t", stdin=result.stdout).stdout.decode()
    assert "data.csv" in listed


def test_a_home_can_be_unpacked_elsewhere(shell: Shell):
    packed = shell("tar", "--create", "--gzip", "-f", "-", "work", "data.csv").stdout
    assert shell("tar", "-xzf", "-", "--directory=/tmp", stdin=packed).code == 0
    assert (shell.tmp / "work" / "week1.ipynb").read_text() == "{}"
    assert (shell.tmp / "data.csv").stat().st_mode & 0o077 == 0


def hostile(*names: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.size = kind, link, 0
            archive.addfile(member)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["../../escaped", "/etc/escaped", "work/../../escaped"])
def test_archives_do_not_lead_outside(shell: Shell, tmp_path: Path, name: str):
    result = shell("tar", "-xf", "-", stdin=hostile(name))
    assert result.code == 2
    assert b"skipped" in result.stderr
    assert not list(tmp_path.rglob("escaped"))


def test_links_in_archives_are_skipped(shell: Shell):
    archive = hostile("link", kind=tarfile.SYMTYPE, link="/etc")
    assert shell("tar", "-xf", "-", stdin=archive).code == 2
    assert not (shell.home / "link").exists()


def test_archives_do_not_write_through_links_or_read_only_mounts(shell: Shell, tmp_path: Path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (shell.home / "link").symlink_to(outside)
    assert shell("tar", "-xf", "-", stdin=hostile("link/x")).code != 0
    assert list(outside.iterdir()) == []
    assert shell("tar", "-xf", "-", "-C", "/fixed", stdin=hostile("x")).code != 0


@pytest.mark.parametrize(
    "argv",
    [
        ("sqlite3", "hub.sqlite", ".backup '/tmp/copy.sqlite'"),
        ("sqlite3", "hub.sqlite", ".backup /tmp/copy.sqlite"),
        ("python3", "-c", "import sqlite3, sys; a.backup(b)", "hub.sqlite", "/tmp/copy.sqlite"),
    ],
)
def test_a_database_can_be_copied(shell: Shell, argv: tuple[str, ...]):
    with closing(sqlite3.connect(shell.home / "hub.sqlite")) as database, database:
        database.execute("create table users (name)")
        database.execute("insert into users values ('ada')")
    assert shell(*argv) == ExecResult()
    with closing(sqlite3.connect(shell.tmp / "copy.sqlite")) as copy:
        assert copy.execute("select name from users").fetchall() == [("ada",)]


def test_what_is_no_database_is_not_copied(shell: Shell):
    (shell.home / "bad.sqlite").write_bytes(b"not a database at all" * 100)
    result = shell("sqlite3", "bad.sqlite", ".backup /tmp/copy.sqlite")
    assert result.code == 1
    assert b"file is not a database" in result.stderr
