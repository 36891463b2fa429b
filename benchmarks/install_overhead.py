"""What the wizard adds to an install: time around Helm, and its own CPU while Helm works."""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
import time
from pathlib import Path

import psutil
from measure import leave, report

from z2jh_wizard.cloud import practice
from z2jh_wizard.core.events import Event, Kind, State
from z2jh_wizard.flows import settings
from z2jh_wizard.flows.journey import make_practice_project
from z2jh_wizard.flows.sessions import new_session
from z2jh_wizard.flows.values_files import Where
from z2jh_wizard.project.folder import Project

ROUNDS = 7


class HelmWatch:
    """Remembers when the Helm of a session was executed and when it ended."""

    def __init__(self) -> None:
        self.started = 0.0
        self.ended = 0.0

    def record(self, what: str, **details: object) -> None:
        if what == "child":
            self.started = time.time()
            threading.Thread(target=self._wait, args=(psutil.Process(int(str(details["pid"]))),)).start()

    def _wait(self, process: psutil.Process) -> None:
        try:
            while process.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.002)
        except psutil.NoSuchProcess:
            pass
        self.ended = time.time()


async def once(project: Project) -> tuple[float, float, float]:
    """Install or upgrade once; return seconds before Helm, seconds after it, share of a core in between."""
    watch = HelmWatch()
    session = new_session(project, "setup")
    write = session._journal.record

    def record(what: str, **details: object) -> None:
        write(what, **details)
        watch.record(what, **details)

    session._journal.record = record  # type: ignore[method-assign]
    moments: dict[State, float] = {}
    cpu: list[float] = []

    def listen(event: Event) -> None:
        if event.step == "hub.release" and event.kind is Kind.STATE:
            moments[event.state] = time.time()
            cpu.append(sum(os.times()[:2]))

    session.listen(listen)
    outcome = await session.run()
    if outcome.code:
        raise SystemExit(str(outcome.problem))
    busy = (cpu[-1] - cpu[0]) / (moments[State.DONE] - moments[State.RUNNING])
    return watch.started - moments[State.RUNNING], moments[State.DONE] - watch.ended, 100 * busy


def change(project: Project, number: int) -> None:
    """Change a setting, so that there is something to upgrade; the first round is the installation."""
    if project.config.exists():
        timeout = ("cull", "timeout")
        settings.change(
            Where(project.folder), "bench", lambda files: settings.set_value(files, timeout, 3600 + number)
        )


async def measure() -> list[tuple[float, float, float]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        project = make_practice_project(Path(folder) / "p")
        await practice.start(project, 1.0)
        results = []
        try:
            for number in range(ROUNDS):
                change(project, number)
                results.append(await once(project))
        finally:
            await practice.stop(project)
    return results


def main() -> None:
    results = asyncio.run(measure())
    around = [before + after for before, after, _ in results]
    leave(
        [
            report("from step start to Helm's exec", [1000 * before for before, _, _ in results], "ms"),
            report("from Helm's exit to step end", [1000 * after for _, after, _ in results], "ms"),
            report("wizard's time around Helm", [1000 * both for both in around], "ms", goal=150),
            report(
                "wizard's CPU during an install", [share for _, _, share in results], "% of a core", goal=5
            ),
        ]
    )


if __name__ == "__main__":
    main()
