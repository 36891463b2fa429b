"""OpenAPI v3 documents, as far as clients read them, and an empty one of v2.

Helm and kubectl look which requests take ``fieldValidation``, for then the server validates by itself;
``kubectl explain`` shows the fields.
"""

from __future__ import annotations

import functools
import hashlib
from typing import Any

from z2jh_wizard.practice import media, schema, status
from z2jh_wizard.practice.discovery import VERSION
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import Catalogue, Resource
from z2jh_wizard.practice.schema import Schema

FORMAT = 1
"""Counts up when these documents say more than before, so that clients fetch them anew."""

_WRITE_PARAMETERS = [
    {"name": name, "in": "query", "schema": {"type": kind, "uniqueItems": True}}
    for name, kind in (
        ("dryRun", "string"),
        ("fieldManager", "string"),
        ("fieldValidation", "string"),
        ("force", "boolean"),
    )
]

_TYPES: dict[str, Object] = {
    "string": {"type": "string"},
    "bytes": {"type": "string", "format": "byte"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "quantity": {"type": "string"},
    "int-or-string": {"oneOf": [{"type": "integer"}, {"type": "string"}], "format": "int-or-string"},
    "time": {"type": "string", "format": "date-time"},
    "any": {"type": "object"},
}


OLD_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
"""The form in which clients want the old document, as they write it when they answer with it."""

_OLD_TITLE = b"practice"
_OLD_INFO = b"\x0a%c%s\x12\x011" % (len(_OLD_TITLE), _OLD_TITLE)
OLD_DOCUMENT = b"\x0a\x032.0\x12%c%s\x42\x00" % (len(_OLD_INFO), _OLD_INFO)
"""An OpenAPI v2 document of no kinds, as protobuf: swagger "2.0", info (title, version) and empty paths.

Helm 3 up to 3.13 refuses to install anything without one, and leaves kinds unchecked that it does not list.
"""


def old_document(accept: str) -> tuple[bytes, str]:
    """Return the old document and its content type, as protobuf where that is read."""
    if "proto-openapi.spec.v2" in accept:
        return OLD_DOCUMENT, OLD_TYPE
    body = {"swagger": "2.0", "info": {"title": "practice", "version": "1"}, "paths": {}}
    return media.encode(body), "application/json"


def index(catalogue: Catalogue) -> Object:
    """Return where the document of each group version is; its hash changes when the document does."""
    paths = {}
    for group, versions in catalogue.group_versions().items():
        for version, resources in versions.items():
            path = _path(group, version)
            said = repr((FORMAT, VERSION["gitVersion"], resources))
            digest = hashlib.sha256(said.encode()).hexdigest().upper()
            paths[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={digest}"}
    return {"paths": paths}


def document(catalogue: Catalogue, group: str, version: str) -> bytes:
    """Return the encoded document of one group version; ApiError 404 when it is not served."""
    resources = catalogue.group_versions().get(group, {}).get(version)
    if resources is None:
        raise status.page_not_found()
    return _document(tuple(resources))


@functools.lru_cache(maxsize=64)
def _document(resources: tuple[Resource, ...]) -> bytes:
    root = "/" + _path(resources[0].group, resources[0].version)
    paths: dict[str, Any] = {}
    components: dict[str, Object] = {}
    for resource in resources:
        collection = f"{root}/namespaces/{{namespace}}" if resource.namespaced else root
        collection += f"/{resource.plural}"
        paths[collection] = {"post": _operation(resource, "post")}
        if "patch" in resource.verbs:
            item = {action: _operation(resource, action) for action in ("put", "patch")}
            paths[collection + "/{name}"] = item
        _add_kind(components, resource)
    body = {
        "openapi": "3.0.0",
        "info": {"title": "z2jh-wizard practice cluster", "version": VERSION["gitVersion"]},
        "paths": paths,
        "components": {"schemas": components},
    }
    return media.encode(body)


def _path(group: str, version: str) -> str:
    return f"apis/{group}/{version}" if group else f"api/{version}"


def _operation(resource: Resource, action: str) -> Object:
    return {
        "parameters": _WRITE_PARAMETERS,
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": _kind(resource),
    }


def _kind(resource: Resource) -> Object:
    return {"group": resource.group, "version": resource.version, "kind": resource.kind}


def _add_kind(components: dict[str, Object], resource: Resource) -> None:
    """Add the schema of a kind, and all that it consists of."""
    found = schema.load().find(resource.group, resource.version, resource.kind)
    name = found.name or f"{resource.group}.{resource.version}.{resource.kind}"
    if found.name:
        _add_type(components, found)
    else:
        components[name] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    components[name]["x-kubernetes-group-version-kind"] = [_kind(resource)]


def _add_type(components: dict[str, Object], found: Schema) -> None:
    if found.name in components:
        return
    component: Object = {"type": "object"}
    components[found.name] = component
    component["properties"] = {name: _described(components, field) for name, field in found.fields()}
    if found.required:
        component["required"] = list(found.required)


def _described(components: dict[str, Object], found: Schema) -> Object:
    """Return the schema of a field, and add the types that it refers to."""
    if found.type == "object":
        _add_type(components, found)
        return {"$ref": f"#/components/schemas/{found.name}"}
    if found.type == "list":
        return {"type": "array", "items": _described(components, found.items)}
    if found.type == "map":
        return {"type": "object", "additionalProperties": _described(components, found.items)}
    described = dict(_TYPES[found.type])
    if found.format:
        described["format"] = found.format
    if found.enum:
        described["enum"] = list(found.enum)
    return described
