"""Settings on screen, by keyboard alone: pages, ways, the lines they write, and what is never lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widget import Widget

from tests.tui.conftest import Open, Person
from tests.tui.fakes import HOSTILE, FakeWorld
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.project.folder import Project, create_project
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing
from z2jh_wizard.widgets.form_field import FormField

HAND = """\
# my hub [red]by hand[/red]
hub:
  config:
    JupyterHub:
      authenticator_class: shared-password
singleuser:
  extraEnv: {A: 1, B: "[red]x[/foo]"}
  memory:
    limit: 2Gi   # too much?
"""


async def open_settings(person: Person) -> None:
    await person.at("DashboardScreen")
    await person.activate("do-settings")
    await person.at("SettingsScreen")


async def choose(person: Person, *keys: str, name: str = "TopicScreen") -> None:
    """Choose from the list of ways and pages."""
    await person.until(lambda: person.focused == "ways", "focus on the ways")
    await person.press("home", *keys, "enter")
    await person.at(name)


async def go_to(person: Person, topic: str, text: str) -> None:
    person.app.post_message(Go(f"topic/{topic}"))
    await person.at("TopicScreen")
    await person.sees(text)


async def idle(person: Person) -> None:
    """Wait until all questions are drawn and what was typed is in the draft."""
    screen = person.app.screen
    await person.until(
        lambda: (
            not screen._typed  # type: ignore[attr-defined]
            and screen._has_begun  # type: ignore[attr-defined]
            and not screen._is_drawing  # type: ignore[attr-defined]
            and [one.field for one in screen.query(FormField)] == [one.field.id for one in screen._asked]  # type: ignore[attr-defined]
        ),
        "an idle page",
    )


async def test_the_quick_way_writes_config_yaml(
    open_app: Open, size: tuple[int, int], project: Project
) -> None:
    async with open_app(size, folder=project.folder) as person:
        await open_settings(person)
        await choose(person, name="ClassSizeScreen")
        await person.sees("page 1 of 3 Class size")
        await person.press("ctrl+n")
        await person.sees("page 2 of 3 Sign-in")
        await person.until(lambda: person.focused == "control-sign-in_method", "focus on the method")
        await person.press(*["down"] * 6)
        await person.sees("https://github.com/settings/applications/new")
        await person.tab_to("control-sign-in_github_client-id")
        await person.type("abc123")
        await person.press("tab")
        assert person.focused == "control-sign-in_github_client-secret"
        await person.type("canary-client-secret")
        await idle(person)
        assert "canary" not in person.app.export_screenshot()
        await person.press("ctrl+n")
        await person.sees("page 3 of 3 Address")
        assert "abc123" in project.config.read_text()
        await person.until(lambda: person.focused == "control-https_enabled", "focus on the switch")
        await person.press("right")
        await person.sees("Name of the hub")
        await idle(person)
        await person.tab_to("control-https_hosts")
        await person.type("hub.example.org")
        await person.press("ctrl+n")
        await person.at("SettingsScreen")
        await go_to(person, "sign-in", "https://hub.example.org/hub/oauth_callback")
        await idle(person)
        await person.press("f7")
        await person.until(
            lambda: person.app.clipboard == "https://hub.example.org/hub/oauth_callback",
            "the callback copied",
        )
    text = project.config.read_text()
    assert "authenticator_class: github" in text
    assert "client_id: abc123" in text
    assert "enabled: true\n    hosts:\n      - hub.example.org" in text
    assert "# What each student is promised" in text, "the first text is the base"
    assert "canary-client-secret" in project.secrets.read_text()
    assert "canary" not in text


async def test_f2_shows_the_lines_live(open_app: Open, size: tuple[int, int], project: Project) -> None:
    project.config.write_text(HAND)
    async with open_app(size, folder=project.folder) as person:
        await person.at("DashboardScreen")
        await go_to(person, "resources", "Memory limit")
        await person.sees("! Write 2G: memory is written with K")
        await person.press("f2")
        await person.sees("config.yaml, the lines of this setting")
        await person.sees("      limit: 2Gi   # too much?")
        await person.press("ctrl+u", "4", "G")
        await person.sees("-     limit: 2Gi   # too much?")
        await person.sees("+     limit: 4G   # too much?")
        assert project.config.read_text() == HAND, "nothing is written while typing"
        if size[0] >= 140:
            assert "# my hub [red]by hand[/red]" in person.screen_text()
        await person.press("f2")
        await person.until(lambda: "lines of this setting" not in person.screen_text(), "F2 hides them")
        await person.press("ctrl+n")
        await person.at("SettingsScreen")
    assert project.config.read_text() == HAND.replace("2Gi", "4G")


async def test_what_was_written_by_hand_is_shown_and_kept(open_app: Open, project: Project) -> None:
    project.config.write_text(HAND)
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await go_to(person, "environment", "Start page")
        await idle(person)
        await person.tab_to("control-environment_variables")
        await person.sees('B: "[red]x[/foo]"')
        await person.sees("Edit it in the file")
        await person.press("x", "backspace")
        await person.press("shift+tab")
        await person.tab_to("control-environment_start-page")
        await person.type("/lab")
        await person.press("ctrl+n")
        await person.at("SettingsScreen")
    text = project.config.read_text()
    assert '  extraEnv: {A: 1, B: "[red]x[/foo]"}\n' in text
    assert "defaultUrl: /lab" in text


async def test_back_keeps_every_answer_wrong_ones_too(
    open_app: Open, size: tuple[int, int], project: Project
) -> None:
    async with open_app(size, folder=project.folder) as person:
        await open_settings(person)
        await choose(person, *["down"] * 8)
        await person.until(lambda: person.focused == "control-resources_memory-limit", "focus on memory")
        await person.press("ctrl+u")
        await person.type("4Gi")
        await person.press("escape")
        await person.at("SettingsScreen")
        await person.sees("! 1 answer cannot be used yet")
        await person.sees("! problem")
        await person.until(lambda: person.focused == "ways", "focus on the ways")
        await person.press("enter")
        await person.sees("4Gi")
        await person.sees("! Write 4G:")
        await person.press("ctrl+n")
        await person.until(
            lambda: person.focused == "control-resources_memory-limit", "Next jumps to the problem"
        )
        await person.press("escape")
        await person.at("SettingsScreen")
        await person.press("ctrl+n")
        await person.at("ReviewScreen")
        await person.sees("Memory limit: Write 4G:")
        await person.until(lambda: person.focused == "points", "focus on the problems")
        await person.press("enter")
        await person.at("TopicScreen")
        await person.until(lambda: person.focused == "control-resources_memory-limit", "the link leads there")
        await person.press("backspace")
        await person.until(lambda: "! Write" not in person.screen_text(), "mended")
        await person.press("ctrl+n")
        await person.at("ReviewScreen")
    assert "limit: 4G" in project.config.read_text()


async def test_leaving_the_wizard_saves_what_was_answered(open_app: Open, project: Project) -> None:
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await go_to(person, "resources", "Memory limit")
        await person.press("ctrl+u", "4", "G", "ctrl+q")
        await person.until(lambda: person.app.return_value == 0, "the app ends")
    assert "limit: 4G" in project.config.read_text()


async def test_leaving_asks_when_it_cannot_be_saved(open_app: Open, project: Project) -> None:
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await go_to(person, "resources", "Memory limit")
        await person.press("ctrl+u", "4", "G")
        with writing(project.state, "an upgrade", SystemClock()):
            await person.press("ctrl+n")
            await person.at("ProblemDialog")
            await person.press("escape")
            await person.at("TopicScreen")
            await person.press("ctrl+q")
            await person.at("Ask")
            await person.sees("What you answered waits as a draft")
            await person.press("enter")
            await person.at("TopicScreen")
        await person.press("ctrl+n")
        await person.at("SettingsScreen")
    assert "limit: 4G" in project.config.read_text()


async def test_more_settings_on_demand_and_undo(open_app: Open, project: Project) -> None:
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await go_to(person, "culling", "Stop idle servers")
        await idle(person)
        assert not person.app.screen.query("#field-culling_concurrency")
        await person.activate("do-more")
        await person.until(lambda: person.widget("#field-culling_concurrency"), "all settings")
        await idle(person)
        await person.tab_to("control-culling_concurrency")
        await person.type("20")
        await person.activate("do-undo")
        await person.sees("Taken back: Concurrency")
        await idle(person)
        control = person.widget("#control-culling_concurrency")
        assert getattr(control, "value", None) == ""
        await person.press("ctrl+n")
        await person.at("SettingsScreen")
        assert not project.config.exists()


async def test_guided_goes_through_every_page(open_app: Open, project: Project) -> None:
    async with open_app(folder=project.folder) as person:
        await open_settings(person)
        await choose(person, "down", name="ClassSizeScreen")
        await person.sees("page 1 of 21 Class size")
        person.app.post_message(Go("topic/secrets"))
        titles = []
        for number in range(2, 40):
            await person.sees(f"page {number} of")
            title = person.screen_text().splitlines()[0].partition(" of ")[2]
            titles.append(title)
            await person.press("ctrl+n")
            if number == int(title.split()[0]):
                break
        await person.at("SettingsScreen")
    assert len(titles) == 20
    assert "Sign-in" in titles[1]
    assert not project.config.exists(), "pages that were left alone write nothing"


async def test_expert_finds_and_edits_any_setting(
    open_app: Open, size: tuple[int, int], project: Project
) -> None:
    async with open_app(size, folder=project.folder) as person:
        await open_settings(person)
        await choose(person, "down", "down", name="SearchScreen")
        await person.type("http_timeout")
        await person.sees("hub.config.KubeSpawner.http_timeout")
        await person.press("enter")
        await person.until(lambda: person.focused == "hits", "Enter goes to the list")
        await person.press("enter")
        await person.at("TopicScreen")
        await person.type("90")
        await person.press("ctrl+n")
        await person.at("SearchScreen")
        await person.sees("+ set")
        await person.sees("http_timeout")
        await person.press("escape")
        await person.at("SettingsScreen")
    assert "http_timeout: 90" in project.config.read_text()


async def test_what_this_chart_does_not_take_is_said(open_app: Open, tmp_path: Path) -> None:
    made = create_project(tmp_path / "hub", "existing", chart=Chart(version="0.9.0"), release="bio101")
    async with open_app(folder=made.folder) as person:
        await person.at("DashboardScreen")
        person.app.post_message(Go("search"))
        await person.at("SearchScreen")
        await person.type("httproute")
        await person.sees("- other")
        await person.press("enter")
        await person.until(lambda: person.focused == "hits", "focus on the list")
        await person.press("enter")
        await person.sees("cannot be")


async def test_broken_files_are_said_and_can_be_mended(
    open_app: Open, project: Project, world: FakeWorld
) -> None:
    project.config.write_text("hub: [red]: {")
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await person.activate("do-settings")
        await person.at("ProblemDialog")
        await person.sees("config.yaml")
        await person.press("escape")
        await person.at("SettingsScreen")
        await person.sees("! config.yaml cannot be read")
        await person.press("escape")
        await person.at("DashboardScreen")
        project.config.write_text(HAND)
        await open_settings(person)
        await person.sees("Sign-in")


async def test_a_change_by_hand_meanwhile_is_taken_up(open_app: Open, project: Project) -> None:
    project.config.write_text(HAND)
    async with open_app(folder=project.folder) as person:
        await open_settings(person)
        project.config.write_text(HAND + "cull:\n  timeout: 1234\n")
        await go_to(person, "culling", "Stop idle servers")
        await person.sees("1234")


async def test_hostile_text_is_plain_text(open_app: Open, size: tuple[int, int], project: Project) -> None:
    project.config.write_text(HAND)
    async with open_app(size, folder=project.folder) as person:
        await person.at("DashboardScreen")
        await go_to(person, "image", "Image")
        await person.until(lambda: person.focused == "control-image_name", "focus on the image")
        await person.press("ctrl+u")
        await person.type(HOSTILE.replace("\n", " "))
        await person.press("tab")
        await person.sees("! ")
        await person.press("f2", "tab", "shift+tab")
        assert "\x1b" not in person.screen_text()
        await person.press("escape")
        await person.at("SettingsScreen")
        await person.sees("! 1 answer cannot be used yet")


async def test_keys_with_several_lines_can_be_pasted(open_app: Open, project: Project) -> None:
    project.config.write_text("proxy:\n  https:\n    enabled: true\n    type: manual\n")
    lines = "-----BEGIN {0}-----\ncanary-{1}\n-----END {0}-----\n"
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await go_to(person, "https", "Use HTTPS")
        await idle(person)
        await person.tab_to("control-https_manual-cert")
        await person.type(lines.format("CERTIFICATE", "cert"))
        await person.press("tab")
        assert person.focused == "control-https_manual-key"
        await person.type(lines.format("PRIVATE KEY", "key"))
        await idle(person)
        assert "canary-key" not in person.app.export_screenshot()
        await person.press("ctrl+n")
        await person.at("SettingsScreen")
    assert "        canary-cert\n" in project.config.read_text()
    assert "        canary-key\n" in project.secrets.read_text()


@pytest.mark.parametrize("topic", ["sign-in", "https", "hub", "resources", "storage"])
async def test_what_has_the_focus_is_in_sight(
    open_app: Open, size: tuple[int, int], project: Project, topic: str
) -> None:
    async with open_app(size, folder=project.folder) as person:
        await person.at("DashboardScreen")
        await go_to(person, topic, "")
        await idle(person)
        seen: list[Widget] = []
        while True:
            await person.pilot.pause()
            focused = person.app.screen.focused
            assert focused is not None
            if focused in seen:
                break
            seen.append(focused)
            body = person.widget("#body").region
            region = focused.region
            if focused.parent is not None and body.contains_region(body.intersection(region)):
                inside = region.intersection(person.app.screen.region)
                assert inside.height == region.height, focused
                if person.app.screen.query_one("#body") in focused.ancestors:
                    assert body.contains_region(region), (focused, region, body)
            await person.press("tab")
        assert len(seen) >= 4


async def test_at_most_five_questions_at_a_time(
    open_app: Open, size: tuple[int, int], project: Project
) -> None:
    async with open_app(size, folder=project.folder) as person:
        await person.at("DashboardScreen")
        for topic in ("sign-in", "network-policy", "culling"):
            await go_to(person, topic, "")
            await idle(person)
            body = person.widget("#body").region
            whole = [one for one in person.app.screen.query(FormField) if body.contains_region(one.region)]
            assert 1 <= len(whole) <= 5


async def test_a_page_opens_its_tools(open_app: Open, project: Project) -> None:
    """What was typed goes into the draft first."""
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await go_to(person, "resources", "Memory limit")
        await idle(person)
        await person.press("ctrl+u", "4", "G")
        await person.activate("tool-class-size-resources")
        await person.at("ClassSizeScreen")
        tour = person.app.desk.tour
        assert tour
        assert [one.title for one in tour.form.changes] == ["Memory limit"]
        await person.press("escape")
        await person.sees("Memory limit")


async def test_the_palette_of_the_settings_finds_pages_and_tools_by_name(
    open_app: Open, project: Project
) -> None:
    async with open_app(folder=project.folder) as person:
        await open_settings(person)
        keys = [one.binding.id for one in person.app.screen.active_bindings.values()]
        assert keys[:3] == ["help", "back", "next"], "the footer's order, whichever class named them first"
        found = {one.title: one for one in person.app.get_system_commands(person.app.screen)}
        assert {"HTTPS", "Sign-in", "Sign-in: Class list", "Image: Build an image"} < set(found)
        await person.press("ctrl+p")
        await person.at("CommandPalette")
        await person.type("prof")
        await person.sees("Sizes, images or a GPU")
        await person.press("enter")
        await person.at("ProfilesScreen")
        await person.press("escape")
        await person.at("TopicScreen")
        await person.press("escape")
        await person.at("SettingsScreen")
