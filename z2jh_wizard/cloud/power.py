"""Stopping a cluster and starting it again: what to do with one that cannot."""

from __future__ import annotations

from z2jh_wizard.core.errors import Refused

STUDENTS_AWAY = (
    "Take the students' nodes away instead, which are most of the cost: z2jh-wizard resize 0. "
    "The hub's own node, the disks and the address stay and cost as before."
)
"""What saves money where a cloud cannot stop a cluster."""

STUDENTS_BACK = "It runs all the time. Nodes for students come with: z2jh-wizard resize N"


def no_power(why: str, *, running: bool, instead: str = "") -> Refused:
    """Return the refusal of a provider that does not start or stop clusters, with what to do instead."""
    return Refused(
        f"This cluster cannot be {'started' if running else 'stopped'}",
        why,
        still_works="Nothing was changed.",
        next_step=instead or (STUDENTS_BACK if running else STUDENTS_AWAY),
    )
