"""What a project says about the size of its class, and writing another size into its files."""

from __future__ import annotations

from collections.abc import Mapping

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.flows.class_size import KEYS, ClassSize, MachineChoice, settings, with_pools
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.project.folder import Project, open_project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values.topics import fields_by_key


def known_values(project: Project) -> dict[str, object]:
    """Return what the project's files set of the keys that follow from the size; those of its own chart.

    Unreadable when config.yaml cannot be read.
    """
    form = TopicForm.of(project)
    found: dict[str, object] = {}
    for key in KEYS:
        question = form.question(fields_by_key()[key])
        if question and question.is_set:
            found[key] = question.text
    return found


def use(project: Project, size: ClassSize, choice: MachineChoice | None = None) -> Project:
    """Write the size into config.yaml and, with the pools of a machine, into z2jh.yaml; each with a backup.

    Refused while somebody else writes; InvalidInput when the file says something that a form cannot express.
    """
    form = TopicForm.of(project)
    _answer(form, settings(size, known_values(project)))
    form.save()
    with writing(project.state, "class size", SystemClock()):
        fresh = open_project(project.folder)
        return fresh.with_spec(with_pools(fresh.spec, size, choice))


def _answer(form: TopicForm, answers: Mapping[str, str]) -> None:
    """Answer all or nothing."""
    for key, text in answers.items():
        question = form.question(fields_by_key()[key])
        if question is None:
            continue  # a setting that this chart does not have
        problem = question.fixed or form.answer(question.field, text)
        if problem:
            raise InvalidInput(
                f"{'.'.join(map(str, question.path))} was not set",
                problem,
                still_works="Nothing was changed.",
                next_step="Mend it in config.yaml, then use this size again.",
            )
