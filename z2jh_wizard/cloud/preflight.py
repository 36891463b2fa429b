"""What the looks before the work share: what could not be asked, and what would fit in a place instead."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from z2jh_wizard.cloud.account import Check, MachineOffer, Verdict
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.owned import CORE, USER
from z2jh_wizard.core.capacity import Machine
from z2jh_wizard.core.errors import NeedsYou, WizardError
from z2jh_wizard.core.spec import Pool, Spec

NAMED = 3
"""Machines that a sentence names at most."""


def unknown(check: str, title: str, error: WizardError) -> Check:
    """Return a check that could not be asked, which is no failure.

    An error that only another sign-in mends is raised instead: no other check could be asked either.
    """
    ended = error.fix == "sign-in" if isinstance(error, CloudTrouble) else isinstance(error, NeedsYou)
    if ended:
        raise error
    return Check(check, title, Verdict.UNKNOWN, f"Could not be asked: {error.problem.happened}")


NOTHING = "No machine that the wizard knows fits there."


class Room:
    """What a place has for a project: which machines can be had, and how much of each quota is left.

    ``pools`` are the project's with their machines; ``needs`` says what a project takes of each quota. A
    quota that ``left`` does not have counts as large enough.
    """

    def __init__(
        self,
        spec: Spec,
        pools: Mapping[str, Pool],
        offers: Sequence[MachineOffer],
        needs: Callable[[Spec], Mapping[str, float]],
        left: Mapping[str, float],
    ) -> None:
        self._spec = spec
        self._pools = pools
        self._offers = {one.machine.name: one for one in offers}
        self._needs = needs
        self._left = left

    def gone(self) -> dict[str, str]:
        """Return the machines that the project wants and cannot have, with why not."""
        wanted = sorted({pool.machine for pool in self._pools.values()})
        return {
            name: self._offers[name].why_not
            for name in wanted
            if name in self._offers and self._offers[name].why_not
        }

    def quotas(self) -> Iterator[tuple[str, float, float]]:
        """Give each quota with how much is needed of it and how much is left."""
        for metric, need in self._needs(self._spec).items():
            if metric in self._left:
                yield metric, need, self._left[metric]

    def instead_of(self, machine: str) -> str:
        """Return in a sentence what can be had in place of a machine, in the pools that want it."""
        pools = [name for name, pool in self._pools.items() if pool.machine == machine]
        return f"There is {found}." if (found := self._others(machine, pools)) else NOTHING

    def that_fits(self) -> str:
        """Return in a sentence what the quotas are enough for: other machines, or fewer nodes."""
        pool, ways = self._pools[USER], []
        if others := self._others(pool.machine, [USER]):
            ways.append(f"with {others} for the students")
        if nodes := self._fewer():
            ways.append(
                f"with at most {nodes} nodes of {pool.machine}" if nodes > 1 else f"with one {pool.machine}"
            )
        return f"It is enough {', or '.join(ways)}." if ways else NOTHING

    def _others(self, machine: str, pools: Sequence[str]) -> str:
        """Name machines to stand in: the smallest with as much memory, else the largest with less."""
        memory = self._offers[machine].machine.memory_gib if machine in self._offers else 0.0
        can = [
            one.machine
            for name, one in self._offers.items()
            if name != machine and not one.why_not and self._fits(self._with(pools, machine=name))
        ]
        large = sorted((one for one in can if one.memory_gib >= memory), key=_size)
        small = sorted((one for one in can if one.memory_gib < memory), key=_size, reverse=True)
        return " or ".join(_named(one) for one in (large or small)[:NAMED])

    def _fewer(self) -> int:
        """Return how many nodes for students the quotas are enough for at most, 0 for not even one."""
        pool = self._pools[USER]
        for nodes in range(max(pool.nodes, pool.maximum or 0) - 1, 0, -1):
            fewer = {"nodes": min(pool.nodes, nodes), "minimum": None, "maximum": nodes}
            if self._fits(self._with([USER], **fewer)):
                return nodes
        return 0

    def _with(self, names: Sequence[str], **changes: object) -> Spec:
        changed = {name: msgspec.structs.replace(self._pools[name], **changes) for name in names}
        kept = {name: self._pools[name] for name in (CORE, USER)}
        return msgspec.structs.replace(self._spec, pools={**kept, **changed})

    def _fits(self, spec: Spec) -> bool:
        return all(need <= self._left.get(metric, math.inf) for metric, need in self._needs(spec).items())


def _size(machine: Machine) -> tuple[float, int]:
    return machine.memory_gib, machine.cpus


def _named(machine: Machine) -> str:
    return f"{machine.name} ({machine.cpus} processors, {machine.memory_gib:g} GiB)"
