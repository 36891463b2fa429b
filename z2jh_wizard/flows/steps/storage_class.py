"""The StorageClass of students' disks: the one that config.yaml names, made where it is one of ours."""

from __future__ import annotations

import yaml

from z2jh_wizard.cloud.storage_classes import DISKS, Disk, class_name, disk_of, manifest
from z2jh_wizard.core.checks import did_you_mean
from z2jh_wizard.core.errors import InvalidInput
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
from z2jh_wizard.flows.steps.cluster import KUBECTL
from z2jh_wizard.flows.storage_choice import named_class
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.kube.errors import Forbidden
from z2jh_wizard.kube.objects import Place
from z2jh_wizard.kube.survey import StorageClass
from z2jh_wizard.project.folder import Project


class MakeStorageClass(Step):
    """Make the class that config.yaml names, if it is one of this project's; look for one of others.

    Disks keep the class that they were made with, so students of before keep theirs.
    """

    id = "storage.class"
    title = "Choose the kind of disk"
    why = "A StorageClass says what kind of disk each student gets: slow and cheap, or fast."
    usually = 1
    needs = ("cluster.answers", "hub.config")
    undoable = True
    undo_title = "Delete the storage class"
    undo_danger = Danger.NONE

    def __init__(self, project: Project, cluster: Cluster) -> None:
        self._project = project
        self._cluster = cluster
        self._id = project.spec.project_id

    def commands(self) -> tuple[Command, ...]:
        """Return the command that makes the class, or lists those that are there."""
        disk = self._disk()
        if disk is None:
            return (Command((*KUBECTL, "get", "storageclass"), "The kinds of disks there are"),)
        text = yaml.safe_dump(manifest(disk, self._id), sort_keys=False)
        return (Command((*KUBECTL, "apply", "--filename", "-"), "One kind more", stdin=text),)

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the commands that look who uses it, and remove it."""
        return (
            Command((*KUBECTL, "get", "pvc", "--all-namespaces"), "Nothing listed may use it any more"),
            Command((*KUBECTL, "delete", "storageclass", "-l", f"{OUR_LABEL}={self._id}")),
        )

    async def look(self) -> Look:
        """Look for the class that config.yaml names; InvalidInput for one that nobody has made."""
        name = self._named()
        if not name:
            return Look(Finding.READY, f"students' disks are of the cluster's default kind{self._offer()}")
        try:
            classes = await self._cluster.storage_classes()
        except Forbidden:
            return Look(Finding.READY, f"{name}; this account may not look at storage classes")
        found = next((one for one in classes if one.name == name), None)
        if found is None and self._disk():
            return Look(Finding.ABSENT, f"{name} is not there yet")
        if found is None:
            known = [one.name for one in classes]
            raise InvalidInput(
                f"There is no storage class {name}{did_you_mean(name, known)}",
                f"config.yaml names it, and the cluster has: {', '.join(known) or 'none'}.",
                still_works="Nothing was changed.",
                next_step="Name one of these in config.yaml, or take the line out for the default one.",
            )
        resource = (self._resource(found),)
        detail = name + await self._others(name)
        if self._is_ours(found):
            return Look(Finding.READY, detail, resource)
        return Look(Finding.READY, f"{detail}, made by somebody else", resource, self._foreign(name))

    async def run(self) -> Work:
        """Make it."""
        disk = self._disk()
        if disk is None:
            raise InvalidInput(
                "This storage class is not the wizard's to make", f"{self._named()}: of others."
            )
        body = manifest(disk, self._id)
        made = await self._cluster.make(_place(body["metadata"]["name"]), body)
        yield Made(Resource("storage class", made["metadata"]["name"], uid=made["metadata"]["uid"]))

    async def look_back(self) -> Look:
        """Look for all classes that this project made, whatever config.yaml says by now."""
        ours = await self._ours()
        if not ours:
            return Look(Finding.ABSENT, "there is none")
        resources = tuple(map(self._resource, ours))
        in_use = await self._in_use(ours)
        return Look(Finding.READY, ", ".join(one.name for one in ours), resources, in_use)

    async def undo(self) -> Work:
        """Delete those that no disk uses."""
        for one in await self._ours():
            if why := await self._in_use((one,)):
                yield Line(f"{one.name} stays: {why}")
                continue
            await self._cluster.remove(_place(one.name), one.uid)
            yield Gone(self._resource(one))

    def _named(self) -> str:
        return named_class(files_of(self._project))

    def _disk(self) -> Disk | None:
        return disk_of(self._named(), self._project.spec.provider, self._id)

    async def _ours(self) -> tuple[StorageClass, ...]:
        """Return the classes of this project; an account that may not list any has made none."""
        try:
            return tuple(filter(self._is_ours, await self._cluster.storage_classes()))
        except Forbidden:
            return ()

    def _is_ours(self, found: StorageClass) -> bool:
        return found.labels.get(OUR_LABEL) == self._id

    async def _in_use(self, classes: tuple[StorageClass, ...]) -> str:
        """Return why classes have to stay, empty when no disk uses any of them."""
        names = {one.name for one in classes}
        try:
            using = [claim for claim in await self._cluster.all_claims() if claim.storage_class in names]
        except Forbidden:
            return "this account may not see whether a disk uses it"
        if not using:
            return ""
        where = ", ".join(sorted({claim.namespace for claim in using}))
        return f"{len(using)} disk{'' if len(using) == 1 else 's'} in {where} use it"

    def _offer(self) -> str:
        """Name the classes that config.yaml could name instead, of those that the wizard makes."""
        known = DISKS.get(self._project.spec.provider, ())
        names = " or ".join(class_name(disk.kind, self._id) for disk in known)
        return f"; config.yaml may name {names} instead" if names else ""

    async def _others(self, name: str) -> str:
        """Say how many students have a disk of another class, which they keep."""
        spec = self._project.spec
        homes = await self._cluster.home_claims(spec.namespace, spec.release)
        count = sum(home.storage_class != name for home in homes)
        return f"; {count} students of before keep their disks of another kind" if count else ""

    def _resource(self, found: StorageClass) -> Resource:
        return Resource("storage class", found.name, uid=found.uid)

    def _foreign(self, name: str) -> str:
        return f"the storage class {name} was not made by this project"


def _place(name: str) -> Place:
    return Place("storage.k8s.io/v1", "storageclasses", name)
