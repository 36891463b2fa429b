"""Columns of volumes, claims and storage classes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from z2jh_wizard.practice.columns import cells
from z2jh_wizard.practice.columns.cells import NONE, UNSET
from z2jh_wizard.practice.columns.layout import Layout, columns, name_and_default, name_of, phase
from z2jh_wizard.practice.objects import Object, dig


def _volume(obj: Object, now: datetime.datetime) -> list[Any]:
    spec = obj.get("spec") or {}
    claim = spec.get("claimRef")
    return [
        name_of(obj),
        dig(spec, "capacity", "storage", default="0"),
        cells.access_modes(spec.get("accessModes")),
        spec.get("persistentVolumeReclaimPolicy", ""),
        phase(obj),
        f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "",
        spec.get("storageClassName", ""),
        spec.get("volumeAttributesClassName", UNSET),
        dig(obj, "status", "reason", default=""),
        cells.age(obj, now),
        spec.get("volumeMode", UNSET),
    ]


def _claim(obj: Object, now: datetime.datetime) -> list[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    bound = bool(spec.get("volumeName"))
    return [
        name_of(obj),
        phase(obj),
        spec.get("volumeName", ""),
        dig(status, "capacity", "storage", default="0") if bound else "",
        cells.access_modes(status.get("accessModes")) if bound else "",
        spec.get("storageClassName", ""),
        spec.get("volumeAttributesClassName", UNSET),
        cells.age(obj, now),
        spec.get("volumeMode", UNSET),
    ]


def _storage_class(obj: Object, now: datetime.datetime) -> list[Any]:
    return [
        name_and_default(obj, "storageclass.kubernetes.io/is-default-class"),
        obj.get("provisioner", ""),
        obj.get("reclaimPolicy", "Delete"),
        obj.get("volumeBindingMode", "Immediate"),
        bool(obj.get("allowVolumeExpansion")),
        cells.age(obj, now),
    ]


def _csi_driver(obj: Object, now: datetime.datetime) -> list[Any]:
    spec = obj.get("spec") or {}
    audiences = [each.get("audience", "") for each in spec.get("tokenRequests") or []]
    return [
        name_of(obj),
        bool(spec.get("attachRequired", True)),
        bool(spec.get("podInfoOnMount")),
        bool(spec.get("storageCapacity")),
        ",".join(audiences) or UNSET,
        bool(spec.get("requiresRepublish")),
        ",".join(spec.get("volumeLifecycleModes") or []) or NONE,
        cells.age(obj, now),
    ]


def _csi_node(obj: Object, now: datetime.datetime) -> list[Any]:
    return [name_of(obj), len(dig(obj, "spec", "drivers", default=[])), cells.age(obj, now)]


def _attachment(obj: Object, now: datetime.datetime) -> list[Any]:
    return [
        name_of(obj),
        dig(obj, "spec", "attacher", default=""),
        dig(obj, "spec", "source", "persistentVolumeName", default=""),
        dig(obj, "spec", "nodeName", default=""),
        bool(dig(obj, "status", "attached")),
        cells.age(obj, now),
    ]


LAYOUTS: Mapping[tuple[str, str], Layout] = {
    ("", "persistentvolumes"): Layout(
        columns(
            "Name",
            "Capacity",
            "Access Modes",
            "Reclaim Policy",
            "Status",
            "Claim",
            "StorageClass",
            "VolumeAttributesClass",
            "Reason",
            "Age",
            "+VolumeMode",
        ),
        _volume,
    ),
    ("", "persistentvolumeclaims"): Layout(
        columns(
            "Name",
            "Status",
            "Volume",
            "Capacity",
            "Access Modes",
            "StorageClass",
            "VolumeAttributesClass",
            "Age",
            "+VolumeMode",
        ),
        _claim,
    ),
    ("storage.k8s.io", "csidrivers"): Layout(
        columns(
            "Name",
            "AttachRequired:boolean",
            "PodInfoOnMount:boolean",
            "StorageCapacity:boolean",
            "TokenRequests",
            "RequiresRepublish:boolean",
            "Modes",
            "Age",
        ),
        _csi_driver,
    ),
    ("storage.k8s.io", "csinodes"): Layout(columns("Name", "Drivers:integer", "Age"), _csi_node),
    ("storage.k8s.io", "volumeattachments"): Layout(
        columns("Name", "Attacher", "PV", "Node", "Attached:boolean", "Age"), _attachment
    ),
    ("storage.k8s.io", "storageclasses"): Layout(
        columns(
            "Name",
            "Provisioner",
            "ReclaimPolicy",
            "VolumeBindingMode",
            "AllowVolumeExpansion",
            "Age",
        ),
        _storage_class,
    ),
}
