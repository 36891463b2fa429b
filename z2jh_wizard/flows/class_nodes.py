"""Students on nodes: how many the nodes of a cluster take, and a picture of how they are packed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from z2jh_wizard.core import capacity
from z2jh_wizard.core.capacity import Limit, Student
from z2jh_wizard.core.quantity import exact
from z2jh_wizard.core.spec import Spec

LIMIT_WORDS: Final[Mapping[Limit, str]] = {
    "memory": "memory",
    "cpu": "processors",
    "disks": "disks",
    "pods": "pods",
}


@dataclass(frozen=True, slots=True)
class NodeRoom:
    """What one node of a cluster that is there gives to pods: thousandths of a core, bytes, pods."""

    name: str
    machine: str
    millicores: int
    memory_bytes: int
    pods: int


@dataclass(frozen=True, slots=True)
class NodeFit:
    """How many students one node takes, and what it runs out of first."""

    node: NodeRoom
    students: int
    binding: Limit


def on_cluster(nodes: Iterable[NodeRoom], student: Student) -> tuple[NodeFit, ...]:
    """Return how many students each node of a cluster takes, by what its kubelet gives to pods.

    What the cluster's own programs use is not known but for their number, nor how many disks a node holds.
    """
    found = []
    for node in nodes:
        limits: dict[Limit, int] = {
            "memory": node.memory_bytes // max(1, student.memory_bytes),
            "cpu": node.millicores // max(1, round(student.cpu * 1000)),
            "pods": max(0, node.pods - capacity.SYSTEM_PODS),
        }
        binding = min(limits, key=lambda name: limits[name])
        found.append(NodeFit(node, limits[binding], binding))
    return tuple(found)


def practice_rooms(spec: Spec) -> tuple[NodeRoom, ...]:
    """Return the students' nodes that the practice cluster of a project begins with."""
    from z2jh_wizard.practice.nodes import USER_MACHINE

    given = {name: exact(text) for name, text in USER_MACHINE.allocatable.items()}
    pool = spec.pools.get("user")
    return tuple(
        NodeRoom(
            f"user-{number}",
            USER_MACHINE.name,
            int(given["cpu"] * 1000),
            int(given["memory"]),
            int(given["pods"]),
        )
        for number in range(1, (pool.nodes if pool else 0) + 1)
    )


def cluster_sentence(fits: Sequence[NodeFit], students: int) -> str:
    """Say whether the class fits on the nodes that are there, and what runs out first."""
    room = sum(one.students for one in fits)
    if not fits:
        return "The cluster has no node that takes students."
    binding = LIMIT_WORDS[min(fits, key=lambda one: one.students).binding]
    many = f"{len(fits)} node{'s' if len(fits) != 1 else ''}"
    if room >= students:
        return f"About {room} students fit on its {many}: the class does. First to run out: {binding}."
    return (
        f"Only about {room} of {students} students fit on its {many}. First to run out: {binding}. "
        "Add nodes, or keep less for each."
    )


def packed(students: int, rooms: Sequence[int]) -> list[int]:
    """Return how many students each node gets, filled one after the other as the chart's scheduler does."""
    found = []
    for room in rooms:
        found.append(min(room, students))
        students -= found[-1]
    return found


def picture(
    students: int, rooms: Sequence[int], *, width: int, rows: int, ascii_only: bool = False
) -> list[str]:
    """Draw students on nodes, a line a node, and a last line that says in words what the signs are.

    Where a node takes more students than fit into a line, one sign stands for several of them.
    """
    taken, free = ("#", ".") if ascii_only else ("█", "░")
    widest = max(rooms, default=0)
    if not widest:
        return []
    label = len(f"node {len(rooms)} ")
    each = math.ceil(widest / max(1, width - label - 8))
    filled = packed(students, rooms)
    shown = len(rooms) if len(rooms) <= rows else rows - 1
    lines = []
    for at in range(shown):
        used, room = math.ceil(filled[at] / each), math.ceil(rooms[at] / each)
        lines.append(
            f"{f'node {at + 1}':<{label}}{taken * used}{free * (room - used)} {filled[at]}/{rooms[at]}"
        )
    if shown < len(rooms):
        lines.append(f"and {len(rooms) - shown} more nodes, the last with {filled[-1]} of {rooms[-1]}")
    what = "a student" if each == 1 else f"up to {each} students"
    last = f"{filled[shown - 1]}/{rooms[shown - 1]}: {filled[shown - 1]} of {rooms[shown - 1]} places taken"
    lines.append(f"{taken} {what}  {free} free  {last}")
    return lines
