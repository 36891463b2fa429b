"""Azure's list prices: the Retail Prices API, which needs no sign-in.

Facts: https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices (fields, pages,
filters); managed disks are billed by the next larger size, E1 to E30 of Standard SSD.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode, urlsplit

import msgspec

from z2jh_wizard.cloud import lookups
from z2jh_wizard.cloud.aks import azure
from z2jh_wizard.core.capacity import machines
from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.core.prices import Key, Price

_HERE: Final = "https://prices.azure.com"
_PATH: Final = "/api/retail/prices"
_LARGEST: Final = 4 * 1024 * 1024
_PAGES: Final = 10
_DISK: Final = re.compile(r"(E\d+) LRS Disks?")
_GIB: Final = {
    "E1": 4, "E2": 8, "E3": 16, "E4": 32, "E6": 64, "E10": 128, "E15": 256, "E20": 512, "E30": 1024,
}  # fmt: skip
_CHEAPER: Final = ("Spot", "Low Priority")
"""Machines that Azure may take away at any time; they are no price of a node."""


class _Item(msgspec.Struct, frozen=True, rename="camel"):
    currency_code: str
    retail_price: float
    unit_of_measure: str
    type: str
    product_name: str
    sku_name: str
    meter_name: str
    arm_region_name: str
    arm_sku_name: str = ""


class _Page(msgspec.Struct, frozen=True, rename="pascal"):
    items: tuple[_Item, ...]
    next_page_link: str | None = None


class AzurePrices:
    """Asks Azure for the prices of one region."""

    name = "Azure Retail Prices API"

    def __init__(self, region: str) -> None:
        self._region = region

    async def found(self, today: str) -> dict[Key, Price]:
        """Return the prices of the catalogue's machines and of Standard SSD; CouldNotLook if it fails."""
        prices: dict[Key, Price] = {}
        for machine in machines("aks"):
            usd = _of_machine(await self._items(f"armSkuName eq '{machine.name}'"), machine.name)
            if usd is not None:
                prices["machine", machine.name] = Price(usd, today, self._region, self.name)
        steps = _of_disks(await self._items("productName eq 'Standard SSD Managed Disks'"))
        if steps:
            prices["disk", "StandardSSD"] = Price(None, today, self._region, self.name, steps)
        return prices

    async def _items(self, what: str) -> list[_Item]:
        """Return all that costs money in the region by use, in US dollars."""
        region = self._region.replace("'", "''")
        asked = f"armRegionName eq '{region}' and priceType eq 'Consumption' and {what}"
        base = _base()
        url: str | None = f"{base}{_PATH}?{urlencode({'$filter': asked})}"
        found: list[_Item] = []
        for _ in range(_PAGES):
            if url is None or _origin(url) != base:
                break  # no page of another server is a page of this list
            page = _page(url, await lookups.document(url, _LARGEST))
            found += page.items
            url = page.next_page_link or None
        return [
            one
            for one in found
            if one.currency_code == "USD"
            and one.type == "Consumption"
            and one.arm_region_name == self._region
        ]


def _of_machine(items: list[_Item], name: str) -> float | None:
    """Return what an hour of a Linux machine costs; None where Azure says nothing, or several things."""
    found = {
        one.retail_price
        for one in items
        if one.arm_sku_name == name
        and one.unit_of_measure == "1 Hour"
        and one.product_name.startswith("Virtual Machines")
        and "Windows" not in one.product_name
        and not any(word in one.sku_name or word in one.meter_name for word in _CHEAPER)
        and one.retail_price > 0
    }
    return found.pop() if len(found) == 1 else None


def _of_disks(items: list[_Item]) -> tuple[tuple[float, float], ...]:
    """Return the sizes of disks and what each costs a month, the smallest first."""
    found: dict[float, float] = {}
    for one in items:
        match = _DISK.fullmatch(one.meter_name)
        if match and one.unit_of_measure == "1/Month" and match[1] in _GIB and one.retail_price > 0:
            found[float(_GIB[match[1]])] = one.retail_price
    return tuple(sorted(found.items()))


def _page(url: str, body: bytes) -> _Page:
    try:
        return msgspec.json.decode(body, type=_Page)
    except msgspec.DecodeError as error:
        raise CouldNotLook(
            "Azure's prices cannot be read", f"{_origin(url)} answers otherwise than expected: {error}."
        ) from None


def _base() -> str:
    """Return where Azure says its prices: an emulator on this computer where one is named."""
    manager = azure.endpoint()
    return _HERE if manager == azure.MANAGER else manager


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
