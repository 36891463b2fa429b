"""The receipt of a tear-down: what was removed, what was looked for and not found, what is left."""

from __future__ import annotations

from z2jh_wizard.core.receipt import Receipt


def lines(receipt: Receipt) -> list[str]:
    """Return the receipt in words."""
    result = [f"Receipt for {receipt.release}, {receipt.time}"]
    result += [f"  removed   {item}" for item in receipt.removed] or [
        "  removed   nothing: it was gone already"
    ]
    result += [f"  left      {item.name}: {item.reason}" for item in receipt.left]
    if not receipt.left:
        result.append("  left      nothing was found")
    if receipt.cost_left_month is None:
        result.append("  cost      unknown for what is left; look at your provider's bill")
    elif receipt.practice:
        result.append("  cost      none: practice never costs anything")
    else:
        result.append(f"  cost      about {receipt.cost_left_month:.2f} USD a month for what is left")
    return result
