"""The practice cluster of one project as a background process: python -m z2jh_wizard.practice --state DIR."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.practice.server import MakeWorld, PracticeServer
from z2jh_wizard.practice.server_info import CA_FILE
from z2jh_wizard.practice.store import Store
from z2jh_wizard.practice.world import Settings, World
from z2jh_wizard.system.files import PRIVATE_FILE, make_private_folder

LOCK_FILE = "server.lock"
IDLE_HOURS = 8.0
CHECK_SECONDS = 5.0
"""How often the process looks whether it is still wanted."""

log = logging.getLogger("z2jh_wizard.practice")


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until nobody needs the cluster any more; returns the exit code."""
    arguments = _parser().parse_args(argv)
    os.umask(0o077)
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s", force=True
    )
    folder: Path = arguments.state.absolute()
    try:
        make_private_folder(folder)
        with FileLock(folder / LOCK_FILE, timeout=0, mode=PRIVATE_FILE):
            asyncio.run(_serve(folder, arguments))
    except Timeout:
        log.info("The practice cluster of %s runs already.", folder)
    except (WizardError, OSError) as error:
        log.error("The practice cluster of %s stopped: %s", folder, error)  # one sentence
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m z2jh_wizard.practice", description=__doc__)
    parser.add_argument(
        "--state", type=Path, required=True, help="folder that holds everything of this cluster"
    )
    parser.add_argument("--port", type=int, help="port to listen on (default: the last one, or a free one)")
    parser.add_argument("--speed", type=float, help="1 is the real pace, 0 as fast as possible")
    parser.add_argument("--nodes", type=int, help="nodes for users that a new cluster begins with")
    return parser


def _world_maker(speed: float | None, nodes: int | None) -> MakeWorld:
    """Return what makes the world of a new cluster; a saved one keeps its nodes."""
    usual = Settings()

    def make_world(store: Store, folder: Path) -> World:
        settings = Settings(
            user_nodes=usual.user_nodes if nodes is None else nodes,
            speed=usual.speed if speed is None else speed,
            certificate=(folder / CA_FILE).read_text("ascii"),
        )
        return World(store, settings, folder)

    return make_world


async def _serve(folder: Path, arguments: argparse.Namespace) -> None:
    asked_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_stop.set)
    make_world = _world_maker(arguments.speed, arguments.nodes)
    server = PracticeServer(folder, make_world, arguments.port, speed=arguments.speed)
    try:
        info = await server.start()
        log.info("The practice cluster of %s listens on %s.", folder, info.url)
        endings = [
            asyncio.create_task(work)
            for work in (asked_to_stop.wait(), server.wait(), _until_unwanted(folder, server))
        ]
        done, pending = await asyncio.wait(endings, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        for task in done:
            task.result()
    finally:
        await server.stop()


async def _until_unwanted(folder: Path, server: PracticeServer) -> None:
    """Return when the state folder is gone or another one, or nobody has asked anything for hours."""
    own = _identity(folder)
    while server.idle_seconds() < IDLE_HOURS * 3600:
        await asyncio.sleep(CHECK_SECONDS)
        if _identity(folder) != own:
            log.info("The state folder is gone, so this cluster ends.")
            return
    log.info("Nobody has asked anything for %.0f hours, so this cluster ends.", IDLE_HOURS)


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another one of the same name; None when it is gone."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


if __name__ == "__main__":
    sys.exit(main())
