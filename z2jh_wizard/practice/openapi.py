"""OpenAPI v3 documents, as far as Helm and kubectl read them: what the server validates by itself."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from z2jh_wizard.practice import status
from z2jh_wizard.practice.discovery import VERSION
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import Catalogue, Resource

_WRITE_PARAMETERS = [
    {"name": name, "in": "query", "schema": {"type": kind, "uniqueItems": True}}
    for name, kind in (
        ("dryRun", "string"),
        ("fieldManager", "string"),
        ("fieldValidation", "string"),
        ("force", "boolean"),
    )
]


def index(catalogue: Catalogue) -> Object:
    """Return where the document of each group version is; its hash changes when the document does."""
    paths = {}
    for group, versions in catalogue.group_versions().items():
        for version in versions:
            path = f"apis/{group}/{version}" if group else f"api/{version}"
            content = msgspec.json.encode(document(catalogue, group, version))
            digest = hashlib.sha256(content).hexdigest().upper()
            paths[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={digest}"}
    return {"paths": paths}


def document(catalogue: Catalogue, group: str, version: str) -> Object:
    """Return the document of one group version; ApiError 404 when it is not served."""
    resources = catalogue.group_versions().get(group, {}).get(version)
    if resources is None:
        raise status.page_not_found()
    root = f"/apis/{group}/{version}" if group else f"/api/{version}"
    paths: dict[str, Any] = {}
    for resource in resources:
        collection = f"{root}/namespaces/{{namespace}}" if resource.namespaced else root
        collection += f"/{resource.plural}"
        paths[collection] = {"post": _operation(resource, "post")}
        if "patch" in resource.verbs:
            paths[collection + "/{name}"] = {
                action: _operation(resource, action) for action in ("put", "patch")
            }
    return {
        "openapi": "3.0.0",
        "info": {"title": "z2jh-wizard practice cluster", "version": VERSION["gitVersion"]},
        "paths": paths,
    }


def _operation(resource: Resource, action: str) -> Object:
    return {
        "parameters": _WRITE_PARAMETERS,
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": {
            "group": resource.group,
            "version": resource.version,
            "kind": resource.kind,
        },
    }
