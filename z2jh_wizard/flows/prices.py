"""The prices that are used: those that came with this version, or what the cloud said when it was asked.

What a cloud said is kept for each region in the user's data folder, with its day and source; it is public.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

import msgspec
import platformdirs

from z2jh_wizard.cloud.prices import PriceSource, price_source, priced_region
from z2jh_wizard.core.capacity import Cloud
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.prices import Key, Kind, Price, PriceList, region_of_shipped, shipped
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.system.files import PUBLIC_FILE, cannot_write, write_atomic


class _Row(msgspec.Struct, frozen=True, omit_defaults=True):
    kind: Kind
    name: str
    price: Price


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What came of asking a cloud, in one sentence; ``prices`` are those to go on with."""

    sentence: str
    prices: PriceList
    worked: bool


@dataclass(frozen=True, slots=True)
class Market:
    """Whose prices of which region, and with which account and credentials they are asked for.

    Without a region it is the one of the shipped prices; a zone stands for its region.
    """

    provider: Cloud
    place: str = ""
    account: str = ""
    sign_in: str = ""

    @property
    def region(self) -> str:
        """The region that is priced."""
        return priced_region(self.place or region_of_shipped(self.provider))


def market_of(spec: Spec) -> Market:
    """Return the market of a project at a cloud."""
    return Market(cast(Cloud, spec.provider), spec.region, spec.account, spec.cluster.sign_in)


def market_of_answers(answers: Mapping[str, str]) -> Market:
    """Return the market of a project that is not made yet, as far as it is answered."""
    others = (answers.get(name, "").strip() for name in ("region", "account", "sign_in"))
    return Market(cast(Cloud, answers["provider"]), *others)


def price_list(market: Market) -> PriceList:
    """Return the prices of a market: kept ones in place of the shipped ones; a spoilt file is none."""
    try:
        rows = msgspec.json.decode(_file(market).read_bytes(), type=tuple[_Row, ...])
    except (OSError, msgspec.DecodeError):
        return shipped(market.provider)
    kept = PriceList(market.provider, {(one.kind, one.name): one.price for one in rows})
    return shipped(market.provider).with_newer(kept)


async def refresh(market: Market, today: date, source: PriceSource | None = None) -> Refreshed:
    """Ask the cloud for its prices of today and keep them; those that were there stay where it fails."""
    asked = source or price_source(market.provider, market.region, market.account, market.sign_in)
    try:
        found = await asked.found(today.isoformat())
        if found:
            _keep(market, found)
    except WizardError as error:
        why = " ".join(part for part in (error.problem.happened, error.problem.next_step) if part)
        return Refreshed(f"The prices stay as they were. {why}", price_list(market), False)
    prices = price_list(market)
    if not found:
        why = f"{asked.name} has none for {market.region}: is that a region of this cloud?"
        return Refreshed(f"The prices stay as they were. {why}", prices, False)
    missing = [name for kind, name in prices.prices if (kind, name) not in found]
    left = f" It says none of: {', '.join(missing)}." if missing else ""
    count = f"{len(found)} of {len(prices.prices)} prices"
    return Refreshed(f"{count} are those of today in {market.region}, by {asked.name}.{left}", prices, True)


def _keep(market: Market, found: Mapping[Key, Price]) -> None:
    file = _file(market)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(file.parent, error) from error
    rows = [_Row(kind, name, price) for (kind, name), price in found.items()]
    write_atomic(file, msgspec.json.encode(rows), PUBLIC_FILE)


def _file(market: Market) -> Path:
    name = re.sub(r"[^a-z0-9-]", "", market.region.lower())[:60]
    return platformdirs.user_data_path("z2jh-wizard") / "prices" / f"{market.provider}-{name}.json"
