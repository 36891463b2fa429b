"""The last look of a tear-down: what is still there, and why."""

from __future__ import annotations

from z2jh_wizard.cloud.base import ClusterProvider
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.step import Command, Finding, Look, Refusal, Resource, Step, Work
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.steps.cluster import KUBECTL
from z2jh_wizard.kube.errors import Forbidden
from z2jh_wizard.project.folder import Project


class LookForLeftovers(Step):
    """List what is left; it is listed, not removed. ``left`` is None until all of it was looked at."""

    id = "leftovers"
    title = "Look for what is left"
    why = "What is forgotten goes on costing money, so the wizard looks again and writes a receipt."
    usually = 1

    def __init__(self, project: Project, provider: ClusterProvider, cluster: Cluster) -> None:
        self.left: list[tuple[Resource, str]] | None = None
        self._project = project
        self._provider = provider
        self._cluster = cluster

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that list what may be left."""
        namespace = self._project.spec.namespace
        return (
            Command((*KUBECTL, "get", "all,pvc,secrets", "--namespace", namespace), "In the namespace"),
            Command((*KUBECTL, "get", "persistentvolumes"), "Disks of any namespace"),
        )

    async def look(self) -> Look:
        """Look everywhere that something of this hub could be."""
        left = await self._provider.leftovers()
        if self._cluster.is_configured():
            left += await self._in_cluster()
        self.left = left
        found = tuple(resource for resource, _ in left)
        text = "; ".join(f"{resource}: {reason}" for resource, reason in left)
        return Look(Finding.READY, f"left: {text}" if left else "nothing was found", found)

    def run(self) -> Work | Refusal:
        """Nothing to run: looking is all."""
        return Refusal("What is left is listed and never removed.")

    async def _in_cluster(self) -> list[tuple[Resource, str]]:
        name = self._project.spec.namespace
        left: list[tuple[Resource, str]] = []
        namespace = await self._cluster.namespace(name)
        if namespace:
            ours = namespace.is_of(self._project.spec)
            reason = "it is still being removed" if ours else "it was not made by this project"
            left.append((Resource("namespace", name, uid=namespace.uid), reason))
            left += await self._disks(name)
        return left + await self._kept_volumes(name) + await self._classes()

    async def _classes(self) -> list[tuple[Resource, str]]:
        try:
            classes = await self._cluster.storage_classes()
        except Forbidden:
            return []
        ours = [one for one in classes if one.labels.get(OUR_LABEL) == self._project.spec.project_id]
        return [
            (Resource("storage class", one.name, uid=one.uid), "disks used it; by itself it costs nothing")
            for one in ours
        ]

    async def _kept_volumes(self, namespace: str) -> list[tuple[Resource, str]]:
        try:
            volumes = await self._cluster.volumes()
        except Forbidden:
            why = "this account may not list them; where disks are kept, an administrator can say more"
            return [(Resource("volumes", f"of namespace {namespace}"), why)]
        return [
            (Resource("volume", volume.name), f"its storage class keeps disks ({volume.phase})")
            for volume in volumes
            if volume.claim_namespace == namespace and volume.phase == "Released"
        ]

    async def _disks(self, namespace: str) -> list[tuple[Resource, str]]:
        homes = {
            claim.uid for claim in await self._cluster.home_claims(namespace, self._project.spec.release)
        }
        reasons = {
            True: "it belongs to a hub that this project did not make",
            False: "it does not carry the labels of this hub's students",
        }
        return [
            (Resource("disk", claim.name, namespace, claim.uid), reasons[claim.uid in homes])
            for claim in await self._cluster.claims(namespace)
        ]
