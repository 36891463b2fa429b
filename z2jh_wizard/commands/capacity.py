"""How many students fit on a node, and how many nodes a class needs."""

from __future__ import annotations

import argparse

from z2jh_wizard.core import capacity as rooms
from z2jh_wizard.core.errors import ExitCode, InvalidInput
from z2jh_wizard.core.quantity import spec_bytes, whole
from z2jh_wizard.render import machine as json_text
from z2jh_wizard.render import output


def capacity(parsed: argparse.Namespace) -> int:
    """Answer for one machine type, or compare all that the catalogue has of a cloud."""
    student = rooms.Student(_memory(parsed.memory), parsed.cpu, _has_disk(parsed.disk))
    if parsed.machine:
        found = rooms.capacity(rooms.machine(parsed.provider, parsed.machine), parsed.students, student)
        if parsed.json:
            output.answer(json_text.text(found))
        else:
            _tell(parsed.machine, parsed.students, found)
        return ExitCode.DONE
    fits = [
        (machine, rooms.capacity(machine, parsed.students, student))
        for machine in rooms.machines(parsed.provider)
    ]
    if parsed.json:
        output.answer(json_text.text([{"machine": one.name, **_tree(found)} for one, found in fits]))
    else:
        _compare(fits)
    return ExitCode.DONE


def _tell(name: str, students: int, found: rooms.Capacity) -> None:
    room = found.allocatable
    output.answer(found.sentence)
    if found.nodes:
        output.answer(f"{students} students need {found.nodes} nodes of {name}.")
    gib = room.memory_bytes / rooms.GIB
    output.answer(
        f"A node gives pods {room.cpu:g} cores, {gib:.1f} GiB, {room.pods} pods and {room.disks} disks."
    )


def _compare(fits: list[tuple[rooms.Machine, rooms.Capacity]]) -> None:
    output.answer(
        f"{'MACHINE':<18}{'STUDENTS/NODE':>14}{'NODES':>7}  {'FIRST LIMIT':<12}{'ABOUT $/HOUR':>12}"
    )
    for machine, found in sorted(fits, key=_cheapest_first):
        price = f"{machine.usd_hour * found.nodes:.2f}" if machine.usd_hour and found.nodes else "unknown"
        shown = price if found.students_per_node else "-"
        output.answer(
            f"{machine.name:<18}{found.students_per_node:>14}{found.nodes:>7}  {found.binding:<12}{shown:>12}"
        )
    output.aside(f"Students' nodes only, on demand, prices of {rooms.as_of()}.")


def _cheapest_first(fit: tuple[rooms.Machine, rooms.Capacity]) -> tuple[bool, float]:
    machine, found = fit
    return not found.nodes, (machine.usd_hour or 0) * found.nodes


def _tree(found: rooms.Capacity) -> dict[str, object]:
    return {name: getattr(found, name) for name in found.__struct_fields__}


def _memory(text: str) -> int:
    try:
        return spec_bytes(text)
    except ValueError:
        raise InvalidInput(
            "This is no amount of memory", f"{text!r}: write it like 512M or 1.5G, as in singleuser.memory."
        ) from None


def _has_disk(text: str) -> bool:
    """Tell whether each student has a disk; its size is checked, and does not change how many fit."""
    try:
        return whole(text) > 0
    except ValueError:
        raise InvalidInput(
            "This is no size of a disk", f"{text!r}: write it like 10Gi, or 0 for no disk."
        ) from None
