"""Editing a values file by hand from inside the wizard: a backup before, a look at the text after."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from z2jh_wizard.core.errors import Refused
from z2jh_wizard.flows.values_files import ValuesFile, files_of
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.files import PRIVATE_FILE, back_up, read_bytes, remove_file, write_atomic
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values.reading import Unreadable


@dataclass(frozen=True, slots=True)
class HandEdit:
    """A file that is being edited: its text before, and the backup of that."""

    project: Project
    path: Path
    before: bytes
    backup: Path

    @classmethod
    def begin(cls, project: Project, name: str) -> HandEdit:
        """Back a values file up, written first if there is none; Refused while a run is at work.

        WizardError when the disk refuses.
        """
        file = files_of(project).named(name)
        assert file.path is not None
        with writing(project.state, f"editing {name}", SystemClock()):
            if not file.path.exists():
                write_atomic(file.path, file.data)
            backup = back_up(file.path, project.backups)
        assert backup is not None
        return cls(project, file.path, read_bytes(file.path, name), backup)

    @property
    def is_changed(self) -> bool:
        """Tell whether the file has another text now."""
        return self.now != self.before

    @property
    def now(self) -> bytes:
        """The text that the file has now; InvalidInput when it is gone or huge."""
        return read_bytes(self.path, self.path.name)

    def problem(self) -> Unreadable | None:
        """Return why, and from which line on, Helm could not take the file as it is now; None when it can."""
        try:
            _ = ValuesFile(self.path.name, self.path, self.now).document
        except Unreadable as error:
            return error
        return None

    def end(self) -> bool:
        """Tell whether the file was changed; a backup of an unchanged one is removed again."""
        if not self.is_changed:
            remove_file(self.backup)
            return False
        self.path.chmod(PRIVATE_FILE)  # some editors write a new file
        return True

    def take_back(self) -> None:
        """Give the file its text from before the edit; the edited text is kept as the next backup."""
        with writing(self.project.state, f"taking {self.path.name} back", SystemClock()):
            back_up(self.path, self.project.backups)
            write_atomic(self.path, self.before)


def refuse_beside_a_run(is_running: bool, path: Path) -> None:
    """Raise Refused while a run is at work, which reads the file."""
    if is_running:
        raise Refused(
            "A run is at work",
            f"It reads {path.name}, so the wizard does not open an editor on it now.",
            still_works="The run goes on.",
            next_step=f"Edit it when the run has ended: {path}",
        )
