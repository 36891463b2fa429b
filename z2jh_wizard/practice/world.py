"""The world behind the API server: all controllers, kubelets, nodes, students and faults, in one loop.

The loop sleeps until the store changes or something is due; it looks only at what changed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from z2jh_wizard.practice.boot import boot
from z2jh_wizard.practice.clock import Clock, ManualClock
from z2jh_wizard.practice.cluster import Cluster, Task
from z2jh_wizard.practice.command_files import ExecResult
from z2jh_wizard.practice.commands import run
from z2jh_wizard.practice.controllers.base import RETRY_SECONDS, Controller
from z2jh_wizard.practice.controllers.claims import ClaimController, VolumeController
from z2jh_wizard.practice.controllers.daemonset import DaemonSetController
from z2jh_wizard.practice.controllers.deployment import DeploymentController
from z2jh_wizard.practice.controllers.disruption import DisruptionController
from z2jh_wizard.practice.controllers.garbage import GarbageCollector
from z2jh_wizard.practice.controllers.job import JobController
from z2jh_wizard.practice.controllers.namespace import NamespaceController
from z2jh_wizard.practice.controllers.node import NodeController
from z2jh_wizard.practice.controllers.quota import QuotaController
from z2jh_wizard.practice.controllers.replicaset import ReplicaSetController
from z2jh_wizard.practice.controllers.service import EndpointsController, LoadBalancerController
from z2jh_wizard.practice.controllers.statefulset import StatefulSetController
from z2jh_wizard.practice.fault_effects import FaultEffects
from z2jh_wizard.practice.faults import UnknownFault
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.kubelet import Kubelet
from z2jh_wizard.practice.logs import LogLine
from z2jh_wizard.practice.meta import ObjectKey, containers_of, init_containers_of, uid_of
from z2jh_wizard.practice.nodes import CORE_MACHINE, USER_MACHINE, Pool, PoolController
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.pod_files import container_of, forget_pod
from z2jh_wizard.practice.programs import ContainerRun, PodRunner
from z2jh_wizard.practice.resources import PODS
from z2jh_wizard.practice.scheduler import Scheduler
from z2jh_wizard.practice.status import ApiError
from z2jh_wizard.practice.store import Store
from z2jh_wizard.practice.students import Students

SLICE_TASKS = 40
"""Looks in a row before the API server gets its turn."""

SETTLED_SECONDS = 60.0
MOST_TASKS = 500_000

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """How a new practice cluster is made: nodes, pace, and the seed of its chance."""

    core_nodes: int = 1
    user_nodes: int = 2
    dedicated: bool = False
    speed: float = 1.0
    seed: int = 0
    certificate: str = ""

    def pools(self) -> list[Pool]:
        """Return the pools of a new cluster."""
        return [
            Pool("core", CORE_MACHINE, self.core_nodes),
            Pool("user", USER_MACHINE, self.user_nodes, dedicated=self.dedicated),
        ]


class World:
    """Everything that happens in the practice cluster by itself."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        state_folder: Path,
        clock: Clock | None = None,
        runner: Callable[[Cluster], PodRunner] | None = None,
    ) -> None:
        self.clock = clock or Clock(settings.speed)
        self.cluster = Cluster(store, self.clock, state_folder, settings.seed)
        self.store = store
        self.strict = False
        self._state_folder = state_folder
        self._settings = settings
        self.kubelet = Kubelet(self.cluster, runner(self.cluster) if runner else None)
        self.pools = PoolController(self.cluster, settings.pools())
        self.students = Students(self.cluster)
        self.effects = FaultEffects(self.cluster, self.students)
        self._controllers = {each.name: each for each in self._all_controllers()}
        self._watchers: dict[tuple[str, str], list[Controller]] = {}
        for controller in self._controllers.values():
            for resource in controller.watches:
                self._watchers.setdefault(resource.key, []).append(controller)
        self._queue: dict[Task, None] = {}
        self._awake = asyncio.Event()
        self.cluster.wake = self._enqueue
        store.listeners.append(self._note)

    def _all_controllers(self) -> list[Controller]:
        cluster = self.cluster
        return [
            NamespaceController(cluster, self._settings.certificate),
            self.pools,
            NodeController(cluster),
            GarbageCollector(cluster),
            ClaimController(cluster),
            VolumeController(cluster),
            DeploymentController(cluster),
            ReplicaSetController(cluster),
            StatefulSetController(cluster),
            DaemonSetController(cluster),
            JobController(cluster),
            Scheduler(cluster),
            self.kubelet,
            LoadBalancerController(cluster),
            EndpointsController(cluster),
            DisruptionController(cluster),
            QuotaController(cluster),
            self.students,
            self.effects,
        ]

    # The loop

    def _note(self, change: Change) -> None:
        """Take over one change of the store: what has to be looked at now?"""
        self.cluster.index.note(change)
        if change.type == "DELETED" and change.resource.key == PODS.key:
            self._forget_pod(uid_of(change.object))
        for controller in self._watchers.get(change.resource.key, ()):
            for key in controller.keys(change):
                self._enqueue(Task(controller.name, key))

    def _forget_pod(self, uid: str) -> None:
        """Drop what was kept of a pod that is gone: logs, counters, scratch files."""
        self.cluster.logs.forget(uid)
        self.kubelet.forget_pod(uid)
        forget_pod(self._state_folder, uid)

    def _enqueue(self, task: Task) -> None:
        self._queue[task] = None
        self._awake.set()

    def boot(self) -> None:
        """Make what every cluster has, if it is not there, and look at everything once."""
        boot(self.cluster)
        self.pools.begin()
        for pool in self.pools.pools:
            self._enqueue(Task(self.pools.name, ObjectKey("", pool)))
        self.look_at_everything()

    def look_at_everything(self) -> None:
        """Look at all objects again, as after a start or when a fault comes or goes."""
        for resource, obj in self.store.all():
            change = Change("MODIFIED", resource, obj, obj, self.store.revision)
            for controller in self._watchers.get(resource.key, ()):
                for key in controller.keys(change):
                    self._enqueue(Task(controller.name, key))

    async def run(self) -> None:
        """Boot, then keep the cluster alive until cancelled; idle, it sleeps."""
        self.boot()
        while True:
            for task in self.cluster.delays.pop_due():
                self._enqueue(task)
            if self._queue:
                self._work(SLICE_TASKS)
                await asyncio.sleep(0)
                continue
            self._awake.clear()
            due = self.cluster.delays.next_due()
            pause = None if due is None else max(0.0, due - self.clock.ticks())
            try:
                await asyncio.wait_for(self._awake.wait(), pause)
            except (asyncio.TimeoutError, TimeoutError):
                continue

    def _work(self, most: int) -> None:
        for _ in range(most):
            if not self._queue:
                return
            task = next(iter(self._queue))
            del self._queue[task]
            self._look(task)

    def _look(self, task: Task) -> None:
        controller = self._controllers[task.controller]
        try:
            controller.reconcile(task.key)
        except ApiError as error:
            # Somebody else changed or refused it meanwhile: a real controller tries again, too.
            log.debug("%s %s: %s", task.controller, task.key, error)
            controller.again(task.key, RETRY_SECONDS, "retry")
        except Exception:  # one broken object must not stop the cluster
            if self.strict:
                raise
            log.exception("%s could not look at %s", task.controller, task.key)
            controller.again(task.key, 10 * RETRY_SECONDS, "retry")

    def settle(self, seconds: float = SETTLED_SECONDS) -> None:
        """Run until nothing is due within ``seconds``, moving a manual clock on (for tests)."""
        for _ in range(MOST_TASKS):
            for task in self.cluster.delays.pop_due():
                self._enqueue(task)
            if self._queue:
                self._work(1)
                continue
            due = self.cluster.delays.next_due()
            if due is None or due - self.clock.ticks() > seconds:
                return
            self._advance(due - self.clock.ticks())
        raise RuntimeError("the practice cluster does not come to rest")

    def pass_time(self, seconds: float) -> None:
        """Let exactly so many seconds pass, doing what is due meanwhile (for tests)."""
        end = self.clock.ticks() + seconds
        while True:
            for task in self.cluster.delays.pop_due():
                self._enqueue(task)
            self._work(MOST_TASKS)
            due = self.cluster.delays.next_due()
            if due is None or due > end:
                self._advance(end - self.clock.ticks())
                return
            self._advance(due - self.clock.ticks())

    def _advance(self, seconds: float) -> None:
        if not isinstance(self.clock, ManualClock):
            raise TypeError("only a clock that can be moved settles")
        self.clock.advance(seconds)

    # For the API server

    def pod_log(self, pod: Object, container: str, previous: bool = False) -> Sequence[LogLine]:
        """Return what a container has written, or wrote before its last restart."""
        uid = uid_of(pod)
        lines = self.cluster.logs.read(uid, container, previous=previous)
        if lines is not None or previous:
            return lines or []
        found = next(
            (c for c in [*containers_of(pod), *init_containers_of(pod)] if c["name"] == container), None
        )
        if found is None:
            return []
        # After a restart of the practice cluster: what the program wrote when it started.
        self.cluster.logs.write(uid, container, self.kubelet.runner.previous_log(ContainerRun(pod, found)))
        return self.cluster.logs.read(uid, container) or []

    def run_in_pod(self, pod: Object, container: str, argv: Sequence[str], stdin: bytes = b"") -> ExecResult:
        """Run one of the fixed commands in a container; safe to call from a thread."""
        return run(container_of(self.cluster, self._state_folder, pod, container), argv, stdin)

    def request_fault(self, method: str, path: str) -> ApiError | Literal["drop"] | None:
        """Return how an API request fails because of a fault, or None when it is served."""
        del method, path
        return self.cluster.faults.answer()

    def control(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """Do what an instructor asks; ValueError or KeyError for bad input, ApiError for what cannot be."""
        actions: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "students": lambda b: self.students.ask_for(int(b["count"])),
            "fault": lambda b: self._fault(str(b["name"])),
            "clear": lambda _: self._clear(),
            "pools": lambda _: {"pools": self.pools.describe()},
            "resize": lambda b: self._resize(str(b["pool"]), int(b["count"])),
            "status": lambda _: self.describe(),
            "speed": lambda b: self._speed(float(b["speed"])),
        }
        if action not in actions:
            raise ValueError(f"there is no such action; there are: {', '.join(actions)}")
        return actions[action](body)

    def _fault(self, name: str) -> dict[str, Any]:
        try:
            self.effects.turn_on(name)
        except UnknownFault as error:
            raise ValueError(str(error)) from None
        self.look_at_everything()
        return {"faults": self.cluster.faults.describe()}

    def _clear(self) -> dict[str, Any]:
        cleared = self.effects.clear()
        self.kubelet.forgive()
        self.look_at_everything()
        return {"cleared": cleared, "faults": []}

    def _resize(self, pool: str, count: int) -> dict[str, Any]:
        if pool not in self.pools.pools:
            raise ValueError(f"there is no pool {pool!r}; there are: {', '.join(self.pools.pools)}")
        self.pools.resize(pool, count)
        return {"pools": self.pools.describe()}

    def _speed(self, speed: float) -> dict[str, Any]:
        if not 0 <= speed <= 100:
            raise ValueError("the speed is a factor for all delays, from 0 (at once) to 100")
        self.cluster.delays.set_speed(speed)
        self._awake.set()
        return {"speed": speed}

    def describe(self) -> dict[str, Any]:
        """Return the state of the world in numbers and words."""
        hub = self.students.hub()
        return {
            "speed": self.clock.speed,
            "pools": self.pools.describe(),
            "students": self.students.describe(),
            "faults": self.cluster.faults.describe(),
            "hub": {"namespace": hub.namespace, "ready": hub.ready},
        }

    # State

    def to_json(self) -> dict[str, Any]:
        """Return all that is not in the store, as JSON."""
        return {
            "speed": self.clock.speed,
            "pools": [pool.to_json() for pool in self.pools.pools.values()],
            "students": self.students.to_json(),
            "faults": self.cluster.faults.to_json(),
            "logs": self.cluster.logs.to_json(),
        }

    def restore(self, body: dict[str, Any] | None) -> None:
        """Take over what ``to_json`` wrote; nothing for a new cluster."""
        if not body:
            return
        self.clock.speed = float(body.get("speed", self.clock.speed))
        for each in body.get("pools", []):
            self.pools.pools[each["name"]] = Pool.from_json(each)
        self.students.restore(body.get("students", {}))
        self.cluster.faults.restore(body.get("faults", {}))
        self.cluster.logs.restore(body.get("logs", []))
