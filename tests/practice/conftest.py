"""Fixtures: a practice cluster's API server in this process, and a client that speaks to it."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from tests.practice.world import QuietWorld
from z2jh_wizard.practice import client
from z2jh_wizard.practice.server import PracticeServer
from z2jh_wizard.practice.server_info import ServerInfo
from z2jh_wizard.practice.store import Store

JSON = "application/json"


@dataclass
class Reply:
    """What the server answered."""

    code: int
    body: Any
    headers: Mapping[str, str] = field(repr=False)

    @property
    def message(self) -> str:
        """The sentence of a Status."""
        text: str = self.body["message"]
        return text


class Api:
    """A client of the practice cluster with its token."""

    def __init__(self, info: ServerInfo, session: aiohttp.ClientSession) -> None:
        self.info = info
        self.session = session

    async def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        kind: str = JSON,
        accept: str = JSON,
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> Reply:
        """Send one request; ``body`` is JSON, or bytes as they are."""
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        types = {"Accept": accept} | ({"Content-Type": kind} if sent is not None else {})
        async with self.session.request(
            method,
            path,
            data=sent,
            headers=types | dict(headers or {}),
            params={k: str(v) for k, v in query.items()},
        ) as response:
            raw = await response.read()
            parsed = json.loads(raw) if "json" in response.content_type else raw.decode()
            return Reply(response.status, parsed, response.headers)

    async def make(self, path: str, body: Any) -> Any:
        """Create an object that has to work, and return it."""
        reply = await self("POST", path, body)
        assert reply.code == 201, reply
        return reply.body

    async def names(self, path: str, **query: Any) -> list[str]:
        """List the names of a collection."""
        reply = await self("GET", path, **query)
        assert reply.code == 200, reply
        return [each["metadata"]["name"] for each in reply.body["items"]]


@dataclass
class Running:
    """A server in this process with a world that does nothing by itself."""

    server: PracticeServer
    info: ServerInfo
    folder: Path
    world: QuietWorld

    @property
    def store(self) -> Store:
        """The objects behind the API."""
        return self.server.store


def trusting(info: ServerInfo) -> ssl.SSLContext:
    """Return a client's TLS context that trusts the practice cluster's CA alone."""
    return ssl.create_default_context(cafile=info.ca_file)


def session_for(info: ServerInfo, token: str | None = None) -> aiohttp.ClientSession:
    """Return an HTTP session with the token of a server, or another one."""
    headers = {"Authorization": f"Bearer {info.token() if token is None else token}"}
    connector = aiohttp.TCPConnector(ssl=trusting(info))
    return aiohttp.ClientSession(info.url, headers=headers, connector=connector)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """An API server on a free port."""
    worlds: list[QuietWorld] = []

    def make_world(store: Store, folder: Path) -> QuietWorld:
        worlds.append(QuietWorld(store, folder))
        return worlds[0]

    folder = tmp_path / "state"
    server = PracticeServer(folder, make_world)
    info = await server.start()
    yield Running(server, info, folder, worlds[0])
    await server.stop()


@pytest.fixture
async def api(running: Running) -> AsyncIterator[Api]:
    """A client of that server."""
    async with session_for(running.info) as session:
        yield Api(running.info, session)


@pytest.fixture
def kubeconfig(running: Running, tmp_path: Path) -> Path:
    """A kubeconfig file for that server."""
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(client.kubeconfig(running.folder, running.info.url)))
    return path
