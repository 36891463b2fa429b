"""The screen of the secrets: hidden until asked, copied unseen, made anew and given on purpose."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import yaml

from tests.tui.conftest import Open, Person
from z2jh_wizard.flows.hub_secrets import make_missing
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.project import config_file
from z2jh_wizard.project.folder import Project

CANARY = "canary-0123456789abcdef"
KEY = f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----"


def token(project: Project) -> str:
    return str(yaml.safe_load(project.secrets.read_text())["proxy"]["secretToken"])


@pytest.fixture
async def secrets(open_app: Open, project: Project) -> AsyncIterator[Person]:
    project.config.write_text(
        config_file.first(project)
        + "proxy: {https: {enabled: true, type: manual, hosts: [h.example.org], manual: {cert: x}}}\n"
    )
    make_missing(files_of(project))
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await person.app.run_action("screen.secrets")
        await person.at("SecretsScreen")
        await person.sees("Proxy token")
        yield person


async def test_one_is_shown_on_purpose_and_hidden_after_leaving(secrets: Person, project: Project) -> None:
    shown = token(project)
    assert shown not in secrets.screen_text()
    assert shown not in secrets.app.export_screenshot()
    await secrets.press("down", "f6")
    await secrets.sees(shown)
    await secrets.press("escape")
    await secrets.at("DashboardScreen")
    await secrets.app.run_action("screen.secrets")
    await secrets.at("SecretsScreen")
    await secrets.sees("Proxy token")
    assert shown not in secrets.screen_text()
    await secrets.activate("do-reveal_all")
    await secrets.sees(shown[:20])
    button = secrets.widget("#do-reveal_all")
    await secrets.until(lambda: not button.has_class("-active"), "the button can be pressed again")
    await secrets.activate("do-reveal_all")
    await secrets.until(lambda: shown[:20] not in secrets.screen_text(), "all are hidden again")


async def test_it_is_copied_unseen(secrets: Person, project: Project) -> None:
    await secrets.press("down", "f7")
    await secrets.until(lambda: secrets.app.clipboard == token(project), "the value is copied")
    await secrets.sees("Copied: Proxy token")
    assert token(project) not in secrets.screen_text()


async def test_a_new_one_says_first_what_breaks(secrets: Person, project: Project) -> None:
    before = token(project)
    await secrets.press("down")
    await secrets.activate("do-rotate")
    await secrets.at("Ask")
    assert secrets.focused == "no"
    await secrets.sees("Hub and proxy restart")
    await secrets.sees("cluster: practice")
    await secrets.press("escape")
    await secrets.at("SecretsScreen")
    assert token(project) == before
    await secrets.activate("do-rotate")
    await secrets.at("Ask")
    await secrets.press("tab", "enter")
    await secrets.sees("The hub has it after Apply.")
    assert token(project) != before
    assert token(project) not in secrets.screen_text()


async def test_a_missing_one_is_pasted_with_its_lines(secrets: Person, project: Project) -> None:
    await secrets.sees("? to be given")
    await secrets.press("enter")
    await secrets.at("AskSecret")
    await secrets.press("enter")
    await secrets.sees("! Type or paste it")
    await secrets.type(KEY)
    await secrets.sees("in 3 lines")
    assert CANARY not in secrets.screen_text()
    await secrets.press("enter")
    await secrets.at("SecretsScreen")
    await secrets.sees("The hub has it after Apply.")
    assert CANARY not in secrets.screen_text()
    assert CANARY in project.secrets.read_text()
    assert CANARY not in project.config.read_text()


async def test_they_are_in_the_list_of_settings_which_they_lead_back_to(secrets: Person) -> None:
    await secrets.press("escape")
    await secrets.at("DashboardScreen")
    await secrets.activate("do-settings")
    await secrets.at("SettingsScreen")
    await secrets.press("end", "enter")
    await secrets.at("SecretsScreen")
    await secrets.press("escape")
    await secrets.at("SettingsScreen")


async def test_a_broken_file_says_what_to_do(open_app: Open, project: Project) -> None:
    project.config.write_text("a: [\n")
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await person.app.run_action("screen.secrets")
        await person.at("SecretsScreen")
        await person.sees("! config.yaml cannot be read")
        await person.sees("What to do next")
