"""The rollback flow: the hub as it was before the last change, or at a revision that is named."""

from __future__ import annotations

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.flows.adapters import Adapters, adapters_for
from z2jh_wizard.flows.flow import Flow
from z2jh_wizard.flows.steps.claim import ClaimHub
from z2jh_wizard.flows.steps.cluster import ClusterAnswers
from z2jh_wizard.flows.steps.ready import PodsReady
from z2jh_wizard.flows.steps.rollback import RollBackRelease
from z2jh_wizard.flows.steps.tools import WhichHelm
from z2jh_wizard.helm.releases import earlier_revision
from z2jh_wizard.project.folder import Project


def rollback(world: Adapters, revision: int) -> Flow:
    """Return the flow that brings a revision back; nothing of the cluster or the project is changed."""
    project, clock = world.project, world.clock
    steps = [
        WhichHelm(world.helm),
        ClusterAnswers(project, world.cluster, ()),
        ClaimHub(project, world.cluster, world.helm),
        RollBackRelease(project, world.helm, revision),
        PodsReady(project, world.cluster, clock),
    ]
    return Flow("rollback", project, steps)


async def revision_before(project: Project) -> int:
    """Return the revision that was in force before the last change; InvalidInput when there is none."""
    helm = adapters_for(project, Redactor()).helm
    await helm.state()
    found = earlier_revision(helm.revisions)
    if found is None:
        raise InvalidInput(
            "There is nothing to go back to",
            f"Helm knows no earlier revision of the hub {project.spec.release}.",
            still_works="Nothing was changed.",
        )
    return found.number
