"""Twelve typical courses through the guided screens, by keyboard alone: the same files as every front."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.courses import HERE, Course, courses
from tests.tui.conftest import LARGE, SMALL, Open
from tests.tui.walking import PATIENCE, answer_page, begin, edit_values, on_page
from z2jh_wizard.flows import class_size, ways
from z2jh_wizard.project.folder import open_project
from z2jh_wizard.values.rendering import one_line

pytestmark = pytest.mark.timeout(600)

FAST = "workshop"
STUDENTS = class_size.QUESTIONS[0]
SECRETS = (
    (HERE / "password.txt").read_text().strip(),
    (HERE / "admin-password.txt").read_text().strip(),
    (HERE / "key.pem").read_text().splitlines()[1],
)

sized = [
    pytest.param(
        course,
        (SMALL, LARGE)[at % 2],
        id=course.name,
        marks=[] if course.name == FAST else [pytest.mark.slow],
    )
    for at, course in enumerate(courses())
]


@pytest.mark.parametrize(("course", "terminal"), sized)
async def test_the_guided_screens_give_the_same_files(
    open_app: Open, course: Course, terminal: tuple[int, int], tmp_path: Path
) -> None:
    folder = tmp_path / "hub"
    async with open_app(terminal) as person:
        await begin(person, folder)
        *pages, last = course.pages()[1:]
        for page in pages:
            await answer_page(person, page)
        await on_page(person, last.stage.id)
        if course.values:
            await edit_values(person, {path: one_line(value) for path, value in course.values.items()})
        await answer_page(person, last)
        await on_page(person, ways.HELM.id)
        await person.press("ctrl+n")
        await on_page(person, ways.SECRETS.id)
        assert not any(secret in person.screen_text() for secret in SECRETS)
        await person.press("ctrl+n")
        journey = person.app.desk.journey
        if journey and ways.CHECKS in journey.stages():
            await on_page(person, ways.CHECKS.id)
            await person.press("ctrl+n")
        await person.at("ReviewScreen", PATIENCE)
    made, wanted = open_project(folder), course.make(tmp_path / "answers")
    assert made.config.read_bytes() == course.config
    assert made.secrets.exists() is wanted.secrets.exists()
    if wanted.secrets.exists():
        assert made.secrets.read_bytes() == wanted.secrets.read_bytes()
    for part in ("provider", "release", "namespace", "chart", "cluster"):
        assert getattr(made.spec, part) == getattr(wanted.spec, part)
    # Next on the page of the class size takes the class that it shows.
    assert made.spec.workshop.students == (wanted.spec.workshop.students or int(STUDENTS.default))
