"""What clouds charge: each price with its day, its place and its source, and how old it may be.

The shipped prices are those of ``assets/prices.json``. A price without a source is unknown, never guessed.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.core.capacity import Cloud

Kind: TypeAlias = Literal["machine", "disk", "hour"]
Key: TypeAlias = tuple[Kind, str]

CONTROL_PLANE: Final[Key] = ("hour", "control plane")

STALE_AFTER: Final = 6
"""Months after which a price is called old: clouds change list prices seldom but without a word, and a term
is about that long, so what was looked up before this term is worth a new look."""


class Price(msgspec.Struct, frozen=True):
    """US dollars on demand: a machine by the hour, a disk by GiB and month, all else by the hour."""

    usd: float | None = None
    """None when no source says it."""
    as_of: str = ""
    """The day (YYYY-MM-DD) that it was the price."""
    region: str = ""
    """Where it is the price; it may differ elsewhere."""
    source: str = ""
    steps: tuple[tuple[float, float], ...] = ()
    """Sizes in GiB and what each costs a month, the smallest first, of disks that are sold in sizes."""

    @property
    def is_known(self) -> bool:
        """Tell whether somebody says it, of a day."""
        return (self.usd is not None or bool(self.steps)) and bool(self.source and self.as_of)

    def of_disk(self, gib: float) -> Price:
        """Return the price of a GiB of a disk; one that is sold in sizes costs what the next size does."""
        if not self.steps:
            return self
        size = next((usd for most, usd in self.steps if gib <= most), None)
        return UNKNOWN if size is None else replace(self, usd=size / gib, steps=())


UNKNOWN: Final = Price()


class PriceList(msgspec.Struct, frozen=True):
    """The prices of a cloud; what it does not have is unknown."""

    provider: Cloud
    prices: Mapping[Key, Price]

    def of(self, kind: Kind, name: str) -> Price:
        """Return a price, unknown when nobody says it."""
        found = self.prices.get((kind, name), UNKNOWN)
        return found if found.is_known else UNKNOWN

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of what nobody says the price of."""
        return tuple(name for (_, name), price in self.prices.items() if not price.is_known)

    def usd(self, kind: Kind, name: str) -> float | None:
        """Return a price in US dollars; None when it is unknown."""
        return self.of(kind, name).usd

    def with_newer(self, newer: PriceList) -> PriceList:
        """Return these prices with others in their place; what those do not know stays."""
        known = {key: price for key, price in newer.prices.items() if price.is_known}
        return PriceList(self.provider, {**self.prices, **known})


@functools.cache
def shipped(provider: Cloud) -> PriceList:
    """Return the prices that come with this version."""
    file = _file()
    found = {(one.kind, one.name): _price(file, one) for one in file.prices if one.provider == provider}
    return PriceList(provider, found)


def region_of_shipped(provider: Cloud) -> str:
    """Return the region that the shipped prices are of."""
    return next(one.region for one in shipped(provider).prices.values() if one.region)


def disk_kinds(provider: Cloud) -> tuple[str, ...]:
    """Return the kinds of disks of a cloud, its usual one first."""
    found = [one for one in _file().prices if (one.provider, one.kind) == (provider, "disk")]
    return tuple(one.name for one in sorted(found, key=lambda one: not one.usual))


def hourly_parts(provider: Cloud) -> tuple[str, ...]:
    """Return what a cluster of a cloud costs by the hour beside machines and disks."""
    return tuple(one.name for one in _file().prices if (one.provider, one.kind) == (provider, "hour"))


def months_old(as_of: str, today: date) -> int:
    """Return the whole months since a day (YYYY-MM-DD); 0 for one that is to come."""
    then = date.fromisoformat(as_of)
    months = (today.year - then.year) * 12 + today.month - then.month - (today.day < then.day)
    return max(0, months)


def is_stale(prices: Iterable[Price], today: date) -> bool:
    """Tell whether any of the known prices is old."""
    return any(one.is_known and months_old(one.as_of, today) >= STALE_AFTER for one in prices)


def age_words(prices: Iterable[Price], today: date) -> str:
    """Say of when and where prices are, such as ``prices of March 2025 in us-central1, 20 months old``.

    Of several days it is the first one. Empty when none is known.
    """
    known = [one for one in prices if one.is_known]
    if not known:
        return ""
    days = sorted({one.as_of for one in known})
    months = f"{date.fromisoformat(days[0]):%B %Y}{' and later' if len(days) > 1 else ''}"
    places = " and ".join(sorted({one.region for one in known if one.region}))
    age = months_old(days[0], today)
    old = f", {age} months old" if age >= STALE_AFTER else ""
    return f"prices of {months}{f' in {places}' if places else ''}{old}"


class _Source(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    what: str
    as_of: str
    regions: dict[Cloud, str]


class _Row(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    provider: Cloud
    kind: Kind
    name: str
    usd: float | None
    source: str = ""
    usual: bool = False


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    about: str
    sources: dict[str, _Source]
    prices: tuple[_Row, ...]


@functools.cache
def _file() -> _File:
    return msgspec.json.decode(asset_path("prices.json").read_bytes(), type=_File)


def _price(file: _File, row: _Row) -> Price:
    """Return a row as a price; without a source it says nothing, whatever number stands there."""
    source = file.sources.get(row.source)
    if source is None or row.usd is None:
        return UNKNOWN
    return Price(row.usd, source.as_of, source.regions[row.provider], source.what)
