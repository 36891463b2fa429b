"""Pictures of the important screens, dark and small, light and large; each was looked at before it was kept.

    .venv/bin/python -m tests.snapshots [NAME ...]

makes them anew; ``rsvg-convert NAME.svg -o NAME.png`` draws one. Look at a picture before you keep it.
"""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.courses import Course
from tests.tui.conftest import LARGE, SMALL, Person
from tests.tui.fakes import FakeBackend
from tests.tui.places import goto, settle
from tests.tui.walking import PATIENCE, is_drawn, paste
from z2jh_wizard.app import Start, WizardApp
from z2jh_wizard.flows.pages import default_answers, new_project
from z2jh_wizard.flows.ways import TOPIC
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens.help import HelpScreen
from z2jh_wizard.screens.recent import Memory
from z2jh_wizard.screens.settings import SettingsScreen
from z2jh_wizard.screens.topic import TopicScreen

HERE = Path(__file__).parent
LOOKS: Mapping[str, tuple[str, tuple[int, int]]] = {
    "dark-80x24": ("z2jh-dark", SMALL),
    "light-140x40": ("z2jh-light", LARGE),
}
PRACTICE = "practice"
"""Stands for a fresh practice project in place of a course."""

AGAIN = "Look at it, and keep it with: .venv/bin/python -m tests.snapshots"

_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_ID = re.compile(r"terminal-\d+")
_STYLE = re.compile(r"\.(terminal-r\d+) \{ ?(.*?) ?\}")
_TEXT = re.compile(r'<text class="(terminal-r\d+)" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>')
_FILL = re.compile(r'<rect fill="(#\w+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"')


@dataclass(frozen=True, slots=True)
class Scene:
    """One screen worth a picture: the course whose project is open, and the way to it."""

    name: str
    show: Callable[[Person], Awaitable[None]]
    course: str = "campus-oidc"


async def _welcome(person: Person) -> None:
    await person.at("WelcomeScreen", PATIENCE)


def _place(name: str) -> Callable[[Person], Awaitable[None]]:
    async def show(person: Person) -> None:
        person.app.desk.came_from = SettingsScreen.NAME if name.startswith(TOPIC) else ""
        await goto(person, name)
        screen = person.app.screen
        if isinstance(screen, TopicScreen):
            await person.until(lambda: is_drawn(screen), "all questions", PATIENCE)
        await settle(person)

    return show


async def _search(person: Person) -> None:
    await goto(person, "search")
    await person.tab_to("words")
    await paste(person, "start timeout")
    await person.press("enter")
    await person.until(lambda: person.focused == "hits", "something found", PATIENCE)


async def _review(person: Person) -> None:
    await goto(person, "review")
    await person.sees("steps to do", PATIENCE)


async def _help(person: Person) -> None:
    await _place("topic/sign-in")(person)
    await person.press("f1")
    await person.until(lambda: isinstance(person.app.screen, HelpScreen), "the help", PATIENCE)


SCENES = (
    Scene("welcome", _welcome, ""),
    Scene("class-size", _place("class-size"), PRACTICE),
    Scene("sign-in", _place("topic/sign-in")),
    Scene("https", _place("topic/https")),
    Scene("settings", _place("settings")),
    Scene("search", _search),
    Scene("profiles", _place("profiles/environment"), "gpu"),
    Scene("secrets", _place("secrets")),
    Scene("review", _review),
    Scene("help", _help),
)
NAMES = tuple(f"{scene.name}-{look}" for scene in SCENES for look in LOOKS)


def path_of(name: str) -> Path:
    """Return where the picture of this name lies."""
    return HERE / f"{name}.svg"


async def take(name: str, folder: Path) -> str:
    """Return the picture of a screen as it is now; ``folder`` is an empty one for its project."""
    scene = next(one for one in SCENES if name.startswith(f"{one.name}-"))
    theme, size = LOOKS[name.removeprefix(f"{scene.name}-")]
    memory = Memory(folder / "state")
    memory.remember_theme(theme)
    project = _project(scene.course, folder / "hub")
    async with _opened(project, memory, size) as person:
        if project:
            await person.at("DashboardScreen", PATIENCE)
        await scene.show(person)
        await settle(person)
        return tidy(person.app.export_screenshot(title="z2jh-wizard"))


def _project(course: str, folder: Path) -> Project | None:
    if course == PRACTICE:
        return new_project(folder, {**default_answers(), "release": "bio101"})
    return Course(course).make(folder) if course else None


@asynccontextmanager
async def _opened(project: Project | None, memory: Memory, size: tuple[int, int]) -> AsyncIterator[Person]:
    app = WizardApp(Start(project.folder if project else None), FakeBackend(), memory)
    async with app.run_test(size=size) as pilot:
        yield Person(app, pilot)


def tidy(picture: str) -> str:
    """Return a picture that asks no font from the network and has the same names every time."""
    picture = _ID.sub("terminal", _FONTS.sub("", picture)).replace("<svg ", '<svg xml:space="preserve" ', 1)
    return picture.replace("font-family: Fira Code", "font-family: 'DejaVu Sans Mono', Menlo, Consolas")


def runs(picture: str) -> list[str]:
    """Return what a picture shows, one run of text or colour a line: row, column, style and text."""
    styles = dict(_STYLE.findall(picture))
    texts = [
        (float(y), float(x), f"{styles[style]} | {html.unescape(text).rstrip()}")
        for style, x, y, text in _TEXT.findall(picture)
        if html.unescape(text).strip()
    ]
    fills = [(float(y), float(x), f"{colour} for {width}") for colour, x, y, width in _FILL.findall(picture)]
    return [f"{y:7.1f} {x:7.1f} {words}" for y, x, words in sorted([*texts, *fills])]
