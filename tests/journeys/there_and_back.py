"""A hub's life at a cloud by the command line, the same at an emulator and at the real one."""

from __future__ import annotations

from typing import Any

from tests.journeys.conftest import Wizard

CREATE = ("apply", "--yes")


def asked_before_money(wizard: Wizard) -> list[str]:
    """Plan a hub and do not agree to its costs; return the steps that cost money, of which there are some."""
    plan = wizard.json("plan", expect=3)
    costly = [one["id"] for one in plan if one["danger"] == "costs-money"]
    assert costly
    assert "Not confirmed" in wizard.run("apply", expect=5).stderr
    return costly


def made(wizard: Wizard) -> None:
    """Make the cluster and the hub; a plan has nothing to do then."""
    wizard.run(*CREATE)
    assert {one["finding"] for one in wizard.json("plan")} == {"ready"}


def resized(wizard: Wizard, nodes: int) -> None:
    """Give students another number of machines."""
    wizard.run("resize", str(nodes), "--json")


def removed(wizard: Wizard, release: str) -> Any:
    """Remove all; return the receipt, which has nothing that is left."""
    receipt = wizard.json("teardown", "--confirm", release)
    assert receipt["left"] == []
    assert any(" cluster " in str(one) for one in receipt["removed"])
    return receipt
