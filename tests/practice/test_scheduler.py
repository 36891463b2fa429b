from __future__ import annotations

from pathlib import Path

import pytest

from tests.practice.simulation import Simulation, claim, mounted, pod, workload
from z2jh_wizard.practice.meta import condition_of, is_ready, node_of
from z2jh_wizard.practice.resources import (
    CONFIG_MAPS,
    DAEMON_SETS,
    DEPLOYMENTS,
    NODES,
    PERSISTENT_VOLUME_CLAIMS,
    PODS,
)
from z2jh_wizard.practice.scheduler import Profile, parse_profiles
from z2jh_wizard.practice.world import Settings

CONFIG = """
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles:
  - schedulerName: packer
    pluginConfig:
      - name: NodeResourcesFit
        args: {scoringStrategy: {type: MostAllocated}}
"""


@pytest.fixture
def lab(tmp_path: Path) -> Simulation:
    return Simulation(tmp_path).boot()


def priority_class(name: str, value: int, **more: object) -> dict[str, object]:
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": name},
        "value": value,
        **more,
    }


def test_a_pod_gets_a_node_and_an_event(lab: Simulation):
    lab.put(pod("a"))
    lab.settle()
    assert is_ready(lab.pod("a"))
    assert lab.events("a", "Scheduled") == [f"Successfully assigned lab/a to {node_of(lab.pod('a'))}"]


def test_pods_of_one_owner_are_spread(lab: Simulation):
    lab.put(workload("Deployment", "web", {"replicas": 3}))
    lab.settle()
    assert len({node_of(p) for p in lab.pods(app="web")}) == 3


def test_a_pod_too_large_says_why_and_goes_when_there_is_room(lab: Simulation):
    lab.put(pod("big", requests={"memory": "12Gi"}, nodeSelector={"hub.jupyter.org/node-purpose": "user"}))
    lab.put(pod("big2", requests={"memory": "12Gi"}, nodeSelector={"hub.jupyter.org/node-purpose": "user"}))
    lab.put(pod("big3", requests={"memory": "12Gi"}, nodeSelector={"hub.jupyter.org/node-purpose": "user"}))
    lab.settle()
    waiting = [p for p in lab.pods() if not node_of(p)]
    assert len(waiting) == 1
    condition = condition_of(waiting[0], "PodScheduled")
    assert condition is not None
    assert condition["reason"] == "Unschedulable"
    assert condition["message"] == (
        "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 2 Insufficient "
        "memory. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, "
        "2 No preemption victims found for incoming pod."
    )
    assert lab.events(waiting[0]["metadata"]["name"], "FailedScheduling") == [condition["message"]]
    running = next(p for p in lab.pods() if node_of(p))
    lab.store.delete(PODS, running)
    lab.settle()
    assert is_ready(lab.pod(waiting[0]["metadata"]["name"]))


def test_without_nodes_nothing_is_scheduled(tmp_path: Path):
    lab = Simulation(tmp_path, Settings(core_nodes=0, user_nodes=0)).boot()
    lab.put(pod("a"))
    lab.settle()
    assert lab.events("a", "FailedScheduling") == ["no nodes available to schedule pods"]


def test_dedicated_nodes_refuse_other_pods(tmp_path: Path):
    lab = Simulation(tmp_path, Settings(core_nodes=0, user_nodes=1, dedicated=True)).boot()
    lab.put(pod("a"))
    lab.settle()
    assert "untolerated taint {hub.jupyter.org/dedicated: user}" in lab.events("a", "FailedScheduling")[0]


def test_a_pod_waits_for_a_scheduler_that_is_not_there_and_is_packed_by_it_then(lab: Simulation):
    for number in range(4):
        lab.put(pod(f"user-{number}", requests={"memory": "1Gi"}, schedulerName="packer"))
    lab.settle()
    assert not any(node_of(p) for p in lab.pods())
    lab.put(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "packer"}, "data": {"c.yaml": CONFIG}}
    )
    volumes = [{"name": "config", "configMap": {"name": "packer"}}]
    image = {"image": "registry.k8s.io/kube-scheduler:v1.30.14"}
    lab.put(workload("Deployment", "user-scheduler", container=image, volumes=volumes))
    lab.settle()
    users = [
        p
        for p in lab.pods()
        if p["metadata"]["name"].startswith("user-") and "scheduler" not in p["metadata"]["name"]
    ]
    assert len({node_of(p) for p in users}) == 1
    assert all(is_ready(p) for p in users)
    assert lab.store.get(DEPLOYMENTS, "lab", "user-scheduler") is not None
    config = lab.get(CONFIG_MAPS, "packer")
    lab.store.change(CONFIG_MAPS, config, lambda obj: obj.update(data={}))
    lab.put(pod("late", schedulerName="packer"))
    lab.settle()
    assert not node_of(lab.pod("late"))


def test_profiles_are_read_from_configuration_only():
    assert parse_profiles(CONFIG) == [Profile("packer", packing=True)]
    assert parse_profiles("kind: KubeSchedulerConfiguration\nprofiles: [{}]") == [
        Profile("default-scheduler")
    ]
    assert parse_profiles("kind: Other") == []
    assert parse_profiles("{ broken") == []
    assert parse_profiles("- 1") == []


def test_placeholders_make_room_for_people(tmp_path: Path):
    lab = Simulation(tmp_path, Settings(core_nodes=0, user_nodes=1)).boot()
    lab.put(priority_class("placeholder", -10))
    lab.put(
        workload(
            "StatefulSet", "placeholder", _four(), requests={"memory": "3Gi"}, priorityClassName="placeholder"
        )
    )
    lab.settle()
    assert len(lab.ready(app="placeholder")) == 4
    lab.put(pod("ada", requests={"memory": "3Gi"}))
    lab.settle()
    assert is_ready(lab.pod("ada"))
    assert len(lab.ready(app="placeholder")) == 3
    preempted = lab.events("placeholder", "Preempted")
    assert len(preempted) == 1
    assert "on node practice-user-1" in preempted[0]


def _four() -> dict[str, object]:
    return {"replicas": 4, "podManagementPolicy": "Parallel", "serviceName": "placeholder"}


def test_a_pod_that_must_not_preempt_waits(tmp_path: Path):
    lab = Simulation(tmp_path, Settings(core_nodes=0, user_nodes=1)).boot()
    lab.put(priority_class("low", -10))
    lab.put(priority_class("polite", 10, preemptionPolicy="Never"))
    lab.put(pod("low", requests={"memory": "12Gi"}, priorityClassName="low"))
    lab.settle()
    lab.put(pod("ada", requests={"memory": "12Gi"}, priorityClassName="polite"))
    lab.settle()
    assert is_ready(lab.pod("low"))
    assert not node_of(lab.pod("ada"))


def test_claims_hold_pods_back(lab: Simulation):
    lab.put(pod("a", **mounted("none")))
    lab.put(claim("odd", "no-such-class"))
    lab.put(pod("b", **mounted("odd")))
    lab.settle()
    assert 'persistentvolumeclaim "none" not found' in lab.events("a", "FailedScheduling")[0]
    assert "pod has unbound immediate PersistentVolumeClaims" in lab.events("b", "FailedScheduling")[0]
    lab.put(claim("none"))
    lab.settle()
    assert is_ready(lab.pod("a"))


def test_the_sixteenth_disk_goes_to_another_node(tmp_path: Path):
    lab = Simulation(tmp_path, Settings(core_nodes=0, user_nodes=1)).boot()
    for number in range(16):
        lab.put(claim(f"home-{number}"))
        lab.put(pod(f"p{number}", **mounted(f"home-{number}")))
    lab.settle()
    waiting = [p for p in lab.pods() if not node_of(p)]
    assert len(waiting) == 1
    assert (
        "1 node(s) exceed max volume count"
        in lab.events(waiting[0]["metadata"]["name"], "FailedScheduling")[0]
    )
    lab.control("resize", pool="user", count=2)
    lab.settle()
    assert is_ready(lab.pod(waiting[0]["metadata"]["name"]))


def test_a_claim_that_goes_is_not_used_any_more(lab: Simulation):
    lab.put(claim("home"))
    lab.put(pod("a", **mounted("home")))
    lab.settle()
    lab.store.delete(PERSISTENT_VOLUME_CLAIMS, lab.get(PERSISTENT_VOLUME_CLAIMS, "home"))
    lab.put(pod("b", **mounted("home")))
    lab.settle()
    assert 'persistentvolumeclaim "home" is being deleted' in lab.events("b", "FailedScheduling")[0]


def test_cordoned_nodes_take_only_daemons(lab: Simulation):
    for name in lab.nodes():
        lab.store.change(NODES, lab.node(name), lambda obj: obj["spec"].update(unschedulable=True))
    lab.settle()
    lab.put(pod("a"))
    lab.put(workload("DaemonSet", "agent"))
    lab.settle()
    assert "3 node(s) were unschedulable" in lab.events("a", "FailedScheduling")[0]
    assert lab.get(DAEMON_SETS, "agent")["status"]["numberReady"] == 3
