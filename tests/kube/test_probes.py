"""Short questions to a cluster."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kube.samples import listing, meta, node
from tests.kube.server import Answer, Asked, ScriptedServer, as_json, failure
from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.kube import errors, probes
from z2jh_wizard.kube.kubeconfig import Access
from z2jh_wizard.kube.probes import Right
from z2jh_wizard.kube.transport import KubeTransport


def paths(table: dict[str, Any]) -> Any:
    return lambda asked: table.get(asked.path, failure(404, "NotFound"))


VERSION = as_json({"gitVersion": "v1.36.2", "major": "1"})


@pytest.mark.parametrize("ready", [Answer(b"ok"), failure(403, "Forbidden"), failure(404, "NotFound")])
async def test_a_cluster_that_answers(
    server: ScriptedServer, transport: KubeTransport, ready: Answer
) -> None:
    server.script = paths({"/version": VERSION, "/readyz": ready})
    assert await probes.answers(transport) == "v1.36.2"
    assert await probes.server_version(transport) == "v1.36.2"


async def test_a_cluster_that_is_not_ready(server: ScriptedServer, transport: KubeTransport) -> None:
    server.script = paths({"/version": VERSION, "/readyz": Answer(b"[-]etcd failed", 500)})
    with pytest.raises(errors.Busy, match="etcd failed"):
        await probes.answers(transport)


async def test_a_black_hole_ends_by_our_limit(black_hole: str) -> None:
    with pytest.raises(errors.Unreachable) as caught:
        await probes.answers(KubeTransport(Access(black_hole)), limit=0.2)
    assert caught.value.problem.code == ExitCode.COULD_NOT_LOOK


async def test_an_answer_that_trickles_ends_by_our_limit(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    def trickle() -> Any:
        while not server.released.wait(0.02):
            yield b" "

    server.script = lambda asked: Answer(lines=trickle())
    with pytest.raises(errors.Unreachable, match="time limit"):
        await probes.answers(transport, limit=0.3)


async def test_rights_are_asked_all_at_once(server: ScriptedServer, transport: KubeTransport) -> None:
    def review(asked: Asked) -> Answer:
        wish = asked.json["spec"]["resourceAttributes"]
        return as_json({"status": {"allowed": wish["verb"] == "get"}}, 201)

    server.script = review
    rights = [
        Right("get", "pods/log", namespace="jhub"),
        Right("create", "clusterroles", "rbac.authorization.k8s.io"),
    ]
    missing = await probes.missing_rights(transport, rights)
    assert [str(right) for right in missing] == ["create clusterroles.rbac.authorization.k8s.io"]
    assert str(rights[0]) == "get pods/log in jhub"
    wishes = {asked.json["spec"]["resourceAttributes"]["verb"]: asked.json for asked in server.asked}
    assert wishes["get"]["spec"]["resourceAttributes"] == {
        "verb": "get", "resource": "pods", "subresource": "log", "namespace": "jhub",
    }  # fmt: skip
    assert await probes.can_i(transport, rights[0])


async def test_nodes_that_take_pods(server: ScriptedServer, transport: KubeTransport) -> None:
    nodes = [node("a"), node("b", spec={"unschedulable": True}), node("c", conditions=[])]
    server.script = paths({"/api/v1/nodes": as_json(listing(nodes))})
    assert [found.name for found in await probes.ready_nodes(transport)] == ["a"]


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ([], None),
        ([("a", {}, 1)], None),
        ([("a", {"storageclass.kubernetes.io/is-default-class": "false"}, 1)], None),
        ([("a", {}, 1), ("b", {"storageclass.kubernetes.io/is-default-class": "true"}, 1)], "b"),
        ([("a", {"storageclass.beta.kubernetes.io/is-default-class": "true"}, 1)], "a"),
        (
            [
                ("old", {"storageclass.kubernetes.io/is-default-class": "true"}, 1),
                ("new", {"storageclass.kubernetes.io/is-default-class": "true"}, 2),
            ],
            "new",
        ),
    ],
)
async def test_the_default_storage_class(
    server: ScriptedServer,
    transport: KubeTransport,
    classes: list[tuple[str, dict[str, str], int]],
    expected: str | None,
) -> None:
    items = [
        {"metadata": {"name": name, "annotations": notes, "creationTimestamp": f"2026-03-0{day}T00:00:00Z"}}
        for name, notes, day in classes
    ]
    server.script = paths({"/apis/storage.k8s.io/v1/storageclasses": as_json(listing(items))})
    assert await probes.default_storage_class(transport) == expected


async def test_tiller_is_looked_for_everywhere_or_where_we_may(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    tiller = {"metadata": meta("tiller-deploy"), "spec": {"template": {"any": "thing"}}}
    server.script = paths({"/apis/apps/v1/deployments": as_json(listing([tiller]))})
    assert await probes.tiller_deployments(transport) == [tiller]
    assert server.asked[0].params == {"labelSelector": "app=helm,name=tiller"}
    server.script = paths(
        {
            "/apis/apps/v1/deployments": failure(403, "Forbidden"),
            "/apis/apps/v1/namespaces/kube-system/deployments": as_json(listing([])),
        }
    )
    assert await probes.tiller_deployments(transport) == []
