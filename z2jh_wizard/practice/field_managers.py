"""The managers of an object's fields: reading and writing metadata.managedFields, and their conflicts.

Rules and texts: k8s.io/apimachinery, pkg/util/managedfields/internal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from z2jh_wizard.practice import status
from z2jh_wizard.practice.field_paths import Path, PathError, Paths, decode, encode, in_order, path_text
from z2jh_wizard.practice.go_text import go_quote
from z2jh_wizard.practice.objects import Object, dig

APPLY, UPDATE = "Apply", "Update"
UNMANAGED: Paths = frozenset(
    {
        ("f:apiVersion",),
        ("f:kind",),
        ("f:metadata",),
        *(
            ("f:metadata", f"f:{name}")
            for name in (
                "name",
                "namespace",
                "creationTimestamp",
                "selfLink",
                "uid",
                "clusterName",
                "generation",
                "managedFields",
                "resourceVersion",
            )
        ),
    }
)
"""Fields that nobody manages (pkg/util/managedfields/internal/stripmeta.go)."""


class Manager(NamedTuple):
    """Who wrote, by which kind of request; one that applies is the same one in every API version."""

    name: str
    operation: str
    api_version: str
    subresource: str

    def text(self) -> str:
        """Name the manager as conflict messages do."""
        text = go_quote(self.name)
        if self.subresource:
            text += f" with subresource {go_quote(self.subresource)}"
        return text if self.operation == APPLY else f"{text} using {self.api_version}"

    def order(self) -> str:
        """Return the text by which messages sort managers: the entry's JSON without what it manages."""
        named = {"manager": self.name, "operation": self.operation, "apiVersion": self.api_version}
        found = {key: value for key, value in (named | {"subresource": self.subresource}).items() if value}
        return json.dumps(found, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Share:
    """The fields that a manager has, the API version in which it wrote them, and when it last changed one."""

    fields: Paths
    api_version: str
    time: str | None = None

    def less(self, paths: Paths | set[Path]) -> Share:
        """Return the share without some fields."""
        return replace(self, fields=self.fields - paths)


Managers = dict[Manager, Share]


def conflict(conflicts: Mapping[Manager, Paths]) -> status.ApiError:
    """Return the error that names the fields which an apply would take from each manager."""
    ordered = {other: in_order(conflicts[other]) for other in sorted(conflicts, key=Manager.order)}
    causes = [
        status.Cause("FieldManagerConflict", path_text(path), f"conflict with {other.text()}")
        for other, paths in ordered.items()
        for path in paths
    ]
    if len(causes) == 1:
        message = f"Apply failed with 1 conflict: {causes[0].message}: {causes[0].field}"
        return status.apply_conflict(message, causes)
    lines: list[str] = []
    for other, paths in ordered.items():
        lines.append(f"conflicts with {other.text()}:")
        lines += [f"- {path_text(path)}" for path in paths]
    return status.apply_conflict(f"Apply failed with {len(causes)} conflicts: " + "\n".join(lines), causes)


def without_record(obj: Object) -> Object:
    """Return an object without managedFields, which are no fields that somebody manages."""
    metadata = {key: value for key, value in (obj.get("metadata") or {}).items() if key != "managedFields"}
    return obj | {"metadata": metadata}


def with_record(obj: Object, managers: Managers) -> Object:
    """Return an object with its managers written into managedFields."""
    entries = _entries(managers)
    metadata = obj.get("metadata") or {}
    return obj | {"metadata": metadata | ({"managedFields": entries} if entries else {})}


def _entries(managers: Managers) -> list[Object]:
    """Return managedFields: applies first, then updates, each by time, manager, version and subresource."""
    ordered = sorted(
        managers.items(),
        key=lambda item: (
            item[0].operation,
            item[1].time or "",
            item[0].name,
            item[1].api_version,
            item[0].subresource,
        ),
    )
    return [_entry(manager, share) for manager, share in ordered if share.fields]


def _entry(manager: Manager, share: Share) -> Object:
    entry = {
        "manager": manager.name,
        "operation": manager.operation,
        "apiVersion": share.api_version,
        "time": share.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": encode(share.fields),
        "subresource": manager.subresource,
    }
    return {key: value for key, value in entry.items() if value not in (None, "")}


def read_newer(old: Object, new: Object, in_subresource: bool) -> Managers:
    """Return the managers to start from: those that the request sets, else those of the live object."""
    written = dig(new, "metadata", "managedFields")
    if in_subresource or written is None:
        return read(old)
    if written in ([], [{}]):
        return {}
    return read(new) or read(old)


def read(obj: Object) -> Managers:
    """Read managedFields; none when there are none or they are broken, as the real server takes it."""
    managers: Managers = {}
    try:
        for entry in dig(obj, "metadata", "managedFields", default=[]):
            manager, share = _manager_of(entry)
            managers[manager] = share
    except (PathError, TypeError, AttributeError):
        return {}
    return managers


def _manager_of(entry: Mapping[str, Any]) -> tuple[Manager, Share]:
    operation, api_version = entry.get("operation"), entry.get("apiVersion")
    if operation not in (APPLY, UPDATE) or not api_version or entry.get("fieldsType") != "FieldsV1":
        raise PathError("not an entry of managedFields")
    version = "" if operation == APPLY else api_version
    manager = Manager(entry.get("manager", ""), operation, version, entry.get("subresource", ""))
    return manager, Share(decode(entry.get("fieldsV1") or {}), api_version, entry.get("time"))
