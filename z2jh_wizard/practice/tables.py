"""Lists as tables with kubectl's own columns, which ``kubectl get`` asks the server for."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from z2jh_wizard.practice.columns import cells, cluster, network, storage, workloads
from z2jh_wizard.practice.columns.layout import Column, Layout, columns, name_of
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import Resource

_LAYOUTS: Mapping[tuple[str, str], Layout] = {
    **cluster.LAYOUTS,
    **network.LAYOUTS,
    **storage.LAYOUTS,
    **workloads.LAYOUTS,
}
_BUILT_IN = Layout(
    (Column("Name"), Column("Created At", "date")),
    lambda obj, _: [name_of(obj), obj["metadata"].get("creationTimestamp", "")],
)
_CUSTOM = Layout(columns("Name", "Age"), lambda obj, now: [name_of(obj), cells.age(obj, now)])
_BUILT_IN_GROUPS = ("", "apps", "autoscaling", "batch", "policy")


def table(
    resource: Resource, objects: Iterable[Object], include_object: str, now: datetime.datetime
) -> Object:
    """Return objects as a Table; ``include_object`` is ``Object``, ``Metadata`` or ``None``.

    A kind without columns of its own shows its name and when it was made, as the real server does.
    """
    layout = _layout(resource)
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {},
        "columnDefinitions": [column.to_json() for column in layout.columns],
        "rows": [{"cells": layout.row(obj, now), **_included(obj, include_object)} for obj in objects],
    }


def _layout(resource: Resource) -> Layout:
    if resource.plural == "events":
        return _LAYOUTS["", "events"]
    found = _LAYOUTS.get((resource.group, resource.plural))
    if found:
        return found
    group = resource.group
    built_in = group in _BUILT_IN_GROUPS or group.endswith(".k8s.io")
    return _BUILT_IN if built_in else _CUSTOM


def _included(obj: Object, include_object: str) -> Object:
    if include_object == "None":
        return {}
    if include_object == "Object":
        return {"object": obj}
    metadata = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}
    return {"object": metadata}
