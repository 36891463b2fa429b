"""The receipt of a tear-down: what was removed, what was looked for and not found, what is left."""

from __future__ import annotations

from z2jh_wizard.core.receipt import Receipt


def lines(receipt: Receipt) -> list[str]:
    """Return the receipt in words."""
    removed = receipt.removed or [f"nothing{': it was gone already' if receipt.complete else ''}"]
    return [
        f"Receipt for {receipt.release}" + (f", {receipt.time}" if receipt.time else ""),
        *(f"  removed   {item}" for item in removed),
        *(f"  left      {item}" for item in _left(receipt)),
        f"  cost      {_cost(receipt)}",
    ]


def verdict(receipt: Receipt) -> str:
    """Return the one sentence that matters: whether anything is left, and what that costs."""
    if not receipt.complete:
        return f"! It ended before it looked for what is left of {receipt.release}: tear down again."
    if not receipt.left:
        return f"+ Nothing is left of {receipt.release}. Cost: none."
    things = "1 thing is" if len(receipt.left) == 1 else f"{len(receipt.left)} things are"
    return f"! {things} left of {receipt.release}. Cost: {_cost(receipt)}."


def _left(receipt: Receipt) -> list[str]:
    if not receipt.complete:
        return [
            "not known: the tear-down ended before it looked for what is left",
            f"look by tearing down again: z2jh-wizard teardown --confirm {receipt.release}",
        ]
    return [f"{item.name}: {item.reason}" for item in receipt.left] or ["nothing was found"]


def _cost(receipt: Receipt) -> str:
    if receipt.practice:
        return "none: practice never costs anything"
    if not receipt.complete:
        return "not known before it was looked"
    if receipt.cost_left_month is None:
        return "unknown for what is left; look at your provider's bill"
    return f"about {receipt.cost_left_month:.2f} USD a month for what is left"
