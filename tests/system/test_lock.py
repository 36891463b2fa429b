"""The lock: one writer at a time, freed by the operating system when its holder dies."""

from __future__ import annotations

import getpass
import os
import signal
import stat
from pathlib import Path

import pytest

from tests.support.fakes import FakeClock
from tests.system.programs import first_line, program, running
from z2jh_wizard.core.errors import ExitCode, Refused, WizardError
from z2jh_wizard.system.lock import read_owner, writing

HOLDER = """
    import sys
    from pathlib import Path
    from z2jh_wizard.system.clock import SystemClock
    from z2jh_wizard.system.lock import writing

    with writing(Path(sys.argv[1]), "setup", SystemClock()):
        print("locked", flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".z2jh"


def test_a_second_process_is_refused_with_the_owner(folder: Path, clock: FakeClock) -> None:
    with running(program(HOLDER, str(folder))) as holder:
        assert first_line(holder) == "locked"
        with pytest.raises(Refused) as caught, writing(folder, "resize", clock):
            pytest.fail("two writers at once")
        problem = caught.value.problem
        assert problem.code is ExitCode.REFUSED
        assert f"(process {holder.pid}, since 2" in problem.happened
        assert problem.happened.endswith("is doing: setup.")
        owner = read_owner(folder)
        assert owner
        assert owner.pid == holder.pid
        holder.communicate("")
    with writing(folder, "resize", clock):
        pass


def test_a_kill_frees_the_lock(folder: Path, clock: FakeClock) -> None:
    with running(program(HOLDER, str(folder))) as holder:
        assert first_line(holder) == "locked"
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
    left_behind = read_owner(folder)
    assert left_behind
    assert left_behind.pid == holder.pid
    with writing(folder, "repair", clock):
        owner = read_owner(folder)
        assert owner
        assert (owner.pid, owner.doing) == (os.getpid(), "repair")


def test_a_child_of_a_killed_holder_does_not_keep_the_lock(folder: Path, clock: FakeClock) -> None:
    with_child = HOLDER.replace(
        'print("locked"',
        'import subprocess; child = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL)\n'
        '        print(child.pid, flush=True); print("locked"',
    )
    with running(program(with_child, str(folder))) as holder:
        child = int(first_line(holder))
        assert first_line(holder) == "locked"
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
        try:
            with writing(folder, "repair", clock):
                os.kill(child, 0)
        finally:
            os.kill(child, signal.SIGKILL)


def test_the_owner_is_told_while_the_lock_is_held_and_forgotten_after(folder: Path, clock: FakeClock) -> None:
    with writing(folder, "setup", clock):
        owner = read_owner(folder)
        assert owner
        assert (owner.pid, owner.since, owner.doing) == (os.getpid(), "2026-03-02T08:00:00Z", "setup")
        assert owner.user == getpass.getuser()
        assert owner.host
    assert read_owner(folder) is None


def test_the_lock_is_freed_when_the_work_fails(folder: Path, clock: FakeClock) -> None:
    with pytest.raises(ValueError, match="broken"), writing(folder, "setup", clock):
        raise ValueError("broken")
    with writing(folder, "setup", clock):
        pass


def test_the_same_process_is_refused_too(folder: Path, clock: FakeClock) -> None:
    with writing(folder, "setup", clock), pytest.raises(Refused), writing(folder, "resize", clock):
        pytest.fail("two writers at once")


def test_lock_files_are_private(folder: Path, clock: FakeClock) -> None:
    with writing(folder, "setup", clock):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"lock": 0o600, "lock.owner": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"pid": "x"}', b"\xff"])
def test_a_broken_owner_file_is_nobody(folder: Path, clock: FakeClock, text: bytes) -> None:
    with running(program(HOLDER, str(folder))) as holder:
        assert first_line(holder) == "locked"
        (folder / "lock.owner").write_bytes(text)
        assert read_owner(folder) is None
        with (
            pytest.raises(Refused, match="another process is changing this project"),
            writing(folder, "x", clock),
        ):
            pytest.fail("two writers at once")


def test_a_folder_that_cannot_be_locked_is_said_in_words(folder: Path, clock: FakeClock) -> None:
    (folder / "lock").mkdir(parents=True)
    with pytest.raises(WizardError, match="Could not write lock"), writing(folder, "setup", clock):
        pytest.fail("not locked")


def test_a_user_without_a_name_is_a_number(
    folder: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nameless)
    with writing(folder, "setup", clock):
        owner = read_owner(folder)
        assert owner
        assert owner.user == str(os.getuid())
