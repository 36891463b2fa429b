"""Getting and listing objects, in pages that stay consistent while things change."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from aiohttp import web

from z2jh_wizard.practice import media, query, status
from z2jh_wizard.practice.call import Call, Selection
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import Resource
from z2jh_wizard.practice.store import Store

_Place = tuple[str, str]
"""An object's namespace and name, in whose order lists are."""


async def get_object(call: Call) -> web.Response:
    """Answer with one object."""
    check_not_newer(call)
    return await call.answer(call.live())


async def list_objects(call: Call) -> web.Response:
    """Answer with the objects that are selected, or one page of them."""
    page = _page(call, call.selection())
    if call.form.name == "Table":
        body = call.table(page.objects)
        body["metadata"] = page.metadata
        return await media.bytes_response(call.request, media.encode(body))
    if call.form.name == "PartialObjectMetadata":
        kind, api_version = "PartialObjectMetadataList", "meta.k8s.io/v1"
    else:
        kind, api_version = f"{call.resource.kind}List", call.resource.group_version
    data = media.list_bytes(kind, api_version, page.metadata, map(call.encoded, page.objects))
    return await media.bytes_response(call.request, data)


@dataclass(frozen=True)
class _Page:
    objects: list[Object]
    metadata: Object


def _page(call: Call, selection: Selection) -> _Page:
    limit = query.integer(call.query, "limit") or 0
    token = call.query.get("continue", "")
    if token:
        revision, start = _read_token(token)
    else:
        revision, start = _asked_revision(call), ("", "")
    objects = _objects_at(call.store, call.stored, selection, revision)
    remaining = [each for each in objects if _place(each) > start] if token else objects
    metadata: Object = {"resourceVersion": str(revision)}
    if limit > 0 and len(remaining) > limit:
        chosen = remaining[:limit]
        metadata["continue"] = _write_token(revision, _place(chosen[-1]))
        if not selection.narrowed:
            metadata["remainingItemCount"] = len(remaining) - limit
        return _Page(chosen, metadata)
    return _Page(remaining, metadata)


def _asked_revision(call: Call) -> int:
    """Return the revision at which a list is wanted; the newest unless an exact one is named."""
    match = call.query.get("resourceVersionMatch", "")
    text = call.query.get("resourceVersion", "")
    if match and not text:
        why = status.forbidden_value(
            "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"
        )
        raise status.invalid("ListOptions", "meta.k8s.io", "", [why])
    asked = check_not_newer(call)
    return asked if match == "Exact" and asked else call.store.revision


def check_not_newer(call: Call) -> int:
    """Return the resourceVersion asked for, 0 for none; ApiError 504 for one that is still to come."""
    text = call.query.get("resourceVersion", "")
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal()):
        raise status.bad_request(f'invalid resource version "{text}"')
    if int(text) > call.store.revision:
        error = status.timed_out(f"Too large resource version: {text}, current: {call.store.revision}", 1)
        error.details["causes"] = [
            {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
        ]
        raise error
    return int(text)


def _objects_at(store: Store, resource: Resource, selection: Selection, revision: int) -> list[Object]:
    """Return the selected objects as they were at a revision, by namespace and name.

    ApiError 410 when the changes since then are not kept any more.
    """
    objects = store.list(resource, selection.namespace or None)
    if revision < store.revision:
        then = {_place(each): each for each in objects}
        for change in reversed(list(store.history.since(revision))):
            if change.resource.key != resource.key:
                continue
            if change.previous is None:
                then.pop(_place(change.object), None)
            else:
                then[_place(change.object)] = change.previous
        objects = list(then.values())
    return sorted((each for each in objects if each in selection), key=_place)


def _place(obj: Object) -> _Place:
    meta = obj["metadata"]
    return meta.get("namespace", ""), meta["name"]


def _write_token(revision: int, last: _Place) -> str:
    content = {"v": "meta.k8s.io/v1", "rv": revision, "start": "/".join(last)}
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _read_token(token: str) -> tuple[int, _Place]:
    """Read a continue token; ApiError 400 for one that we did not write."""
    try:
        content = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        namespace, _, name = str(content["start"]).partition("/")
        return int(content["rv"]), (namespace, name)
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise status.bad_request("continue key is not valid: the token is malformed") from None
