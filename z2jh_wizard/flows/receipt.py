"""What a tear-down removed and what it left, made from the run's own events and kept in the project."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from z2jh_wizard.core.events import Event, Kind, rfc3339
from z2jh_wizard.core.receipt import Left, Receipt
from z2jh_wizard.core.step import Resource
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.files import make_private_folder, write_atomic


def make_receipt(
    project: Project, events: Sequence[Event], left: Sequence[tuple[Resource, str]] | None
) -> Receipt:
    """Make the receipt of a run; ``left`` is None when nobody looked for it.

    A cost is only known after a look, when nothing is left or nothing was real.
    """
    practice = project.spec.provider == "practice"
    complete = left is not None
    return Receipt(
        time=rfc3339(events[-1].time) if events else "",
        release=project.spec.release,
        practice=practice,
        removed=[event.text for event in events if event.kind is Kind.GONE],
        left=[Left(str(resource), reason) for resource, reason in left or ()],
        cost_left_month=0.0 if complete and (practice or not left) else None,
        complete=complete,
    )


def keep_receipt(project: Project, receipt: Receipt, run: str) -> None:
    """Write the receipt into the project."""
    make_private_folder(project.receipts)
    data = msgspec.json.format(msgspec.json.encode(receipt), indent=2)
    write_atomic(project.receipts / f"{run}.json", data)
