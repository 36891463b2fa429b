"""The background process from inside: its options, its lock, and when it ends by itself."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from filelock import FileLock

from tests.practice.world import QuietWorld
from z2jh_wizard.practice import __main__ as program
from z2jh_wizard.practice.server import PracticeServer
from z2jh_wizard.practice.server_info import read_info


def test_a_second_process_leaves_the_first_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    folder = tmp_path / "s"
    folder.mkdir()
    with FileLock(folder / program.LOCK_FILE):
        assert program.main(["--state", str(folder)]) == 0
    assert "runs already" in capfd.readouterr().err
    assert read_info(folder) is None


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    (tmp_path / "file").write_text("")
    assert program.main(["--state", str(tmp_path / "file")]) == 1
    assert "stopped" in capfd.readouterr().err


def test_a_folder_is_named(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        program.main([])
    assert "--state" in capsys.readouterr().err


def test_it_ends_after_idle_hours_and_keeps_its_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(program, "IDLE_HOURS", 0.0)
    folder = tmp_path / "s"
    assert program.main(["--state", str(folder), "--speed", "0", "--nodes", "1"]) == 0
    assert "Nobody has asked anything" in capfd.readouterr().err
    assert (folder / "state.json").stat().st_size > 0


async def test_it_ends_when_its_folder_is_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(program, "CHECK_SECONDS", 0.01)
    caplog.set_level(logging.INFO)
    folder = tmp_path / "s"
    server = PracticeServer(folder, QuietWorld)
    await server.start()
    ending = asyncio.create_task(program._until_unwanted(folder, server))
    await asyncio.sleep(0)
    folder.rename(tmp_path / "old")
    folder.mkdir()
    await asyncio.wait_for(ending, 10)
    assert "The state folder is gone" in caplog.text
    await server.stop()
