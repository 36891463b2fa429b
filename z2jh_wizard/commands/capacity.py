"""How many students fit on a node, how many nodes a class needs, and what they cost about."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from z2jh_wizard.core import capacity as rooms
from z2jh_wizard.core.errors import ExitCode, InvalidInput
from z2jh_wizard.core.prices import Price, PriceList, age_words, is_stale
from z2jh_wizard.core.quantity import spec_bytes, whole
from z2jh_wizard.render import machine as json_text
from z2jh_wizard.render import output
from z2jh_wizard.system.clock import SystemClock

if TYPE_CHECKING:
    from z2jh_wizard.flows.prices import Market


def capacity(parsed: argparse.Namespace) -> int:
    """Answer for one machine type, or compare all that the catalogue has of a cloud."""
    student = rooms.Student(_memory(parsed.memory), parsed.cpu, _has_disk(parsed.disk))
    asked = [rooms.machine(parsed.provider, parsed.machine)] if parsed.machine else []
    today = SystemClock().now().date()
    prices, worked = _prices(parsed, today)
    fits = [
        (one, rooms.capacity(one, parsed.students, student))
        for one in asked or rooms.machines(parsed.provider)
    ]
    if parsed.json:
        trees = [_tree(found, prices.of("machine", one.name)) for one, found in fits]
        named = [{"machine": one.name, **tree} for (one, _), tree in zip(fits, trees, strict=True)]
        output.answer(json_text.text(trees[0] if asked else named))
    elif asked:
        _tell(parsed.machine, parsed.students, fits[0][1])
        _tell_price(prices.of("machine", parsed.machine), fits[0][1].nodes)
    else:
        _compare(fits, prices)
    if not parsed.json:
        _tell_age([prices.of("machine", one.name) for one, _ in fits], today)
    return ExitCode.DONE if worked else ExitCode.COULD_NOT_LOOK


def _prices(parsed: argparse.Namespace, today: date) -> tuple[PriceList, bool]:
    """Return the prices to count with, and whether asking for those of today worked where that was wanted."""
    from z2jh_wizard.flows.prices import price_list, refresh

    market = _market(parsed)
    if not parsed.refresh:
        return price_list(market), True
    done = asyncio.run(refresh(market, today))
    output.aside(done.sentence)
    return done.prices, done.worked


def _market(parsed: argparse.Namespace) -> Market:
    """Return whose prices are meant: those of the project here if it is on that cloud."""
    from z2jh_wizard.flows.prices import Market, market_of
    from z2jh_wizard.project.folder import is_project, open_project

    if is_project(Path(parsed.folder)):
        spec = open_project(Path(parsed.folder)).spec
        if spec.provider == parsed.provider:
            return replace(market_of(spec), place=parsed.region or spec.region)
    return Market(parsed.provider, parsed.region)


def _tell(name: str, students: int, found: rooms.Capacity) -> None:
    room = found.allocatable
    output.answer(found.sentence)
    if found.nodes:
        output.answer(f"{students} students need {found.nodes} nodes of {name}.")
    gib = room.memory_bytes / rooms.GIB
    output.answer(
        f"A node gives pods {room.cpu:g} cores, {gib:.1f} GiB, {room.pods} pods and {room.disks} disks."
    )


def _tell_price(price: Price, nodes: int) -> None:
    if nodes and price.usd is not None:
        output.answer(f"They cost about ${price.usd * nodes:.2f} an hour.")


def _tell_age(prices: list[Price], today: date) -> None:
    words = age_words(prices, today)
    mark = "! " if is_stale(prices, today) else ""
    hint = " capacity --refresh asks the cloud for those of today." if mark else ""
    output.aside(
        f"{mark}Students' nodes only, on demand, {words}.{hint}" if words else "! No price is known."
    )


def _compare(fits: list[tuple[rooms.Machine, rooms.Capacity]], prices: PriceList) -> None:
    output.answer(
        f"{'MACHINE':<18}{'STUDENTS/NODE':>14}{'NODES':>7}  {'FIRST LIMIT':<12}{'ABOUT $/HOUR':>12}"
    )

    def cheapest_first(fit: tuple[rooms.Machine, rooms.Capacity]) -> tuple[bool, bool, float]:
        usd = prices.usd("machine", fit[0].name)
        return not fit[1].nodes, usd is None, (usd or 0) * fit[1].nodes

    for machine, found in sorted(fits, key=cheapest_first):
        usd = prices.usd("machine", machine.name)
        price = f"{usd * found.nodes:.2f}" if usd is not None and found.nodes else "unknown"
        shown = price if found.students_per_node else "-"
        output.answer(
            f"{machine.name:<18}{found.students_per_node:>14}{found.nodes:>7}  {found.binding:<12}{shown:>12}"
        )


def _tree(found: rooms.Capacity, price: Price) -> dict[str, object]:
    hourly = {"usd": price.usd, "as_of": price.as_of, "region": price.region, "source": price.source}
    return {**msgspec.structs.asdict(found), "price": hourly}


def _memory(text: str) -> int:
    try:
        return spec_bytes(text)
    except ValueError:
        raise InvalidInput(
            "This is no amount of memory", f"{text!r}: write it like 512M or 1.5G, as in singleuser.memory."
        ) from None


def _has_disk(text: str) -> bool:
    """Tell whether each student has a disk; its size is checked, and does not change how many fit."""
    try:
        return whole(text) > 0
    except ValueError:
        raise InvalidInput(
            "This is no size of a disk", f"{text!r}: write it like 10Gi, or 0 for no disk."
        ) from None
