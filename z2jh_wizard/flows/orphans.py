"""Helm children that outlived a killed wizard: waited for or interrupted before anything is looked at."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import Refused
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.journal import read_journal
from z2jh_wizard.system.processes import ProcessIdentity, is_alive, signal_process

PATIENCE = 30.0
"""Seconds an orphan may go on by itself before it is interrupted."""

LAST_PATIENCE = 30.0
"""Seconds an interrupted orphan has to end."""


@dataclass(frozen=True, slots=True)
class RecordedChild:
    """A child that a run wrote into the journal: which process, for which release, since when."""

    identity: ProcessIdentity
    release: str
    namespace: str
    began: datetime
    ended: bool


def recorded_children(project: Project) -> list[RecordedChild]:
    """Return all Helm children of the journal, oldest first."""
    children: dict[tuple[int, float], RecordedChild] = {}
    for entry in read_journal(project.journal):
        if entry.get("what") not in ("child", "child-end"):
            continue
        try:
            key = (int(entry["pid"]), float(entry["started"]))
            if entry["what"] == "child-end":
                if key in children:
                    old = children[key]
                    children[key] = RecordedChild(old.identity, old.release, old.namespace, old.began, True)
                continue
            began = datetime.fromisoformat(str(entry["time"]).replace("Z", "+00:00"))
            children[key] = RecordedChild(
                ProcessIdentity(*key), str(entry["release"]), str(entry["namespace"]), began, False
            )
        except (KeyError, TypeError, ValueError):
            continue
    return list(children.values())


async def settle_orphans(project: Project, clock: Clock, stop: asyncio.Event) -> AsyncIterator[str]:
    """Wait for living children of an earlier run, then interrupt them; Refused if one will not end."""
    for child in recorded_children(project):
        if child.ended or not is_alive(child.identity):
            continue
        pid = child.identity.pid
        yield f"Helm of an earlier run still works on {child.release} (process {pid}); waiting for it"
        if await _gone(child.identity, PATIENCE, clock, stop):
            continue
        yield f"interrupting Helm of the earlier run (process {pid})"
        signal_process(child.identity, signal.SIGINT)
        if not await _gone(child.identity, LAST_PATIENCE, clock, asyncio.Event()):
            raise Refused(
                "An earlier Helm is still at work",
                f"Process {pid} changes {child.release} and does not end when interrupted.",
                still_works="Nothing was changed by this run.",
                next_step=f"Wait for it or end it (kill {pid}), then run the same command again.",
            )


async def _gone(identity: ProcessIdentity, patience: float, clock: Clock, stop: asyncio.Event) -> bool:
    began = clock.now()
    while is_alive(identity):
        if stop.is_set() or (clock.now() - began).total_seconds() >= patience:
            return False
        await clock.sleep(0.2)
    return True
