"""The last save of a project's settings, which Undo takes back: the values files, and z2jh.yaml with them."""

from __future__ import annotations

from dataclasses import dataclass

from z2jh_wizard.core.errors import Refused
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.flows.values_files import ValuesFiles, files_of
from z2jh_wizard.project.folder import Project, open_project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing


@dataclass(frozen=True, slots=True)
class LastSave:
    """What each changed file said before and says since; what a class changed in z2jh.yaml, if anything."""

    files: tuple[tuple[str, bytes, bytes], ...] = ()
    specs: tuple[Spec, Spec] | None = None

    @classmethod
    def of(cls, before: ValuesFiles, after: ValuesFiles) -> LastSave:
        """Return what was saved, by the files before and after."""
        pairs = zip(before.files, after.files, strict=True)
        return cls(tuple((old.name, old.data, new.data) for old, new in pairs if old.data != new.data))

    def take_back(self, project: Project | None) -> ValuesFiles:
        """Write what was there before, each with a backup, and return the values files.

        Refused when there is nothing to take back, when a file was changed since, or while somebody writes.
        """
        if project is None or not (self.files or self.specs):
            raise Refused("There is nothing to undo", "Nothing was answered since this project was opened.")
        with writing(project.state, "settings", SystemClock()):
            files, fresh = files_of(project), open_project(project.folder)
            is_as_saved = all(files.named(name).data == written for name, _, written in self.files)
            if not is_as_saved or (self.specs and fresh.spec != self.specs[1]):
                raise Refused(
                    "The last save was not undone",
                    "The file was changed by somebody else since.",
                    still_works="Nothing was written.",
                    next_step="The numbered backups in .z2jh/backups have every earlier text.",
                )
            for name, before, _ in self.files:
                files = files.save(files.named(name), before)
            if self.specs:
                fresh.with_spec(self.specs[0])
        return files
