"""Columns of services and what leads to them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from z2jh_wizard.practice.columns import cells
from z2jh_wizard.practice.columns.cells import NONE, UNSET
from z2jh_wizard.practice.columns.layout import Layout, columns, name_and_default, name_of
from z2jh_wizard.practice.objects import Object, dig


def _service(obj: Object, now: datetime.datetime) -> list[Any]:
    spec = obj.get("spec") or {}
    addresses = spec.get("clusterIPs") or [spec.get("clusterIP")]
    return [
        name_of(obj),
        spec.get("type", ""),
        addresses[0] or NONE,
        _external_addresses(obj),
        ",".join(map(_service_port, spec.get("ports") or [])) or NONE,
        cells.age(obj, now),
        cells.labels_text(spec.get("selector")),
    ]


def _external_addresses(obj: Object) -> str:
    spec = obj.get("spec") or {}
    if spec.get("type") == "ExternalName":
        return str(spec.get("externalName", ""))
    own = [cells.addresses(obj.get("status") or {})] if spec.get("type") == "LoadBalancer" else []
    found = ",".join([each for each in own if each] + list(spec.get("externalIPs") or []))
    return found or ("<pending>" if own else NONE)


def _service_port(port: Object) -> str:
    node_port = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port.get('port')}{node_port}/{port.get('protocol', 'TCP')}"


def _ingress(obj: Object, now: datetime.datetime) -> list[Any]:
    rules = dig(obj, "spec", "rules", default=[])
    hosts = [rule["host"] for rule in rules if rule.get("host")]
    return [
        name_of(obj),
        dig(obj, "spec", "ingressClassName", default=NONE),
        cells.first_few(hosts, 3) if hosts else "*",
        cells.addresses(obj.get("status") or {}),
        "80, 443" if dig(obj, "spec", "tls") else "80",
        cells.age(obj, now),
    ]


def _ingress_class(obj: Object, now: datetime.datetime) -> list[Any]:
    name = name_and_default(obj, "ingressclass.kubernetes.io/is-default-class")
    given = dig(obj, "spec", "parameters")
    text = NONE
    if given:
        group = f".{given['apiGroup']}" if given.get("apiGroup") else ""
        text = f"{given.get('kind')}{group}/{given.get('name')}"
    return [name, dig(obj, "spec", "controller", default=""), text, cells.age(obj, now)]


def _endpoints(obj: Object, now: datetime.datetime) -> list[Any]:
    found = [
        f"{address['ip']}:{port['port']}" if port else address["ip"]
        for subset in obj.get("subsets") or []
        for port in subset.get("ports") or [None]
        for address in subset.get("addresses") or []
    ]
    return [name_of(obj), cells.first_few(found, 3), cells.age(obj, now)]


def _endpoint_slice(obj: Object, now: datetime.datetime) -> list[Any]:
    ports = [str(each.get("port") or each.get("name") or "*") for each in obj.get("ports") or []]
    found = [address for each in obj.get("endpoints") or [] for address in each.get("addresses") or []]
    return [
        name_of(obj),
        obj.get("addressType", ""),
        cells.first_few(ports, 3) if ports else UNSET,
        cells.first_few(found, 3) if found else UNSET,
        cells.age(obj, now),
    ]


def _network_policy(obj: Object, now: datetime.datetime) -> list[Any]:
    selector = cells.selector_text(dig(obj, "spec", "podSelector"))
    return [name_of(obj), selector, cells.age(obj, now)]


LAYOUTS: Mapping[tuple[str, str], Layout] = {
    ("", "services"): Layout(
        columns("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "+Selector"), _service
    ),
    ("", "endpoints"): Layout(columns("Name", "Endpoints", "Age"), _endpoints),
    ("discovery.k8s.io", "endpointslices"): Layout(
        columns("Name", "AddressType", "Ports", "Endpoints", "Age"), _endpoint_slice
    ),
    ("networking.k8s.io", "ingresses"): Layout(
        columns("Name", "Class", "Hosts", "Address", "Ports", "Age"), _ingress
    ),
    ("networking.k8s.io", "ingressclasses"): Layout(
        columns("Name", "Controller", "Parameters", "Age"), _ingress_class
    ),
    ("networking.k8s.io", "networkpolicies"): Layout(columns("Name", "Pod-Selector", "Age"), _network_policy),
}
