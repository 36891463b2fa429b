from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.practice.simulation import Simulation, scale, workload
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import ENDPOINT_SLICES, ENDPOINTS, PODS, SERVICES


@pytest.fixture
def lab(tmp_path: Path) -> Simulation:
    return Simulation(tmp_path).boot()


def service(name: str, **spec: Any) -> Object:
    body = {"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80, "targetPort": "http"}], **spec}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": body}


def address(lab: Simulation, name: str) -> str:
    ingress = (lab.get(SERVICES, name)["status"].get("loadBalancer") or {}).get("ingress") or []
    return str(ingress[0]["ip"]) if ingress else ""


def test_a_load_balancer_gets_a_documentation_address_after_a_while(lab: Simulation):
    lab.put(service("public", type="LoadBalancer"))
    lab.wait(2)
    assert address(lab, "public") == ""
    lab.wait(2)
    assert address(lab, "public").startswith("203.0.113.")
    assert lab.events("public") == ["Ensuring load balancer", "Ensured load balancer"]


def test_addresses_differ_and_one_of_ours_can_be_asked_for(lab: Simulation):
    lab.put(service("a", type="LoadBalancer", loadBalancerIP="203.0.113.77"))
    lab.put(service("b", type="LoadBalancer", loadBalancerIP="8.8.8.8"))
    lab.settle()
    assert address(lab, "a") == "203.0.113.77"
    assert address(lab, "b") not in ("", "8.8.8.8", "203.0.113.77")


def test_a_deleted_load_balancer_is_given_back_first(lab: Simulation):
    made = lab.put(service("public", type="LoadBalancer"))
    lab.settle()
    lab.store.delete(SERVICES, made)
    assert not lab.gone(SERVICES, "public")
    lab.settle()
    assert lab.gone(SERVICES, "public")
    assert lab.events("public", "Delet") == ["Deleting load balancer", "Deleted load balancer"]


def test_another_type_gives_the_address_back(lab: Simulation):
    made = lab.put(service("public", type="LoadBalancer"))
    lab.settle()
    lab.store.change(SERVICES, made, lambda obj: obj["spec"].update(type="ClusterIP"))
    lab.settle()
    assert address(lab, "public") == ""
    assert not lab.get(SERVICES, "public")["metadata"].get("finalizers")


def web(replicas: int) -> Object:
    ports = {"ports": [{"name": "http", "containerPort": 8080}]}
    return workload("Deployment", "web", {"replicas": replicas}, container=ports)


def slice_of(lab: Simulation, name: str) -> Object:
    labels = {"kubernetes.io/service-name": name}
    (found,) = lab.store.list(ENDPOINT_SLICES, "lab", labels)
    return found


def test_endpoints_are_the_ready_pods_with_their_own_ports(lab: Simulation):
    lab.put(service("web"))
    lab.put(web(2))
    lab.settle()
    (subset,) = lab.get(ENDPOINTS, "web")["subsets"]
    assert sorted(a["ip"] for a in subset["addresses"]) == sorted(
        p["status"]["podIP"] for p in lab.pods(app="web")
    )
    assert subset["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}]
    assert [e["conditions"]["ready"] for e in slice_of(lab, "web")["endpoints"]] == [True, True]
    scale(lab, "web", 1)
    lab.settle()
    assert len(lab.get(ENDPOINTS, "web")["subsets"][0]["addresses"]) == 1
    assert len(slice_of(lab, "web")["endpoints"]) == 1


def test_pods_that_are_not_ready_are_listed_apart(lab: Simulation):
    lab.put(service("web"))
    slow = web(1)
    probe = {"httpGet": {"path": "/", "port": 8080}, "initialDelaySeconds": 30}
    slow["spec"]["template"]["spec"]["containers"][0]["readinessProbe"] = probe
    lab.put(slow)
    lab.wait(10)
    (subset,) = lab.get(ENDPOINTS, "web")["subsets"]
    assert "addresses" not in subset
    assert len(subset["notReadyAddresses"]) == 1
    lab.wait(40)
    assert len(lab.get(ENDPOINTS, "web")["subsets"][0]["addresses"]) == 1


def test_a_pod_that_loses_the_label_leaves_the_service(lab: Simulation):
    lab.put(service("web"))
    lab.put(web(1))
    lab.settle()
    (made,) = lab.pods(app="web")
    lab.store.change(PODS, made, lambda obj: obj["metadata"]["labels"].update(app="other"))
    lab.settle()
    addresses = lab.get(ENDPOINTS, "web")["subsets"][0]["addresses"]
    (other,) = lab.ready(app="web")
    assert [a["targetRef"]["name"] for a in addresses] == [other]
    assert lab.ready(app="other") == [made["metadata"]["name"]]


def test_endpoints_go_with_their_service(lab: Simulation):
    made = lab.put(service("web"))
    lab.put(web(1))
    lab.settle()
    lab.store.delete(SERVICES, made)
    lab.settle()
    assert lab.gone(ENDPOINTS, "web")
    assert lab.store.list(ENDPOINT_SLICES, "lab") == []


def test_a_service_without_selector_has_no_endpoints_of_ours(lab: Simulation):
    lab.put(service("outside", selector=None))
    lab.settle()
    assert lab.gone(ENDPOINTS, "outside")
