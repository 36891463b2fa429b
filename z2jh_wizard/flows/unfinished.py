"""Answers that were given line by line and not written: kept until the next time, secrets left out.

Those of a project are the draft that its screens offer too; those about a new one are an answers file in the
user's state folder.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import platformdirs

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.flows.answers_file import VALUES, AnswersFile, fill
from z2jh_wizard.flows.drafts import Draft, read_draft, write_draft
from z2jh_wizard.flows.questionnaire import SIZE, Questionnaire
from z2jh_wizard.flows.settings import secrets_in
from z2jh_wizard.flows.topic_entries import Answer, Entry
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.files import make_private_folder, read_bytes, write_atomic
from z2jh_wizard.values.paths import format_path, parse_path
from z2jh_wizard.values.presets import GONE
from z2jh_wizard.values.rendering import Style, entry_lines
from z2jh_wizard.values.topics import fields

NAME = "unfinished-answers.yaml"


def keep(questionnaire: Questionnaire) -> None:
    """Keep what was answered and is not written; WizardError when the disk refuses."""
    if questionnaire.project:
        write_draft(questionnaire.project, Draft.of(questionnaire.entries, questionnaire.typed_sizes))
        return
    typed = {name: text for name, text in questionnaire.typed.items() if not _is_secret(name, text)}
    values = {
        format_path(key): value
        for key, value in questionnaire.values.items()
        if value is not GONE and not secrets_in(key, value)
    }
    lines = entry_lines({**typed, **({VALUES: values} if values else {})}, 0, Style())
    make_private_folder(_path().parent)
    write_atomic(_path(), ("\n".join(lines) + "\n").encode())


def is_waiting(project: Project | None) -> bool:
    """Tell whether answers wait for a project, or for a new one."""
    return not read_draft(project).is_empty if project else _read() is not None


def take_up(questionnaire: Questionnaire) -> list[str]:
    """Answer with what waited; return a sentence for each answer that is lost or cannot be used any more."""
    if questionnaire.project is None:
        answers = _read()
        return [one.sentence for one in fill(questionnaire, answers)] if answers else []
    draft = read_draft(questionnaire.project)
    sizes = [_say(name, questionnaire.answer(SIZE + name, text)) for name, text in draft.class_size.items()]
    said = [_say(one.title, _again(questionnaire, one)) for one in draft.entries]
    secrets = [f"{title}: secrets are not kept; give it again." for title in draft.lost]
    return [*filter(None, (*sizes, *said)), *secrets]


def forget(project: Project | None) -> None:
    """Forget what waited, if anything did."""
    if project:
        write_draft(project, Draft())
        return
    with contextlib.suppress(OSError):
        _path().unlink()


def _again(questionnaire: Questionnaire, entry: Entry) -> str:
    if isinstance(entry, Answer) and entry.id in fields():
        return questionnaire.answer(entry.id, entry.text)
    if isinstance(entry, Answer):
        question = questionnaire.form.question(entry.field)
        return (
            questionnaire.put_found(question, entry.text) if question else "This chart has no such setting."
        )
    return " ".join(filter(None, (questionnaire.put(one.path, one.value) for one in entry.settings)))


def _say(name: str, sentence: str) -> str:
    return f"{name}: {sentence}" if sentence else ""


def _is_secret(name: str, text: str) -> bool:
    field = fields().get(name)
    return field is not None and bool(field.kind.secret or secrets_in(parse_path(field.key), text))


def _read() -> AnswersFile | None:
    try:
        return AnswersFile.read(read_bytes(_path(), NAME), NAME, _path().parent)
    except InvalidInput:
        return None


def _path() -> Path:
    return platformdirs.user_state_path("z2jh-wizard") / NAME
