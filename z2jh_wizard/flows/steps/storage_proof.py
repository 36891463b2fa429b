"""Proof that a cluster makes disks: one of 1 GiB is asked for, seen and removed again."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import NeedsYou, WizardError
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.step import (
    Command,
    Danger,
    Finding,
    Gone,
    Line,
    Look,
    Made,
    Resource,
    Step,
    Work,
)
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.cluster_wants import wants_disks
from z2jh_wizard.flows.steps.cluster import KUBECTL
from z2jh_wizard.flows.storage_choice import named_class
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.kube.errors import Forbidden
from z2jh_wizard.kube.objects import Place
from z2jh_wizard.kube.rows import ClaimRow
from z2jh_wizard.project.folder import Project

WAIT = 180.0
"""Seconds after which a cloud that makes disks has made one of 1 GiB; most need less than 30."""

WITHOUT_CLASS = 10.0
"""Seconds after which a disk without a class has not got the default one: there is none."""

SWEEPS = 200
"""Looks until what was removed is gone; what is left then is found by the next proof or the tear-down."""

CHECK_LABEL = "z2jh-wizard-check"
IMAGE = "registry.k8s.io/pause:3.10"
"""What the pod would run; its disk is made when it has a node, before anything is pulled."""

_TOLERATED = ("hub.jupyter.org/dedicated", "hub.jupyter.org_dedicated")


class ProveStorage(Step):
    """Ask for a disk of 1 GiB, with a pod where the class waits for one, and take both away again."""

    id = "storage.proof"
    title = "Prove that disks are made"
    why = "Where no disks are made the hub and its students wait for ever; a disk of 1 GiB shows it at once."
    usually = 15
    limit = 300
    attempts = 1
    needs = ("cluster.answers", "hub.namespace", "storage.class")
    undoable = True
    undo_title = "Remove what is left of the proof that disks are made"
    undo_danger = Danger.NONE

    def __init__(self, project: Project, cluster: Cluster, clock: Clock) -> None:
        self._project = project
        self._cluster = cluster
        self._clock = clock
        self._namespace = project.spec.namespace
        self._mine = f"{CHECK_LABEL}={project.spec.project_id}"
        self._proved = ""

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that tell whether disks are made."""
        return (
            Command(
                (*KUBECTL, "get", "storageclass"), "One must be marked (default), or named in config.yaml"
            ),
            Command((*KUBECTL, "get", "pvc", "--namespace", self._namespace), "All must get Bound"),
        )

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the command that removes what a check left."""
        return (Command((*KUBECTL, "delete", "pod,pvc", "--namespace", self._namespace, "-l", self._mine)),)

    async def look(self) -> Look:
        """Look for a disk that was made in the hub's namespace; that is proof enough."""
        files = files_of(self._project)
        if not wants_disks(files):
            return Look(Finding.READY, "the settings ask for no disk")
        if self._proved:
            return Look(Finding.READY, self._proved)
        name = named_class(files)
        claims = await self._cluster.claims(self._namespace)
        made = [one for one in claims if one.phase == "Bound" and name in ("", one.storage_class)]
        if made:
            return Look(Finding.READY, f"{len(made)} made already in this namespace")
        return Look(Finding.ABSENT, "not proved yet")

    async def run(self) -> Work:
        """Ask for a disk, wait for it, and remove it whatever happened."""
        async for gone in self.undo():
            yield gone
        name = f"z2jh-wizard-check-{secrets.token_hex(3)}"
        disk = self._place("persistentvolumeclaims", name)
        wanted = named_class(files_of(self._project))
        waits = await self._waits(wanted)
        begun = self._clock.now()
        try:
            made = await self._cluster.make(disk, self._claim(name, wanted))
            resource = Resource("disk", name, self._namespace, made["metadata"]["uid"])
            yield Made(resource)
            if waits:
                await self._cluster.make(self._place("pods", name), self._pod(name))
                yield Line("a pod asks for it, for this kind of disk is made only then")
            await self._bound(name, begun)
        finally:
            await self._sweep()
        self._proved = f"a disk of 1 GiB was there after {self._since(begun):.0f} s, and is gone again"
        yield Gone(resource)

    async def look_back(self) -> Look:
        """Look for what a check left that was killed."""
        left = await self._left()
        if not left:
            return Look(Finding.ABSENT, "nothing was left")
        return Look(
            Finding.READY, "of a check that was cut short", tuple(self._resource(one) for one in left)
        )

    async def undo(self) -> Work:
        """Remove what a check left."""
        left = await self._left()
        await self._sweep()
        for one in left:
            yield Gone(self._resource(one))

    async def _bound(self, name: str, begun: datetime) -> None:
        """Wait until the disk is there; a WizardError with the cluster's own words when it does not come."""
        while self._since(begun) < WAIT:
            claim = await self._find(name)
            if claim and claim.phase == "Bound":
                return
            if claim and claim.storage_class is None and self._since(begun) > WITHOUT_CLASS:
                raise _no_default()
            await self._clock.sleep(0.5)
        raise WizardError(
            "The cluster makes no disks",
            f"A disk of 1 GiB was not there after {WAIT:.0f} s. {await self._said(name)}",
            still_works="Nothing was installed; the check's disk was removed.",
            next_step="Show this to the cluster's administrators; with another kind of disk that works, name "
            "it in config.yaml: singleuser.storage.dynamic.storageClass.",
        )

    async def _said(self, name: str) -> str:
        events = [one for one in await self._cluster.events(self._namespace) if one.about == name]
        newest = max(events, key=lambda one: (one.type == "Warning", str(one.last)), default=None)
        return f"The cluster says: {newest.message}" if newest else "The cluster says nothing about it."

    async def _find(self, name: str) -> ClaimRow | None:
        claims = await self._cluster.claims(self._namespace, self._mine)
        return next((one for one in claims if one.name == name), None)

    async def _left(self) -> list[ClaimRow]:
        return await self._cluster.claims(self._namespace, self._mine)

    async def _sweep(self) -> None:
        """Remove all pods and disks of such checks of this project, the pods first: they hold the disks."""
        for pod in await self._cluster.pods(self._namespace, self._mine):
            await self._cluster.delete_pod(self._namespace, pod.name, pod.uid)
        for claim in await self._left():
            await self._cluster.delete_claim(self._namespace, claim.name, claim.uid)
        for _ in range(SWEEPS):
            if not await self._left():
                return
            await self._clock.sleep(0.3)

    async def _waits(self, wanted: str) -> bool:
        """Tell whether the class makes disks only for pods; NeedsYou without any class.

        An account that may not look at classes takes the pod along.
        """
        try:
            classes = await self._cluster.storage_classes()
        except Forbidden:
            return True
        chosen = [one for one in classes if (one.name == wanted if wanted else one.default)]
        if not chosen:
            raise _no_default()
        return any(one.waits for one in chosen)

    def _since(self, begun: datetime) -> float:
        return (self._clock.now() - begun).total_seconds()

    def _place(self, plural: str, name: str) -> Place:
        return Place("v1", plural, name, self._namespace)

    def _meta(self, name: str) -> dict[str, Any]:
        project_id = self._project.spec.project_id
        return {"name": name, "labels": {OUR_LABEL: project_id, CHECK_LABEL: project_id}}

    def _claim(self, name: str, wanted: str) -> dict[str, Any]:
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": self._meta(name)}
        return {**body, "spec": {**spec, **({"storageClassName": wanted} if wanted else {})}}

    def _pod(self, name: str) -> dict[str, Any]:
        """Return a pod that every policy lets in, and that runs nothing."""
        few = {"cpu": "10m", "memory": "16Mi"}
        container = {
            "name": "check",
            "image": IMAGE,
            "resources": {"requests": few, "limits": few},
            "volumeMounts": [{"name": "disk", "mountPath": "/disk"}],
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        }
        spec = {
            "automountServiceAccountToken": False,
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            "tolerations": [{"key": key, "operator": "Exists", "effect": "NoSchedule"} for key in _TOLERATED],
            "containers": [container],
            "volumes": [{"name": "disk", "persistentVolumeClaim": {"claimName": name}}],
        }
        return {"apiVersion": "v1", "kind": "Pod", "metadata": self._meta(name), "spec": spec}

    def _resource(self, claim: ClaimRow) -> Resource:
        return Resource("disk", claim.name, self._namespace, claim.uid)


def _no_default() -> NeedsYou:
    return NeedsYou(
        "The cluster has no default storage class",
        "A disk that names no class would wait for ever, for nobody is there to make it.",
        still_works="Nothing was installed, and the check left nothing behind.",
        next_step="Ask the cluster's administrators for a default StorageClass, or name one of "
        "kubectl get storageclass in config.yaml: singleuser.storage.dynamic.storageClass.",
    )
