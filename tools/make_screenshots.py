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
SIZE = (140, 40)
PATIENCE = 180.0
STUDENTS = "40"
GITHUB = 7
"""Where GitHub stands in the list of ways to sign in."""


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

    async def focus(self, name: str) -> None:
        """Go to a control with Tab."""
        await self.until(lambda: bool(self.app.screen.query(f"#{name}")), name)
        while self.app.screen.focused is None or self.app.screen.focused.id != name:
            await self.pilot.press("tab")

    def keep(self, name: str) -> None:
        """Save a picture that asks no font from the network."""
        picture = re.sub(
            r"@font-face \{.*?\}\s*", "", self.app.export_screenshot(title="z2jh-wizard"), flags=re.S
        )
        picture = re.sub(
            r"font-family: Fira Code", "font-family: 'DejaVu Sans Mono', Menlo, Consolas", picture
        )
        picture = picture.replace("<svg ", '<svg xml:space="preserve" ', 1)  # some viewers drop indentation
        (PICTURES / name).write_text(picture)
        print(PICTURES / name)


async def walk(folder: Path, state: Path) -> None:
    """Play the journey up to a hub that is being installed."""
    app = WizardApp(Start(folder, practice=True), Backend(), Memory(state))
    async with app.run_test(size=SIZE) as pilot:
        person = Photographer(app, pilot)
        await person.sees("Where shall")
        await person.focus("control-release")
        await pilot.press("ctrl+u", *"bio101", "ctrl+n")
        await person.sees("Class size")
        await person.focus("control-students")
        await pilot.press("ctrl+u", *STUDENTS)
        await person.sees("14 of 26 places taken")
        person.keep("class-size.svg")
        await pilot.press("ctrl+n")
        await person.sees("Way to sign in")
        await person.focus("control-sign-in_method")
        await pilot.press("home", *["down"] * GITHUB)
        await person.focus("control-sign-in_github_client-id")
        await pilot.press(*"Iv1.0123456789abcdef")
        await person.sees("+       client_id: Iv1.0123456789abcdef")
        person.keep("sign-in.svg")
        await pilot.press("ctrl+n")
        await person.sees("Address")
        await pilot.press("ctrl+n")
        await person.sees("steps to do")
        await pilot.press("ctrl+n")
        await person.sees("Created Deployment hub")
        person.keep("run.svg")
        await person.sees("Next shows the hub")


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
