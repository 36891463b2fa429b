"""The last step of a tear-down: what is still there, and why; what somebody chose of it is deleted."""

from __future__ import annotations

from collections.abc import Collection

from z2jh_wizard.cloud.base import ClusterProvider
from z2jh_wizard.cloud.leftovers import Leftover, Scan
from z2jh_wizard.core.errors import CouldNotLook, WizardError
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.step import (
    Command,
    Danger,
    Finding,
    Line,
    Look,
    Progress,
    Refusal,
    Resource,
    Step,
    Work,
)
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.steps.cluster import KUBECTL
from z2jh_wizard.kube.errors import Forbidden
from z2jh_wizard.project.folder import Project

EVERY = "every"
"""Chosen instead of keys: every leftover that may be deleted."""


class LookForLeftovers(Step):
    """List what is left, and delete what was chosen of it by its key; without a choice nothing is deleted.

    ``scan`` is what the newest look found, None before one. Each look asks the world anew, and only what it
    finds to be ours and safe is deleted, whatever was chosen.
    """

    id = "leftovers"
    title = "Look for what is left"
    why = "What is forgotten goes on costing money, so the wizard looks again and writes a receipt."
    usually = 1

    def __init__(
        self,
        project: Project,
        provider: ClusterProvider,
        cluster: Cluster,
        chosen: Collection[str] | str = (),
    ) -> None:
        self.scan: Scan | None = None
        self._project = project
        self._provider = provider
        self._cluster = cluster
        self._chosen = chosen
        if chosen:
            self.title = "Delete what is left"
            self.danger = Danger.DELETES_DATA
            self.usually, self.limit = 60, 3600

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that list what may be left, at the cloud or on a cluster that stays."""
        return self._provider.scanning() or _in_namespace(self._project.spec.namespace)

    async def look(self) -> Look:
        """Look everywhere that something of this hub could be."""
        scan = await self._provider.scan()
        if self._cluster.is_configured():
            inside = await self._in_cluster()
            scan = Scan((*scan.left, *inside), (*scan.looked_for, *_IN_CLUSTER))
        self.scan = scan
        if doomed := self._doomed(scan):
            resources = tuple(one.resource for one in doomed)
            return Look(Finding.DRIFTED, f"to be deleted: {_names(doomed)}", resources)
        found = tuple(one.resource for one in scan.left)
        return Look(Finding.READY, f"left: {_names(scan.left)}" if found else "nothing was found", found)

    def run(self) -> Work | Refusal:
        """Delete what was chosen; without a choice looking is all."""
        return self._delete() if self._chosen else Refusal("What is left is listed, and nobody chose of it.")

    async def _delete(self) -> Work:
        """Delete one thing after the other; one that cannot be deleted does not keep the others."""
        trouble: WizardError | None = None
        doomed = self._doomed(await self._provider.scan())
        for number, one in enumerate(doomed):
            yield Progress(number, len(doomed), f"deleted; next {one.resource}")
            for command in one.by_hand:
                yield Line(f"$ {command.shell()}")
            work = one.removal.run() if one.removal else Refusal("nothing deletes it")
            if isinstance(work, Refusal):
                yield Line(f"{one.resource} stays: {work.reason}")
                continue
            try:
                async for happening in work:
                    yield happening
            except CouldNotLook:
                raise  # the others would not be reached either
            except WizardError as error:
                trouble = trouble or error
                yield Line(f"{one.resource} stays: {error.problem.title}")
        if trouble:
            raise trouble

    def _doomed(self, scan: Scan) -> tuple[Leftover, ...]:
        """Return what was chosen and may be deleted."""
        return tuple(
            one for one in scan.left if one.removal and (self._chosen == EVERY or one.key in self._chosen)
        )

    async def _in_cluster(self) -> list[Leftover]:
        name = self._project.spec.namespace
        left: list[Leftover] = []
        namespace = await self._cluster.namespace(name)
        if namespace:
            ours = namespace.is_of(self._project.spec)
            reason = "it is still being removed" if ours else "it was not made by this project"
            left.append(_kept(Resource("namespace", name, uid=namespace.uid), reason, month=0.0))
            left += await self._disks(name)
        return left + await self._kept_volumes(name) + await self._classes()

    async def _classes(self) -> list[Leftover]:
        try:
            classes = await self._cluster.storage_classes()
        except Forbidden:
            return []  # who may not list them cannot have made one
        why = "disks used it; by itself it costs nothing"
        return [
            _kept(Resource("storage class", one.name, uid=one.uid), why, month=0.0)
            for one in classes
            if one.labels.get(OUR_LABEL) == self._project.spec.project_id
        ]

    async def _kept_volumes(self, namespace: str) -> list[Leftover]:
        try:
            volumes = await self._cluster.volumes()
        except Forbidden:
            why = "this account may not list them; where disks are kept, an administrator can say more"
            return [_kept(Resource("volumes", f"of namespace {namespace}"), why, looked=False)]
        return [
            _kept(
                Resource("volume", volume.name),
                f"its storage class keeps disks ({volume.phase})",
                "delete",
                "persistentvolume",
                volume.name,
            )
            for volume in volumes
            if volume.claim_namespace == namespace and volume.phase == "Released"
        ]

    async def _disks(self, namespace: str) -> list[Leftover]:
        homes = {
            claim.uid for claim in await self._cluster.home_claims(namespace, self._project.spec.release)
        }
        reasons = {
            True: "it belongs to a hub that this project did not make",
            False: "it does not carry the labels of this hub's students",
        }
        return [
            _kept(Resource("disk", claim.name, namespace, claim.uid), reasons[claim.uid in homes])
            for claim in await self._cluster.claims(namespace)
        ]


def _in_namespace(namespace: str) -> tuple[Command, ...]:
    return (
        Command((*KUBECTL, "get", "all,pvc,secrets", "--namespace", namespace), "In the namespace"),
        Command((*KUBECTL, "get", "persistentvolumes"), "Disks of any namespace"),
    )


_IN_CLUSTER = ("the namespace", "disks in it", "storage classes")


def _kept(
    resource: Resource, why: str, *by_hand: str, month: float | None = None, looked: bool = True
) -> Leftover:
    """Return something on the cluster that is only shown."""
    commands = (Command((*KUBECTL, *by_hand)),) if by_hand else ()
    return Leftover(resource, "", "", month, False, why, commands=commands, looked=looked)


def _names(some: tuple[Leftover, ...]) -> str:
    """Name the first few things and count the others."""
    more = f" and {len(some) - 3} more" if len(some) > 3 else ""
    return "; ".join(f"{one.resource}: {one.why}" for one in some[:3]) + more
