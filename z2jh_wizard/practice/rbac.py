"""Who may do what: the roles bound to a user, group or service account, as the API server reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, ROLE_BINDINGS, ROLES
from z2jh_wizard.practice.status import go_quote
from z2jh_wizard.practice.store import Store

ADMIN = "practice-admin"
ADMIN_GROUPS = ("system:masters", "system:authenticated")
_SERVICE_ACCOUNT = "system:serviceaccount:"


@dataclass(frozen=True)
class User:
    """Somebody who asks: a name and groups."""

    name: str
    groups: tuple[str, ...] = ()

    @property
    def is_admin(self) -> bool:
        """Tell whether everything is allowed."""
        return "system:masters" in self.groups

    @property
    def service_account(self) -> tuple[str, str] | None:
        """Return namespace and name of the service account that the user is, or None."""
        if not self.name.startswith(_SERVICE_ACCOUNT):
            return None
        namespace, _, name = self.name.removeprefix(_SERVICE_ACCOUNT).partition(":")
        return namespace, name


OWNER = User(ADMIN, ADMIN_GROUPS)
"""The owner of the practice cluster, who may do everything."""


def user(name: str, groups: Sequence[str]) -> User:
    """Return a user with the groups that everybody of that name has."""
    account = User(name).service_account
    own = ("system:serviceaccounts", f"system:serviceaccounts:{account[0]}") if account else ()
    return User(name, (*groups, *own, "system:authenticated"))


def reason(store: Store, who: User, attributes: Mapping[str, Any]) -> str | None:
    """Return why something is allowed, None when it is not.

    ``attributes`` are the ``resourceAttributes`` of an access review.
    """
    if who.is_admin:
        return "the practice cluster's owner may do everything"
    for rule, binding in _granted(store, who, attributes.get("namespace") or ""):
        if _allows(rule, attributes):
            return f"RBAC: allowed by {binding['kind']} {go_quote(binding['metadata']['name'])}"
    return None


def rules_of(store: Store, who: User, namespace: str) -> list[Mapping[str, Any]]:
    """Return all rules that somebody has in a namespace."""
    if who.is_admin:
        return [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]
    return [rule for rule, _ in _granted(store, who, namespace)]


def _granted(store: Store, who: User, namespace: str) -> Iterator[tuple[Mapping[str, Any], Object]]:
    for binding in _bindings(store, namespace):
        if any(_is_subject(each, who, binding) for each in binding.get("subjects") or ()):
            for rule in _rules(store, binding.get("roleRef") or {}, namespace):
                yield rule, binding


def _bindings(store: Store, namespace: str) -> Iterator[Object]:
    yield from store.list(CLUSTER_ROLE_BINDINGS)
    if namespace:
        yield from store.list(ROLE_BINDINGS, namespace)


def _is_subject(subject: Mapping[str, Any], who: User, binding: Mapping[str, Any]) -> bool:
    kind, name = subject.get("kind"), subject.get("name")
    if kind == "ServiceAccount":
        home = subject.get("namespace") or binding["metadata"].get("namespace", "")
        return who.service_account == (home, name)
    return name in who.groups if kind == "Group" else kind == "User" and name == who.name


def _rules(store: Store, role: Mapping[str, Any], namespace: str) -> Sequence[Mapping[str, Any]]:
    if role.get("kind") == "ClusterRole":
        found = store.get(CLUSTER_ROLES, "", role.get("name", ""))
    else:
        found = store.get(ROLES, namespace, role.get("name", ""))
    return (found or {}).get("rules") or ()


def _allows(rule: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    resource, subresource = asked.get("resource") or "", asked.get("subresource") or ""
    wanted = {f"{resource}/{subresource}", f"*/{subresource}"} if subresource else {resource}
    names = rule.get("resourceNames") or ()
    return (
        _covers(rule.get("verbs"), {asked.get("verb") or ""})
        and _covers(rule.get("apiGroups"), {asked.get("group") or ""})
        and _covers(rule.get("resources"), wanted)
        and (not names or asked.get("name") in names)
    )


def _covers(values: Sequence[str] | None, asked: set[str]) -> bool:
    return not {"*", *asked}.isdisjoint(values or ())
