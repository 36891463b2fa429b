"""Signing in to a cloud, who pays, and the place: keyboard only, with an account in memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.conftest import Open, Person
from tests.tui.fake_cloud import DEVICE, KEY_FILE, PAGE, TOKEN, TOOL
from tests.tui.fakes import FakeBackend
from tests.tui.geometry import faults, hides_focus
from z2jh_wizard.cloud.explain import trouble
from z2jh_wizard.cloud.gke import sign_in
from z2jh_wizard.core.errors import NeedsYou, WizardError
from z2jh_wizard.project.folder import open_project
from z2jh_wizard.screens.cloud_account import AccountScreen
from z2jh_wizard.screens.journey import Journey
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.widgets.problem_panel import ProblemPanel

CANARY = "ya29.canary-that-nobody-may-see"


async def begin(person: Person, folder: Path, provider: str = "gke", **answers: str) -> Journey:
    """Go to the page about the account of a new hub."""
    await person.at("WelcomeScreen")
    journey = person.app.desk.journey = Journey.begin(str(folder), "practice")
    for name, text in {"provider": provider, "release": "bio101", **answers}.items():
        journey.answer(name, text)
    person.app.post_message(Go("account"))
    await person.at("AccountScreen")
    return journey


async def choose(person: Person, way: str) -> None:
    """Choose a way to sign in."""
    await person.until(lambda: person.focused == "ways", "the ways to sign in")
    screen = person.app.screen
    assert isinstance(screen, AccountScreen)
    await person.press("home")
    for _ in range(8):
        if screen._ways.chosen and screen._ways.chosen.id == way:
            return
        await person.press("down")
    raise AssertionError(f"no way {way}\n{person.screen_text()}")


def problem(person: Person) -> str:
    panel = person.app.screen.query_one(ProblemPanel)
    return panel.text() if panel.display else ""


async def test_what_is_found_is_used_and_who_pays_is_chosen(
    open_app: Open, backend: FakeBackend, tmp_path: Path
) -> None:
    async with open_app() as person:
        journey = await begin(person, tmp_path / "hub")
        await person.sees("+ Signed in: ada@example.edu")
        await person.sees("2 projects")
        await person.until(lambda: person.focused == "control-account", "focus on who pays")
        assert not faults(person.app.screen)
        await person.type("chem")
        await person.until(lambda: "Biology" not in person.screen_text(), "only what was typed is listed")
        await person.press("enter")
        await person.until(lambda: journey.answers["account"] == "chem-202", "the only one found is taken")
        await person.press("enter")
        await person.until(lambda: person.focused == "do-next", "Next comes next")
        await person.activate("do-other_way")
        await person.sees("found here")
        assert not faults(person.app.screen)
        await person.press("f7")
        assert person.app.clipboard == "gcloud auth login"
    assert (journey.answers["sign_in"], journey.answers["account"]) == ("", "chem-202")


async def test_a_pasted_token_is_nowhere_but_in_memory(
    open_app: Open, backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sign_in.TOKEN, "")
    backend.account.found = (KEY_FILE, TOKEN)
    async with open_app() as person:
        journey = await begin(person, tmp_path / "hub")
        await choose(person, "token")
        await person.press("enter")
        await person.until(lambda: person.focused == "secret", "the line for the token")
        await person.type(CANARY)
        assert CANARY not in person.screen_text()
        await person.press("f7")
        assert person.app.clipboard != CANARY
        await person.press("ctrl+n")
        await person.sees("Signed in:")
        assert os.environ[sign_in.TOKEN] == CANARY
        await person.press("escape")
        await person.sees("step 1 of")
        person.app.keep_answers()
    assert CANARY not in f"{journey.draft()}"
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert not any(CANARY in path.read_text(errors="replace") for path in kept)


async def test_the_path_of_a_key_file_is_checked_before_anybody_is_asked(
    open_app: Open, backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sign_in.TOKEN, "another's")
    backend.account.found = (KEY_FILE, TOKEN)
    key = tmp_path / "key.json"
    async with open_app() as person:
        journey = await begin(person, tmp_path / "hub")
        await choose(person, "key-file")
        await person.activate("do-sign_in")
        await person.sees("! Type this: Path of the key file")
        await person.type(f"{key}\n")
        await person.press("enter")
        await person.sees("! There is no file")
        assert not backend.account.asked
        key.write_text("{}")
        await person.press("enter")
        await person.sees("Signed in:")
    assert journey.answers["sign_in"] == f"file:{key}"
    assert sign_in.TOKEN not in os.environ, "what was chosen is used, and nothing else"


TROUBLES = {
    "nobody": NeedsYou("Nobody is signed in", "There are no credentials.", next_step="Sign in."),
    "expired": trouble("gke", "invalid_grant"),
}


@pytest.mark.parametrize("error", TROUBLES.values(), ids=TROUBLES)
async def test_a_sign_in_that_fails_leads_back_to_the_ways(
    open_app: Open, backend: FakeBackend, tmp_path: Path, error: WizardError
) -> None:
    backend.account.failing["identity"] = error
    async with open_app() as person:
        await begin(person, tmp_path / "hub")
        await person.sees(f"! {error.problem.title}")
        await person.sees("How to sign in")
        assert error.problem.next_step in " ".join(problem(person).split())
        assert not faults(person.app.screen)
        assert not hides_focus(person.app.screen)
        backend.account.failing.clear()
        await choose(person, TOOL.id)
        await person.press("enter")
        await person.sees("2 projects")
        assert not problem(person)


async def test_accounts_that_cannot_be_listed_are_typed(
    open_app: Open, backend: FakeBackend, tmp_path: Path
) -> None:
    backend.account.billed = ()
    async with open_app() as person:
        journey = await begin(person, tmp_path / "hub")
        await person.sees("- Google lists no projects for you: type the id above.")
        await person.press("ctrl+n")
        await person.sees("! Type the id of a Google project")
        await person.type("bio-303")
        await person.press("ctrl+n")
        await person.at("PlaceScreen")
        assert journey.answers["account"] == "bio-303"
        await person.press("escape")
        await person.at("AccountScreen")
        backend.account.failing["accounts"] = trouble("gke", "PERMISSION_DENIED")
        await person.sees("lists no projects")
        await person.press("f5")
        await person.sees("! Your projects are not known; type the id.")
        assert "may not do this" in problem(person)


async def test_a_code_can_be_copied_cancelled_and_typed(
    open_app: Open, backend: FakeBackend, tmp_path: Path
) -> None:
    backend.account.found = (DEVICE, KEY_FILE)
    async with open_app() as person:
        await begin(person, tmp_path / "hub", "aks")
        await choose(person, "device")
        await person.press("enter")
        await person.sees("ABCD-1234")
        await person.until(lambda: person.focused == "code-url", "focus on the address")
        assert not faults(person.app.screen)
        await person.press("f7")
        assert person.app.clipboard == "https://login.example.org/device"
        await person.press("tab", "f7")
        assert person.app.clipboard == "ABCD-1234"
        await person.press("escape")
        await person.sees("How to sign in")
        assert backend.account.was_cancelled
        assert not backend.account.asked
        await person.press("enter")
        await person.sees("ABCD-1234")
        backend.account.gate.set()
        await person.sees("Signed in: ada@example.edu")
        await person.sees("2 subscriptions")


async def test_leaving_ends_the_wait_for_a_code(open_app: Open, backend: FakeBackend, tmp_path: Path) -> None:
    backend.account.found = (DEVICE,)
    async with open_app() as person:
        await begin(person, tmp_path / "hub", "aks")
        await choose(person, "device")
        await person.press("enter")
        await person.sees("ABCD-1234")
        person.app.post_message(Go("welcome"))
        await person.at("WelcomeScreen")
        await person.until(lambda: backend.account.was_cancelled, "nobody waits")


async def test_a_role_of_a_start_page_is_chosen(open_app: Open, backend: FakeBackend, tmp_path: Path) -> None:
    backend.account.found = (PAGE,)
    backend.account.gate.set()
    async with open_app() as person:
        journey = await begin(person, tmp_path / "hub", "eks")
        await choose(person, "sso")
        await person.press("enter")
        await person.type("https://example.awsapps.com/start")
        await person.activate("do-sign_in")
        await person.sees("! Type the region of the start page, too.")
        await person.tab_to("page-region")
        await person.type("eu-south-1")
        await person.press("enter")
        await person.sees("The start page knows you")
        await person.sees("- Choose the account first.")
        await person.until(lambda: person.focused == "control-account", "focus on who pays")
        await person.type("teach")
        await person.press("enter", "enter")
        await person.until(lambda: person.focused == "roles", "focus on the roles")
        await person.sees("(*) Instructor")
        assert not faults(person.app.screen)
        await person.press("down", "enter")
        await person.sees("Signed in:")
    assert backend.page.taken == [("111122223333", "Reader")]
    assert journey.answers["account"] == "111122223333"


NO_SDK = """
import asyncio, pathlib, sys
from z2jh_wizard.app import Start, WizardApp
from z2jh_wizard.screens.journey import Journey
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.screens.recent import Memory

async def main(folder):
    app = WizardApp(Start(), memory=Memory(folder))
    async with app.run_test(size=(80, 24)) as pilot:
        for provider in ("gke", "aks", "eks"):
            app.desk.journey = Journey.begin(str(folder / "hub"), provider)
            app.post_message(Go("account"))
            while not (app.screen.query("#how") and app.screen._ways.chosen):
                await pilot.pause()
            app.post_message(Go("welcome"))
            await pilot.pause()
    loaded = {name.partition(".")[0] for name in sys.modules} & {"azure", "botocore", "google", "grpc"}
    sys.exit(f"loaded: {sorted(loaded)}" if loaded else 0)

asyncio.run(main(pathlib.Path(sys.argv[1])))
"""


def test_the_ways_to_sign_in_are_shown_before_a_cloud_s_package_is_loaded(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", NO_SDK, str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


# ---- the place ----


async def at_place(person: Person, folder: Path, **answers: str) -> Journey:
    journey = await begin(person, folder, account="bio-101", **answers)
    await person.sees("2 projects")
    await person.press("ctrl+n")
    await person.at("PlaceScreen")
    return journey


async def test_a_place_and_a_machine_are_chosen_from_lists(
    open_app: Open, backend: FakeBackend, tmp_path: Path
) -> None:
    async with open_app() as person:
        journey = await at_place(person, tmp_path / "hub")
        await person.sees("3 places")
        await person.sees("- Choose a place first")
        await person.type("us")
        await person.until(lambda: "europe-west1-b" not in person.screen_text(), "only the US is listed")
        await person.press("enter", "down")
        await person.sees("At us-central1-b")
        assert journey.answers["region"] == "us-central1-b"
        assert not faults(person.app.screen)
        await person.press("enter")
        await person.until(lambda: person.focused == "control-machine", "focus on the machine")
        await person.sees("the cheapest that fits")
        await person.press("tab", "end")
        await person.sees("none there")
        await person.sees("! Not n2d-standard-4: none there")
        await person.press("home", "down")
        await person.until(lambda: journey.answers["machine"] == "e2-standard-2", "a machine that is there")
        assert "! Not" not in person.screen_text()
        await person.press("ctrl+n")
        await person.at("ClassSizeScreen")
    spec = open_project(tmp_path / "hub").spec
    assert (spec.account, spec.region, spec.pools["user"].machine) == (
        "bio-101", "us-central1-b", "e2-standard-2",
    )  # fmt: skip


async def test_places_that_cannot_be_listed_are_typed_or_looked_for_again(
    open_app: Open, backend: FakeBackend, tmp_path: Path
) -> None:
    backend.account.failing["locations"] = trouble("gke", "SERVICE_DISABLED", details={"service": "compute"})
    async with open_app() as person:
        journey = await at_place(person, tmp_path / "hub")
        await person.sees("! They could not be listed; type the place.")
        assert "not switched on" in problem(person)
        assert not faults(person.app.screen)
        await person.tab_to("control-region")
        await person.type("us-central1-b")
        await person.until(lambda: journey.answers["region"] == "us-central1-b", "it is taken as it is")
        await person.activate("do-switch_on")
        await person.sees("3 places")
        assert not problem(person)
        await person.until(
            lambda: bool(person.app.focused and person.app.focused.id == "control-region"),
            "one types on where the places are asked for",
        )
        backend.account.failing["locations"] = trouble("gke", "invalid_grant")
        await person.press("f5")
        await person.sees("~ 3 places as they were; looking again failed.")
        await person.activate("do-other_way")
        await person.at("AccountScreen")


async def test_a_link_from_the_review_shows_what_is_wrong(open_app: Open, tmp_path: Path) -> None:
    async with open_app() as person:
        journey = await at_place(person, tmp_path / "hub", region="nowhere at all")
        await person.press("ctrl+n")
        await person.sees("! Type a zone, such as us-central1-b")
        journey.answer("sign_in", "file:/nowhere/key.json")
        person.app.post_message(Go("account"))
        await person.at("AccountScreen")
        await person.sees("2 projects")
        await person.press("ctrl+n")
        await person.sees("! There is no file /nowhere/key.json")
