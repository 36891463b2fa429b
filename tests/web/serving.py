"""A server of this process with a small program in place of the wizard, and a browser's side of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import psutil

from tests.support.waiting import wait_until_async
from tests.web.grid import Grid
from z2jh_wizard.web.server import serve

ECHO = textwrap.dedent("""
    import json, os, sys

    def write(kind, data):
        os.write(1, kind + len(data).to_bytes(4, "big") + data)

    def packets():
        while head := sys.stdin.buffer.read(5):
            yield head[:1], sys.stdin.buffer.read(int.from_bytes(head[1:], "big"))

    os.write(1, b"__GANGLION__\\n")
    write(b"D", b"<pid %d>" % os.getpid())
    try:
        for kind, data in packets():
            write(b"D", b"<" + data + b">")
            if data == b"leave":
                sys.exit(5)
    except KeyboardInterrupt:
        print("stopped in order", file=sys.stderr)
        sys.exit(0)
""")
"""Speaks as Textual's driver does: says its pid, then all that it is sent; leaves when it is told to."""

ECHO_COMMAND = [sys.executable, "-c", ECHO]


@dataclass
class Served:
    """A server at work: the address that it announced, and its end."""

    address: str
    port: int
    task: asyncio.Future[int]

    @property
    def base(self) -> str:
        """Return where it is reached on this computer."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        """Return the token in the address."""
        return self.address.partition("token=")[2]


def programs() -> list[psutil.Process]:
    """Return the programs that stand in for the wizard and run now; children of other tests are none."""
    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if child.status() != psutil.STATUS_ZOMBIE and ECHO in child.cmdline():
                found.append(child)
    return found


def listening() -> list[tuple[str, int]]:
    """Return the addresses that this process listens on."""
    connections = psutil.Process().net_connections("inet")
    return [(one.laddr.ip, one.laddr.port) for one in connections if one.status == psutil.CONN_LISTEN]


@asynccontextmanager
async def served(
    argv: list[str] | None = None, *, public_url: str = "", port: int = 0
) -> AsyncIterator[Served]:
    """Serve until the end of the block."""
    announced: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    before = set(listening())
    task = asyncio.create_task(
        serve(argv or ECHO_COMMAND, announced.set_result, port=port, public_url=public_url)
    )
    first: set[asyncio.Future[Any]] = {announced, task}
    await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    try:
        [(_, listens_on)] = set(listening()) - before
        yield Served(announced.result(), listens_on, task)
    finally:
        task.cancel()
        await asyncio.wait({task})


@asynccontextmanager
async def let_in(server: Served) -> AsyncIterator[aiohttp.ClientSession]:
    """Give a browser that has traded the token."""
    # Cookies of an IP address are what browsers keep, too.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        answer = await browser.get(f"{server.base}/", params={"token": server.token})
        assert answer.status == 200
        yield browser


@dataclass
class Screen:
    """A page's websocket and the terminal that it draws on."""

    socket: aiohttp.ClientWebSocketResponse
    grid: Grid = field(default_factory=Grid)
    data: bytearray = field(default_factory=bytearray)

    async def type(self, text: str) -> None:
        """Send what a keyboard sends."""
        await self.socket.send_str(json.dumps(["stdin", text]))

    async def click(self, text: str) -> None:
        """Press and release the mouse on a text."""
        column, row = self.grid.place_of(text)
        await self.type(f"\x1b[<0;{column};{row}M")
        await self.type(f"\x1b[<0;{column};{row}m")

    async def sees(self, wanted: str) -> None:
        """Read on until this text stands on the screen."""
        await self._read_until(lambda: wanted in self.grid.text, wanted)

    async def says(self, wanted: bytes) -> None:
        """Read on until this came, wherever it may be drawn."""
        await self._read_until(lambda: wanted in self.data, repr(wanted))

    async def is_closed(self) -> None:
        """Read on until the server has closed it."""
        while (message := await self.socket.receive(30)).type in (
            aiohttp.WSMsgType.BINARY,
            aiohttp.WSMsgType.TEXT,
        ):
            self._take(message)

    async def _read_until(self, is_there: Callable[[], bool], wanted: str, limit: float = 30.0) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + limit
        while not is_there():
            try:
                message = await self.socket.receive(max(0.01, deadline - loop.time()))
            except asyncio.TimeoutError:
                message = None
            assert message, f"not within {limit:g} seconds: {wanted} on\n{self.grid.text}"
            assert loop.time() < deadline, f"not within {limit:g} seconds: {wanted} on\n{self.grid.text}"
            assert message.type is aiohttp.WSMsgType.BINARY, (wanted, message, self.grid.text)
            self._take(message)

    def _take(self, message: aiohttp.WSMessage) -> None:
        if message.type is aiohttp.WSMsgType.BINARY:
            self.data += message.data
            self.grid.feed(message.data)


@asynccontextmanager
async def screen(browser: aiohttp.ClientSession, server: Served, **headers: Any) -> AsyncIterator[Screen]:
    """Open the websocket as the page does."""
    size = {"width": "100", "height": "30"}
    async with browser.ws_connect(
        f"{server.base}/ws", params=size, headers={"Origin": server.base, **headers}
    ) as socket:
        yield Screen(socket)


async def free(browser: aiohttp.ClientSession, server: Served) -> None:
    """Wait until no page shows the wizard."""

    async def is_free() -> bool:
        answer = await browser.get(f"{server.base}/")
        return "open elsewhere" not in await answer.text()

    await wait_until_async(is_free)
