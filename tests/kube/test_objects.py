"""Single objects: read, made, labelled, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kube.samples import Tree, listing, meta
from tests.kube.server import Answer, Asked, ScriptedServer, as_json, failure
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.kube import errors, objects
from z2jh_wizard.kube.objects import Place, namespace_place
from z2jh_wizard.kube.transport import KubeTransport


class Namespaces:
    """Just enough of a cluster: namespaces that can be made, changed and deleted."""

    def __init__(self) -> None:
        self.kept: dict[str, Tree] = {}

    def __call__(self, asked: Asked) -> Answer:
        name = asked.path.rpartition("/")[2]
        if asked.method == "POST":
            body = asked.json
            name = body["metadata"]["name"]
            if name in self.kept:
                return failure(409, "AlreadyExists", f'namespaces "{name}" already exists')
            self.kept[name] = body | {"metadata": body["metadata"] | {"uid": f"uid-{name}"}}
            return as_json(self.kept[name], 201)
        if name not in self.kept:
            return failure(404, "NotFound", f'namespaces "{name}" not found')
        if asked.method == "PATCH":
            labels = self.kept[name]["metadata"]["labels"] | asked.json["metadata"]["labels"]
            self.kept[name]["metadata"]["labels"] = {
                key: value for key, value in labels.items() if value is not None
            }
        if asked.method == "DELETE":
            uid = asked.json.get("preconditions", {}).get("uid")
            if uid and uid != self.kept[name]["metadata"]["uid"]:
                return failure(409, "Conflict", "the UID in the precondition does not match")
            return as_json(self.kept.pop(name))
        return as_json(self.kept[name])


@pytest.fixture
def cluster(server: ScriptedServer) -> Namespaces:
    cluster = Namespaces()
    server.script = cluster
    return cluster


async def test_the_life_of_a_namespace(
    cluster: Namespaces, transport: KubeTransport, server: ScriptedServer
) -> None:
    place = namespace_place("jhub")
    assert await objects.get(transport, place) is None
    made = await objects.create_namespace(transport, "jhub", {"z2jh-wizard": "abc", "old": "x"})
    assert made["metadata"]["uid"] == "uid-jhub"
    assert server.asked[-1].params == {"fieldManager": "z2jh-wizard"}
    with pytest.raises(errors.AlreadyExists):
        await objects.create_namespace(transport, "jhub", {})
    changed = await objects.patch_labels(transport, place, {"new": "1", "old": None})
    assert changed["metadata"]["labels"] == {"z2jh-wizard": "abc", "new": "1"}
    with pytest.raises(errors.Conflict):
        await objects.delete(transport, place, "uid-of-another")
    assert await objects.delete(transport, place, "uid-jhub")
    assert server.asked[-1].json["propagationPolicy"] == "Background"
    assert not await objects.delete(transport, place)


async def test_a_collection_is_never_deleted_whole(transport: KubeTransport, server: ScriptedServer) -> None:
    with pytest.raises(InvalidInput):
        await objects.delete(transport, Place("v1", "persistentvolumeclaims", "", "jhub"))
    with pytest.raises(InvalidInput):
        await objects.get(transport, namespace_place(""))
    assert server.asked == []


async def test_objects_are_listed_in_pages_by_label(server: ScriptedServer, transport: KubeTransport) -> None:
    items = [{"metadata": meta(f"v{number}")} for number in range(3)]

    def script(asked: Asked) -> Any:
        if "continue" in asked.params:
            return as_json(listing(items[2:]))
        return as_json(listing(items[:2], rest="go"))

    server.script = script
    found = await objects.list_objects(transport, Place("v1", "persistentvolumes"), "a=b")
    assert found == items
    assert [asked.params["labelSelector"] for asked in server.asked] == ["a=b", "a=b"]


async def test_the_homes_of_one_hub(server: ScriptedServer, transport: KubeTransport) -> None:
    server.script = lambda asked: as_json(listing([{"metadata": meta("claim-anna")}]))
    found = await objects.home_claims(transport, "jhub", "bio101")
    assert [claim.name for claim in found] == ["claim-anna"]
    assert server.asked[0].path == "/api/v1/namespaces/jhub/persistentvolumeclaims"
    assert (
        server.asked[0].params["labelSelector"]
        == "app=jupyterhub,component=singleuser-storage,release=bio101"
    )


async def test_a_pod_is_asked_to_leave(server: ScriptedServer, transport: KubeTransport) -> None:
    server.script = lambda asked: as_json({}, 201)
    assert await objects.evict(transport, "jhub", "p", "uid-p")
    assert server.asked[0].path == "/api/v1/namespaces/jhub/pods/p/eviction"
    assert server.asked[0].json["deleteOptions"] == {"preconditions": {"uid": "uid-p"}}
    server.script = lambda asked: failure(404, "NotFound")
    assert not await objects.evict(transport, "jhub", "p")
