"""How many students fit on a node, and which limit is reached first.

What a node keeps for itself is a formula by provider, compared with 24 measured nodes (within 90 MiB, exact
in processors): GKE and EKS by their documentation, AKS as of version 1.29. What each node runs for the
cluster was measured on GKE and EKS; AKS is taken to be like GKE.
"""

from __future__ import annotations

import functools
import math
from typing import Literal, TypeAlias

import msgspec

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.core.checks import did_you_mean
from z2jh_wizard.core.errors import InvalidInput

Cloud: TypeAlias = Literal["gke", "aks", "eks"]
Limit: TypeAlias = Literal["memory", "cpu", "disks", "pods"]

MIB = 1024 * 1024
GIB = 1024 * MIB
SYSTEM_PODS = 10
"""Pods that every node runs for the cluster: network, disks, logs, image pullers."""

_EVICTION = 100
"""MiB that the kubelet keeps free before it evicts pods."""


class Machine(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A machine type as its cloud sells it; ``disks`` are those that can be attached beside the system's."""

    provider: Cloud
    name: str
    cpus: int
    memory_gib: float
    pods: int
    disks: int


class Allocatable(msgspec.Struct, frozen=True):
    """What the kubelet gives to pods: cores, bytes, and how many pods and disks."""

    cpu: float
    memory_bytes: int
    pods: int
    disks: int


class Student(msgspec.Struct, frozen=True):
    """What one student's server is promised, and whether a disk comes with it."""

    memory_bytes: int = GIB
    cpu: float = 0.0
    has_disk: bool = True


class Capacity(msgspec.Struct, frozen=True):
    """How a class fits on a machine type; ``binding`` is the limit that is reached first."""

    allocatable: Allocatable
    students_per_node: int
    nodes: int
    binding: Limit
    limits: dict[Limit, int]
    """Students a node by each limit alone."""

    @property
    def sentence(self) -> str:
        """Say what decides, in words."""
        what = {"memory": "memory", "cpu": "processors", "disks": "disks", "pods": "pods"}[self.binding]
        if not self.students_per_node:
            return f"Not one student fits on such a node: it has too little of {what}."
        return f"{self.students_per_node} students fit on a node; its {what} are used up first.".replace(
            "memory are", "memory is"
        )


def capacity(machine: Machine, students: int, student: Student) -> Capacity:
    """Return how ``students`` fit; the nodes are 0 when not one fits or there are none."""
    room = allocatable(machine)
    cpu, memory = _left_for_students(machine.provider, room)
    limits: dict[Limit, int] = {}
    if student.memory_bytes:
        limits["memory"] = max(0, memory // student.memory_bytes)
    if student.cpu:
        # In millicores, as the scheduler counts: 0.3 in 0.9 is three times.
        limits["cpu"] = max(0, round(cpu * 1000)) // max(1, round(student.cpu * 1000))
    if student.has_disk:
        limits["disks"] = room.disks
    limits["pods"] = max(0, room.pods - SYSTEM_PODS)
    binding = min(limits, key=lambda name: limits[name])
    fits = limits[binding]
    return Capacity(room, fits, math.ceil(students / fits) if fits else 0, binding, limits)


def allocatable(machine: Machine) -> Allocatable:
    """Return what a node of this type gives to pods, its own needs taken off."""
    usable = _usable_mib(machine)
    reserved = {
        "gke": _gke_memory(usable),
        "eks": 255.0 + 11 * machine.pods,
        "aks": min(20 * machine.pods + 50, usable / 4),
    }[machine.provider]
    cores = _aks_cpu(machine.cpus) if machine.provider == "aks" else _cpu(machine.cpus)
    return Allocatable(
        round(machine.cpus - cores / 1000, 3),
        int(usable - reserved - _EVICTION) * MIB,
        machine.pods,
        machine.disks,
    )


def machines(provider: str) -> tuple[Machine, ...]:
    """Return the machine types that the catalogue has of a cloud; nothing for other providers."""
    return tuple(machine for machine in _catalogue().machines if machine.provider == provider)


def machine(provider: str, name: str) -> Machine:
    """Return a machine type; InvalidInput with the nearest one when the catalogue does not have it."""
    known = {one.name: one for one in machines(provider)}
    if name not in known:
        listed = ", ".join(known) or "none"
        raise InvalidInput(
            f"The catalogue has no machine type {name} of {provider}{did_you_mean(name, known)}",
            f"It has: {listed}.",
        )
    return known[name]


def _usable_mib(machine: Machine) -> float:
    """Return the memory that the operating system sees: less than is sold."""
    sold = machine.memory_gib * 1024
    return 0.973 * sold - 256 if machine.provider == "eks" else 0.9845 * sold - 133


def _gke_memory(mib: float) -> float:
    """Return GKE's reserved MiB: 25 % of the first 4 GiB, then 20, 10, 6 and 2 % of what is above."""
    reserved, start = 0.0, 0.0
    for end, share in ((4, 0.25), (8, 0.20), (16, 0.10), (128, 0.06), (math.inf, 0.02)):
        reserved += max(0.0, min(mib, end * 1024) - start) * share
        start = end * 1024
    return reserved


def _cpu(cores: int) -> float:
    """Return the millicores that GKE and EKS keep: 6 % of the first core, 1, 0.5, 0.5, then 0.25 %."""
    return (
        60 * min(cores, 1)
        + 10 * max(0, min(cores, 2) - 1)
        + 5 * max(0, min(cores, 4) - 2)
        + 2.5 * max(0, cores - 4)
    )


def _aks_cpu(cores: int) -> int:
    """Return the millicores that AKS keeps, of the next larger listed size."""
    table = {1: 60, 2: 100, 4: 140, 8: 180, 16: 260, 32: 420, 64: 740}
    return next((kept for size, kept in table.items() if cores <= size), 740)


def _left_for_students(provider: Cloud, room: Allocatable) -> tuple[float, int]:
    """Return cores and bytes of a node without what it runs for the cluster."""
    cpu, mib = (0.195, 250) if provider == "eks" else (0.47, 775)
    return room.cpu - cpu, room.memory_bytes - mib * MIB


class _About(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    what: str
    source: str
    date: str


class _Catalogue(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    about: _About
    machines: tuple[Machine, ...]


@functools.cache
def _catalogue() -> _Catalogue:
    return msgspec.json.decode(asset_path("machines.json").read_bytes(), type=_Catalogue)
