"""What clients ask first: version, groups, resources, OpenAPI."""

from __future__ import annotations

from typing import Any

from tests.practice.conftest import Api
from z2jh_wizard.practice.discovery import AGGREGATED_TYPE
from z2jh_wizard.practice.resources import RESOURCES

DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.org"},
    "spec": {
        "group": "example.org",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "shortNames": ["wd"]},
        "versions": [
            {
                "name": name,
                "served": True,
                "storage": name == "v1",
                "schema": {
                    "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
                },
                "subresources": {"status": {}},
            }
            for name in ("v1alpha1", "v1")
        ],
    },
}
WIDGETS = "/apis/example.org/v1/namespaces/default/widgets"


async def test_the_version_says_that_it_is_practice(api: Api):
    version = (await api("GET", "/version")).body
    assert version["gitVersion"] == "v1.36.2"
    assert (version["major"], version["minor"]) == ("1", "36")
    assert "practice" in version["gitCommit"] + version["platform"]


async def test_the_old_form_lists_every_resource(api: Api):
    groups = (await api("GET", "/apis")).body["groups"]
    paths = ["/api/v1", *(f"/apis/{each['preferredVersion']['groupVersion']}" for each in groups)]
    found = set()
    for path in paths:
        listed = (await api("GET", path)).body
        found |= {(listed["groupVersion"], each["name"]) for each in listed["resources"]}
    assert {(each.group_version, each.plural) for each in RESOURCES} <= found
    assert ("v1", "pods/eviction") in found
    assert (await api("GET", "/api")).body["versions"] == ["v1"]
    assert (await api("GET", "/apis/apps")).body["name"] == "apps"
    assert (await api("GET", "/")).body["paths"]
    for path in ("/apis/example.org", "/apis/apps/v9", "/api/v9"):
        assert (await api("GET", path)).code == 404


async def test_drain_finds_its_eviction(api: Api):
    listed = (await api("GET", "/api/v1")).body["resources"]
    eviction = next(each for each in listed if each["name"] == "pods/eviction")
    assert (eviction["group"], eviction["version"], eviction["kind"]) == ("policy", "v1", "Eviction")


async def test_the_aggregated_form_says_the_same(api: Api):
    for path in ("/api", "/apis"):
        reply = await api("GET", path, accept=f"{AGGREGATED_TYPE},application/json")
        assert reply.headers["Content-Type"] == AGGREGATED_TYPE
        for group in reply.body["items"]:
            name = group["metadata"].get("name", "")
            for version in group["versions"]:
                old = await api("GET", f"/apis/{name}/{version['version']}" if name else "/api/v1")
                plain = {each["name"] for each in old.body["resources"]}
                found = set()
                for each in version["resources"]:
                    found.add(each["resource"])
                    found |= {
                        f"{each['resource']}/{sub['subresource']}" for sub in each.get("subresources", ())
                    }
                assert found == plain


async def test_helm_finds_that_the_server_validates_fields(api: Api):
    index = (await api("GET", "/openapi/v3")).body["paths"]
    for path in ("api/v1", "apis/apps/v1"):
        reply = await api("GET", index[path]["serverRelativeURL"].partition("?")[0])
        patches = [each["patch"] for each in reply.body["paths"].values() if "patch" in each]
        assert patches
        for each in patches:
            assert each["x-kubernetes-group-version-kind"]["kind"]
            assert "fieldValidation" in {one["name"] for one in each["parameters"]}
    assert (await api("GET", "/openapi/v3/apis/apps/v9")).code == 404


async def make_definition(api: Api) -> Any:
    return await api.make("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", DEFINITION)


async def test_a_custom_kind_is_served_at_once_and_goes_with_its_definition(api: Api):
    before = (await api("GET", "/openapi/v3")).body["paths"]
    made = await make_definition(api)
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.org"
    live = (await api("GET", path)).body
    assert live["metadata"]["uid"] == made["metadata"]["uid"]
    states = {each["type"]: each["status"] for each in live["status"]["conditions"]}
    assert states == {"NamesAccepted": "True", "Established": "True"}
    assert live["status"]["acceptedNames"]["listKind"] == "WidgetList"
    assert live["status"]["storedVersions"] == ["v1"]

    widget = await api.make(WIDGETS, {"metadata": {"name": "a"}, "spec": {"size": 3}, "status": {"x": 1}})
    assert "status" not in widget
    changed = await api(
        "PATCH", f"{WIDGETS}/a/status", {"status": {"x": 2}}, kind="application/merge-patch+json"
    )
    assert (changed.body["status"], changed.body["metadata"]["generation"]) == ({"x": 2}, 1)
    older = await api("GET", f"{WIDGETS}/a".replace("v1", "v1alpha1"))
    assert older.body["apiVersion"] == "example.org/v1alpha1"
    older.body["spec"] = {"size": 4}
    assert (await api("PUT", f"{WIDGETS}/a".replace("v1", "v1alpha1"), older.body)).code == 200
    assert (await api("GET", f"{WIDGETS}/a")).body["spec"] == {"size": 4}
    assert (await api("GET", f"{WIDGETS}/a")).body["apiVersion"] == "example.org/v1"
    assert (await api("GET", "/apis/example.org/v1")).body["resources"][0]["shortNames"] == ["wd"]
    assert "apis/example.org/v1" in (await api("GET", "/openapi/v3")).body["paths"]
    assert "apis/example.org/v1" not in before

    assert (await api("DELETE", path)).code == 200
    assert (await api("GET", WIDGETS)).code == 404
    assert (await api("GET", "/apis/example.org")).code == 404
    await make_definition(api)
    assert await api.names(WIDGETS) == []


async def test_a_version_that_is_not_served_any_more_is_not_found(api: Api):
    await make_definition(api)
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.org"
    live = (await api("GET", path)).body
    for version in live["spec"]["versions"]:
        version["served"] = version["name"] == "v1"
    assert (await api("PUT", path, live)).code == 200
    assert (await api("GET", WIDGETS)).code == 200
    assert (await api("GET", WIDGETS.replace("v1", "v1alpha1"))).code == 404


async def test_built_in_kinds_cannot_be_replaced(api: Api):
    spec = DEFINITION["spec"] | {"group": "apps", "names": {"plural": "deployments", "kind": "Deployment"}}  # type: ignore[operator]
    body = {"metadata": {"name": "deployments.apps"}, "spec": spec}
    await api("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body)
    await api("DELETE", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/deployments.apps")
    assert (await api("GET", "/apis/apps/v1/deployments")).code == 200


async def test_helm_before_3_14_gets_the_old_document_that_it_insists_on(api: Api):
    """The bytes were tried with Helm 3.9.4, which installs, upgrades and removes with them."""
    accept = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
    reply = await api("GET", "/openapi/v2", accept=accept)
    assert reply.headers["Content-Type"].endswith("+protobuf")
    assert reply.body.encode() == b"\x0a\x032.0\x12\x0d\x0a\x08practice\x12\x011\x42\x00"
    assert (await api("GET", "/openapi/v2")).body["swagger"] == "2.0"
