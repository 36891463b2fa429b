"""What a class costs: known parts are added, unknown ones are named."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.capacity import machine, machines
from z2jh_wizard.core.cost import Item, Use, a_month, a_workshop, bill
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.prices import Price, PriceList, disk_kinds, shipped

SMALL = machine("eks", "t3.medium")
LARGE = machine("eks", "m5.xlarge")
COURSE = a_month(students=60, nodes=5, hours_a_week=6, disk_gib=10)
SMALL_COURSE = a_month(students=10, nodes=1, hours_a_week=5, disk_gib=10)


def amounts(items: tuple[Item, ...]) -> dict[str, float | None]:
    return {item.what.partition(",")[0]: item.usd for item in items}


def test_a_month_of_a_course_is_added_up() -> None:
    found = bill(LARGE, SMALL, COURSE)
    said = amounts(found.items)
    assert said["students' nodes"] == pytest.approx(5 * 6 * 365 / 84 * 0.192)
    assert said["the hub's node"] == pytest.approx(730 * 0.0416)
    assert said["students' disks"] == pytest.approx(60 * 10 * 0.08)
    assert found.known == pytest.approx(sum(usd for usd in said.values() if usd))


def test_unknown_prices_are_named_and_never_guessed() -> None:
    found = bill(LARGE, SMALL, COURSE)
    assert found.unknown == ("control plane", "load balancer and addresses")


def test_other_prices_take_the_place_of_the_shipped_ones_and_are_dated() -> None:
    today = date(2026, 11, 21)
    fresh = PriceList("eks", {("machine", "m5.xlarge"): Price(1.0, "2026-11-20", "eu-south-1", "Amazon")})
    before = bill(LARGE, SMALL, COURSE)
    after = bill(LARGE, SMALL, COURSE, price_list=shipped("eks").with_newer(fresh))
    assert amounts(after.items)["students' nodes"] == pytest.approx(5 * 6 * 365 / 84)
    assert amounts(after.items)["the hub's node"] == amounts(before.items)["the hub's node"]
    assert before.is_stale(today)
    assert before.age_words(today) == ("prices of March 2025 and later in us-east-1, 20 months old")
    assert after.age_words(today) == (
        "prices of March 2025 and later in eu-south-1 and us-east-1, 20 months old"
    )


def test_disks_that_are_sold_in_sizes_cost_what_the_next_size_does() -> None:
    steps = Price(None, "2026-11-20", "eastus", "Azure", ((4, 0.3), (8, 0.6), (16, 1.2)))
    known = shipped("aks").with_newer(PriceList("aks", {("disk", "StandardSSD"): steps}))
    node = machine("aks", "Standard_D4s_v5")
    assert amounts(bill(node, node, SMALL_COURSE, price_list=known).items)[
        "students' disks"
    ] == pytest.approx(12)
    exact = a_month(students=10, nodes=1, hours_a_week=5, disk_gib=8)
    assert amounts(bill(node, node, exact, price_list=known).items)["students' disks"] == pytest.approx(6)
    largest = a_month(students=10, nodes=1, hours_a_week=5, disk_gib=17)
    assert "students' disks, StandardSSD" in bill(node, node, largest, price_list=known).unknown


def test_a_workshop_pays_disks_by_the_day() -> None:
    use = a_workshop(students=20, nodes=2, days=3, hours_a_day=8, disk_gib=10)
    said = amounts(bill(LARGE, SMALL, use).items)
    assert said["students' nodes"] == pytest.approx(2 * 3 * 8 * 0.192)
    assert said["students' disks"] == pytest.approx(20 * 10 * 0.08 * 72 / 730)


def test_a_disk_of_unknown_price_is_unknown_and_none_costs_nothing() -> None:
    node = machine("gke", "e2-standard-4")
    assert "students' disks, pd-balanced" in bill(node, node, SMALL_COURSE).unknown
    assert "students' disks, pd-ssd" not in bill(node, node, SMALL_COURSE, "pd-ssd").unknown
    assert "students' disks" not in amounts(
        bill(node, node, a_month(students=10, nodes=1, hours_a_week=5, disk_gib=0)).items
    )


def test_no_hours_cost_nothing_whatever_the_price() -> None:
    assert bill(LARGE, SMALL, Use(0, 0, 20, 10)).known == 0
    assert bill(LARGE, SMALL, Use(0, 0, 20, 10)).unknown == ()


def test_more_hours_than_a_month_has_do_not_run() -> None:
    assert a_month(students=1, nodes=2, hours_a_week=268, disk_gib=0).node_hours == 2 * 730


def test_an_unknown_disk_is_told() -> None:
    with pytest.raises(InvalidInput, match="no kind of disk of eks"):
        bill(LARGE, SMALL, SMALL_COURSE, "floppy")
    assert disk_kinds("gke")[0] == "pd-balanced"


@pytest.mark.parametrize(("days", "hours"), [(-1, 8), (1, 25), (1, -1)])
def test_a_workshop_that_cannot_be_is_refused(days: int, hours: float) -> None:
    with pytest.raises(ValueError, match="24 hours"):
        a_workshop(students=1, nodes=1, days=days, hours_a_day=hours, disk_gib=1)


MACHINES = [one for cloud in ("gke", "aks", "eks") for one in machines(cloud)]


@given(
    st.sampled_from(MACHINES), st.integers(0, 50), st.integers(0, 50), st.floats(0, 168), st.floats(0, 500)
)
def test_more_nodes_never_cost_less(kind, one: int, other: int, hours: float, disk: float) -> None:
    small, large = sorted((one, other))
    uses = (a_month(students=10, nodes=nodes, hours_a_week=hours, disk_gib=disk) for nodes in (small, large))
    costs = [bill(kind, kind, use).known for use in uses]
    assert costs == sorted(costs)
