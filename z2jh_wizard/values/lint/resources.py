"""Rules about what a student gets: memory, processor, graphics cards; and what the hub's own parts get.

Facts: amounts were given to KubeSpawner 7.0; the API of Kubernetes refuses a request above its limit, and
unequal ones for what a device plugin counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from z2jh_wizard.values.amounts import hub_bytes, kubernetes_amount, meant_bytes
from z2jh_wizard.values.keys import paths_at
from z2jh_wizard.values.lint import spawner
from z2jh_wizard.values.lint.finding import Fix, Set, Severity
from z2jh_wizard.values.lint.refused import REFUSED, refused_paths
from z2jh_wizard.values.lint.rule import Problem, Rule, rule
from z2jh_wizard.values.lint.spawner import map_or_empty
from z2jh_wizard.values.lint.subject import Subject
from z2jh_wizard.values.paths import Path, format_path

_MEMORY = ("singleuser.memory.limit", "singleuser.memory.guarantee")
_CPU = ("singleuser.cpu.limit", "singleuser.cpu.guarantee")
_GPU = ("singleuser.extraResource.limits", "singleuser.extraResource.guarantees")

_TOO_SMALL = 1_000_000
"""Bytes with which no container starts."""

_BINARY = re.compile(r"[0-9.]+[KMGT]i")
_BYTES = re.compile(r"[1-9][0-9]{6,15}")
_MILLICORES = re.compile(r"([0-9]{1,6})m")
_CORES = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,6})?|\.[0-9]{1,6}")


@rule("mem-gi", Severity.ERROR, "Memory with Gi or Mi", *_MEMORY)
def mem_gi(subject: Subject) -> Iterator[Problem]:
    """JupyterHub's ByteSpecification takes K, M, G or T, which already count in 1024s."""
    for path, value in spawner.amounts(subject, "memory"):
        if isinstance(value, str) and _BINARY.fullmatch(value) and (meant := meant_bytes(value)):
            yield Problem(
                path,
                f"The hub cannot read {value} and no server starts; memory is written with K, M, G or T.",
                Fix(f"Write {meant}, which is the same amount.", (Set(path, meant),)),
            )


@rule("mem-lower", Severity.ERROR, "Memory that the hub cannot read", *_MEMORY)
def mem_lower(subject: Subject) -> Iterator[Problem]:
    """Small letters, GB and digits in quotes are no ByteSpecification either."""
    for path, value in spawner.amounts(subject, "memory"):
        if not isinstance(value, str) or hub_bytes(value) is not None or _BINARY.fullmatch(value):
            continue
        bare = subject.family == "z2jh" and _BYTES.fullmatch(value)
        meant = int(value) if bare else meant_bytes(value)
        fix = Fix("Write a number with K, M, G or T, such as 512M or 2G.")
        if meant is not None:
            fix = Fix(f"Write {meant}{' without quotes' * isinstance(meant, int)}.", (Set(path, meant),))
        shown = subject.quote(path, value) or "an empty text"
        yield Problem(path, f"The hub cannot read {shown} as an amount of memory, and no server starts.", fix)


@rule("mem-bare", Severity.ERROR, "Memory without a unit", *_MEMORY)
def mem_bare(subject: Subject) -> Iterator[Problem]:
    """A number is bytes; 0 means no limit, and no guarantee."""
    for path, value in spawner.amounts(subject, "memory"):
        amount = _memory(value)
        if amount is None or not 0 < amount < _TOO_SMALL:
            continue
        bare, is_limit = not isinstance(value, str), str(path[-1]).endswith("limit")
        result = "no server can start with so little" if is_limit else "servers are promised next to nothing"
        yield Problem(
            path,
            f"This is {value}{' bytes' * bare}: {result}.",
            Fix(f"Write {value}G if gigabytes are meant." if bare else "Write an amount such as 1G."),
            severity=None if is_limit else Severity.WARNING,
        )


@rule("mem-limit-lt", Severity.ERROR, "A limit below the guarantee", *_MEMORY, *_CPU)
def mem_limit_lt(subject: Subject) -> Iterator[Problem]:
    """Kubernetes refuses such a server; the chart's own guarantee of memory, 1G, counts too."""
    yield from _limits_below(subject, ("mem_limit", "mem_guarantee"), _memory)
    yield from _limits_below(subject, ("cpu_limit", "cpu_guarantee"), _cores)


def _limits_below(
    subject: Subject, traits: tuple[str, str], read: Callable[[object], float | None]
) -> Iterator[Problem]:
    if spawner.set_in_python(subject, *traits):
        return
    common = [spawner.of_all(subject, trait) for trait in traits]
    pairs: list[tuple[Path, list[tuple[bool, Any]]]] = []
    places = [path for path, _ in common if path is not None]
    if places:
        pairs.append((places[0], [(path is not None, value) for path, value in common]))
    for override in spawner.overrides(subject):
        own = [trait for trait in traits if override.values.get(trait) is not None]
        if own and override.alone(*traits):
            said = [(override.get(trait) is not None, override.get(trait)) for trait in traits]
            both = [mine if mine[0] else (path is not None, value)
                    for mine, (path, value) in zip(said, common, strict=True)]  # fmt: skip
            pairs.append(((*override.path, own[0]), both))
    for path, ((_, limit), (stated, guarantee)) in pairs:
        least, most = read(guarantee), read(limit)
        if least and most and most < least:
            whose = "" if stated else ", which is the chart's own"
            yield Problem(
                path,
                f"The limit of {limit} is below the guarantee of {guarantee}{whose}: no server starts.",
                Fix(f"Write a guarantee of {limit} or less, or a higher limit."),
            )


@rule("cpu-str", Severity.ERROR, "Processor as a text", *_CPU)
def cpu_str(subject: Subject) -> Iterator[Problem]:
    """JupyterHub takes a number of cores; 500m is a Kubernetes quantity."""
    refused = refused_paths(subject)
    for path, value in spawner.amounts(subject, "cpu"):
        in_python = subject.family == "helmforge" and path[1] == "cpu"  # where a text may be a number
        if not isinstance(value, str) or in_python:
            continue
        parts, cores = _MILLICORES.fullmatch(value), _CORES.fullmatch(value)
        number = int(parts[1]) / 1000 if parts else float(value) if cores else None
        fix = Fix("Write a number of cores, such as 0.5.")
        if number is not None:
            meant = int(number) if number.is_integer() else number
            fix = Fix(f"Write {meant}, without quotes.", (Set(path, meant),))
        shown = subject.quote(path, value) or "This"
        result = REFUSED if path in refused else "no server starts"
        yield Problem(path, f"{shown} is a text; the hub wants a number of cores: {result}.", fix)


@rule("gpu-int", Severity.ERROR, "A graphics card with a guarantee and another limit", *_GPU)
def gpu_int(subject: Subject) -> Iterator[Problem]:
    """The limit alone is enough; so are both when they are the same."""
    if spawner.set_in_python(subject, "extra_resource_limits", "extra_resource_guarantees"):
        return
    of_all = map_or_empty(subject.get("singleuser.extraResource.limits"))
    path: Path = ("singleuser", "extraResource", "guarantees")
    places = [(path, subject.get(path), of_all)]
    for one in spawner.overrides(subject):
        limits = of_all | map_or_empty(one.get("extra_resource_limits"))
        if one.alone("extra_resource_limits"):
            name = "extra_resource_guarantees"
            places.append(((*one.path, name), one.values.get(name), limits))
    for path, guarantees, limits in places:
        for name, amount in map_or_empty(guarantees).items():
            wanted, limit = kubernetes_amount(amount), kubernetes_amount(limits.get(name))
            if "/" in name and wanted and wanted != limit:
                there = "no limit" if limit is None else "another limit"
                yield Problem(
                    (*path, name),
                    f"{name} has a guarantee and {there}; Kubernetes wants both the same: no server starts.",
                    Fix(f"Write {name}: {subject.quote(path, amount)} below the limits too."),
                )


@rule(
    "kube-quantity",
    Severity.ERROR,
    "A request or limit that Kubernetes refuses",
    "hub.resources",
    "proxy.chp.resources",
    "scheduling.userPlaceholder.resources",
)
def kube_quantity(subject: Subject) -> Iterator[Problem]:
    """The hub's own parts have Kubernetes quantities: 512Mi, 0.5, 500m."""
    for key in paths_at(subject.version, subject.family):
        if not key.endswith("resources"):
            continue
        for path, value in subject.find(f"{key}.*.*"):
            if path[-2] in ("limits", "requests") and value is not None:
                yield from _refused(subject, path, value)


def _refused(subject: Subject, path: Path, value: Any) -> Iterator[Problem]:
    amount, is_memory = kubernetes_amount(value), path[-1] == "memory"
    shown, part = subject.quote(path, value), format_path(path[:-3])
    if amount is None:
        example = "512Mi or 2Gi" if is_memory else "0.5 or 500m"
        message = f"Kubernetes cannot read {shown} as an amount, and Helm stops."
        yield Problem(path, message, Fix(f"Write an amount such as {example}."))
        return
    limit = kubernetes_amount(subject.get((*path[:-2], "limits", path[-1])))
    if is_memory and 0 < amount < _TOO_SMALL:
        message = f"{shown} is less than a megabyte of memory, which is not enough for {part}."
        severity = None if path[-2] == "limits" else Severity.WARNING
        yield Problem(path, message, Fix("Write an amount such as 512Mi."), severity=severity)
    elif path[-2] == "requests" and limit is not None and amount > limit > 0:
        message = f"The request for {path[-1]} is above the limit, and Helm stops."
        yield Problem(path, message, Fix("Write a lower request, or a higher limit."))


def _memory(value: object) -> float | None:
    return None if isinstance(value, bool) else hub_bytes(value)


def _cores(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


RULES: tuple[Rule, ...] = (mem_gi, mem_lower, mem_bare, mem_limit_lt, cpu_str, gpu_int, kube_quantity)
