"""What must hold on each screen: hostile text stays text, small windows say so, no trouble is hidden."""

from __future__ import annotations

import pytest

from tests.tui.conftest import SMALL, Open
from tests.tui.fakes import FakeBackend, FakeWorld
from tests.tui.places import PARTS, dialogs, goto, walk
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens.journey import Journey
from z2jh_wizard.screens.messages import Go

FEW = ("dashboard", "hub", "topic/sign-in", "search")


@pytest.mark.parametrize("part", ["few", *(pytest.param(part, marks=pytest.mark.slow) for part in PARTS)])
async def test_too_small_says_so_and_comes_back(open_app: Open, project: Project, part: str) -> None:
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        async for _ in walk(person, PARTS.get(part, FEW)):
            focused = person.focused
            for width, height in ((59, 24), (80, 17), (1, 1), (60, 18)):
                await person.pilot.resize_terminal(width, height)
                await person.pilot.pause()
                if (width, height) == (60, 18):
                    await person.until(
                        lambda: "Please enlarge" not in person.screen_text(), "the screen is back"
                    )
                elif width > 20:
                    await person.sees("Please enlarge this window.")
            await person.pilot.resize_terminal(*SMALL)
            await person.until(lambda: "Please enlarge" not in person.screen_text(), "the screen is back")
            assert person.focused == focused


@pytest.mark.parametrize("kind", dialogs())
async def test_dialogs_show_hostile_text_and_too_small(
    open_app: Open, kind: str, size: tuple[int, int]
) -> None:
    async with open_app(size) as person:
        await person.at("WelcomeScreen")
        shown = dialogs()[kind]()
        person.app.push_screen(shown)
        await person.at(type(shown).__name__)
        text = person.screen_text()
        assert "[red]" in text or kind == "glossary"
        assert "\x1b" not in text
        assert "\x07" not in text
        await person.pilot.resize_terminal(40, 10)
        await person.sees("Please enlarge")
        await person.pilot.resize_terminal(*size)
        await person.press("escape")
        await person.at("WelcomeScreen")


async def test_hostile_text_is_plain_on_run_and_dashboard(
    open_app: Open, project: Project, world: FakeWorld, size: tuple[int, int]
) -> None:
    world.failing = "[red]Broken[/red] [/foo] \x1b[31m"
    async with open_app(size, folder=project.folder) as person:
        await person.plan()
        await person.press("ctrl+n")
        await person.sees("! failed")
        await person.sees("! [red]Broken[/red] [/foo]")
        await person.sees("pods [red]x[/red] [/foo]")
        assert "\x1b" not in person.screen_text()
        world.there.add("release")
        await person.press("escape")
        await person.at("DashboardScreen")
        await person.sees("pod [red]jupyter-ada")


@pytest.mark.parametrize("owner", ["app", "screen"])
async def test_a_worker_s_error_is_shown(open_app: Open, owner: str) -> None:
    async def expected() -> None:
        raise WizardError("It broke [red]here", "Outside text [/foo].", next_step="Do this.")

    async def unforeseen() -> None:
        raise ValueError("a secret-looking text")

    async with open_app() as person:
        await person.at("WelcomeScreen")
        for work, text in ((expected, "! It broke [red]here"), (unforeseen, "! The wizard made a mistake")):
            node = person.app if owner == "app" else person.app.screen
            node.run_worker(work(), name="breaking", group="test", exit_on_error=False)
            await person.at("ProblemDialog")
            await person.sees(text)
            assert "secret-looking" not in person.screen_text()
            await person.press("escape")
            await person.at("WelcomeScreen")


async def test_a_practice_refusal_is_shown(
    open_app: Open, project: Project, backend: FakeBackend, world: FakeWorld
) -> None:
    world.there.add("release")
    async with open_app(folder=project.folder) as person:
        await person.sees("revision 3")
        await person.activate("do-fault")
        await person.at("AskChoice")
        await person.press("down")
        await person.sees("The API is gone.")
        await person.press("enter")
        await person.at("ProblemDialog")
        await person.sees("! The practice cluster said no")


async def test_unknown_world_stops_at_review(open_app: Open, project: Project, world: FakeWorld) -> None:
    world.unknown.add("cluster")
    async with open_app(folder=project.folder) as person:
        await person.activate("do-apply")
        await person.at("ReviewScreen")
        await person.sees("could not look: stops")
        await person.press("ctrl+n")
        await person.at("ProblemDialog")
        await person.sees("! The cluster does not answer")
        assert not world.there


async def test_review_lists_problems_as_links(open_app: Open, project: Project) -> None:
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        person.app.desk.journey = Journey.of(project)
        person.app.desk.journey.answer("release", "Not Good")
        person.app.post_message(Go("review"))
        await person.at("ReviewScreen")
        await person.sees("! stops   Use lower-case letters")
        await person.until(lambda: person.focused == "points", "focus on the problems")
        await person.press("enter")
        await person.sees("Hub name")
        await person.until(lambda: person.focused == "control-release", "the link leads to the question")


async def test_commands_of_a_step_on_demand(open_app: Open, project: Project, size: tuple[int, int]) -> None:
    async with open_app(size, folder=project.folder) as person:
        await person.plan()
        await person.press("down", "f2")
        await person.sees("kubectl get cluster")
        await person.press("f2")
        await person.activate("show-config")
        await person.sees("# Settings of the hub")


async def test_find_and_copy_in_the_log(open_app: Open, project: Project) -> None:
    async with open_app(folder=project.folder) as person:
        await goto(person, "run")
        await person.press("f4")
        await person.until(lambda: person.focused == "log-find", "a line to type in")
        await person.type("hello")
        await person.press("enter", "enter")
        await person.sees("paused")
        await person.press("ctrl+u")
        await person.type("nowhere")
        await person.press("enter")
        await person.sees("Not found: nowhere")
        await person.press("escape")
        await person.at("RunScreen")
        await person.press("f7")
        await person.until(lambda: "Find Helm says hello" in person.app.clipboard, "the log is copied")
        await person.press("end")
        await person.press("f2")
        await person.sees("kubectl get")
