"""Who asks, and whether they may: the owner's token, tokens of service accounts, and their roles.

A token of a service account names it and is signed, so that it is good after a restart of the practice
cluster too. What it opens is what the roles bound to the account allow, as on a real cluster.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from z2jh_wizard.practice import rbac, status
from z2jh_wizard.practice.call import Call
from z2jh_wizard.practice.resources import CREATE_ONLY, NAMESPACES
from z2jh_wizard.practice.status import go_quote

_START = "practice-sa"
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch"}


class Tokens:
    """Makes and reads the tokens of one practice cluster, whose owner has the token ``owner``."""

    def __init__(self, owner: str) -> None:
        self._owner = owner.encode()

    def issue(self, namespace: str, account: str, end: datetime) -> str:
        """Return a token for a service account that is good until ``end``."""
        said = f"{_START}.{namespace}.{int(end.timestamp())}.{account}"
        return f"{said}.{self._signature(said)}"

    def user(self, sent: str, now: datetime) -> rbac.User | None:
        """Return whose token was sent; None for one that is wrong or out of date."""
        if hmac.compare_digest(sent.encode("utf-8", "replace"), self._owner):
            return rbac.OWNER
        said, _, signature = sent.rpartition(".")
        right = hmac.compare_digest(signature.encode("utf-8", "replace"), self._signature(said).encode())
        if not right or not said.startswith(f"{_START}."):
            return None
        _, namespace, end, account = said.split(".", 3)
        if int(end) <= now.timestamp():
            return None
        return rbac.user(f"system:serviceaccount:{namespace}:{account}", ())

    def _signature(self, said: str) -> str:
        return hmac.new(self._owner, said.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def asker(call: Call) -> rbac.User:
    """Return who asks: the owner of the token, or whom the cluster's owner wants to be (kubectl --as)."""
    headers = call.request.headers
    name = headers.get("Impersonate-User", "")
    if not name or not call.user.is_admin:
        return call.user
    return rbac.user(name, headers.getall("Impersonate-Group", []))


def check_rights(call: Call, verb: str = "") -> None:
    """Refuse what the asker's roles do not allow; ApiError 403. Reviews are for everybody."""
    who = asker(call)
    target, resource = call.target, call.resource
    if who.is_admin or resource.verbs == CREATE_ONLY:
        return
    namespace = target.name if resource.key == NAMESPACES.key else target.namespace
    attributes = {
        "verb": verb or _verb(call),
        "group": resource.group,
        "resource": resource.plural,
        "subresource": target.subresource,
        "namespace": namespace,
        "name": target.name,
    }
    if rbac.reason(call.store, who, attributes):
        return
    what = f"{resource.plural}/{target.subresource}" if target.subresource else resource.plural
    where = f"in the namespace {go_quote(namespace)}" if namespace else "at the cluster scope"
    raise status.forbidden(
        resource,
        target.name,
        f"User {go_quote(who.name)} cannot {attributes['verb']} resource {go_quote(what)} "
        f"in API group {go_quote(resource.group)} {where}",
    )


def _verb(call: Call) -> str:
    method, collection = call.request.method, call.target.is_collection
    if method == "GET":
        return "list" if collection else "get"
    if method == "DELETE":
        return "deletecollection" if collection else "delete"
    return _VERBS.get(method, method.lower())
