"""Who manages which field of an object: server-side apply, and the record that other writes leave.

Rules and texts: k8s.io/apimachinery, pkg/util/managedfields, and sigs.k8s.io/structured-merge-diff, merge.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from z2jh_wizard.practice import status
from z2jh_wizard.practice.field_managers import (
    APPLY,
    UNMANAGED,
    UPDATE,
    Manager,
    Managers,
    Share,
    conflict,
    read,
    read_newer,
    with_record,
    without_record,
)
from z2jh_wizard.practice.field_merge import merge, type_errors, without_nulls
from z2jh_wizard.practice.field_paths import NONE, Path, PathError, Paths
from z2jh_wizard.practice.field_sets import Comparison, compare, field_set, with_named_parents, without, zero
from z2jh_wizard.practice.objects import (
    Object,
    copy_json,
    dig,
    json_fault,
    same_json,
    split_api_version,
    time_text,
)
from z2jh_wizard.practice.schema import Schema
from z2jh_wizard.practice.schema import load as schemas

_BEFORE = "before-first-apply"
"""The manager of all that stood in an object before somebody applied to it."""

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def apply(  # noqa: PLR0917  # the parts of one request, in the order of its importance
    live: Object | None,
    applied: Object,
    manager: str,
    force: bool,
    subresource: str | None,
    schema: Schema,
    now: datetime.datetime | None = None,
) -> Object:
    """Return the live object, or a new one, with a server-side apply merged in and recorded in managedFields.

    The result has no defaults yet. ApiError 409 when others manage fields that would change and ``force`` is
    not set; 400 or 500, as the real server says it, when ``applied`` does not fit the schema.
    """
    _check_applied(applied, schema)
    base, subresource = without_record(live or {}), subresource or ""
    applied = _in_scope(applied, subresource, schema)
    me = Manager(manager, APPLY, "", subresource)
    managers = read(live or {})
    if live and not managers:
        _record(None, base, managers, Manager(_BEFORE, UPDATE, base["apiVersion"], ""), now)
    try:
        merged = _merged(base, applied, managers, me, schema)
        _take_over(_Change(base, merged, schema), managers, me, force)
    except PathError as error:
        raise _failed("create typed live object", applied, [str(error)]) from error
    _follow_last_applied(base, merged, applied, manager)
    if not same_json(base, merged):
        managers[me] = replace(managers[me], time=_time(now))
    return with_record(merged, managers)


def _merged(base: Object, applied: Object, managers: Managers, me: Manager, schema: Schema) -> Object:
    """Return the merged object; ``managers`` says afterwards what the applier has now."""
    last = managers.get(me)
    fields = field_set(applied, schema)
    managers[me] = Share(fields, applied["apiVersion"], last.time if last else None)
    merged = merge(base, applied, schema)
    if last and not last.fields <= fields:
        merged = _pruned(merged, last.fields, managers.values(), schema)
    managers[me] = managers[me].less(UNMANAGED)
    found: Object = without_nulls(merged)
    return found


def record_update(
    old: Object | None,
    new: Object,
    manager: str,
    subresource: str | None = None,
    now: datetime.datetime | None = None,
) -> Object:
    """Return ``new`` with managedFields that say what a create, update or patch by ``manager`` changed.

    ``new`` is the object as it will be stored, defaults and all; ``old`` is None for a new object. An object
    that has no record of its managers, such as a controller's, gets one with its first apply only.
    """
    after = without_record(new)
    managers = read_newer(old or {}, new, bool(subresource))
    if old and not managers:
        return after
    me = Manager(manager, UPDATE, str(new.get("apiVersion", "")), subresource or "")
    if subresource == "scale":
        _record_scale(old or {}, new, managers, me)
    else:
        _record(without_record(old) if old else None, after, managers, me, now)
    return with_record(after, managers)


def _record(
    before: Object | None, after: Object, managers: Managers, me: Manager, now: datetime.datetime | None
) -> None:
    schema = schemas().of(after)
    if before is None:
        before = zero(schema) | {"metadata": {}}
    try:
        changes = compare(before, after, schema)
    except PathError:
        # A list item without identity cannot be recorded; the real server then forgets all managers, too.
        managers.clear()
        return
    _ignore_other_scope(changes, me.subresource, schema)
    _lose(managers, changes)
    if taken := (changes.added | changes.modified) - UNMANAGED:
        kept = managers[me].fields if me in managers else NONE
        managers[me] = Share(kept | taken, me.api_version, _time(now))


_REPLICAS: Path = ("f:spec", "f:replicas")


def _record_scale(old: Object, new: Object, managers: Managers, me: Manager) -> None:
    """Give the replicas to who scales; none belong to nobody, as the Scale object leaves a zero out."""
    replicas = dig(new, "spec", "replicas", default=0)
    owned = any(_REPLICAS in share.fields for share in managers.values())
    if owned and replicas != dig(old, "spec", "replicas", default=0):
        _lose(managers, Comparison(modified={_REPLICAS}))
        if replicas:
            managers[me] = Share(frozenset({_REPLICAS}), me.api_version)


# What an apply may change, and what it takes away


def _check_applied(applied: Object, schema: Schema) -> None:
    if fault := json_fault(applied):
        raise status.bad_request(fault)
    if isinstance(applied.get("metadata"), dict) and applied["metadata"].get("managedFields") is not None:
        raise status.bad_request("metadata.managedFields must be nil")
    errors = list(type_errors(applied, schema))
    if errors:
        raise _failed("create typed patch object", applied, errors)


def _failed(what: str, obj: Object, errors: list[str]) -> status.ApiError:
    """Return the error for an object that does not fit; the real server gives it no reason and code 500."""
    group, version = split_api_version(str(obj.get("apiVersion", "")))
    namespace, name = (dig(obj, "metadata", key, default="") for key in ("namespace", "name"))
    kind = f"{f'{group}/{version}' if group else f'/{version}'}, Kind={obj.get('kind', '')}"
    listed = errors[0] if len(errors) == 1 else "\n  ".join(["errors:", *errors])
    return status.ApiError(500, "", f"failed to {what} ({namespace}/{name}; {kind}): {listed}")


def _in_scope(applied: Object, subresource: str, schema: Schema) -> Object:
    """Leave out what the request cannot set: the status, or with ``/status`` all else."""
    if subresource == "status":
        identity = {key: dig(applied, "metadata", key) for key in ("name", "namespace")}
        metadata = {key: value for key, value in identity.items() if value is not None}
        kept = {key: applied[key] for key in ("apiVersion", "kind", "status") if key in applied}
        return kept | {"metadata": metadata}
    if schema.has_field("status"):
        return {key: value for key, value in applied.items() if key != "status"}
    return applied


def _ignore_other_scope(changes: Comparison, subresource: str, schema: Schema) -> None:
    """Forget differences in what the request cannot set."""
    if subresource == "status":
        outside: tuple[Path, ...] = (("f:spec",), ("f:metadata", "f:labels"))
    elif schema.has_field("status"):
        outside = (("f:status",),)
    else:
        return
    for paths in (changes.added, changes.modified, changes.removed):
        paths -= {path for path in paths if any(path[: len(each)] == each for each in outside)}


def _pruned(merged: Object, last: Paths, shares: Iterable[Share], schema: Schema) -> Object:
    """Remove what the manager applied last time and not now, unless somebody manages it."""
    before = with_named_parents(last, schema)
    pruned = without(merged, before, schema) or {}
    owned = with_named_parents(frozenset().union(*(share.fields for share in shares)), schema)
    everything = with_named_parents(field_set(merged, schema), schema)
    left = with_named_parents(field_set(pruned, schema), schema)
    pruned = without(merged, everything - (left | owned), schema) or {}
    left = with_named_parents(field_set(pruned, schema), schema)
    found: Object = without(merged, (everything - left) & before, schema) or {}
    return found


@dataclass(frozen=True)
class _Change:
    """A live object and what an apply would make of it."""

    before: Object
    after: Object
    schema: Schema


def _take_over(change: _Change, managers: Managers, me: Manager, force: bool) -> None:
    """Take the changed fields from the other managers; ApiError 409 when that is not forced."""
    differences = compare(change.before, change.after, change.schema)
    changed = differences.added | differences.modified
    mine = managers.pop(me)
    taken = {other: share.fields & changed for other, share in managers.items() if share.fields & changed}
    if taken and not force:
        allowed = _applied_by_client(change.before, change.schema) if me.name == "kubectl" else NONE
        refused = {other: fields - allowed for other, fields in taken.items() if fields - allowed}
        if refused:
            raise conflict(refused)
    _lose(managers, differences)
    managers[me] = mine


def _lose(managers: Managers, changes: Comparison) -> None:
    """Take from every manager what another one changed or removed; who has nothing left is forgotten."""
    gone = changes.added | changes.modified | changes.removed
    for other, share in list(managers.items()):
        managers[other] = share.less(gone)
        if not managers[other].fields:
            del managers[other]


# kubectl's older client-side apply, whose objects kubectl apply --server-side may take over


def _applied_by_client(live: Object, schema: Schema) -> Paths:
    """Return the fields that ``kubectl apply`` without ``--server-side`` set and that are still so."""
    try:
        last = json.loads(dig(live, "metadata", "annotations", LAST_APPLIED, default=""))
        if not isinstance(last, dict) or last.get("apiVersion") != live.get("apiVersion"):
            return NONE
        changes = compare(last, live, schema)
        return field_set(last, schema) - changes.modified - changes.added - changes.removed
    except (ValueError, RecursionError):
        return NONE


def _follow_last_applied(live: Object, merged: Object, applied: Object, manager: str) -> None:
    """Keep the annotation of client-side apply true when kubectl applies on the server."""
    if manager != "kubectl" or not dig(live, "metadata", "annotations", LAST_APPLIED):
        return
    shown = copy_json(applied)
    if annotations := dig(shown, "metadata", "annotations"):
        annotations.pop(LAST_APPLIED, None)
    text = json.dumps(shown, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    metadata = merged["metadata"] = dict(merged["metadata"])
    metadata["annotations"] = {**(metadata.get("annotations") or {}), LAST_APPLIED: text}


def _time(now: datetime.datetime | None) -> str:
    return time_text(now or datetime.datetime.now(datetime.timezone.utc))
