"""Rules for what makes pods: deployments, replica sets, stateful sets, daemon sets, jobs and cron jobs."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator, Mapping
from typing import Any

from z2jh_wizard.practice.objects import Object, dig
from z2jh_wizard.practice.rules import names
from z2jh_wizard.practice.rules.metadata import label_selector
from z2jh_wizard.practice.rules.names import wrong
from z2jh_wizard.practice.rules.pods import pod_template
from z2jh_wizard.practice.rules.schedules import schedule_error
from z2jh_wizard.practice.rules.values import count_or_percent, not_negative, one_of
from z2jh_wizard.practice.selectors import match_label_selector
from z2jh_wizard.practice.status import Cause, forbidden_value, invalid_value, not_supported, required

_LONGEST_CRON_NAME = 52


def deployment(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a deployment."""
    spec = obj.get("spec") or {}
    yield from not_negative(spec.get("replicas"), "spec.replicas")
    yield from _selected_template(spec, "deployment")
    yield from _deployment_strategy(spec.get("strategy") or {}, "spec.strategy")
    for name in ("minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"):
        yield from not_negative(spec.get(name), f"spec.{name}")
    deadline = spec.get("progressDeadlineSeconds", 600)
    if deadline is not None and deadline <= (spec.get("minReadySeconds") or 0):
        yield invalid_value("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")


def _deployment_strategy(strategy: Object, field: str) -> Iterator[Cause]:
    kind, rolling = strategy.get("type") or "RollingUpdate", strategy.get("rollingUpdate")
    if kind == "Recreate":
        if rolling is not None:
            detail = "may not be specified when strategy `type` is 'Recreate'"
            yield forbidden_value(f"{field}.rollingUpdate", detail)
    elif kind == "RollingUpdate":
        yield from _rolling(rolling or {}, f"{field}.rollingUpdate")
    else:
        shown = {"Type": kind, "RollingUpdate": rolling}
        yield not_supported(field, shown, ("Recreate", "RollingUpdate"))


def _rolling(rolling: Object, field: str) -> Iterator[Cause]:
    surge, unavailable = rolling.get("maxSurge", "25%"), rolling.get("maxUnavailable", "25%")
    yield from count_or_percent(unavailable, f"{field}.maxUnavailable", largest=True)
    yield from count_or_percent(surge, f"{field}.maxSurge")
    if surge in (0, "0%") and unavailable in (0, "0%"):
        yield invalid_value(f"{field}.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0")


def _selected_template(spec: Object, kind: str, restarts: bool = True) -> Iterator[Cause]:
    """Yield what is wrong with a selector and a template: they must match, and such pods always restart."""
    selector, template = spec.get("selector"), spec.get("template") or {}
    if selector is None:
        yield required("spec.selector")
    else:
        causes = list(label_selector(selector, "spec.selector"))
        yield from causes
        if causes:
            yield invalid_value("spec.selector", selector, "invalid label selector")
            selector = {}
        elif not (selector.get("matchLabels") or selector.get("matchExpressions")):
            yield invalid_value("spec.selector", selector, f"empty selector is invalid for {kind}")
    labels = dig(template, "metadata", "labels")
    if selector is None or (selector and not match_label_selector(selector, labels or {})):
        detail = "`selector` does not match template `labels`"
        yield invalid_value("spec.template.metadata.labels", labels, detail)
    yield from pod_template(template, "spec.template")
    policy = dig(template, "spec", "restartPolicy")
    if restarts and policy not in (None, "", "Always"):
        yield not_supported("spec.template.spec.restartPolicy", policy, ("Always",))


def replica_set(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a replica set."""
    spec = obj.get("spec") or {}
    for name in ("replicas", "minReadySeconds"):
        yield from not_negative(spec.get(name), f"spec.{name}")
    yield from _selected_template(spec, "replicaset")


def stateful_set(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a stateful set."""
    spec = obj.get("spec") or {}
    policy = spec.get("podManagementPolicy") or "OrderedReady"
    if policy not in ("OrderedReady", "Parallel"):
        yield invalid_value("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'")
    update = spec.get("updateStrategy") or {}
    if update.get("type") not in (None, "", "RollingUpdate", "OnDelete"):
        shown = {"Type": update["type"], "RollingUpdate": update.get("rollingUpdate")}
        yield invalid_value("spec.updateStrategy", shown, "must be 'RollingUpdate' or 'OnDelete'")
    for name in ("replicas", "minReadySeconds"):
        yield from not_negative(spec.get(name), f"spec.{name}")
    yield from _selected_template(_with_claims(spec), "statefulset")


def _with_claims(spec: Object) -> Object:
    """Return the specification with its claim templates as volumes, which its containers may mount."""
    pod = dig(spec, "template", "spec")
    claims = [
        {"name": dig(each, "metadata", "name", default="")} for each in spec.get("volumeClaimTemplates") or []
    ]
    if not pod or not claims:
        return spec
    own = {each["name"] for each in claims}
    others = [each for each in pod.get("volumes") or [] if each.get("name") not in own]
    return spec | {"template": spec["template"] | {"spec": pod | {"volumes": others + claims}}}


def daemon_set(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a daemon set."""
    spec = obj.get("spec") or {}
    yield from _selected_template(spec, "daemonset")
    update = spec.get("updateStrategy") or {}
    kind = update.get("type") or "RollingUpdate"
    if kind not in ("RollingUpdate", "OnDelete"):
        shown = {"Type": kind, "RollingUpdate": update.get("rollingUpdate")}
        yield not_supported("spec.updateStrategy", shown, ("RollingUpdate", "OnDelete"))
    rolling = update.get("rollingUpdate") or {}
    at = "spec.updateStrategy.rollingUpdate.maxUnavailable"
    if kind == "RollingUpdate" and _both_zero(rolling):
        yield required(at, "cannot be 0 when maxSurge is 0")
    yield from not_negative(spec.get("minReadySeconds"), "spec.minReadySeconds")


def _both_zero(rolling: Object) -> bool:
    zero = (0, "0%")
    return rolling.get("maxUnavailable", 1) in zero and rolling.get("maxSurge", 0) in zero


def job(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a job, whose name becomes a label of its pods."""
    yield from wrong("spec.template.labels", dig(obj, "metadata", "name", default=""), names.label_value)
    yield from job_spec(obj.get("spec") or {}, "spec")


def job_spec(spec: Object, field: str) -> Iterator[Cause]:
    """Yield what is wrong with the specification of a job."""
    counts = (
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
    )
    for name in counts:
        yield from not_negative(spec.get(name), f"{field}.{name}")
    template = spec.get("template") or {}
    yield from pod_template(template, f"{field}.template")
    if dig(template, "spec", "restartPolicy") not in ("OnFailure", "Never"):
        yield required(f"{field}.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"')


def cron_job(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a cron job."""
    spec: Mapping[str, Any] = obj.get("spec") or {}
    name = dig(obj, "metadata", "name", default="")
    if len(name) > _LONGEST_CRON_NAME:
        detail = f"must be no more than {_LONGEST_CRON_NAME} characters"
        yield invalid_value("metadata.name", name, detail)
    schedule = spec.get("schedule") or ""
    if not schedule:
        yield required("spec.schedule")
    elif re.match(r"(CRON_)?TZ=", schedule):
        detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        yield invalid_value("spec.schedule", schedule, detail)
    elif why := schedule_error(schedule):
        yield invalid_value("spec.schedule", schedule, why)
    zone = spec.get("timeZone")
    if zone is not None and not _is_zone(zone):
        yield invalid_value("spec.timeZone", zone, f"unknown time zone {zone}")
    yield from one_of(spec.get("concurrencyPolicy"), "spec.concurrencyPolicy", ("Allow", "Forbid", "Replace"))
    yield from job_spec(dig(spec, "jobTemplate", "spec", default={}), "spec.jobTemplate.spec")


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return False
    return True
