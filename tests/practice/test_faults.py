from __future__ import annotations

from pathlib import Path

import pytest

from tests.practice.simulation import (
    Simulation,
    claim,
    install_hub,
    phase,
    pod,
    waiting_reason,
    workload,
)
from z2jh_wizard.practice import faults
from z2jh_wizard.practice.faults import EXPLANATIONS, Faults, UnknownFault
from z2jh_wizard.practice.meta import condition_of, is_ready, is_terminating, is_true, node_of, status_of
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import (
    PERSISTENT_VOLUME_CLAIMS,
    PODS,
    RESOURCE_QUOTAS,
    SERVICES,
    STORAGE_CLASSES,
)
from z2jh_wizard.practice.status import ApiError
from z2jh_wizard.practice.world import Settings


@pytest.fixture
def lab(tmp_path: Path) -> Simulation:
    return Simulation(tmp_path).boot()


@pytest.fixture
def hub(lab: Simulation) -> Simulation:
    install_hub(lab)
    return lab


def the_pod(lab: Simulation, component: str) -> Object:
    (found,) = [p for p in lab.pods("jhub", component=component) if not is_terminating(p)]
    return found


@pytest.mark.parametrize("name", list(EXPLANATIONS))
def test_every_fault_has_one_sentence_and_can_be_undone(hub: Simulation, name: str):
    assert EXPLANATIONS[name].endswith(".")
    assert EXPLANATIONS[name].count(". ") == 0
    reply = hub.control("fault", name=name)
    assert reply["faults"][0]["explanation"] == EXPLANATIONS[name]
    hub.wait(40)
    assert hub.control("clear") == {"cleared": [name], "faults": []}
    hub.settle()
    assert hub.control("status")["faults"] == []
    assert hub.world.request_fault("GET", "/api") is None
    assert is_ready(the_pod(hub, "hub"))


def test_an_unknown_fault_is_refused_with_a_hint(lab: Simulation):
    with pytest.raises(ValueError, match="did you mean node-lost"):
        lab.control("fault", name="node-lots")
    with pytest.raises(UnknownFault):
        Faults().turn_on("nothing")


def test_image_not_found(hub: Simulation):
    hub.control("fault", name=faults.IMAGE_NOT_FOUND)
    hub.store.delete(PODS, the_pod(hub, "hub"))
    hub.wait(4)
    new = the_pod(hub, "hub")
    assert waiting_reason(new) in ("ErrImagePull", "ImagePullBackOff")
    hub.wait(4)
    new = the_pod(hub, "hub")
    image = "quay.io/jupyterhub/k8s-hub:4.4.0"
    assert waiting_reason(new) == "ImagePullBackOff"
    message = status_of(new)["containerStatuses"][0]["state"]["waiting"]["message"]
    assert message.startswith(
        f'Back-off pulling image "{image}": ErrImagePull: failed to pull and unpack image'
    )
    name = new["metadata"]["name"]
    assert set(hub.events(name, "Failed")) >= {"Error: ErrImagePull", "Error: ImagePullBackOff"}
    assert f'Back-off pulling image "{image}"' in hub.events(name, "BackOff")
    hub.wait(60)
    assert phase(the_pod(hub, "hub")) == "Pending"
    assert is_ready(the_pod(hub, "proxy"))
    hub.control("clear")
    hub.wait(10)
    assert is_ready(the_pod(hub, "hub"))


def test_crash_loop(hub: Simulation):
    hub.control("fault", name=faults.CRASH_LOOP)
    hub.wait(15)
    found = the_pod(hub, "hub")
    assert waiting_reason(found) == "CrashLoopBackOff"
    assert status_of(found)["containerStatuses"][0]["lastState"]["terminated"]["reason"] == "Error"
    texts = [line.text for line in hub.world.pod_log(found, "hub")]
    assert any("Traceback (most recent call last):" in text for text in texts)
    assert texts[-1].strip() == "ModuleNotFoundError: No module named 'class_settings'"
    assert hub.world.pod_log(found, "hub", previous=True)
    hub.control("clear")
    hub.wait(10)
    assert is_ready(the_pod(hub, "hub"))


def test_no_default_storage_class(lab: Simulation):
    lab.control("fault", name=faults.NO_DEFAULT_STORAGE_CLASS)
    lab.control("fault", name=faults.NO_DEFAULT_STORAGE_CLASS)
    lab.put(claim("home"))
    lab.settle()
    assert phase(lab.get(PERSISTENT_VOLUME_CLAIMS, "home")) == "Pending"
    assert "no storage class is set" in lab.events("home", "FailedBinding")[0]
    lab.control("clear")
    lab.settle()
    marks = {c["metadata"]["name"]: c["metadata"]["annotations"] for c in lab.store.list(STORAGE_CLASSES)}
    assert marks["standard"]["storageclass.kubernetes.io/is-default-class"] == "true"
    assert lab.get(PERSISTENT_VOLUME_CLAIMS, "home")["spec"]["storageClassName"] == "standard"


def test_load_balancer_pending(lab: Simulation):
    lab.control("fault", name=faults.LOAD_BALANCER_PENDING)
    spec = {"type": "LoadBalancer", "ports": [{"port": 80}]}
    lab.put({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "public"}, "spec": spec})
    lab.wait(60)
    assert not status_of(lab.get(SERVICES, "public")).get("loadBalancer")
    assert lab.events("public", "SyncLoadBalancerFailed")[0].startswith(
        "Error syncing load balancer: failed to ensure"
    )
    lab.control("clear")
    lab.settle()
    assert status_of(lab.get(SERVICES, "public"))["loadBalancer"]["ingress"]


def test_quota_exceeded_hits_the_hubs_namespace(hub: Simulation):
    hub.control("fault", name=faults.QUOTA_EXCEEDED)
    hub.settle()
    hub.store.delete(PODS, the_pod(hub, "proxy"))
    hub.put(workload("Deployment", "extra", {"replicas": 1}), "jhub")
    hub.wait(20)
    (text, *_) = hub.events("extra-", "FailedCreate") + hub.events("proxy-", "FailedCreate")
    assert (
        "is forbidden: exceeded quota: practice-quota, requested: pods=1, used: pods=2, limited: pods=2"
        in text
    )
    with pytest.raises(ApiError) as caught:
        hub.put(pod("one-more"), "jhub")
    assert caught.value.code == 403
    hub.put(pod("elsewhere"))
    hub.control("clear")
    hub.settle()
    assert len(hub.ready("jhub")) == 3
    assert hub.store.list(RESOURCE_QUOTAS) == []


def test_quota_exceeded_waits_for_a_namespace_when_there_is_no_hub(lab: Simulation):
    lab.control("fault", name=faults.QUOTA_EXCEEDED)
    lab.namespace("jhub")
    lab.settle()
    assert lab.get(RESOURCE_QUOTAS, "practice-quota", "jhub")["spec"]["hard"] == {"pods": "0"}
    assert lab.store.get(RESOURCE_QUOTAS, "kube-system", "practice-quota") is None


def test_node_lost(lab: Simulation):
    lab.put(
        workload("Deployment", "web", {"replicas": 4}, nodeSelector={"hub.jupyter.org/node-purpose": "user"})
    )
    lab.settle()
    reply = lab.control("fault", name=faults.NODE_LOST)
    lost = reply["faults"][0]["target"]
    lab.wait(10)
    node = lab.node(lost)
    condition = condition_of(node, "Ready")
    assert condition is not None
    assert (condition["status"], condition["reason"]) == ("Unknown", "NodeStatusUnknown")
    assert {t["key"] for t in node["spec"]["taints"]} == {"node.kubernetes.io/unreachable"}
    stuck = [p for p in lab.pods(app="web") if node_of(p) == lost]
    assert stuck
    assert not any(is_ready(p) for p in stuck)
    lab.wait(320)
    assert all(is_terminating(p) for p in lab.pods(app="web") if node_of(p) == lost)
    assert len([p for p in lab.pods(app="web") if is_ready(p)]) == 4
    assert lab.control("fault", name=faults.NODE_LOST)["faults"][0]["target"] == lost
    lab.control("clear")
    lab.settle()
    assert is_true(lab.node(lost), "Ready")
    assert "taints" not in lab.node(lost)["spec"]
    assert len(lab.pods(app="web")) == 4


def test_a_node_that_comes_back_in_time_keeps_its_pods(lab: Simulation):
    lab.put(workload("Deployment", "web", {"replicas": 4}))
    lab.settle()
    before = sorted(p["metadata"]["name"] for p in lab.pods(app="web"))
    lab.control("fault", name=faults.NODE_LOST)
    lab.wait(60)
    lab.control("clear")
    lab.settle()
    assert lab.ready(app="web") == before


def test_without_user_nodes_none_can_be_lost(tmp_path: Path):
    lab = Simulation(tmp_path, Settings(user_nodes=0)).boot()
    with pytest.raises(ApiError, match="no node for users"):
        lab.control("fault", name=faults.NODE_LOST)


def test_the_api_can_be_gone_or_the_token_expired(lab: Simulation):
    lab.control("fault", name=faults.TOKEN_EXPIRED)
    answer = lab.world.request_fault("GET", "/api/v1/pods")
    assert isinstance(answer, ApiError)
    assert answer.code == 401
    lab.control("fault", name=faults.API_GONE)
    assert lab.world.request_fault("GET", "/api/v1/pods") == "drop"


def test_faults_survive_a_restart():
    before = Faults()
    before.turn_on(faults.NODE_LOST, "practice-user-1")
    after = Faults()
    after.restore({**before.to_json(), "forgotten-fault": ""})
    assert after.lost_node == "practice-user-1"
    assert [each["fault"] for each in after.describe()] == [faults.NODE_LOST]
