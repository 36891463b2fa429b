"""What is left when a cluster is gone: one shape for all clouds, and the look round, kind by kind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import TypeAlias

import msgspec

from z2jh_wizard.cloud.calls import states, steadily
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.step import Command, Danger, Finding, Gone, Line, Look, Resource, Step, Work

PATIENCE = 300.0
"""Seconds after which a thing that was to be deleted and is still there counts as stuck."""


class Leftover(msgspec.Struct, frozen=True):
    """Something that is still there after a tear-down and may cost money.

    ``month_usd`` is None where no price is known and 0 for what is free, ``safe`` tells whether it is ours
    and nothing else can need it, and ``delete`` is the step that removes it; None for what is only shown.
    """

    resource: Resource
    where: str
    size: str
    month_usd: float | None
    safe: bool
    why: str
    delete: Step | None = None
    commands: tuple[Command, ...] = ()
    """What a person would type to delete what the wizard will not."""
    looked: bool = True
    """False for a kind that could not be looked for: nobody knows whether something of it is left."""

    @property
    def key(self) -> str:
        """Return what tells it from all others, in this scan and the next one."""
        return self.resource.uid or f"{self.resource} in {self.where}"

    @property
    def removal(self) -> Step | None:
        """Return the step that may delete it, None for what is only shown."""
        return self.delete if self.safe else None

    @property
    def by_hand(self) -> tuple[Command, ...]:
        """Return what a person would type to delete it."""
        return self.commands or (self.delete.commands() if self.delete else ())


class Scan(msgspec.Struct, frozen=True):
    """What one look round found, and for which kinds of things it looked."""

    left: tuple[Leftover, ...] = ()
    looked_for: tuple[str, ...] = ()

    @property
    def unlooked(self) -> tuple[Leftover, ...]:
        """The kinds that could not be looked for."""
        return tuple(one for one in self.left if not one.looked)


LookFor: TypeAlias = "Callable[[], Awaitable[Iterable[Leftover]]]"


async def look_round(kinds: Mapping[str, LookFor], denied: Collection[str], clock: Clock) -> Scan:
    """Look for each kind of thing at once; the ones that may not be listed are told as not looked for.

    ``kinds`` has the names of the kinds in words, such as ``disks``; ``denied`` are the cloud's codes for
    what an account may not ask. Any other trouble is raised, for then nothing is known.
    """

    async def asked(kind: str, look: LookFor) -> Scan:
        try:
            return Scan(tuple(await steadily(look, clock)), (kind,))
        except CloudTrouble as error:
            if error.reason not in denied:
                raise
            return Scan((not_looked_for(kind, error.problem.happened),))

    scans = await asyncio.gather(*(asked(kind, look) for kind, look in kinds.items()))
    return Scan(
        tuple(one for scan in scans for one in scan.left),
        tuple(kind for scan in scans for kind in scan.looked_for),
    )


class DeleteLeftover(Step):
    """Delete one thing that is left, and wait until it is gone.

    ``is_there`` looks for exactly this thing, ``ask`` asks the cloud to delete it; ``data`` tells whether
    files go with it.
    """

    usually = 15
    limit = PATIENCE + 60

    def __init__(
        self,
        resource: Resource,
        command: Command,
        *,
        is_there: Callable[[], Awaitable[bool]],
        ask: Callable[[], Awaitable[object]],
        clock: Clock,
        data: bool = False,
    ) -> None:
        self._resource = resource
        self._command = command
        self._is_there = is_there
        self._ask = ask
        self._clock = clock
        self.id = f"leftover.{resource.kind.replace(' ', '-')}.{resource.name}"
        self.title = f"Delete {resource}"
        self.why = "It is left of a cluster that is gone, and costs money as long as it is there."
        self.danger = Danger.DELETES_DATA if data else Danger.NONE

    def commands(self) -> tuple[Command, ...]:
        """Return the command that deletes it."""
        return (self._command,)

    async def look(self) -> Look:
        """Look whether it is still there."""
        if await self._is_there():
            return Look(Finding.DRIFTED, "still there", (self._resource,))
        return Look(Finding.READY, "gone")

    async def run(self) -> Work:
        """Delete it and wait; WizardError when it stays."""
        if not await self._is_there():
            return
        await self._ask()
        yield Line("asked the cloud to delete it")
        asked = self._clock.now()

        async def remains() -> bool:
            there = await self._is_there()
            if there and (self._clock.now() - asked).total_seconds() > PATIENCE:
                raise _stuck(self._resource)
            return there

        async for there in states(remains, lambda one: not one, self._clock):
            if not there:
                yield Gone(self._resource)


def _stuck(resource: Resource) -> WizardError:
    return WizardError(
        f"{str(resource)[:1].upper()}{str(resource)[1:]} does not go away",
        f"{PATIENCE / 60:.0f} minutes after it was to be deleted it is still there; something may use it.",
        still_works="What else was deleted is gone.",
        next_step="Look at it on the cloud's own page, then tear down again.",
    )


def not_looked_for(kind: str, why: str) -> Leftover:
    """Return what stands for a kind of things that could not be listed."""
    return Leftover(Resource(kind, "not looked for"), "", "", None, False, why, looked=False)


def still_runs(cluster: str, where: str = "") -> Scan:
    """Return the scan beside a living cluster of that name: what it uses is not left."""
    why = "a cluster of this name runs, so nobody can tell what is left and what it uses"
    return Scan((Leftover(Resource("cluster", cluster), where, "", None, False, why, looked=False),))
