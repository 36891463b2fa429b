"""The whole journey on a real practice cluster with a real Helm, by keyboard, at both terminal sizes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.tui.conftest import LARGE, SMALL, Open, Person
from tests.tui.test_journeys import answer_questions, go_guided
from z2jh_wizard.cloud import practice
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.helm.command import sdk_is_installed
from z2jh_wizard.project.folder import is_project, open_project
from z2jh_wizard.screens.backend import Backend
from z2jh_wizard.screens.messages import Go

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PATIENCE = 180.0
"""Seconds for a step that starts programs, on a busy machine."""

BUNDLED = "bundled with the Python package"
"""With this Helm the wide terminal goes the guided way; the quick way goes at both sizes."""


@pytest.fixture
def backend() -> Backend:
    """The real flows."""
    return Backend()


@pytest.fixture(params=["helm on PATH", "bundled SDK"])
def helm(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Put the real Helm on PATH, or no Helm at all; return where the wizard must find one."""
    if request.param == "helm on PATH":
        binary: Path = request.getfixturevalue("helm_binary")
        monkeypatch.setenv("PATH", f"{binary.parent}{os.pathsep}{os.environ['PATH']}")
        return "found on your PATH"
    if not sdk_is_installed():
        pytest.skip("helm-python-sdk is not installed")
    empty = tmp_path / "empty-path"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    return BUNDLED


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Path]:
    """A folder for the project; its practice cluster is ended whatever happens."""
    place = tmp_path / "hub"
    yield place
    if is_project(place):
        with contextlib.suppress(WizardError):
            await practice.stop(open_project(place))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x40"])
async def test_the_whole_journey(open_app: Open, size: tuple[int, int], helm: str, folder: Path) -> None:
    async with open_app(size, speed=0.0) as person:
        if size == SMALL or helm != BUNDLED:
            await answer_questions(person, folder)
        else:
            await go_guided(person, folder)
            person.app.post_message(Go("helm"))
            await person.sees(helm, PATIENCE)
            await person.press("ctrl+n")
            await person.at("SecretsScreen")
            await person.press("ctrl+n")
            await person.at("ReviewScreen")
        await person.sees("steps to do", PATIENCE)
        await person.press("ctrl+n")
        await person.at("RunScreen")
        await person.sees("Done. Next shows the hub.", PATIENCE)
        await person.press("ctrl+n")
        await see_the_hub(person)
        await students_come(person)
        await resize(person)
        await tear_down(person)
    assert not (folder / ".z2jh" / "practice").exists()


async def see_the_hub(person: Person) -> None:
    await person.at("DashboardScreen")
    await person.sees("deployed, revision 1", PATIENCE)
    await person.sees("http://", PATIENCE)
    await person.sees("hub-", PATIENCE)


async def students_come(person: Person) -> None:
    await person.activate("do-students")
    await person.at("AskText")
    await person.press("ctrl+u", "3", "enter")
    await person.at("DashboardScreen")
    await person.sees("Students  3", PATIENCE)
    await person.sees("jupyter-", PATIENCE)


async def resize(person: Person) -> None:
    await person.activate("do-resize")
    await person.at("AskText")
    await person.press("ctrl+u", "3", "enter")
    await person.at("RunScreen")
    await person.sees("Done. Next shows the hub.", PATIENCE)
    await person.press("ctrl+n")
    await person.at("DashboardScreen")
    await person.sees("4 of 4 ready", PATIENCE)


async def tear_down(person: Person) -> None:
    await person.activate("do-teardown")
    await person.at("TeardownScreen")
    await person.sees("to delete", PATIENCE)
    await person.sees("! to delete")
    await person.tab_to("confirm")
    await person.type("bio101")
    await person.press("enter", "enter")
    await person.at("RunScreen")
    await person.sees("Done. Next shows the receipt.", PATIENCE)
    await person.press("ctrl+n")
    await person.at("ReceiptScreen")
    await person.sees("nothing was found", PATIENCE)
    await person.sees("practice never costs anything")
