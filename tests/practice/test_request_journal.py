"""The journal of requests: private, bounded, and readable after a kill."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from z2jh_wizard.practice.request_journal import Entry, RequestJournal, entry


def note(number: int) -> Entry:
    return entry("GET", f"/api/{number}", "kubectl", 200, name="", uid="", dry_run=False)


def test_entries_come_back_in_order(tmp_path: Path):
    path = tmp_path / "requests.jsonl"
    journal = RequestJournal(path)
    assert journal.newest(5) == []
    entries = [note(number) for number in range(4)]
    for each in entries:
        journal.write(each)
    assert journal.newest(3) == entries[1:]
    assert journal.newest(0) == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    journal.close()
    RequestJournal(path).write(note(9))
    assert [each.path for each in journal.newest(2)] == ["/api/3", "/api/9"]


def test_a_full_file_is_set_aside(tmp_path: Path):
    journal = RequestJournal(tmp_path / "requests.jsonl", largest=1_000)
    for number in range(100):
        journal.write(note(number))
    sizes = {each.name: each.stat().st_size for each in tmp_path.iterdir()}
    assert set(sizes) == {"requests.jsonl", "requests.1.jsonl"}
    assert all(size <= 1_000 for size in sizes.values())
    newest = journal.newest(100)
    assert [each.path for each in newest] == [f"/api/{n}" for n in range(100 - len(newest), 100)]


def test_torn_and_foreign_lines_say_nothing(tmp_path: Path):
    path = tmp_path / "requests.jsonl"
    journal = RequestJournal(path)
    journal.write(note(1))
    with path.open("ab") as stream:
        stream.write(b'{"time":"x"}\n{"tim')
    assert len(journal.newest(10)) == 1


def test_long_texts_are_cut():
    made = entry("GET", "/" * 9_000, "a" * 9_000, 200, name="", uid="", dry_run=True)
    assert (len(made.path), len(made.agent)) == (300, 300)


def test_a_full_disk_costs_the_entry_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    journal = RequestJournal(tmp_path / "requests.jsonl")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        journal.write(note(1))
    journal.write(note(2))
    assert [each.path for each in journal.newest(5)] == ["/api/2"]
