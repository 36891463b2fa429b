"""The resize flow: another number of nodes, now."""

from __future__ import annotations

from z2jh_wizard.flows.adapters import Adapters
from z2jh_wizard.flows.flow import Flow


def resize(world: Adapters, pool: str, nodes: int) -> Flow:
    """Return the flow that gives a pool this many nodes; Refused on a cluster that is not ours."""
    return Flow("resize", world.project, [world.provider.resize_step(pool, nodes)])
