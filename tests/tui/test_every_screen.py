"""What must hold on each screen: Tab reaches everything, hostile text stays text, small windows say so."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from textual.widget import Widget

from tests.tui.conftest import SMALL, Open, Person
from tests.tui.fakes import PROBLEM, FakeBackend, FakeWorld
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.flows import ways
from z2jh_wizard.flows.pages import default_answers
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens.dialogs import Ask, AskChoice, AskText, ProblemDialog
from z2jh_wizard.screens.help import HelpScreen
from z2jh_wizard.screens.journey import Journey
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.values.keys import Topic
from z2jh_wizard.widgets.choice_list import Offer

PAGES = ["search", *(f"topic/{topic.value}" for topic in Topic)]
ASKED = {
    stage.id: None
    for way in ways.WAYS.values()
    for stage in ways.stages(way, ways.scene_of(default_answers()))
    if stage.id not in PAGES
}
TOOLS = ["address-check", "image-builder"]
NAMES = ["welcome", *ASKED, *TOOLS, "dashboard", "teardown", "run", "receipt", *PAGES]


async def goto(person: Person, name: str) -> None:
    """Show a screen with everything it needs."""
    app = person.app
    if app.desk.project and app.desk.journey is None:
        app.desk.journey = Journey.of(app.desk.project)
    if name in ("run", "receipt") and app.desk.run is None:
        await person.activate("do-apply")
        await person.at("ReviewScreen")
        await person.sees("steps to do")
        await person.press("ctrl+n")
        await person.at("RunScreen")
        await person.sees("Done.")
        if name == "run":
            return
    before = app.screen
    app.post_message(Go(name))
    await person.until(
        lambda: app.screen is not before and app.screen.focused is not None, f"the screen {name}"
    )


@pytest.fixture
async def opened(open_app: Open, project: Project, size: tuple[int, int]) -> AsyncIterator[Person]:
    async with open_app(size, folder=project.folder) as person:
        await person.at("DashboardScreen")
        yield person


def controls(person: Person) -> set[Widget | None]:
    """Return everything on the screen that a person may want to use."""
    return {
        widget
        for widget in person.app.screen.query("*")
        if widget.focusable
        and all(one.display for one in widget.ancestors_with_self if isinstance(one, Widget))
    }


@pytest.mark.parametrize("name", NAMES)
async def test_title_and_tab_walk(opened: Person, name: str) -> None:
    """The title says where one is, PRACTICE included, and Tab reaches every control."""
    await goto(opened, name)
    first_line = opened.screen_text().splitlines()[0]
    assert "z2jh wizard" in first_line
    if name != "welcome":
        assert "bio101 on practice" in first_line
        assert first_line.rstrip().endswith("PRACTICE")
    missing = controls(opened)
    assert missing
    for _ in range(2 * len(missing) + 4):
        missing.discard(opened.app.screen.focused)
        if not missing:
            return
        await opened.press("tab")
    raise AssertionError(f"Tab never reached {[widget.id for widget in missing if widget]}")


@pytest.mark.parametrize("name", NAMES)
async def test_too_small_says_so_and_comes_back(open_app: Open, project: Project, name: str) -> None:
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await goto(person, name)
        focused = person.focused
        for width, height in ((59, 24), (80, 17), (1, 1), (60, 18)):
            await person.pilot.resize_terminal(width, height)
            await person.pilot.pause()
            if (width, height) == (60, 18):
                await person.until(lambda: "Please enlarge" not in person.screen_text(), "the screen is back")
            elif width > 20:
                await person.sees("Please enlarge this window.")
        await person.pilot.resize_terminal(*SMALL)
        await person.until(lambda: "Please enlarge" not in person.screen_text(), "the screen is back")
        assert person.focused == focused


@pytest.mark.parametrize(
    "dialog",
    [
        lambda: Ask(PROBLEM.title, [PROBLEM.happened], yes="[red]Yes", no="[/foo]"),
        lambda: AskText(PROBLEM.title, [PROBLEM.happened[:200]], value="[red]"),
        lambda: AskChoice(
            PROBLEM.title, ["Which?"], [Offer("a", "[red]a", PROBLEM.happened), Offer("b", "[/b]")]
        ),
        lambda: ProblemDialog(PROBLEM),
        lambda: HelpScreen(PROBLEM.happened),
    ],
    ids=["ask", "text", "choice", "problem", "help"],
)
async def test_dialogs_show_hostile_text_and_too_small(open_app: Open, dialog, size: tuple[int, int]) -> None:
    async with open_app(size) as person:
        await person.at("WelcomeScreen")
        shown = dialog()
        person.app.push_screen(shown)
        await person.at(type(shown).__name__)
        text = person.screen_text()
        assert "[red]" in text
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
        await person.activate("do-apply")
        await person.at("ReviewScreen")
        await person.sees("steps to do")
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
        await person.sees("! Use lower-case letters")
        await person.until(lambda: person.focused == "problems", "focus on the problems")
        await person.press("down", "enter")
        await person.sees("Hub name")
        await person.until(lambda: person.focused == "control-release", "the link leads to the question")


async def test_commands_of_a_step_on_demand(open_app: Open, project: Project, size: tuple[int, int]) -> None:
    async with open_app(size, folder=project.folder) as person:
        await person.activate("do-apply")
        await person.at("ReviewScreen")
        await person.sees("steps to do")
        await person.press("down", "f2")
        await person.sees("kubectl get cluster")
        await person.press("f2", "f3", "f3")
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
