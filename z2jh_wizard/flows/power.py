"""The flows that stop a cluster between two courses and start it again."""

from __future__ import annotations

from z2jh_wizard.flows.adapters import Adapters
from z2jh_wizard.flows.flow import Flow


def stop(world: Adapters) -> Flow:
    """Return the flow that stops all machines of the cluster; Refused where the provider cannot."""
    return Flow("stop", world.project, [world.provider.power_step(running=False)])


def start(world: Adapters) -> Flow:
    """Return the flow that starts them again; Refused where the provider cannot."""
    return Flow("start", world.project, [world.provider.power_step(running=True)])
