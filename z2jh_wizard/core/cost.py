"""What a class costs about: nodes while they run, disks while they exist, and what a cluster costs anyway.

Prices are those of ``assets/machines.json`` and ``assets/prices.json``, on demand, in US dollars. A price
without a source is unknown: it is named, never guessed, and a total with such a part is only a lower limit.
"""

from __future__ import annotations

import functools

import msgspec

from z2jh_wizard.core import capacity
from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.core.capacity import Cloud, Machine
from z2jh_wizard.core.errors import InvalidInput

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
    """One part of a bill; ``usd`` is None when its price is unknown."""

    what: str
    usd: float | None


class Bill(msgspec.Struct, frozen=True):
    """What a time costs, part by part."""

    items: tuple[Item, ...]
    as_of: str
    """The day (YYYY-MM-DD) of the oldest price in it."""

    @property
    def known(self) -> float:
        """The sum of what is known, in US dollars."""
        return sum(item.usd or 0.0 for item in self.items)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The parts whose price is not known."""
        return tuple(item.what for item in self.items if item.usd is None)

    @property
    def sentence(self) -> str:
        """Say the sum as honestly as it is known."""
        if not self.unknown:
            return f"about ${self.known:,.2f}, at prices of {self.as_of}"
        return (
            f"at least ${self.known:,.2f}, at prices of {self.as_of}; "
            f"not counted, as their prices are not known: {', '.join(self.unknown)}"
        )


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


def bill(machine: Machine, core: Machine, use: Use, disk: str = "") -> Bill:
    """Return what a use costs; ``disk`` is the kind, else the cloud's usual; InvalidInput if unknown."""
    if core.provider != machine.provider:
        raise ValueError("both machines belong to one cloud")
    provider = machine.provider
    items = [
        Item(f"students' nodes, {machine.name}", _times(machine.usd_hour, use.node_hours)),
        Item(f"the hub's node, {core.name}", _times(core.usd_hour, use.core_nodes * use.hours)),
    ]
    if use.disks:
        kind = _disk(provider, disk)
        months = use.hours / HOURS_A_MONTH
        items.append(
            Item(
                f"students' disks, {kind.kind}", _times(kind.usd_gib_month, use.disks * use.disk_gib * months)
            )
        )
    items += [
        Item(one.what, _times(one.usd_hour, use.hours))
        for one in _prices().hourly
        if one.provider == provider
    ]
    return Bill(tuple(items), min(capacity.as_of(), _prices().about.date))


def disk_kinds(provider: Cloud) -> tuple[str, ...]:
    """Return the kinds of disks of a cloud, its usual one first."""
    found = [one for one in _prices().disks if one.provider == provider]
    return tuple(one.kind for one in sorted(found, key=lambda one: not one.default))


def disk_price(provider: Cloud, kind: str) -> float | None:
    """Return US dollars for a GiB of a kind of disk and a month; None where no source is known."""
    return next(
        (one.usd_gib_month for one in _prices().disks if (one.provider, one.kind) == (provider, kind)), None
    )


def hourly_price(provider: Cloud, what: str) -> float | None:
    """Return US dollars for an hour of something beside machines; None where no source is known."""
    return next(
        (one.usd_hour for one in _prices().hourly if (one.provider, one.what) == (provider, what)), None
    )


def _disk(provider: Cloud, kind: str) -> _Disk:
    for one in _prices().disks:
        if one.provider == provider and (one.kind == kind if kind else one.default):
            return one
    raise InvalidInput(
        f"{kind!r} is no kind of disk of {provider}", f"The catalogue has: {', '.join(disk_kinds(provider))}."
    )


def _times(price: float | None, amount: float) -> float | None:
    """Multiply, and keep what is unknown so; nothing of it costs nothing whatever the price."""
    return 0.0 if not amount else None if price is None else price * amount


class _Disk(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    provider: Cloud
    kind: str
    usd_gib_month: float | None
    default: bool = False


class _Hourly(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    provider: Cloud
    what: str
    usd_hour: float | None


class _About(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    what: str
    source: str
    date: str


class _Prices(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    about: _About
    disks: tuple[_Disk, ...]
    hourly: tuple[_Hourly, ...]


@functools.cache
def _prices() -> _Prices:
    return msgspec.json.decode(asset_path("prices.json").read_bytes(), type=_Prices)
