"""The kinds of disks that students can have at each provider, and the StorageClass that means them.

Sources: the CSI drivers' own documentation, by driver: GKE pd.csi.storage.gke.io (parameter type), AKS
disk.csi.azure.com (skuName), EKS ebs.csi.aws.com (type). AWS has no slow kind: its disks of that sort begin
at 125 GiB. Disks are made when a student's server has a node, so that both are in one zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from z2jh_wizard.core.facts import OUR_LABEL

PRACTICE_DRIVER = "disk.csi.practice.z2jh-wizard"


class Disk(msgspec.Struct, frozen=True):
    """A kind of disk at one provider; ``kind`` is a word of ours, ``parameters`` are the driver's."""

    kind: str
    title: str
    about: str
    driver: str
    parameters: Mapping[str, str] = {}


_GKE, _AKS, _EKS = "pd.csi.storage.gke.io", "disk.csi.azure.com", "ebs.csi.aws.com"

DISKS: Mapping[str, tuple[Disk, ...]] = {
    "gke": (
        Disk("standard", "Standard", "Cheapest and slowest: hard disks.", _GKE, {"type": "pd-standard"}),
        Disk("balanced", "Balanced", "SSD at a middle price: right for most.", _GKE, {"type": "pd-balanced"}),
        Disk("ssd", "SSD", "Fastest; for many small files or data bases.", _GKE, {"type": "pd-ssd"}),
    ),
    "aks": (
        Disk("standard", "Standard", "Low-priced SSD: right for most.", _AKS, {"skuName": "StandardSSD_LRS"}),
        Disk("ssd", "SSD", "Premium SSD; the machine must take it.", _AKS, {"skuName": "Premium_LRS"}),
    ),
    "eks": (
        Disk(
            "ssd", "SSD", "gp3, encrypted; AWS has none that is slower and small.", _EKS,
            {"type": "gp3", "encrypted": "true"},
        ),
    ),
    "practice": (
        Disk("standard", "Standard", "A folder on this computer.", PRACTICE_DRIVER),
        Disk("ssd", "SSD", "The same folder, for practice.", PRACTICE_DRIVER),
    ),
}  # fmt: skip
"""By provider, the cheapest first. Of a cluster that somebody else made, its own classes are chosen from."""


def class_name(kind: str, project_id: str) -> str:
    """Return the name of the class that a project makes for a kind of disk; no other project has it."""
    return f"jupyterhub-{kind}-{project_id}"


def disk_of(name: str, provider: str, project_id: str) -> Disk | None:
    """Return the kind of disk that a class of this project means; None for a class of others."""
    known = DISKS.get(provider, ())
    return next((disk for disk in known if class_name(disk.kind, project_id) == name), None)


def manifest(disk: Disk, project_id: str) -> dict[str, Any]:
    """Return the StorageClass of a kind of disk, labelled as made by a project."""
    body: dict[str, Any] = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": class_name(disk.kind, project_id), "labels": {OUR_LABEL: project_id}},
        "provisioner": disk.driver,
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
    }
    return {**body, "parameters": dict(disk.parameters)} if disk.parameters else body
