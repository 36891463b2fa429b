"""Students' servers and disks, which outlive the release that made them."""

from __future__ import annotations

from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.step import Command, Danger, Finding, Gone, Look, Progress, Resource, Step, Work
from z2jh_wizard.core.undo import WhyGone
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.steps.cluster import KUBECTL
from z2jh_wizard.kube import objects
from z2jh_wizard.kube.rows import ClaimRow
from z2jh_wizard.project.folder import Project


class RemoveStudentDisks(Step):
    """Stop the students' servers and delete their disks, each by its own labels; here READY means gone.

    ``why_gone`` is asked first, as in a Removal.
    """

    id = "remove.student-disks"
    title = "Delete the students' servers and disks"
    why = "Uninstalling the hub keeps the students' home folders; they would go on costing money."
    danger = Danger.DELETES_DATA
    usually = 5
    needs = ("cluster.answers",)

    def __init__(self, project: Project, cluster: Cluster, clock: Clock, why_gone: WhyGone) -> None:
        self._namespace = project.spec.namespace
        self._release = project.spec.release
        self._cluster = cluster
        self._clock = clock
        self._why_gone = why_gone
        self._servers = objects.of_hub(objects.SERVERS, self._release)

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that list and delete them."""
        here = ("--namespace", self._namespace)
        disks = objects.of_hub(objects.HOMES, self._release)
        return (
            Command((*KUBECTL, "get", "pvc", *here, "-l", disks), "Whose disks these are"),
            Command((*KUBECTL, "delete", "pods", *here, "-l", self._servers), "Stop the students' servers"),
            Command((*KUBECTL, "delete", "pvc", *here, "-l", disks), "Delete the disks for good"),
        )

    async def look(self) -> Look:
        """List the disks that are there."""
        if gone := await self._why_gone():
            return Look(Finding.READY, gone)
        claims = await self._claims()
        servers = await self._cluster.pods(self._namespace, self._servers)
        if not claims and not servers:
            return Look(Finding.READY, "none")
        detail = f"{len(claims)} disks, {len(servers)} running servers"
        return Look(Finding.DRIFTED, detail, tuple(self._resource(claim) for claim in claims))

    async def run(self) -> Work:
        """Delete the servers, then the disks, and wait until all are gone."""
        for pod in await self._cluster.pods(self._namespace, self._servers):
            await self._cluster.delete_pod(self._namespace, pod.name, pod.uid)
            yield Gone(Resource("pod", pod.name, self._namespace, pod.uid))
        claims = {claim.uid: claim for claim in await self._claims()}
        for claim in claims.values():
            await self._cluster.delete_claim(self._namespace, claim.name, claim.uid)
        total = len(claims)
        while claims:
            there = {claim.uid for claim in await self._claims()}
            for uid in [uid for uid in claims if uid not in there]:
                yield Gone(self._resource(claims.pop(uid)))
            yield Progress(total - len(claims), total, "disks deleted")
            if claims:
                await self._clock.sleep(0.5)

    async def _claims(self) -> list[ClaimRow]:
        return await self._cluster.home_claims(self._namespace, self._release)

    def _resource(self, claim: ClaimRow) -> Resource:
        return Resource("disk", claim.name, self._namespace, claim.uid)
