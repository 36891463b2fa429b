"""The checks of a project's cluster, as data for screens, ``doctor`` and whoever else shows them."""

from __future__ import annotations

from functools import partial

from z2jh_wizard.cloud import cluster_checks
from z2jh_wizard.cloud.account import Check, Verdict
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.step import Finding
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.cluster_wants import wants_of
from z2jh_wizard.flows.looking import transport_of
from z2jh_wizard.flows.steps.storage_proof import ProveStorage
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.kube import survey
from z2jh_wizard.project.folder import Project

PROOF = "storage.proof"
"""The id of the check that makes a disk."""


async def look_round(project: Project) -> tuple[Check, ...]:
    """Look at all that matters of a project's cluster; one that does not answer is a check that fails.

    Of a cluster that exists already this works before anything of the project is on the disk.
    """
    again = partial(look_round, project)
    try:
        transport = transport_of(project)
        files = files_of(project)
        wants = wants_of(project, files)
        seen = await survey.take(transport, wants.namespace, cluster_checks.rights_wanted(wants))
        return cluster_checks.checks(seen, wants, again)
    except WizardError as error:
        return cluster_checks.unreachable(error.problem, again)


async def prove_disks(project: Project, clock: Clock) -> Check:
    """Ask for a disk of 1 GiB in the hub's namespace and remove it again, where the namespace is there."""
    cluster = Cluster(project)
    step = ProveStorage(project, cluster, clock)
    found, title = PROOF, "A disk of 1 GiB"
    try:
        if not cluster.is_configured() or await cluster.namespace(project.spec.namespace) is None:
            text = (
                f"It needs the namespace {project.spec.namespace}, which the set-up makes; it proves it then."
            )
            return Check(found, title, Verdict.UNKNOWN, text)
        look = await step.look()
        if look.finding is not Finding.READY:
            async for _ in step.run():
                pass
            look = await step.look()
        return Check(found, title, Verdict.OK, f"{look.detail[0].upper()}{look.detail[1:]}.")
    except WizardError as error:
        text = f"{error.problem.title}. {error.problem.happened} {error.problem.next_step}"
        return Check(found, title, Verdict.FAIL, text)
