"""Rules about students' files: the disks they stand on, and other volumes.

Facts: jupyterhub_config.py and the schema of chart 4.4.0; KubeSpawner 7.0. Charts up to 0.11 have no schema,
and make no home volume for a type that they do not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from z2jh_wizard.values.amounts import kubernetes_amount
from z2jh_wizard.values.lint import spawner
from z2jh_wizard.values.lint.finding import Fix, Set, Severity
from z2jh_wizard.values.lint.refused import REFUSED, refused_paths
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path, parse_path

_TYPES = ("dynamic", "static", "none")
_TYPE: Path = ("singleuser", "storage", "type")
_CAPACITY = "singleuser.storage.capacity"
_SIZES = (_CAPACITY, "hub.db.pvc.storage", "hub.persistence.size")
_LEAST = 1_000_000
"""Bytes that are too few for any disk."""

_VOLUMES: Path = ("singleuser", "storage", "extraVolumes")
_MOUNTS: Path = ("singleuser", "storage", "extraVolumeMounts")
_BUILT_IN = frozenset(("home", "files"))
"""Volumes that the chart makes itself; the home of type dynamic has a name that begins as below."""
_HOME = "volume-{"


@rule("capacity-int", Severity.ERROR, "A disk of a size that is refused", _CAPACITY, "hub.db.pvc.storage")
def capacity_int(subject: Subject) -> Iterator[Problem]:
    """Disks want a Kubernetes quantity as text; unlike memory they take Gi."""
    refused = refused_paths(subject)
    for key in _SIZES:
        path, value = parse_path(key), subject.get(key)
        if value is None or isinstance(value, (dict, list)):
            continue
        if subject.family == "helmforge" and isinstance(value, (int, float)):
            value = str(value)  # this chart puts sizes into quotes
        amount, shown = kubernetes_amount(value), subject.quote(path, value)
        result = "no server starts" if key == _CAPACITY else "the hub does not start"
        result = REFUSED if path in refused else result
        fix, severity = Fix("Write a size such as 10Gi."), None
        if not isinstance(value, str):
            message = f"{shown} is no text; the size of a disk is a text with a unit: {result}."
        elif amount is None:
            message = f"Kubernetes cannot read {shown} as the size of a disk: {result}."
            joined = value.replace(" ", "")
            if kubernetes_amount(joined) is not None:
                fix = Fix(f"Write {joined}.", (Set(path, joined),))
        elif amount < _LEAST:
            message, severity = (
                f"{shown} is less than a megabyte, which is no use as a disk.",
                Severity.WARNING,
            )
        else:
            continue
        if amount and shown.isdecimal():
            fix = Fix(f"Write {shown}Gi if gigabytes are meant.")
        yield Problem(path, message, fix, severity=severity)


@rule(
    "storage-type-none", Severity.ERROR, "A type of storage that the chart lacks", "singleuser.storage.type"
)
def storage_type_none(subject: Subject) -> Iterator[Problem]:
    """null removes the chart's default, and None is a word of Python."""
    if subject.family != "z2jh" or not subject.has(_TYPE) or subject.get(_TYPE) in _TYPES:
        return
    value, refused = subject.get(_TYPE), subject.at_least("1.0.0")  # null is refused too
    word = value.lower() if isinstance(value, str) else ""
    result = REFUSED if refused else "students have no disk, and lose their files"
    written = "nothing" if value is None else subject.quote(_TYPE, value)
    fix = Fix("Write dynamic, or static; none if students' files shall not be kept.")
    if word in _TYPES:
        fix = Fix(f"Write {word}.", (Set(_TYPE, word),))
    yield Problem(
        _TYPE,
        f"The type of storage is {written}; the chart has dynamic, static and none: {result}.",
        fix,
        severity=None if refused else Severity.WARNING,
    )


@rule("storage-none", Severity.NOTE, "Students' files are not kept", "singleuser.storage.type")
def storage_none(subject: Subject) -> Iterator[Problem]:
    """Right for a demonstration, and a surprise in a course."""
    if subject.family == "z2jh" and subject.get(_TYPE) == "none" and not subject.get(_MOUNTS):
        yield Problem(
            _TYPE,
            "Students have no disk: what they save is gone when their server stops.",
            Fix("Write dynamic if their files shall be kept."),
        )


@rule("static-nopvc", Severity.ERROR, "Static storage without a claim", "singleuser.storage.static.pvcName")
def static_nopvc(subject: Subject) -> Iterator[Problem]:
    """All students share one claim, which somebody makes beforehand."""
    static = subject.family == "z2jh" and subject.get(_TYPE) == "static"
    if static and not subject.get("singleuser.storage.static.pvcName"):
        yield Problem(
            _TYPE,
            "Storage of type static needs the name of a claim; without it no server starts.",
            Fix("Write the name of a PersistentVolumeClaim as singleuser.storage.static.pvcName."),
        )


@rule(
    "extravol-nomount",
    Severity.WARNING,
    "A volume that is not mounted, or a mount without a volume",
    "singleuser.storage.extraVolumes",
    "singleuser.storage.extraVolumeMounts",
)
def extravol_nomount(subject: Subject) -> Iterator[Problem]:
    """They are joined by name; lists, or maps from chart 4.3 on."""
    if subject.family != "z2jh" or spawner.set_in_python(subject, "volumes", "volume_mounts"):
        return
    volumes, mounts = list(_items(subject.get(_VOLUMES))), list(_items(subject.get(_MOUNTS)))
    changes = [one.values for one in spawner.overrides(subject)] if volumes or mounts else []
    there = _names(volumes) | _BUILT_IN | {str(subject.get("singleuser.storage.dynamic.volumeNameTemplate"))}
    used = _names(mounts)
    for change in changes:
        there |= _names(_items(change.get("volumes")))
        used |= _names(_items(change.get("volume_mounts")))
    for key in ("initContainers", "extraContainers"):
        for _, container in _items(subject.get(("singleuser", key))):
            used |= _names(_items(container.get("volumeMounts")))
    for at, item in mounts:
        name = item.get("name")
        if isinstance(name, str) and name not in there and not name.startswith(_HOME):
            yield Problem(
                (*_MOUNTS, at),
                f"There is no volume of the name {name}: no server starts.",
                Fix("Write a volume with this name in singleuser.storage.extraVolumes."),
                severity=Severity.ERROR if volumes else None,
            )
    for at, item in volumes:
        name = item.get("name")
        if isinstance(name, str) and name not in used:
            yield Problem(
                (*_VOLUMES, at),
                f"The volume {name} is mounted nowhere: students do not see it.",
                Fix("Write a mount with this name in singleuser.storage.extraVolumeMounts."),
            )


def _items(value: Any) -> Iterator[tuple[str | int, dict[str, Any]]]:
    """Yield the maps in a list or a map, each with its key."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    for key, item in pairs:
        if isinstance(item, dict):
            yield key, item


def _names(items: Any) -> set[Any]:
    return {item["name"] for _, item in items if isinstance(item.get("name"), str)}


RULES: tuple[Rule, ...] = (capacity_int, storage_type_none, storage_none, static_nopvc, extravol_nomount)
