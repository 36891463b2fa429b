"""The image builder on screen, over the real flow with pretended docker, repo2docker and git."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.image_programs import Programs, pretend
from tests.tui.conftest import Open, Person
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.project.folder import Project, create_project
from z2jh_wizard.screens.backend import Backend
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.values.document import Document

COMMIT = "0123456789abcdef0123456789abcdef01234567"
URL, IMAGE = "https://github.com/you/course", "quay.io/you/course"


@pytest.fixture
def backend() -> Backend:
    """The real flows: what they start is pretended."""
    return Backend()


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    found = pretend(tmp_path / "programs")
    found.set("refs", f"{COMMIT}\tHEAD\n")
    monkeypatch.setenv("PATH", found.path)
    return found


@pytest.fixture
def course(tmp_path: Path) -> Project:
    return create_project(tmp_path / "bio101", "existing", chart=Chart(), release="bio101")


async def show(person: Person) -> None:
    await person.at("DashboardScreen")
    person.app.post_message(Go("image-builder"))
    await person.at("ImageBuilderScreen")


async def answer(person: Person, **texts: str) -> None:
    for name, text in texts.items():
        await person.tab_to(f"control-{name}")
        await person.press("end", "ctrl+u")
        await person.type(text)


def image_of(project: Project) -> object:
    if not project.config.exists():
        return None
    return Document.read(project.config.read_bytes()).get(("singleuser", "image"), None)


async def test_from_the_image_page_to_an_image_in_the_settings(
    open_app: Open, course: Project, programs: Programs
) -> None:
    async with open_app(folder=course.folder) as person:
        await person.at("DashboardScreen")
        person.app.post_message(Go("topic/image"))
        await person.at("TopicScreen")
        await person.activate("tool-image-builder")
        await person.at("ImageBuilderScreen")
        await person.sees("+ Docker 28.0.1 and repo2docker 2026.4.0 are here.")
        await answer(person, repository=URL, image=IMAGE)
        await person.activate("do-build")
        await person.at("Ask")
        await person.sees(f"at {COMMIT[:12]}")
        await person.sees("runs the repository's code on this computer")
        assert person.focused == "no"
        await person.press("tab", "enter")
        await person.at("RunScreen")
        await person.sees("Done. Next puts the image into the settings.")
        await person.sees("digest: sha256:1234")
        await person.press("ctrl+n")
        await person.at("ImageBuilderScreen")
        await person.sees(f"+ {IMAGE}:{COMMIT[:12]} is the image in the settings now.")
        assert person.focused == "do-back"
        assert image_of(course) is None, "the image page saves, not the builder"
        await person.press("escape")
        await person.at("TopicScreen")
        await person.until(lambda: person.widget("#control-image_tag").value == COMMIT[:12], "the tag")  # type: ignore[attr-defined]
        await person.press("ctrl+n")
        await person.until(lambda: image_of(course) == {"name": IMAGE, "tag": COMMIT[:12]}, "it is saved")


async def test_without_docker_the_commands_are_there_and_the_image_can_be_named(
    open_app: Open, course: Project, programs: Programs
) -> None:
    programs.set("down", "Cannot connect to the Docker daemon")
    async with open_app(folder=course.folder) as person:
        await show(person)
        await person.sees("! Docker does not run")
        assert person.widget("#do-build").disabled
        await answer(person, repository=URL, image=IMAGE)
        await person.press("f7")
        assert f"--ref COMMIT {URL}" in person.app.clipboard
        assert "docker push quay.io/you/course:COMMIT" in person.app.clipboard
        await person.activate("do-built")
        await person.sees("! Type the tag that you built it with.")
        assert person.focused == "control-tag"
        await person.type("2026-fall")
        await person.activate("do-built")
        await person.at("TopicScreen")
        await person.until(lambda: person.widget("#control-image_tag").value == "2026-fall", "the tag")  # type: ignore[attr-defined]


async def test_answers_that_cannot_be_used_hold_one_back_and_are_kept(
    open_app: Open, course: Project, programs: Programs
) -> None:
    async with open_app(folder=course.folder) as person:
        await show(person)
        await person.sees("+ Docker 28.0.1")
        await answer(person, repository="https://ada:hunter22@github.com/x", image="quay.io/You/[red]")
        await person.activate("do-build")
        await person.sees("! Leave the password out")
        assert person.focused == "control-repository"
        await person.press("escape")
        await person.at("TopicScreen")
        person.app.post_message(Go("image-builder"))
        await person.at("ImageBuilderScreen")
        await person.sees("hunter22")
        assert not [call for call in programs.calls() if "hunter22" in call]


async def test_an_unknown_commit_is_a_trouble_in_words(
    open_app: Open, course: Project, programs: Programs
) -> None:
    programs.unset("refs")
    async with open_app(folder=course.folder) as person:
        await show(person)
        await person.sees("+ Docker 28.0.1")
        await answer(person, repository=URL, ref="nowhere", image=IMAGE)
        await person.activate("do-build")
        await person.at("ProblemDialog")
        await person.sees("! Git could not ask the repository")


async def test_leaving_does_not_end_a_build_and_stop_does(
    open_app: Open, course: Project, programs: Programs
) -> None:
    programs.set("hang")
    async with open_app(folder=course.folder) as person:
        await show(person)
        await person.sees("+ Docker 28.0.1")
        await answer(person, repository=URL, image=IMAGE)
        await person.activate("do-build")
        await person.at("Ask")
        await person.press("tab", "enter")
        await person.at("RunScreen")
        await person.until(lambda: programs.has("started"), "the build is at work")
        person.app.post_message(Go("image-builder"))
        await person.at("ImageBuilderScreen")
        await person.sees("> An image is being built.")
        await person.activate("do-build")
        await person.at("RunScreen")
        await person.press("f8")
        await person.at("Ask")
        await person.press("tab", "enter")
        await person.sees("Stopped. What was made is kept")
        assert not programs.has("image")
        assert image_of(course) is None
