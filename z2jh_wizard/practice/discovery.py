"""What clients ask first: the version, the groups, and the resources of each, in the old and the new form."""

from __future__ import annotations

from typing import Any

from z2jh_wizard.practice import status
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import Catalogue, Resource

AGGREGATED_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

VERSION = {
    "major": "1",
    "minor": "36",
    "gitVersion": "v1.36.2",
    "gitCommit": "z2jh-wizard-practice",
    "gitTreeState": "clean",
    "buildDate": "2026-06-10T00:00:00Z",
    "goVersion": "none (practice cluster)",
    "compiler": "z2jh-wizard",
    "platform": "practice/loopback",
}

_UPDATE = ("get", "patch", "update")
_SUBRESOURCES: dict[str, tuple[tuple[str, str, str] | None, tuple[str, ...]]] = {
    "status": (None, _UPDATE),
    "finalize": (None, ("update",)),
    "log": (None, ("get",)),
    "scale": (("autoscaling", "v1", "Scale"), _UPDATE),
    "exec": (("", "v1", "PodExecOptions"), ("create", "get")),
    "eviction": (("policy", "v1", "Eviction"), ("create",)),
    "binding": (("", "v1", "Binding"), ("create",)),
    "token": (("authentication.k8s.io", "v1", "TokenRequest"), ("create",)),
}
"""The kind that each subresource speaks (None: the object's own) and its verbs."""


def wants_aggregated(accept: str) -> bool:
    """Tell whether a client reads the aggregated form."""
    return any(AGGREGATED_TYPE in entry.replace(" ", "") for entry in accept.split(","))


def api_versions() -> Object:
    """Return the versions of the core group."""
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}


def groups(catalogue: Catalogue) -> Object:
    """Return all groups but the core one."""
    named = [_group(name, list(versions)) for name, versions in catalogue.group_versions().items() if name]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": named}


def group(catalogue: Catalogue, name: str) -> Object:
    """Return one group; ApiError 404 when it is not served."""
    versions = catalogue.group_versions().get(name)
    if not name or versions is None:
        raise status.page_not_found()
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, list(versions))}


def _group(name: str, versions: list[str]) -> Object:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def resource_list(catalogue: Catalogue, group: str, version: str) -> Object:
    """Return the resources of one version of a group; ApiError 404 when it is not served."""
    served = catalogue.group_versions().get(group, {}).get(version)
    if served is None:
        raise status.page_not_found()
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": served[0].group_version,
        "resources": [entry for resource in served for entry in _entries(resource)],
    }


def _entries(resource: Resource) -> list[Object]:
    main: Object = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        main["shortNames"] = list(resource.short_names)
    if resource.categories:
        main["categories"] = list(resource.categories)
    entries = [main]
    for name in resource.subresources:
        kind, verbs = _SUBRESOURCES[name]
        entry = {
            "name": f"{resource.plural}/{name}",
            "singularName": "",
            "namespaced": resource.namespaced,
            "kind": kind[2] if kind else resource.kind,
            "verbs": list(verbs),
        }
        if kind:
            entry.update(group=kind[0], version=kind[1])
        entries.append(entry)
    return entries


def aggregated(catalogue: Catalogue, *, core: bool) -> Object:
    """Return all groups (or the core one) with their resources, in one answer."""
    chosen = {name: found for name, found in catalogue.group_versions().items() if (not name) is core}
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": [_aggregated_group(name, versions) for name, versions in chosen.items()],
    }


def _aggregated_group(name: str, versions: dict[str, list[Resource]]) -> Object:
    return {
        "metadata": {"name": name, "creationTimestamp": None} if name else {"creationTimestamp": None},
        "versions": [
            {
                "version": version,
                "freshness": "Current",
                "resources": [_aggregated_resource(resource) for resource in resources],
            }
            for version, resources in versions.items()
        ],
    }


def _aggregated_resource(resource: Resource) -> Object:
    own_kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    entry: dict[str, Any] = {
        "resource": resource.plural,
        "responseKind": own_kind,
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    subresources = []
    for name in resource.subresources:
        kind, verbs = _SUBRESOURCES[name]
        spoken = {"group": kind[0], "version": kind[1], "kind": kind[2]} if kind else own_kind
        subresources.append({"subresource": name, "responseKind": spoken, "verbs": list(verbs)})
    if subresources:
        entry["subresources"] = subresources
    return entry
