"""The tear-down flow: every setup step taken back in reverse, students' disks, and a last look round."""

from __future__ import annotations

from z2jh_wizard.core.receipt import Receipt
from z2jh_wizard.core.step import Step
from z2jh_wizard.core.undo import Removal
from z2jh_wizard.flows.adapters import Adapters
from z2jh_wizard.flows.flow import Flow
from z2jh_wizard.flows.receipt import keep_receipt, make_receipt
from z2jh_wizard.flows.run import RunSession
from z2jh_wizard.flows.setup import setup
from z2jh_wizard.flows.steps.leftovers import LookForLeftovers
from z2jh_wizard.flows.steps.release import InstallRelease
from z2jh_wizard.flows.steps.students import RemoveStudentDisks


def teardown(world: Adapters) -> Flow:
    """Return the flow that removes what setup made; the files in the project folder stay."""

    def no_cluster() -> bool:
        return not world.cluster.is_configured()

    steps: list[Step] = world.provider.reach()
    for step in reversed(setup(world).steps):
        if step.undoable:
            steps.append(Removal(step, no_cluster) if "cluster.answers" in step.needs else Removal(step))
        if isinstance(step, InstallRelease):
            steps.append(RemoveStudentDisks(world.project, world.cluster, world.clock))
    steps.append(LookForLeftovers(world.project, world.provider, world.cluster))
    return Flow("teardown", world.project, steps)


def receipt_of(session: RunSession) -> Receipt:
    """Return the receipt of a tear-down that was played, and keep it in the project."""
    steps = session.flow.steps if session.flow else ()
    left = [entry for step in steps if isinstance(step, LookForLeftovers) for entry in step.left]
    receipt = make_receipt(session.project, session.events, left)
    keep_receipt(session.project, receipt, session.id)
    return receipt
