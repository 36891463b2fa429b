"""Helm's debug lines in plain words: what a person wants to know, each thing once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from z2jh_wizard.core.redaction import plain

Attributes: TypeAlias = "Mapping[str, str]"

_ATTRIBUTE = re.compile(r' (?P<key>[A-Za-z][\w-]*)=(?P<value>"(?:[^"\\]|\\.)*"|\S*)')
_HELM4 = re.compile(r"(?:time=\S+ )?level=(?P<level>[A-Z]+) msg=(?P<rest>.*)", re.S)
_MESSAGE = re.compile(r'"(?:[^"\\]|\\.)*"|\S*')
_HELM3 = re.compile(r"\w+\.go:\d+: (?:\d{4}-\d\d-\d\d .*? )?\[debug\] (?P<text>.*)")
_TABLE = re.compile(r"cannot overwrite table with non table for (?P<path>\S+)")
_API_WARNING = re.compile(r'(?:warnings\.go:\d+\] "?)?Warning: (?P<text>[^"]+)"?$')


_DELETING = "Deleting "


def _kind(attributes: Attributes) -> str:
    """Return the kind in ``apps/v1, Kind=Deployment``."""
    return attributes.get("gvk", "").rpartition("Kind=")[2] or "object"


def _waiting(attributes: Attributes) -> str:
    what = f"{attributes.get('kind', '')} {attributes.get('name', '')}".strip()
    wanted, actual = attributes.get("expectedStatus"), attributes.get("actualStatus")
    if wanted == "NotFound":
        return f"Waiting until {what} is gone."
    return {
        "Current": f"{what} is ready.",
        "InProgress": f"Waiting for {what}: not ready yet.",
        "Failed": f"{what} has failed.",
        "Terminating": f"{what} is being deleted.",
    }.get(actual or "", "")


def _all_reached(attributes: Attributes) -> str:
    count = attributes.get("resourceCount", "0")
    if attributes.get("desiredStatus") != "Current" or count in ("", "0"):
        return ""
    return "It is ready." if count == "1" else f"All {count} objects are ready."


_MESSAGES: Mapping[str, Callable[[Attributes], str]] = {
    "Created resource via patch": lambda a: f"Created {_kind(a)} {a.get('name', '')}.",
    "Created resource": lambda a: f"Created {_kind(a)} {a.get('name', '')}.",
    "Patched resource": lambda a: f"Brought {_kind(a)} {a.get('name', '')} up to date.",
    "created a new resource": lambda a: f"Created {a.get('kind', 'object')} {a.get('name', '')}.",
    "starting delete resource": lambda a: f"{_DELETING}{a.get('kind', '')} {a.get('name', '')}.",
    "deleting resource": lambda a: f"{_DELETING}{a.get('kind', '')} {a.get('name', '')}.",
    "waiting for resources": lambda a: f"Waiting up to {a.get('timeout', '')} until it runs.",
    "waiting for resource": _waiting,
    "all resources achieved desired status": _all_reached,
    "rolling back": lambda a: (
        f"Going back from revision {a.get('currentVersion', '?')} to {a.get('targetVersion', '?')}."
    ),
}
"""Helm 4's messages worth telling; the others are for Helm's own developers."""

_TEXTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"creating (\d+) resource\(s\)", "Creating {0} objects."),
        (r"beginning wait for \d+ resources with timeout of (\S+)", "Waiting up to {0} until it runs."),
        (
            r"(\w+) is not ready: [^/]+/(\S+)\. (\d+) out of (\d+) expected pods (?:are|have been)",
            "Waiting for {0} {1}: {2} of {3} pods.",
        ),
        (
            r"PersistentVolumeClaim is not bound: [^/]+/(\S+)",
            "Waiting for the disk {0}.",
        ),
        (
            r"Service does not have (?:load balancer ingress )?IP address: [^/]+/(\S+)",
            "Waiting for a public address for Service {0}.",
        ),
        (r"Pod is not ready: [^/]+/(\S+)", "Waiting for Pod {0}: not ready yet."),
        (
            r"(\S+): Jobs active: \d+, jobs failed: (\d+)",
            "Waiting for Job {0}: {1} failed so far.",
        ),
        (r'Starting delete for "(\S+)" (\S+)', _DELETING + "{1} {0}."),
        (r'Deleting (\S+) "(\S+)" in', _DELETING + "{0} {1}."),
        (r'Created a new (\S+) called "(\S+)"', "Created {0} {1}."),
        (r'Patch (\S+) "(\S+)" in', "Brought {0} {1} up to date."),
        (r"rolling back \S+ \(current: v(\d+), target: v(\d+)\)", "Going back from revision {0} to {1}."),
    )
)
"""The same for Helm 3, whose debug lines are sentences."""


class ProgressReader:
    """Turns one run's lines into sentences and says none of them twice.

    Helm clears away the jobs of an earlier run before it starts them anew; only a run that is there to
    delete, as ``deleting`` says, tells what it deletes.
    """

    def __init__(self, *, deleting: bool = False) -> None:
        self._deleting = deleting
        self._said: set[str] = set()

    def read(self, line: str) -> str | None:
        """Return what to tell a person about this line, None if nothing."""
        sentence = plain(translate(line)).strip()
        if not sentence or sentence in self._said:
            return None
        if sentence.startswith(_DELETING) and not self._deleting:
            return None
        self._said.add(sentence)
        return sentence


def translate(line: str) -> str:
    """Return a debug line of any Helm in plain words, empty if it is not worth telling."""
    if table := _TABLE.search(line):
        path = table["path"].rstrip(":")
        return f"{path} is a group of settings in the chart; the single value given is ignored."
    if warning := _API_WARNING.search(line):
        return f"The cluster warns: {warning['text']}"
    if helm4 := _HELM4.match(line):
        message, attributes = _split(helm4["rest"])
        words = _MESSAGES.get(message)
        return words(attributes) if words else ""
    if helm3 := _HELM3.match(line):
        for pattern, sentence in _TEXTS:
            if match := pattern.match(helm3["text"]):
                return sentence.format(*match.groups())
    return ""


def _split(rest: str) -> tuple[str, dict[str, str]]:
    """Split what follows ``msg=`` into the message and its attributes."""
    message = _MESSAGE.match(rest)
    if message is None:
        return "", {}
    found = _ATTRIBUTE.finditer(rest, message.end())
    return _unquote(message[0]), {one["key"]: _unquote(one["value"]) for one in found}


def _unquote(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return value[1:-1].replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
    return value
