"""A person with a real browser: headless Chromium, driven by its own protocol."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import BrowserContext, Page, WebSocket, async_playwright

from tests.support.waiting import wait_until_async
from tests.web.grid import Grid
from tests.web.program import program
from z2jh_wizard.project.folder import Project

PATIENCE = 30.0


@dataclass
class Tab:
    """A page with the terminal in it, as its websocket draws it, and what went wrong there."""

    page: Page
    grid: Grid = field(default_factory=Grid)
    columns: int = 0
    rows: int = 0
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("websocket", self._connected)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._said)

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _connected(self, websocket: WebSocket) -> None:
        size = parse_qs(urlsplit(websocket.url).query)
        self.columns, self.rows = int(size["width"][0]), int(size["height"][0])
        websocket.on("framereceived", self._drawn)

    def _drawn(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            self.grid.feed(data)

    async def sees(self, text: str) -> None:
        """Wait until a text stands in the terminal."""
        try:
            await wait_until_async(lambda: text in self.grid.text, PATIENCE)
        except AssertionError:
            raise AssertionError(f"{text!r} is not there:\n{self.grid.text}\n{self.complaints}") from None

    async def click(self, text: str) -> None:
        """Click on a text in the terminal."""
        column, row = self.grid.place_of(text)
        box = await self.page.locator(".xterm-screen").bounding_box()
        assert box
        x = box["x"] + box["width"] * (column - 0.5) / self.columns
        y = box["y"] + box["height"] * (row - 0.5) / self.rows
        await self.page.mouse.click(x, y)


@asynccontextmanager
async def browsing(chromium: str) -> AsyncIterator[BrowserContext]:
    """Open the browser with a profile of its own."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=arguments)
        try:
            yield await browser.new_context(viewport={"width": 1000, "height": 700})
        finally:
            await browser.close()


async def test_a_person_types_walks_two_pages_reloads_and_opens_a_second_tab(
    chromium: str, project: Project, tmp_path: Path
) -> None:
    async with program(tmp_path) as server, browsing(chromium) as browser:
        tab = Tab(await browser.new_page())
        await tab.page.goto(server.address)
        await tab.sees("Open a project")
        assert tab.page.url == f"{server.base}/", "the token is gone from the address"
        assert await tab.page.evaluate("document.cookie") == "", "no script can read the cookie"
        first_picture = await tab.page.screenshot()

        await tab.click("folder with a z2jh.yaml")
        await tab.page.keyboard.type("hub")
        await tab.page.keyboard.press("Enter")
        await tab.sees("bio101 on practice")
        await tab.click("Apply again")
        await tab.sees("steps to do")
        await tab.sees("Start the practice cluster")
        assert await tab.page.screenshot() != first_picture

        # A reload finds itself open elsewhere for a moment, and then what was there before.
        tab.grid = Grid()
        await tab.page.reload()
        await tab.page.get_by_text("open elsewhere. Take over?").wait_for()
        await tab.sees("Start the practice cluster")
        assert {urlsplit(url).netloc for url in tab.asked} <= {urlsplit(server.base).netloc, ""}

        second = Tab(await browser.new_page())
        await second.page.goto(f"{server.base}/?again")
        await second.page.get_by_role("button", name="Take over").click()
        await second.sees("Start the practice cluster")
        await tab.page.get_by_text("The wizard is not shown here any more").wait_for()
        await second.page.keyboard.press("Escape")
        await second.sees("step 6 of 7 Secrets")
        await second.page.keyboard.press("F12")  # Ctrl-N belongs to the browser
        await second.sees("step 7 of 7 Review")

        stranger = await (await browser.browser.new_context()).new_page()  # type: ignore[union-attr]
        await stranger.goto(server.base)
        await stranger.get_by_text("This browser has not been let in.").wait_for()
        assert tab.complaints == second.complaints == []
