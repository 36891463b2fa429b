"""Everything can be read and found: contrast of each text, focus, states without colours, ASCII."""

from __future__ import annotations

from itertools import combinations

import pytest
from textual.color import Color
from textual.geometry import Region
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.widget import Widget
from textual.widgets._footer import FooterKey

from tests.support.colours import as_seen_without_green, contrast, distance, lab_distance
from tests.tui.cells import Cell, cut_out, differs_visibly, lines
from tests.tui.conftest import SMALL, Open, Person
from tests.tui.fakes import FakeWorld
from tests.tui.places import PARTS, dialogs, settle, walk
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens import topic
from z2jh_wizard.widgets.form_field import FormField
from z2jh_wizard.widgets.themes import load_themes

THEMES = {theme.name: theme for theme in load_themes()}

LEAST = dict.fromkeys(THEMES, 4.5) | {"z2jh-contrast": 7.0}
"""WCAG 2.2: 1.4.3 asks for 4.5, 1.4.6 for 7; what cannot be used at the moment is left out by both."""

TOLD_APART = 20.0
"""CIEDE2000 between colours of states; about ten times what one can just see."""

FEW = ("dashboard", "topic/sign-in", "review", "search", "run")

ALL = pytest.param("all", marks=pytest.mark.slow)


def names(which: str) -> tuple[str, ...]:
    return tuple(name for part in PARTS.values() for name in part) if which == "all" else FEW


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic, "QUIET", 0.001)


def is_off(screen: Screen[object], x: int, y: int) -> bool:
    """Tell whether what stands there cannot be used at the moment, or lies behind a dialog."""
    widget, _ = screen.get_widget_at(x, y)
    return widget is screen or widget.disabled or (isinstance(widget, FooterKey) and widget._disabled)


def hard_to_read(screen: Screen[object], least: float) -> set[str]:
    """Return each pair of colours with too little contrast, and where it is."""
    found: dict[tuple[object, object], str] = {}
    for y, line in enumerate(lines(screen)):
        for x, cell in enumerate(line):
            pair = (cell.front, cell.back)
            if cell.is_text and pair not in found and cell.contrast < least and not is_off(screen, x, y):
                widget, _ = screen.get_widget_at(x, y)
                word = "".join(one.text for one in line[x : x + 12])
                found[pair] = f"{cell.contrast:.2f} {word!r} in {type(widget).__name__}#{widget.id}"
    return set(found.values())


@pytest.mark.parametrize("which", ["few", ALL])
@pytest.mark.parametrize("theme", THEMES)
async def test_every_text_has_contrast(
    open_app: Open, project: Project, world: FakeWorld, memory, theme: str, which: str
) -> None:
    """Where the focus is at first, and on each control of the page."""
    memory.remember_theme(theme)
    world.there.add("release")
    found: set[str] = set()
    async with open_app((140, 40), folder=project.folder) as person:
        await person.at("DashboardScreen")
        await person.sees("revision 3")
        async for name in walk(person, names(which)):
            for _ in range(2):
                found |= {f"{name}: {one}" for one in hard_to_read(person.app.screen, LEAST[theme])}
                await person.press("tab")
    assert person.app.theme == theme
    assert not found, "\n".join(sorted(found))


@pytest.mark.parametrize("theme", THEMES)
async def test_every_dialog_has_contrast(open_app: Open, memory, theme: str) -> None:
    memory.remember_theme(theme)
    found: set[str] = set()
    async with open_app(SMALL) as person:
        await person.at("WelcomeScreen")
        for name, make in dialogs().items():
            person.app.push_screen(make())
            await settle(person)
            found |= {f"{name}: {one}" for one in hard_to_read(person.app.screen, LEAST[theme])}
            await person.press("escape")
    assert not found, "\n".join(sorted(found))


def tones(theme: str) -> dict[str, Color]:
    """Return the colours in which states are written."""
    colours = {**THEMES[theme].to_color_system().generate(), **THEMES[theme].variables}
    return {name: Color.parse(colours[f"text-{name}"]) for name in ("success", "warning", "error")}


def test_states_can_be_told_apart_without_green_cones() -> None:
    seen = {name: as_seen_without_green(colour.rgb) for name, colour in tones("z2jh-deuteranopia").items()}
    for one, other in combinations(seen, 2):
        assert distance(seen[one], seen[other]) >= TOLD_APART, (one, other, seen)


def test_the_measures_are_those_of_the_books() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
    # Pairs of the table in Sharma, Wu and Dalal 2005.
    for one, other, apart in (
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1, 2), (50, 0, 0), 2.3669),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ):
        assert lab_distance(one, other) == pytest.approx(apart, abs=1e-4)
    red, green = as_seen_without_green((200, 60, 60)), as_seen_without_green((110, 120, 60))
    assert distance(red, green) < distance((200, 60, 60), (110, 120, 60)) / 2
    assert as_seen_without_green((255, 255, 255)) == (255, 255, 255)


def around(widget: Widget) -> list[Region]:
    """Return the places that may show the focus: the control, and the heading of its field or pane."""
    headings: list[Widget] = []
    for parent in widget.ancestors:
        if isinstance(parent, Widget):
            headings += [one for one in parent.children if {"field-label", "pane-heading"} & one.classes][:1]
            if isinstance(parent, FormField) or headings:
                break
    return [one.region for one in (widget, *headings) if one.region.area]


async def unmarked(person: Person) -> list[str]:
    """Press Tab all around and return the controls whose focus one cannot see."""
    found = []
    for _ in range(len(person.app.screen.focus_chain)):
        await person.press("tab")
        screen, widget = person.app.screen, person.app.screen.focused
        if widget is None:
            continue
        regions = [region.intersection(screen.region) for region in around(widget)]
        focused = [cell for region in regions for cell in cut_out(screen, region)]
        screen.set_focus(None, scroll_visible=False)
        await person.pilot.pause()
        blurred: list[Cell] = [cell for region in regions for cell in cut_out(screen, region)]
        if not any(differs_visibly(*pair) for pair in zip(focused, blurred, strict=True)):
            found.append(f"{type(widget).__name__}#{widget.id}")
        screen.set_focus(widget, scroll_visible=False)
    return found


@pytest.mark.parametrize(
    ("look", "which"),
    [
        ("z2jh-dark", "few"),
        ("ascii", "few"),
        *(pytest.param(look, "all", marks=pytest.mark.slow) for look in ("no-color", "ascii")),
    ],
)
async def test_the_focus_can_be_seen(
    open_app: Open,
    project: Project,
    world: FakeWorld,
    memory,
    monkeypatch: pytest.MonkeyPatch,
    look: str,
    which: str,
) -> None:
    """By more than a colour, or by one that differs by 3 to 1 (WCAG 2.2, 2.4.13)."""
    _put_on(look, memory, monkeypatch)
    world.there.add("release")
    found: list[str] = []
    async with open_app(SMALL, folder=project.folder, ascii_only=look == "ascii") as person:
        await person.sees("revision 3")
        async for name in walk(person, names(which)):
            found += [f"{name}: {one}" for one in await unmarked(person)]
        person.app.push_screen(dialogs()["notice"]())
        await settle(person)
        found += [f"notice: {one}" for one in await unmarked(person)]
    assert not found, "\n".join(found)


def _put_on(look: str, memory, monkeypatch: pytest.MonkeyPatch) -> None:
    if look == "no-color":
        monkeypatch.setenv("NO_COLOR", "1")
    elif look == "ascii":
        monkeypatch.setattr(ScrollBar, "renderer", ScrollBar.renderer)
    else:
        memory.remember_theme(look)


async def test_no_color_has_none(open_app: Open, project: Project, world: FakeWorld, monkeypatch) -> None:
    """All is grey, and as easy to read."""
    monkeypatch.setenv("NO_COLOR", "1")
    world.there.add("release")
    found: set[str] = set()
    async with open_app(folder=project.folder) as person:
        await person.sees("revision 3")
        async for name in walk(person, FEW):
            screen = person.app.screen
            for line in lines(screen):
                for cell in line:
                    assert len({*cell.front}) == len({*cell.back}) == 1, (name, cell)
            found |= {f"{name}: {one}" for one in hard_to_read(screen, 4.5)}
    assert not found, "\n".join(sorted(found))


@pytest.mark.parametrize("size", [SMALL, pytest.param((140, 40), marks=pytest.mark.slow)])
async def test_ascii_alone_is_drawn(
    open_app: Open, project: Project, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On every screen and dialog, for terminals that know nothing else."""
    _put_on("ascii", None, monkeypatch)
    found: set[str] = set()
    async with open_app(size, folder=project.folder, ascii_only=True) as person:
        await person.at("DashboardScreen")

        def look(name: str) -> None:
            text = person.screen_text()
            found.update(f"{name}: {line}" for line in text.splitlines() if not line.isascii())

        async for name in walk(person, names("all")):
            look(name)
        for name, make in dialogs().items():
            person.app.push_screen(make())
            await settle(person)
            look(name)
            await person.press("escape")
        await person.press("ctrl+p")
        await person.sees("Search for commands")
        look("palette")
    assert not found, "\n".join(sorted(found))
