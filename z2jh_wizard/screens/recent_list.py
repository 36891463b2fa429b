"""The projects that were open lately, each with a note when a run in it was interrupted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.widgets import OptionList
from textual.widgets.option_list import Option

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.redaction import plain
from z2jh_wizard.screens.backend import Backend
from z2jh_wizard.screens.messages import OpenFolder

LINE_LIMIT = 600


def notes(backend: Backend, folders: Sequence[Path]) -> list[str]:
    """Return a note for each project: nothing, interrupted, or broken; reads their journals."""
    return [_note(backend, folder) for folder in folders]


def _note(backend: Backend, folder: Path) -> str:
    try:
        found = backend.interruption(backend.open(folder))
    except WizardError:
        return "! cannot be read"
    return f"! {found.flow} from {found.when} was interrupted: Enter to carry on" if found else ""


class RecentProjects(OptionList):
    """A list to choose from; choosing opens the project."""

    def __init__(self, folders: Sequence[Path], remarks: Sequence[str]) -> None:
        lines = [f"{folder}\n  {note}" for folder, note in zip(folders, remarks, strict=True)]
        options = [Option(plain(line.rstrip(), LINE_LIMIT)) for line in lines]
        super().__init__(*options, id="recent", markup=False, compact=True)
        self._folders = folders
        self.highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the chosen project."""
        event.stop()
        self.post_message(OpenFolder(self._folders[event.option_index]))
