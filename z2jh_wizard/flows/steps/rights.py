"""What the account may do, asked before anything is installed."""

from __future__ import annotations

from z2jh_wizard.cloud import cluster_checks
from z2jh_wizard.core.step import By, Command, Finding, Look, Refusal, Step, Work
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.cluster_wants import wants_of
from z2jh_wizard.flows.steps.cluster import KUBECTL
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.project.folder import Project


class HasRights(Step):
    """Ask the cluster whether this account may do all that the set-up and the hub do."""

    id = "cluster.rights"
    title = "Ask what you may do"
    why = "A right that is missing is better known now than in the middle of the installation."
    by = By.YOU
    usually = 1
    needs = ("cluster.answers", "hub.namespace", "hub.config")
    skipping = "The installation fails at what this account may not do."

    def __init__(self, project: Project, cluster: Cluster) -> None:
        self._project = project
        self._cluster = cluster
        # What to ask for depends on what is missing, which a look tells.
        self.how = f"Ask an administrator for the role admin in the namespace {project.spec.namespace}."

    def commands(self) -> tuple[Command, ...]:
        """Return the command that lists the rights."""
        words = ("auth", "can-i", "--list", "--namespace", self._project.spec.namespace)
        return (Command((*KUBECTL, *words), "What this account may do"),)

    async def look(self) -> Look:
        """Name the rights that are missing."""
        wants = wants_of(self._project, files_of(self._project))
        wanted = [one for one in cluster_checks.rights_wanted(wants) if one != cluster_checks.MAKE_NAMESPACES]
        missing = await self._cluster.lacks(wanted)
        if not missing:
            return Look(Finding.READY, "all that a hub needs")
        wide = any(not right.namespace for right in missing)
        self.how = cluster_checks.how_to_get_rights(wants, cluster_wide=wide)
        return Look(Finding.ABSENT, f"this account may not: {cluster_checks.named(missing)}")

    def run(self) -> Work | Refusal:
        """Nothing to run: an administrator gives rights."""
        return Refusal("An administrator of the cluster gives rights.")
