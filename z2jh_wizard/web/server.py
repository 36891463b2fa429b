"""The server: loopback only, a gate before every answer, and one wizard behind it."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from string import Template
from typing import Any

from aiohttp import web
from textual_serve.server import Server, to_int

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.core.errors import ExitCode, InvalidInput, WizardError
from z2jh_wizard.system.cloud_shell import PORT
from z2jh_wizard.web.gate import LOOPBACK, Gate
from z2jh_wizard.web.wizard_process import Seat, WizardProcess

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Content-Security-Policy; the terminal in the page writes its style sheets by itself."""

CLOSE_PATIENCE = 2.0
"""Seconds that a page has to answer a good-bye."""

_STRANGE_NAME = (
    "It was reached under a name that it does not answer to.",
    "open exactly the address that the terminal shows. Behind a preview or a proxy, start it with the "
    "address that the browser shows: z2jh-wizard --web --public-url ADDRESS",
)
_FOREIGN_PAGE = (
    "A page of another site asked for it.",
    "open the address that the terminal shows.",
)
_USED_TOKEN = (
    "The token in this address is wrong or was used already: it works once.",
    'if this is the browser that used it, open <a href="/">the wizard</a>. For another browser press Ctrl+C '
    "in the terminal, run z2jh-wizard --web again and open the new address; it carries on.",
)
_NO_COOKIE = (
    "This browser has not been let in.",
    "open the whole address that the terminal shows, with its token. If it was used in another browser, "
    "press Ctrl+C in the terminal, run z2jh-wizard --web again and open the new address.",
)


class WizardServer(Server):
    """textual-serve's server with pages of our own, one wizard instead of one a visitor, and a gate."""

    def __init__(self, gate: Gate, wizard: Callable[[WizardServer], WizardProcess]) -> None:
        super().__init__("", public_url=gate.origin, title="z2jh wizard")
        self.gate = gate
        self.wizard = wizard(self)
        self._policy = POLICY.format(sockets=" ".join(gate.connect_sources))

    async def _make_app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard])
        app.on_response_prepare.append(self._add_headers)
        app.add_routes([
            web.get("/", self._index, allow_head=False),
            web.get("/ws", self.handle_websocket, allow_head=False),
            web.post("/take-over", self._take_over),
            web.get("/download/{key}", self.handle_download, allow_head=False),
            web.static("/static", self.statics_path),
            web.static("/page", asset_path("web")),
        ])  # fmt: skip
        return app

    async def _add_headers(self, _: web.Request, response: web.StreamResponse) -> None:
        response.headers.update({**HEADERS, "Content-Security-Policy": self._policy})

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let through what is addressed to us, comes from our own page where it acts, and has the cookie."""
        hosts = request.headers.getall("Host", [])
        if not self.gate.answers_to(hosts):
            return _refused(_STRANGE_NAME)
        acts = request.method not in ("GET", "HEAD") or "Upgrade" in request.headers
        if acts and not self.gate.is_own_page(hosts, request.headers.getall("Origin", [])):
            return _refused(_FOREIGN_PAGE)
        if request.path == "/" and request.method == "GET" and "token" in request.query:
            return self._let_in(request.query["token"])
        if not self.gate.knows(request.cookies.get(self.gate.cookie_name)):
            return _refused(_NO_COOKIE)
        return await handler(request)

    def _let_in(self, token: str) -> web.Response:
        """Trade the token for the cookie.

        The page goes on by itself: a redirect after a link on another site's page brings no Strict cookie.
        """
        value = self.gate.trade(token)
        if value is None:
            return _refused(_USED_TOKEN)
        response = _page("welcome.html")
        response.set_cookie(
            self.gate.cookie_name,
            value,
            path="/",
            httponly=True,
            samesite="Strict",
            secure=self.gate.cookie_is_secure,
        )
        return response

    async def _index(self, _: web.Request) -> web.Response:
        return _page("elsewhere.html" if self.wizard.seat else "terminal.html")

    async def _take_over(self, _: web.Request) -> web.Response:
        await self.wizard.free_seat()
        return web.Response(status=204)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Show the wizard in a browser, if none shows it."""
        if self.wizard.seat or self.wizard.over.done():
            raise web.HTTPConflict(text="The wizard is open elsewhere, or it has ended.")
        browser = web.WebSocketResponse(heartbeat=15, timeout=CLOSE_PATIENCE)
        # Nothing is awaited between the look and this: two browsers at once cannot both find it free.
        seat = self.wizard.seat = Seat(browser, request.transport)
        try:
            await browser.prepare(request)
            seat.talk = asyncio.create_task(self._talk(browser, request))
            await asyncio.wait({seat.talk})
        finally:
            if seat.talk:
                await _ended(seat.talk)
            self.wizard.seat = None
            seat.left.set()
            await browser.close()
        return browser

    async def _talk(self, browser: web.WebSocketResponse, request: web.Request) -> None:
        await self.wizard.show(
            to_int(request.query.get("width", ""), 80), to_int(request.query.get("height", ""), 24)
        )
        await self._process_messages(browser, self.wizard)


async def serve(
    argv: list[str], announce: Callable[[str], None], *, port: int = 0, public_url: str = ""
) -> int:
    """Serve one wizard until it ends or a signal comes; return its exit code, 130 after a signal.

    ``announce`` gets the address to open. ``port`` 0 takes a free one, and ``{port}`` in the public address
    stands for it. InvalidInput when the port is taken or
    the public address is none, WizardError when the wizard cannot be started.
    """
    with _listener(port) as listener, _signals() as signalled:
        at = listener.getsockname()[1]
        gate = Gate(at, public_url.replace(PORT, str(at)))
        server = WizardServer(gate, lambda made: WizardProcess(argv, made.download_manager))
        wizard = server.wizard
        # Neither log is kept: request lines hold the token.
        runner = web.AppRunner(
            await server._make_app(), access_log=None, logger=_silent(), shutdown_timeout=CLOSE_PATIENCE
        )
        await runner.setup()
        try:
            await web.SockSite(runner, listener).start()
            announce(gate.address())
            ends: set[asyncio.Future[Any]] = {wizard.over, signalled}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            interrupted = signalled.done() and not wizard.over.done()
        finally:
            await wizard.end()
            await runner.cleanup()
        return int(ExitCode.INTERRUPTED) if interrupted else wizard.over.result()


@contextmanager
def _listener(port: int) -> Iterator[socket.socket]:
    """Listen on loopback, and nowhere else."""
    try:
        listener = socket.create_server((LOOPBACK[0], port))
    except OSError as error:
        raise InvalidInput(
            "The port cannot be used",
            f"{LOOPBACK[0]}:{port}: {error.strerror}.",
            still_works="Nothing was started.",
            next_step="Leave --port out to get a free one, or name another.",
        ) from error
    with listener:
        yield listener


@contextmanager
def _signals() -> Iterator[asyncio.Future[None]]:
    """Give a future that is done when Ctrl+C, SIGTERM or the end of the terminal asks to stop."""
    loop = asyncio.get_running_loop()
    signalled: asyncio.Future[None] = loop.create_future()

    def note() -> None:
        if not signalled.done():
            signalled.set_result(None)

    # nohup has SIGHUP ignored on purpose.
    numbers = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN
    ]
    for number in numbers:
        loop.add_signal_handler(number, note)
    try:
        yield signalled
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


async def _ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end; what a browser sent wrongly is no trouble of ours."""
    task.cancel()
    with suppress(asyncio.CancelledError, WizardError):
        await asyncio.wait({task})
    if not task.cancelled():
        task.exception()


def _page(name: str, status: int = 200, **words: str) -> web.Response:
    text = asset_path(f"web/{name}").read_text(encoding="utf-8")
    return web.Response(
        status=status, content_type="text/html", charset="utf-8", text=Template(text).substitute(words)
    )


def _refused(words: tuple[str, str]) -> web.Response:
    reason, next_step = words
    return _page("refused.html", 403, reason=reason, next=next_step)


def _silent() -> logging.Logger:
    silent = logging.Logger("web")
    silent.addHandler(logging.NullHandler())
    return silent
