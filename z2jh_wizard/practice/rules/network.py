"""Rules for services, ingresses and network policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from z2jh_wizard.practice.objects import Object, dig
from z2jh_wizard.practice.rules import names
from z2jh_wizard.practice.rules.metadata import label_selector, labels
from z2jh_wizard.practice.rules.names import wrong
from z2jh_wizard.practice.rules.values import one_of, port
from z2jh_wizard.practice.status import (
    Cause,
    duplicate,
    forbidden_value,
    invalid_value,
    not_supported,
    required,
)

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_PROTOCOLS = ("SCTP", "TCP", "UDP")
_POLICY_PROTOCOLS = ("TCP", "UDP", "SCTP")
_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")


def service(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a service."""
    spec = obj.get("spec") or {}
    kind = spec.get("type") or "ClusterIP"
    headless = spec.get("clusterIP") == "None"
    ports = spec.get("ports") or []
    if kind == "ExternalName":
        yield from _external_name(spec)
    elif not ports and not headless:
        yield required("spec.ports")
    if headless and kind in ("LoadBalancer", "NodePort"):
        detail = f"may not be set to 'None' for {kind} services"
        yield invalid_value("spec.clusterIPs[0]", "None", detail)
    seen: set[str] = set()
    for place, each in enumerate(ports):
        yield from _service_port(each, f"spec.ports[{place}]", len(ports) > 1, seen)
        if each.get("nodePort") and kind in ("ClusterIP", "ExternalName"):
            yield forbidden_value(f"spec.ports[{place}].nodePort", f"may not be used when `type` is '{kind}'")
    yield from labels(spec.get("selector"), "spec.selector")
    yield from one_of(spec.get("sessionAffinity"), "spec.sessionAffinity", ("ClientIP", "None"))
    yield from one_of(kind, "spec.type", _TYPES)
    yield from _repeated_ports(ports)
    yield from _addresses(spec, headless)
    yield from _traffic_policy(spec, kind)


def _external_name(spec: Object) -> Iterator[Cause]:
    name = (spec.get("externalName") or "").rstrip(".")
    if name:
        yield from wrong("spec.externalName", name, names.dns_subdomain)
    else:
        yield required("spec.externalName")


def _service_port(each: Object, field: str, named: bool, seen: set[str]) -> Iterator[Cause]:
    name = each.get("name")
    if name:
        yield from wrong(f"{field}.name", name, names.dns_label)
        if name in seen:
            yield duplicate(f"{field}.name", name)
        seen.add(name)
    elif named:
        yield required(f"{field}.name")
    number = each.get("port", 0)
    yield from port(number, f"{field}.port")
    yield from one_of(each.get("protocol"), f"{field}.protocol", _PROTOCOLS)
    yield from port(each.get("targetPort") or number, f"{field}.targetPort")


def _repeated_ports(ports: list[Object]) -> Iterator[Cause]:
    seen: set[tuple[Any, Any]] = set()
    for place, each in enumerate(ports):
        protocol, number = each.get("protocol") or "TCP", each.get("port")
        if (protocol, number) in seen:
            shown = {"Name": "", "Protocol": protocol, "AppProtocol": None, "Port": number}
            yield duplicate(f"spec.ports[{place}]", shown | {"TargetPort": 0, "NodePort": 0})
        seen.add((protocol, number))


def _addresses(spec: Object, headless: bool) -> Iterator[Cause]:
    address = spec.get("clusterIP")
    if address and not headless:
        yield from wrong("spec.clusterIPs[0]", address, names.address)
    for place, each in enumerate(spec.get("externalIPs") or []):
        yield from wrong(f"spec.externalIPs[{place}]", each, names.address)
    for place, each in enumerate(spec.get("loadBalancerSourceRanges") or []):
        yield from wrong(f"spec.LoadBalancerSourceRanges[{place}]", each, names.cidr)


def _traffic_policy(spec: Object, kind: str) -> Iterator[Cause]:
    policy = spec.get("externalTrafficPolicy")
    if policy and kind not in ("LoadBalancer", "NodePort") and not spec.get("externalIPs"):
        detail = "may only be set for externally-accessible services"
        yield invalid_value("spec.externalTrafficPolicy", policy, detail)
    else:
        yield from one_of(policy, "spec.externalTrafficPolicy", ("Cluster", "Local"))


def ingress(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with an ingress."""
    spec = obj.get("spec") or {}
    if not spec.get("rules") and spec.get("defaultBackend") is None:
        yield invalid_value("spec", None, "either `defaultBackend` or `rules` must be specified")
    for place, rule in enumerate(spec.get("rules") or []):
        at = f"spec.rules[{place}]"
        if rule.get("host"):
            yield from wrong(f"{at}.host", rule["host"], names.host)
        if rule.get("http") is not None:
            yield from _paths(rule["http"].get("paths") or [], f"{at}.http.paths")
    if spec.get("defaultBackend") is not None:
        yield from _backend(spec["defaultBackend"], "spec.defaultBackend")
    if spec.get("ingressClassName"):
        yield from wrong("spec.ingressClassName", spec["ingressClassName"], names.dns_subdomain)


def _paths(paths: list[Object], field: str) -> Iterator[Cause]:
    if not paths:
        yield required(field)
    for place, each in enumerate(paths):
        at, kind, path = f"{field}[{place}]", each.get("pathType"), each.get("path") or ""
        if not kind:
            yield required(f"{at}.pathType", "pathType must be specified")
        elif kind not in _PATH_TYPES:
            yield not_supported(f"{at}.pathType", kind, _PATH_TYPES)
        elif not path.startswith("/") and (path or kind != "ImplementationSpecific"):
            yield invalid_value(f"{at}.path", path, "must be an absolute path")
        yield from _backend(each.get("backend") or {}, f"{at}.backend")


def _backend(backend: Object, field: str) -> Iterator[Cause]:
    found = backend.get("service")
    if found is None:
        if backend.get("resource") is None:
            yield invalid_value(field, "", "resource or service backend is required")
        return
    name = found.get("name")
    if name:
        yield from wrong(f"{field}.service.name", name, names.dns_label)
    else:
        yield required(f"{field}.service.name")
    number, port_name = dig(found, "port", "number"), dig(found, "port", "name")
    if number:
        yield from port(number, f"{field}.service.port.number")
    elif port_name:
        yield from wrong(f"{field}.service.port.name", port_name, names.port_name)
    else:
        yield required(field, "port name or number is required")


def network_policy(obj: Object) -> Iterator[Cause]:
    """Yield what is wrong with a network policy."""
    spec = obj.get("spec") or {}
    yield from label_selector(spec.get("podSelector") or {}, "spec.podSelector")
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for place, rule in enumerate(spec.get(direction) or []):
            at = f"spec.{direction}[{place}]"
            for number, each in enumerate(rule.get("ports") or []):
                yield from one_of(each.get("protocol"), f"{at}.ports[{number}].protocol", _POLICY_PROTOCOLS)
                yield from port(each.get("port"), f"{at}.ports[{number}].port")
            for number, peer in enumerate(rule.get(peers) or []):
                yield from _peer(peer, f"{at}.{peers}[{number}]")
    for place, kind in enumerate(spec.get("policyTypes") or []):
        yield from one_of(kind, f"spec.policyTypes[{place}]", ("Ingress", "Egress"))


def _peer(peer: Object, field: str) -> Iterator[Cause]:
    kinds = ("podSelector", "namespaceSelector", "ipBlock")
    if all(peer.get(kind) is None for kind in kinds):
        yield required(field, "must specify a peer")
    for kind in kinds[:2]:
        yield from label_selector(peer.get(kind) or {}, f"{field}.{kind}")
    if peer.get("ipBlock") is not None:
        cidr = peer["ipBlock"].get("cidr", "")
        if cidr:
            yield from wrong(f"{field}.ipBlock.cidr", cidr, names.cidr)
        else:
            yield required(f"{field}.ipBlock.cidr")
