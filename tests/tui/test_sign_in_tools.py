"""The tools of the sign-in page by keyboard: steps to copy, who may come in, a provider, a class list."""

from __future__ import annotations

import pytest
from textual import events

from tests.tui.conftest import Open, Person
from z2jh_wizard.cloud import lookups
from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.screens.settings_tour import tour_of
from z2jh_wizard.values.oidc import Endpoints

HOST = "proxy:\n  https:\n    enabled: true\n    hosts: [hub.example.org]\n"
CALLBACK = "https://hub.example.org/hub/oauth_callback"
ISSUER = "https://login.example.edu"
FOUND = Endpoints(
    ISSUER,
    f"{ISSUER}/auth[red]",
    f"{ISSUER}/token",
    f"{ISSUER}/userinfo",
    ("openid", "email"),
    "preferred_username",
    claims=("sub", "email", "preferred_username", "[/foo]"),
)
LIST = "Name;Login;E-Mail\nAda L;ada;ada@b.org\nBob;;bob@b.org\n[red]X;[red]x[/foo];\n"


def write(project: Project, method: str, more: str = HOST) -> None:
    project.config.write_text(
        f"hub:\n  config:\n    JupyterHub:\n      authenticator_class: {method}\n{more}"
    )


async def open_tool(person: Person, name: str, screen: str) -> None:
    """Go to the sign-in page, and from there to a tool by its button."""
    await person.at("DashboardScreen")
    person.app.post_message(Go("topic/sign-in"))
    await person.at("TopicScreen")
    await person.until(lambda: person.widget(f"#tool-{name}"), "the tools of the page")
    person.widget(f"#tool-{name}").focus()
    await person.press("enter")
    await person.at(screen)


def in_draft(person: Person, *path: str) -> object:
    return tour_of(person.app.desk).form.now.main.document.get(path)


async def test_steps_are_copied_and_lead_to_the_questions(
    open_app: Open, size: tuple[int, int], project: Project
) -> None:
    write(project, "google")
    async with open_app(size, folder=project.folder) as person:
        await open_tool(person, "sign-in-steps", "SignInStepsScreen")
        await person.sees("1. Open https://console.cloud.google.com/apis/credentials")
        await person.press("f7")
        assert person.app.clipboard == CALLBACK
        await person.activate("copy-1")
        assert person.app.clipboard == "https://hub.example.org"
        await person.tab_to("copy-0")
        await person.press("f7")
        assert person.app.clipboard.startswith("https://console.cloud.google.com")
        await person.activate("fill")
        await person.until(lambda: not person.app.screen.query("#fill"), "nothing to fill in any more")
        path = ("hub", "config", "GoogleOAuthenticator", "oauth_callback_url")
        assert in_draft(person, *path) == CALLBACK
        assert person.app.keep_answers() == []
        assert CALLBACK in project.config.read_text(), "leaving the wizard from here saves it"
        await person.activate("to-sign-in_google_client-id")
        await person.at("TopicScreen")
        await person.until(lambda: person.focused == "control-sign-in_google_client-id", "the question")


async def test_without_a_name_the_steps_lead_to_it_and_the_callback_follows(
    open_app: Open, project: Project
) -> None:
    write(project, "github", "proxy: {https: {enabled: true}}\n")
    async with open_app(folder=project.folder) as person:
        await open_tool(person, "sign-in-steps", "SignInStepsScreen")
        await person.sees("The hub's name is not known yet")
        await person.press("f7")
        assert person.app.clipboard == "https://github.com/settings/applications/new"
        await person.activate("to-host")
        await person.at("TopicScreen")
        await person.tab_to("control-https_hosts")
        await person.type("hub.example.org")
        await person.until(lambda: tour_of(person.app.desk).form.changes, "the answer in the draft")
        person.app.post_message(Go("topic/sign-in", field="sign-in.github.callback"))
        await person.until(lambda: person.focused == "control-sign-in_github_callback", "the callback")
        await person.sees(CALLBACK)
        await person.sees("It follows from the hub's name")


async def test_who_may_sign_in_is_answered_while_typing(
    open_app: Open, size: tuple[int, int], project: Project
) -> None:
    write(project, "github", f"    GitHubOAuthenticator:\n      allowed_organizations: [uni]\n{HOST}")
    async with open_app(size, folder=project.folder) as person:
        await open_tool(person, "who-may", "SignInWhoScreen")
        await person.sees("Type somebody above")
        await person.type("[red]Ada")
        await person.sees("It depends whether [red]Ada may sign in.")
        await person.press("tab")
        await person.type("uni")
        await person.sees("Yes: [red]Ada may sign in.")
        await person.sees("The name in the hub is [red]ada.")
        await person.press("ctrl+u")
        await person.type("none")
        await person.sees("No: [red]Ada may not sign in.")
        await person.activate("do-decides")
        await person.at("TopicScreen")
        await person.until(lambda: person.focused == "control-sign-in_github_organizations", "the setting")


async def test_a_provider_is_looked_up_and_taken_over(
    open_app: Open, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def endpoints(issuer: str) -> Endpoints:
        asked.append(issuer)
        if len(asked) == 1:
            raise CouldNotLook("It failed [red]here", "Nothing answers [/foo].")
        return FOUND

    monkeypatch.setattr(lookups, "openid_endpoints", endpoints)
    write(project, "generic-oauth")
    async with open_app(folder=project.folder) as person:
        await open_tool(person, "discover", "SignInDiscoverScreen")
        assert person.widget("#do-next").disabled
        await person.type(ISSUER)
        await person.press("enter")
        await person.sees("! It failed [red]here")
        assert person.widget("#do-next").disabled
        await person.activate("do-look_up")
        await person.sees("Authorize URL: https://login.example.edu/auth[red]")
        await person.until(lambda: person.focused == "claim", "the claims to choose from")
        await person.press("down", "enter")
        await person.press("ctrl+n")
        await person.at("TopicScreen")
        section = in_draft(person, "hub", "config", "GenericOAuthenticator")
        assert section == {**FOUND.settings(), "username_claim": "email"}
        assert asked == [ISSUER, ISSUER]


async def test_a_class_list_is_looked_at_and_let_in(
    open_app: Open, size: tuple[int, int], project: Project
) -> None:
    write(project, "github")
    file = project.folder / "class.csv"
    file.write_text("Login\nada\n")
    async with open_app(size, folder=project.folder) as person:
        await open_tool(person, "class-list", "ClassListScreen")
        await person.type(str(project.folder / "missing.csv"))
        await person.press("enter")
        await person.sees("! There is no missing.csv")
        await person.press("ctrl+u")
        await person.type(str(file))
        await person.press("tab")
        await person.sees('Column "Login": 1 name, 1 new.')
        person.app.post_message(events.Paste(LIST))
        await person.sees("line 4: a user name has no slash")
        await person.sees("[red]x[/foo]")
        await person.activate("do-column")
        await person.at("AskChoice")
        await person.press("end", "enter")
        await person.at("ClassListScreen")
        await person.sees('Column "E-Mail": 2 names, 2 new')
        await person.sees("2 people more may sign in.")
        await person.press("ctrl+n")
        await person.at("TopicScreen")
        await person.until(lambda: person.focused == "control-sign-in_allowed", "the list of users")
        await person.press("ctrl+n")
        await person.until(lambda: "bob@b.org" in project.config.read_text(), "the file saved")
