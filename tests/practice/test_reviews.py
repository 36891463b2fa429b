"""Who may do what, as ``kubectl auth`` asks it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.practice.conftest import Api

AUTHORIZATION = "/apis/authorization.k8s.io/v1"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
HUB = "system:serviceaccount:default:hub"


async def grant(api: Api) -> None:
    """Let the hub's service account work on pods in its namespace, and read one node everywhere."""
    rules = [
        {"apiGroups": [""], "resources": ["pods", "pods/log", "*/status"], "verbs": ["get", "create"]},
        {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["mine"], "verbs": ["*"]},
    ]
    await api.make(f"{RBAC}/namespaces/default/roles", {"metadata": {"name": "hub"}, "rules": rules})
    binding = {
        "metadata": {"name": "hub"},
        "subjects": [{"kind": "ServiceAccount", "name": "hub", "namespace": "default"}],
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "hub"},
    }
    await api.make(f"{RBAC}/namespaces/default/rolebindings", binding)
    rules = [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]}]
    await api.make(f"{RBAC}/clusterroles", {"metadata": {"name": "nodes"}, "rules": rules})
    for kind, name in (("Group", "system:serviceaccounts"), ("User", "ann")):
        binding = {
            "metadata": {"name": f"nodes-{name.replace(':', '-')}"},
            "subjects": [{"kind": kind, "name": name, "apiGroup": "rbac.authorization.k8s.io"}],
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "nodes"},
        }
        await api.make(f"{RBAC}/clusterrolebindings", binding)


async def asked(api: Api, who: str, **attributes: str) -> Any:
    body = {"spec": {"user": who, "resourceAttributes": attributes}}
    return (await api.make(f"{AUTHORIZATION}/subjectaccessreviews", body))["status"]


@pytest.mark.parametrize(
    ("who", "attributes", "allowed"),
    [
        (HUB, {"namespace": "default", "verb": "create", "resource": "pods"}, True),
        (HUB, {"namespace": "default", "verb": "get", "resource": "pods", "subresource": "log"}, True),
        (HUB, {"namespace": "default", "verb": "get", "resource": "pods", "subresource": "exec"}, False),
        (HUB, {"namespace": "default", "verb": "get", "resource": "nodes", "subresource": "status"}, True),
        (HUB, {"namespace": "default", "verb": "delete", "resource": "pods"}, False),
        (HUB, {"namespace": "default", "verb": "create", "resource": "pods", "group": "apps"}, False),
        (HUB, {"namespace": "kube-system", "verb": "create", "resource": "pods"}, False),
        (HUB, {"namespace": "default", "verb": "delete", "resource": "secrets", "name": "mine"}, True),
        (HUB, {"namespace": "default", "verb": "delete", "resource": "secrets", "name": "other"}, False),
        (HUB, {"verb": "list", "resource": "nodes"}, True),
        ("ann", {"verb": "list", "resource": "nodes"}, True),
        ("ann", {"namespace": "default", "verb": "create", "resource": "pods"}, False),
        ("bob", {"verb": "list", "resource": "nodes"}, False),
    ],
)
async def test_roles_are_read(api: Api, who: str, attributes: dict[str, str], allowed: bool):
    await grant(api)
    status = await asked(api, who, **attributes)
    assert status["allowed"] is allowed
    assert ("RBAC: allowed by" in status.get("reason", "")) is allowed


async def test_a_binding_to_a_role_that_is_gone_allows_nothing(api: Api):
    await grant(api)
    await api("DELETE", f"{RBAC}/namespaces/default/roles/hub")
    assert (await asked(api, HUB, namespace="default", verb="create", resource="pods"))["allowed"] is False


async def test_the_owner_may_do_everything(api: Api):
    body = {"spec": {"resourceAttributes": {"verb": "delete", "resource": "nodes"}}}
    review = await api.make(f"{AUTHORIZATION}/selfsubjectaccessreviews", body)
    assert review["status"]["allowed"] is True
    other = await api.make(
        f"{AUTHORIZATION}/selfsubjectaccessreviews", {"spec": {"nonResourceAttributes": {}}}
    )
    assert other["status"] == {"allowed": True}
    rules = await api.make(f"{AUTHORIZATION}/selfsubjectrulesreviews", {"spec": {"namespace": "default"}})
    assert rules["status"]["resourceRules"] == [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]
    me = await api.make("/apis/authentication.k8s.io/v1/selfsubjectreviews", {})
    assert me["status"]["userInfo"]["groups"] == ["system:masters", "system:authenticated"]


async def test_the_owner_may_ask_as_somebody_else(api: Api):
    await grant(api)
    headers = {"Impersonate-User": HUB}
    body = {"spec": {"resourceAttributes": {"verb": "create", "resource": "pods", "namespace": "default"}}}
    reply = await api("POST", f"{AUTHORIZATION}/selfsubjectaccessreviews", body, headers=headers)
    assert reply.body["status"]["allowed"] is True
    rules = await api(
        "POST",
        f"{AUTHORIZATION}/selfsubjectrulesreviews",
        {"spec": {"namespace": "default"}},
        headers=headers,
    )
    assert len(rules.body["status"]["resourceRules"]) == 3
    assert rules.body["status"]["nonResourceRules"] == []


async def test_reviews_are_asked_and_never_kept(api: Api):
    token = await api.make("/apis/authentication.k8s.io/v1/tokenreviews", {"spec": {"token": "x"}})
    assert token["status"]["authenticated"] is False
    path = f"{AUTHORIZATION}/selfsubjectaccessreviews"
    assert (await api("GET", path)).code == 405
    assert (await api("POST", f"{path}/x", {})).code == 405
