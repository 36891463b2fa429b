"""Deleting one object or many, with the options that clients send in the body or in the query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web

from z2jh_wizard.practice import media, query, status
from z2jh_wizard.practice.call import Call
from z2jh_wizard.practice.objects import Object, dig
from z2jh_wizard.practice.resources import PODS, Resource
from z2jh_wizard.practice.store import Propagation, Store

_PROPAGATIONS = ("Background", "Foreground", "Orphan")


@dataclass(frozen=True)
class DeleteOptions:
    """How to delete, and which version of the object alone."""

    propagation: Propagation = "Background"
    grace_seconds: int | None = None
    uid: str = ""
    resource_version: str = ""

    def check(self, resource: Resource, live: Object) -> None:
        """Refuse to delete another object or version than the one meant; ApiError 409."""
        meta = live["metadata"]
        for field, meant, actual in (
            ("UID", self.uid, meta["uid"]),
            ("ResourceVersion", self.resource_version, meta["resourceVersion"]),
        ):
            if meant not in ("", actual):
                why = (
                    f"Precondition failed: {field} in precondition: {meant}, {field} in object meta: {actual}"
                )
                raise status.conflict(resource, meta["name"], why)


def read_options(parameters: Mapping[str, str], body: Object) -> DeleteOptions:
    """Read delete options from a query and a body, which wins; ApiError 422 for unknown words."""
    propagation = body.get("propagationPolicy") or parameters.get("propagationPolicy") or "Background"
    if body.get("orphanDependents") or query.flag(parameters, "orphanDependents"):
        propagation = "Orphan"
    if propagation not in _PROPAGATIONS:
        why = status.not_supported("propagationPolicy", propagation, [*_PROPAGATIONS, "nil"])
        raise status.invalid("DeleteOptions", "meta.k8s.io", "", [why])
    grace = body.get("gracePeriodSeconds")
    if grace is None:
        grace = query.integer(parameters, "gracePeriodSeconds")
    if grace is not None and not isinstance(grace, int):
        raise status.bad_request("gracePeriodSeconds is not a whole number")
    return DeleteOptions(
        cast("Propagation", propagation),
        grace,
        str(dig(body, "preconditions", "uid", default="")),
        str(dig(body, "preconditions", "resourceVersion", default="")),
    )


async def delete_object(call: Call) -> web.Response:
    """Delete one object; answers with it while it still waits for something, else with a short success."""
    body = await _read_body(call)
    options = read_options(call.query, body)
    live = call.live()
    options.check(call.resource, live)
    if _is_dry(call, body):
        return await call.answer(live)
    last = call.store.delete(call.stored, live, options.propagation, options.grace_seconds)
    if call.stored == PODS or call.store.by_uid(last["metadata"]["uid"]):
        return await call.answer(last)
    return media.json_response(status.success(_details(call.resource, last)))


async def delete_collection(call: Call) -> web.Response:
    """Delete all selected objects of a collection, and answer with them."""
    if "deletecollection" not in call.resource.verbs:
        raise status.method_not_allowed()
    body = await _read_body(call)
    options = read_options(call.query, body)
    selection = call.selection()
    chosen = [each for each in call.store.list(call.stored, selection.namespace or None) if each in selection]
    if not _is_dry(call, body):
        chosen = _delete_all(call.store, call.stored, chosen, options)
    kind = f"{call.resource.kind}List"
    metadata = {"resourceVersion": str(call.store.revision)}
    encoded = (media.encode(call.view.shown(each)) for each in chosen)
    data = media.list_bytes(kind, call.resource.group_version, metadata, encoded)
    return await media.bytes_response(call.request, data)


def _delete_all(
    store: Store, resource: Resource, objects: list[Object], options: DeleteOptions
) -> list[Object]:
    deleted = []
    for each in objects:
        # Deleting one object may have taken others with it.
        if store.by_uid(each["metadata"]["uid"]):
            deleted.append(store.delete(resource, each, options.propagation, options.grace_seconds))
    return deleted


async def _read_body(call: Call) -> Object:
    raw = await media.read_raw(call.request)
    return media.decode_object(raw, call.request.headers.get("Content-Type", "")) if raw.strip() else {}


def _is_dry(call: Call, body: Mapping[str, Any]) -> bool:
    return call.dry_run or body.get("dryRun") == ["All"]


def _details(resource: Resource, obj: Object) -> dict[str, str]:
    details = {
        "name": obj["metadata"]["name"],
        "group": resource.group,
        "kind": resource.plural,
        "uid": obj["metadata"]["uid"],
    }
    return {key: value for key, value in details.items() if value}
