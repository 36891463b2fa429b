"""Writing an answers file: which answers make another hub with the settings that a project has."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.flows.answers_file import FILE as IN_FILE
from z2jh_wizard.flows.answers_file import VALUES, AnswersFile, is_section
from z2jh_wizard.flows.class_size import STUDENTS
from z2jh_wizard.flows.cleaning import redactor_for
from z2jh_wizard.flows.pages import default_answers, project_answers_of
from z2jh_wizard.flows.questionnaire import SIZE, Questionnaire, ranks
from z2jh_wizard.flows.settings import secrets_in
from z2jh_wizard.flows.topic_form import TopicForm
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.files import PRIVATE_FILE, back_up, write_atomic
from z2jh_wizard.system.lock import writing
from z2jh_wizard.values import forms, generated_secrets
from z2jh_wizard.values.answers import Wrong
from z2jh_wizard.values.fields import Field
from z2jh_wizard.values.forms import Question, Scene
from z2jh_wizard.values.paths import Path as KeyPath
from z2jh_wizard.values.paths import format_path
from z2jh_wizard.values.reading import Tree
from z2jh_wizard.values.rendering import Style, entry_lines
from z2jh_wizard.values.sign_in_guide import CALLBACK
from z2jh_wizard.values.topics import fields, topics
from z2jh_wizard.values.trees import MISSING, look_up, same

FILE = "answers.yaml"

_NOWHERE = "tried-out"
"""A folder below the records of a project that is never made: answers are tried out on it in memory."""


class Written(msgspec.Struct, frozen=True):
    """The answers that a project amounts to; a secret is only named."""

    release: str
    answers: dict[str, Any]
    """By the ids of the questions, in the order in which they are asked."""
    values: dict[str, Any]
    """What no question says, by dotted path."""
    secrets: tuple[str, ...]
    """The secrets that another hub needs too, by id or dotted path."""
    lost: tuple[str, ...]
    """What no answers file can say, in words."""

    def tree(self) -> dict[str, Any]:
        """Return all of it for programs."""
        return {
            "answers": self.answers,
            "values": self.values,
            "secrets": list(self.secrets),
            "left_out": list(self.lost),
        }

    def text(self) -> str:
        """Return the answers file."""
        lines = [
            f"# Answers about the hub {self.release}; they make the same hub again:",
            f"#   z2jh-wizard new DIR --answers {FILE}",
            "# There are no secrets in it. Where one is needed a comment says so.",
            *self._lines_of(""),
        ]
        for page in topics():
            own = [
                *self._lines_of(page.id),
                *(_asks(name) for name in self.secrets if _topic(name) == page.id),
            ]
            lines += ["", f"# {page.title}", *own] if own else []
        open_secrets = [f"  {_asks(name)}" for name in self.secrets if not _topic(name)]
        if self.values or open_secrets:
            lines += ["", "# Keys of the chart that no question asks for", f"{VALUES}:", *open_secrets]
            lines += entry_lines(self.values, 2, Style())
        lines += [f"# Left out, for it cannot be said here: {one}" for one in self.lost]
        return "\n".join(lines) + "\n"

    def _lines_of(self, topic: str) -> list[str]:
        return entry_lines({n: v for n, v in self.answers.items() if _topic(n) == topic}, 0, Style())


def answers_of(project: Project) -> Written:
    """Return the answers that a project amounts to; Unreadable for values files that are broken."""
    return _Writer(project).written()


def write_answers(project: Project) -> Path:
    """Write the answers into the project's folder, what is there backed up; Refused beside a writer."""
    path, text = project.folder / FILE, answers_of(project).text()
    with writing(project.state, "answers", SystemClock()):
        back_up(path, project.backups)
        write_atomic(path, text.encode(), PRIVATE_FILE)
    return path


class _Writer:
    """Finds answers one by one: each is given to a new project in memory, until nothing differs."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._redactor: Redactor = redactor_for(project)
        self._form = TopicForm.of(project)
        self._scene = self._form.scene
        self._new = Questionnaire(project.state / _NOWHERE)
        made = generated_secrets.wanted(self._values, self._scene.version, self._scene.family)
        self._made = {one.path for one in made}
        self._answers: dict[str, Any] = {}
        self._extra: dict[str, Any] = {}
        self._secrets: list[str] = []
        self._lost: list[str] = []

    @property
    def _values(self) -> Tree:
        return dict(self._scene.values)

    def written(self) -> Written:
        """Return what was found."""
        self._about_project()
        for field in sorted(map(fields().__getitem__, ranks()), key=_follows):
            self._setting(field)
        for path, value in self._units(self._values, ()):
            self._key(path, value)
        for path, _ in self._units(dict(self._new.form.scene.values), ()):
            if look_up(self._values, path) is MISSING:
                self._lost.append(f"{format_path(path)} is not set, and a new project sets it")
        order = {name: place for place, name in enumerate(ranks())}
        answers = dict(sorted(self._answers.items(), key=lambda one: order.get(one[0], -1)))
        spec = self._project.spec
        return Written(spec.release, answers, self._extra, tuple(self._secrets), tuple(self._lost))

    def _about_project(self) -> None:
        spec = self._project.spec
        default = default_answers(spec.provider)
        given = project_answers_of(spec)
        if given["namespace"] == given["release"]:
            given["namespace"] = ""
        for name, text in given.items():
            if name in ("provider", "release") or text != default.get(name, ""):
                self._answers[name] = text
                self._try(name, text)
        if spec.workshop.students:
            name = f"{SIZE}{STUDENTS}"
            self._answers[name] = spec.workshop.students
            self._try(name, str(spec.workshop.students))

    def _try(self, name: str, text: str) -> None:
        sentence = self._new.answer(name, text)
        if sentence:
            self._lost.append(f"{name} {text}: {sentence}")

    def _setting(self, field: Field) -> None:
        """Answer a field where the new project does not say the same already."""
        path = forms.place(field, self._scene)
        if path is None or field.id in _groups():
            return
        value = look_up(self._values, path)
        if same(value, look_up(self._new.form.scene.values, path)):
            return
        if value is not MISSING and (field.kind.secret or self._is_secret(path, value)):
            self._secret(path, field.id)
            return
        asked = self._form.question(field)
        if asked is None or asked.fixed or not (forms.applies(field, self._scene) or value is MISSING):
            return
        for candidate in (None,) if value is MISSING else (value, asked.text):
            text = self._read_back(field, candidate)
            if text is None or not _means(asked, text, value, self._scene):
                continue
            if not self._new.answer(field.id, text):
                self._answers[field.id] = candidate
                return

    def _read_back(self, field: Field, value: Any) -> str | None:
        """Return what an answers file with this value would say; None where it would not be understood."""
        data = ("\n".join(entry_lines({field.id: value}, 0, Style())) + "\n").encode()
        answers = AnswersFile.read(data, FILE, self._project.folder)
        try:
            return answers.text(answers.answers[field.id], field, self._new)
        except InvalidInput:
            return None

    def _key(self, path: KeyPath, value: Any) -> None:
        """Say a key that no answer says."""
        if same(value, look_up(self._new.form.scene.values, path)):
            return
        if self._is_secret(path, value):
            self._secret(path, format_path(path))
            return
        sentence = self._new.put(path, value)
        if sentence:
            self._lost.append(f"{format_path(path)}: {sentence}")
        else:
            self._extra[format_path(path)] = value

    def _units(self, values: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
        """Yield the keys that are settings of their own, with their values; empty groups say nothing."""
        for key, value in values.items():
            here = (*path, key)
            if not is_section(here, self._scene.version, self._scene.family):
                yield here, value
            elif isinstance(value, dict):
                yield from self._units(value, here)
            elif value is not None:
                yield here, value

    def _is_secret(self, path: KeyPath, value: Any) -> bool:
        """Tell whether there is a secret in a value: by its name, by its look, or the text of a known one."""
        if secrets_in(path, value):
            return True
        said = "\n".join(entry_lines({format_path(path): value}, 0, Style()))
        return self._redactor.clean(said) != said

    def _secret(self, path: KeyPath, name: str) -> None:
        if path not in self._made and name not in self._secrets and path not in self._paths_of_secrets():
            self._secrets.append(name)

    def _paths_of_secrets(self) -> set[KeyPath | None]:
        return {forms.place(fields()[name], self._scene) for name in self._secrets if name in fields()}


def _means(asked: Question, text: str, value: Any, scene: Scene) -> bool:
    """Tell whether an answer means a value; MISSING for that nothing is set."""
    found = asked.read(text, scene.family)
    if value is MISSING:
        return found is msgspec.UNSET
    return not isinstance(found, Wrong) and found is not msgspec.UNSET and same(found, value)


def _follows(field: Field) -> bool:
    """Tell whether a field is asked last: a callback URL follows from the name of the hub."""
    return field.key.endswith(f".{CALLBACK}")


@functools.cache
def _groups() -> frozenset[str]:
    """Return the ids of fields whose keys hold those of other fields: their parts are said instead."""
    keys = [field.key for field in fields().values()]
    return frozenset(
        field.id for field in fields().values() if any(key.startswith(f"{field.key}.") for key in keys)
    )


def _topic(name: str) -> str:
    """Return the topic of a question; empty for those about the project and for keys of the chart."""
    return fields()[name].topic if name in fields() else ""


def _asks(name: str) -> str:
    return f"# {name}: {{{IN_FILE}: PATH}}  <- a secret: take out the #, and name a file that holds it"
