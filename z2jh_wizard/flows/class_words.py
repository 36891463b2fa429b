"""What the size of a class takes and costs, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from z2jh_wizard.core.cost import Bill
from z2jh_wizard.flows.class_nodes import NodeFit, cluster_sentence
from z2jh_wizard.flows.class_size import WORKSHOP_DAYS, WORKSHOP_HOURS, ClassSize, MachineChoice

_UNKNOWN: Final = (
    "How many students fit cannot be known before the cluster was seen: come back once the hub is set up. "
    "What is kept for each student can be set now. What the nodes cost, those who run the cluster know."
)
_PRACTICE: Final = "PRACTICE: these are the nodes that the practice cluster begins with; they cost nothing."
_NOT_COUNTED: Final = "Not counted: what the cluster's own programs use, and how many disks a node can hold."


def machine_words(choice: MachineChoice, size: ClassSize, today: date) -> list[str]:
    """Say how the class fits on a machine type, what it costs a month and for a workshop, at which prices."""
    if choice.month is None or choice.workshop is None:
        return [choice.sentence, "Mark another machine, or keep less for each student."]
    parts = ", ".join(one.partition(",")[0] for one in choice.month.unknown)
    words = choice.month.age_words(today)
    mark = "! " if choice.month.is_stale(today) else ""
    return [
        choice.sentence,
        f"{about(choice.month)} a month with {size.hours_a_week:g} hours a week, {about(choice.workshop)} "
        f"for a workshop of {WORKSHOP_DAYS} days of {WORKSHOP_HOURS:g} hours.",
        f"{mark}US dollars, {words}." if words else "! No price is known.",
        *([f"+: without what is not known: {parts}."] if parts else []),
    ]


def node_words(fits: Sequence[NodeFit], size: ClassSize, *, seen: bool) -> list[str]:
    """Say how the class fits on nodes, of a cluster that was ``seen`` or of practice; unknown without any."""
    if not fits:
        return [_UNKNOWN]
    return [cluster_sentence(fits, size.students), _NOT_COUNTED if seen else _PRACTICE]


def about(bill: Bill | None) -> str:
    """Return a sum as short as a table wants it; a plus says that some prices are not known."""
    return f"${bill.known:,.0f}{'+' if bill.unknown else ''}" if bill else "-"
