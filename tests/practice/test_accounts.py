"""Tokens of service accounts open what the roles of the account allow, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from tests.practice.conftest import Api, session_for
from z2jh_wizard.practice.accounts import Tokens

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=timezone.utc)
RBAC = "/apis/rbac.authorization.k8s.io/v1"
DEFAULT = "/api/v1/namespaces/default"


@given(st.text(), st.from_regex(r"[a-z][a-z0-9.-]{0,20}", fullmatch=True))
def test_only_what_was_signed_is_let_in(text, account):
    tokens = Tokens("owner")
    token = tokens.issue("bio101", account, NOW + timedelta(hours=1))
    known = tokens.user(token, NOW)
    assert known
    assert known.name == f"system:serviceaccount:bio101:{account}"
    assert tokens.user(token, NOW + timedelta(hours=1)) is None
    assert Tokens("another").user(token, NOW) is None
    owner = tokens.user("owner", NOW)
    assert owner
    assert owner.is_admin
    assert text == "owner" or tokens.user(text, NOW) is None
    assert tokens.user(token.replace("bio101", "kube-system"), NOW) is None


async def test_a_teacher_with_one_namespace(api: Api):
    await api.make(f"{DEFAULT}/serviceaccounts", {"metadata": {"name": "teacher"}})
    rules = [
        {"apiGroups": [""], "resources": ["pods", "secrets"], "verbs": ["*"]},
        {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"]},
    ]
    await api.make(f"{RBAC}/namespaces/default/roles", {"metadata": {"name": "teacher"}, "rules": rules})
    subject = {"kind": "ServiceAccount", "name": "teacher", "namespace": "default"}
    binding = {
        "metadata": {"name": "teacher"},
        "subjects": [subject],
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "teacher"},
    }
    await api.make(f"{RBAC}/namespaces/default/rolebindings", binding)
    asked = await api("POST", f"{DEFAULT}/serviceaccounts/teacher/token", {"spec": {}})
    async with session_for(api.info, asked.body["status"]["token"]) as session:
        teacher = Api(api.info, session)
        for path in ("/version", "/apis", f"{DEFAULT}/pods", f"{DEFAULT}/secrets", DEFAULT):
            assert (await teacher("GET", path)).code == 200, path
        await teacher.make(f"{DEFAULT}/secrets", {"metadata": {"name": "mine"}})
        assert (await teacher("DELETE", f"{DEFAULT}/secrets/mine")).code == 200
        refused = await teacher("GET", "/api/v1/namespaces/kube-system")
        assert refused.code == 403
        assert refused.body["message"] == (
            'namespaces "kube-system" is forbidden: User "system:serviceaccount:default:teacher" cannot get '
            'resource "namespaces" in API group "" in the namespace "kube-system"'
        )
        for path in ("/api/v1/nodes", "/api/v1/pods", f"{DEFAULT}/services"):
            assert (await teacher("GET", path)).code == 403, path
        assert (await teacher("GET", "/practice/status")).code == 404
        review = {"spec": {"resourceAttributes": {"verb": "list", "resource": "nodes"}}}
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        assert (await teacher.make(path, review))["status"] == {"allowed": False}
        headers = {"Impersonate-User": "practice-admin", "Impersonate-Group": "system:masters"}
        assert (await teacher("GET", "/api/v1/nodes", headers=headers)).code == 403
