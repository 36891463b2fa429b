"""The tear-down flow: every setup step taken back in reverse, students' disks, and a last look round."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from z2jh_wizard.cloud.base import provider_of
from z2jh_wizard.core.receipt import Receipt
from z2jh_wizard.core.step import Step
from z2jh_wizard.core.undo import Removal
from z2jh_wizard.flows.adapters import Adapters
from z2jh_wizard.flows.cloud_pages import CLOUDS
from z2jh_wizard.flows.flow import Flow
from z2jh_wizard.flows.receipt import keep_receipt, make_receipt
from z2jh_wizard.flows.run import RunSession
from z2jh_wizard.flows.setup import setup
from z2jh_wizard.flows.steps.claim import why_nothing_is_ours
from z2jh_wizard.flows.steps.cluster import ClusterAnswers
from z2jh_wizard.flows.steps.leftovers import LookForLeftovers
from z2jh_wizard.flows.steps.place import SamePlace
from z2jh_wizard.flows.steps.release import InstallRelease
from z2jh_wizard.flows.steps.students import RemoveStudentDisks


def teardown(world: Adapters, leftovers: Collection[str] | str = ()) -> Flow:
    """Return the flow that removes what setup made; the files in the project folder stay.

    Nothing is removed before the cluster has said that it is the one of this project, and nothing where
    the project never claimed its hub. ``leftovers`` are the keys of what shall be deleted of all that is
    found in the end, or ``EVERY``.
    """
    project, cluster = world.project, world.cluster
    why_gone = partial(why_nothing_is_ours, project, cluster)
    reach = world.provider.reach()
    guard = ClusterAnswers(project, cluster, tuple(step.id for step in reach), may_be_gone=True)
    place = [SamePlace(project, provider_of)] if project.spec.provider in CLOUDS else []
    steps: list[Step] = [*place, *reach, guard]
    for step in reversed(setup(world).steps):
        if step.undoable:
            in_cluster = guard.id in step.needs
            steps.append(Removal(step, why_gone, needs=(guard.id,)) if in_cluster else Removal(step))
        if isinstance(step, InstallRelease):
            steps.append(RemoveStudentDisks(project, cluster, world.clock, why_gone))
    steps.append(LookForLeftovers(project, world.provider, cluster, leftovers))
    return Flow("teardown", project, steps)


def receipt_of(session: RunSession) -> Receipt:
    """Return the receipt of a tear-down that was played, and keep it in the project."""
    steps = session.flow.steps if session.flow else ()
    scan = next((step.scan for step in steps if isinstance(step, LookForLeftovers)), None)
    receipt = make_receipt(session.project, session.events, scan)
    keep_receipt(session.project, receipt, session.id)
    return receipt
