"""The receipt of a tear-down: what was removed, what was looked for and not found, what is left."""

from __future__ import annotations

from z2jh_wizard.core.receipt import Left, Receipt


def lines(receipt: Receipt) -> list[str]:
    """Return the receipt in words."""
    removed = receipt.removed or [f"nothing{': it was gone already' if receipt.complete else ''}"]
    looked_for = [", ".join(receipt.looked_for)] if receipt.looked_for else []
    return [
        f"Receipt for {receipt.release}" + (f", {receipt.time}" if receipt.time else ""),
        *(f"  removed   {item}" for item in removed),
        *(f"  looked    for {item}" for item in looked_for),
        *(f"  {line}" for line in _left(receipt)),
        f"  cost      {_cost(receipt)}",
    ]


def verdict(receipt: Receipt) -> str:
    """Return the one sentence that matters: whether anything is left, and what that costs."""
    if not receipt.complete:
        return f"! It ended before it looked for what is left of {receipt.release}: tear down again."
    if not receipt.left:
        return f"+ Nothing is left of {receipt.release}. Cost: none."
    found, unlooked = len(receipt.found), len(receipt.unlooked)
    things = {0: "Nothing was found", 1: "1 thing is left"}.get(found, f"{found} things are left")
    but = f", but {unlooked} kind{'s' * (unlooked > 1)} could not be looked for" if unlooked else ""
    return f"! {things} of {receipt.release}{but}. Cost: {_cost(receipt)}."


def about(item: Left) -> str:
    """Return how large something is, where, and about what it costs; empty where that says nothing."""
    if not item.size:
        return ""
    return ", ".join([f"{item.size} in {item.where}" if item.where else item.size, month(item.month_usd)])


def month(usd: float | None) -> str:
    """Return a price a month in words."""
    if usd is None:
        return "price not known"
    return f"about ${usd:,.2f} a month" if usd else "costs nothing"


def _left(receipt: Receipt) -> list[str]:
    again = f"z2jh-wizard teardown --confirm {receipt.release}"
    if not receipt.complete:
        return [
            "left      not known: the tear-down ended before it looked for what is left",
            f"left      look by tearing down again: {again}",
        ]
    lines: list[str] = []
    for item in receipt.found:
        size = f" ({text})" if (text := about(item)) else ""
        lines.append(f"left      {item.name}{size}: {item.reason}")
        if not item.safe:
            lines += [f"            by hand: {command}" for command in item.commands]
    safe = sum(item.safe for item in receipt.found)
    if safe:
        lines.append(f"delete    {safe} of them: {again} --leftovers")
    lines += [f"unknown   {item.name}: {item.reason}" for item in receipt.unlooked]
    return lines or ["left      nothing was found"]


def _cost(receipt: Receipt) -> str:
    if receipt.practice:
        return "none: practice never costs anything"
    if not receipt.complete:
        return "not known before it was looked"
    if receipt.cost_left_month is not None:
        return f"about {receipt.cost_left_month:.2f} USD a month for what is left"
    if not receipt.cost_known_month:
        return "unknown for what is left; look at your provider's bill"
    names = [item.name for item in receipt.unpriced]
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return (
        f"at least {receipt.cost_known_month:.2f} USD a month for what is left; "
        f"prices not known: {', '.join(names[:2])}{more}"
    )
