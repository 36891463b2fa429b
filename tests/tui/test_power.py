"""A cluster that can be stopped between two courses: who is offered it, what is asked, what is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.conftest import Open
from tests.tui.fakes import FakeWorld
from z2jh_wizard.flows.pages import default_answers, new_project

AT = {
    "aks": {"account": "6f1d4c50-2d4a-4b2e-9a43-0c1f7b0f7a11", "region": "westeurope"},
    "gke": {"account": "bio-101", "region": "us-central1-b"},
}


def project_at(folder: Path, provider: str) -> Path:
    answers = {**default_answers(provider), **AT[provider], "release": "bio101"}
    return new_project(folder, answers).folder


@pytest.mark.parametrize(
    ("action", "title"), [("power_off", "Stop the cluster"), ("power_on", "Start the cluster")]
)
async def test_it_is_asked_and_run(
    open_app: Open, world: FakeWorld, tmp_path: Path, action: str, title: str
) -> None:
    world.there |= {"release"}
    async with open_app(folder=project_at(tmp_path / "hub", "aks")) as person:
        await person.sees("revision 3")
        await person.app.screen.run_action(action)
        await person.at("Ask")
        await person.sees(f"{title}?")
        await person.sees("westeurope")
        await person.press("tab", "enter")
        await person.at("RunScreen")
        await person.sees(title.lower())


async def test_other_clouds_are_not_offered_it(open_app: Open, world: FakeWorld, tmp_path: Path) -> None:
    async with open_app(folder=project_at(tmp_path / "hub", "gke")) as person:
        await person.at("DashboardScreen")
        offered = {command.title for command in person.app.get_system_commands(person.app.screen)}
        assert "Apply again" in offered
        assert not {"Stop the cluster", "Start the cluster"} & offered
