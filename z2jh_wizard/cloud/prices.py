"""Asking a cloud for its list prices of today, of the machines, disks and parts that the catalogue has.

Nothing is asked unless a person wants it. What a cloud does not say plainly stays unknown.
"""

from __future__ import annotations

import re
from typing import Protocol

from z2jh_wizard.core.capacity import Cloud
from z2jh_wizard.core.prices import Key, Price


class PriceSource(Protocol):
    """Where a cloud says its prices of one region."""

    name: str
    """What answers, for people."""

    async def found(self, today: str) -> dict[Key, Price]:
        """Return the prices that it says, as those of ``today`` (YYYY-MM-DD).

        A WizardError in words when it cannot be asked.
        """


def priced_region(place: str) -> str:
    """Return the region that a region or one of its zones names; prices are by region."""
    return re.sub(r"-[a-z]$", "", place)


def price_source(provider: Cloud, region: str, account: str = "", sign_in: str = "") -> PriceSource:
    """Return what says the prices of a region; ``account`` and ``sign_in`` as in ``z2jh.yaml``."""
    if provider == "aks":
        from z2jh_wizard.cloud.aks.prices import AzurePrices

        return AzurePrices(region)
    if provider == "eks":
        from z2jh_wizard.cloud.eks.prices import AwsPrices

        return AwsPrices(region, account, sign_in)
    from z2jh_wizard.cloud.gke.prices import GooglePrices

    return GooglePrices(region, account, sign_in)
