"""Google's list prices: the Cloud Billing Catalog, which needs a sign-in and its API switched on.

Facts: https://cloud.google.com/billing/v1/how-tos/catalog-api (fields, pages of 5,000). Machines have no
price of their own: Google bills their cores and their memory, each by the hour, named by family and region.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from z2jh_wizard.cloud.gke.google import PAGES, Google
from z2jh_wizard.core.capacity import machines
from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.core.prices import Key, Price

_COMPUTE: Final = "6F81-5844-456A"
"""The service Compute Engine in the catalogue."""

_WANTED: Final = (
    "nextPageToken,skus(description,serviceRegions,category/usageType,"
    "pricingInfo/pricingExpression(usageUnit,tieredRates/unitPrice))"
)

_MACHINES: Final = {
    "e2": "E2 Instance",
    "n1": "N1 Predefined Instance",
    "n2": "N2 Instance",
    "n2d": "N2D AMD Instance",
}
"""How descriptions of a family's cores and memory begin."""

_DISKS: Final = {
    "pd-balanced": "Balanced PD Capacity",
    "pd-standard": "Storage PD Capacity",
    "pd-ssd": "SSD backed PD Capacity",
}


class _Money(msgspec.Struct, frozen=True, rename="camel"):
    currency_code: str = ""
    units: str = "0"
    nanos: int = 0


class _Rate(msgspec.Struct, frozen=True, rename="camel"):
    unit_price: _Money


class _Expression(msgspec.Struct, frozen=True, rename="camel"):
    usage_unit: str
    tiered_rates: tuple[_Rate, ...] = ()


class _Info(msgspec.Struct, frozen=True, rename="camel"):
    pricing_expression: _Expression


class _Category(msgspec.Struct, frozen=True, rename="camel"):
    usage_type: str = ""


class _Sku(msgspec.Struct, frozen=True, rename="camel"):
    description: str
    category: _Category
    service_regions: tuple[str, ...] = ()
    pricing_info: tuple[_Info, ...] = ()


class GooglePrices:
    """Asks Google for the prices of one region."""

    name = "Google Cloud Billing Catalog"

    def __init__(self, region: str, project: str = "", sign_in: str = "") -> None:
        self._region = region
        self._google = Google(project, sign_in)

    async def found(self, today: str) -> dict[Key, Price]:
        """Return the prices of machines and disks; a WizardError if it cannot be asked."""
        skus = [one for one in await self._skus() if self._region in one.service_regions]
        usd: dict[Key, float | None] = {}
        for machine in machines("gke"):
            family = _MACHINES.get(machine.name.partition("-")[0])
            core = _one_price(skus, f"{family} Core running", "h") if family else None
            memory = _one_price(skus, f"{family} Ram running", "GiBy.h") if family else None
            whole = core is not None and memory is not None
            usd["machine", machine.name] = (
                machine.cpus * core + machine.memory_gib * memory if whole else None  # type: ignore[operator]
            )
        for kind, begins in _DISKS.items():
            usd["disk", kind] = _one_price(skus, begins, "GiBy.mo")
        return {
            key: Price(round(value, 6), today, self._region, self.name)
            for key, value in usd.items()
            if value is not None
        }

    async def _skus(self) -> list[_Sku]:
        """Return what Compute Engine sells on demand, in US dollars."""
        found: list[_Sku] = []
        page = ""
        for _ in range(PAGES):
            params = {"currencyCode": "USD", "pageSize": "5000", "fields": _WANTED}
            reply = await self._google.get(
                "cloudbilling",
                f"v1/services/{_COMPUTE}/skus",
                **params,
                **({"pageToken": page} if page else {}),
            )
            found += _read(reply)
            page = str(reply.get("nextPageToken") or "")
            if not page:
                break
        return [one for one in found if one.category.usage_type == "OnDemand"]


def _read(reply: dict[str, Any]) -> list[_Sku]:
    try:
        return msgspec.convert(reply.get("skus") or [], list[_Sku])
    except msgspec.ValidationError as error:
        raise CouldNotLook(
            "Google's prices cannot be read", f"The catalogue answers otherwise than expected: {error}."
        ) from None


def _one_price(skus: list[_Sku], begins: str, unit: str) -> float | None:
    """Return the one price of a unit; None where Google says nothing, or several things.

    The dearest rate counts: of some disks the first GiB of an account are free.
    """
    found = set()
    for sku in skus:
        if re.fullmatch(rf"{re.escape(begins)}( in .+)?", sku.description) is None:
            continue
        for info in sku.pricing_info[:1]:
            rates = [_dollars(rate.unit_price) for rate in info.pricing_expression.tiered_rates]
            if info.pricing_expression.usage_unit == unit and rates:
                found.add(max(rates))
    found -= {0.0}
    return found.pop() if len(found) == 1 else None


def _dollars(money: _Money) -> float:
    return int(money.units) + money.nanos / 1e9 if money.currency_code == "USD" else 0.0
