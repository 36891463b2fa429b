"""``z2jh-wizard --web`` as a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from tests.web.serving import Served
from z2jh_wizard.project.folder import Project, open_project

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Program(Served):
    """``z2jh-wizard --web`` as a process."""

    process: asyncio.subprocess.Process

    async def ends(self) -> tuple[int, str, str]:
        """Wait for its end; return its exit code and the rest of what it said."""
        out, err = await asyncio.wait_for(self.process.communicate(), 60)
        return self.process.returncode or 0, out.decode(), err.decode()

    def wizard(self) -> psutil.Process:
        """Return the one process that it runs."""
        [child] = psutil.Process(self.process.pid).children()
        return child


@asynccontextmanager
async def program(folder: Path, *words: str, **environment: str) -> AsyncIterator[Program]:
    """Start it in a folder, without a terminal, and wait for the address."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "z2jh_wizard", "--web", *words),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    try:
        address = (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()
        port = urlsplit(address).port
        assert port, address
        over: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        yield Program(address, port, over, process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def new_project(folder: Path, release: str) -> Project:
    """Make a practice project as people do."""
    words = ("new", str(folder), "--provider", "practice", "--release", release)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "z2jh_wizard", *words),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert await process.wait() == 0
    return open_project(folder)
