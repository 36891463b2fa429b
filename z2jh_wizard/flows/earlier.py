"""Earlier texts of config.yaml: the numbered backups, what each would change, and taking one back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from z2jh_wizard.flows.values_files import ValuesFile, files_of
from z2jh_wizard.project.folder import CONFIG, Project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.files import read_bytes
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values.forms_lines import ADDED, REMOVED, Line, changed_lines

MOST = 200
"""Texts that are listed, the newest first."""

_NUMBERED = re.compile(rf"(\d{{4,}})-{re.escape(CONFIG)}")


@dataclass(frozen=True, slots=True)
class Earlier:
    """A text that config.yaml had until ``until``, local time."""

    number: int
    path: Path
    until: datetime

    @property
    def data(self) -> bytes:
        """The text; InvalidInput when it is gone meanwhile."""
        return read_bytes(self.path, self.path.name)


def earlier_texts(project: Project) -> tuple[Earlier, ...]:
    """Return the backups of config.yaml, the newest first."""
    found = []
    for path in project.backups.iterdir() if project.backups.is_dir() else ():
        if match := _NUMBERED.fullmatch(path.name):
            until = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
            found.append(Earlier(int(match[1]), path, until))
    return tuple(sorted(found, key=lambda one: -one.number)[:MOST])


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


def _counted(count: int, one: str, many: str) -> Iterator[str]:
    if count:
        yield f"{count} line{'s' * (count != 1)} {one if count == 1 else many}"


def _as_file(earlier: Earlier) -> ValuesFile:
    return ValuesFile(earlier.path.name, earlier.path, earlier.data)


def _present(project: Project) -> ValuesFile:
    return files_of(project).main
