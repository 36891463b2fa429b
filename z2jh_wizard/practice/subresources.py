"""The subresources that are no plain part of an object: scale, finalize, eviction, binding and token."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from z2jh_wizard.practice import managed_fields, media, patches, status
from z2jh_wizard.practice.accounts import Tokens
from z2jh_wizard.practice.call import Call
from z2jh_wizard.practice.objects import Object, copy_json, dig, time_text
from z2jh_wizard.practice.removing import read_options
from z2jh_wizard.practice.resources import POD_DISRUPTION_BUDGETS
from z2jh_wizard.practice.selectors import match_label_selector
from z2jh_wizard.practice.store import renewed
from z2jh_wizard.practice.writing import JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, read_object

SHORTEST_TOKEN_SECONDS = 600
DEFAULT_TOKEN_SECONDS = 3600

_SCALE_VERSION = "autoscaling/v1"
_SEVERAL_BUDGETS = (
    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
)
_STARTED_PHASES = ("Running", "Unknown")


# Scale


def scale_of(obj: Object) -> Object:
    """Return the Scale of a workload, which clients read and write in its place."""
    meta = obj["metadata"]
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    return {
        "kind": "Scale",
        "apiVersion": _SCALE_VERSION,
        "metadata": {name: meta[name] for name in kept if name in meta},
        "spec": {"replicas": dig(obj, "spec", "replicas", default=0)},
        "status": {
            "replicas": dig(obj, "status", "replicas", default=0),
            "selector": selector_text(dig(obj, "spec", "selector", default={})),
        },
    }


def selector_text(selector: Mapping[str, Any]) -> str:
    """Write a label selector as query parameters have it."""
    terms = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    for each in selector.get("matchExpressions") or ():
        values = f"({','.join(each.get('values') or ())})"
        form = {
            "In": f"{each['key']} in {values}",
            "NotIn": f"{each['key']} notin {values}",
            "Exists": each["key"],
            "DoesNotExist": f"!{each['key']}",
        }
        terms.append(form[each["operator"]])
    return ",".join(terms)


async def get_scale(call: Call) -> web.Response:
    """Answer with an object's Scale."""
    return media.json_response(scale_of(call.live()))


async def put_scale(call: Call) -> web.Response:
    """Set the number of replicas by a whole Scale."""
    sent = media.decode_object(
        await media.read_raw(call.request), call.request.headers.get("Content-Type", "")
    )
    return _scaled(call, call.live(), sent)


async def patch_scale(call: Call) -> web.Response:
    """Set the number of replicas by a patch of the Scale."""
    live = call.live()
    patch = media.parse_json(await media.read_raw(call.request))
    kind = call.request.content_type
    if kind == JSON_PATCH:
        return _scaled(call, live, patches.json_patch(scale_of(live), patch))
    if kind in (MERGE_PATCH, STRATEGIC_PATCH):
        return _scaled(call, live, patches.merge_patch(scale_of(live), patch))
    raise status.unsupported_media_type([JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH])


def _scaled(call: Call, live: Object, scale: Object) -> web.Response:
    name = live["metadata"]["name"]
    if dig(scale, "metadata", "resourceVersion") not in (None, "", live["metadata"]["resourceVersion"]):
        raise status.conflict(call.resource, name)
    replicas = dig(scale, "spec", "replicas", default=0)
    if not isinstance(replicas, int) or isinstance(replicas, bool) or replicas < 0:
        why = status.invalid_value("spec.replicas", replicas, "must be greater than or equal to 0")
        raise status.invalid("Scale", "autoscaling", name, [why])
    new = copy_json(live)
    new["spec"]["replicas"] = replicas
    new = managed_fields.record_update(live, new, call.manager, "scale")
    if call.dry_run:
        return media.json_response(scale_of(renewed(call.stored, live, new)))
    return media.json_response(scale_of(call.store.replace(call.stored, live, new)))


# Namespaces


async def finalize_namespace(call: Call) -> web.Response:
    """Replace what a namespace waits for before it goes."""
    sent = await read_object(call)
    live = call.live()
    new = copy_json(live)
    new["spec"] = {**(new.get("spec") or {}), "finalizers": dig(sent, "spec", "finalizers", default=[])}
    return await call.answer(call.store.replace(call.stored, live, new))


# Pods


async def evict_pod(call: Call) -> web.Response:
    """Delete a pod unless a disruption budget needs it; ApiError 429 then."""
    body = await _read(call)
    if body.get("kind", "Eviction") != "Eviction":
        raise status.bad_request(f"an eviction is expected, not a {body['kind']}")
    options = read_options(call.query, body.get("deleteOptions") or {})
    pod = call.live()
    options.check(call.resource, pod)
    budget = _budget_of(call, pod)
    if not call.dry_run:
        if budget:
            _use_budget(call, pod, budget)
        call.store.delete(call.stored, pod, options.propagation, options.grace_seconds)
    return media.json_response(status.success(), 201)


def _budget_of(call: Call, pod: Object) -> Object | None:
    """Return the budget that one disruption is taken from, None when nothing is disturbed.

    ApiError 429 when the budget allows none, 500 when several budgets claim the pod.
    """
    meta = pod["metadata"]
    if meta.get("deletionTimestamp") or dig(pod, "status", "phase") not in _STARTED_PHASES:
        return None
    labels = meta.get("labels") or {}
    budgets = [
        each
        for each in call.store.list(POD_DISRUPTION_BUDGETS, meta["namespace"])
        if match_label_selector(each["spec"].get("selector"), labels)
    ]
    if not budgets:
        return None
    if len(budgets) > 1:
        raise status.ApiError(500, "InternalError", _SEVERAL_BUDGETS)
    budget = budgets[0]
    found = budget.get("status") or {}
    name = budget["metadata"]["name"]
    if found.get("observedGeneration", 0) < budget["metadata"].get("generation", 1):
        why = f"The disruption budget {name} is still being processed by the server."
        raise _violated(why, retry_after_seconds=10)
    healthy, needed = found.get("currentHealthy", 0), found.get("desiredHealthy", 0)
    policy = budget["spec"].get("unhealthyPodEvictionPolicy")
    if not _is_ready(pod) and (policy == "AlwaysAllow" or healthy >= needed > 0):
        return None
    if found.get("disruptionsAllowed", 0) <= 0:
        why = f"The disruption budget {name} needs {needed} healthy pods and has {healthy} currently"
        raise _violated(why)
    return budget


def _violated(why: str, retry_after_seconds: int = 0) -> status.ApiError:
    message = "Cannot evict pod as it would violate the pod's disruption budget."
    cause = {"reason": "DisruptionBudget", "message": why}
    details: Object = {"causes": [cause]}
    if retry_after_seconds:
        details["retryAfterSeconds"] = retry_after_seconds
    return status.ApiError(429, "TooManyRequests", message, details)


def _is_ready(pod: Object) -> bool:
    conditions = dig(pod, "status", "conditions", default=[])
    return any(each.get("type") == "Ready" and each.get("status") == "True" for each in conditions)


def _use_budget(call: Call, pod: Object, budget: Object) -> None:
    def count_down(obj: Object) -> None:
        found = obj["status"]
        found["disruptionsAllowed"] -= 1
        found.setdefault("disruptedPods", {})[pod["metadata"]["name"]] = time_text(call.store.now())

    call.store.change(POD_DISRUPTION_BUDGETS, budget, count_down)


async def bind_pod(call: Call) -> web.Response:
    """Assign a pod to a node, as a scheduler does; ApiError 409 when it has one."""
    body = await _read(call)
    node = str(dig(body, "target", "name", default=""))
    if not node:
        raise status.invalid("Binding", "", call.target.name, [status.required("target.name")])
    pod = call.live()
    taken = dig(pod, "spec", "nodeName")
    if taken:
        why = f"pod {call.target.name} is already assigned to node {status.go_quote(taken)}"
        raise status.conflict(call.resource, call.target.name, why)

    def assign(obj: Object) -> None:
        obj["spec"]["nodeName"] = node
        conditions = obj.setdefault("status", {}).setdefault("conditions", [])
        conditions[:] = [each for each in conditions if each["type"] != "PodScheduled"]
        moment = time_text(call.store.now())
        conditions.append({"type": "PodScheduled", "status": "True", "lastTransitionTime": moment})

    if not call.dry_run:
        call.store.change(call.stored, pod, assign)
    return media.json_response(status.success(), 201)


# Service accounts


async def request_token(call: Call, tokens: Tokens) -> web.Response:
    """Answer with a token for a service account; it opens what the account's roles allow."""
    body = await _read(call)
    account = call.live()
    seconds = dig(body, "spec", "expirationSeconds", default=DEFAULT_TOKEN_SECONDS)
    if not isinstance(seconds, int) or seconds < SHORTEST_TOKEN_SECONDS:
        why = status.invalid_value(
            "spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes"
        )
        raise status.invalid("TokenRequest", "authentication.k8s.io", "", [why])
    end = call.store.now() + timedelta(seconds=seconds)
    named = {key: account["metadata"][key] for key in ("name", "namespace")}
    token = tokens.issue(named["namespace"], named["name"], end)
    answer = {
        "kind": "TokenRequest",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": named,
        "spec": {"audiences": [], **(body.get("spec") or {}), "expirationSeconds": seconds},
        "status": {"token": token, "expirationTimestamp": time_text(end)},
    }
    return media.json_response(answer, 201)


async def _read(call: Call) -> Object:
    raw = await media.read_raw(call.request)
    return media.decode_object(raw, call.request.headers.get("Content-Type", "")) if raw.strip() else {}
