"""Earlier texts of config.yaml: the numbered backups, what each would change, and taking one back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import takewhile
from pathlib import Path

from z2jh_wizard.flows.values_files import ValuesFile, files_of
from z2jh_wizard.project.folder import CONFIG, Project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.files import read_bytes
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values.forms_lines import ADDED, REMOVED, Line, changed_lines

MOST = 50
"""Texts that are listed, the newest first."""

_NUMBERED = re.compile(rf"(\d{{4,}})-{re.escape(CONFIG)}")


@dataclass(frozen=True, slots=True)
class Earlier:
    """A text that config.yaml had until ``until``, local time."""

    number: int
    path: Path
    until: datetime
    change: str
    """What became of it then, in numbers of lines."""

    @property
    def data(self) -> bytes:
        """The text; InvalidInput when it is gone meanwhile."""
        return read_bytes(self.path, self.path.name)


def earlier_texts(project: Project) -> tuple[Earlier, ...]:
    """Return the backups of config.yaml, the newest first."""
    found = []
    numbered = [
        (int(match[1]), path)
        for path in (project.backups.iterdir() if project.backups.is_dir() else ())
        if (match := _NUMBERED.fullmatch(path.name))
    ]
    newer = files_of(project).main.data
    for number, path in sorted(numbered, reverse=True)[:MOST]:
        until = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
        older = read_bytes(path, path.name)
        found.append(Earlier(number, path, until, _change(older, newer)))
        newer = older
    return tuple(found)


def what_comes_back(project: Project, earlier: Earlier) -> tuple[Line, ...]:
    """Return the lines of config.yaml that taking a text back would change, secrets hidden.

    Unreadable for a text that Helm could not take; its secrets could not be told from the rest.
    """
    now = _present(project)
    return changed_lines(now.document, _as_file(earlier).document)


def words(lines: tuple[Line, ...]) -> str:
    """Say how much lines change: ``2 lines come back, 1 goes``."""
    back, gone = (sum(one.mark == mark for one in lines) for mark in (ADDED, REMOVED))
    parts = [*_counted(back, "comes back", "come back"), *_counted(gone, "goes", "go")]
    return ", ".join(parts) if parts else "the same text as now"


def take_back(project: Project, earlier: Earlier) -> None:
    """Make an earlier text config.yaml again; the present one becomes the newest backup.

    Refused while a run is at work; Unreadable for a text that Helm could not take.
    """
    data = earlier.data
    _ = _as_file(earlier).document
    with writing(project.state, f"taking {CONFIG} back", SystemClock()):
        files_of(project).save(_present(project), data)


def _change(older: bytes, newer: bytes) -> str:
    """Count the lines that differ; which they are may be a secret here."""
    old, new = older.splitlines(), newer.splitlines()
    head = _same_start(old, new)
    tail = _same_start(old[head:][::-1], new[head:][::-1])
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    kept = head + tail + sum(size for _, _, size in matcher.get_matching_blocks())
    parts = [*_counted(len(new) - kept, "came", "came"), *_counted(len(old) - kept, "went", "went")]
    return ", ".join(parts) if parts else "none"


def _same_start(old: Sequence[bytes], new: Sequence[bytes]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _counted(count: int, one: str, many: str) -> Iterator[str]:
    if count:
        yield f"{count} line{'s' * (count != 1)} {one if count == 1 else many}"


def _as_file(earlier: Earlier) -> ValuesFile:
    return ValuesFile(earlier.path.name, earlier.path, earlier.data)


def _present(project: Project) -> ValuesFile:
    return files_of(project).main
