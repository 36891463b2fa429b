"""Fixtures of the screens' tests: a world in memory, a project in a folder, and a person at the keyboard."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.css.query import NoMatches
from textual.pilot import Pilot
from textual.widget import Widget

from tests.support.waiting import wait_until_async
from tests.tui.fakes import FakeBackend, FakeWorld
from z2jh_wizard.app import Start, WizardApp
from z2jh_wizard.flows.pages import default_answers, new_project
from z2jh_wizard.project.folder import Project
from z2jh_wizard.screens.backend import Backend
from z2jh_wizard.screens.recent import Memory

SMALL, LARGE = (80, 24), (140, 40)

LONGEST_TYPED = 12
"""Longer texts are pasted, which is quicker."""


@dataclass
class Person:
    """Somebody at the keyboard who sees the screen; waits for what the screen shows, never for a time."""

    app: WizardApp
    pilot: Pilot[int]

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type letters into what has the focus; a long text is pasted."""
        if len(text) <= LONGEST_TYPED:
            await self.pilot.press(*text)
        else:
            self.app.post_message(events.Paste(text))
            await self.pilot.pause()

    async def sees(self, text: str, limit: float = 15.0) -> None:
        """Wait until the text stands on the screen."""
        await self.until(lambda: text in self.screen_text(), f"{text!r} on the screen", limit)

    async def at(self, name: str, limit: float = 15.0) -> None:
        """Wait for a screen by the name of its class, fully mounted."""
        await self.until(
            lambda: type(self.app.screen).__name__ == name and self.app.screen.focused is not None,
            f"screen {name}",
            limit,
        )

    async def until(self, condition: Callable[[], Any], what: str, limit: float = 15.0) -> None:
        """Wait until something is so."""

        def safe() -> Any:
            with contextlib.suppress(NoMatches):
                return condition()
            return None

        try:
            await wait_until_async(safe, limit, what)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{type(self.app.screen).__name__}\n{self.screen_text()}") from None
        await self.pilot.pause()

    def screen_text(self) -> str:
        """Return what is on the screen, as plain lines."""
        height = self.app.size.height
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in lines[:height])

    @property
    def focused(self) -> str:
        """Return the id of what has the focus."""
        widget = self.app.screen.focused
        return (widget.id or type(widget).__name__) if widget else ""

    async def tab_to(self, name: str) -> None:
        """Press Tab until the control with this id has the focus; everything must be in reach."""
        for _ in range(60):
            if self.focused == name:
                return
            before = self.app.screen.focused
            await self.press("tab")
            # A key may still be on its way when press returns; a second one would go past the control.
            await self.until(partial(self._has_moved, before), f"Tab leads on to {name}")
        raise AssertionError(f"Tab never reached {name}\n{self.screen_text()}")

    def _has_moved(self, before: Widget | None) -> bool:
        return self.app.screen.focused is not before

    async def activate(self, name: str) -> None:
        """Go to a control with Tab and press Enter."""
        await self.tab_to(name)
        await self.press("enter")

    async def plan(self) -> None:
        """Go from the dashboard to the plan, and wait until all of it is there."""
        await self.activate("do-apply")
        await self.at("ReviewScreen")
        await self.sees("steps to do")

    def widget(self, selector: str) -> Widget:
        """Return a widget of the present screen."""
        return self.app.screen.query_one(selector)


@pytest.fixture(params=[SMALL, LARGE], ids=["80x24", "140x40"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """The two terminals that everything is tried on."""
    chosen: tuple[int, int] = request.param
    return chosen


@pytest.fixture
def world() -> FakeWorld:
    """A world with nothing in it."""
    return FakeWorld()


@pytest.fixture
def backend(world: FakeWorld) -> FakeBackend:
    """The flows on that world."""
    return FakeBackend(world)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """What the wizard remembers, in a folder of the test."""
    return Memory(tmp_path / "state")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A practice project."""
    return new_project(tmp_path / "bio101", {**default_answers("practice"), "release": "bio101"})


Open = Callable[..., contextlib.AbstractAsyncContextManager[Person]]


@pytest.fixture
def open_app(backend: Backend, memory: Memory) -> Open:
    """Open the wizard: ``async with open_app(size, folder=...) as person``."""

    @contextlib.asynccontextmanager
    async def opened(
        size: tuple[int, int] = SMALL, folder: Path | None = None, **start: Any
    ) -> AsyncIterator[Person]:
        app = WizardApp(Start(folder, **start), backend, memory)
        async with app.run_test(size=size, notifications=True) as pilot:
            yield Person(app, pilot)

    return opened
