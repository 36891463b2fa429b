"""What all parts of the practice cluster share: the store, the clock, the index, delays, faults and logs."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from z2jh_wizard.practice.clock import Clock, Timers
from z2jh_wizard.practice.defaults import fill
from z2jh_wizard.practice.faults import Faults
from z2jh_wizard.practice.index import Index
from z2jh_wizard.practice.logs import LogBook
from z2jh_wizard.practice.meta import ObjectKey, safe_letters
from z2jh_wizard.practice.objects import Object, time_text
from z2jh_wizard.practice.resources import Resource
from z2jh_wizard.practice.store import Store
from z2jh_wizard.practice.volumes import VolumeFolders

POD_SUFFIX_LETTERS = 5


class Task(NamedTuple):
    """One object for one controller to look at."""

    controller: str
    key: ObjectKey


class Delays:
    """What takes time: each thing has a name, starts when first asked for, and wakes its task when over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._timers: Timers[tuple[Task, str]] = Timers()
        self._over: dict[Task, set[str]] = {}
        self._running: dict[Task, set[str]] = {}

    def passed(self, task: Task, what: str, seconds: float) -> bool:
        """Say whether ``seconds`` of cluster time are over since this was first asked."""
        return self._passed(task, what, self._clock.scaled(seconds))

    def limit_passed(self, task: Task, what: str, seconds: float) -> bool:
        """Say whether a time limit is over; limits do not shrink to nothing at high speed."""
        return self._passed(task, what, self._clock.limit(seconds))

    def _passed(self, task: Task, what: str, real_seconds: float) -> bool:
        if what in self._over.get(task, ()):
            return True
        if (task, what) in self._timers:
            return False
        if real_seconds <= 0:
            self._over.setdefault(task, set()).add(what)
            return True
        self._timers.set((task, what), self._clock.ticks() + real_seconds)
        self._running.setdefault(task, set()).add(what)
        return False

    def wake(self, task: Task, what: str, real_seconds: float) -> None:
        """Wake a task once, in some real seconds; asking again moves the moment."""
        self._over.get(task, set()).discard(what)
        # A wake-up of no length would spin: whoever polls gets a short breath at any speed.
        pause = max(real_seconds, 0.01)
        self._timers.set((task, what), self._clock.ticks() + pause)
        self._running.setdefault(task, set()).add(what)

    def is_over(self, task: Task, what: str) -> bool:
        """Say whether something that was timed for a task is over."""
        return what in self._over.get(task, ())

    def is_running(self, task: Task, what: str) -> bool:
        """Say whether something is being timed for a task."""
        return (task, what) in self._timers

    def reset(self, task: Task, what: str) -> None:
        """Let one thing of a task start anew when it is asked for again."""
        self._over.get(task, set()).discard(what)
        self._timers.cancel((task, what))
        self._running.get(task, set()).discard(what)

    def forget(self, task: Task) -> None:
        """Forget all that was timed for a task."""
        for what in self._running.pop(task, ()):
            self._timers.cancel((task, what))
        self._over.pop(task, None)

    def next_due(self) -> float | None:
        """Return when the next thing is over, in ticks of the clock."""
        return self._timers.next_due()

    def pop_due(self) -> list[Task]:
        """Return the tasks of which something is over now."""
        tasks = []
        for task, what in self._timers.pop_due(self._clock.ticks()):
            self._running[task].discard(what)
            self._over.setdefault(task, set()).add(what)
            tasks.append(task)
        return tasks

    def set_speed(self, speed: float) -> None:
        """Change the speed, for what is under way too."""
        old, self._clock.speed = self._clock.speed, speed
        self._timers.rescale(self._clock.ticks(), speed / old if old else 1.0)


class Cluster:
    """The one thing that every controller gets: where objects are, what time it is, what is broken."""

    def __init__(self, store: Store, clock: Clock, state_folder: Path, seed: int = 0) -> None:
        self.store = store
        self.clock = clock
        self.index = Index(store)
        self.delays = Delays(clock)
        self.faults = Faults()
        self.logs = LogBook()
        self.volumes = VolumeFolders(state_folder / "volumes")
        self.random = random.Random(seed)  # noqa: S311 - names and addresses, no secrets
        self.wake: Callable[[Task], None] = lambda _: None

    def now(self) -> datetime:
        """Return the cluster's present moment."""
        return self.clock.now()

    def now_text(self) -> str:
        """Return the cluster's present moment as Kubernetes writes it."""
        return time_text(self.clock.now())

    def create(self, resource: Resource, body: Object, namespace: str = "") -> Object:
        """Create an object as a client of the API would: with the server's defaults filled in; ApiError."""
        new: Object = {"apiVersion": resource.group_version, "kind": resource.kind, **body}
        fill(new)
        return self.store.create(resource, new, namespace)

    def event(
        self, obj: Object, reason: str, message: str, *, warning: bool = False, component: str = "practice"
    ) -> None:
        """Record an event about an object."""
        self.store.record_event(obj, reason, message, "Warning" if warning else "Normal", component)

    def free_name(self, resource: Resource, namespace: str, prefix: str) -> str:
        """Return an unused name: the prefix and five random letters."""
        letters = safe_letters()
        while True:
            name = prefix + "".join(self.random.choices(letters, k=POD_SUFFIX_LETTERS))
            if self.store.get(resource, namespace, name) is None:
                return name
