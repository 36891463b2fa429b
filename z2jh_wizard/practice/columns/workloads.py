"""Columns of pods and of what makes pods."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from z2jh_wizard.practice.columns import cells
from z2jh_wizard.practice.columns.cells import NONE
from z2jh_wizard.practice.columns.layout import Layout, columns, count, name_of
from z2jh_wizard.practice.columns.pod_summary import summarize
from z2jh_wizard.practice.objects import Object, dig, parse_time


def _pod(obj: Object, now: datetime.datetime) -> list[Any]:
    summary = summarize(obj)
    return [
        name_of(obj),
        f"{summary.ready}/{summary.total}",
        summary.status,
        summary.restarts_text(now),
        cells.age(obj, now),
        dig(obj, "status", "podIPs", 0, "ip") or dig(obj, "status", "podIP", default=NONE),
        dig(obj, "spec", "nodeName", default=NONE),
        dig(obj, "status", "nominatedNodeName", default=NONE),
        _readiness_gates(obj),
    ]


def _readiness_gates(obj: Object) -> str:
    gates = dig(obj, "spec", "readinessGates", default=[])
    passed = sum(cells.has_condition(obj, gate.get("conditionType", "")) for gate in gates)
    return f"{passed}/{len(gates)}" if gates else NONE


def _of_template(obj: Object, selector: str) -> list[Any]:
    names, images = cells.containers(dig(obj, "spec", "template", "spec", default={}))
    return [names, images, selector]


def _deployment(obj: Object, now: datetime.datetime) -> list[Any]:
    return [
        name_of(obj),
        f"{count(obj, 'status', 'readyReplicas')}/{count(obj, 'spec', 'replicas')}",
        count(obj, "status", "updatedReplicas"),
        count(obj, "status", "availableReplicas"),
        cells.age(obj, now),
        *_of_template(obj, cells.selector_text(dig(obj, "spec", "selector"))),
    ]


def _replica_set(obj: Object, now: datetime.datetime) -> list[Any]:
    return [*_replica_counts(obj, now), *_of_template(obj, cells.selector_text(dig(obj, "spec", "selector")))]


def _replication_controller(obj: Object, now: datetime.datetime) -> list[Any]:
    return [*_replica_counts(obj, now), *_of_template(obj, cells.labels_text(dig(obj, "spec", "selector")))]


def _replica_counts(obj: Object, now: datetime.datetime) -> list[Any]:
    status = ("replicas", "readyReplicas")
    counts = [count(obj, "spec", "replicas"), *(count(obj, "status", name) for name in status)]
    return [name_of(obj), *counts, cells.age(obj, now)]


def _stateful_set(obj: Object, now: datetime.datetime) -> list[Any]:
    ready = f"{count(obj, 'status', 'readyReplicas')}/{count(obj, 'spec', 'replicas')}"
    return [name_of(obj), ready, cells.age(obj, now), *_of_template(obj, "")[:2]]


def _daemon_set(obj: Object, now: datetime.datetime) -> list[Any]:
    counters = (
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "numberReady",
        "updatedNumberScheduled",
        "numberAvailable",
    )
    return [
        name_of(obj),
        *(count(obj, "status", name) for name in counters),
        cells.labels_text(dig(obj, "spec", "template", "spec", "nodeSelector")),
        cells.age(obj, now),
        *_of_template(obj, cells.selector_text(dig(obj, "spec", "selector"))),
    ]


def _job(obj: Object, now: datetime.datetime) -> list[Any]:
    started, ended = (parse_time(dig(obj, "status", name)) for name in ("startTime", "completionTime"))
    return [
        name_of(obj),
        _job_state(obj),
        _job_completions(obj),
        cells.span(((ended or now) - started).total_seconds()) if started else "",
        cells.age(obj, now),
        *_of_template(obj, cells.selector_text(dig(obj, "spec", "selector"))),
    ]


def _job_state(obj: Object) -> str:
    for condition in ("Complete", "Failed"):
        if cells.has_condition(obj, condition):
            return condition
    if obj["metadata"].get("deletionTimestamp"):
        return "Terminating"
    later = ("Suspended", "FailureTarget", "SuccessCriteriaMet")
    return next((condition for condition in later if cells.has_condition(obj, condition)), "Running")


def _job_completions(obj: Object) -> str:
    succeeded, wanted = count(obj, "status", "succeeded"), dig(obj, "spec", "completions")
    if wanted is not None:
        return f"{succeeded}/{wanted}"
    parallelism = count(obj, "spec", "parallelism")
    return f"{succeeded}/1 of {parallelism}" if parallelism > 1 else f"{succeeded}/1"


def _cron_job(obj: Object, now: datetime.datetime) -> list[Any]:
    last = dig(obj, "status", "lastScheduleTime")
    names, images = cells.containers(dig(obj, "spec", "jobTemplate", "spec", "template", "spec", default={}))
    return [
        name_of(obj),
        dig(obj, "spec", "schedule", default=""),
        dig(obj, "spec", "timeZone", default=NONE),
        "True" if dig(obj, "spec", "suspend") else "False",
        len(dig(obj, "status", "active", default=[])),
        cells.since(last, now) if last else NONE,
        cells.age(obj, now),
        names,
        images,
        cells.selector_text(dig(obj, "spec", "jobTemplate", "spec", "selector")),
    ]


def _controller_revision(obj: Object, now: datetime.datetime) -> list[Any]:
    owners = [each for each in obj["metadata"].get("ownerReferences") or [] if each.get("controller")]
    owner = NONE
    if owners:
        group = owners[0].get("apiVersion", "").rpartition("/")[0]
        kind = ".".join(part for part in (owners[0].get("kind", ""), group) if part)
        owner = f"{kind.lower()}/{owners[0].get('name', '')}"
    return [name_of(obj), owner, obj.get("revision", 0), cells.age(obj, now)]


def _pod_template(obj: Object, _now: datetime.datetime) -> list[Any]:
    template = obj.get("template") or {}
    names, images = cells.containers(template.get("spec") or {})
    return [name_of(obj), names, images, cells.labels_text(dig(template, "metadata", "labels"))]


_POD_TEMPLATE = ("+Containers", "+Images", "+Selector")
_REPLICAS = ("Name", "Desired:integer", "Current:integer", "Ready:integer", "Age", *_POD_TEMPLATE)

LAYOUTS: Mapping[tuple[str, str], Layout] = {
    ("", "pods"): Layout(
        columns(
            "Name",
            "Ready",
            "Status",
            "Restarts",
            "Age",
            "+IP",
            "+Node",
            "+Nominated Node",
            "+Readiness Gates",
        ),
        _pod,
    ),
    ("", "podtemplates"): Layout(columns("Name", "Containers", "Images", "Pod Labels"), _pod_template),
    ("", "replicationcontrollers"): Layout(columns(*_REPLICAS), _replication_controller),
    ("apps", "deployments"): Layout(
        columns("Name", "Ready", "Up-to-date", "Available", "Age", *_POD_TEMPLATE), _deployment
    ),
    ("apps", "replicasets"): Layout(columns(*_REPLICAS), _replica_set),
    ("apps", "statefulsets"): Layout(
        columns("Name", "Ready", "Age", "+Containers", "+Images"), _stateful_set
    ),
    ("apps", "daemonsets"): Layout(
        columns(
            "Name",
            "Desired:integer",
            "Current:integer",
            "Ready:integer",
            "Up-to-date:integer",
            "Available:integer",
            "Node Selector",
            "Age",
            *_POD_TEMPLATE,
        ),
        _daemon_set,
    ),
    ("apps", "controllerrevisions"): Layout(
        columns("Name", "Controller", "Revision", "Age"), _controller_revision
    ),
    ("batch", "jobs"): Layout(
        columns("Name", "Status", "Completions", "Duration", "Age", *_POD_TEMPLATE), _job
    ),
    ("batch", "cronjobs"): Layout(
        columns(
            "Name",
            "Schedule",
            "Timezone",
            "Suspend:boolean",
            "Active:integer",
            "Last Schedule",
            "Age",
            *_POD_TEMPLATE,
        ),
        _cron_job,
    ),
}
