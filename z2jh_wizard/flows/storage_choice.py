"""Which kinds of disks a hub can have: those that the wizard makes at its provider, and the cluster's own."""

from __future__ import annotations

import msgspec

from z2jh_wizard.cloud.storage_classes import DISKS, class_name, disk_of
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.values_files import ValuesFiles
from z2jh_wizard.kube.errors import Forbidden
from z2jh_wizard.kube.survey import StorageClass
from z2jh_wizard.project.folder import Project
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.presets import GONE, Setting

OLD_STUDENTS = "Students who have a disk already keep it as it is; the choice is for new ones."

_PATHS: dict[str, Path] = {
    "z2jh": ("singleuser", "storage", "dynamic", "storageClass"),
    "helmforge": ("singleuser", "storage", "storageClass"),
}


class StorageChoice(msgspec.Struct, frozen=True):
    """One kind of disk; an empty ``storage_class`` is the cluster's default one."""

    storage_class: str
    title: str
    about: str
    made_by_us: bool = False


def choices(spec: Spec, classes: tuple[StorageClass, ...] = ()) -> tuple[StorageChoice, ...]:
    """Return the kinds of disks, the default one first; ``classes`` are those that the cluster has."""
    default = next((one for one in classes if one.default), None)
    first = (
        f"{default.name}, by {default.provisioner}." if default else "Whatever the cluster gives by itself."
    )
    ours = (
        StorageChoice(class_name(disk.kind, spec.project_id), disk.title, disk.about, made_by_us=True)
        for disk in DISKS.get(spec.provider, ())
    )
    theirs = (
        StorageChoice(one.name, one.name, _about(one))
        for one in classes
        if disk_of(one.name, spec.provider, spec.project_id) is None
    )
    return (StorageChoice("", "The cluster's default", first), *ours, *theirs)


async def choices_of(project: Project) -> tuple[StorageChoice, ...]:
    """Return the kinds of disks of a project; CouldNotLook when its cluster does not answer."""
    cluster = Cluster(project)
    if not cluster.is_configured():
        return choices(project.spec)
    try:
        return choices(project.spec, await cluster.storage_classes())
    except Forbidden:
        return choices(project.spec)


def named_class(files: ValuesFiles) -> str:
    """Return the class that the settings name, empty for the default one."""
    value = files.subject.get(_PATHS[files.chart.family])
    return value if isinstance(value, str) else ""


def setting(files: ValuesFiles, choice: StorageChoice) -> Setting:
    """Return what a choice writes into config.yaml."""
    return Setting(_PATHS[files.chart.family], choice.storage_class or GONE)


def _about(found: StorageClass) -> str:
    kind = next((found.parameters[key] for key in ("type", "skuName") if key in found.parameters), "")
    parts = [f"Made by {found.provisioner}", f"type {kind}" if kind else "", "grows" if found.expands else ""]
    return ", ".join(part for part in parts if part) + "."
