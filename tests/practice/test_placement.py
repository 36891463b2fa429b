from __future__ import annotations

from typing import Any

import pytest

from tests.practice.simulation import pod
from z2jh_wizard.practice.nodes import CORE_MACHINE, USER_MACHINE, Pool
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.placement import (
    Misfit,
    NodeRoom,
    Request,
    demand_of,
    explain,
    matches_node,
    misfit,
    no_preemption,
    preempt,
    score,
    tolerates,
)

GIB = 1 << 30


def room(name: str = "user", number: int = 1, **changes: Any) -> NodeRoom:
    node = Pool(name, USER_MACHINE, 1, **changes).node(number, ready=True)
    return NodeRoom(node)


def request(
    name: str = "a", cpu: str = "", memory: str = "", volumes: tuple[str, ...] = (), **spec: Any
) -> Request:
    asked = {"cpu": cpu} if cpu else {}
    obj = pod(name, requests=asked | ({"memory": memory} if memory else {}), **spec)
    obj["metadata"].update(uid=f"uid-{name}", namespace="lab")
    return Request(obj, demand_of(obj), volumes)


def add(to: NodeRoom, each: Request) -> Object:
    to.add(each.pod, each.demand, each.volumes)
    each.pod["spec"]["nodeName"] = to.name
    return each.pod


def reasons(found: Misfit | None) -> tuple[str, ...]:
    assert found is not None
    return found.reasons


def test_machines_keep_a_share_for_the_system():
    assert USER_MACHINE.allocatable["cpu"] == "3920m"
    assert CORE_MACHINE.allocatable["cpu"] == "1930m"
    assert room().offer.memory == pytest.approx(13.3 * GIB, rel=0.01)


def test_demand_counts_the_largest_init_container_and_sidecars():
    obj = pod("a", requests={"cpu": "100m", "memory": "1Gi"})
    obj["spec"]["initContainers"] = [
        {"name": "side", "image": "x", "restartPolicy": "Always", "resources": {"requests": {"cpu": "50m"}}},
        {"name": "big", "image": "x", "resources": {"requests": {"memory": "4Gi"}, "limits": {"cpu": "10m"}}},
    ]
    obj["spec"]["overhead"] = {"memory": "1Mi"}
    demand = demand_of(obj)
    assert demand.cpu == 150
    assert demand.memory == 4 * GIB + (1 << 20)


def test_cpu_and_memory_run_out_together():
    node = room()
    add(node, request("big", "3", "12Gi"))
    assert reasons(misfit(request("b", "1", "2Gi"), node)) == ("Insufficient cpu", "Insufficient memory")
    assert misfit(request("c", "900m", "1Gi"), node) is None


def test_room_comes_back_when_a_pod_goes():
    node = room()
    add(node, request("big", "3", "12Gi", ("lab/home",)))
    node.remove("uid-big")
    node.remove("uid-big")
    assert misfit(request("b", "3", "12Gi"), node) is None
    assert not node.volumes


def test_other_resources_and_pods_are_counted():
    node = room()
    gpu = pod("gpu")
    gpu["spec"]["containers"][0]["resources"] = {"limits": {"nvidia.com/gpu": "1"}}
    assert reasons(misfit(Request(gpu, demand_of(gpu)), node)) == ("Insufficient nvidia.com/gpu",)
    node.max_pods = 0
    assert reasons(misfit(request(), node)) == ("Too many pods",)


def test_disks_per_node_are_limited_and_shared_ones_count_once():
    node = room()
    for number in range(15):
        add(node, request(f"p{number}", volumes=(f"lab/home-{number}",)))
    assert reasons(misfit(request("b", volumes=("lab/new",)), node)) == ("node(s) exceed max volume count",)
    assert misfit(request("c", volumes=("lab/home-3",)), node) is None


def test_taints_need_tolerations():
    node = room(dedicated=True)
    why = "node(s) had untolerated taint {hub.jupyter.org/dedicated: user}"
    assert reasons(misfit(request(), node)) == (why,)
    tolerated = {
        "key": "hub.jupyter.org/dedicated",
        "operator": "Equal",
        "value": "user",
        "effect": "NoSchedule",
    }
    assert misfit(request(tolerations=[tolerated]), node) is None
    assert misfit(request(tolerations=[{"operator": "Exists"}]), node) is None
    assert misfit(request(tolerations=[{**tolerated, "value": "core"}]), node) is not None


def test_toleration_of_another_effect_does_not_count():
    taint = {"key": "a", "effect": "NoExecute"}
    assert not tolerates(taint, [{"key": "a", "operator": "Exists", "effect": "NoSchedule"}])
    assert not tolerates(taint, [{"value": "x"}])


def test_cordoned_nodes_take_nothing():
    node = room()
    node.node["spec"]["unschedulable"] = True
    assert reasons(misfit(request(), node)) == ("node(s) were unschedulable",)


def test_node_selector_and_pinned_volume():
    node = room()
    why = "node(s) didn't match Pod's node affinity/selector"
    assert reasons(misfit(request(nodeSelector={"gpu": "yes"}), node)) == (why,)
    pinned = Request(pod("a"), demand_of(pod("a")), pinned="another")
    assert reasons(misfit(pinned, node)) == ("node(s) had volume node affinity conflict",)


@pytest.mark.parametrize(
    ("operator", "values", "fits"),
    [
        ("In", ["user"], True),
        ("In", ["core"], False),
        ("NotIn", ["core"], True),
        ("Exists", [], True),
        ("DoesNotExist", [], False),
        ("Gt", ["1"], False),
        ("Lt", ["1"], False),
    ],
)
def test_required_node_affinity(operator: str, values: list[str], fits: bool):
    expression = {"key": "hub.jupyter.org/node-purpose", "operator": operator, "values": values}
    assert matches_node(_required({"matchExpressions": [expression]}), room().labels, "n") is fits


def test_affinity_compares_numbers_and_fields():
    labels = {"generation": "5"}
    for operator, fits in (("Gt", True), ("Lt", False)):
        term = {"matchExpressions": [{"key": "generation", "operator": operator, "values": ["3"]}]}
        assert matches_node(_required(term), labels, "n") is fits
    field = {"key": "metadata.name", "operator": "In", "values": ["n"]}
    assert matches_node(_required({"matchFields": [field]}), {}, "n")
    assert not matches_node(_required({}), {}, "n")


def _required(term: Object) -> Object:
    rule = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    return {"affinity": {"nodeAffinity": rule}}


def test_packing_prefers_the_full_node_and_spreading_the_empty_one():
    full, empty = room(number=1), room(number=2)
    add(full, request("a", "1", "4Gi"))
    wanted = request("b", "100m", "1Gi")
    assert score(wanted, full, 0, packing=True) > score(wanted, empty, 0, packing=True)
    assert score(wanted, full, 0, packing=False) < score(wanted, empty, 0, packing=False)
    assert score(wanted, empty, 3, packing=False) < score(wanted, empty, 0, packing=False)


def test_preferred_affinity_outweighs_packing():
    core, user = room("core"), room("user")
    add(core, request("a", "3", "12Gi"))
    expression = {"key": "hub.jupyter.org/node-purpose", "operator": "In", "values": ["user"]}
    term = {"weight": 100, "preference": {"matchExpressions": [expression]}}
    rule = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [term]}}
    wanted = request("b", "100m", "256Mi", affinity=rule)
    assert score(wanted, user, 0, packing=True) > score(wanted, core, 0, packing=True)


def test_soft_taints_only_cost_score():
    node = room()
    before = score(request(), node, 0, packing=False)
    node.taints.append({"key": "slow", "effect": "PreferNoSchedule"})
    assert misfit(request(), node) is None
    assert score(request(), node, 0, packing=False) < before


def test_the_message_counts_reasons_as_the_scheduler_does():
    misfits = [
        Misfit(("node(s) had untolerated taint {a: }",)),
        Misfit(("Insufficient memory",), curable=True),
        Misfit(("Insufficient cpu", "Insufficient memory"), curable=True),
    ]
    assert explain(misfits, no_preemption(misfits)) == (
        "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {a: }, "
        "2 Insufficient memory. preemption: 0/3 nodes are available: "
        "1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod."
    )
    assert explain([], "") == "no nodes available to schedule pods"
    assert explain(misfits, "", "pod has unbound immediate PersistentVolumeClaims") == (
        "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims."
    )


def test_preemption_takes_the_least_important_pods_and_no_more():
    node = room()
    low = [add(node, request(f"low{number}", "1", priority=-10)) for number in range(3)]
    add(node, request("mid", "800m", priority=0))
    wanted = request("new", "1", priority=5)
    assert misfit(wanted, node) is not None
    found = preempt(wanted, node, [*low, node.node])
    assert found is not None
    assert [victim["metadata"]["name"] for victim in found.victims] == ["low2"]
    assert found.cost[0] == -10


def test_no_preemption_without_lower_pods_or_when_it_does_not_help():
    node = room()
    same = add(node, request("same", "3"))
    assert preempt(request("new", "3"), node, [same]) is None
    low = add(node, request("low", "100m", priority=-10))
    assert preempt(request("huge", "90"), node, [low]) is None
