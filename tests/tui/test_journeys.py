"""Whole journeys by keyboard alone, at both terminal sizes, on a world in memory."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from pathlib import Path

import pytest
from textual.screen import Screen

from tests.tui.conftest import Open, Person
from tests.tui.fakes import FakeBackend, FakeWorld
from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.project.folder import Project, create_project, open_project
from z2jh_wizard.screens.messages import Go, StartRun
from z2jh_wizard.screens.recent import Memory


def _is_another(person: Person, before: Screen[object]) -> bool:
    return person.app.screen is not before


async def say_where(person: Person, folder: Path, release: str = "bio101") -> None:
    """Answer the first page of the quick way, from the first screen on, with a practice project."""
    await person.at("WelcomeScreen")
    await person.activate("do-practice")
    await person.sees("step 1 of 5 Where")
    await person.until(lambda: person.focused == "control-provider", "focus on the provider")
    await person.press("enter")
    await person.until(lambda: person.focused == "control-release", "Enter goes to the next question")
    await person.press("ctrl+u")
    await person.type(release)
    await person.press("enter")
    await person.until(lambda: person.focused == "control-folder", "Enter goes to the next question")
    await person.press("ctrl+u")
    await person.type(str(folder))
    await person.press("enter")
    await person.until(lambda: person.focused == "do-next", "Enter goes on to Next")
    await person.press("enter")
    await person.at("ClassSizeScreen")


async def answer_questions(person: Person, folder: Path, release: str = "bio101") -> None:
    """Go the quick way from the first screen to the review with a practice project."""
    await say_where(person, folder, release)
    await person.sees("step 2 of 5 Class size")
    await person.press("ctrl+n")
    await person.at("TopicScreen")
    await person.sees("step 3 of 5 Sign-in")
    await person.press("ctrl+n")
    await person.sees("step 4 of 5 Address")
    await person.press("ctrl+n")
    await person.at("ReviewScreen")
    await person.sees("step 5 of 5 Review")
    await person.sees("steps to do")


async def go_guided(person: Person, folder: Path, release: str = "bio101") -> None:
    """Answer the questions that make a practice project, by the guided way."""
    await person.at("WelcomeScreen")
    await person.activate("do-practice")
    await person.sees("Where shall the hub run?")
    await person.activate("do-guided")
    await person.sees("step 1 of 27 Folder")
    await person.until(lambda: person.focused == "control-folder", "focus on the folder")
    await person.press("ctrl+u")
    await person.type(str(folder))
    await person.press("ctrl+n")
    await person.sees("step 2 of 27 Where")
    await person.press("ctrl+n")
    await person.sees("step 3 of 27 The hub")
    await person.until(lambda: person.focused == "control-release", "focus on the name")
    await person.press("ctrl+u")
    await person.type(release)
    await person.press("ctrl+n")
    await person.at("ClassSizeScreen")


async def test_from_nothing_to_a_hub_and_back(
    open_app: Open, size: tuple[int, int], tmp_path: Path, world: FakeWorld
) -> None:
    folder = tmp_path / "hub"
    async with open_app(size) as person:
        await answer_questions(person, folder)
        assert open_project(folder).spec.release == "bio101"
        assert not world.there, "nothing is made before Start"
        await person.press("ctrl+n")
        await person.at("RunScreen")
        await person.sees("Done. Next shows the hub.")
        assert world.there == {"helm", "cluster", "release", "address"}
        await person.until(lambda: person.focused == "do-next", "focus on Next")
        await person.press("enter")
        await person.at("DashboardScreen")
        await person.sees("revision 3")
        await person.activate("do-teardown")
        await person.at("TeardownScreen")
        await person.sees("2 to delete")
        await person.until(lambda: person.focused == "confirm", "focus where one types")
        await person.type("bio101")
        await person.press("enter")
        await person.until(lambda: person.focused == "do-teardown", "the name enables the button")
        await person.press("enter")
        await person.at("RunScreen")
        await person.sees("Done. Next shows the receipt.")
        assert world.there == {"helm", "address"}
        await person.press("ctrl+n")
        await person.at("ReceiptScreen")
        await person.sees("+ Nothing is left of bio101. Cost: none.")
        await person.sees("removed   thing bio101/release")
        await person.activate("do-home")
        await person.at("WelcomeScreen")
        await person.sees(str(folder)[:30])


async def test_escape_keeps_answers_and_focus(open_app: Open, size: tuple[int, int], tmp_path: Path) -> None:
    async with open_app(size) as person:
        await answer_questions(person, tmp_path / "hub", "chem202")
        for step, name in ((4, "TopicScreen"), (3, "TopicScreen"), (2, "ClassSizeScreen"), (1, "PageScreen")):
            await person.press("escape")
            await person.sees(f"step {step} of 5")
            await person.at(name)
        await person.tab_to("control-folder")
        await person.sees("chem202")
        await person.sees(str(tmp_path / "hub")[:30])
        await person.press("escape")
        await person.at("WelcomeScreen")
        await person.sees("Go on: chem202")


async def test_next_jumps_to_the_first_problem(open_app: Open, tmp_path: Path) -> None:
    async with open_app(folder=tmp_path / "hub", practice=True) as person:
        await person.sees("Where shall")
        await person.tab_to("control-release")
        await person.press("ctrl+u")
        await person.type("Not_Good")
        assert "! Use lower-case" not in person.screen_text(), "not on the first keystroke"
        await person.press("tab")
        await person.sees("! Use lower-case letters")
        await person.press("ctrl+n")
        await person.until(lambda: person.focused == "control-release", "focus on the first problem")
        assert not (tmp_path / "hub").exists()
        await person.press("ctrl+u")
        await person.type("fine")
        await person.until(lambda: "! Use" not in person.screen_text(), "the sentence goes when it is mended")
        await person.press("ctrl+n")
        await person.at("ClassSizeScreen")


async def go_back_to_where(person: Person) -> None:
    """Go back to the first page, page by page."""
    for name in ("TopicScreen", "TopicScreen", "ClassSizeScreen", "PageScreen"):
        before = person.app.screen
        await person.press("escape")
        await person.until(partial(_is_another, person, before), "another page")
        await person.at(name)


async def test_changed_answers_make_the_project_anew(open_app: Open, tmp_path: Path) -> None:
    async with open_app() as person:
        await answer_questions(person, tmp_path / "hub", "first")
        await go_back_to_where(person)
        await person.tab_to("control-release")
        await person.press("ctrl+u")
        await person.type("second")
        await person.press("ctrl+n")
        await person.at("ClassSizeScreen")
        await person.sees("second on practice")
        spec = open_project(tmp_path / "hub").spec
        assert (spec.release, spec.workshop.students) == ("second", 30)


async def test_another_folder_says_once_that_the_first_project_stays(open_app: Open, tmp_path: Path) -> None:
    async with open_app() as person:
        await answer_questions(person, tmp_path / "hub", "first")
        await go_back_to_where(person)
        await person.tab_to("control-folder")
        await person.press("ctrl+u")
        await person.type(str(tmp_path / "other"))
        await person.press("ctrl+n")
        await person.at("ClassSizeScreen")
        said = [one.message for one in person.app._notifications if "stays" in one.message]
        assert len(said) == 1
        assert str(tmp_path / "hub") in said[0]
    assert (tmp_path / "hub" / "z2jh.yaml").exists()


async def test_existing_cluster_asks_for_its_context(open_app: Open, tmp_path: Path) -> None:
    async with open_app(folder=tmp_path / "hub", practice=True) as person:
        await person.sees("Where shall")
        assert "kubeconfig context?" not in person.screen_text()
        await person.press("down")
        await person.sees("Which kubeconfig context?")
        assert "PRACTICE" not in person.screen_text()
        await person.press("enter")
        await person.until(lambda: person.focused == "control-context", "Enter goes to the next question")
        await person.press("enter", *"/no/such/file", "ctrl+n")
        await person.sees("! There is no file /no/such/file")


async def test_what_costs_money_is_asked_first(open_app: Open, tmp_path: Path, world: FakeWorld) -> None:
    world.costly = True
    async with open_app() as person:
        await answer_questions(person, tmp_path / "hub")
        await person.sees("$ costs money")
        await person.press("ctrl+n")
        await person.at("Ask")
        await person.sees("$ Make the cluster")
        await person.sees("context: practice")
        assert person.focused == "no"
        await person.press("enter")
        await person.at("ReviewScreen")
        assert not world.there
        await person.press("ctrl+n")
        await person.at("Ask")
        await person.activate("yes")
        await person.at("RunScreen")
        await person.sees("Done.")


async def test_a_person_s_step_can_be_checked_again_or_skipped(
    open_app: Open, project: Project, world: FakeWorld
) -> None:
    world.your_step = True
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await person.plan()
        await person.press("ctrl+n")
        await person.at("RunScreen")
        await person.sees("? needs you")
        await person.sees("add an A record for")
        await person.until(lambda: person.focused == "do-retry", "focus on Check again")
        await person.sees("Check again")
        await person.press("enter")
        await person.sees("? needs you")
        assert "release" not in world.there
        await person.until(lambda: person.focused == "do-retry", "focus on Check again")
        await person.activate("do-skip")
        await person.at("Ask")
        await person.sees("No HTTPS until it is there.")
        assert person.focused == "no"
        await person.activate("yes")
        await person.sees("Done.")
        await person.sees("x stopped")


async def test_failure_says_what_next_and_retry_carries_on(
    open_app: Open, size: tuple[int, int], project: Project, world: FakeWorld
) -> None:
    world.failing = "Helm [red]gave up[/foo]"
    async with open_app(size, folder=project.folder) as person:
        await person.plan()
        await person.press("ctrl+n")
        await person.sees("! failed")
        await person.sees("! Helm [red]gave up[/foo]")
        await person.until(lambda: person.focused == "do-retry", "focus on Retry")
        world.mended.add("release")
        await person.press("f9")
        await person.sees("Done.")
        await person.sees("= already done")


async def test_stop_asks_and_keeps_what_exists(open_app: Open, project: Project, world: FakeWorld) -> None:
    world.gate = asyncio.Event()
    async with open_app(folder=project.folder) as person:
        await person.plan()
        await person.press("ctrl+n")
        await person.sees("> running")
        await person.press("f8")
        await person.at("Ask")
        assert person.focused == "no"
        await person.press("escape")
        await person.at("RunScreen")
        assert person.app.desk.is_running
        await person.press("f8")
        await person.at("Ask")
        await person.activate("yes")
        await person.sees("Stopped. What was made is kept")
        await person.sees("x stopped")
        assert world.there == {"helm", "cluster"}


async def test_leaving_the_screen_does_not_stop_the_run(
    open_app: Open, project: Project, world: FakeWorld
) -> None:
    world.gate = asyncio.Event()
    async with open_app(folder=project.folder) as person:
        await person.plan()
        await person.press("ctrl+n")
        await person.sees("> running")
        await person.press("escape")
        await person.at("DashboardScreen")
        assert person.app.desk.is_running
        await person.press("escape")
        await person.at("RunScreen")
        await person.sees("> running")
        await person.sees("Find Helm says hello")
        world.gate.set()
        await person.sees("Done.")


async def test_quit_in_a_run_asks(open_app: Open, project: Project, world: FakeWorld) -> None:
    world.gate = asyncio.Event()
    async with open_app(folder=project.folder) as person:
        await person.plan()
        await person.press("ctrl+n")
        await person.sees("> running")
        await person.press("ctrl+q")
        await person.at("Ask")
        await person.sees("Leave the wizard?")
        assert person.focused == "no"
        await person.press("enter")
        await person.at("RunScreen")
        await person.press("ctrl+q")
        await person.at("Ask")
        await person.activate("yes")
        await person.until(lambda: person.app.return_value == 130, "the app ends")
    assert world.there == {"helm", "cluster"}


async def test_interrupted_run_is_offered_and_resumed(
    open_app: Open, project: Project, world: FakeWorld, memory: Memory
) -> None:
    project.journal.parent.mkdir(parents=True, exist_ok=True)
    project.journal.write_text(
        '{"time":"2026-11-20T08:00:00Z","run":"r1","what":"run-start","flow":"setup"}\n'
        '{"time":"2026-11-20T08:01:00Z","run":"r1","what":"intent","step":"release"}\n'
    )
    memory.remember_project(project.folder)
    async with open_app() as person:
        await person.at("WelcomeScreen")
        await person.sees("! setup from 2026-11-20 08:00:00 UTC was interrupted")
        await person.activate("recent")
        await person.at("DashboardScreen")
        await person.sees("from 2026-11-20 08:00:00 UTC was interrupted")
        await person.sees('"Install')
        await person.until(lambda: person.focused == "do-resume", "focus on Resume")
        await person.press("enter")
        await person.at("RunScreen")
        await person.sees("Done.")


async def test_stale_and_failed_status_say_so(
    open_app: Open, project: Project, world: FakeWorld, backend: FakeBackend
) -> None:
    world.there |= {"release"}
    async with open_app(folder=project.folder) as person:
        await person.sees("revision 3")
        backend.status_error = CouldNotLook("The cluster [red]does not answer", "No route [/foo].")
        await person.press("f5")
        await person.sees("STALE: this is how it was")
        await person.sees("! The cluster [red]does not answer")
        backend.status_error = None
        await person.press("f5")
        await person.until(lambda: "STALE" not in person.screen_text(), "fresh again")


async def test_practice_students_faults_and_resize(
    open_app: Open, project: Project, world: FakeWorld, backend: FakeBackend
) -> None:
    world.there |= {"release"}
    async with open_app(folder=project.folder) as person:
        await person.sees("revision 3")
        await person.activate("do-students")
        await person.at("AskText")
        await person.type("many")
        await person.press("enter")
        await person.sees("! Type a whole number of students")
        await person.press("ctrl+u", "2", "5", "enter")
        await person.at("DashboardScreen")
        await person.until(lambda: ("students", {"count": 25}) in backend.controls, "students asked for")
        await person.sees("25 students are wanted; 3 are here")
        toast, buttons = person.app.screen.query_one("Toast"), person.widget(".button-row")
        assert toast.region.bottom <= buttons.region.y, "the buttons stay in sight"
        await person.activate("do-fault")
        await person.at("AskChoice")
        await person.press("enter")
        await person.until(lambda: ("fault", {"name": "crash-loop"}) in backend.controls, "fault asked for")
        await person.at("DashboardScreen")
        await person.sees("crash-loop: it says [red]x[/red]")
        await person.activate("do-resize")
        await person.at("AskText")
        await person.press("ctrl+u", "4", "enter")
        await person.at("RunScreen")
        await person.sees("Resize the pool user to 4 n")
        await person.sees("Done.")


async def test_without_a_cluster_only_what_makes_sense_can_be_pressed(
    open_app: Open, project: Project, size: tuple[int, int]
) -> None:
    async with open_app(size, folder=project.folder) as person:
        await person.sees("not installed yet")
        await person.until(lambda: person.widget("#do-upgrade").disabled, "upgrading is greyed out")
        named = ("apply", "upgrade", "resize", "students", "fault", "runbook", "teardown")
        disabled = [name for name in named if person.widget(f"#do-{name}").disabled]
        assert disabled == ["upgrade", "resize", "students", "fault"]
        await person.tab_to("do-teardown")


async def test_runbook_is_written(open_app: Open, project: Project) -> None:
    async with open_app((140, 40), folder=project.folder) as person:
        await person.at("DashboardScreen")
        await person.activate("do-runbook")
        await person.sees("runbook.md")
        assert (project.folder / "runbook.md").exists()


async def test_helm_missing_can_be_checked_again(
    open_app: Open, tmp_path: Path, backend: FakeBackend
) -> None:
    backend.helm_missing = True
    async with open_app(folder=tmp_path / "hub", practice=True) as person:
        for number, name in ((1, "Where"), (2, "Class size"), (3, "Sign-in"), (4, "Address")):
            await person.sees(f"step {number} of {'5' if number == 1 else '6'} {name}")
            await person.press("ctrl+n")
        await person.at("HelmScreen")
        await person.sees("step 5 of 6 Helm")
        await person.sees("? No Helm was found")
        await person.sees("What to do next: Get Helm [/foo].")
        backend.helm_missing = False
        await person.press("f5")
        await person.sees("+ Helm 4.3.1")
        assert "What to do next" not in person.screen_text()


async def test_secrets_are_hidden_until_revealed(open_app: Open, tmp_path: Path) -> None:
    from z2jh_wizard.flows.hub_secrets import find_secret, make_missing
    from z2jh_wizard.flows.values_files import files_of
    from z2jh_wizard.project.folder import open_project

    async with open_app() as person:
        await go_guided(person, tmp_path / "hub")
        files, _ = make_missing(files_of(open_project(tmp_path / "hub")))
        password = find_secret(files, "class-password").value
        person.app.post_message(Go("review"))
        await person.at("ReviewScreen")
        await person.press("escape")
        await person.at("SecretsScreen")
        await person.sees("********")
        assert password not in person.screen_text()
        await person.press("end", "f6")
        await person.sees(password)
        await person.press("f6")
        await person.until(lambda: password not in person.screen_text(), "hidden again")
        await person.press("f6")
        await person.sees(password)
        await person.press("ctrl+n")
        await person.at("ReviewScreen")
        await person.press("escape")
        await person.at("SecretsScreen")
        await person.sees("********")
        assert password not in person.screen_text()
        assert password not in person.app.export_screenshot()


async def test_teardown_takes_nothing_unseen_for_somebody_elses(
    open_app: Open, project: Project, world: FakeWorld
) -> None:
    world.there |= {"release", "cluster"}
    world.unknown.add("remove.cluster")
    async with open_app(folder=project.folder) as person:
        await person.activate("do-teardown")
        await person.sees("! 1 could not be looked at; the tear-down stops there. 1 to delete.")
        assert "left alone" not in person.screen_text()


async def test_teardown_lists_what_is_refused(open_app: Open, project: Project, world: FakeWorld) -> None:
    world.there |= {"release", "cluster"}
    world.not_ours |= {"cluster"}
    async with open_app(folder=project.folder) as person:
        await person.activate("do-teardown")
        await person.at("TeardownScreen")
        await person.sees("- left alone")
        await person.sees("1 to delete, 1 left alone")
        await person.sees("context: practice")
        await person.type("bio10")
        await person.press("enter")
        assert person.focused == "confirm"
        await person.press("escape")
        await person.at("DashboardScreen")
        assert world.there == {"release", "cluster"}


async def test_another_project_waits_for_the_run(
    open_app: Open, project: Project, world: FakeWorld, tmp_path: Path
) -> None:
    world.gate = asyncio.Event()
    async with open_app(folder=project.folder) as person:
        await person.plan()
        await person.press("ctrl+n")
        await person.sees("> running")
        await person.press("escape")
        await person.at("DashboardScreen")
        await person.app.run_action("screen.back")
        await person.at("RunScreen")
        world.gate.set()
        await person.sees("Done.")


async def test_opening_a_folder_that_is_no_project(open_app: Open, tmp_path: Path) -> None:
    async with open_app() as person:
        await person.at("WelcomeScreen")
        await person.tab_to("folder")
        await person.type(str(tmp_path / "[red]"))
        await person.press("enter")
        await person.at("ProblemDialog")
        await person.sees("! This folder is not a project")
        await person.press("escape")
        await person.at("WelcomeScreen")
        assert person.focused == "folder"


async def test_a_folder_with_another_project_is_not_touched(open_app: Open, project: Project) -> None:
    before = (project.folder / "z2jh.yaml").read_bytes()
    async with open_app() as person:
        await person.at("WelcomeScreen")
        await person.activate("do-practice")
        await person.sees("Where shall")
        await person.tab_to("control-folder")
        await person.press("ctrl+u")
        await person.type(str(project.folder))
        await person.press("ctrl+n")
        await person.at("ProblemDialog")
        await person.sees("! There is a project already")
    assert (project.folder / "z2jh.yaml").read_bytes() == before


async def test_a_broken_project_file_is_a_sentence(open_app: Open, project: Project) -> None:
    (project.folder / "z2jh.yaml").write_text("[red]: : broken")
    async with open_app(folder=project.folder) as person:
        await person.at("ProblemDialog")
        await person.sees("z2jh.yaml")
        await person.press("escape")
        await person.at("WelcomeScreen")


async def test_upgrade_asks_for_a_version(open_app: Open, tmp_path: Path, world: FakeWorld) -> None:
    world.there.add("release")
    made = create_project(tmp_path / "real", "existing", chart=Chart(version="4.3.0"), release="bio101")
    async with open_app(folder=made.folder) as person:
        await person.sees("revision 3")
        assert "PRACTICE" not in person.screen_text()
        assert not person.app.screen.query("#do-students")
        await person.activate("do-upgrade")
        await person.at("AskText")
        await person.sees("Now: jupyterhub 4.3.0.")
        await person.press("ctrl+u")
        await person.type("4.x")
        await person.press("enter")
        await person.sees("! Type a version such as 4.4.0.")
        await person.press("ctrl+u")
        await person.type("4.4.0")
        await person.activate("yes")
        await person.at("ReviewScreen")
        assert open_project(made.folder).spec.chart.version == "4.4.0"


@pytest.mark.parametrize(("flow", "screen"), [("teardown", "TeardownScreen"), ("resize", "AskText")])
async def test_other_interrupted_runs_ask_again_what_they_need(
    open_app: Open, project: Project, flow: str, screen: str
) -> None:
    project.journal.parent.mkdir(parents=True, exist_ok=True)
    line = {"time": "2026-11-20T08:00:00Z", "run": "r1", "what": "run-start", "flow": flow}
    project.journal.write_text(json.dumps(line) + "\n")
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await person.activate("do-resume")
        await person.at(screen)


@pytest.mark.parametrize(
    ("flow", "options"), [("rollback", {"revision": 2}), ("resize", {"pool": "user", "nodes": 7})]
)
async def test_an_interrupted_run_is_carried_on_with_what_it_was_begun_with(
    open_app: Open, project: Project, backend: FakeBackend, flow: str, options: dict[str, object]
) -> None:
    project.journal.parent.mkdir(parents=True, exist_ok=True)
    line = {"time": "2026-11-20T08:00:00Z", "run": "r1", "what": "run-start", "flow": flow}
    project.journal.write_text(json.dumps({**line, "options": options}) + "\n")
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await person.activate("do-resume")
        await person.at("RunScreen")
        await person.sees("Done.")
        (session,) = backend.sessions
        assert (session.name, session.options) == (flow, options)


async def test_a_rollback_whose_revision_is_not_known_says_the_command(
    open_app: Open, project: Project, backend: FakeBackend
) -> None:
    project.journal.parent.mkdir(parents=True, exist_ok=True)
    line = {"time": "2026-11-20T08:00:00Z", "run": "r1", "what": "run-start", "flow": "rollback"}
    project.journal.write_text(json.dumps(line) + "\n")
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await person.activate("do-resume")
        await person.at("ProblemDialog")
        await person.sees("z2jh-wizard rollback")
        assert not backend.sessions


async def test_copy_the_address_and_go_back_to_the_projects(
    open_app: Open, project: Project, world: FakeWorld
) -> None:
    async with open_app(folder=project.folder) as person:
        await person.sees("not installed yet")
        await person.press("f7")
        await person.sees("Nothing was copied")
        world.there.add("release")
        await person.press("f5")
        await person.sees("revision 3")
        await person.press("f7")
        await person.until(lambda: person.app.clipboard == "http://127.0.0.1:30080/", "the address is copied")
        await person.press("escape")
        await person.at("WelcomeScreen")
        await person.activate("do-guided")
        await person.sees("Folder of the project")
        assert "PRACTICE" not in person.screen_text()
        await person.press("escape")
        await person.at("WelcomeScreen")
        await person.activate("do-quit")
        await person.until(lambda: person.app.return_value == 0, "the app ends")


async def test_start_is_pressed_twice_and_runs_once(
    open_app: Open, project: Project, world: FakeWorld, backend: FakeBackend
) -> None:
    world.gate = asyncio.Event()
    async with open_app(folder=project.folder) as person:
        await person.plan()
        for _ in range(3):
            person.app.post_message(StartRun("setup"))
        await person.at("RunScreen")
        await person.sees("> running")
        assert len(backend.sessions) == 1
        world.gate.set()
        await person.sees("Done.")
