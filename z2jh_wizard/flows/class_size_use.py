"""What a project says about the size of its class, and writing another size into its files."""

from __future__ import annotations

from dataclasses import dataclass

from z2jh_wizard.core.errors import InvalidInput, WizardError
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.flows.class_size import (
    KEYS,
    USER_POOL,
    ClassSize,
    MachineChoice,
    choices,
    settings,
    with_pools,
)
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.project.folder import Project, open_project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values.answers import Wrong
from z2jh_wizard.values.forms_lines import Line
from z2jh_wizard.values.paths import format_path
from z2jh_wizard.values.presets import Setting
from z2jh_wizard.values.topics import fields_by_key

TITLE = "Class size"
"""What Undo calls the settings of the class."""


def known_values(project: Project) -> dict[str, object]:
    """Return what the project's files set of the keys that follow from the size; those of its own chart.

    Unreadable when config.yaml cannot be read.
    """
    return values_in(TopicForm.of(project))


def values_in(form: TopicForm) -> dict[str, object]:
    """Return what a draft sets of the keys that follow from the size."""
    found: dict[str, object] = {}
    for key in KEYS:
        question = form.question(fields_by_key()[key])
        if question and question.is_set:
            found[key] = question.text
    return found


def use(
    project: Project, size: ClassSize, choice: MachineChoice | None = None, form: TopicForm | None = None
) -> Project:
    """Write the size into config.yaml and, with the pools of a machine, into z2jh.yaml; each with a backup.

    What waits in ``form``, the draft of this project, is written too, and its ``undo`` takes both files back.
    Refused while somebody else writes; InvalidInput when the file says something that a form cannot express.
    """
    form = form or TopicForm.of(project)
    answer(form, size)
    saved = form.save()
    with writing(project.state, "class size", SystemClock()):
        fresh = open_project(project.folder)
        after = fresh.with_spec(with_pools(fresh.spec, size, choice))
    form.note_spec(fresh.spec, after.spec, saved)
    return after


def with_class(spec: Spec, size: ClassSize) -> Spec:
    """Return the spec with the students and, at a cloud, with nodes for them.

    They are of the machine type that the spec names already, else of the cheapest on which the class fits, by
    the prices that came with this version: the same answers mean the same on every computer.
    """
    offered = choices(spec.provider, size)
    named = spec.pools[USER_POOL].machine if USER_POOL in spec.pools else ""
    fitting = (one for one in offered if one.fit.nodes and named in ("", one.machine.name))
    return with_pools(spec, size, next(fitting, None))


def answer(form: TopicForm, size: ClassSize) -> None:
    """Take what a class sets into a draft, as one thing to undo; nothing where it says the same already.

    InvalidInput when the file says what a form cannot express: the draft is as before then.
    """
    found = []
    for key, text in settings(size, values_in(form)).items():
        question = form.question(fields_by_key()[key])
        if question is None or text == question.text:
            continue  # a setting that this chart does not have, or that is so already
        value = question.read(text, form.scene.family)
        problem = question.fixed or (value.sentence if isinstance(value, Wrong) else "")
        if problem:
            raise InvalidInput(
                f"{format_path(question.path)} was not set",
                problem,
                still_works="Nothing was changed.",
                next_step="Mend it in config.yaml, then use this size again.",
            )
        found.append(Setting(question.path, value))
    if found:
        form.put(TITLE, found)


def tried(form: TopicForm, size: ClassSize) -> TopicForm:
    """Return a draft with the class in it; the one given stays as it is. InvalidInput as above."""
    other = TopicForm(form.found)
    other.again(form.answers)
    answer(other, size)
    return other


@dataclass(frozen=True, slots=True)
class Shown:
    """What a class would write: the file, its own lines there, so many lines around them; or why not."""

    name: str
    lines: tuple[Line, ...] = ()
    around: tuple[Line, ...] = ()
    problem: str = ""


def shown(form: TopicForm, size: ClassSize, height: int) -> Shown:
    """Return what a class would write into a draft, what is not saved marked; the draft stays as it is."""
    name, said, first = "config.yaml", dict[Line, None](), None
    try:
        other = tried(form, size)
    except WizardError as error:
        return Shown(name, problem=error.problem.happened)
    for key in KEYS:
        if question := other.question(fields_by_key()[key]):
            first = first or question
            name, lines = other.written(question)
            said.update(dict.fromkeys(lines))
    return Shown(name, tuple(said), other.preview(first, height))
