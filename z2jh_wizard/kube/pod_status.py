"""The one word that kubectl shows for a pod, by kubectl's own rules, and the message behind it.

Source of the rules: ``printPod`` in kubernetes/pkg/printers/internalversion/printers.go (v1.36).
"""

from __future__ import annotations

from collections.abc import Sequence

from z2jh_wizard.kube import wire

NODE_LOST = "NodeLost"


def word(pod: wire.Pod) -> str:
    """Return kubectl's STATUS of a pod, such as Running, Init:0/1, ImagePullBackOff or Terminating."""
    status = pod.status
    shown = status.reason or status.phase or "Unknown"
    if any(c.type == "PodScheduled" and c.reason == "SchedulingGated" for c in status.conditions or ()):
        shown = "SchedulingGated"
    starting = _initializing(pod)
    shown = starting or shown
    if not starting or _is_true(pod, "Initialized"):
        shown = _running(pod, shown)
    if pod.metadata.deletion_timestamp is None:
        return shown
    if status.reason == NODE_LOST:
        return "Unknown"
    return shown if status.phase in ("Succeeded", "Failed") else "Terminating"


def _initializing(pod: wire.Pod) -> str:
    """Return what the first unfinished init container does, or nothing when all are through."""
    beside = sidecars(pod)
    for number, container in enumerate(pod.status.init_container_statuses or ()):
        state = container.state
        if state.terminated and state.terminated.exit_code == 0:
            continue
        if container.name in beside and container.started:
            continue
        if state.terminated:
            return f"Init:{_ended(state.terminated)}"
        if state.waiting and state.waiting.reason not in ("", "PodInitializing"):
            return f"Init:{state.waiting.reason}"
        return f"Init:{number}/{len(pod.spec.init_containers or ())}"
    return ""


def _running(pod: wire.Pod, shown: str) -> str:
    """Return what the containers do; the first one that has something to say wins."""
    containers = pod.status.container_statuses or ()
    some_run = False
    for container in reversed(containers):
        state = container.state
        if state.waiting and state.waiting.reason:
            shown = state.waiting.reason
        elif state.terminated:
            shown = _ended(state.terminated)
        elif container.ready and state.running is not None:
            some_run = True
    if shown == "Completed" and some_run:
        return "Running" if _is_true(pod, "Ready") else "NotReady"
    return shown


def _ended(end: wire.Terminated) -> str:
    if end.reason:
        return end.reason
    return f"Signal:{end.signal}" if end.signal else f"ExitCode:{end.exit_code}"


def _is_true(pod: wire.Pod, condition: str) -> bool:
    return any(c.type == condition and c.status == "True" for c in pod.status.conditions or ())


def sidecars(pod: wire.Pod) -> set[str]:
    """Return the names of the init containers that stay and run beside the others."""
    return {c.name for c in pod.spec.init_containers or () if c.restart_policy == "Always"}


def all_statuses(pod: wire.Pod) -> Sequence[wire.ContainerStatus]:
    """Return the statuses of all containers, those that run first in front."""
    return [*(pod.status.init_container_statuses or ()), *(pod.status.container_statuses or ())]


def message(pod: wire.Pod) -> str:
    """Return what Kubernetes says about a pod that is not well, or nothing."""
    for container in all_statuses(pod):
        if container.state.waiting and container.state.waiting.message:
            return container.state.waiting.message
    for condition in pod.status.conditions or ():
        if condition.type == "PodScheduled" and condition.status == "False":
            return condition.message
    return pod.status.message
