"""On every screen: no label is cut, no part lies on another, and what has the focus can be seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.widget import Widget

from tests.tui.conftest import LARGE, SMALL, Open, Person
from tests.tui.geometry import faults, has_layout, hides_focus
from tests.tui.places import PARTS, dialogs, walk
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens import topic

SMALLEST, MIDDLE, HUGE = (60, 18), (100, 30), (220, 60)

SIZES = [
    pytest.param(SMALL, id="80x24"),
    *(
        pytest.param(size, id=f"{size[0]}x{size[1]}", marks=pytest.mark.slow)
        for size in (SMALLEST, MIDDLE, LARGE, HUGE)
    ),
]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages of settings look at once, where they would wait for the next key of a person."""
    monkeypatch.setattr(topic, "QUIET", 0.001)


def controls(person: Person) -> set[Widget | None]:
    """Return everything on the screen that a person may want to use."""
    return {
        widget
        for widget in person.app.screen.query("*")
        if widget.focusable
        and all(one.display for one in widget.ancestors_with_self if isinstance(one, Widget))
    }


async def tab_walk(person: Person) -> list[str]:
    """Press Tab all around; return what cannot be reached, or not be seen when it has the focus."""
    missing, hidden = controls(person), []
    assert missing
    for _ in range(2 * len(missing) + 4):
        missing.discard(person.app.screen.focused)
        hidden += [hides_focus(person.app.screen)]
        if not missing:
            break
        await person.press("tab")
    return [*filter(None, hidden), *(f"Tab never reached {one}" for one in missing)]


def problems(name: str, found: list[str]) -> Iterator[str]:
    return (f"{name}: {one}" for one in found)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("size", SIZES)
async def test_every_screen(open_app: Open, project: Project, size: tuple[int, int], part: str) -> None:
    """Labels fit, parts lie side by side, Tab reaches every control and brings it into sight."""
    found: list[str] = []
    async with open_app(size, folder=project.folder) as person:
        await person.at("DashboardScreen")
        async for name in walk(person, PARTS[part]):
            title = person.screen_text().splitlines()[0]
            if name != "welcome" and not ("bio101 on practice" in title and title.endswith("PRACTICE")):
                found.append(f"{name}: the title says {title}")
            found += problems(name, faults(person.app.screen))
            found += problems(name, await tab_walk(person))
            found += problems(name, faults(person.app.screen))
    assert not found, "\n".join(dict.fromkeys(found))


@pytest.mark.parametrize("size", SIZES)
async def test_every_dialog(open_app: Open, size: tuple[int, int]) -> None:
    found: list[str] = []
    async with open_app(size) as person:
        await person.at("WelcomeScreen")
        for name, make in dialogs().items():
            shown = make()
            person.app.push_screen(shown)
            await person.at(type(shown).__name__)
            await person.until(lambda: has_layout(person.app.screen), name)
            found += problems(name, faults(person.app.screen))
            found += problems(name, await tab_walk(person))
            await person.press("escape")
            await person.at("WelcomeScreen")
    assert not found, "\n".join(dict.fromkeys(found))
