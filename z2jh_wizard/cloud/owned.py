"""What every cloud's steps have in common: a thing is found by name, known by our label, and waited for.

A run may end between any two calls, so nothing is remembered: a step looks, asks for one change, tells that
something was made as soon as the cloud took the request, and looks again until the cloud is idle. How a cloud
is asked, and what it calls broken, stays with that cloud.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import msgspec

from z2jh_wizard.cloud.calls import states
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.spec import Pool, Spec
from z2jh_wizard.core.step import (
    Danger,
    Finding,
    Gone,
    Happening,
    Line,
    Look,
    Refusal,
    Resource,
    Step,
    Work,
)

CORE, USER = "core", "user"
"""The two pools of every cluster: one for the hub, one for the students."""


def bounds(pool: Pool) -> tuple[int, int]:
    """Return how many nodes a pool for students has at least and at most where its cloud scales it."""
    least = pool.minimum if pool.minimum is not None else 0
    return least, max(pool.maximum if pool.maximum is not None else pool.nodes, pool.nodes, least, 1)


class Thing(msgspec.Struct, frozen=True):
    """Something as one look found it; an empty ``status`` means that there is none.

    ``project_id`` is the value of our label, empty for what somebody else made.
    """

    status: str
    project_id: str = ""

    @property
    def is_idle(self) -> bool:
        """Tell whether the cloud does nothing with it."""
        raise NotImplementedError

    @property
    def is_broken(self) -> bool:
        """Tell whether the cloud gave it up."""
        return False

    @property
    def words(self) -> str:
        """Say how far it is."""
        return self.status.lower()

    @property
    def telling(self) -> Happening:
        """Return the same as what a step tells."""
        return Line(self.words)


T = TypeVar("T", bound=Thing)


async def waited(
    look: Callable[[], Awaitable[T]], clock: Clock, is_done: Callable[[T], bool] = lambda one: one.is_idle
) -> Work:
    """Tell how far a thing is, until the cloud is idle or whatever else was asked for has come."""
    async for state in states(look, is_done, clock):
        if not is_done(state):
            yield state.telling


def foreign(kind: str) -> str:
    """Return why a thing without our label is left alone."""
    return f"a {kind} of this name exists which this project did not make"


class MakeOwned(Step, Generic[T]):
    """Makes one thing of a project; nobody else's thing of that name is changed or removed."""

    kind = "cluster"
    undoable = True

    def __init__(self, spec: Spec, clock: Clock) -> None:
        self._spec = spec
        self._clock = clock

    async def look(self) -> Look:
        """Look for it by its name, and by our label whether it is ours."""
        state = await self._state()
        if not state.status:
            return Look(Finding.ABSENT, "not made yet")
        here = (self._resource(),)
        if state.project_id != self._spec.project_id:
            reason = foreign(self.kind)
            return Look(Finding.UNKNOWN, reason, here, not_ours=reason)
        return Look(*self._judged(state), here)

    def undo(self) -> Work:
        """Delete it, once nothing else is at work on it."""
        return self._delete()

    @abstractmethod
    async def _state(self) -> T:
        """Return it as it is."""

    @abstractmethod
    def _judged(self, state: T) -> tuple[Finding, str]:
        """Return what to think of one that is there and ours."""

    @abstractmethod
    def _delete(self) -> Work:
        """Delete it and wait."""

    @abstractmethod
    def _resource(self) -> Resource:
        """Return it as the journal and the receipt have it."""

    def _trouble(self, state: T) -> WizardError:
        """Return what is wrong with one that the cloud gave up."""
        return WizardError(f"The cloud could not finish the {self.kind}", f"It is {state.words}.")

    def _until_idle(self) -> Work:
        return waited(self._state, self._clock)

    async def _until_whole(self) -> Work:
        """Wait until the cloud is idle; raise what is wrong when it gave up."""
        async for state in states(self._state, lambda one: one.is_idle, self._clock):
            if not state.is_idle:
                yield state.telling
            elif state.is_broken:
                raise self._trouble(state)

    async def _until_gone(self) -> Work:
        async for happening in waited(self._state, self._clock, lambda one: not one.status):
            yield happening
        yield Gone(self._resource())


class PoolSize(msgspec.Struct, frozen=True):
    """How many nodes a pool has; ``least`` is None where nothing scales it, ``busy`` what is going on."""

    nodes: int
    least: int | None = None
    busy: str = ""
    is_ours: bool = True


class ResizePool(Step):
    """Gives a pool a number of nodes, and its least as well, or the cloud would change it back."""

    id = "cluster.resize"
    why = "More nodes before a workshop, fewer after it; students' files stay either way."
    usually = 180
    limit = 1500
    kind = "cluster"
    needs_core = "The hub itself runs in the pool core; without a node there it would stop."

    def __init__(self, spec: Spec, clock: Clock, pool: str, nodes: int, most: int) -> None:
        self._spec = spec
        self._clock = clock
        self._pool = pool
        self._nodes = nodes
        self._bounds = (nodes, max(most, nodes, 1))
        self.title = f"Resize the pool {pool} to {nodes} nodes"
        self.danger = Danger.COSTS_MONEY if nodes else Danger.NONE

    async def look(self) -> Look:
        """Compare number and least number; another's pool is left alone."""
        now = await self._now()
        if not now.is_ours:
            reason = foreign(self.kind)
            return Look(Finding.UNKNOWN, reason, not_ours=reason)
        detail = f"{now.nodes} nodes" + (f", at least {now.least}" if now.least is not None else "")
        if now.busy:
            return Look(Finding.DRIFTED, f"{detail}; {now.busy}")
        right = now.nodes == self._nodes and now.least in (None, self._nodes)
        return Look(Finding.READY if right else Finding.DRIFTED, detail)

    def run(self) -> Work | Refusal:
        """Change it, and wait."""
        if self._pool == CORE and not self._nodes:
            return Refusal(self.needs_core)
        return self._resize()

    @abstractmethod
    async def _now(self) -> PoolSize:
        """Return the pool as it is; InvalidInput when there is no such pool."""

    @abstractmethod
    def _resize(self) -> Work:
        """Set number and bounds, and wait."""
