"""A practice cluster as a whole: store, world, and API server on loopback, in one state folder."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
from aiohttp import web

from z2jh_wizard.practice.api import Api
from z2jh_wizard.practice.backend import World
from z2jh_wizard.practice.control import Control
from z2jh_wizard.practice.custom_resources import CustomResources
from z2jh_wizard.practice.persistence import Persistence
from z2jh_wizard.practice.request_journal import RequestJournal
from z2jh_wizard.practice.server_info import HOST, SERVER_FILE, ServerInfo, read_info
from z2jh_wizard.practice.store import Store
from z2jh_wizard.practice.tls import Identity, identity
from z2jh_wizard.system.files import make_private_folder, write_atomic
from z2jh_wizard.system.processes import identify

JOURNAL_FILE = "requests.jsonl"
CLOSE_SECONDS = 1.0
"""How long open watches may take to end when the server stops."""

MakeWorld = Callable[[Store, Path], World]

log = logging.getLogger(__name__)


class PracticeServer:
    """One practice cluster; ``start`` and ``stop`` are called once each; ``speed`` wins over a saved one."""

    def __init__(
        self, folder: Path, make_world: MakeWorld, port: int | None = None, *, speed: float | None = None
    ) -> None:
        self.store = Store()
        self._folder = folder
        self._make_world = make_world
        self._port = port
        self._speed = speed
        self._persistence = Persistence(folder, self.store)
        self._journal = RequestJournal(folder / JOURNAL_FILE)
        self._tasks: list[asyncio.Task[None]] = []
        self._runner: web.AppRunner | None = None
        self._api: Api | None = None

    async def start(self) -> ServerInfo:
        """Load what was saved, let the world run and answer requests; returns where."""
        make_private_folder(self._folder)
        loaded = self._persistence.load()
        if loaded.complaint:
            log.warning("%s", loaded.complaint)
        CustomResources(self.store)
        proofs = identity(self._folder)
        world = self._make_world(self.store, self._folder)
        if loaded.world is not None:
            world.restore(loaded.world)
            if self._speed is not None:
                world.control("speed", {"speed": self._speed})
        self._persistence.start(world.to_json)
        for name, work in (("world", world.run()), ("persistence", self._persistence.run())):
            self._tasks.append(asyncio.create_task(work, name=name))
        info = msgspec.structs.replace(await self._listen(world, proofs), complaint=loaded.complaint)
        write_atomic(self._folder / SERVER_FILE, msgspec.json.encode(info))
        return info

    def idle_seconds(self) -> float:
        """Return for how long nobody has asked anything."""
        return self._api.idle_seconds() if self._api else 0.0

    async def wait(self) -> None:
        """Return when a part has stopped by itself; raises what stopped it."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """Stop answering, stop the world, save everything."""
        if self._api:
            self._api.end_streams()
        if self._runner:
            await self._runner.cleanup()
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self._folder.exists():
            self._persistence.stop()
        self._journal.close()

    async def _listen(self, world: World, proofs: Identity) -> ServerInfo:
        control = Control(world, self._journal, self._persistence.dirty.set)
        self._api = Api(self.store, world, proofs.token(), self._journal, control)
        # A client that goes away ends its watch at once.
        self._runner = web.AppRunner(
            self._api.application(),
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=CLOSE_SECONDS,
        )
        await self._runner.setup()
        context = proofs.server_context()
        for port in self._ports():
            site = web.TCPSite(self._runner, HOST, port, ssl_context=context)
            try:
                await site.start()
                break
            except OSError:
                if port == 0:
                    raise
        bound = int(self._runner.addresses[0][1])
        own = identify(os.getpid())
        started = own.started if own else 0.0
        return ServerInfo(bound, os.getpid(), started, str(proofs.ca_file), str(proofs.token_file))

    def _ports(self) -> tuple[int, ...]:
        """Return the ports to try: the one asked for or used before, then any."""
        if self._port is not None:
            return (self._port, 0)
        before = read_info(self._folder)
        return (before.port, 0) if before else (0,)
