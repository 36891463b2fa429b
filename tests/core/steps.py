"""Steps for tests: a small world in memory that they look at and change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable

from z2jh_wizard.core.step import (
    Finding,
    Gone,
    Happening,
    Line,
    Look,
    Made,
    Refusal,
    Resource,
    Step,
    Work,
)

World = set[str]
"""The ids of the steps whose things exist."""


class Thing(Step):
    """Makes one thing in the world and takes it back; ``troubles`` are raised by its first tries."""

    undoable = True

    def __init__(self, world: World, name: str = "thing", *troubles: Exception) -> None:
        self.id = name
        self.title = f"Make {name}"
        self.why = f"Nothing goes without {name}."
        self.world = world
        self.troubles = list(troubles)
        self.looks = 0
        self.tries = 0

    @property
    def resource(self) -> Resource:
        return Resource("Thing", self.id, "lab", "uid-1")

    async def look(self) -> Look:
        self.looks += 1
        if self.id in self.world:
            return Look(Finding.READY, "it is there", (self.resource,))
        return Look(Finding.ABSENT, "not there")

    async def run(self) -> AsyncIterator[Happening]:
        self.tries += 1
        yield Line(f"try {self.tries}")
        if self.troubles:
            raise self.troubles.pop(0)
        self.world.add(self.id)
        yield Made(self.resource)

    async def undo(self) -> AsyncIterator[Happening]:
        self.world.discard(self.id)
        yield Gone(self.resource)


class Scripted(Step):
    """A step whose looks and work are given by the test."""

    title = "Scripted"
    why = "For the test."

    def __init__(
        self,
        look: Look | Exception | Callable[[], Look],
        work: Callable[[], AsyncGenerator[Happening, None]] | Refusal | Exception | None = None,
        name: str = "scripted",
    ) -> None:
        self.id = name
        self._look = look
        self._work = work
        self.ran = False

    async def look(self) -> Look:
        if isinstance(self._look, Exception):
            raise self._look
        return self._look if isinstance(self._look, Look) else self._look()

    def run(self) -> Work | Refusal:
        self.ran = True
        if isinstance(self._work, Exception):
            raise self._work
        if isinstance(self._work, Refusal):
            return self._work
        assert self._work, "this step must not run"
        return self._work()


class Endless(Thing):
    """Works until it is stopped; remembers that its clean-up ran to its end."""

    cleaned = False

    async def run(self) -> AsyncIterator[Happening]:
        try:
            yield Line("at work")
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            self.cleaned = True
