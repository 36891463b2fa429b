"""Jobs: pods that have to end well a number of times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from z2jh_wizard.practice.controllers.base import controlled_by, delete_quietly, pod_from
from z2jh_wizard.practice.controllers.workload import Workload
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import (
    ObjectKey,
    is_active,
    is_ready,
    is_terminating,
    is_true,
    key_of,
    put,
    set_condition,
    status_of,
)
from z2jh_wizard.practice.objects import Object, parse_time
from z2jh_wizard.practice.resources import JOBS, PODS

_FIRST_BACKOFF = 10
_LONGEST_BACKOFF = 600
_DEFAULT_BACKOFF_LIMIT = 6


@dataclass(frozen=True)
class Ending:
    """How a Job ended, in the real controller's words."""

    reason: str
    message: str
    well: bool = False

    @property
    def condition(self) -> str:
        """Return the condition that says so."""
        return "Complete" if self.well else "Failed"


_REACHED = Ending("CompletionsReached", "Reached expected number of succeeded pods", well=True)


class JobController(Workload):
    """Runs the pods of a Job until enough have succeeded or too many have failed."""

    name = "job-controller"
    watches = (JOBS, PODS)

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at a changed Job, or at the one that controls a changed pod."""
        if change.resource.key == JOBS.key:
            return (key_of(change.object),)
        return controlled_by(change, "Job")

    def reconcile(self, key: ObjectKey) -> None:
        """Start pods, count ends, and report."""
        found = self.store.get(JOBS, *key)
        if found is None:
            self.forget(key)
            return
        if is_terminating(found):
            return
        if is_true(found, "Complete") or is_true(found, "Failed"):
            self._clean_up(found)
            return
        if found["spec"].get("suspend"):
            self._suspend(found)
            return
        self._run(found)

    def _run(self, job: Object) -> None:
        pods = self.cluster.index.owned_pods(job)
        status = dict(status_of(job))
        status.setdefault("startTime", self.cluster.now_text())
        active = [p for p in pods if is_active(p)]
        succeeded = sum(status_of(p).get("phase") == "Succeeded" for p in pods)
        failed = sum(status_of(p).get("phase") == "Failed" for p in pods)
        restarts = sum(_restarts(p) for p in active)
        wanted = job["spec"].get("completions") or (1 if not active else succeeded + 1)
        why = self._failure(job, status, failed + restarts)
        if succeeded >= wanted:
            self._end(job, status, _REACHED)
        elif why:
            self._end(job, status, why)
        else:
            parallel = int(job["spec"].get("parallelism", 1))
            self._start(job, min(parallel, wanted - succeeded) - len(active), failed)
        active = [p for p in self.cluster.index.owned_pods(job) if is_active(p)]
        terminating = sum(is_terminating(p) for p in self.cluster.index.owned_pods(job))
        put(status, active=len(active), succeeded=succeeded, failed=failed)
        status["ready"] = sum(is_ready(p) for p in active)
        status["terminating"] = terminating
        status["uncountedTerminatedPods"] = {}
        self.set_status(JOBS, job, status)

    def _start(self, job: Object, missing: int, failed: int) -> None:
        if missing <= 0:
            return
        key = key_of(job)
        backoff = min(_LONGEST_BACKOFF, _FIRST_BACKOFF * 2 ** (failed - 1)) if failed else 0
        if backoff and not self.passed(key, f"backoff {failed}", backoff):
            return
        for _ in range(missing):
            name = self.cluster.free_name(PODS, key.namespace, f"{key.name}-")
            if self.create_pod(job, pod_from(job, job["spec"]["template"], name, {})) is not None:
                return

    def _failure(self, job: Object, status: Object, failures: int) -> Ending | None:
        """Return how the Job has failed, or None if it has not."""
        if failures > job["spec"].get("backoffLimit", _DEFAULT_BACKOFF_LIMIT):
            return Ending("BackoffLimitExceeded", "Job has reached the specified backoff limit")
        limit = job["spec"].get("activeDeadlineSeconds")
        if limit is not None and self._expired(job, status.get("startTime"), limit, "deadline"):
            return Ending("DeadlineExceeded", "Job was active longer than specified deadline")
        return None

    def _end(self, job: Object, status: Object, ending: Ending) -> None:
        """Write how a Job ended, and stop what still runs of it."""
        now = self.cluster.now_text()
        for pod in self.cluster.index.owned_pods(job):
            if is_active(pod):
                delete_quietly(self.cluster, pod)
        for kind in ("SuccessCriteriaMet" if ending.well else "FailureTarget", ending.condition):
            set_condition(status, kind, True, now, ending.reason, ending.message, lastProbeTime=now)
        if ending.well:
            status["completionTime"] = now
            self.event(job, "Completed", "Job completed")
        else:
            self.event(job, ending.reason, ending.message, warning=True)

    def _suspend(self, job: Object) -> None:
        for pod in self.cluster.index.owned_pods(job):
            if is_active(pod):
                self.delete_pod(job, pod)
        status = dict(status_of(job))
        status.pop("startTime", None)
        put(status, active=0)
        set_condition(status, "Suspended", True, self.cluster.now_text(), "JobSuspended", "Job suspended")
        self.set_status(JOBS, job, status)

    def _clean_up(self, job: Object) -> None:
        """Delete a finished Job when its time to live is over."""
        seconds = job["spec"].get("ttlSecondsAfterFinished")
        if seconds is None:
            return
        ended = next(
            c["lastTransitionTime"]
            for c in status_of(job)["conditions"]
            if c["type"] in ("Complete", "Failed")
        )
        if self._expired(job, ended, seconds, "ttl"):
            self.store.delete(JOBS, job, "Foreground")

    def _expired(self, job: Object, since: str | None, seconds: float, what: str) -> bool:
        """Say whether a limit counted from a moment is over, and look again when it will be."""
        start: datetime = parse_time(since) or self.cluster.now()
        left = self.cluster.clock.limit(seconds) - (self.cluster.now() - start).total_seconds()
        if left > 0:
            self.again_in_real(key_of(job), left, what)
        return left <= 0


def _restarts(pod: Object) -> int:
    """Return how often containers of a pod were started again."""
    return sum(int(c.get("restartCount", 0)) for c in status_of(pod).get("containerStatuses") or [])
