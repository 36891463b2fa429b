"""What the programs in containers do: how long they take to serve, when they end, what they write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from z2jh_wizard.practice import log_texts
from z2jh_wizard.practice.cluster import Cluster
from z2jh_wizard.practice.containers import container_status
from z2jh_wizard.practice.faults import CRASH_LOOP
from z2jh_wizard.practice.hub_values import authenticator_of, config_sections
from z2jh_wizard.practice.logs import LogLine
from z2jh_wizard.practice.meta import component_of, controller_of, labels_of, status_of, uid_of
from z2jh_wizard.practice.objects import Object, parse_time
from z2jh_wizard.practice.resources import DAEMON_SETS

_TASK_SECONDS = 1.5
_INIT_SECONDS = 0.3
_CRASH_SECONDS = 1.6
_POLL_SECONDS = 1.0

_BOOT_SECONDS = {"hub": 2.2, "proxy": 0.6, "user-server": 1.2, "scheduler": 1.0, "server": 0.4, "pause": 0.0}
_STOP_SECONDS = {"hub": 1.0, "proxy": 0.6, "user-server": 1.0, "pause": 0.1}


@dataclass(frozen=True)
class ContainerRun:
    """One run of a container: whose it is, which container, and how often it was started before."""

    pod: Object
    container: Object
    restarts: int = 0
    init: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Return pod uid and container name."""
        return uid_of(self.pod), self.container["name"]

    @property
    def words(self) -> list[str]:
        """Return command and arguments."""
        return [*(self.container.get("command") or []), *(self.container.get("args") or [])]


@dataclass(frozen=True)
class Outlook:
    """How a run stands: whether it serves, whether it ended and how, and when (seconds) to look again."""

    ready: bool = False
    exit_code: int | None = None
    again_in: float | None = None


class PodRunner(Protocol):
    """How the programs of containers are run; the kubelet does all that is around it."""

    def start(self, run: ContainerRun) -> None:
        """Start the program of a container."""

    def look(self, run: ContainerRun) -> Outlook:
        """Say how a program that was started stands."""

    def boot_seconds(self, run: ContainerRun) -> float:
        """Return how long a program takes until it serves."""

    def stop_seconds(self, run: ContainerRun) -> float:
        """Return how long a program takes to end when it is asked to."""

    def forget(self, uid: str) -> None:
        """Forget the programs of a pod that is gone."""

    def previous_log(self, run: ContainerRun) -> list[LogLine]:
        """Return what a run wrote that the log book does not know, as after a restart of the cluster."""


def program_of(run: ContainerRun) -> str:
    """Return what a container runs: hub, proxy, user-server, scheduler, awaiter, pause, server or task."""
    image, name, component = run.container["image"], run.container["name"], component_of(run.pod)
    last = image.rpartition("/")[2]
    if run.init and run.container.get("restartPolicy") != "Always":
        return "task"
    if "image-awaiter" in last or any("image-awaiter" in word for word in run.words):
        return "awaiter"
    if "kube-scheduler" in last:
        return "scheduler"
    if "configurable-http-proxy" in last or (component == "proxy" and name == "chp"):
        return "proxy"
    if last.startswith("pause"):
        return "pause"
    if component == "hub" and name == "hub":
        return "hub"
    if component == "singleuser-server":
        return "user-server" if name == "notebook" else "server"
    owner = controller_of(run.pod)
    may_end = run.pod["spec"].get("restartPolicy", "Always") != "Always"
    # An image without a command is a server as far as anybody can tell, unless a Job runs it.
    ends = (owner is not None and owner["kind"] == "Job") or (may_end and bool(run.words))
    return "task" if ends else "server"


class SimulatedRunner:
    """Plays programs by the clock: nothing runs, but all that can be seen of them is as if it did."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._started: dict[tuple[str, str], float] = {}

    def start(self, run: ContainerRun) -> None:
        """Note the moment, and write what the program says at its start."""
        self._started[run.key] = self._cluster.clock.ticks()
        self._cluster.logs.start(*run.key)
        self._cluster.logs.write(*run.key, self._first_lines(run, self._cluster.now()))

    def look(self, run: ContainerRun) -> Outlook:
        """Compare the time since the start with what the program needs."""
        program, since = program_of(run), self._since(run)
        if program == "hub" and self._cluster.faults.active(CRASH_LOOP):
            return self._until(since, _CRASH_SECONDS, exit_code=1)
        if program == "awaiter":
            return self._await(run)
        if program == "task":
            seconds, code = self._task(run)
            return self._until(since, seconds, exit_code=code, ready=True)
        return self._until(since, self.boot_seconds(run))

    def boot_seconds(self, run: ContainerRun) -> float:
        """Return how long a program takes until it serves."""
        return _BOOT_SECONDS.get(program_of(run), 0.0)

    def stop_seconds(self, run: ContainerRun) -> float:
        """Return how long a program takes to end when it is asked to."""
        return _STOP_SECONDS.get(program_of(run), 0.3)

    def forget(self, uid: str) -> None:
        """Forget the programs of a pod that is gone."""
        for key in [key for key in self._started if key[0] == uid]:
            del self._started[key]

    def previous_log(self, run: ContainerRun) -> list[LogLine]:
        """Return the first lines once more, with the time at which the container was started."""
        status = container_status(run.pod, run.container["name"])
        started = parse_time((status.get("state") or {}).get("running", {}).get("startedAt"))
        return self._first_lines(run, started or self._cluster.now())

    def _since(self, run: ContainerRun) -> float:
        """Return the cluster seconds since a program was started; endless for one from before a restart."""
        started = self._started.get(run.key)
        speed = self._cluster.clock.speed
        if started is None or not speed:
            return float("inf")
        # The clock's ticks are floats: what is due in a moment counts as due.
        return (self._cluster.clock.ticks() - started) / speed + 1e-6

    @staticmethod
    def _until(since: float, seconds: float, *, exit_code: int | None = None, ready: bool = False) -> Outlook:
        """Return the outlook of a program that serves, or ends, after some seconds."""
        if since < seconds:
            wait = None if seconds == float("inf") else seconds - since
            return Outlook(ready=ready, again_in=wait)
        return Outlook(ready=exit_code is None, exit_code=exit_code)

    def _task(self, run: ContainerRun) -> tuple[float, int]:
        """Return after how many seconds a program that ends does so, and its exit code."""
        words = " ".join(run.words)
        code = 1 if run.words[:1] == ["false"] else 0
        found = re.search(r"\bexit (\d{1,3})\b", words)
        if found:
            code = int(found[1])
        sleep = re.search(r"\bsleep (\d+(?:\.\d+)?|infinity|inf)\b", words)
        if sleep:
            return float(sleep[1].replace("infinity", "inf")), code
        return (_INIT_SECONDS if run.init else _TASK_SECONDS), code

    def _await(self, run: ContainerRun) -> Outlook:
        """Wait as the image awaiter does: until the pullers of its DaemonSet are ready on all nodes."""
        options = dict(word.lstrip("-").partition("=")[::2] for word in run.words)
        name = options.get("daemonset", "hook-image-puller")
        namespace = options.get("namespace") or run.pod["metadata"]["namespace"]
        pullers = self._cluster.store.get(DAEMON_SETS, namespace, name)
        status = status_of(pullers or {})
        ready, desired = status.get("numberReady", 0), status.get("desiredNumberScheduled", 0)
        current = status.get("currentNumberScheduled", 0)
        patience = float(options.get("pod-scheduling-wait-duration") or 10)
        strict = patience < 0 or self._since(run) <= patience
        known = pullers is not None and "observedGeneration" in status
        done = known and (ready == desired if strict else ready >= current)
        now = self._cluster.now()
        self._cluster.logs.write(*run.key, [log_texts.awaiter(now, ready, current, desired)])
        if not done:
            return Outlook(ready=True, again_in=_POLL_SECONDS)
        self._cluster.logs.write(*run.key, [log_texts.awaiter_done(now)])
        return Outlook(exit_code=0)

    # What programs write

    def _first_lines(self, run: ContainerRun, now: datetime) -> list[LogLine]:
        program, namespace = program_of(run), run.pod["metadata"]["namespace"]
        if program == "hub":
            return self._hub_lines(run, namespace, now)
        if program == "proxy":
            return log_texts.proxy_start(now)
        if program == "user-server":
            user = labels_of(run.pod).get("hub.jupyter.org/username", "somebody")
            return log_texts.user_server(now, self.boot_seconds(run), user)
        if program == "scheduler":
            return log_texts.scheduler(now, run.container["image"].rpartition(":")[2])
        if program in ("awaiter", "pause"):
            return []
        repository, _, tag = run.container["image"].rpartition(":")
        if repository.rpartition("/")[2] == "traefik":
            return log_texts.traefik(now, tag.lstrip("v"))
        echoed = re.search(r"""\becho\s+(?:"([^"]*)"|'([^']*)'|([^;&|]+))""", " ".join(run.words))
        return log_texts.plain(
            now, [next(g for g in echoed.groups() if g is not None).strip()] if echoed else []
        )

    def _hub_lines(self, run: ContainerRun, namespace: str, now: datetime) -> list[LogLine]:
        if self._cluster.faults.active(CRASH_LOOP):
            return log_texts.hub_crash(now, self._cluster.clock.scaled(_CRASH_SECONDS))
        store = self._cluster.store
        seconds = self._cluster.clock.scaled(self.boot_seconds(run))
        return log_texts.hub_start(
            now, seconds, namespace, authenticator_of(store, namespace), config_sections(store, namespace)
        )
