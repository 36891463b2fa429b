"""How kubectl sums up a pod: containers ready, one word of status, restarts.

Rules: k8s.io/kubernetes, pkg/printers/internalversion/printers.go, printPod.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from z2jh_wizard.practice.columns.cells import has_condition, since
from z2jh_wizard.practice.objects import Object, dig


@dataclass
class PodSummary:
    """What a row says of a pod."""

    ready: int = 0
    total: int = 0
    status: str = ""
    restarts: int = 0
    last_restart: str = ""
    """RFC 3339, or empty."""

    def restarts_text(self, now: datetime.datetime) -> str:
        """Write the restarts and when the last one was: ``2 (5s ago)``."""
        if not self.restarts or not self.last_restart:
            return str(self.restarts)
        return f"{self.restarts} ({since(self.last_restart, now)} ago)"

    def count_restarts(self, container: Object) -> None:
        """Add what a container's status says of its restarts."""
        self.restarts += container.get("restartCount") or 0
        finished = dig(container, "lastState", "terminated", "finishedAt", default="")
        self.last_restart = max(self.last_restart, finished)


def summarize(pod: Object) -> PodSummary:
    """Sum up a pod as one row of a table."""
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    sidecars = {each["name"] for each in spec.get("initContainers") or [] if _is_sidecar(each)}
    summary = PodSummary(total=len(spec.get("containers") or []) + len(sidecars))
    summary.status = status.get("reason") or status.get("phase") or ""
    if _is_gated(status):
        summary.status = "SchedulingGated"
    init = PodSummary(total=summary.total, status=summary.status)
    initializing = _read_init_containers(init, summary, spec, status, sidecars)
    if initializing and not has_condition(pod, "Initialized"):
        summary = init
    else:
        summary.status = init.status
        summary.ready = init.ready
        _read_containers(summary, pod)
    if pod["metadata"].get("deletionTimestamp"):
        if status.get("reason") == "NodeLost":
            summary.status = "Unknown"
        elif status.get("phase") not in ("Succeeded", "Failed"):
            summary.status = "Terminating"
    return summary


def _is_sidecar(container: Object) -> bool:
    return container.get("restartPolicy") == "Always"


def _is_gated(status: Object) -> bool:
    return any(
        each.get("type") == "PodScheduled" and each.get("reason") == "SchedulingGated"
        for each in status.get("conditions") or []
    )


def _read_init_containers(
    init: PodSummary, later: PodSummary, spec: Object, status: Object, sidecars: set[str]
) -> bool:
    """Read the init containers, sidecars for later, too; tells whether one is still to finish."""
    for place, container in enumerate(status.get("initContainerStatuses") or []):
        init.count_restarts(container)
        sidecar = container.get("name") in sidecars
        if sidecar:
            later.count_restarts(container)
        ended = dig(container, "state", "terminated")
        if ended and not ended.get("exitCode"):
            continue
        if sidecar and container.get("started"):
            init.ready += bool(container.get("ready"))
            continue
        waiting = dig(container, "state", "waiting", "reason")
        if ended:
            init.status = f"Init:{_reason_of_end(ended)}"
        elif waiting and waiting != "PodInitializing":
            init.status = f"Init:{waiting}"
        else:
            init.status = f"Init:{place}/{len(spec.get('initContainers') or [])}"
        return True
    return False


def _reason_of_end(terminated: dict[str, Any]) -> str:
    if terminated.get("reason"):
        return str(terminated["reason"])
    if terminated.get("signal"):
        return f"Signal:{terminated['signal']}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


def _read_containers(summary: PodSummary, pod: Object) -> None:
    """Read the ordinary containers, the last one first: the first of them has the last word on the status."""
    running, failure = False, ""
    for container in reversed(dig(pod, "status", "containerStatuses", default=[])):
        summary.count_restarts(container)
        state = container.get("state") or {}
        if waiting := dig(state, "waiting", "reason"):
            summary.status = waiting
        elif ended := state.get("terminated"):
            summary.status = _reason_of_end(ended)
            if ended.get("exitCode"):
                failure = summary.status
        elif container.get("ready") and state.get("running") is not None:
            running = True
            summary.ready += 1
    if summary.status == "Completed":
        if running and has_condition(pod, "Ready"):
            summary.status = "Running"
        elif failure or running:
            summary.status = failure or "NotReady"
