"""Whose hub is it: the claim of one project to one hub name on one cluster."""

from __future__ import annotations

from z2jh_wizard.core.errors import Refused
from z2jh_wizard.core.step import Command, Danger, Finding, Line, Look, Step, Work
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.hub_helm import HubHelm
from z2jh_wizard.flows.steps.cluster import KUBECTL
from z2jh_wizard.helm.releases import Standing
from z2jh_wizard.project import cluster_identity
from z2jh_wizard.project.folder import Project


class ClaimHub(Step):
    """Record the cluster in z2jh.yaml, unless a hub of this name is there that the project did not make.

    Everything is made after the claim and removed before it, so without a claim nothing there is ours.
    """

    id = "hub.claim"
    why = "A hub of the same name that somebody else made must never be changed or removed by this project."
    usually = 1
    needs = ("helm.tool", "cluster.answers")
    undoable = True
    undo_danger = Danger.NONE

    def __init__(self, project: Project, cluster: Cluster, helm: HubHelm) -> None:
        self._project = project
        self._cluster = cluster
        self._helm = helm
        self._release = project.spec.release
        self._namespace = project.spec.namespace
        self.title = f"Claim the hub name {self._release}"
        self.undo_title = f"Let go of the hub name {self._release}"

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that show whether the name is free."""
        here = ("--namespace", self._namespace, "--kubeconfig", "kubeconfig")
        return (
            Command((*KUBECTL, "get", "namespace", self._namespace, "--ignore-not-found", "--show-labels")),
            Command(("helm", "list", *here, "--filter", f"^{self._release}$"), "Nothing must be listed"),
        )

    async def look(self) -> Look:
        """Look for a hub of this name before it is claimed; Refused when there is one of somebody else."""
        if cluster_identity.claimed(self._project):
            return Look(Finding.READY, "this project's")
        if await self._is_taken():
            raise Refused(
                f"There is a hub {self._release} already in namespace {self._namespace} "
                "that this project did not make",
                "Helm's records show a release of that name there, and the namespace does not carry the "
                "label of this project.",
                still_works="That hub goes on as it is; nothing was changed.",
                next_step="Make a project with another hub name or namespace. To look after that hub, use "
                "the project folder that made it: a colleague's copy with its z2jh.yaml is enough.",
            )
        return Look(Finding.ABSENT, "free")

    async def run(self) -> Work:
        """Record which cluster it is on."""
        uid = await self._cluster.identity()
        cluster_identity.record(self._project, uid)
        yield Line(f"the hub {self._release} of this project belongs to the cluster {uid}")

    async def undo(self) -> Work:
        """Forget the cluster."""
        cluster_identity.forget(self._project)
        yield Line("this project has no hub any more")

    async def _is_taken(self) -> bool:
        namespace = await self._cluster.namespace(self._namespace)
        if namespace is None or namespace.is_of(self._project.spec):
            return False
        judged, _ = await self._helm.state()
        return judged.standing is not Standing.ABSENT


async def why_nothing_is_ours(project: Project, cluster: Cluster) -> str:
    """Return why nothing on the cluster can be this project's, empty when something can."""
    if not cluster.is_configured():
        return "there is no cluster"
    if cluster_identity.claimed(project):
        return ""
    namespace = await cluster.namespace(project.spec.namespace)
    ours = namespace is not None and namespace.is_of(project.spec)
    return "" if ours else "this project has no hub there"
