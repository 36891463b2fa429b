"""The parts of a pod's status: states of containers, conditions, phase, quality of service."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.practice.images import Image, container_id
from z2jh_wizard.practice.meta import containers_of, init_containers_of, set_condition, uid_of
from z2jh_wizard.practice.objects import Object


def waiting(reason: str, message: str = "") -> Object:
    """Return the state of a container that cannot run yet."""
    return {"waiting": {"reason": reason, **({"message": message} if message else {})}}


def running(now: str) -> Object:
    """Return the state of a container that runs."""
    return {"running": {"startedAt": now}}


def terminated(pod: Object, container: Object, run: Object, code: int, now: str) -> Object:
    """Return the state of a container that ended; ``run`` is its status while it ran."""
    started = (run.get("state") or {}).get("running", {}).get("startedAt", now)
    return {
        "terminated": {
            "exitCode": code,
            "reason": "Completed" if code == 0 else "Error",
            "startedAt": started,
            "finishedAt": now,
            "containerID": run.get("containerID")
            or container_id(uid_of(pod), container["name"], run.get("restartCount", 0)),
        }
    }


def new_container(container: Object, reason: str) -> Object:
    """Return the status of a container that was never started."""
    return {
        "name": container["name"],
        "state": waiting(reason),
        "lastState": {},
        "ready": False,
        "restartCount": 0,
        "image": container["image"],
        "imageID": "",
        "started": False,
    }


def started_container(pod: Object, container: Object, before: Object, now: str, *, again: bool) -> Object:
    """Return the status of a container that has just been started; ``again`` counts it as a restart."""
    restarts = before.get("restartCount", 0) + (1 if again else 0)
    image = Image(container["image"])
    return {
        **before,
        "state": running(now),
        "ready": False,
        "started": False,
        "restartCount": restarts,
        "image": image.full,
        "imageID": image.identity,
        "containerID": container_id(uid_of(pod), container["name"], restarts),
    }


def quality_of_service(pod: Object) -> str:
    """Return the class by which a node chooses what to stop first when memory is short."""
    resources = [c.get("resources") or {} for c in [*containers_of(pod), *init_containers_of(pod)]]
    if not any(r.get("requests") or r.get("limits") for r in resources):
        return "BestEffort"
    for each in resources:
        limits, requests = each.get("limits") or {}, each.get("requests") or {}
        for name in ("cpu", "memory"):
            if name not in limits or requests.get(name, limits[name]) != limits[name]:
                return "Burstable"
    return "Guaranteed"


def set_pod_conditions(status: Object, now: str, *, network: bool) -> None:
    """Set the conditions of a pod from the states of its containers."""
    inits, mains = status.get("initContainerStatuses") or [], status["containerStatuses"]
    done = status["phase"] == "Succeeded"
    initialized = all(c["ready"] or c.get("started") for c in inits)
    unready = [c["name"] for c in mains if not c["ready"]]

    def put(kind: str, value: bool, reason: str = "", message: str = "") -> None:
        set_condition(
            status, kind, value, now, "" if value else reason, "" if value else message, lastProbeTime=None
        )

    put("PodReadyToStartContainers", network)
    incomplete = [c["name"] for c in inits if not c["ready"]]
    put(
        "Initialized",
        initialized,
        "ContainersNotInitialized",
        f"containers with incomplete status: [{' '.join(incomplete)}]",
    )
    if done:
        put("ContainersReady", False, "PodCompleted")
        put("Ready", False, "PodCompleted")
    elif status["phase"] == "Failed":
        put("ContainersReady", False, "PodFailed")
        put("Ready", False, "PodFailed")
    else:
        text = f"containers with unready status: [{' '.join(unready)}]"
        put("ContainersReady", not unready, "ContainersNotReady", text)
        put("Ready", not unready, "ContainersNotReady", text)


def phase_of(pod: Object, statuses: Iterable[Object], inits: Iterable[Object]) -> str:
    """Return the phase of a pod from the states of its containers and its restart policy."""
    policy = pod["spec"].get("restartPolicy", "Always")
    mains = list(statuses)
    for each in inits:
        ended = each["state"].get("terminated")
        if ended and ended["exitCode"] != 0 and policy == "Never":
            return "Failed"
    ends = [s["state"]["terminated"]["exitCode"] for s in mains if s["state"].get("terminated")]
    if policy != "Always" and len(ends) == len(mains):
        if all(code == 0 for code in ends):
            return "Succeeded"
        if policy == "Never":
            return "Failed"
    begun = any(
        s["state"].get("running") or s["state"].get("terminated") or s["lastState"].get("terminated")
        for s in mains
    )
    return "Running" if begun else "Pending"
