"""Addresses and ports of services, each handed out once."""

from __future__ import annotations

import ipaddress
from typing import Any

from tests.practice.conftest import Api
from z2jh_wizard.practice.allocation import CLUSTER_NETWORK, NODE_PORTS

SERVICES = "/api/v1/namespaces/default/services"
MERGE = "application/merge-patch+json"


def service(name: str, **spec: Any) -> dict[str, Any]:
    ports = [{"name": "http", "port": 80}, {"name": "https", "port": 443}]
    return {"metadata": {"name": name}, "spec": {"selector": {"app": name}, "ports": ports} | spec}


def node_ports(made: Any) -> list[int | None]:
    return [each.get("nodePort") for each in made["spec"]["ports"]]


async def test_every_service_has_an_address_of_its_own(api: Api):
    made = [await api.make(SERVICES, service(f"s{number}")) for number in range(20)]
    addresses = {each["spec"]["clusterIP"] for each in made}
    assert len(addresses) == 20
    assert all(ipaddress.ip_address(each) in CLUSTER_NETWORK for each in addresses)
    assert made[0]["spec"]["clusterIPs"] == [made[0]["spec"]["clusterIP"]]
    assert made[0]["spec"]["ipFamilies"] == ["IPv4"]
    assert node_ports(made[0]) == [None, None]


async def test_a_headless_service_has_none(api: Api):
    for name in ("a", "b"):
        made = await api.make(SERVICES, service(name, clusterIP="None"))
        assert made["spec"]["clusterIPs"] == ["None"]


async def test_an_address_or_port_that_is_taken_is_refused(api: Api):
    first = await api.make(SERVICES, service("a", type="NodePort"))
    reply = await api("POST", SERVICES, service("b", clusterIP=first["spec"]["clusterIP"]))
    assert (reply.code, "provided IP is already allocated" in reply.message) == (422, True)
    taken = [{"port": 80, "nodePort": node_ports(first)[0]}]
    reply = await api("POST", SERVICES, service("b", type="NodePort", ports=taken))
    assert reply.code == 422
    assert "spec.ports[0].nodePort" in reply.message
    assert "provided port is already allocated" in reply.message
    reply = await api("POST", SERVICES, service("b", type="NodePort", ports=[{"port": 80, "nodePort": 99}]))
    assert "The range of valid ports is 30000-32767" in reply.message
    chosen = [{"port": 80, "nodePort": 31_234}]
    assert node_ports(await api.make(SERVICES, service("b", type="NodePort", ports=chosen))) == [31_234]


async def test_a_service_keeps_what_it_has(api: Api):
    made = await api.make(SERVICES, service("a", type="LoadBalancer"))
    ports = node_ports(made)
    assert len(set(ports)) == 2
    assert set(ports) <= set(NODE_PORTS)
    again = await api("PUT", f"{SERVICES}/a", service("a", type="LoadBalancer"))
    assert again.code == 200
    assert again.body["spec"]["clusterIP"] == made["spec"]["clusterIP"]
    assert node_ports(again.body) == ports
    inside = await api("PATCH", f"{SERVICES}/a", {"spec": {"type": "ClusterIP"}}, kind=MERGE)
    assert inside.body["spec"]["clusterIP"] == made["spec"]["clusterIP"]
    assert node_ports(inside.body) == [None, None]


async def test_a_balancer_may_do_without_ports(api: Api):
    made = await api.make(SERVICES, service("a", type="LoadBalancer", allocateLoadBalancerNodePorts=False))
    assert node_ports(made) == [None, None]


async def test_an_outside_name_has_no_address(api: Api):
    await api.make(SERVICES, service("a"))
    patch = {
        "spec": {"type": "ExternalName", "externalName": "example.org", "clusterIP": None, "clusterIPs": None}
    }
    changed = await api("PATCH", f"{SERVICES}/a", patch, kind=MERGE)
    assert changed.code == 200
    assert "clusterIP" not in changed.body["spec"]
