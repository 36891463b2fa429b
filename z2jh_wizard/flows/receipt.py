"""What a tear-down removed and what it left, made from the run's own events and kept in the project."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from z2jh_wizard.cloud.leftovers import Leftover, Scan
from z2jh_wizard.core.events import Event, Kind, rfc3339
from z2jh_wizard.core.receipt import Left, Receipt
from z2jh_wizard.core.redaction import plain
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.files import make_private_folder, write_atomic


def make_receipt(project: Project, events: Sequence[Event], scan: Scan | None) -> Receipt:
    """Make the receipt of a run; ``scan`` is None when nobody looked for what is left.

    A cost is only known after a look, when the price of everything that is left is known or nothing was real.
    """
    practice = project.spec.provider == "practice"
    left = [left_of(one) for one in scan.left] if scan else []
    known = 0.0 if practice else round(sum(one.month_usd or 0.0 for one in left), 2)
    priced = practice or all(one.month_usd is not None for one in left)
    return Receipt(
        time=rfc3339(events[-1].time) if events else "",
        release=project.spec.release,
        practice=practice,
        removed=[event.text for event in events if event.kind is Kind.GONE],
        left=left,
        cost_left_month=known if scan is not None and priced else None,
        complete=scan is not None,
        looked_for=[plain(kind) for kind in scan.looked_for] if scan else [],
        cost_known_month=known,
    )


def left_of(one: Leftover) -> Left:
    """Return a leftover as receipts keep it; names and reasons are the cloud's words."""
    return Left(
        plain(str(one.resource)),
        plain(one.why),
        plain(one.where),
        plain(one.size),
        one.month_usd,
        one.removal is not None,
        [plain(command.shell()) for command in one.by_hand],
        one.looked,
    )


def keep_receipt(project: Project, receipt: Receipt, run: str) -> None:
    """Write the receipt into the project."""
    make_private_folder(project.receipts)
    data = msgspec.json.format(msgspec.json.encode(receipt), indent=2)
    write_atomic(project.receipts / f"{run}.json", data)
