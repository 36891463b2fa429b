"""Typical courses: the answers that a teacher gives for each, and the config.yaml that must come of them.

``NAME.yaml`` is an answers file, ``NAME.config.yaml`` what every front writes for it: screens, line-by-line
questions and ``new --answers``. The secrets stand in files beside them, made up.

    .venv/bin/python -m tests.courses

writes the expected files anew; look at the difference before you keep it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from z2jh_wizard.flows import answers_file
from z2jh_wizard.flows.answers_file import AnswersFile, fill
from z2jh_wizard.flows.asking import ARMOUR, END, SEVERAL_LINES
from z2jh_wizard.flows.items import Item
from z2jh_wizard.flows.line_by_line import MORE, MOST_HITS, next_item
from z2jh_wizard.flows.pages import FOLDER
from z2jh_wizard.flows.questionnaire import Questionnaire
from z2jh_wizard.flows.ways import GUIDED, WAYS, Stage, Way
from z2jh_wizard.project.folder import Project
from z2jh_wizard.values.fields import Level
from z2jh_wizard.values.paths import Path as KeyPath
from z2jh_wizard.values.paths import format_path
from z2jh_wizard.values.rendering import Style, entry_lines, one_line
from z2jh_wizard.values.search import search
from z2jh_wizard.values.topics import fields

HERE = Path(__file__).parent
_GOLDEN = ".config.yaml"
_WRITE, _SEARCH = "1", "3"
"""What is typed at the end of all pages."""


@dataclass(frozen=True, slots=True)
class Page:
    """The answers on one page as a person types them, by the ids of the questions in their order."""

    stage: Stage
    answers: Mapping[str, str]

    @property
    def has_rare(self) -> bool:
        """Whether some of the questions are asked only of somebody who wants to see more."""
        return any(name in fields() and fields()[name].level is Level.RARE for name in self.answers)


@dataclass(frozen=True, slots=True)
class Course:
    """One course by its name."""

    name: str

    @property
    def source(self) -> bytes:
        """The answers file."""
        return (HERE / f"{self.name}.yaml").read_bytes()

    @property
    def about(self) -> str:
        """One sentence on the course: the comment at the top of its answers file."""
        return self.source.decode().splitlines()[0].removeprefix("# ")

    @property
    def config(self) -> bytes:
        """The config.yaml that must come of it."""
        return (HERE / f"{self.name}{_GOLDEN}").read_bytes()

    def questionnaire(self, folder: Path) -> Questionnaire:
        """Return all questions with the course's answers in them; AssertionError when one cannot be taken."""
        filled = Questionnaire(folder)
        troubles = fill(filled, AnswersFile.read(self.source, self.name, HERE))
        assert troubles == []
        return filled

    def pages(self, way: Way = GUIDED) -> tuple[Page, ...]:
        """Return every page of a way in its order, those without an answer too."""
        filled = self.questionnaire(HERE / "nowhere")
        typed = filled.typed
        found = []
        for stage in filled.stages(way):
            ids = [item.id for item in filled.items(stage, more=True)]
            found.append(Page(stage, {name: typed[name] for name in ids if name in typed}))
        return tuple(found)

    @property
    def values(self) -> Mapping[KeyPath, Any]:
        """What no question asks for and Expert search writes, by path."""
        return self.questionnaire(HERE / "nowhere").values

    def make(self, folder: Path) -> Project:
        """Make the project as ``new --answers`` does."""
        return answers_file.make(folder, self.source, self.name, HERE)

    def script(self, folder: Path) -> list[str]:
        """Return what a person types after ``--plain``, up to the files being written."""
        lines = [str(list(WAYS.values()).index(GUIDED) + 1)]
        asked = Questionnaire(folder)
        at = 0
        pages = {page.stage.id: page for page in self.pages()}
        while at < len(stages := asked.stages(GUIDED)):
            lines += _page_lines(asked, pages.get(stages[at].id, Page(stages[at], {})))
            at += 1
        for path, value in self.values.items():
            lines += _found_lines(asked, path, value)
        return [*lines, _WRITE]


def _page_lines(asked: Questionnaire, page: Page) -> list[str]:
    left = dict(page.answers)
    if page.stage.questions is None:
        if not left:
            return [">"]
        lines = [MORE if page.has_rare else ""]
    else:
        lines = []
    at = ""
    while item := next_item(asked.items(page.stage, more=page.has_rare), at):
        at = item.id
        text = left.pop(item.id, None)
        if text is None:
            lines += [] if item.fixed else [""]
            continue
        sentence = asked.answer(item.id, text)
        assert sentence == "", sentence
        lines += _typed(item, text)
        if not left and page.stage.questions is None:
            if next_item(asked.items(page.stage, more=page.has_rare), at):
                lines.append(">")
            break
    assert left == {} or list(left) == [FOLDER], f"{page.stage.id} does not ask {list(left)}"
    return lines


def _typed(item: Item, text: str) -> list[str]:
    if item.kind in SEVERAL_LINES or text.startswith(ARMOUR):
        return [*text.rstrip("\n").split("\n"), END]
    return [text or "="]


def _found_lines(asked: Questionnaire, path: KeyPath, value: Any) -> list[str]:
    """Return what finds one setting by its path and gives it a value."""
    scene = asked.form.scene
    hits = [hit.path for hit in search([format_path(path)], scene.version, scene.family) if hit.available]
    place = hits[:MOST_HITS].index(format_path(path)) + 1
    block = [*entry_lines(value, 0, Style()), END] if isinstance(value, dict) else []
    return [_SEARCH, format_path(path), str(place), *(block or [one_line(value)]), ""]


@functools.cache
def courses() -> tuple[Course, ...]:
    """Return all courses, by name."""
    names = sorted(path.name for path in HERE.glob("*.yaml"))
    return tuple(Course(name.removesuffix(".yaml")) for name in names if not name.endswith(_GOLDEN))
