"""The ways on screen: turning from one to another, going back, leaving and coming again lose nothing."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input

from tests.tui.conftest import LARGE, Open, Person
from tests.tui.fakes import FakeBackend
from tests.tui.test_journeys import answer_questions, say_where
from z2jh_wizard.project.folder import is_project, open_project
from z2jh_wizard.screens.desk import Desk
from z2jh_wizard.screens.journey import Journey


def journey_of(person: Person) -> Journey:
    journey = person.app.desk.journey
    assert journey
    return journey


async def retype(person: Person, name: str, text: str) -> None:
    await person.tab_to(f"control-{name}")
    await person.press("end", "ctrl+u")
    await person.type(text)


async def test_turning_from_way_to_way_keeps_everything(open_app: Open, tmp_path: Path) -> None:
    async with open_app(LARGE) as person:
        await say_where(person, tmp_path / "hub", "chem202")
        await retype(person, "students", "44")
        await person.press("ctrl+n")
        await person.sees("step 3 of 5 Sign-in")
        await person.tab_to("control-sign-in_admins")
        await person.type("ada")
        await person.activate("do-settings")
        await person.at("SettingsScreen")
        await person.sees("> this way")
        await person.until(lambda: person.focused == "ways", "focus on the ways")
        await person.press("home", "down", "enter")
        await person.sees("step 6 of 27 Sign-in")
        await person.sees("ada")
        await person.press("ctrl+n")
        await person.sees("step 7 of 27 Image")
        person.app.screen.action_quick()  # type: ignore[attr-defined]  # as the palette does
        await person.sees("step 4 of 5 Address")
        await person.press("escape")
        await person.sees("step 3 of 5 Sign-in")
        await person.sees("ada")
        await person.press("escape")
        await person.sees("step 2 of 5 Class size")
        await person.sees("44")
        await person.sees("+ Where       done")
    project = open_project(tmp_path / "hub")
    assert "ada" in project.config.read_text()
    assert project.spec.workshop.students == 44


async def test_all_settings_leads_back_to_the_page(open_app: Open, tmp_path: Path) -> None:
    async with open_app() as person:
        await say_where(person, tmp_path / "hub")
        await person.activate("do-settings")
        await person.at("SettingsScreen")
        await person.until(lambda: person.focused == "ways", "focus on the ways")
        await person.press("end", "up", "enter")
        await person.sees("settings General")
        await person.press("escape")
        await person.at("SettingsScreen")
        await person.press("ctrl+n")
        await person.sees("step 2 of 5 Class size")


async def test_escape_keeps_what_was_half_typed_on_every_page(open_app: Open, tmp_path: Path) -> None:
    async with open_app() as person:
        await answer_questions(person, tmp_path / "hub")
        await person.press("escape")
        await person.sees("step 4 of 5 Address")
        await person.until(lambda: person.focused == "control-https_enabled", "focus on the switch")
        await person.press("right")
        await person.tab_to("control-https_hosts")
        await person.type("not a")
        await person.press("escape")
        await person.sees("step 3 of 5 Sign-in")
        await person.tab_to("control-sign-in_admins")
        await person.type("ada,")
        await person.press("escape")
        await person.sees("step 2 of 5 Class size")
        await retype(person, "memory", "1")
        await person.press("escape")
        await person.sees("step 1 of 5 Where")
        await retype(person, "release", "Bio 1")
        await person.press("escape")
        await person.at("WelcomeScreen")
        await person.sees("Go on: Bio 1")
        await person.activate("do-go_on")
        await person.sees("step 1 of 5 Where")
        await retype(person, "release", "bio1")
        await person.press("ctrl+n")
        await person.sees("step 2 of 5 Class size")
        await person.sees("! Memory each")
        await retype(person, "memory", "1G")
        await person.press("ctrl+n")
        await person.sees("step 3 of 5 Sign-in")
        await person.sees("ada is an administrator")
        await person.press("ctrl+n")
        await person.sees("step 4 of 5 Address")
        await person.tab_to("control-https_hosts")
        await person.sees("not a")


async def test_what_was_begun_is_offered_again(open_app: Open, tmp_path: Path) -> None:
    async with open_app() as person:
        await say_where(person, tmp_path / "hub", "chem202")
        await person.press("ctrl+n")
        await person.sees("step 3 of 5 Sign-in")
        await person.tab_to("control-sign-in_admins")
        await person.type("ada")
        await person.press("ctrl+q")
        await person.until(lambda: person.app.return_value == 0, "the app ends")
    async with open_app() as person:
        await person.at("WelcomeScreen")
        await person.sees("Go on: chem202")
        await person.sees("At the page Sign-in")
        await person.activate("do-go_on")
        await person.sees("step 3 of 5 Sign-in")
        await person.sees("ada")
        await person.press("ctrl+n", "f12")
        await person.sees("step 5 of 5 Review")
        await person.sees("steps to do")
        await person.press("ctrl+n")
        await person.sees("Done.")
    async with open_app() as person:
        await person.at("WelcomeScreen")
        await person.sees(str(tmp_path / "hub")[:30])
        assert "Go on: " not in person.screen_text(), "the run is what goes on now"


async def test_answers_from_before_the_project_are_offered_again(open_app: Open, tmp_path: Path) -> None:
    async with open_app() as person:
        await person.at("WelcomeScreen")
        await person.activate("do-quick")
        await person.sees("step 1 of 5 Where")
        await retype(person, "release", "chem20")
        await person.press("2", "ctrl+q")
        await person.until(lambda: person.app.return_value == 0, "the app ends")
    async with open_app() as person:
        await person.at("WelcomeScreen")
        await person.sees("Go on: chem202")
        await person.sees("At the page Where, in ")
        await person.activate("do-go_on")
        await person.sees("step 1 of 5 Where")
        await person.tab_to("control-folder")
        await person.sees("chem202")
        assert journey_of(person).answers["provider"] == "existing"
        await person.press("escape")
        await person.at("WelcomeScreen")


async def test_a_new_hub_begins_at_its_first_question_and_proposes_a_folder(open_app: Open) -> None:
    async with open_app() as person:
        await person.at("WelcomeScreen")
        await person.activate("do-quick")
        await person.sees("step 1 of 5 Where")
        await person.until(lambda: person.focused == "control-provider", "focus on the first question")
        assert journey_of(person).answers["folder"] == "~/hubs/jhub"
        await person.tab_to("control-release")
        await person.type("chem202")
        await person.tab_to("control-folder")
        await person.until(lambda: journey_of(person).answers["release"] == "chem202", "the name is replaced")
        line = person.widget("#control-folder")
        assert isinstance(line, Input)
        assert line.value == "~/hubs/chem202"
        await person.press("end", "x")
        await person.tab_to("control-release")
        await person.press("end", "4")
        await person.until(lambda: journey_of(person).answers["release"] == "chem2024", "the name goes on")
        assert journey_of(person).answers["folder"] == "~/hubs/chem202x", "what was typed stays"


async def test_nothing_is_offered_where_nothing_was_answered(open_app: Open) -> None:
    async with open_app() as person:
        await person.at("WelcomeScreen")
        await person.activate("do-practice")
        await person.sees("step 1 of 5 Where")
        await person.press("escape")
        await person.at("WelcomeScreen")
        assert person.app.desk.memory.begun() is None


async def test_a_draft_of_a_project_that_is_gone_asks_again(
    backend: FakeBackend, memory: object, tmp_path: Path
) -> None:
    from z2jh_wizard.screens.keeping import resume
    from z2jh_wizard.screens.recent import Memory

    assert isinstance(memory, Memory)
    desk = Desk(backend, memory)
    assert await resume(desk) == ""
    journey = Journey.begin(str(tmp_path / "gone"), "practice")
    journey.made()
    memory.remember_begun({**journey.draft(), "page": "topic/sign-in", "title": "Sign-in"})
    assert await resume(desk) == "where"
    assert desk.project is None
    assert not is_project(tmp_path / "gone")


async def test_another_folder_takes_the_settings_along(open_app: Open, tmp_path: Path) -> None:
    async with open_app() as person:
        await say_where(person, tmp_path / "one")
        await retype(person, "students", "44")
        await person.press("ctrl+n")
        await person.sees("step 3 of 5 Sign-in")
        await person.press("escape")
        await person.sees("step 2 of 5")
        await person.press("escape")
        await person.sees("step 1 of 5 Where")
        await retype(person, "folder", str(tmp_path / "two"))
        await person.press("ctrl+n")
        await person.sees("step 2 of 5 Class size")
        await person.sees("44")
    assert open_project(tmp_path / "two").spec.workshop.students == 44
