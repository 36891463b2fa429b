"""The one running wizard: its child process, and the browser that shows it at the moment, if any.

It is started when a browser first shows it, goes on while none does, and ends with the server or by its Quit.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

import z2jh_wizard
from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.system.children import Child, converse, end

DRIVER = "z2jh_wizard.widgets.browser_driver:BrowserDriver"

STOP_PATIENCE = 45.0
"""Seconds the wizard has to stop a run in order: Helm alone may take 20 to write down where it is."""

SEND_PATIENCE = 5.0
"""Seconds that a browser may take for one piece; the wizard must not wait for a laptop that sleeps."""

LEAVE_PATIENCE = 3.0
LARGEST_SIDE = 1000
"""Columns or rows that a browser can ask for."""


def wizard_command(folder: str, *, ascii_only: bool = False) -> list[str]:
    """Return the fixed command that shows a folder's wizard; nothing of a request is in it."""
    return [sys.executable, "-m", "z2jh_wizard", "-C", folder, *(["--ascii"] if ascii_only else [])]


@dataclass(slots=True, eq=False)
class Seat:
    """The one place before the screen: a browser's connection, freed when nobody listens to it any more."""

    browser: web.WebSocketResponse
    transport: asyncio.BaseTransport | None
    talk: asyncio.Task[None] | None = None
    left: asyncio.Event = field(default_factory=asyncio.Event)

    def hang_up(self) -> None:
        """Cut the connection of a browser that does not listen."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()


class WizardProcess(AppService):
    """Runs one command once, as a list and without a shell, and shows it in one browser at a time."""

    def __init__(self, argv: Sequence[str], downloads: DownloadManager) -> None:
        super().__init__(
            "",  # the library's command line for a shell, which is never started here
            write_bytes=lambda data: self._send(lambda browser: browser.send_bytes(data)),
            write_str=lambda text: self._send(lambda browser: browser.send_str(text)),
            close=self._farewell,
            download_manager=downloads,
        )
        self.over: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.over.add_done_callback(lambda over: over.exception())  # known, even if nobody waits any more
        self.seat: Seat | None = None
        self._argv = list(argv)
        self._starting: asyncio.Task[None] | None = None

    async def show(self, width: int, height: int) -> None:
        """Show the wizard in the seated browser, started if need be; WizardError if it cannot be."""
        is_new = self._starting is None
        if self._starting is None:
            self._starting = asyncio.create_task(self.start(80, 24))
            self._starting.add_done_callback(self._started)
        # A browser that goes away meanwhile must not leave a process behind that nobody knows of.
        await asyncio.shield(self._starting)
        await self.set_terminal_size(min(max(width, 1), LARGEST_SIDE), min(max(height, 1), LARGEST_SIDE))
        if not is_new:
            await self.send_meta({"type": "repaint"})

    async def free_seat(self) -> None:
        """Send the seated browser away; nothing that it sends reaches the wizard afterwards."""
        seat = self.seat
        if seat is None:
            return
        if seat.talk:
            seat.talk.cancel()
        try:
            await asyncio.wait_for(seat.left.wait(), LEAVE_PATIENCE)
        except asyncio.TimeoutError:
            seat.hang_up()
            await seat.left.wait()

    async def end(self) -> None:
        """End the wizard: a run at work is stopped in order first, within ``STOP_PATIENCE`` seconds."""
        if self._starting is None:
            self._finish(int(ExitCode.DONE))  # a page that comes now is too late to start it
            return
        await asyncio.wait({self._starting})
        if self._process:
            await end(self._process, STOP_PATIENCE)
        if self._task:
            await self._task

    async def run(self) -> None:
        """Carry what the wizard draws to the browser, until it has ended."""
        try:
            await super().run()
            assert self._process
            code = await self._process.wait()
        except Exception as error:  # noqa: BLE001 - whoever waits for the end must learn of it
            self._finish(error)
        else:
            self._finish(code if code >= 0 else int(ExitCode.FAILED))
        await self._farewell()

    async def _open_app_process(self, width: int = 80, height: int = 24) -> asyncio.subprocess.Process:
        environment = self._build_environment(width, height) | _surroundings()
        process = await converse(Child(self._argv, environment))
        # The library prints what comes from stderr as if it were the answer; it goes to our own stderr.
        process.stderr = asyncio.StreamReader()
        process.stderr.feed_eof()
        self._process, self._stdin = process, process.stdin
        return process

    def _started(self, starting: asyncio.Task[None]) -> None:
        if not starting.cancelled() and isinstance(error := starting.exception(), Exception):
            self._finish(error)

    def _finish(self, end: int | Exception) -> None:
        if self.over.done():
            return
        if isinstance(end, Exception):
            self.over.set_exception(end)
        else:
            self.over.set_result(end)

    async def _send(self, send: Callable[[web.WebSocketResponse], Awaitable[None]]) -> None:
        """Send to the seated browser; one that takes nothing loses its seat, and the wizard goes on."""
        seat = self.seat
        if seat is None or not seat.browser.prepared:
            return
        try:
            await asyncio.wait_for(send(seat.browser), SEND_PATIENCE)
        except (asyncio.TimeoutError, ConnectionError, RuntimeError):
            seat.hang_up()

    async def _farewell(self) -> None:
        """Tell the seated browser that the wizard has ended."""
        if self.seat and self.seat.talk:
            self.seat.talk.cancel()


def _surroundings() -> dict[str, str]:
    """Return what the child finds in its environment: the driver, UTF-8, and the source of this program.

    The folder it is started in is the teacher's, and a file there must not be imported in place of ours.
    """
    source = str(Path(z2jh_wizard.__file__).resolve().parent.parent)
    path = os.pathsep.join([source, *filter(None, [os.environ.get("PYTHONPATH")])])
    return {"TEXTUAL_DRIVER": DRIVER, "PYTHONUTF8": "1", "PYTHONSAFEPATH": "1", "PYTHONPATH": path}
