from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.practice.simulation import Simulation, pod, workload
from z2jh_wizard.practice.controllers.disruption import evict
from z2jh_wizard.practice.controllers.node import address_of, network_of, number_of
from z2jh_wizard.practice.meta import is_ready, is_true, node_of
from z2jh_wizard.practice.nodes import Pool
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import CSI_NODES, LEASES, NODES, POD_DISRUPTION_BUDGETS, PODS
from z2jh_wizard.practice.status import ApiError


@pytest.fixture
def lab(tmp_path: Path) -> Simulation:
    return Simulation(tmp_path).boot()


def budget(name: str = "web", **spec: Any) -> Object:
    body = {"selector": {"matchLabels": {"app": name}}, **spec}
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name},
        "spec": body,
    }


def test_a_new_cluster_has_ready_nodes_with_a_system(lab: Simulation):
    assert lab.nodes() == ["practice-core-1", "practice-user-1", "practice-user-2"]
    node = lab.node("practice-user-1")
    assert is_true(node, "Ready")
    assert node["status"]["nodeInfo"]["kubeletVersion"] == "v1.36.2"
    assert node["metadata"]["labels"]["hub.jupyter.org/node-purpose"] == "user"
    assert lab.get(CSI_NODES, "practice-user-1", "")["spec"]["drivers"][0]["allocatable"] == {"count": 15}
    assert len(lab.ready("kube-system")) == 5


def test_a_pool_grows_by_nodes_that_need_a_while(lab: Simulation):
    lab.control("resize", pool="user", count=3)
    lab.wait(3)
    new = lab.node("practice-user-3")
    assert not is_true(new, "Ready")
    assert new["spec"]["taints"][0]["key"] == "node.kubernetes.io/not-ready"
    lab.settle()
    new = lab.node("practice-user-3")
    assert is_true(new, "Ready")
    assert "taints" not in new["spec"]
    assert lab.events("practice-user-3", "NodeReady")
    networks = {lab.node(name)["spec"]["podCIDR"] for name in lab.nodes()}
    assert len(networks) == 4


def test_resizing_to_the_same_number_changes_nothing(lab: Simulation):
    revision = lab.store.revision
    reply = lab.control("resize", pool="user", count=2)
    lab.settle()
    assert lab.store.revision == revision
    assert [each["count"] for each in reply["pools"]] == [1, 2]


def test_a_pool_shrinks_by_its_least_busy_node_whose_pods_move(lab: Simulation):
    lab.put(
        workload("Deployment", "web", {"replicas": 4}, nodeSelector={"hub.jupyter.org/node-purpose": "user"})
    )
    lab.settle()
    lab.control("resize", pool="user", count=1)
    lab.wait(0.5)
    assert len(lab.nodes("user")) == 2
    lab.settle()
    (left,) = lab.nodes("user")
    assert {node_of(p) for p in lab.pods(app="web")} == {left}
    assert len(lab.ready(app="web")) == 4
    assert len(lab.store.list(LEASES)) == 2
    assert len(lab.store.list(CSI_NODES)) == 2


def test_a_pool_that_grows_again_keeps_what_was_about_to_go(lab: Simulation):
    lab.put(budget(minAvailable=2))
    lab.put(
        workload("Deployment", "web", {"replicas": 2}, nodeSelector={"hub.jupyter.org/node-purpose": "user"})
    )
    lab.settle()
    lab.control("resize", pool="user", count=1)
    lab.wait(20)
    assert len(lab.nodes("user")) == 2
    assert any("Cannot evict pod" in text for name in lab.nodes("user") for text in lab.events(name, "Drain"))
    lab.control("resize", pool="user", count=2)
    lab.settle()
    assert lab.nodes("user") == ["practice-user-1", "practice-user-2"]
    assert not any(lab.node(name)["spec"].get("unschedulable") for name in lab.nodes())


def test_a_cordoned_node_is_tainted_until_it_is_not(lab: Simulation):
    node = lab.node("practice-user-1")
    lab.store.change(NODES, node, lambda obj: obj["spec"].update(unschedulable=True))
    lab.settle()
    (taint,) = lab.node("practice-user-1")["spec"]["taints"]
    assert taint["key"] == "node.kubernetes.io/unschedulable"
    lab.store.change(NODES, node, lambda obj: obj["spec"].pop("unschedulable"))
    lab.settle()
    assert "taints" not in lab.node("practice-user-1")["spec"]


def test_a_node_that_is_deleted_takes_its_pods_and_is_replaced(lab: Simulation):
    lab.put(workload("Deployment", "web", {"replicas": 3}))
    lab.settle()
    lab.store.delete(NODES, lab.node("practice-user-2"))
    lab.settle()
    assert lab.nodes("user") == ["practice-user-1", "practice-user-3"]
    assert len(lab.ready(app="web")) == 3
    assert not [p for p in lab.pods() if node_of(p) == "practice-user-2"]


def test_bad_sizes_are_refused(lab: Simulation):
    with pytest.raises(ValueError, match="0 to 200"):
        lab.control("resize", pool="user", count=201)
    with pytest.raises(ValueError, match="there is no pool 'gpu'"):
        lab.control("resize", pool="gpu", count=1)


def test_nodes_report_now_and_then_and_cost_nothing_else(lab: Simulation):
    revision = lab.store.revision
    lab.wait(250)
    assert lab.store.revision == revision
    lab.wait(100)
    lease = lab.store.get(LEASES, "kube-node-lease", "practice-user-1")
    assert lease is not None
    assert lease["spec"]["renewTime"] > "2026-09-01T08:05"
    assert lab.node("practice-user-1")["status"]["conditions"][0]["lastHeartbeatTime"] > "2026-09-01T08:05"


def test_pods_leave_a_node_whose_taint_they_do_not_tolerate(lab: Simulation):
    patient = {"key": "broken", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 30}
    where = {"kubernetes.io/hostname": "practice-user-1"}
    lab.put(pod("now", nodeSelector=where))
    lab.put(pod("soon", nodeSelector=where, tolerations=[patient]))
    lab.put(pod("never", nodeSelector=where, tolerations=[{"operator": "Exists"}]))
    lab.settle()
    taint = {"key": "broken", "effect": "NoExecute"}
    lab.store.change(NODES, lab.node("practice-user-1"), lambda obj: obj["spec"].update(taints=[taint]))
    lab.wait(10)
    assert sorted(p["metadata"]["name"] for p in lab.pods()) == ["never", "soon"]
    lab.wait(30)
    assert [p["metadata"]["name"] for p in lab.pods()] == ["never"]
    assert lab.events("soon", "TaintManagerEviction") == ["Marking for deletion Pod lab/soon"]


def test_a_pool_survives_as_json():
    pool = Pool("user", Pool.from_json({**_json(), "made": 3}).machine, 2, dedicated=True, made=3)
    assert Pool.from_json(pool.to_json()) == pool


def _json() -> dict[str, Any]:
    machine = {"name": "m", "cpus": 4, "memory_gib": 16, "pods": 110, "disks": 15}
    return {"name": "user", "machine": machine, "count": 2, "dedicated": False}


@pytest.mark.parametrize("number", [0, 7, 255, 256, 399])
def test_every_node_has_a_network_and_an_address_of_its_own(number: int):
    assert number_of(network_of(number)) == number
    assert max(int(part) for part in address_of(number).split(".")) < 256
    assert network_of(number) != network_of(number + 1)


# Disruption budgets


def test_a_budget_counts_healthy_pods(lab: Simulation):
    lab.put(budget(maxUnavailable=1))
    lab.put(workload("Deployment", "web", {"replicas": 3}))
    lab.settle()
    status = lab.get(POD_DISRUPTION_BUDGETS, "web")["status"]
    assert (status["currentHealthy"], status["desiredHealthy"], status["disruptionsAllowed"]) == (3, 2, 1)
    assert status["observedGeneration"] == 1


def test_a_percentage_is_rounded_up(lab: Simulation):
    lab.put(budget(minAvailable="50%"))
    lab.put(workload("StatefulSet", "web", {"replicas": 3, "serviceName": "web"}))
    lab.settle()
    assert lab.get(POD_DISRUPTION_BUDGETS, "web")["status"]["desiredHealthy"] == 2


def test_an_eviction_is_refused_when_the_budget_is_used_up(lab: Simulation):
    lab.put(budget(minAvailable=1))
    lab.put(workload("Deployment", "web", {"replicas": 1}))
    lab.settle()
    (only,) = lab.pods(app="web")
    with pytest.raises(ApiError) as caught:
        evict(lab.world.cluster, only)
    assert caught.value.code == 429
    assert str(caught.value) == "Cannot evict pod as it would violate the pod's disruption budget."
    assert not lab.pod(only["metadata"]["name"])["metadata"].get("deletionTimestamp")


def test_an_eviction_uses_up_the_budget_at_once(lab: Simulation):
    lab.put(budget(minAvailable=1))
    lab.put(workload("Deployment", "web", {"replicas": 2}))
    lab.settle()
    first, second = lab.pods(app="web")
    evict(lab.world.cluster, first)
    assert is_true(lab.pod(first["metadata"]["name"]), "DisruptionTarget")
    with pytest.raises(ApiError):
        evict(lab.world.cluster, second)
    lab.settle()
    assert len(lab.ready(app="web")) == 2


def test_pods_that_are_not_ready_can_always_be_evicted(lab: Simulation):
    lab.put(budget(minAvailable=1))
    lab.put(workload("Deployment", "web", {"replicas": 1}, requests={"cpu": "90"}))
    lab.settle()
    (waiting,) = lab.pods(app="web")
    assert not is_ready(waiting)
    evict(lab.world.cluster, waiting)
    assert lab.gone(PODS, waiting["metadata"]["name"])
