"""Tools of the settings by keyboard: profiles for students, presets, course images and course files."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import yaml

from tests.tui.conftest import Open, Person
from tests.tui.fakes import HOSTILE
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens.messages import Go

HAND = """\
# my hub
singleuser:
  profileList:
    # for everybody
    - display_name: "[red]A[/red]"   # first
      default: "True"
      kubespawner_override: {odd: [1], image: "org/a:1"}
    - display_name: LONG
      description: LONG
    - a text
"""


async def go_to(person: Person, where: str, name: str) -> None:
    person.app.post_message(Go(where))
    await person.at(name)


async def save(person: Person) -> None:
    """Go on from the page of settings, which saves."""
    await person.at("TopicScreen")
    before = person.app.screen
    await person.press("ctrl+n")
    await person.until(lambda: person.app.screen is not before, "the page was left")


async def test_a_menu_from_the_page_to_the_file(
    open_app: Open, size: tuple[int, int], project: Project
) -> None:
    async with open_app(size, folder=project.folder) as person:
        await person.at("DashboardScreen")
        await go_to(person, "topic/environment", "TopicScreen")
        await person.activate("tool-profiles-environment")
        await person.at("ProfilesScreen")
        await person.sees("every student gets the same server")
        await person.activate("do-entry_add")
        await person.at("AskChoice")
        await person.press("down", "down", "down", "enter")
        await person.at("ProfileEntryScreen")
        await person.sees("(*) Large")
        await person.press("tab")
        await person.type("For maps [red]and[/red] models")
        await person.press("ctrl+n")
        await person.at("ProfilesScreen")
        await person.sees("(*) Large")
        await person.sees("    For maps [red]and[/red] models")
        await person.sees("4G to 8G memory, 0.5 to 4 cores")
        await person.activate("do-entry_add")
        await person.at("AskChoice")
        await person.sees("A list of sizes in Large")
        await person.press("enter")
        await person.at("ProfileEntryScreen")
        await person.press("ctrl+n")
        await person.at("ProfilesScreen")
        await person.sees("Size  [ Small v ]")
        await person.press("ctrl+n")
        await save(person)
    (profile,) = yaml.safe_load(project.config.read_text())["singleuser"]["profileList"]
    assert profile["description"] == "For maps [red]and[/red] models"
    assert profile["default"] is True
    assert profile["kubespawner_override"]["mem_limit"] == "8G"
    assert list(profile["profile_options"]["size"]["choices"]) == ["1-small", "2-medium", "3-large"]


async def test_a_menu_by_hand_is_edited_and_nothing_of_it_is_lost(open_app: Open, project: Project) -> None:
    hand = HAND.replace("LONG", yaml.safe_dump(HOSTILE, width=10**6).strip())
    project.config.write_text(hand)
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await go_to(person, "profiles/environment", "ProfilesScreen")
        await person.sees("(*) [red]A[/red]")
        await person.sees("Kept as it is in the file: kubespawner_override.odd.")
        assert "\x1b" not in person.screen_text()
        await person.press("enter")
        await person.at("ProfileEntryScreen")
        await person.tab_to("control-entry_memory-limit")
        await person.type("2Gi")
        await person.press("ctrl+n")
        await person.sees("! Write 2G:")
        await person.press("escape")
        await person.at("Ask")
        await person.press("escape")
        await person.at("ProfileEntryScreen")
        assert person.focused == "control-entry_memory-limit"
        await person.press("backspace", "f2")
        await person.sees("mem_limit: 2G")
        await person.press("escape")  # Back takes what can be used along
        await person.at("ProfilesScreen")
        await person.sees("a:1, up to 2G memory")
        await person.activate("do-entry_down")
        await person.until(lambda: "(*) [red]A" in person.screen_text().splitlines()[4], "A is the second")
        await person.activate("do-entry_remove")
        await person.at("Ask")
        await person.press("tab", "enter")
        await person.at("ProfilesScreen")
        await person.until(lambda: "[red]A" not in person.screen_text(), "A is removed")
        await person.activate("do-undo")
        await person.until(lambda: "(*) [red]A" in person.screen_text().splitlines()[4], "A is back")
        undo = person.widget("#do-undo")
        await person.until(lambda: not undo.has_class("-active"), "the button is ready again")
        await person.activate("do-undo")
        await person.until(lambda: "(*) [red]A" in person.screen_text().splitlines()[3], "A is the first")
        await person.press("escape")
        await save(person)
    assert project.config.read_text() == hand.replace('image: "org/a:1"}', 'image: "org/a:1", mem_limit: 2G}')


async def test_leaving_the_wizard_takes_the_answers_of_an_entry_along(
    open_app: Open, project: Project
) -> None:
    project.config.write_text(HAND)
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await go_to(person, "profiles/environment", "ProfilesScreen")
        await person.press("enter")
        await person.at("ProfileEntryScreen")
        await person.type("Z")
        await person.sees("[red]A[/red]Z")
        await person.press("ctrl+q")
        await person.until(lambda: person.app.return_value == 0, "the app ends")
    assert project.config.read_text() == HAND.replace('"[red]A[/red]"', '"[red]A[/red]Z"')


async def test_presets_show_their_lines_and_ask_before_they_replace(open_app: Open, project: Project) -> None:
    hand = "singleuser:\n  extraFiles:\n    jupyter_server_config.json: {mountPath: /x, data: {mine: 1}}\n"
    project.config.write_text(hand)
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await go_to(person, "presets/culling", "PresetsScreen")
        await person.sees("+     jupyter_server_config.json:")
        await person.press("enter")
        await person.at("Ask")
        await person.sees("jupyter_server_config")
        await person.press("escape")
        await person.at("PresetsScreen")
        await person.press("enter")
        await person.at("Ask")
        await person.press("tab", "enter")
        await person.at("TopicScreen")
        assert project.config.read_text() == hand
        await person.activate("tool-presets-culling")
        await person.sees("in force")
        await person.sees("Nothing changes")
        await go_to(person, "presets/network-policy", "PresetsScreen")
        await person.press("end", "enter")
        await person.at("AskText")
        await person.type("example.org")
        await person.press("enter")
        await person.sees("is no network")
        await person.press("ctrl+u")
        await person.type("192.0.2.0/24, 198.51.100.7")
        await person.press("enter")
        await save(person)
    found = yaml.safe_load(project.config.read_text())
    blocks = found["singleuser"]["networkPolicy"]["egress"][0]["to"]
    assert [one["ipBlock"]["cidr"] for one in blocks] == ["192.0.2.0/24", "198.51.100.7/32"]
    assert found["cull"]["timeout"] == 3600
    assert "MappingKernelManager" in found["singleuser"]["extraFiles"]["jupyter_server_config.json"]["data"]


async def test_course_image_and_course_files(open_app: Open, project: Project) -> None:
    project.config.write_text("proxy: {https: {enabled: true, hosts: [hub.example.org]}}\n")
    async with open_app(folder=project.folder) as person:
        await person.at("DashboardScreen")
        await go_to(person, "course-image/image", "CourseImageScreen")
        await person.sees("default")
        await person.press("home", "down")
        await person.sees("+   name: quay.io/jupyter/scipy-notebook".replace("+   ", "+     "))
        await person.press("ctrl+n")
        await person.at("TopicScreen")
        await go_to(person, "course-files/image", "CourseFilesScreen")
        await person.sees("nothing would be fetched")
        await person.press("ctrl+n")
        await person.sees("! Write the address of the repository")
        await person.type("https://github.com/org/course")
        await person.press("escape")
        await person.at("TopicScreen")
        await go_to(person, "course-files/image", "CourseFilesScreen")
        await person.sees("https://github.com/org/course")
        await person.press("f7")
        await person.until(lambda: person.app.clipboard, "the link")
        link = urlsplit(person.app.clipboard)
        assert (link.netloc, link.path) == ("hub.example.org", "/hub/user-redirect/git-pull")
        assert parse_qs(link.query)["repo"] == ["https://github.com/org/course"]
        await person.press("ctrl+n")
        await save(person)
    found = yaml.safe_load(project.config.read_text())["singleuser"]
    assert found["image"] == {"name": "quay.io/jupyter/scipy-notebook", "tag": "2026-07-28"}
    assert found["lifecycleHooks"]["postStart"]["exec"]["command"][3:] == [
        "https://github.com/org/course",
        "main",
        "course",
    ]
