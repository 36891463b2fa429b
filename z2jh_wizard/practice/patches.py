"""The patch types of the API: JSON patch, JSON merge patch and strategic merge patch.

Patches never change their arguments; a patch that cannot be applied raises ApiError.
"""

from __future__ import annotations

import json
from typing import Any

from z2jh_wizard.practice import status
from z2jh_wizard.practice.go_text import go_print
from z2jh_wizard.practice.objects import Object, copy_json, json_fault, same_json
from z2jh_wizard.practice.schema import UNKNOWN, Schema

_MOST_OPERATIONS = 10_000
"""Operations in one JSON patch; the real server's limit."""

_MOST_COPIED = 3 * 1024 * 1024
"""Bytes of JSON that the copy operations of one patch may make; the real server's limit."""


def json_patch(obj: Object, operations: Any) -> Object:
    """Return the object with a JSON patch (RFC 6902) applied; ApiError 400, 413 or 422 when it cannot be."""
    import jsonpatch

    if fault := json_fault(operations):
        raise status.bad_request(fault)
    if not isinstance(operations, list) or not all(isinstance(each, dict) for each in operations):
        raise status.bad_request(
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"
        )
    if len(operations) > _MOST_OPERATIONS:
        message = (
            f"The allowed maximum operations in a JSON patch is {_MOST_OPERATIONS}, got {len(operations)}"
        )
        raise status.ApiError(413, "RequestEntityTooLarge", f"Request entity too large: {message}")
    try:
        patched: Any = copy_json(obj)
        copied = 0
        for operation in copy_json(operations):
            if operation.get("op") == "copy":
                copied += len(json.dumps(jsonpatch.JsonPointer(operation["from"]).resolve(patched)))
                if copied > _MOST_COPIED:
                    raise _rejected()
            patched = jsonpatch.JsonPatch([_lenient(operation, patched)]).apply(patched, in_place=True)
    except (
        jsonpatch.JsonPatchException,
        jsonpatch.JsonPointerException,
        # A path that leads through text or numbers ends in one of these inside the library.
        AttributeError,
        IndexError,
        KeyError,
        TypeError,
        ValueError,
    ) as error:
        raise _rejected() from error
    if not isinstance(patched, dict):
        raise _rejected()
    return patched


def _lenient(operation: Object, obj: Any) -> Object:
    """Let ``replace`` add a member that an object does not have yet, as the real server's library does."""
    import jsonpatch

    if operation.get("op") != "replace":
        return operation
    *above, last = jsonpatch.JsonPointer(operation["path"]).parts
    parent = jsonpatch.JsonPointer.from_parts(above).resolve(obj, None)
    missing = isinstance(parent, dict) and last not in parent
    return operation | {"op": "add"} if missing else operation


def _rejected() -> status.ApiError:
    return status.ApiError(422, "Invalid", "the server rejected our request due to an error in our request")


def merge_patch(obj: Object, patch: Any) -> Object:
    """Return the object with a JSON merge patch (RFC 7396) applied; ApiError 400 when it is no object."""
    if fault := json_fault(patch):
        raise status.bad_request(fault)
    if not isinstance(patch, dict):
        raise status.bad_request(f"error decoding patch: {_NO_OBJECT}")
    merged: Object = _merge(obj, patch)
    return merged


def _merge(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return copy_json(patch)
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge(merged.get(key), value)
    return merged


def strategic_merge_patch(obj: Object, patch: Any, schema: Schema) -> Object:
    """Return the object with a strategic merge patch applied; ApiError 400 or 500 when it is malformed.

    The schema says how each list is patched. Rules: k8s.io/apimachinery, pkg/util/strategicpatch/patch.go.
    """
    if fault := json_fault(patch):
        raise status.bad_request(fault)
    if not isinstance(patch, dict):
        raise status.bad_request(_NO_OBJECT)
    return _patch_object(obj, patch, schema)


_NO_OBJECT = "json: cannot unmarshal array into Go value of type map[string]interface {}"
_ORDER = "$setElementOrder/"
_DELETE = "$deleteFromPrimitiveList/"
_RETAIN = "$retainKeys"
_DIRECTIVE = "$patch"


def _patch_object(target: Object, patch: Object, schema: Schema) -> Object:
    directive = patch.get(_DIRECTIVE)
    if directive == "replace":
        return {key: copy_json(value) for key, value in patch.items() if key != _DIRECTIVE}
    if directive == "delete":
        return {}
    if directive is not None:
        raise _unknown(directive, patch)
    merged = _retained(target, patch)
    for name in dict.fromkeys(_field_name(key) for key in patch if key != _RETAIN):
        _patch_field(merged, name, patch, schema.field(name))
    return merged


def _field_name(key: str) -> str:
    return key.partition("/")[2] if key.startswith((_ORDER, _DELETE)) else key


def _retained(target: Object, patch: Object) -> Object:
    """Drop the fields that ``$retainKeys`` leaves out, as a change of strategy or volume type needs."""
    keep = patch.get(_RETAIN)
    if keep is None:
        return dict(target)
    if not isinstance(keep, list):
        raise _bad(f"{_RETAIN} must be a list of field names")
    return {key: value for key, value in target.items() if key in keep}


def _patch_field(merged: Object, name: str, patch: Object, schema: Schema) -> None:
    """Patch one field, with the order and deletion lists that belong to it."""
    current = merged.get(name)
    if _DELETE + name in patch and isinstance(current, list):
        gone = _list(patch[_DELETE + name], _DELETE + name)
        merged[name] = current = [item for item in current if not _among(item, gone)]
    if name in patch:
        value = patch[name]
        if value is None:
            merged.pop(name, None)
            return
        merged[name] = _patch_value(current, value, schema)
    if _ORDER + name in patch and isinstance(merged.get(name), list):
        order = _list(patch[_ORDER + name], _ORDER + name)
        before = current if isinstance(current, list) else []
        merged[name] = _reorder(merged[name], order, before, schema.patch_merge_key)


def _patch_value(current: Any, value: Any, schema: Schema) -> Any:
    if isinstance(value, dict):
        if isinstance(current, dict) and schema.patch_strategy != "replace":
            return _patch_object(current, value, schema)
        return _patch_object({}, value, UNKNOWN)
    if isinstance(value, list):
        if schema.patch_strategy == "merge":
            return _patch_list(current if isinstance(current, list) else [], value, schema)
        return _plain(value)
    return value


def _plain(value: Any) -> Any:
    """Return a new value without directives: what a patch gives where nothing was before."""
    if isinstance(value, dict):
        return _patch_object({}, value, UNKNOWN)
    if isinstance(value, list):
        return [_plain(item) for item in value if not _is_deletion(item)]
    return value


def _is_deletion(item: Any) -> bool:
    return isinstance(item, dict) and item.get(_DIRECTIVE) == "delete"


def _patch_list(current: list[Any], patch: list[Any], schema: Schema) -> list[Any]:
    key = schema.patch_merge_key
    if not key:
        added = [item for item in patch if not _among(item, current)]
        return _reorder(current + added, patch, current, "")
    merged = list(current)
    kept: list[Any] = []
    replaces = False
    for item in patch:
        directive = item.get(_DIRECTIVE) if isinstance(item, dict) else None
        if directive == "replace":
            replaces = True
        elif directive == "delete":
            gone = _identity(item, key)
            merged = [
                each for each in merged if not (isinstance(each, dict) and same_json(each.get(key), gone))
            ]
        elif directive is None:
            kept.append(item)
        else:
            raise _unknown(directive, item)
    if replaces:
        return [_plain(item) for item in kept]
    for item in kept:
        position = _position(merged, _identity(item, key), key)
        if position is None:
            merged.append(_plain(item))
        else:
            merged[position] = _patch_object(merged[position], item, schema.items)
    return _reorder(merged, kept, current, key)


def _identity(item: Any, key: str) -> Any:
    if not isinstance(item, dict) or key not in item:
        raise _bad(f"map: {go_print(item)} does not contain declared merge key: {key}")
    return item[key]


def _without(items: list[Any], identity: Any, key: str) -> list[Any]:
    return [item for item in items if not (isinstance(item, dict) and same_json(item.get(key), identity))]


def _position(items: list[Any], identity: Any, key: str) -> int | None:
    for position, item in enumerate(items):
        if isinstance(item, dict) and same_json(item.get(key), identity):
            return position
    return None


def _reorder(merged: list[Any], order: list[Any], before: list[Any], key: str) -> list[Any]:
    """Put the items that ``order`` names into its order, the others among them as they stood ``before``."""

    def identity(item: Any) -> Any:
        return item.get(key) if key and isinstance(item, dict) else item

    wanted = [identity(item) for item in order]
    earlier = [identity(item) for item in before]
    named = [item for item in merged if _among(identity(item), wanted)]
    named.sort(key=lambda item: _index(identity(item), wanted))
    others = [item for item in merged if not _among(identity(item), wanted)]
    result: list[Any] = []
    while named and others:
        other, next_named = (_index(identity(items[0]), earlier) for items in (others, named))
        first = others if 0 <= other < next_named else named
        result.append(first.pop(0))
    return result + named + others


def _index(identity: Any, identities: list[Any]) -> int:
    return next((place for place, each in enumerate(identities) if same_json(each, identity)), -1)


def _among(identity: Any, identities: list[Any]) -> bool:
    return _index(identity, identities) >= 0


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise _bad(f"{what} must be a list")
    return value


def _unknown(directive: Any, where: Object) -> status.ApiError:
    return _bad(f"unknown patch type: {go_print(directive)} in map: {go_print(where)}")


def _bad(why: str) -> status.ApiError:
    """Return the error of a patch that cannot be applied; the real server gives it code 500 and no reason."""
    return status.ApiError(500, "", why)
