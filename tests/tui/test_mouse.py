"""Whatever has a key can be clicked too, and a whole hub can be set up without a keyboard."""

from __future__ import annotations

from functools import partial

import pytest
from textual.app import App
from textual.binding import ActiveBinding
from textual.command import CommandPalette
from textual.events import MouseScrollDown
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button
from textual.widgets._footer import FooterKey

from tests.tui.conftest import Open, Person
from tests.tui.fakes import FakeWorld
from tests.tui.geometry import is_shown
from tests.tui.places import PARTS, dialogs, settle, walk
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens import topic
from z2jh_wizard.widgets.actions import BY_ID
from z2jh_wizard.widgets.choice_list import ChoiceList
from z2jh_wizard.widgets.controls import SwitchLine
from z2jh_wizard.widgets.virtual_table import VirtualTable


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic, "QUIET", 0.001)


def out_of_reach(app: App[int], screen: Screen[object]) -> list[str]:
    """Return the keys of a screen that do what nothing on it can be clicked for."""
    on_screen = [one for one in screen.query(FooterKey) if screen.region.contains_region(one.region)]
    clicked = {one.action for one in on_screen} | {
        str(one.action).removeprefix("screen.") for one in screen.query(Button) if one.display
    }
    offered = set()
    if app.COMMAND_PALETTE_BINDING in screen.active_bindings:  # dialogs have none
        if not any(one.has_class("-command-palette") for one in on_screen):
            return ["the palette is not in the footer"]
        offered = {command.title.partition(" (")[0] for command in app.get_system_commands(screen)}
    return [
        f"{bound.binding.key} ({bound.binding.action})"
        for bound in screen.active_bindings.values()
        if _is_for_all(bound, app, screen)
        and bound.binding.action not in clicked
        and BY_ID[str(bound.binding.id)].label not in offered
    ]


def _is_for_all(bound: ActiveBinding, app: App[int], screen: Screen[object]) -> bool:
    """Tell whether a key is the wizard's own, for the whole screen and not for a list that has the focus."""
    return bound.enabled and bound.node in (app, screen) and bound.binding.id in BY_ID


async def covered(person: Person) -> list[str]:
    """Return the buttons that a click in their middle does not reach, where they can be scrolled to."""
    found = []
    screen = person.app.screen
    for button in screen.query(Button):
        if not is_shown(button):
            continue
        button.scroll_visible(animate=False)
        await person.pilot.pause()
        middle = button.region.center
        hit, _ = screen.get_widget_at(int(middle[0]), int(middle[1]))
        if hit is not button:
            found.append(f"a click on {button.id} meets {hit}")
    return found


@pytest.mark.parametrize("part", PARTS)
async def test_every_key_has_something_to_click(
    open_app: Open, project: Project, world: FakeWorld, part: str
) -> None:
    world.there.add("release")
    found: list[str] = []
    async with open_app(folder=project.folder) as person:
        await person.sees("revision 3")
        async for name in walk(person, PARTS[part]):
            found += [f"{name}: {one}" for one in out_of_reach(person.app, person.app.screen)]
            found += [f"{name}: {one}" for one in await covered(person)]
    assert not found, "\n".join(found)


async def test_every_dialog_can_be_closed_with_the_mouse(open_app: Open) -> None:
    async with open_app() as person:
        await person.at("WelcomeScreen")
        for make in dialogs().values():
            for target in ("#no", "FooterKey"):
                person.app.push_screen(make())
                await person.until(
                    lambda: any(one.region.area for one in person.app.screen.query(FooterKey)), "the footer"
                )
                assert not out_of_reach(person.app, person.app.screen)
                if target == "#no":
                    assert await person.pilot.click("#no")
                else:
                    (back,) = [one for one in person.app.screen.query(FooterKey) if one.key == "escape"]
                    assert await person.pilot.click(back)
                await person.at("WelcomeScreen")


async def click(person: Person, target: str | Widget, line: int = 0, column: int = 2, times: int = 1) -> None:
    """Click into a widget; it must be in sight."""
    widget = person.widget(target) if isinstance(target, str) else target
    assert await person.pilot.click(widget, offset=(column, line), times=times), target


def _is_left(person: Person, screen: Screen[object]) -> bool:
    return person.app.screen is not screen


async def test_a_hub_by_mouse_alone(open_app: Open) -> None:
    """From the first screen to a run that is done."""
    async with open_app() as person:
        await person.at("WelcomeScreen")
        await click(person, "#do-practice")
        seen = []
        for _ in range(40):
            await settle(person)
            seen.append(type(person.app.screen).__name__)
            if seen[-1] == "RunScreen":
                break
            before = person.app.screen
            if seen[-1] == "ReviewScreen":
                await person.sees("steps to do")
            await click(person, "#do-next")
            await person.until(partial(_is_left, person, before), "the page after")
        await person.sees("Done.")
        await click(person, "#do-next")
        await person.at("DashboardScreen")


async def test_lists_choices_and_the_palette_take_clicks(open_app: Open, project: Project) -> None:
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await click(person, "#do-settings")
        await person.at("SettingsScreen")
        ways = person.app.screen.query_one(VirtualTable)
        await person.until(lambda: ways.row_count > 8, "the pages")
        row = next(at for at, key in enumerate(ways._keys) if "sign-in" in key)
        await click(person, ways, line=row + 1)
        await click(person, ways, line=row + 1)
        await person.at("TopicScreen")
        await settle(person)
        choices = person.app.screen.query(ChoiceList).first()
        await click(person, choices, line=2)
        assert choices.value == choices._offers[2].value
        last = len(choices._window()) - 1
        await click(person, choices, line=last)
        await click(person, choices, line=last)
        assert (
            choices._offers.index(next(one for one in choices._offers if one.value == choices.value)) > last
        )
        body = person.widget("#body")
        for _ in range(20):
            await person.pilot._post_mouse_events([MouseScrollDown], widget=body, offset=(1, 1))
        assert body.scroll_y > 0, "the wheel moves the page"
        switch = next(iter(person.app.screen.query(SwitchLine)), None)
        if switch:
            switch.scroll_visible(animate=False)
            await person.pilot.pause()
            await click(person, switch, column=len(switch._drawn(switch._offers[0])) + 4)
            assert switch.value == switch._offers[1].value
        (palette,) = person.app.screen.query("FooterKey.-command-palette")
        await click(person, palette)
        await person.until(lambda: isinstance(person.app.screen, CommandPalette), "the palette")
