from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.practice.simulation import Simulation, claim, install_hub, job, mounted, pod, workload
from z2jh_wizard.practice import faults
from z2jh_wizard.practice.clock import Clock
from z2jh_wizard.practice.controllers.replicaset import ReplicaSetController
from z2jh_wizard.practice.meta import ObjectKey, is_ready, status_of
from z2jh_wizard.practice.objects import Object, time_text
from z2jh_wizard.practice.resources import DAEMON_SETS, JOBS, NODES, PODS
from z2jh_wizard.practice.store import Store
from z2jh_wizard.practice.world import Settings, World


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something is so, at most a while."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        await asyncio.sleep(0.01)


@pytest.fixture
def hub(tmp_path: Path) -> Simulation:
    simulation = Simulation(tmp_path).boot()
    install_hub(simulation)
    return simulation


def test_the_same_seed_makes_the_same_cluster(tmp_path: Path):
    names = []
    for run in ("a", "b"):
        lab = Simulation(tmp_path / run, Settings(seed=7)).boot()
        lab.put(workload("Deployment", "web", {"replicas": 5}))
        lab.settle()
        names.append([(p["metadata"]["name"], p["spec"]["nodeName"]) for p in lab.pods()])
    assert names[0] == names[1]


def test_a_settled_cluster_has_nothing_to_do(hub: Simulation):
    revision = hub.store.revision
    hub.wait(200)
    assert hub.store.revision == revision


def test_the_image_puller_of_the_chart_ends_when_all_nodes_have_the_image(tmp_path: Path):
    lab = Simulation(tmp_path).boot()
    pullers = workload("DaemonSet", "hook-image-puller", container={"image": "registry.k8s.io/pause:3.10.1"})
    pullers["spec"]["template"]["spec"]["initContainers"] = [
        {
            "name": "image-pull-singleuser",
            "image": "quay.io/jupyterhub/k8s-singleuser-sample:4.4.0",
            "command": ["/bin/sh", "-c", 'echo "Pulling complete"'],
        }
    ]
    lab.put(pullers)
    words = [
        "/image-awaiter",
        "-namespace=lab",
        "-daemonset=hook-image-puller",
        "-pod-scheduling-wait-duration=10",
    ]
    lab.put(
        job("awaiter", container={"image": "quay.io/jupyterhub/k8s-image-awaiter:4.4.0", "command": words})
    )
    lab.wait(1.5)
    assert status_of(lab.get(JOBS, "awaiter")).get("succeeded", 0) == 0
    lab.settle()
    assert status_of(lab.get(JOBS, "awaiter"))["succeeded"] == 1
    assert status_of(lab.get(DAEMON_SETS, "hook-image-puller"))["numberReady"] == 3
    (waiter,) = lab.pods(**{"job-name": "awaiter"})
    texts = [line.text for line in lab.world.pod_log(waiter, "main")]
    assert "3 image puller pods are ready out of the 3 currently scheduled" in texts[-2]
    assert texts[-1].endswith("Image download on nodes awaited successfully: shutting down!")
    puller = lab.pods(app="hook-image-puller")[0]
    assert [line.text for line in lab.world.pod_log(puller, "image-pull-singleuser")] == ["Pulling complete"]


# Logs and commands


def test_a_log_is_there_while_the_container_is(hub: Simulation):
    (found,) = hub.pods("jhub", component="hub")
    assert len(hub.world.pod_log(found, "hub")) > 10
    assert hub.world.pod_log(found, "nothing") == []
    assert hub.world.pod_log(found, "hub", previous=True) == []
    hub.store.delete(PODS, found)
    hub.settle()
    assert hub.world.cluster.logs.read(found["metadata"]["uid"], "hub") is None


def test_commands_see_the_disks_of_their_pod(hub: Simulation):
    (found,) = hub.pods("jhub", component="hub")
    backup = hub.world.run_in_pod(found, "hub", ["sqlite3", "jupyterhub.sqlite", ".backup /tmp/copy.sqlite"])
    assert backup.code == 0
    assert hub.world.run_in_pod(found, "hub", ["cat", "/tmp/copy.sqlite"]).stdout.startswith(
        b"SQLite format 3"
    )
    assert (
        hub.world.run_in_pod(found, "hub", ["hostname"]).stdout.decode().strip() == found["metadata"]["name"]
    )
    hub.store.delete(PODS, found)
    hub.settle()
    assert not list(hub.world.cluster.volumes.root.parent.glob("pods/*/tmp"))


def test_secrets_are_not_among_the_files_or_variables(tmp_path: Path):
    lab = Simulation(tmp_path).boot()
    lab.put({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"k": "Y2FuYXJ5"}})
    lab.put(claim("home"))
    body = pod("a", **mounted("home"))
    body["spec"]["volumes"] += [{"name": "s", "secret": {"secretName": "s"}}, {"name": "e", "emptyDir": {}}]
    container = body["spec"]["containers"][0]
    container["volumeMounts"][0]["subPath"] = "deep/inside"
    container["volumeMounts"] += [
        {"name": "s", "mountPath": "/secret"},
        {"name": "e", "mountPath": "/scratch"},
    ]
    container["env"] = [
        {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "PLAIN", "value": "yes"},
    ]
    lab.put(body)
    lab.settle()
    running = lab.pod("a")
    assert lab.world.run_in_pod(running, "main", ["cat", "/secret/k"]).code == 1
    variables = lab.world.run_in_pod(running, "main", ["env"]).stdout.decode()
    assert "PLAIN=yes" in variables
    assert "KEY" not in variables
    for folder in ("/data", "/scratch"):
        assert lab.world.run_in_pod(running, "main", ["mkdir", f"{folder}/new"]).code == 0
        assert lab.world.run_in_pod(running, "main", ["ls", folder]).stdout == b"new\n"


# Control


def test_unknown_actions_are_refused(hub: Simulation):
    with pytest.raises(ValueError, match="there are: students, fault, clear"):
        hub.control("explode")
    with pytest.raises(KeyError):
        hub.control("students")
    with pytest.raises(ValueError, match="0 \\(at once\\) to 100"):
        hub.control("speed", speed=-1)


def test_the_speed_changes_what_is_under_way(hub: Simulation):
    hub.control("resize", pool="user", count=3)
    hub.wait(1)
    assert hub.control("speed", speed=0.01) == {"speed": 0.01}
    hub.wait(0.5)
    assert is_ready(hub.node("practice-user-3"))


def test_status_says_how_it_is(hub: Simulation):
    found = hub.control("status")
    assert found["hub"] == {"namespace": "jhub", "ready": True}
    assert [pool["pool"] for pool in found["pools"]] == ["core", "user"]
    assert hub.control("pools")["pools"] == found["pools"]


# State


def test_a_world_carries_on_after_a_restart(hub: Simulation, tmp_path: Path):
    hub.control("students", count=3)
    hub.control("resize", pool="user", count=3)
    hub.settle()
    hub.control("fault", name=faults.LOAD_BALANCER_PENDING)
    hub.control("students", count=4)
    state = msgspec.json.decode(msgspec.json.encode(hub.world.to_json()))
    store = Store(now=hub.clock.now)
    for resource, obj in hub.store.all():
        store.restore(resource, obj)
    again = Simulation(tmp_path, store=store)
    again.world.restore(state)
    again.world.boot()
    again.settle()
    assert again.nodes("user") == hub.nodes("user")
    found = again.control("status")
    assert found["students"]["phases"]["working"] == 4
    assert found["faults"][0]["fault"] == faults.LOAD_BALANCER_PENDING
    (hub_pod,) = again.pods("jhub", component="hub")
    assert any("User logged in: ada" in line.text for line in again.world.pod_log(hub_pod, "hub"))
    assert is_ready(hub_pod)
    (proxy,) = again.pods("jhub", component="proxy")
    again.world.cluster.logs.forget(proxy["metadata"]["uid"])
    lines = again.world.pod_log(proxy, "chp")
    assert "Proxying" in lines[1].text
    assert (
        time_text(lines[0].time) == status_of(proxy)["containerStatuses"][0]["state"]["running"]["startedAt"]
    )


def test_nothing_to_restore_is_a_new_world(hub: Simulation):
    hub.world.restore(None)
    hub.world.restore({})
    assert len(hub.nodes()) == 3


# The loop


async def test_the_loop_runs_by_itself_and_sleeps_when_idle(tmp_path: Path):
    store = Store()
    world = World(store, Settings(speed=0), tmp_path)
    task = asyncio.create_task(world.run())
    try:
        await until(lambda: len([n for n in store.list(NODES) if is_ready(n)]) == 3)
        await until(lambda: len([p for p in store.list(PODS) if is_ready(p)]) == 5)
        world.control("resize", {"pool": "user", "count": 1})
        await until(lambda: store.count(NODES) == 2)
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


def test_only_a_clock_that_can_be_moved_settles(tmp_path: Path):
    world = World(Store(), Settings(), tmp_path, Clock())
    world.boot()
    with pytest.raises(TypeError, match="can be moved"):
        world.settle()


def test_one_object_that_cannot_be_looked_at_does_not_stop_the_rest(
    hub: Simulation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    original = ReplicaSetController.reconcile

    def broken(self: ReplicaSetController, key: ObjectKey) -> None:
        if key.name.startswith("bad"):
            raise RuntimeError("broken")
        original(self, key)

    monkeypatch.setattr(ReplicaSetController, "reconcile", broken)
    hub.world.strict = False
    with caplog.at_level(logging.ERROR):
        hub.put(workload("ReplicaSet", "bad", {"replicas": 1}))
        hub.put(workload("ReplicaSet", "good", {"replicas": 1}))
        hub.wait(30)
    assert hub.ready(app="good")
    assert hub.pods(app="bad") == []
    assert "could not look at lab/bad" in caplog.text
    hub.world.strict = True
    hub.put(workload("ReplicaSet", "bad2", {"replicas": 1}))
    with pytest.raises(RuntimeError):
        hub.settle()


def test_work_for_a_thousand_pods_grows_with_their_number(tmp_path: Path):
    """Counted, not timed: how often controllers look, for 20 and for 80 pods."""
    looks: list[int] = []
    for number in (20, 80):
        lab = Simulation(tmp_path / str(number), Settings(user_nodes=6)).boot()
        counted = [0]
        original = lab.world._look

        def look(
            task: object, original: Callable[..., None] = original, counted: list[int] = counted
        ) -> None:
            counted[0] += 1
            original(task)

        lab.world._look = look  # type: ignore[method-assign]
        for each in range(number):
            lab.put(_person(each))
        lab.settle()
        assert len(lab.ready()) == number
        looks.append(counted[0])
    assert looks[1] < 6 * looks[0]


def _person(number: int) -> Object:
    return pod(f"person-{number}", requests={"memory": "64Mi"})
