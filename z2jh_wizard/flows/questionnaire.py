"""All questions about one hub, in one list: line-by-line questions and answers files both walk it.

It asks nothing itself: what is asked, checked and written is said by ``pages`` (the project), ``class_size``
and ``topic_form`` (the settings), which pages come in which order by ``ways``.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from z2jh_wizard.core.errors import InvalidInput, WizardError
from z2jh_wizard.flows import class_size, class_size_use, page, pages, ways
from z2jh_wizard.flows.class_size import ClassSize
from z2jh_wizard.flows.items import Item, page_item, setting_item
from z2jh_wizard.flows.topic_entries import Answer, Entry, Put
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.flows.ways import Stage, Way
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import Project, make_folder, open_project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values import forms, presets
from z2jh_wizard.values.answers import Wrong
from z2jh_wizard.values.fields import Field, Kind
from z2jh_wizard.values.forms import Question
from z2jh_wizard.values.paths import Path as KeyPath
from z2jh_wizard.values.paths import format_path
from z2jh_wizard.values.topics import fields, topics

SIZE = "class-size."
"""What the ids of the questions for the size of the class begin with."""


class Questionnaire:
    """The answers about one hub; nothing is written before ``save``.

    ``project`` is one that exists: its own questions (where it runs, its name) are not asked again then.
    Without a ``folder`` one is proposed for the hub's name.
    """

    def __init__(self, folder: Path | None, project: Project | None = None) -> None:
        self.project = project
        self._given: dict[str, str] = {} if project or folder is None else {pages.FOLDER: str(folder)}
        self._sizes: dict[str, str] = {}
        self._settings: dict[str, str] = {}
        self._values: dict[KeyPath, Any] = {}
        self._plan: Project | None = project
        self._form: TopicForm | None = None

    # ---- looking ----

    @property
    def project_answers(self) -> dict[str, str]:
        """The answers to the questions about the project, with the safe default of each other one."""
        if self.project:
            return pages.project_answers_of(self.project.spec)
        answers = {**pages.default_answers(self._given.get("provider") or "practice"), **self._given}
        return {pages.FOLDER: pages.proposed_folder(answers["release"]), **answers}

    @property
    def plan(self) -> Project:
        """The project as it will be; InvalidInput when its answers cannot be used."""
        if self._plan is None:
            answers = self.project_answers
            self._plan = pages.planned(Path(answers[pages.FOLDER]).expanduser(), answers)
        return self._plan

    @property
    def form(self) -> TopicForm:
        """The draft of the values files with all answers in it."""
        if self._form is None:
            self._form = self._filled()
        return self._form

    @property
    def is_touched(self) -> bool:
        """Whether anything was answered that ``save`` would write."""
        return bool(self.typed or self._values)

    @property
    def typed(self) -> dict[str, str]:
        """The answers as they were typed, by the ids of the questions; the folder is left out."""
        given = {name: text for name, text in self._given.items() if name != pages.FOLDER}
        return {**given, **{SIZE + name: text for name, text in self._sizes.items()}, **self._settings}

    @property
    def typed_sizes(self) -> dict[str, str]:
        """The answers about the size of the class as they were typed."""
        return dict(self._sizes)

    @property
    def values(self) -> Mapping[KeyPath, Any]:
        """What was set by the paths of keys; GONE for what was taken out."""
        return self._values

    def stages(self, way: Way) -> tuple[Stage, ...]:
        """Return the pages of a way that ask something."""
        scene = ways.scene_of(self.project_answers) if self.problems() else self.form.scene
        found = ways.stages(way, scene, provider=self.project_answers["provider"])
        kinds = ("class-size", "settings") if self.project else ("questions", "class-size", "settings")
        return tuple(one for one in found if one.kind in kinds)

    def items(self, stage: Stage, *, more: bool = False) -> tuple[Item, ...]:
        """Return what a page asks with the answers so far; ``more`` adds what few people need."""
        if stage.questions:
            answers = self.project_answers
            asked = (one for one in stage.questions.fields if one.applies(answers))
            return tuple(page_item(one, answers.get(one.id, one.default)) for one in asked)
        if stage.settings:
            return tuple(map(setting_item, self.form.questions(stage.settings, more=more)))
        sizes = self.sizes()
        return tuple(
            Item(SIZE + one.id, one.label, one.help, Kind.TEXT, sizes[one.id]) for one in class_size.QUESTIONS
        )

    def sizes(self) -> dict[str, str]:
        """Return the answers about the class, with what the files say already for each other one."""
        return {**class_size.first_answers(self.plan.spec, self._values_without_sizes()), **self._sizes}

    def _values_without_sizes(self) -> dict[str, object]:
        return class_size_use.values_in(TopicForm.of(self.plan))

    # ---- answering ----

    def answer(self, name: str, text: str) -> str:
        """Take an answer; return one sentence with the fix when it cannot be used, which changes nothing.

        An empty answer means that nothing is set. KeyError for an id that no question has.
        """
        if name in project_fields():
            return self._answer_project(name, text)
        if name.startswith(SIZE):
            return self._answer_size(name.removeprefix(SIZE), text)
        return self._answer_setting(fields()[name], text)

    def _answer_project(self, name: str, text: str) -> str:
        given = {**self._given, name: text.strip()}
        if name == "provider":
            for other in pages.OF_PROVIDER:  # such as the chart: another provider has another one that fits
                given.pop(other, None)
        answers = {**pages.default_answers(given.get("provider") or "practice"), **given}
        sentence = pages.FOLDER_PAGE.fields[0].check(text) if name == pages.FOLDER else None
        sentence = sentence or pages.problems(answers).get(name)
        if sentence:
            return sentence
        before = self._given, self._plan, self._form
        self._given, self._plan, self._form = given, None, None
        sentence = "" if name == "chart" else self._problems_of_chart().get(name, "")
        if sentence:
            self._given, self._plan, self._form = before
        return sentence

    def forget(self, name: str) -> None:
        """Take the answer to a question about the project back; its safe default is in force again."""
        self._given.pop(name, None)
        self._plan = self._form = None

    def problems(self) -> dict[str, str]:
        """Return one sentence for each answer about the project that cannot be used yet, by its id."""
        if self.project:
            return {}
        return pages.problems(self.project_answers) or self._problems_of_chart()

    def _problems_of_chart(self) -> dict[str, str]:
        """Look into a chart on this computer, once it was said where it lies."""
        answers = self.project_answers
        if answers.get("chart") != "file" or pages.problems(answers):
            return {}
        try:
            _ = self.plan
        except InvalidInput as error:
            return {"chart_path": error.problem.happened}
        return {}

    def _answer_size(self, name: str, text: str) -> str:
        sizes = dict(self._sizes)
        if text.strip():
            sizes[name] = text.strip()
        else:
            sizes.pop(name, None)
        known = {one.id: one.default for one in class_size.QUESTIONS}
        sentence = class_size.problems({**known, **sizes}).get(name, "")
        return sentence or self._try_sizes(sizes)

    def _try_sizes(self, sizes: dict[str, str]) -> str:
        """Take the size of the class, unless the files say something that it cannot overwrite."""
        before, self._sizes = self._sizes, sizes
        try:
            self._form = self._filled()
        except InvalidInput as error:
            self._sizes = before
            return f"{error.problem.title}: {error.problem.happened}"
        return ""

    def _answer_setting(self, field: Field, text: str) -> str:
        question = self.form.question(field)
        if question is None:
            return _no_such(field, self.form)
        if question.fixed:
            return f"{question.fixed} Edit it in the file."
        problem = self.form.answer(field, text)
        if problem:
            self._form = None
            return problem
        self._settings[field.id] = text
        return ""

    def put(self, path: KeyPath, value: Any) -> str:
        """Take the value of any key of the chart; return a sentence when that cannot be.

        ``presets.GONE`` takes the key out.
        """
        try:
            self.form.put(format_path(path), (presets.Setting(path, value),))
        except WizardError as error:
            return f"{error.problem.happened}".strip()
        self._values.pop(path, None)
        self._values[path] = value
        return ""

    def put_found(self, question: Question, text: str) -> str:
        """Take a typed answer to a setting that a search found, as ``put`` does."""
        value = question.read(text, self.form.scene.family)
        return value.sentence if isinstance(value, Wrong) else self.put(question.path, value)

    def _filled(self) -> TopicForm:
        """Return a fresh draft with all answers in the order of the questions, whatever their own order was.

        Keys come into a file in that order, so the same answers give the same file.
        """
        form = TopicForm.of(self.plan)
        if self._sizes:
            class_size_use.answer(form, self._class(form))
        form.again(self.entries)
        return form

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The answers to settings in the order of the questions, those to keys that none asks for last."""
        names = sorted(self._settings, key=ranks().__getitem__)
        answers = (Answer(fields()[name], self._settings[name]) for name in names)
        puts = (
            Put(format_path(path), (presets.Setting(path, value),), number)
            for number, (path, value) in enumerate(self._values.items())
        )
        return (*answers, *puts)

    def unfit(self) -> dict[str, str]:
        """Return one sentence for each answer that means nothing beside the others, by its id."""
        found = {name: sentence for name in self._given if (sentence := self._unfit_page(name))}
        for name, text in self._settings.items():
            field = fields()[name]
            if self.form.question(field) is None:
                found[name] = _no_such(field, self.form)
            elif text.strip() and not forms.applies(field, self.form.scene):
                found[name] = f"It matters only {_condition(field, self.form)}."
        return {**found, **self.form.problems}

    def _unfit_page(self, name: str) -> str:
        field, answers = project_fields()[name], self.project_answers
        if field.applies(answers) or not self._given[name]:
            return ""
        for other in project_fields().values():
            for choice in other.choices:
                if field.applies({**answers, other.id: choice.value}):
                    return f"It matters only where {other.id} is {choice.value}."
        return "It does not matter here."

    def _class(self, form: TopicForm) -> ClassSize:
        first = class_size.first_answers(self.plan.spec, class_size_use.values_in(form))
        return class_size.class_size({**first, **self._sizes})

    # ---- writing ----

    def save(self) -> Project:
        """Write everything, and make the project first if there is none; return it.

        InvalidInput for answers about the project that cannot be used, Refused while somebody else writes or
        where there is a project already; nothing is made then.
        """
        form = self._filled()
        size = self._class(TopicForm.of(self.plan)) if self._sizes else None
        if self.project is None:
            spec = class_size_use.with_class(self.plan.spec, size) if size else self.plan.spec
            self.project = make_folder(Project(self.plan.folder, spec))
            form.save()
        else:
            form.save()
            if size:
                self.project = _with_size(self.project, size)
        config_file.write_first(self.project)
        self._plan, self._form = self.project, None
        self._sizes, self._settings, self._values = {}, {}, {}
        return self.project


def _with_size(project: Project, size: ClassSize) -> Project:
    with writing(project.state, "class size", SystemClock()):
        fresh = open_project(project.folder)
        return fresh.with_spec(class_size_use.with_class(fresh.spec, size))


@functools.cache
def project_fields() -> Mapping[str, page.Field]:
    """Return the questions about the project by their id, its folder's among them."""
    return {field.id: field for page in (pages.FOLDER_PAGE, *pages.PAGES) for field in page.fields}


@functools.cache
def ranks() -> Mapping[str, int]:
    """Return the place of each setting among all questions, by the id of its field."""
    asked = (field.id for page in topics() for field in forms.in_order(page.fields))
    return {name: place for place, name in enumerate(asked)}


def known_ids() -> tuple[str, ...]:
    """Return the ids of all questions but the folder's, in the order in which they are asked."""
    project = (name for name in project_fields() if name != pages.FOLDER)
    return (*project, *(SIZE + one.id for one in class_size.QUESTIONS), *ranks())


def _condition(field: Field, form: TopicForm) -> str:
    """Say what must be answered for a field to matter, and what is now."""
    condition = field.shown_if
    assert condition
    other = fields()[condition.field]
    if not forms.applies(other, form.scene):
        return _condition(other, form)
    words = ("on" if value is True else "off" if value is False else value for value in condition.values)
    question = form.question(other)
    now = (question.text or question.default if question else "") or "not set"
    return f"where {other.id} is {' or '.join(words)}, and that is {now}"


def _no_such(field: Field, form: TopicForm) -> str:
    """Say why a chart has no such setting."""
    from z2jh_wizard.values.look_up import look_up
    from z2jh_wizard.values.paths import parse_path

    found = look_up(parse_path(field.key), form.scene.version, form.scene.family)
    return found.sentence or "This chart has no such setting."
