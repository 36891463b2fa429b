"""What the wizard remembers between visits on this computer: projects, a new hub begun, the colours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT_FILE = "z2jh.yaml"
"""What makes a folder a project (project.folder.SPEC, which is too heavy for the first frame)."""

MOST = 8
"""Recent projects that are remembered."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A new hub whose questions were not answered to the end: its name, its folder and the page at hand."""

    name: str
    folder: str
    page: str


class Memory:
    """A small JSON file in the user's state folder; a broken or missing one is an empty memory."""

    def __init__(self, folder: Path | None = None) -> None:
        self._given = folder

    @property
    def _path(self) -> Path:
        if self._given:
            return self._given / "screens.json"
        from platformdirs import user_state_path

        return user_state_path("z2jh-wizard") / "screens.json"

    def recent(self) -> list[Path]:
        """Return the projects opened last that are still there, newest first."""
        folders = self._read().get("recent")
        texts = folders if isinstance(folders, list) else []
        return [
            Path(text) for text in texts if isinstance(text, str) and (Path(text) / PROJECT_FILE).is_file()
        ][:MOST]

    def theme(self) -> str:
        """Return the theme chosen last, or nothing."""
        return str(self._read().get("theme") or "")

    def begun(self) -> dict[str, Any] | None:
        """Return the new hub that was begun and not run yet, as it was remembered; None for none."""
        tree = self._read().get("begun")
        return tree if isinstance(tree, dict) else None

    def unfinished(self) -> Begun | None:
        """Return the new hub that was begun; None for none, or when its setup was run since."""
        tree = self.begun() or {}
        answers = tree.get("answers")
        if not isinstance(answers, dict):
            return None
        name, folder = str(answers.get("release") or "new hub"), str(answers.get("folder") or "no folder yet")
        was_run = (Path(folder).expanduser() / ".z2jh" / "journal.jsonl").exists()
        return None if was_run else Begun(name, folder, str(tree.get("title", "")))

    def remember_begun(self, tree: dict[str, Any] | None) -> None:
        """Keep, or forget, what was answered for a new hub."""
        if tree != self.begun():
            self._write({**self._read(), "begun": tree})

    def remember_project(self, folder: Path) -> None:
        """Put a project at the top of the list."""
        others = [str(path) for path in self.recent() if path != folder]
        self._write({**self._read(), "recent": [str(folder), *others][:MOST]})

    def remember_theme(self, name: str) -> None:
        """Keep the theme for the next visit."""
        self._write({**self._read(), "theme": name})

    def _read(self) -> dict[str, object]:
        try:
            tree = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return tree if isinstance(tree, dict) else {}

    def _write(self, tree: dict[str, object]) -> None:
        from z2jh_wizard.core.errors import WizardError
        from z2jh_wizard.system.files import make_private_folder, write_atomic

        try:
            make_private_folder(self._path.parent)
            write_atomic(self._path, json.dumps(tree, indent=1).encode())
        except (OSError, WizardError):
            return  # a computer that cannot remember works all the same
