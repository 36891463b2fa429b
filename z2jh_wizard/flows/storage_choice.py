"""Which kinds of disks a hub can have: those that the wizard makes at its provider, and the cluster's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from z2jh_wizard.cloud.storage_classes import DISKS, class_name, disk_of
from z2jh_wizard.core import prices
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.prices import Price
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.flows.cloud_pages import CLOUDS
from z2jh_wizard.flows.looking import can_look, transport_of
from z2jh_wizard.flows.values_files import ValuesFiles
from z2jh_wizard.kube import survey
from z2jh_wizard.kube.errors import Forbidden
from z2jh_wizard.kube.survey import StorageClass
from z2jh_wizard.project.folder import Project
from z2jh_wizard.values.paths import Path
from z2jh_wizard.values.presets import GONE, Setting

OLD_STUDENTS = "Students who have a disk already keep it as it is; the choice is for new ones."

USUAL = 10.0
"""GiB of a student's disk where nobody says other; some clouds sell disks in sizes."""

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
    price: Price = prices.UNKNOWN
    """For a GiB and a month."""

    @property
    def cost(self) -> str:
        """Say in few words what a GiB costs a month."""
        return f"about ${self.price.usd:.2f}" if self.price.usd is not None else "not known"

    def cost_words(self, today: date) -> str:
        """Say what a GiB costs a month, and of when and where that price is."""
        if self.price.usd is None:
            return "What a GiB costs a month is not known."
        age = prices.age_words([self.price], today)
        return f"A GiB of a disk of {USUAL:.0f} GiB costs {self.cost} a month ({age})."


class Offered(msgspec.Struct, frozen=True):
    """The kinds of disks to choose from, and why the cluster's own are not among them."""

    choices: tuple[StorageChoice, ...]
    why_not_all: str = ""


def choices(spec: Spec, classes: tuple[StorageClass, ...] = ()) -> tuple[StorageChoice, ...]:
    """Return the kinds of disks, the default one first; ``classes`` are those that the cluster has."""
    default = next((one for one in classes if one.default), None)
    first = (
        f"{default.name}, by {default.provisioner}." if default else "Whatever the cluster gives by itself."
    )
    ours = (
        StorageChoice(
            class_name(disk.kind, spec.project_id),
            disk.title,
            disk.about,
            made_by_us=True,
            price=_price(spec, disk.parameters),
        )
        for disk in DISKS.get(spec.provider, ())
    )
    theirs = (
        StorageChoice(one.name, one.name, _about(one), price=_price(spec, one.parameters))
        for one in classes
        if disk_of(one.name, spec.provider, spec.project_id) is None
    )
    usual = _price(spec, default.parameters) if default else prices.UNKNOWN
    return (StorageChoice("", "The cluster's default", first, price=usual), *ours, *theirs)


async def choices_of(project: Project) -> tuple[StorageChoice, ...]:
    """Return the kinds of disks of a project; CouldNotLook when its cluster does not answer."""
    if not can_look(project):
        return choices(project.spec)
    try:
        return choices(project.spec, await survey.storage_classes(transport_of(project)))
    except Forbidden:
        return choices(project.spec)


async def offered(project: Project) -> Offered:
    """Return the kinds of disks of a project, without the cluster's own where it does not say them."""
    try:
        return Offered(await choices_of(project))
    except WizardError as error:
        return Offered(choices(project.spec), f"{error.problem.title}. {error.problem.happened}".strip())


def named_class(files: ValuesFiles) -> str:
    """Return the class that the settings name, empty for the default one."""
    value = files.subject.get(_PATHS[files.chart.family])
    return value if isinstance(value, str) else ""


def setting(files: ValuesFiles, choice: StorageChoice) -> Setting:
    """Return what a choice writes into config.yaml."""
    return Setting(_PATHS[files.chart.family], choice.storage_class or GONE)


def _about(found: StorageClass) -> str:
    kind = _kind(found.parameters)
    parts = [f"Made by {found.provisioner}", f"type {kind}" if kind else "", "grows" if found.expands else ""]
    return ", ".join(part for part in parts if part) + "."


def _kind(parameters: Mapping[str, str]) -> str:
    """Return the cloud's own word for a kind of disk; empty where the class does not say it."""
    return next((parameters[key] for key in ("type", "skuName") if key in parameters), "")


def _price(spec: Spec, parameters: Mapping[str, str]) -> Price:
    """Return the catalogue's price of a kind of disk, which Azure names without how often it is copied."""
    if spec.provider not in CLOUDS:
        return prices.UNKNOWN
    return prices.shipped(spec.provider).of("disk", _kind(parameters).removesuffix("_LRS")).of_disk(USUAL)
