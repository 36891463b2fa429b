"""Cluster addresses and node ports of services, each handed out once.

Ranges: kube-apiserver's --service-cluster-ip-range as kubeadm sets it, and its default
--service-node-port-range.
"""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Iterable

from z2jh_wizard.practice import status
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import SERVICES, Resource
from z2jh_wizard.practice.store import Store

CLUSTER_NETWORK = ipaddress.IPv4Network("10.96.0.0/12")
NODE_PORTS = range(30_000, 32_768)

_ADDRESS_FIELDS = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")
_FIELDS_OF_TYPES = {
    "externalTrafficPolicy": ("NodePort", "LoadBalancer"),
    "healthCheckNodePort": ("LoadBalancer",),
    "allocateLoadBalancerNodePorts": ("LoadBalancer",),
    "loadBalancerClass": ("LoadBalancer",),
}


def let_go(resource: Resource, new: Object, live: Object) -> None:
    """Take from a service, in place, what it had and its new type cannot have, unless a client chose that.

    Source: dropTypeDependentFields in k8s.io/kubernetes, pkg/registry/core/service.
    """
    if resource != SERVICES:
        return
    spec, before = new.get("spec") or {}, live["spec"]
    if spec.get("type") == "ExternalName" and spec.get("clusterIP") == before.get("clusterIP"):
        for field in _ADDRESS_FIELDS:
            spec.pop(field, None)
    if not _needs_ports(spec) and _node_ports(spec) == _node_ports(before):
        for port in spec.get("ports") or ():
            port.pop("nodePort", None)
    for field, types in _FIELDS_OF_TYPES.items():
        if spec.get("type") not in types and spec.get(field) == before.get(field):
            spec.pop(field, None)


def _node_ports(spec: Object) -> list[int | None]:
    return [port.get("nodePort") for port in spec.get("ports") or ()]


def _needs_ports(spec: Object) -> bool:
    return spec.get("type") in ("NodePort", "LoadBalancer")


def allocate(store: Store, resource: Resource, obj: Object, live: Object | None) -> None:
    """Give a service its addresses and ports, in place; ApiError 422 for a chosen one that is taken.

    A service keeps what it has (``live``, as it is stored) while its type still needs it.
    """
    if resource != SERVICES:
        return
    others = [each for each in store.list(SERVICES) if each is not live]
    spec = obj["spec"]
    _allocate_address(obj, spec, (live or {}).get("spec") or {}, others)
    _allocate_ports(obj, spec, (live or {}).get("spec") or {}, others)


def _allocate_address(obj: Object, spec: Object, before: Object, others: Iterable[Object]) -> None:
    if spec.get("type") == "ExternalName":
        for field in _ADDRESS_FIELDS:
            spec.pop(field, None)
        return
    taken = {each["spec"].get("clusterIP") for each in others}
    address = spec.get("clusterIP") or next(iter(spec.get("clusterIPs") or ()), "") or before.get("clusterIP")
    if not address:
        address = _free_address(taken)
    elif address != "None" and address in taken:
        why = f"failed to allocate IP {address}: provided IP is already allocated"
        raise _invalid(obj, status.invalid_value("spec.clusterIPs", [address], why))
    spec["clusterIP"] = address
    spec["clusterIPs"] = [address]
    spec.setdefault("ipFamilies", ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "SingleStack")


def _free_address(taken: set[str | None]) -> str:
    while True:
        # The first address is the API server's own, the last one the network's broadcast.
        offset = random.randrange(10, CLUSTER_NETWORK.num_addresses - 1)  # noqa: S311  # an address, no secret
        address = str(CLUSTER_NETWORK[offset])
        if address not in taken:
            return address


def _allocate_ports(obj: Object, spec: Object, before: Object, others: Iterable[Object]) -> None:
    ports = spec.get("ports") or []
    if not _needs_ports(spec) or not spec.get("allocateLoadBalancerNodePorts", True):
        return
    taken = {port.get("nodePort") for each in others for port in each["spec"].get("ports") or ()}
    kept = {
        (port.get("port"), port.get("protocol")): port.get("nodePort") for port in before.get("ports") or ()
    }
    for position, port in enumerate(ports):
        chosen = port.get("nodePort") or kept.get((port.get("port"), port.get("protocol")))
        if not chosen:
            chosen = random.choice([each for each in NODE_PORTS if each not in taken])  # noqa: S311
        elif chosen in taken:
            raise _bad_port(obj, position, chosen, "provided port is already allocated")
        elif chosen not in NODE_PORTS:
            valid = f"The range of valid ports is {NODE_PORTS[0]}-{NODE_PORTS[-1]}"
            raise _bad_port(obj, position, chosen, f"provided port is not in the valid range. {valid}")
        port["nodePort"] = chosen
        taken.add(chosen)


def _bad_port(obj: Object, position: int, port: int, why: str) -> status.ApiError:
    return _invalid(obj, status.invalid_value(f"spec.ports[{position}].nodePort", port, why))


def _invalid(obj: Object, cause: status.Cause) -> status.ApiError:
    return status.invalid("Service", "", obj["metadata"]["name"], [cause])
