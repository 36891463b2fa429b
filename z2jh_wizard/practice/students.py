"""The practice class: students sign in one after the other, work, come back after a crash, and leave."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from z2jh_wizard.practice import hub_database, log_texts
from z2jh_wizard.practice.admission import admit
from z2jh_wizard.practice.cluster import Cluster
from z2jh_wizard.practice.controllers.base import Controller
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.homework import files_of
from z2jh_wizard.practice.hub_values import hub_values
from z2jh_wizard.practice.logs import LogLine
from z2jh_wizard.practice.meta import (
    ObjectKey,
    annotations_of,
    component_of,
    is_ready,
    is_terminating,
    key_of,
    status_of,
    uid_of,
)
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import CONFIG_MAPS, PERSISTENT_VOLUME_CLAIMS, PODS
from z2jh_wizard.practice.roster import students
from z2jh_wizard.practice.spawner import Spawner
from z2jh_wizard.practice.status import ApiError
from z2jh_wizard.practice.volumes import folder_in, write_file

MOST_STUDENTS = 2_000
SERVER = "singleuser-server"
_CLASS = ObjectKey("", "")
_LONGEST_GAP_SECONDS = 0.5
_ARRIVAL_SECONDS = 20.0
_ANSWER_SECONDS = 1.2
_COME_BACK_SECONDS = 8.0
_TRY_AGAIN_SECONDS = 60.0
_GO_HOME_SECONDS = 30.0
_LOGIN_ADDRESS = "::ffff:10.128.0.11"


class Phase(str, enum.Enum):
    """Where a student stands."""

    ARRIVED = "arrived"
    SPAWNING = "spawning"
    WORKING = "working"
    GONE_WRONG = "gone-wrong"
    LEAVING = "leaving"


@dataclass
class Student:
    """One student: where they stand, and since when (the moment of the last click on start)."""

    phase: Phase
    since: datetime


@dataclass(frozen=True)
class Hub:
    """A hub that is there, with its proxy."""

    namespace: str
    pod: Object | None
    proxy: Object | None

    @property
    def ready(self) -> bool:
        """Say whether students can sign in."""
        return all(
            pod is not None and is_ready(pod) and not is_terminating(pod) for pod in (self.pod, self.proxy)
        )

    @property
    def why_not(self) -> str:
        """Return, for an instructor, why students cannot sign in."""
        if self.pod is None:
            return "There is no hub in the practice cluster yet. Install it first, then let the students in."
        missing = "hub" if not is_ready(self.pod) or is_terminating(self.pod) else "proxy"
        return (
            f"The {missing} pod in namespace {self.namespace} is not ready, so nobody can sign in. "
            "Wait until it is, or look at its log; then try again."
        )


class Students(Controller):
    """Plays the people of the class, and the hub as far as it acts for them.

    Its keys are user names, and one key without a name for the class as a whole.
    """

    name = "practice-students"
    watches = (PODS,)

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.wanted = 0
        self._students: dict[str, Student] = {}
        self._crew: dict[ObjectKey, Object] = {}
        for pod in self.store.list(PODS):
            self._note(pod, gone=False)

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at the student whose pod changed, at the class when hub or proxy did."""
        pod = change.object
        self._note(pod, gone=change.type == "DELETED")
        if component_of(pod) == SERVER:
            return (ObjectKey("", annotations_of(pod).get("hub.jupyter.org/username", "")),)
        if component_of(pod) in ("hub", "proxy"):
            return (_CLASS, *self._waiting())
        return ()

    def _note(self, pod: Object, *, gone: bool) -> None:
        if component_of(pod) in ("hub", "proxy"):
            if gone:
                self._crew.pop(key_of(pod), None)
            else:
                self._crew[key_of(pod)] = pod

    def _waiting(self) -> list[ObjectKey]:
        return [ObjectKey("", name) for name, s in self._students.items() if s.phase is not Phase.WORKING]

    # For the instructor

    def ask_for(self, count: int) -> dict[str, Any]:
        """Want so many students; ValueError for a bad number, ApiError 409 when nobody can sign in."""
        if not 0 <= count <= MOST_STUDENTS:
            raise ValueError(f"the class can have 0 to {MOST_STUDENTS} students, not {count}")
        hub = self.hub()
        if not hub.ready and count != self.wanted:
            raise ApiError(409, "Conflict", hub.why_not)
        self.wanted = count
        self.look_at(_CLASS)
        return {"students": count, **self.describe()}

    def describe(self) -> dict[str, Any]:
        """Return how many students there are and where they stand."""
        counts = {phase.value: 0 for phase in Phase}
        for student in self._students.values():
            counts[student.phase.value] += 1
        return {"wanted": self.wanted, "present": len(self._students), "phases": counts}

    def hub(self) -> Hub:
        """Return the hub that is there: a ready one if there is one, else any."""
        hubs = [
            Hub(namespace, self._newest(namespace, "hub"), self._newest(namespace, "proxy"))
            for namespace in dict.fromkeys(key.namespace for key in self._crew)
        ]
        hubs.sort(key=lambda hub: not hub.ready)
        return next((hub for hub in hubs if hub.pod is not None), Hub("", None, None))

    def _newest(self, namespace: str, component: str) -> Object | None:
        pods = [
            pod
            for key, pod in self._crew.items()
            if key.namespace == namespace
            and component_of(pod) == component
            and "job-name" not in (pod["metadata"].get("labels") or {})
        ]
        return max(
            pods,
            key=lambda p: (is_ready(p) and not is_terminating(p), p["metadata"]["creationTimestamp"]),
            default=None,
        )

    # The class

    def reconcile(self, key: ObjectKey) -> None:
        """Let the next student in or out, or bring one student forward."""
        hub = self.hub()
        if key == _CLASS:
            self._attend(hub)
            return
        student = self._students.get(key.name)
        if student is not None:
            self._advance(key.name, student, hub)

    def _attend(self, hub: Hub) -> None:
        """Let people in and out of a hub that is ready; send them home when there is none any more."""
        if hub.pod is not None:
            self.reset(_CLASS, "no hub")
        elif self.wanted and self.passed(_CLASS, "no hub", _GO_HOME_SECONDS):
            self.wanted = 0
            self._students.clear()
        if hub.ready:
            folder = self._database_folder(hub)
            if folder is not None:
                hub_database.ensure(folder)
            self._turnover()

    def _turnover(self) -> None:
        staying = [name for name, s in self._students.items() if s.phase is not Phase.LEAVING]
        for name in staying[self.wanted :]:
            self._students[name].phase = Phase.LEAVING
            self.look_at(ObjectKey("", name))
        missing = self.wanted - len(staying)
        if missing <= 0:
            return
        gap = min(_LONGEST_GAP_SECONDS, _ARRIVAL_SECONDS / self.wanted)
        if not self.passed(_CLASS, "arrival", gap * self.cluster.random.uniform(0.5, 1.5)):
            return
        self.reset(_CLASS, "arrival")
        name = next(n for n in islice(students(), 2 * MOST_STUDENTS) if n not in self._students)
        self._students[name] = Student(Phase.ARRIVED, self.cluster.now())
        self.look_at(ObjectKey("", name))
        self.look_at(_CLASS)

    # One student

    def _advance(self, name: str, student: Student, hub: Hub) -> None:
        spawner = self._spawner(hub.namespace)
        pod = self.store.get(PODS, hub.namespace, spawner.pod_name(name)) if hub.namespace else None
        if student.phase is Phase.LEAVING:
            self._leave(name, hub, pod)
        elif student.phase is Phase.ARRIVED:
            if hub.ready and pod is None:
                self._spawn(name, student, hub, spawner)
        elif student.phase is Phase.SPAWNING:
            self._await(name, student, hub, spawner, pod)
        elif student.phase is Phase.GONE_WRONG:
            if self.passed(ObjectKey("", name), "again", _TRY_AGAIN_SECONDS):
                self._come_back(name, student)
        elif pod is None and self.passed(ObjectKey("", name), "come back", _COME_BACK_SECONDS):
            self._come_back(name, student)

    def _come_back(self, name: str, student: Student) -> None:
        self.forget(ObjectKey("", name))
        student.phase = Phase.ARRIVED
        self.look_at(ObjectKey("", name))

    def _spawn(self, name: str, student: Student, hub: Hub, spawner: Spawner) -> None:
        """Sign in and click on start: the hub makes claim and pod."""
        self.forget(ObjectKey("", name))
        now = self.cluster.now()
        claim, pod_name = spawner.claim_name(name), spawner.pod_name(name)
        self._hub_writes(hub, log_texts.hub_login(now, name, _LOGIN_ADDRESS))
        self._hub_writes(hub, log_texts.hub_spawn(now, name, claim, pod_name))
        student.since = now
        try:
            if claim and self.store.get(PERSISTENT_VOLUME_CLAIMS, hub.namespace, claim) is None:
                self.cluster.create(PERSISTENT_VOLUME_CLAIMS, spawner.claim(name), hub.namespace)
            pod = spawner.pod(name)
            admit(self.store, PODS, pod, hub.namespace)
            self.cluster.create(PODS, pod, hub.namespace)
        except ApiError as error:
            student.phase = Phase.GONE_WRONG
            self._hub_writes(hub, log_texts.hub_spawn_failed(now, name, f"({error.code}) {error}"))
            self.look_at(ObjectKey("", name))
            return
        student.phase = Phase.SPAWNING
        self.look_at(ObjectKey("", name))

    def _await(self, name: str, student: Student, hub: Hub, spawner: Spawner, pod: Object | None) -> None:
        key = ObjectKey("", name)
        if pod is not None and is_ready(pod) and not is_terminating(pod):
            if self.passed(key, "answer", _ANSWER_SECONDS):
                self._start_working(name, student, hub, spawner, pod)
            return
        gone = pod is None or is_terminating(pod)
        if gone or self.limit_passed(key, "timeout", spawner.start_timeout):
            why = (
                "pod is gone"
                if gone
                else f"Timeout: server did not start in {spawner.start_timeout:.0f} seconds"
            )
            student.phase = Phase.GONE_WRONG
            self._hub_writes(hub, log_texts.hub_spawn_failed(self.cluster.now(), name, why))
            if pod is not None and not is_terminating(pod):
                self.store.delete(PODS, pod, grace_seconds=1)
            self.look_at(key)

    def _start_working(self, name: str, student: Student, hub: Hub, spawner: Spawner, pod: Object) -> None:
        now = self.cluster.now()
        address = str(status_of(pod).get("podIP", ""))
        took = max(0.1, (now - student.since).total_seconds())
        student.phase = Phase.WORKING
        self.forget(ObjectKey("", name))
        self._hub_writes(hub, log_texts.hub_spawned(now, name, took, address))
        self._proxy_writes(hub, log_texts.proxy_route(now, name, address))
        folder = self._database_folder(hub)
        if folder is not None:
            hub_database.note_users(folder, [name], now, running=True)
        self._write_homework(name, spawner, hub)

    def _write_homework(self, name: str, spawner: Spawner, hub: Hub) -> None:
        """Let about two of three students leave files in their home folders."""
        chance = sum(name.encode()) % 3
        claim_name = spawner.claim_name(name)
        claim = self.store.get(PERSISTENT_VOLUME_CLAIMS, hub.namespace, claim_name) if claim_name else None
        if chance == 0 or claim is None or not claim["spec"].get("volumeName"):
            return
        folder = self.cluster.volumes.ensure(claim["spec"]["volumeName"])
        inside = PurePosixPath(spawner.home_folder(name))
        for file, content in files_of(name).items():
            write_file(folder, inside / file, content)

    def _leave(self, name: str, hub: Hub, pod: Object | None) -> None:
        """Stop a server as the culler does; the claim stays."""
        if pod is None:
            del self._students[name]
            self.forget(ObjectKey("", name))
            self.look_at(_CLASS)
            return
        if is_terminating(pod) or not hub.ready:
            return
        now = self.cluster.now()
        self._hub_writes(hub, log_texts.hub_culled(now, name, hub.namespace, pod["metadata"]["name"]))
        self._proxy_writes(hub, log_texts.proxy_route_gone(now, name))
        folder = self._database_folder(hub)
        if folder is not None:
            hub_database.note_users(folder, [name], now, running=False)
        self.store.delete(PODS, pod, grace_seconds=1)

    # The hub

    def _spawner(self, namespace: str) -> Spawner:
        names: dict[str, str] = {}
        for config in self.store.list(CONFIG_MAPS, namespace) if namespace else ():
            data = config.get("data") or {}
            if config["metadata"]["name"] == "hub" or ("z2jh.py" in data and component_of(config) == "hub"):
                names = {key: text for key, text in data.items() if len(text) < 100}
        return Spawner(namespace, hub_values(self.store, namespace) if namespace else {}, names)

    def _database_folder(self, hub: Hub) -> Path | None:
        """Return the folder that holds the hub's database, or None if the hub keeps it elsewhere."""
        spec: Object = hub.pod["spec"] if hub.pod is not None else {}
        claims = {
            volume["name"]: volume["persistentVolumeClaim"]["claimName"]
            for volume in spec.get("volumes") or ()
            if volume.get("persistentVolumeClaim")
        }
        for mount in (m for c in spec.get("containers") or () for m in c.get("volumeMounts") or ()):
            if mount["mountPath"] != hub_database.FOLDER or mount["name"] not in claims:
                continue
            claim = self.store.get(PERSISTENT_VOLUME_CLAIMS, hub.namespace, claims[mount["name"]])
            if claim is not None and claim["spec"].get("volumeName"):
                disk = self.cluster.volumes.ensure(claim["spec"]["volumeName"])
                return folder_in(disk, mount.get("subPath") or "")
        return None

    def _hub_writes(self, hub: Hub, lines: list[LogLine]) -> None:
        self._write(hub.pod, "hub", lines)

    def _proxy_writes(self, hub: Hub, lines: list[LogLine]) -> None:
        self._write(hub.proxy, "chp", lines)

    def _write(self, pod: Object | None, container: str, lines: list[LogLine]) -> None:
        if pod is None:
            return
        names = [c["name"] for c in pod["spec"]["containers"]]
        self.cluster.logs.write(uid_of(pod), container if container in names else names[0], lines)

    # State

    def to_json(self) -> dict[str, Any]:
        """Return the class as JSON."""
        return {
            "wanted": self.wanted,
            "students": {name: s.phase.value for name, s in self._students.items()},
        }

    def restore(self, body: dict[str, Any]) -> None:
        """Take over what ``to_json`` wrote."""
        self.wanted = int(body.get("wanted", 0))
        now = self.cluster.now()
        self._students = {
            name: Student(Phase(phase), now) for name, phase in body.get("students", {}).items()
        }
        for name in self._students:
            self.look_at(ObjectKey("", name))
        self.look_at(_CLASS)
