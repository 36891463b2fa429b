"""What can be done on every screen: words, help, reading, copying, the editor, earlier texts, leaving."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual import events
from textual.drivers.headless_driver import HeadlessDriver

from tests.tui.conftest import SMALL, Open, Person
from tests.tui.test_settings import go_to, idle
from z2jh_wizard.flows.pages import default_answers, new_project
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens.base import WizardScreen
from z2jh_wizard.screens.messages import Go
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.system.lock import writing
from z2jh_wizard.widgets.explained import Explained

KEY = "-----BEGIN PRIVATE KEY-----\ncanary+Key/1\ncanary+Key/2\n-----END PRIVATE KEY-----\n"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\nAAAA\n-----END CERTIFICATE-----\n"
OURS = "singleuser:\n  # mine\n  memory: {limit: 1G, more: [a]}\n  cpu:\n    limit: 1\n"


@contextlib.asynccontextmanager
async def topic(
    open_app: Open, project: Project, name: str, text: str, size: tuple[int, int] = SMALL
) -> AsyncIterator[Person]:
    """Open a page of settings."""
    async with open_app(size, folder=project.folder) as person:
        await person.at("DashboardScreen")
        await go_to(person, name, text)
        await idle(person)
        yield person


async def told(person: Person, text: str) -> None:
    """Wait for a notification."""
    await person.until(lambda: any(text in one.message for one in person.app._notifications), text)


def marked(person: Person) -> list[str]:
    return [place.term.term for text in person.app.screen.query(Explained) for place in text.places]


async def test_words_are_marked_once_and_explained(
    open_app: Open, project: Project, size: tuple[int, int]
) -> None:
    async with topic(open_app, project, "storage", "Storage", size) as person:
        await person.until(lambda: marked(person), "marked words")
        words = marked(person)
        assert len(words) == len(set(words))
        first = next(text for text in person.app.screen.query(Explained) if text.places)
        line, place = 0, first.places[0]
        before = first.text[: place.start]
        if "\n" not in before and place.end < first.size.width:
            await person.pilot.click(first, offset=(place.start + first.content_offset.x, line))
            await person.at("TermDialog")
            await person.sees(place.term.meaning[:20])
            await person.press("f7")
            await person.until(lambda: person.app.clipboard == place.term.link, "its link copied")
            await person.press("escape")
            await person.at("TopicScreen")
        await person.press("ctrl+g")
        await person.at("WordsDialog")
        await person.sees("Words on this page")
        await person.sees("https://")
        await person.press("escape")
        await person.at("TopicScreen")


async def test_the_glossary_is_searched(open_app: Open) -> None:
    async with open_app() as person:
        await person.at("WelcomeScreen")
        await person.app.run_action("screen.glossary")
        await person.at("GlossaryDialog")
        await person.type("nodes")
        await person.sees("One computer of a cluster.")
        await person.type(" qqq")
        await person.sees("Nothing was found.")
        await person.press("ctrl+u")
        await person.type("helm")
        await person.press("enter", "f7")
        await person.until(lambda: "helm.sh" in person.app.clipboard, "the address of Helm copied")


async def test_help_begins_with_what_has_the_focus(open_app: Open, project: Project) -> None:
    async with topic(open_app, project, "resources", "Memory limit") as person:
        await person.press("f1")
        await person.at("HelpScreen")
        for text in ("Memory limit", "The most memory a student may use", "When it is not set",
                     "singleuser.memory.limit in config.yaml", "reference.html#singl"):  # fmt: skip
            await person.sees(text)
        await person.press("pagedown")
        await person.sees("On this screen")
        await person.press("escape")
        await person.at("TopicScreen")
        await person.tab_to("do-next")
        await person.press("f1")
        await person.sees("Button: Next")


async def test_reading_is_listed_and_copied_and_opened_only_when_asked(
    open_app: Open, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from z2jh_wizard.screens import reading

    opened: list[str] = []
    monkeypatch.setattr(reading, "opener", lambda: "browser")
    monkeypatch.setattr(reading, "open_page", lambda _program, address: opened.append(address))
    async with topic(open_app, project, "resources", "Memory limit") as person:
        await person.press("ctrl+r")
        await person.at("ReadingDialog")
        await person.sees("reference.html#singl")
        await person.press("enter")
        await told(person, "Copied the address of the page Memory limit")
        assert person.app.clipboard.endswith("reference.html#singleuser-memory-limit")
        assert opened == []
        await person.activate("yes")
        await person.until(lambda: opened == [person.app.clipboard], "the page is opened")


@pytest.mark.parametrize("over", ["web", "ssh"])
async def test_far_away_pages_are_copied_only(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, over: str
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("shutil.which", lambda name, **_more: f"/usr/bin/{name}")
    if over == "ssh":
        monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 22")
    else:
        monkeypatch.setattr(HeadlessDriver, "is_web", True)
    async with open_app() as person:
        await person.at("WelcomeScreen")
        await person.press("ctrl+r")
        await person.at("ReadingDialog")
        await person.sees("https://z2jh.jupyter.org/en/stable/")
        assert not person.app.screen.query("#yes")


async def test_copy_says_what_and_never_copies_a_secret(open_app: Open, project: Project) -> None:
    project.config.write_text(
        "hub:\n  config:\n    JupyterHub:\n      authenticator_class: github\n"
        "    GitHubOAuthenticator:\n      client_secret: canary-secret\n"
    )
    async with topic(open_app, project, "resources", "Memory limit") as person:
        await person.press("ctrl+u", "2", "G")
        await person.press("f7")
        await told(person, "Copied the answer to Memory limit")
        assert person.app.clipboard == "2G"
        await person.tab_to("do-next")
        await person.press("f7")
        await told(person, "Copied the address of the page Memory, CPU and GPU")
        await go_to(person, "sign-in", "Way to sign in")
        await idle(person)
        await person.tab_to("control-sign-in_github_client-secret")
        await person.press("f7")
        await person.until(lambda: "http" in person.app.clipboard, "an address copied")
        assert "canary" not in person.app.clipboard


# ---- the editor ----


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A script that replaces the file by the next of the texts in a folder; the terminal can be lent."""
    texts = tmp_path / "texts"
    texts.mkdir()
    script = tmp_path / "editor.py"
    script.write_text(
        "import pathlib, sys\n"
        f"texts = sorted(pathlib.Path({str(texts)!r}).iterdir())\n"
        "if texts:\n"
        "    pathlib.Path(sys.argv[-1]).write_bytes(texts[0].read_bytes())\n"
        "    texts[0].unlink()\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    monkeypatch.setattr(HeadlessDriver, "can_suspend", True, raising=False)
    for name in ("suspend_application_mode", "resume_application_mode"):
        monkeypatch.setattr(HeadlessDriver, name, lambda _self: None, raising=False)
    return texts


async def test_the_file_is_edited_and_answers_are_laid_over(
    open_app: Open, project: Project, editor: Path
) -> None:
    project.config.write_text(OURS)
    (editor / "1").write_text(OURS.replace("    limit: 1\n", "    limit: 3\n"))
    async with topic(open_app, project, "resources", "Memory limit") as person:
        await person.tab_to("control-resources_memory-guarantee")
        await person.press("ctrl+u", *"256M")
        await person.press("ctrl+o")
        await told(person, "config.yaml was read again; the text before is 0001-config.yaml")
        await person.until(
            lambda: getattr(person.widget("#control-resources_cpu-limit"), "value", "") == "3",
            "the new limit",
        )
        assert getattr(person.widget("#control-resources_memory-guarantee"), "value", "") == "256M"
        assert person.focused == "control-resources_memory-guarantee"
        await person.press("ctrl+o")
        await told(person, "config.yaml is as it was.")
    assert [path.name for path in project.backups.iterdir()][:1] == ["0001-config.yaml"]
    assert (project.backups / "0001-config.yaml").read_text() == OURS


async def test_enter_on_a_value_of_the_file_opens_it_there(
    open_app: Open, project: Project, editor: Path
) -> None:
    project.config.write_text("# mine\nsingleuser:\n  extraEnv: {A: 1, B: [red]}\n")
    (editor / "1").write_text("singleuser:\n  extraEnv:\n    A: one\n")
    async with topic(open_app, project, "environment", "Start page") as person:
        await person.tab_to("control-environment_variables")
        screen = person.app.screen
        assert isinstance(screen, WizardScreen)
        assert screen.place_in_file() == ("config.yaml", 3)
        await person.press("f7")
        await told(person, "Copied the value of")
        await person.press("enter")
        await person.until(
            lambda: "one" in getattr(person.widget("#control-environment_variables"), "text", ""),
            "the new text",
        )


async def test_a_broken_file_is_edited_again_or_taken_back(
    open_app: Open, project: Project, editor: Path
) -> None:
    project.config.write_text(OURS)
    for number in (1, 2):
        (editor / str(number)).write_text("a: 1\nb: [red]x\n")
    async with topic(open_app, project, "resources", "Memory limit") as person:
        await person.press("ctrl+o")
        await person.at("AskChoice")
        await person.sees("! config.yaml cannot be read")
        await person.sees("Line 2")
        await person.press("enter")
        await person.until(lambda: not list(editor.iterdir()), "the editor came again")
        await person.at("AskChoice")
        await person.press("down", "enter")
        await told(person, "config.yaml is as it was.")
    assert project.config.read_text() == OURS


async def test_no_editor_in_a_browser_or_beside_a_run(
    open_app: Open, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with topic(open_app, project, "resources", "Memory limit") as person:
        with writing(project.state, "a run", SystemClock()):
            await person.press("ctrl+o")
            await person.at("ProblemDialog")
            await person.press("escape")
        await person.at("TopicScreen")
        await person.press("ctrl+o")  # a headless terminal cannot be lent
        await person.at("Notice")
        await person.sees(project.config.name)
        await person.until(lambda: not list(project.backups.glob("*")), "no backup is left")


async def test_an_earlier_text_is_taken_back(open_app: Open, project: Project, size: tuple[int, int]) -> None:
    project.config.write_text(OURS)
    project.backups.mkdir(parents=True)
    (project.backups / "0001-config.yaml").write_text(OURS.replace("limit: 1\n", "limit: 7\n"))
    (project.backups / "0002-config.yaml").write_text("a: [")
    async with topic(open_app, project, "resources", "CPU limit", size) as person:
        await person.app.run_action("screen.earlier")
        await person.at("EarlierDialog")
        await person.sees("! 0002-config.yaml cannot be read")
        await person.press("down")
        await person.sees("1 line comes back, 1 line goes.")
        await person.sees("+     limit: 7")
        await person.press("enter", "enter")
        await person.at("TopicScreen")
        await person.until(
            lambda: getattr(person.widget("#control-resources_cpu-limit"), "value", "") == "7",
            "the old limit",
        )
    assert (project.backups / "0003-config.yaml").read_text() == OURS


# ---- pasting ----


async def test_a_pasted_key_and_certificate_keep_their_lines(open_app: Open, project: Project) -> None:
    project.config.write_text(
        "proxy:\n  https:\n    enabled: true\n    type: manual\n    hosts: [hub.example.org]\n"
    )
    async with topic(open_app, project, "https", "Where") as person:
        for name, text in (("key", KEY), ("certificate", CERTIFICATE)):
            control = next(
                one for one in person.app.screen.query("*") if one.id and one.id.startswith("control-https")
                and name[:4] in one.id
            )  # fmt: skip
            await person.tab_to(control.id or "")
            person.app.post_message(events.Paste(text.replace("\n", "\r\n") + "\x1b[31m\x07"))
            await person.pilot.pause()
        await idle(person)
        assert "canary" not in person.screen_text()
        assert "canary" not in person.app.export_screenshot()
        await person.press("ctrl+n")
        await person.until(project.secrets.exists, "saved")
    secrets, config = project.secrets.read_text(), project.config.read_text()
    for line in KEY.split():
        assert line in secrets
    assert "canary" not in config
    assert "\x1b" not in secrets + config
    assert "\r" not in secrets + config


async def test_a_line_takes_the_first_of_several_lines_and_says_so(open_app: Open, project: Project) -> None:
    async with topic(open_app, project, "resources", "Memory limit") as person:
        await person.press("ctrl+u")
        person.app.post_message(events.Paste("4G\r\nand more\r\n"))
        await told(person, "Only the first line was pasted")
        assert getattr(person.app.screen.focused, "value", "") == "4G"


# ---- leaving ----


async def test_leaving_from_anywhere_saves_the_answers(open_app: Open, project: Project) -> None:
    async with topic(open_app, project, "resources", "Memory limit") as person:
        await person.press("ctrl+u", "3", "G")
        await idle(person)
        person.app.post_message(Go("dashboard"))
        await person.at("DashboardScreen")
        await person.press("f1")
        await person.at("HelpScreen")
        await person.press("ctrl+q")
        await person.until(lambda: not person.app.is_running, "the end")
    assert "limit: 3G" in project.config.read_text()


async def test_a_closed_terminal_loses_nothing(
    open_app: Open, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[int] = []
    monkeypatch.setattr(signal, "raise_signal", raised.append)
    async with topic(open_app, project, "resources", "Memory limit") as person:
        await person.press("ctrl+u", "3", "G")
        person.app.end_by_signal(signal.SIGHUP)
        assert raised == [signal.SIGHUP]
        assert "limit: 3G" in project.config.read_text()


async def test_leaving_asks_when_answers_cannot_be_saved(open_app: Open, tmp_path: Path) -> None:
    project = new_project(tmp_path / "hub", default_answers("practice"))
    async with topic(open_app, project, "resources", "Memory limit") as person:
        await person.press("ctrl+u", "3", "G")
        await idle(person)
        person.app.post_message(Go("dashboard"))
        await person.at("DashboardScreen")
        with writing(project.state, "another", SystemClock()):
            await person.press("ctrl+q")
            await person.at("Ask")
            await person.sees("What you answered waits as a draft")
            await person.press("escape")
            await person.at("DashboardScreen")
        await person.press("ctrl+q")
        await person.until(lambda: not person.app.is_running, "the end")
    assert "limit: 3G" in project.config.read_text()
