"""Reviews, which are asked by creating them and are never stored: who am I, and what may be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from z2jh_wizard.practice import media, rbac, status
from z2jh_wizard.practice.accounts import asker
from z2jh_wizard.practice.call import Call
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.writing import read_object


async def create_review(call: Call) -> web.Response:
    """Answer a review with its status filled in."""
    if call.target.name:
        raise status.method_not_allowed()
    review = await read_object(call)
    review["status"] = _REVIEWS[call.resource.kind](call, review)
    return media.json_response(review, 201)


def _own_access(call: Call, review: Object) -> Object:
    return _access(call, asker(call), review)


def _other_access(call: Call, review: Object) -> Object:
    spec = review.get("spec") or {}
    return _access(call, rbac.user(spec.get("user") or "", spec.get("groups") or []), review)


def _access(call: Call, who: rbac.User, review: Object) -> Object:
    spec: Mapping[str, Any] = review.get("spec") or {}
    attributes = spec.get("resourceAttributes")
    if attributes is None:
        return {"allowed": who.is_admin}
    why = rbac.reason(call.store, who, attributes)
    return {"allowed": True, "reason": why} if why else {"allowed": False}


def _own_rules(call: Call, review: Object) -> Object:
    who = asker(call)
    namespace = (review.get("spec") or {}).get("namespace") or ""
    paths = [{"verbs": ["*"], "nonResourceURLs": ["*"]}] if who.is_admin else []
    rules = rbac.rules_of(call.store, who, namespace)
    return {"incomplete": False, "nonResourceRules": paths, "resourceRules": rules}


def _myself(call: Call, _: Object) -> Object:
    who = asker(call)
    return {"userInfo": {"username": who.name, "groups": list(who.groups)}}


def _token(_call: Call, _: Object) -> Object:
    return {"authenticated": False, "error": "a practice cluster reviews no tokens"}


_REVIEWS: Mapping[str, Callable[[Call, Object], Object]] = {
    "SelfSubjectAccessReview": _own_access,
    "SubjectAccessReview": _other_access,
    "LocalSubjectAccessReview": _other_access,
    "SelfSubjectRulesReview": _own_rules,
    "SelfSubjectReview": _myself,
    "TokenReview": _token,
}
