"""A hub's life at a cloud by the command line, the same at an emulator and at the real one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.journeys.conftest import Wizard

CREATE = ("apply", "--yes")


class Stage(NamedTuple):
    """A stage of a hub's life that was reached, and what the wizard told then."""

    name: str
    told: Any = None


class Asked(NamedTuple):
    """The steps that cost money, and what is said of them before anything is made."""

    steps: list[str]
    words: str


def there_and_back(wizard: Wizard, release: str, nodes: int) -> Iterator[Stage]:
    """Make a hub, give its students so many machines, and remove all of it, stage by stage.

    What was made is removed also when something goes wrong on the way, for it costs money.
    """
    yield Stage("asked", _asked_before_money(wizard))
    try:
        wizard.run(*CREATE)
        assert {one["finding"] for one in wizard.json("plan")} == {"ready"}
        yield Stage("made")
        wizard.run("resize", str(nodes), "--json")
        yield Stage("resized")
    except BaseException:
        wizard.run("teardown", "--confirm", release, expect=None)
        raise
    receipt = wizard.json("teardown", "--confirm", release)
    assert receipt["left"] == []
    assert any(" cluster " in str(one) for one in receipt["removed"])
    yield Stage("removed", receipt)


def _asked_before_money(wizard: Wizard) -> Asked:
    """Plan a hub and do not agree to its costs, of which there are some."""
    plan = wizard.json("plan", expect=3)
    costly = [one["id"] for one in plan if one["danger"] == "costs-money"]
    assert costly
    refused = wizard.run("apply", expect=5).stderr
    assert "Not confirmed" in refused
    return Asked(costly, refused)
