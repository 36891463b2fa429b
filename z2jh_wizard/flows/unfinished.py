"""Answers given line by line that were not written: kept as an answers file until the next time.

Secrets are left out.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import platformdirs

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.flows.answers_file import VALUES, AnswersFile, fill
from z2jh_wizard.flows.questionnaire import Questionnaire
from z2jh_wizard.flows.settings import secrets_in
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.files import make_private_folder, read_bytes, write_atomic
from z2jh_wizard.values.paths import format_path, parse_path
from z2jh_wizard.values.presets import GONE
from z2jh_wizard.values.rendering import Style, entry_lines
from z2jh_wizard.values.topics import fields

NAME = "unfinished-answers.yaml"


def keep(questionnaire: Questionnaire) -> Path:
    """Keep what was answered and is not written; WizardError when the disk refuses."""
    path = _path(questionnaire.project)
    typed = {name: text for name, text in questionnaire.typed.items() if not _is_secret(name, text)}
    values = {
        format_path(key): value
        for key, value in questionnaire.values.items()
        if value is not GONE and not secrets_in(key, value)
    }
    lines = entry_lines({**typed, **({VALUES: values} if values else {})}, 0, Style())
    make_private_folder(path.parent)
    write_atomic(path, ("\n".join(lines) + "\n").encode())
    return path


def waiting(project: Project | None) -> AnswersFile | None:
    """Return the answers that wait for a project, or for a new one; None for none, or unreadable ones."""
    path = _path(project)
    try:
        return AnswersFile.read(read_bytes(path, NAME), NAME, path.parent)
    except InvalidInput:
        return None


def take_up(questionnaire: Questionnaire, answers: AnswersFile) -> list[str]:
    """Answer with what waited; return a sentence for each answer that cannot be used any more."""
    return [one.sentence for one in fill(questionnaire, answers)]


def forget(project: Project | None) -> None:
    """Forget what waited, if anything did."""
    with contextlib.suppress(OSError):
        _path(project).unlink()


def _is_secret(name: str, text: str) -> bool:
    field = fields().get(name)
    return field is not None and bool(field.kind.secret or secrets_in(parse_path(field.key), text))


def _path(project: Project | None) -> Path:
    folder = project.state if project else platformdirs.user_state_path("z2jh-wizard")
    return folder / NAME
