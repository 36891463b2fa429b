"""The journal: nothing written is lost, whatever is killed; nothing secret is written."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.fakes import FakeClock
from tests.support.waiting import wait_until
from tests.system.programs import program, running
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.redaction import HIDDEN, Redactor
from z2jh_wizard.core.step import Finding, Resource
from z2jh_wizard.system.journal import FileJournal, read_journal

WRITER = """
    import sys
    from pathlib import Path
    from z2jh_wizard.core.redaction import Redactor
    from z2jh_wizard.system.clock import SystemClock
    from z2jh_wizard.system.journal import FileJournal

    journal = FileJournal(Path(sys.argv[1]), SystemClock(), Redactor(), run=sys.argv[2])
    for number in range(int(sys.argv[3])):
        journal.record("made", number=number, filler="x" * (number % 5 * 3000))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".z2jh" / "journal"


@pytest.fixture
def journal(path: Path, clock: FakeClock) -> FileJournal:
    return FileJournal(path, clock, Redactor(["swordfish"]), run="r1")


def test_an_entry_is_a_line_with_time_and_run(journal: FileJournal, path: Path) -> None:
    journal.record("intent", step="cluster", finding=Finding.ABSENT)
    expected = {
        "time": "2026-03-02T08:00:00Z",
        "run": "r1",
        "what": "intent",
        "step": "cluster",
        "finding": "absent",
    }
    assert json.loads(path.read_text()) == expected
    assert list(read_journal(path)) == [expected]
    assert path.read_bytes().endswith(b"\n")


def test_the_journal_is_private(journal: FileJournal, path: Path) -> None:
    before = os.umask(0)
    try:
        journal.record("intent")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_an_entry_is_on_the_disk_when_record_returns(
    journal: FileJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    journal.record("intent")
    assert len(synced) == 1
    assert synced[0] > 0


@dataclass
class Wrapped:
    text: str


def test_secrets_are_hidden_however_deep(journal: FileJournal, path: Path) -> None:
    journal.record(
        "made",
        text="pw swordfish",
        tree={"a": ["swordfish"]},
        record=Wrapped("swordfish"),
        several={"swordfish"},
        resource=Resource("Secret", "swordfish"),
        path=Path("/tmp/swordfish"),
        error=WizardError("swordfish"),
    )
    assert b"swordfish" not in path.read_bytes()
    (entry,) = read_journal(path)
    assert entry["tree"] == {"a": [HIDDEN]}
    assert entry["record"] == {"text": HIDDEN}
    assert entry["path"] == f"/tmp/{HIDDEN}"


def test_any_text_can_be_written(journal: FileJournal, path: Path) -> None:
    journal.record("made", name="line\nfeed \udcff \x00 größe\u2028")
    (entry,) = read_journal(path)
    assert entry["name"] == "line\nfeed ? \x00 größe\u2028"
    assert path.read_bytes().count(b"\n") == 1


def test_a_missing_journal_is_empty(path: Path) -> None:
    assert list(read_journal(path)) == []


@pytest.mark.parametrize(
    "foreign",
    [
        b'{"what": "torn", "na',
        b"\xff\xfe",
        b'{"a": "\xff"}',
        b"[1, 2]",
        b"null",
        b"",
        b"[" * 100_000,
        b'{"a": "\\ud800"}',
    ],
)
def test_torn_and_foreign_lines_are_passed_over(journal: FileJournal, path: Path, foreign: bytes) -> None:
    journal.record("one")
    with path.open("ab") as stream:
        stream.write(foreign)
    journal.record("two")
    journal.record("three")
    assert [entry["what"] for entry in read_journal(path)] == ["one", "two", "three"]


def test_a_write_in_pieces_is_carried_on(
    journal: FileJournal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:7]))
    journal.record("intent", step="cluster")
    assert [entry["step"] for entry in read_journal(path)] == ["cluster"]


def test_a_full_disk_is_said_in_words(
    journal: FileJournal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.record("one")

    def refuse(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(WizardError, match="No space left on device"):
        journal.record("two")
    monkeypatch.undo()
    journal.record("three")
    assert [entry["what"] for entry in read_journal(path)] == ["one", "three"]


def test_several_processes_append_at_once_without_losing_a_line(path: Path) -> None:
    writers, entries = 4, 40
    with ExitStack() as stack:
        started = [
            stack.enter_context(running(program(WRITER, str(path), f"run-{number}", str(entries))))
            for number in range(writers)
        ]
        assert [process.wait(60) for process in started] == [0] * writers
    numbers: dict[str, list[int]] = {}
    for entry in read_journal(path):
        numbers.setdefault(entry["run"], []).append(entry["number"])
    assert numbers == {f"run-{number}": list(range(entries)) for number in range(writers)}


def test_a_kill_in_the_middle_loses_at_most_the_last_line(journal: FileJournal, path: Path) -> None:
    for round_ in range(3):
        before = len(list(read_journal(path)))
        with running(program(WRITER, str(path), f"run-{round_}", "1000000")) as writer:
            wait_until(lambda before=before: len(list(read_journal(path))) >= before + 5)  # type: ignore[misc]
            writer.send_signal(signal.SIGKILL)
            writer.wait(10)
        journal.record("after", round=round_)
    entries = list(read_journal(path))
    for round_ in range(3):
        numbers = [entry["number"] for entry in entries if entry["run"] == f"run-{round_}"]
        assert numbers == list(range(len(numbers)))
    assert [entry["round"] for entry in entries if entry["what"] == "after"] == [0, 1, 2]
