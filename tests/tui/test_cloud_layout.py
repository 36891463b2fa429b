"""The pages about a cloud in each of their states, on each terminal: nothing is cut, all is in reach."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from tests.tui.conftest import LARGE, SMALL, Open, Person
from tests.tui.fake_cloud import DEVICE, KEY_FILE, PAGE, SHELL, TOKEN, TOOL
from tests.tui.fakes import FakeBackend
from tests.tui.geometry import faults
from tests.tui.test_cloud_account import begin, choose
from tests.tui.test_contrast import LEAST, hard_to_read
from tests.tui.test_layout import HUGE, MIDDLE, SMALLEST, tab_walk
from z2jh_wizard.cloud.explain import trouble
from z2jh_wizard.screens.messages import Go

EVERY_SIZE = (SMALLEST, SMALL, MIDDLE, LARGE, HUGE)

State = Callable[[Person, FakeBackend], Awaitable[None]]


async def _ways(person: Person, backend: FakeBackend) -> None:
    await choose(person, "key-file")


async def _token(person: Person, backend: FakeBackend) -> None:
    await choose(person, "token")
    await person.press("enter")


async def _code(person: Person, backend: FakeBackend) -> None:
    await choose(person, "device")
    await person.press("enter")
    await person.sees("ABCD-1234")


async def _roles(person: Person, backend: FakeBackend) -> None:
    backend.account.gate.set()
    await choose(person, "sso")
    await person.press("enter")
    await person.type("https://start.example")
    await person.press("enter")
    await person.type("eu-south-1")
    await person.press("enter")
    await person.sees("The start page knows you")
    await person.press("ctrl+u", *"teach", "enter")
    await person.sees("Instructor")


async def _signed(person: Person, backend: FakeBackend) -> None:
    await choose(person, TOOL.id)
    await person.press("enter")
    await person.sees("2 projects")


async def _expired(person: Person, backend: FakeBackend) -> None:
    backend.account.failing["identity"] = trouble("gke", "invalid_grant")
    await choose(person, TOOL.id)
    await person.press("enter")
    await person.sees("! The sign-in to Google has ended")


async def _place(person: Person, backend: FakeBackend) -> None:
    person.app.post_message(Go("place"))
    await person.at("PlaceScreen")
    await person.sees("3 places")
    await person.type("us")
    await person.press("enter", "down")
    await person.sees("At us-central1-b")


async def _place_failed(person: Person, backend: FakeBackend) -> None:
    backend.account.failing["locations"] = trouble("gke", "SERVICE_DISABLED", details={"service": "compute"})
    person.app.post_message(Go("place"))
    await person.at("PlaceScreen")
    await person.sees("could not be listed")


async def _place_stale(person: Person, backend: FakeBackend) -> None:
    await _place(person, backend)
    backend.account.failing["locations"] = trouble("gke", "invalid_grant")
    await person.press("f5")
    await person.sees("looking again failed")


STATES: dict[str, State] = {
    "ways": _ways,
    "token": _token,
    "code": _code,
    "roles": _roles,
    "signed": _signed,
    "expired": _expired,
    "place": _place,
    "place-failed": _place_failed,
    "place-stale": _place_stale,
}


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
async def test_every_state_fits_every_terminal(
    open_app: Open, backend: FakeBackend, tmp_path: Path, state: str
) -> None:
    backend.account.found = (KEY_FILE, TOKEN, DEVICE, PAGE, SHELL, msgspec.structs.replace(TOOL, there=False))
    found: list[str] = []
    async with open_app(LARGE) as person:
        await begin(person, tmp_path / "hub", account="bio-101")
        await STATES[state](person, backend)
        for width, height in EVERY_SIZE:
            await person.pilot.resize_terminal(width, height)
            await person.pilot.pause()
            seen = (*faults(person.app.screen), *await tab_walk(person))
            found += [f"{width}x{height}: {one}" for one in seen]
    assert not found, "\n".join(found)


async def test_words_keep_their_contrast_when_the_theme_changes(open_app: Open, tmp_path: Path) -> None:
    found: set[str] = set()
    async with open_app() as person:
        await begin(person, tmp_path / "hub")
        await person.sees("2 projects")
        await person.until(lambda: person.app.screen._terms, "words of the glossary")  # type: ignore[attr-defined]
        for theme, least in LEAST.items():
            person.app.theme = theme
            await person.pilot.pause()
            found |= {f"{theme}: {one}" for one in hard_to_read(person.app.screen, least)}
    assert not found, "\n".join(sorted(found))
