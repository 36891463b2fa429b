"""Nothing that writes leaves a file open behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.support.fakes import FakeClock
from z2jh_wizard.core.errors import Refused
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.system.files import back_up, write_atomic
from z2jh_wizard.system.journal import FileJournal, read_journal
from z2jh_wizard.system.lock import writing


def _write(folder: Path) -> None:
    write_atomic(folder / "config.yaml", b"new")
    back_up(folder / "config.yaml", folder / "backups")


def _journal(folder: Path) -> None:
    FileJournal(folder / "journal", FakeClock(), Redactor()).record("intent")
    assert list(read_journal(folder / "journal"))


def _lock(folder: Path) -> None:
    with (
        writing(folder, "setup", FakeClock()),
        pytest.raises(Refused),
        writing(folder, "resize", FakeClock()),
    ):
        pytest.fail("two writers at once")


@pytest.mark.parametrize("work", [_write, _journal, _lock])
def test_no_file_stays_open(work: Callable[[Path], None], tmp_path: Path) -> None:
    work(tmp_path)
    before = psutil.Process().num_fds()
    for _ in range(5):
        work(tmp_path)
    assert psutil.Process().num_fds() == before
