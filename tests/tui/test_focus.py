"""Where the focus is: never nowhere while something can have it, and nowhere for a screen that was left."""

from __future__ import annotations

from tests.tui.conftest import Open, Person
from z2jh_wizard.app import WizardApp
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens.dialogs import Notice
from z2jh_wizard.screens.here import is_here
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.widgets.title_bar import TitleBar


async def a_frame(person: Person) -> None:
    """Wait until the present screen was drawn and did what waited for that."""
    done = list[str]()
    person.app.screen.call_after_refresh(done.append, "drawn")
    await person.until(lambda: done, "a frame")


async def leave_for_settings(app: WizardApp) -> None:
    """Show another screen at once, while what the present one put off is still on its way."""
    await app.on_go(Go("settings"))


async def test_what_a_screen_put_off_is_dropped_when_it_is_left(open_app: Open, project: Project) -> None:
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        left, done = person.app.screen, list[str]()
        left.call_after_refresh(done.append, "here")
        await person.until(lambda: done, "what was put off")
        left.call_after_refresh(done.append, "left")
        await leave_for_settings(person.app)
        assert not is_here(left)
        await person.at("SettingsScreen")
        await person.until(lambda: not left.children, "the first screen is empty")
        await a_frame(person)
        assert done == ["here"]


async def test_the_title_bar_of_a_screen_that_was_left_is_not_looked_into(
    open_app: Open, project: Project
) -> None:
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        left = person.app.screen
        left.query_one(TitleBar).show("bio101", practice=True)
        await leave_for_settings(person.app)
        await person.at("SettingsScreen")
        await person.until(lambda: not left.children, "the first screen is empty")
        await a_frame(person)
        await person.sees("PRACTICE")


async def test_the_focus_of_a_screen_that_is_left_is_remembered_and_not_restored_there(
    open_app: Open, project: Project
) -> None:
    async with open_app(folder=project.folder) as person:
        await person.tab_to("do-runbook")
        left = person.app.screen
        await leave_for_settings(person.app)
        await person.at("SettingsScreen")
        await person.until(lambda: not left.children, "the first screen is empty")
        assert left.focused is None
        person.app.post_message(Go("dashboard"))
        await person.at("DashboardScreen")
        assert person.focused == "do-runbook"


async def test_the_focus_goes_on_when_what_had_it_is_hidden_with_all_around_it(
    open_app: Open, project: Project
) -> None:
    async with open_app(folder=project.folder) as person:
        await person.tab_to("do-apply")
        person.widget(".button-row").display = False
        await person.until(lambda: person.focused == "show-pods", "focus on what can be seen")


async def test_the_focus_that_was_taken_away_on_purpose_stays_away_until_the_screen_is_shown_again(
    open_app: Open, project: Project
) -> None:
    async with open_app(folder=project.folder) as person:
        await person.tab_to("do-apply")
        person.app.screen.set_focus(None)
        await a_frame(person)
        assert person.focused == ""
        await person.app.push_screen(Notice("Title", ["Text"]))
        await person.press("escape")
        await person.at("DashboardScreen")
        assert person.focused == "do-apply"


async def test_what_is_hidden_now_does_not_get_the_focus_back(open_app: Open, project: Project) -> None:
    async with open_app(folder=project.folder) as person:
        person.app.desk.focus["dashboard"] = "do-resume"
        await person.at("DashboardScreen")
        assert not person.widget("#do-resume").display
        assert person.focused == "do-apply"
