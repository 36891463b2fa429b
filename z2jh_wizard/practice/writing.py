"""Creating, replacing, patching and applying objects: decode, complete, check, note who owns what, store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from z2jh_wizard.practice import (
    admission,
    allocation,
    defaults,
    managed_fields,
    media,
    patches,
    query,
    schema,
    status,
    validation,
)
from z2jh_wizard.practice.call import Call
from z2jh_wizard.practice.objects import Object, copy_json, split_api_version
from z2jh_wizard.practice.store import renewed

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
PATCH_TYPES = (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH)


@dataclass
class Written:
    """What a write made: the object as it is now, whether it is new, and what the client should know."""

    object: Object
    created: bool = False
    warnings: list[str] = field(default_factory=list)


async def create_object(call: Call) -> web.Response:
    """Create an object from the body of a POST."""
    if call.target.name:
        raise status.method_not_allowed()
    if call.resource.namespaced and not call.target.namespace:
        raise status.method_not_allowed()
    return await _answer(call, create(call, await read_object(call)))


async def replace_object(call: Call) -> web.Response:
    """Replace an object, or one part of it, by the body of a PUT."""
    sent = await read_object(call)
    if sent["metadata"].setdefault("name", call.target.name) != call.target.name:
        raise status.bad_request(
            f"the name of the object ({sent['metadata']['name']}) does not match the name on the URL "
            f"({call.target.name})"
        )
    live = call.live()
    return await _answer(call, update(call, live, sent))


async def patch_object(call: Call) -> web.Response:
    """Change an object by the body of a PATCH, in any of the four ways; an apply may create it."""
    kind = call.request.content_type
    if kind not in PATCH_TYPES:
        raise status.unsupported_media_type(PATCH_TYPES)
    raw = await media.read_raw(call.request)
    patch = media.parse_yaml(raw) if kind == APPLY_PATCH else media.parse_json(raw)
    if kind == APPLY_PATCH:
        return await _answer(call, apply(call, _checked(call, patch)))
    if "force" in call.query:
        why = status.forbidden_value("force", "may not be specified for non-apply patch")
        raise status.invalid("PatchOptions", "meta.k8s.io", "", [why])
    live = call.live()
    return await _answer(call, update(call, live, patched(call, live, kind, patch)))


def patched(call: Call, live: Object, kind: str, patch: Any) -> Object:
    """Return what a JSON patch, merge patch or strategic merge patch makes of the object as it is served."""
    shown = call.view.shown(live)
    if kind == JSON_PATCH:
        new = patches.json_patch(shown, patch)
    elif kind == MERGE_PATCH:
        new = patches.merge_patch(shown, patch)
    else:
        new = patches.strategic_merge_patch(shown, patch, _schema(call))
    new = _checked(call, new)
    if new["metadata"].get("name") != live["metadata"]["name"]:
        raise status.bad_request("the name of an object cannot be changed")
    return new


def create(call: Call, sent: Object) -> Written:
    """Store a new object; nothing is stored in a dry run."""
    new = _prepared(call, sent)
    warnings = _complete(call, new)
    new = managed_fields.record_update(None, new, call.manager, None)
    return _insert(call, new, warnings)


def update(call: Call, live: Object, sent: Object) -> Written:
    """Store what a client sent in place of a live object; nothing is stored in a dry run."""
    _check_preconditions(call, live, sent)
    new = _part(call, live, call.view.taken(sent))
    if call.target.subresource:
        # Only a request for the whole object may drop or reset what is known of its managers.
        new["metadata"]["managedFields"] = live["metadata"].get("managedFields") or []
    warnings = _complete(call, new, live)
    new = managed_fields.record_update(live, new, call.manager, call.target.subresource or None)
    return _replace(call, live, new, warnings)


def apply(call: Call, sent: Object) -> Written:
    """Apply the fields that a manager wants, as server-side apply does; creates the object if needed."""
    manager = call.query.get("fieldManager", "")
    if not manager:
        why = status.required("fieldManager", "is required for apply patch")
        raise status.invalid("PatchOptions", "meta.k8s.io", "", [why])
    if sent["metadata"].get("managedFields"):
        raise status.bad_request("metadata.managedFields must be nil")
    force = query.flag(call.query, "force")
    subresource = call.target.subresource or None
    applied = call.view.taken(sent)
    applied["metadata"].setdefault("name", call.target.name)
    live = call.store.get(call.stored, call.target.namespace, call.target.name)
    if live is None:
        return _apply_new(call, applied, manager, force)
    _check_preconditions(call, live, sent)
    merged = managed_fields.apply(live, applied, manager, force, subresource, _schema(call))
    new = _part(call, live, merged)
    return _replace(call, live, new, _complete(call, new, live))


def _apply_new(call: Call, applied: Object, manager: str, force: bool) -> Written:
    if call.target.subresource:
        raise status.not_found(call.resource, call.target.name)
    if applied["metadata"].get("uid"):
        raise status.conflict(
            call.resource,
            call.target.name,
            f"uid mismatch: the provided object specified uid {applied['metadata']['uid']}, "
            "and no existing object was found",
        )
    merged = managed_fields.apply(None, applied, manager, force, None, _schema(call))
    new = _prepared(call, merged)
    return _insert(call, new, _complete(call, new))


async def read_object(call: Call) -> Object:
    """Read the object in a request's body, and check that it fits the path."""
    raw = await media.read_raw(call.request)
    return _checked(call, media.decode_object(raw, call.request.headers.get("Content-Type", "")))


def _checked(call: Call, sent: Any) -> Object:
    """Return a decoded object if it fits the path; ApiError 400 if it is of another kind or place."""
    resource = call.resource
    if not isinstance(sent, dict):
        raise status.bad_request("the body of the request is not an object")
    api_version = sent.setdefault("apiVersion", resource.group_version)
    kind = sent.setdefault("kind", resource.kind)
    if kind != resource.kind:
        raise status.bad_request(
            f'{kind} in version "{split_api_version(str(api_version))[1]}" cannot be handled as a '
            f"{resource.kind}: no kind {status.go_quote(str(kind))} is registered for this path"
        )
    if api_version != resource.group_version:
        raise status.bad_request(
            f"the API version in the data ({api_version}) does not match the expected API version "
            f"({resource.group_version})"
        )
    if sent.get("metadata") is None:
        sent["metadata"] = {}
    meta = sent["metadata"]
    if not isinstance(meta, dict):
        raise status.bad_request("metadata is not an object")
    if meta.get("namespace") not in (None, "", call.target.namespace):
        raise status.bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    return sent


def _prepared(call: Call, sent: Object) -> Object:
    new = call.store.prepared(call.stored, call.view.taken(sent), call.target.namespace)
    for owned_by_the_server in ("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"):
        new["metadata"].pop(owned_by_the_server, None)
    if "status" in call.stored.subresources:
        new.pop("status", None)
    return new


def _part(call: Call, live: Object, sent: Object) -> Object:
    """Return the live object with the part that this path may change taken from what was sent."""
    part: Object
    if call.target.subresource == "status":
        part = copy_json(live)
        part["status"] = sent.get("status") or {}
        for name in ("labels", "annotations", "managedFields"):
            if name in sent["metadata"]:
                part["metadata"][name] = sent["metadata"][name]
        return part
    part = copy_json(sent)
    if "status" in call.stored.subresources:
        part.pop("status", None)
        if "status" in live:
            part["status"] = copy_json(live["status"])
    return part


def _check_preconditions(call: Call, live: Object, sent: Object) -> None:
    """Refuse a write that is based on another object or an older one; ApiError 409."""
    meta, live_meta = sent["metadata"], live["metadata"]
    if meta.get("uid") not in (None, "", live_meta["uid"]):
        why = (
            f"Precondition failed: UID in precondition: {meta['uid']}, UID in object meta: {live_meta['uid']}"
        )
        raise status.conflict(call.resource, live_meta["name"], why)
    if meta.get("resourceVersion") not in (None, "", "0", live_meta["resourceVersion"]):
        raise status.conflict(call.resource, live_meta["name"])


def _complete(call: Call, new: Object, live: Object | None = None) -> list[str]:
    """Fill in what the server adds and check the result; returns warnings, ApiError 422 for a bad object."""
    resource, namespace = call.stored, call.target.namespace
    if live is not None:
        allocation.let_go(resource, new, live)
    warnings = validation.check(new, _schema(call), call.field_validation)
    defaults.fill(new)
    allocation.allocate(call.store, resource, new, live)
    if live is None:
        admission.admit(call.store, resource, new, namespace)
        defaults.fill(new)  # What admission added has defaults, too.
    else:
        validation.check_update(live, new)
    return list(warnings)


def _schema(call: Call) -> schema.Schema:
    return schema.load().find(call.resource.group, call.resource.version, call.resource.kind)


def _insert(call: Call, new: Object, warnings: list[str]) -> Written:
    name, namespace = new["metadata"]["name"], new["metadata"].get("namespace", "")
    if call.dry_run:
        if call.store.get(call.stored, namespace, name):
            raise status.already_exists(call.resource, name)
        return Written(new, True, warnings)
    return Written(call.store.insert(call.stored, new), True, warnings)


def _replace(call: Call, live: Object, new: Object, warnings: list[str]) -> Written:
    if call.dry_run:
        return Written(renewed(call.stored, live, new), False, warnings)
    return Written(call.store.replace(call.stored, live, new), False, warnings)


async def _answer(call: Call, written: Written) -> web.Response:
    if written.created and not call.dry_run:
        meta = written.object["metadata"]
        call.made.update(name=meta["name"], uid=meta["uid"])
    return await call.answer(written.object, 201 if written.created else 200, written.warnings)
