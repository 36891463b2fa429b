"""Amazon's list prices: the Price List API, which needs a sign-in with ``pricing:GetProducts``.

Facts: botocore's model of ``pricing`` (GetProducts: each entry of PriceList is JSON in a string) and AWS's
own example of it; ``usagetype`` ends with ``EBS:VolumeUsage.KIND`` for disks, and with
``AmazonEKS-Hours:perCluster`` for a cluster in standard support.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

import msgspec

from z2jh_wizard.cloud.eks.aws import Aws
from z2jh_wizard.core.capacity import machines
from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.core.prices import CONTROL_PLANE, Key, Price, disk_kinds

_LINUX: Final = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
}
"""A machine as a node group rents it: no licences, no reservation, not a machine of one's own."""


class _PerUnit(msgspec.Struct, frozen=True, rename={"usd": "USD"}):
    usd: str = ""


class _Dimension(msgspec.Struct, frozen=True, rename="camel"):
    unit: str
    price_per_unit: _PerUnit
    begin_range: str = "0"


class _Term(msgspec.Struct, frozen=True, rename="camel"):
    price_dimensions: dict[str, _Dimension]


class _Terms(msgspec.Struct, frozen=True, rename={"on_demand": "OnDemand"}):
    on_demand: dict[str, _Term] = {}


class _Attributes(msgspec.Struct, frozen=True):
    usagetype: str = ""


class _Product(msgspec.Struct, frozen=True):
    attributes: _Attributes


class _Entry(msgspec.Struct, frozen=True):
    product: _Product
    terms: _Terms = _Terms()


class AwsPrices:
    """Asks Amazon for the prices of one region."""

    name = "AWS Price List API"

    def __init__(self, region: str, account: str = "", sign_in: str = "") -> None:
        self._region = region
        self._aws = Aws(account, region, sign_in)

    async def found(self, today: str) -> dict[Key, Price]:
        """Return the prices of machines, disks and the control plane; a WizardError if it cannot be asked."""
        names = [one.name for one in machines("eks")]
        asked = [self._entries("AmazonEC2", instanceType=name, **_LINUX) for name in names]
        *of_machines, disks, clusters = await asyncio.gather(
            *asked,
            self._entries("AmazonEC2", productFamily="Storage"),
            self._entries("AmazonEKS"),
        )
        usd: dict[Key, float | None] = {
            ("machine", name): _one_price(found, "", "Hrs")
            for name, found in zip(names, of_machines, strict=True)
        }
        for kind in disk_kinds("eks"):
            usd["disk", kind] = _one_price(disks, f"EBS:VolumeUsage.{kind}", "GB-Mo")
        usd[CONTROL_PLANE] = _one_price(clusters, "AmazonEKS-Hours:perCluster", "")
        return {
            key: Price(value, today, self._region, self.name)
            for key, value in usd.items()
            if value is not None
        }

    async def _entries(self, service: str, **wanted: str) -> list[_Entry]:
        """Return what a service sells in the region, as far as it has these attributes."""
        fields = {"regionCode": self._region, **wanted}
        listed = await self._aws.listed(
            "pricing",
            "get_products",
            "PriceList",
            region=self._aws.home,
            ServiceCode=service,
            FormatVersion="aws_v1",
            Filters=[{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in fields.items()],
        )
        try:
            return [msgspec.json.decode(text, type=_Entry) for text in listed]
        except msgspec.DecodeError as error:
            raise CouldNotLook(
                "Amazon's prices cannot be read", f"The price list answers otherwise than expected: {error}."
            ) from None


def _one_price(entries: Iterable[_Entry], usage: str, unit: str) -> float | None:
    """Return the one price on demand of a unit; None where Amazon says nothing, or several things."""
    found = set()
    for entry in entries:
        if not entry.product.attributes.usagetype.endswith(usage):
            continue
        for term in entry.terms.on_demand.values():
            for one in term.price_dimensions.values():
                if one.begin_range == "0" and (not unit or one.unit == unit):
                    found.add(_dollars(one.price_per_unit.usd))
    found -= {None, 0.0}
    return found.pop() if len(found) == 1 else None


def _dollars(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
