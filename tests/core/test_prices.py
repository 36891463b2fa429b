"""Prices: each with its day and source, unknown without, and old ones said to be old."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core import prices
from z2jh_wizard.core.capacity import machine, machines
from z2jh_wizard.core.cost import a_month, bill
from z2jh_wizard.core.prices import (
    STALE_AFTER,
    UNKNOWN,
    Price,
    PriceList,
    age_words,
    disk_kinds,
    hourly_parts,
    is_stale,
    months_old,
    shipped,
)

CLOUDS = ("gke", "aks", "eks")
CATALOGUE = [(cloud, key) for cloud in CLOUDS for key in shipped(cloud).prices]
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(("cloud", "key"), CATALOGUE, ids=str)
def test_every_shipped_price_has_a_day_a_place_and_a_source_or_is_unknown(cloud, key) -> None:
    price = shipped(cloud).of(*key)
    if price.usd is None:
        assert price is UNKNOWN
        return
    assert price.usd > 0
    assert date.fromisoformat(price.as_of) <= TODAY
    assert price.region
    assert price.source


@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_has_no_source_is_unknown_in_every_total_whatever_number_stands_there(cloud) -> None:
    guessed = {key: Price(9.99, "2026-11-01", "somewhere") for key in shipped(cloud).prices}
    undated = {key: Price(9.99, "", "somewhere", "hearsay") for key in shipped(cloud).prices}
    use = a_month(students=20, nodes=2, hours_a_week=10, disk_gib=10)
    for one in machines(cloud):
        for rumours in (guessed, undated):
            found = bill(one, one, use, price_list=PriceList(cloud, rumours))
            assert found.known == 0
            assert len(found.unknown) == len(found.items) == 3 + len(hourly_parts(cloud))
        assert shipped(cloud).with_newer(PriceList(cloud, guessed)) == shipped(cloud)


def test_a_row_without_a_source_is_unknown_though_it_has_a_number() -> None:
    file = prices._file()
    row = prices._Row("gke", "disk", "pd-new", 0.01)
    assert prices._price(file, row) is UNKNOWN
    assert prices._price(file, prices._Row("gke", "disk", "pd-new", 0.01, "nobody")) is UNKNOWN


def test_the_catalogue_prices_every_machine_and_says_what_it_does_not_know() -> None:
    for cloud in CLOUDS:
        assert all(shipped(cloud).of("machine", one.name).is_known for one in machines(cloud))
        assert "control plane" in shipped(cloud).unknown
    assert disk_kinds("gke") == ("pd-balanced", "pd-standard", "pd-ssd")
    assert shipped("gke").of("disk", "no-such-kind") is UNKNOWN


@pytest.mark.parametrize(
    ("day", "months"),
    [("2026-11-21", 0), ("2026-10-22", 0), ("2026-10-21", 1), ("2025-11-21", 12), ("2026-12-01", 0)],
)
def test_whole_months_are_counted(day: str, months: int) -> None:
    assert months_old(day, TODAY) == months


def test_old_prices_say_so() -> None:
    fresh = Price(1.0, "2026-06-01", "eastus", "Azure")
    old = Price(1.0, "2026-05-21", "eastus", "Azure")
    assert STALE_AFTER == 6
    assert not is_stale([fresh, UNKNOWN], TODAY)
    assert is_stale([fresh, old], TODAY)
    assert age_words([fresh], TODAY) == "prices of June 2026 in eastus"
    assert age_words([old, UNKNOWN], TODAY) == "prices of May 2026 in eastus, 6 months old"
    assert age_words([old, fresh], TODAY) == "prices of May 2026 and later in eastus, 6 months old"
    assert age_words([UNKNOWN], TODAY) == ""


@given(
    st.lists(st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.booleans()), min_size=1, max_size=6),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_the_oldest_decides(days, today: date) -> None:
    found = [Price(1.0 if known else None, str(day), "r", "s") for day, known in days]
    oldest = min((str(day) for day, known in days if known), default="")
    assert is_stale(found, today) == (bool(oldest) and months_old(oldest, today) >= STALE_AFTER)
    assert ("months old" in age_words(found, today)) == is_stale(found, today)


def test_machines_of_the_bill_have_prices_of_their_own() -> None:
    one = machine("eks", "m5.large")
    assert shipped("eks").usd("machine", one.name) == 0.096
