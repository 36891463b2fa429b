"""A proxy before a cluster's API that takes another kind of token, as the clusters of clouds do."""

from __future__ import annotations

import asyncio
import base64
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout, web

from z2jh_wizard.practice.tls import identity

_OWN = ("transfer-encoding", "connection", "content-length", "host")
"""Headers of one connection, which are not passed on."""


@dataclass(frozen=True)
class Front:
    """Where the proxy answers, and the certificate by which it is known, as PEM in base64."""

    url: str
    authority: str


@contextmanager
def token_proxy(api: str, token: str, takes: Callable[[str], bool], folder: Path) -> Iterator[Front]:
    """Pass requests on to a cluster's API with its ``token``, if they come with one that ``takes`` likes."""
    folder.mkdir(mode=0o700, exist_ok=True)
    proofs = identity(folder)
    inside = ssl.create_default_context()
    inside.check_hostname, inside.verify_mode = False, ssl.CERT_NONE
    started: list[str] = []
    loops: list[asyncio.AbstractEventLoop] = []
    sessions: list[ClientSession] = []
    ready, end = threading.Event(), asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not takes(shown):
            return web.json_response({"kind": "Status", "code": 401, "reason": "Unauthorized"}, status=401)
        headers = {key: value for key, value in request.headers.items() if key.lower() not in _OWN}
        headers["Authorization"] = f"Bearer {token}"
        async with sessions[0].request(
            request.method, f"{api}{request.raw_path}", headers=headers, data=await request.read(), ssl=inside
        ) as reply:
            kept = {key: value for key, value in reply.headers.items() if key.lower() not in _OWN}
            response = web.StreamResponse(status=reply.status, headers=kept)
            await response.prepare(request)
            async for part in reply.content.iter_any():
                await response.write(part)
            return response

    async def serve() -> None:
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", answer)
        options = {"auto_decompress": False, "timeout": ClientTimeout(total=None)}
        async with ClientSession(**options) as session:  # type: ignore[arg-type]
            sessions.append(session)
            runner = web.AppRunner(app, shutdown_timeout=0.1)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=proofs.server_context())
            await site.start()
            loops.append(asyncio.get_running_loop())
            started.append(f"https://127.0.0.1:{runner.addresses[0][1]}")
            ready.set()
            await end.wait()
            await runner.cleanup()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield Front(started[0], base64.b64encode(proofs.ca_file.read_bytes()).decode())
    finally:
        loops[0].call_soon_threadsafe(end.set)
        thread.join(10)
