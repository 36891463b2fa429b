"""Rules about where servers run and when they are stopped: labels of nodes, placeholders, culling.

Facts: the templates of charts 0.7 to 4.4; jupyterhub-idle-culler stops servers after 600 s unless told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from z2jh_wizard.values.keys import paths_at
from z2jh_wizard.values.lint import spawner
from z2jh_wizard.values.lint.finding import Fix, Set, Severity
from z2jh_wizard.values.lint.refused import REFUSED, refused_paths
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path

_REPLICAS = "scheduling.userPlaceholder.replicas"
_SECONDS = ("cull.timeout", "cull.every", "cull.maxAge")
_UNITS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
_TIME = re.compile(r"(?P<number>[0-9]{1,7}) ?(?P<unit>s|min|m|h|d|)")
_SHORT = 300
"""Seconds that pass while a class listens to a question."""


@rule("placeholder-noprio", Severity.WARNING, "Placeholders that do not make room", _REPLICAS)
def placeholder_noprio(subject: Subject) -> Iterator[Problem]:
    """Only pods of lower priority make room for a student; the chart warns of it as well."""
    if subject.family != "z2jh" or not subject.at_least("0.8.0"):
        return
    on = subject.effective("scheduling.userPlaceholder.enabled", True)
    if subject.get(_REPLICAS) and on and not subject.effective("scheduling.podPriority.enabled", False):
        yield Problem(
            ("scheduling", "userPlaceholder", "replicas"),
            "Placeholders without pod priority take the room of students instead of keeping it for them.",
            Fix("Write scheduling.podPriority.enabled: true."),
        )


@rule(
    "node-selector-bool",
    Severity.ERROR,
    "A label, annotation or toleration that is no text",
    "singleuser.nodeSelector",
    "hub.nodeSelector",
    "singleuser.extraTolerations",
)
def node_selector_bool(subject: Subject) -> Iterator[Problem]:
    """Kubernetes takes text there, and refuses true and 1."""
    refused = refused_paths(subject)
    for path, value in _labels(subject):
        if value is None or isinstance(value, (str, dict, list)):
            continue
        found = subject.source_of(path).written_at(path)
        text = found.plain if found else None
        students = path[0] == "singleuser" or "kubespawner_override" in path
        result = "no server starts" if students else "Helm stops"
        result = REFUSED if path in refused else result
        yield Problem(
            path,
            f"{subject.quote(path, value)} is no text, and Kubernetes refuses it: {result}.",
            Fix("Put it in quotes.", (Set(path, text),) if text else ()),
        )


def _labels(subject: Subject) -> Iterator[tuple[Path, Any]]:
    for key, row in paths_at(subject.version, subject.family).items():
        last = key.rpartition(".")[2].lower()
        if last.endswith(("nodeselector", "labels", "annotations")) and "map" in row.type:
            yield from subject.find(f"{key}.*")
        elif last.endswith("tolerations"):
            yield from ((path, value) for path, value in subject.find(f"{key}.*.*") if path[-1] == "value")
    for one in spawner.overrides(subject):
        for trait in ("node_selector", "extra_labels", "extra_annotations"):
            for name, value in spawner.map_or_empty(one.values.get(trait)).items():
                yield (*one.path, trait, name), value


@rule("cull-bool", Severity.ERROR, "Culling times that are no numbers", *_SECONDS)
def cull_bool(subject: Subject) -> Iterator[Problem]:
    """Seconds, as whole numbers; charts up to 0.11 hand on any text."""
    for key in _SECONDS if subject.family == "z2jh" else ():
        path: Path = tuple(key.split("."))
        value, refused = subject.get(path), path in refused_paths(subject)
        if not isinstance(value, str) or (not refused and value.isdecimal()):
            continue
        match = _TIME.fullmatch(value.strip())
        seconds = int(match["number"]) * _UNITS[match["unit"]] if match else None
        fix = Fix("Write a number of seconds, such as 3600 for an hour.")
        if seconds is not None:
            fix = Fix(f"Write {seconds}, without quotes.", (Set(path, seconds),))
        result = REFUSED if refused else "idle servers are not stopped"
        message = f"{subject.quote(path, value)} is a text; the chart wants a number of seconds: {result}."
        yield Problem(path, message, fix, severity=None if refused else Severity.WARNING)


@rule("cull-soon", Severity.WARNING, "Servers that are stopped within minutes", "cull.timeout")
def cull_soon(subject: Subject) -> Iterator[Problem]:
    """0 is not never: the culler then takes its own ten minutes. And the number is in seconds."""
    timeout = subject.get("cull.timeout")
    if subject.family != "z2jh" or not subject.at_least("0.8.0") or isinstance(timeout, bool):
        return
    if subject.get("cull.enabled") is False or not isinstance(timeout, (int, float)):
        return
    if not 0 <= timeout < _SHORT:
        return
    message = f"Servers are stopped after {timeout} seconds without activity."
    fix = Fix("Write seconds, such as 3600 for an hour.")
    if timeout == 0:
        message = "0 is not never: servers are stopped after ten minutes, the culler's own time."
        fix = Fix("Write cull.enabled: false if no server shall be stopped.")
    yield Problem(("cull", "timeout"), message, fix)


RULES: tuple[Rule, ...] = (placeholder_noprio, node_selector_bool, cull_bool, cull_soon)
