"""Why is it not well? Rows, events and last log lines in, explained troubles out; pure.

The rules are tables in ``troubles``. Pods with the same trouble for the same reason become one diagnosis: a
class of forty students waiting for memory is one problem, not forty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from z2jh_wizard.kube import troubles
from z2jh_wizard.kube.rows import ClaimRow, EventRow, NodeRow, PodRow, ServiceRow, age
from z2jh_wizard.kube.troubles import Severity, Trouble

FRESH = timedelta(minutes=15)
"""Older events tell what was, not what is."""

PATIENCE = timedelta(seconds=30)
"""How long a pod may wait before waiting is a trouble; the scheduler and autoscaler need some seconds."""

SLOW = timedelta(minutes=5)
"""How long a start, an end or a load balancer takes when all is well, at most."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a hub; ``logs`` has the last lines by pod, ``default_class`` None when there is none.

    ``classes_known`` says whether StorageClasses could be looked at.
    """

    pods: Sequence[PodRow] = ()
    nodes: Sequence[NodeRow] = ()
    events: Sequence[EventRow] = ()
    claims: Sequence[ClaimRow] = ()
    services: Sequence[ServiceRow] = ()
    logs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    default_class: str | None = None
    classes_known: bool = False


class Diagnosis(msgspec.Struct, frozen=True):
    """One trouble of one or several objects, as the screens and ``diagnose --json`` show it."""

    id: str
    severity: str
    object: str
    summary: str
    evidence: str
    cause: str
    next: str


@dataclass(frozen=True, slots=True)
class _Finding:
    """One object with a trouble and what shows it."""

    trouble: Trouble
    kind: str
    name: str
    evidence: str = ""


def diagnose(seen: Seen, now: datetime) -> list[Diagnosis]:
    """Return all troubles, the worst first; an empty list means that nothing is known to be wrong."""
    findings = [
        *_nodes(seen),
        *_pods(seen, now),
        *_claims(seen, now),
        *_services(seen, now),
        *_events(seen, now),
    ]
    groups: dict[tuple[str, str], list[_Finding]] = {}
    for finding in findings:
        same = groups.setdefault((finding.trouble.id, finding.kind), [])
        if all(other.name != finding.name for other in same):
            same.append(finding)
    order = list(Severity)
    found = [_diagnosis(group) for group in groups.values()]
    return sorted(found, key=lambda diagnosis: order.index(Severity(diagnosis.severity)))


def troubled_pods(pods: Iterable[PodRow]) -> list[PodRow]:
    """Return the pods whose last log lines would help a diagnosis."""
    return [pod for pod in pods if _word(pod) in ("CrashLoopBackOff", "Error")]


def _diagnosis(group: Sequence[_Finding]) -> Diagnosis:
    first, trouble = group[0], group[0].trouble
    more = f" and {len(group) - 1} more" if len(group) > 1 else ""
    thing = f"{first.kind} {first.name}{more}"
    return Diagnosis(
        id=trouble.id,
        severity=trouble.severity.value,
        object=thing,
        summary=f"{thing}: {trouble.summary}",
        evidence=first.evidence,
        cause=trouble.cause,
        next=trouble.next,
    )


def _word(pod: PodRow) -> str:
    """Return kubectl's word for a pod, whether it concerns an init container or not."""
    return pod.status.removeprefix("Init:")


def _older(moment: datetime | None, span: timedelta, now: datetime) -> bool:
    return moment is not None and now - moment > span


def _pods(seen: Seen, now: datetime) -> Iterator[_Finding]:
    by_pod: dict[str, list[EventRow]] = {}
    for event in seen.events:
        if event.kind == "Pod":
            by_pod.setdefault(f"{event.namespace}/{event.about}", []).append(event)
    for pod in seen.pods:
        found = _pod(pod, by_pod.get(pod.key, []), seen.logs.get(pod.name, ()), now)
        if found:
            trouble, evidence = found
            yield _Finding(trouble, "Pod", pod.key, evidence)


def _pod(
    pod: PodRow, events: Sequence[EventRow], log: Sequence[str], now: datetime
) -> tuple[Trouble, str] | None:
    """Return what is wrong with one pod and what shows it, or None."""
    if pod.deleted is not None:
        return (
            (troubles.STUCK_END, f"Ending since {age(pod.deleted, now)}.")
            if _older(pod.deleted, SLOW, now)
            else None
        )
    word = _word(pod)
    if word == "SchedulingGated" or pod.phase == "Succeeded":
        return None
    trouble = troubles.WAITING_CAUSES.get(word)
    if trouble is troubles.IMAGE_PULL:
        return _image(pod, events)
    if trouble is troubles.CRASH:
        return _crash(pod, log)
    if trouble:
        return trouble, pod.message or word
    if pod.phase == "Pending":
        return _pending(pod, events, now)
    if pod.last_end and pod.last_end.reason == "OOMKilled":
        return troubles.WAS_OUT_OF_MEMORY, f"Container {pod.last_end.container} was killed (OOMKilled)."
    if pod.phase == "Running" and not pod.is_ready and _older(pod.created, SLOW, now):
        return troubles.NOT_READY, _last_message(
            events, "Unhealthy"
        ) or f"{pod.ready} of {pod.containers} ready."
    return None


def _image(pod: PodRow, events: Sequence[EventRow]) -> tuple[Trouble, str]:
    """Tell why an image cannot be pulled; the event says more than the pod, which only says "back-off"."""
    said = [event.message for event in _latest(events) if event.reason == "Failed"]
    for text in (pod.message, *said):
        trouble = troubles.first_match(text, troubles.PULL_CAUSES)
        if trouble:
            return trouble, text
    return troubles.IMAGE_PULL, pod.message or (said[0] if said else pod.image)


def _crash(pod: PodRow, log: Sequence[str]) -> tuple[Trouble, str]:
    """Tell why a container ends; its last log line is the best evidence, unless memory killed it."""
    end = pod.last_end
    if end and end.reason == "OOMKilled":
        return (
            troubles.OUT_OF_MEMORY,
            f"Container {end.container} was killed (OOMKilled), {pod.restarts} restarts.",
        )
    last = next((line for line in reversed(log) if line.strip()), "")
    how = f"Exit code {end.code}, {pod.restarts} restarts." if end else pod.message
    return troubles.CRASH, f"{how} Last log line: {last.strip()}" if last else how


def _pending(pod: PodRow, events: Sequence[EventRow], now: datetime) -> tuple[Trouble, str] | None:
    """Tell why a pod has not started: no node takes it, or it starts slowly."""
    if not pod.node:
        said = pod.message or _last_message(events, "FailedScheduling")
        if said and _older(pod.created, PATIENCE, now):
            trouble = troubles.first_match(said, troubles.SCHEDULING_CAUSES) or troubles.UNSCHEDULED
            refused = _last_message(events, "NotTriggerScaleUp")
            return trouble, f"{said} Autoscaler: {refused}" if refused else said
        return None
    if any(event.reason in ("FailedMount", "FailedAttachVolume") for event in events):
        return None  # The event itself is the diagnosis.
    if _older(pod.created, SLOW, now):
        latest = _latest(events)
        return troubles.SLOW_START, latest[
            0
        ].message if latest else f"{pod.status} since {age(pod.created, now)}."
    return None


def _latest(events: Iterable[EventRow]) -> list[EventRow]:
    return sorted(events, key=lambda event: event.last.timestamp() if event.last else 0.0, reverse=True)


def _last_message(events: Iterable[EventRow], reason: str) -> str:
    return next((event.message for event in _latest(events) if event.reason == reason), "")


def _nodes(seen: Seen) -> Iterator[_Finding]:
    for node in seen.nodes:
        if not node.ready:
            yield _Finding(troubles.NODE_DOWN, "Node", node.name, node.message or node.reason)
        elif node.pressures:
            yield _Finding(troubles.NODE_PRESSED, "Node", node.name, ", ".join(node.pressures))


def _claims(seen: Seen, now: datetime) -> Iterator[_Finding]:
    for claim in seen.claims:
        unnamed = claim.phase == "Pending" and not claim.storage_class and not claim.volume
        if (
            unnamed
            and seen.classes_known
            and seen.default_class is None
            and _older(claim.created, PATIENCE, now)
        ):
            yield _Finding(
                troubles.NO_DEFAULT_CLASS, "PersistentVolumeClaim", claim.key, "It names no StorageClass."
            )


def _services(seen: Seen, now: datetime) -> Iterator[_Finding]:
    failed = {
        event.about
        for event in seen.events
        if event.kind == "Service" and event.type == "Warning" and "LoadBalancer" in event.reason
    }
    for service in seen.services:
        if service.is_pending and _older(service.created, SLOW, now) and service.name not in failed:
            waits = f"Type LoadBalancer, without an address since {age(service.created, now)}."
            yield _Finding(troubles.NO_ADDRESS, "Service", service.key, waits)


def _events(seen: Seen, now: datetime) -> Iterator[_Finding]:
    """Explain fresh warnings about things that are still not well."""
    well = {("Pod", pod.key) for pod in seen.pods if pod.is_ready}
    well |= {("Service", service.key) for service in seen.services if not service.is_pending}
    well |= {("PersistentVolumeClaim", claim.key) for claim in seen.claims if claim.phase == "Bound"}
    there = {("Pod", pod.key) for pod in seen.pods}
    for event in _latest(seen.events):
        thing = (event.kind, f"{event.namespace}/{event.about}")
        gone = event.kind == "Pod" and thing not in there
        if event.type == "Normal" or thing in well or gone or _older(event.last, FRESH, now):
            continue
        for reason, kind, pattern, trouble in troubles.EVENT_CAUSES:
            if event.reason == reason and kind in ("", event.kind) and pattern.search(event.message):
                yield _Finding(trouble, event.kind, thing[1], event.message)
                break
