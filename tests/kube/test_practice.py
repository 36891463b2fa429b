"""Against the practice cluster, with the official client and kubectl as witnesses of what is there."""

from __future__ import annotations

import asyncio
import contextlib
import re
import subprocess
import threading
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.waiting import wait_until_async
from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.kube import errors, follower, identity, kubeconfig, logs, objects, probes
from z2jh_wizard.kube.diagnose import Seen, diagnose, troubled_pods
from z2jh_wizard.kube.kinds import CLAIMS, DEPLOYMENTS, EVENTS, NODES, PODS, SERVICES
from z2jh_wizard.kube.live import LiveStore, Outcome
from z2jh_wizard.kube.objects import Place
from z2jh_wizard.kube.reading import list_rows
from z2jh_wizard.kube.rows import PodRow
from z2jh_wizard.kube.transport import KubeTransport
from z2jh_wizard.practice import client

GOOD = "quay.io/jupyterhub/k8s-hub:4.4.0"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The kubeconfig of a practice cluster for all tests here; each works in a namespace of its own."""
    folder = tmp_path_factory.mktemp("practice")
    server = asyncio.run(client.start(folder / "state", speed=0))
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(client.kubeconfig(folder / "state", server.url)))
    yield path
    asyncio.run(client.stop(folder / "state"))


@pytest.fixture
async def practice(config: Path) -> AsyncIterator[KubeTransport]:
    transport = KubeTransport(kubeconfig.load(config))
    yield transport
    transport.close()


@pytest.fixture
async def namespace(practice: KubeTransport, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A namespace that is gone after the test: faults hit the first hub that they find."""
    words: str = re.sub(r"[^a-z0-9]+", "-", request.node.originalname.removeprefix("test_"))
    name = f"{words[:50]}-{uuid.uuid4().hex[:8]}"
    place = objects.namespace_place(name)
    await objects.create_namespace(practice, name, {"z2jh-wizard": "0123456789ab"})
    yield name
    await objects.delete(practice, place)

    async def gone() -> bool:
        return await objects.get(practice, place) is None

    await wait_until_async(gone, 30)


def deployment(name: str, image: str = GOOD, replicas: int = 1, memory: str = "64Mi") -> dict[str, Any]:
    labels = {"app": "jupyterhub", "component": name, "release": "bio101"}
    container = {"name": name, "image": image, "resources": {"requests": {"memory": memory}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"component": name}},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


async def deploy(transport: KubeTransport, namespace: str, *made: dict[str, Any]) -> None:
    for one in made:
        await objects.create(transport, Place("apps/v1", "deployments", "", namespace), one)


def official(config: Path) -> Any:
    from kubernetes import config as kube_config
    from kubernetes.client import CoreV1Api

    return CoreV1Api(kube_config.new_client_from_config(str(config), persist_config=False))


async def pods_where(transport: KubeTransport, namespace: str, *words: str) -> list[PodRow]:
    """Wait until the namespace's pods have exactly these words of kubectl."""

    async def look() -> list[PodRow] | None:
        found = await list_rows(transport, PODS, namespace)
        return found if sorted(pod.status for pod in found) == sorted(words) else None

    found = await wait_until_async(look, 30)
    assert found
    return found


async def test_what_the_probes_say(practice: KubeTransport) -> None:
    version = await probes.answers(practice)
    assert version.startswith("v1.")
    assert await probes.server_version(practice) == version
    known = await identity.find(practice)
    assert await identity.find(practice, known) == known
    nodes = await probes.ready_nodes(practice)
    assert nodes
    for node in nodes:
        assert node.cpu > 0
        assert node.memory > 2**30
        assert node.pool
        assert node.machine
    assert await probes.default_storage_class(practice)
    assert await probes.tiller_deployments(practice) == []
    rights = [probes.Right("create", "namespaces"), probes.Right("get", "pods/log", namespace="jhub")]
    assert await probes.missing_rights(practice, rights) == []


async def test_a_wrong_token_is_not_let_in(config: Path, tmp_path: Path) -> None:
    tree = yaml.safe_load(config.read_text())
    tree["users"][0]["user"] = {"token": "wrong"}
    path = tmp_path / "wrong"
    path.write_text(yaml.safe_dump(tree))
    with pytest.raises(errors.Unauthorized):
        await probes.answers(KubeTransport(kubeconfig.load(path)))


async def test_a_namespace_is_made_labelled_and_deleted(practice: KubeTransport, namespace: str) -> None:
    place = objects.namespace_place(namespace)
    with pytest.raises(errors.AlreadyExists):
        await objects.create_namespace(practice, namespace, {})
    await objects.patch_labels(practice, place, {"course": "bio101", "z2jh-wizard": None})
    tree = await objects.get(practice, place)
    assert tree
    assert tree["metadata"]["labels"]["course"] == "bio101"
    assert "z2jh-wizard" not in tree["metadata"]["labels"]
    with pytest.raises(errors.Conflict):
        await objects.delete(practice, place, "00000000-0000-4000-8000-000000000000")
    assert await objects.delete(practice, place, tree["metadata"]["uid"])

    async def gone() -> bool:
        return await objects.get(practice, place) is None

    await wait_until_async(gone)
    assert not await objects.delete(practice, place)


async def test_rows_agree_with_the_official_client(
    practice: KubeTransport, namespace: str, config: Path
) -> None:
    await deploy(practice, namespace, deployment("hub"), deployment("proxy", replicas=3))
    rows = await pods_where(practice, namespace, *["Running"] * 4)
    listed = (await asyncio.to_thread(official(config).list_namespaced_pod, namespace)).items
    ours = {(r.name, r.uid, r.phase, r.node, r.created, r.component, r.restarts, r.ready) for r in rows}
    theirs = {
        (
            pod.metadata.name,
            pod.metadata.uid,
            pod.status.phase,
            pod.spec.node_name,
            pod.metadata.creation_timestamp,
            pod.metadata.labels["component"],
            sum(status.restart_count for status in pod.status.container_statuses),
            sum(status.ready for status in pod.status.container_statuses),
        )
        for pod in listed
    }
    assert ours == theirs
    some = await list_rows(practice, PODS, namespace, labels="component in (proxy)")
    assert len(some) == 3
    assert [row.is_done for row in await list_rows(practice, DEPLOYMENTS, namespace)] == [True, True]
    nodes = (await asyncio.to_thread(official(config).list_node)).items
    assert {row.name for row in await list_rows(practice, NODES)} == {node.metadata.name for node in nodes}


async def test_the_live_store_agrees_with_the_official_watch(
    practice: KubeTransport, namespace: str, config: Path
) -> None:
    from kubernetes.watch import Watch
    from urllib3.exceptions import ProtocolError

    witness: dict[str, str] = {}
    watcher = Watch()

    def watch() -> None:
        # The official client finds it an error that the server ends at the end of the tests.
        with contextlib.suppress(ProtocolError):
            for event in watcher.stream(official(config).list_namespaced_pod, namespace, timeout_seconds=60):
                pod = event["object"]
                if event["type"] == "DELETED":
                    witness.pop(pod.metadata.name, None)
                else:
                    witness[pod.metadata.name] = pod.status.phase

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    store = LiveStore(practice.blocking, namespace)
    store.start()
    try:
        await wait_until_async(lambda: store.pane(PODS).outcome == Outcome.DATA)
        await deploy(practice, namespace, deployment("hub"), deployment("users", replicas=5))

        def ours() -> dict[str, str]:
            return {row.name: row.phase for row in store.pane(PODS).rows.values()}

        await wait_until_async(lambda: len(ours()) == 6 and set(ours().values()) == {"Running"}, 30)
        await wait_until_async(lambda: witness == ours(), 30)
        place = Place("apps/v1", "deployments", "users", namespace)
        await objects.patch(practice, place, {"spec": {"replicas": 2}})
        await wait_until_async(lambda: len(ours()) == 3, 30)
        await wait_until_async(lambda: witness == ours(), 30)
        assert {store.pane(kind).outcome for kind in (EVENTS, NODES, CLAIMS, SERVICES)} == {Outcome.DATA}
        assert store.pane(NODES).rows
        assert any(event.reason == "Scheduled" for event in store.pane(EVENTS).rows.values())
    finally:
        watcher.stop()
        await store.stop()


@pytest.mark.helm
async def test_words_agree_with_kubectl(
    practice: KubeTransport, namespace: str, config: Path, kubectl_binary: Path, tmp_path: Path
) -> None:
    await deploy(practice, namespace, deployment("good"), deployment("huge", memory="900Gi"))
    await deploy(practice, namespace, deployment("bad", "Not A Name"))

    async def settled() -> bool:
        words = {pod.component: pod.status for pod in await list_rows(practice, PODS, namespace)}
        return (
            words.get("good") == "Running"
            and words.get("huge") == "Pending"
            and words.get("bad") == "InvalidImageName"
        )

    await wait_until_async(settled, 30)

    def seen_by_kubectl() -> set[tuple[str, ...]]:
        argv = [str(kubectl_binary), "--kubeconfig", str(config), "--cache-dir", str(tmp_path)]
        argv += ["--namespace", namespace, "get", "pods", "--no-headers"]
        printed = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
        return {tuple(line.split()[:3]) for line in printed.splitlines()}

    rows = await list_rows(practice, PODS, namespace)
    ours = {(row.name, f"{row.ready}/{row.containers}", row.status) for row in rows}
    assert ours == await asyncio.to_thread(seen_by_kubectl)


async def look(transport: KubeTransport, namespace: str) -> Seen:
    pods, events, claims, services, nodes, default = await asyncio.gather(
        list_rows(transport, PODS, namespace),
        list_rows(transport, EVENTS, namespace),
        list_rows(transport, CLAIMS, namespace),
        list_rows(transport, SERVICES, namespace),
        list_rows(transport, NODES),
        probes.default_storage_class(transport),
    )
    tails = {pod.name: logs.LogSource(namespace, pod.name) for pod in troubled_pods(pods)}
    lines = await asyncio.gather(*(logs.tail(transport, source, 20) for source in tails.values()))
    return Seen(
        pods=pods,
        events=events,
        claims=claims,
        services=services,
        nodes=nodes,
        logs=dict(zip(tails, lines, strict=True)),
        default_class=default,
        classes_known=True,
    )


@contextlib.asynccontextmanager
async def fault(config: Path, name: str) -> AsyncIterator[None]:
    state = config.parent / "state"
    await client.control(state, "fault", {"name": name})
    try:
        yield
    finally:
        await client.control(state, "clear")


@pytest.mark.parametrize(
    ("name", "expected", "evidence"),
    [
        ("image-not-found", "image-not-found", "not found"),
        ("crash-loop", "crash-loop", "Last log line: "),
        ("no-default-storage-class", "no-default-storageclass", "names no StorageClass"),
        ("load-balancer-pending", "load-balancer-failed", "quota 'external addresses' exceeded"),
        ("quota-exceeded", "quota", "exceeded quota"),
        ("node-lost", "node-not-ready", "Kubelet stopped posting node status"),
    ],
)
async def test_each_fault_is_diagnosed(
    practice: KubeTransport, namespace: str, config: Path, name: str, expected: str, evidence: str
) -> None:
    async def found() -> str:
        # Minutes later, so that what is slow at times has become a trouble.
        later = datetime.now(timezone.utc) + timedelta(minutes=6)
        known = {one.id: one.evidence for one in diagnose(await look(practice, namespace), later)}
        return known.get(expected, "")

    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    service = {"type": "LoadBalancer", "selector": {"component": "proxy"}, "ports": [{"port": 80}]}
    async with fault(config, name):
        await deploy(practice, namespace, deployment("hub"))
        await make(
            practice, namespace, "persistentvolumeclaims", "PersistentVolumeClaim", "hub-db-dir", claim
        )
        await make(practice, namespace, "services", "Service", "proxy-public", service)
        assert evidence in await wait_until_async(found, 30)


async def make(
    transport: KubeTransport, namespace: str, plural: str, kind: str, name: str, spec: dict[str, Any]
) -> None:
    body = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    await objects.create(transport, Place("v1", plural, "", namespace), body)


async def test_a_lack_of_memory_is_diagnosed(practice: KubeTransport, namespace: str) -> None:
    await deploy(practice, namespace, deployment("huge", memory="900Gi"))

    async def found() -> list[str]:
        later = datetime.now(timezone.utc) + timedelta(minutes=1)
        return [one.id for one in diagnose(await look(practice, namespace), later)]

    assert await wait_until_async(found, 30) == ["not-enough-memory"]


@pytest.mark.parametrize("name", ["api-gone", "token-expired"])
async def test_the_live_store_outlives_a_cluster_that_goes_away(
    practice: KubeTransport, namespace: str, config: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(follower, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(follower, "LONGEST_PAUSE", 0.2)
    monkeypatch.setattr(follower, "WATCH_SECONDS", 1)
    await deploy(practice, namespace, deployment("hub"))
    await pods_where(practice, namespace, "Running")
    store = LiveStore(practice.blocking, namespace)
    store.start()
    try:
        await wait_until_async(lambda: store.pane(PODS).rows and store.pane(NODES).rows)
        async with fault(config, name):
            await wait_until_async(lambda: store.pane(PODS).outcome == Outcome.FAILED, 30)
            assert store.pane(PODS).rows
            with pytest.raises(CouldNotLook):
                await probes.answers(practice)
        await wait_until_async(lambda: store.pane(PODS).outcome == Outcome.DATA, 30)
    finally:
        await store.stop()


async def test_logs_are_read_and_followed(practice: KubeTransport, namespace: str) -> None:
    await deploy(practice, namespace, deployment("hub"))
    (pod,) = await pods_where(practice, namespace, "Running")
    source = logs.LogSource(namespace, pod.name)

    async def lines() -> list[str]:
        return await logs.tail(practice, source, 5)

    last = await wait_until_async(lines)
    assert len(last) <= 5
    batches = logs.follow(practice, source, 5)
    assert (await anext(batches))[0]
    await batches.aclose()
    with pytest.raises(errors.NotFound):
        await logs.tail(practice, logs.LogSource(namespace, "no-such-pod"))
