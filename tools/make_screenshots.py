"""Make the pictures in assets/screenshots from a real journey on a practice cluster; needs helm on PATH.

Run it in a checkout: .venv/bin/python tools/make_screenshots.py
"""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from z2jh_wizard.app import Start, WizardApp
from z2jh_wizard.cloud import practice
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.project.folder import is_project, open_project
from z2jh_wizard.screens.backend import Backend
from z2jh_wizard.screens.recent import Memory

PICTURES = Path(__file__).resolve().parent.parent / "assets" / "screenshots"
SIZE = (110, 30)
PATIENCE = 180.0
STUDENTS = "12"


class Photographer:
    """Walks through the wizard by keyboard and keeps pictures."""

    def __init__(self, app: WizardApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    def text(self) -> str:
        """Return what is on the screen."""
        return re.sub(r"<[^>]+>", "", self.app.export_screenshot()).replace("&#160;", " ")

    async def sees(self, text: str) -> None:
        """Wait until a text is on the screen."""
        await self.until(lambda: text in self.text(), text)

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition; TimeoutError after PATIENCE seconds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"never came: {what}\n{self.text()}")
            await self.pilot.pause(0.1)

    async def press_button(self, name: str) -> None:
        """Go to a button with Tab and press it."""
        await self.until(lambda: bool(self.app.screen.query(f"#{name}")), name)
        while self.app.screen.focused is None or self.app.screen.focused.id != name:
            await self.pilot.press("tab")
        await self.pilot.press("enter")

    def keep(self, name: str) -> None:
        """Save a picture that asks no font from the network."""
        picture = re.sub(
            r"@font-face \{.*?\}\s*", "", self.app.export_screenshot(title="z2jh-wizard"), flags=re.S
        )
        picture = re.sub(
            r"font-family: Fira Code", "font-family: 'DejaVu Sans Mono', Menlo, Consolas", picture
        )
        (PICTURES / name).write_text(picture)
        print(PICTURES / name)


async def walk(folder: Path, state: Path) -> None:
    """Play the journey up to a hub with students."""
    app = WizardApp(Start(folder, practice=True), Backend(), Memory(state))
    async with app.run_test(size=SIZE) as pilot:
        person = Photographer(app, pilot)
        await person.sees("Folder of the project")
        await pilot.press("ctrl+n")
        await person.sees("Where shall")
        await pilot.press("ctrl+n")
        await person.sees("Hub name")
        await pilot.press("ctrl+u", *"bio101", "ctrl+n")
        await person.sees("+ Helm")
        await pilot.press("ctrl+n")
        await person.sees("will be made")
        await pilot.press("ctrl+n")
        await person.sees("steps to do")
        person.keep("review.svg")
        await pilot.press("ctrl+n")
        await person.sees("Created Deployment hub")
        await pilot.pause(1)
        person.keep("run.svg")
        await person.sees("Next shows the hub")
        await pilot.press("ctrl+n")
        await person.sees("deployed")
        await person.press_button("do-students")
        await person.until(lambda: type(app.screen).__name__ == "AskText", "the question")
        await pilot.press("ctrl+u", *STUDENTS, "enter")
        await person.sees(f"Students  {STUDENTS}")
        await pilot.pause(1)
        person.keep("dashboard.svg")


async def main() -> None:
    """Play in a temporary folder and end the practice cluster afterwards."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="z2jh-") as scratch:
        folder = Path(scratch, "bio101")
        try:
            await walk(folder, Path(scratch, "state"))
        finally:
            if is_project(folder):
                try:
                    await practice.stop(open_project(folder))
                except WizardError as error:
                    print(error)


if __name__ == "__main__":
    asyncio.run(main())
