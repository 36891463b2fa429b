"""What a class costs about: nodes while they run, disks while they exist, and what a cluster costs anyway.

A price that is unknown is named, never guessed, and a total with such a part is only a lower limit.
"""

from __future__ import annotations

from datetime import date

import msgspec

from z2jh_wizard.core import prices
from z2jh_wizard.core.capacity import Cloud, Machine
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.prices import Price, PriceList, disk_kinds, hourly_parts, shipped

HOURS_A_MONTH = 730.0
WEEKS_A_MONTH = 365 / 12 / 7


class Use(msgspec.Struct, frozen=True):
    """How a cluster is used: ``hours`` that it exists, ``node_hours`` of students' nodes in them."""

    hours: float
    node_hours: float
    disks: int = 0
    """How many students have a disk."""
    disk_gib: float = 0.0
    core_nodes: int = 1
    """Nodes for the hub itself, which run all the time."""


class Item(msgspec.Struct, frozen=True):
    """One part of a bill: a price, and how much of it."""

    what: str
    price: Price
    amount: float
    """Hours, or GiB times months."""

    @property
    def usd(self) -> float | None:
        """What it costs, None when its price is unknown; nothing of it costs nothing whatever the price."""
        return 0.0 if not self.amount else None if self.price.usd is None else self.price.usd * self.amount


class Bill(msgspec.Struct, frozen=True):
    """What a time costs, part by part."""

    items: tuple[Item, ...]

    @property
    def known(self) -> float:
        """The sum of what is known, in US dollars."""
        return sum(item.usd or 0.0 for item in self.items)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The parts whose price is not known."""
        return tuple(item.what for item in self.items if item.usd is None)

    def is_stale(self, today: date) -> bool:
        """Tell whether one of its prices is old."""
        return prices.is_stale(self._prices, today)

    def age_words(self, today: date) -> str:
        """Say of when and where its prices are, and how old they are once that is much."""
        return prices.age_words(self._prices, today)

    @property
    def _prices(self) -> list[Price]:
        return [item.price for item in self.items if item.amount]


def a_month(*, students: int, nodes: int, hours_a_week: float, disk_gib: float, core_nodes: int = 1) -> Use:
    """Return the use of a month of a running course: nodes for the students' hours, all else all the time."""
    node_hours = nodes * min(hours_a_week * WEEKS_A_MONTH, HOURS_A_MONTH)
    return Use(HOURS_A_MONTH, node_hours, students if disk_gib else 0, disk_gib, core_nodes)


def a_workshop(
    *, students: int, nodes: int, days: int, hours_a_day: float, disk_gib: float, core_nodes: int = 1
) -> Use:
    """Return the use of a workshop of some days, torn down at its end."""
    if days < 0 or not 0 <= hours_a_day <= 24:
        raise ValueError("days are not negative, and a day has 24 hours")
    return Use(days * 24.0, nodes * days * hours_a_day, students if disk_gib else 0, disk_gib, core_nodes)


def bill(
    machine: Machine, core: Machine, use: Use, disk: str = "", *, price_list: PriceList | None = None
) -> Bill:
    """Return what a use costs, by the shipped prices if no others are given.

    ``disk`` is the kind, else the cloud's usual; InvalidInput if it is unknown.
    """
    if core.provider != machine.provider:
        raise ValueError("both machines belong to one cloud")
    provider = machine.provider
    known = price_list or shipped(provider)
    items = [
        Item(f"students' nodes, {machine.name}", known.of("machine", machine.name), use.node_hours),
        Item(f"the hub's node, {core.name}", known.of("machine", core.name), use.core_nodes * use.hours),
    ]
    if use.disks:
        kind = _disk(provider, disk)
        months = use.hours / HOURS_A_MONTH
        amount = use.disks * use.disk_gib * months
        items.append(Item(f"students' disks, {kind}", known.of("disk", kind).of_disk(use.disk_gib), amount))
    items += [Item(what, known.of("hour", what), use.hours) for what in hourly_parts(provider)]
    return Bill(tuple(items))


def disk_price(provider: Cloud, kind: str) -> float | None:
    """Return US dollars for a GiB of a kind of disk and a month; None where no source is known."""
    return shipped(provider).usd("disk", kind)


def hourly_price(provider: Cloud, what: str) -> float | None:
    """Return US dollars for an hour of something beside machines; None where no source is known."""
    return shipped(provider).usd("hour", what)


def _disk(provider: Cloud, kind: str) -> str:
    kinds = disk_kinds(provider)
    if kind and kind not in kinds:
        raise InvalidInput(
            f"{kind!r} is no kind of disk of {provider}", f"The catalogue has: {', '.join(kinds)}."
        )
    return kind or kinds[0]
