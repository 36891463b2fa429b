"""Services: addresses of load balancers, and the pods behind each service."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.practice.controllers.base import Controller, setting
from z2jh_wizard.practice.faults import LOAD_BALANCER_PENDING
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import (
    ObjectKey,
    containers_of,
    is_done,
    is_ready,
    is_terminating,
    key_of,
    labels_of,
    matches,
    node_of,
    owner_reference,
    status_of,
    uid_of,
)
from z2jh_wizard.practice.objects import Object, same_json
from z2jh_wizard.practice.resources import ENDPOINT_SLICES, ENDPOINTS, PODS, SERVICES, Resource

NETWORK = "203.0.113"
"""Documentation addresses (RFC 5737, TEST-NET-3): nobody can be reached there by mistake."""

_CLEANUP = "service.kubernetes.io/load-balancer-cleanup"
_ADDRESS_SECONDS = 3.0
_RETRY_SECONDS = 5.0
_DELETE_SECONDS = 0.5


class LoadBalancerController(Controller):
    """Gives services of type LoadBalancer an address, and takes it back."""

    name = "service-controller"
    watches = (SERVICES,)

    def reconcile(self, key: ObjectKey) -> None:
        """Give or take the address of one service."""
        service = self.store.get(SERVICES, *key)
        if service is None:
            self.forget(key)
            return
        wanted = service["spec"].get("type") == "LoadBalancer" and not is_terminating(service)
        if wanted:
            self._ensure(service)
        elif _CLEANUP in (service["metadata"].get("finalizers") or ()):
            self._take_back(service)

    def _ensure(self, service: Object) -> None:
        key = key_of(service)
        if _CLEANUP not in (service["metadata"].get("finalizers") or ()):
            finalizers = [*(service["metadata"].get("finalizers") or ()), _CLEANUP]
            service = self.store.change(SERVICES, service, setting(("metadata", "finalizers"), finalizers))
        if _address(service):
            return
        if self.cluster.faults.active(LOAD_BALANCER_PENDING):
            self.event(service, "EnsuringLoadBalancer", "Ensuring load balancer")
            text = (
                "Error syncing load balancer: failed to ensure load balancer: quota 'external addresses' "
                "exceeded. Limit: 0 in region practice."
            )
            self.event(service, "SyncLoadBalancerFailed", text, warning=True)
            self.again(key, _RETRY_SECONDS, "retry")
            return
        if not self.has_begun(key, "address"):
            self.event(service, "EnsuringLoadBalancer", "Ensuring load balancer")
        if not self.passed(key, "address", _ADDRESS_SECONDS):
            return
        address = self._free_address(service)
        balancer = {"ingress": [{"ip": address, "ipMode": "VIP"}]}
        self.set_status(SERVICES, service, {**status_of(service), "loadBalancer": balancer})
        self.event(service, "EnsuredLoadBalancer", "Ensured load balancer")

    def _free_address(self, service: Object) -> str:
        """Return the address that a service asks for, if it is one of ours, or a free one."""
        taken = {_address(each) for each in self.store.list(SERVICES)}
        asked = service["spec"].get("loadBalancerIP") or ""
        if asked.startswith(NETWORK + ".") and asked not in taken:
            return str(asked)
        hosts = list(range(2, 255))
        self.cluster.random.shuffle(hosts)
        return next(f"{NETWORK}.{host}" for host in hosts if f"{NETWORK}.{host}" not in taken)

    def _take_back(self, service: Object) -> None:
        key = key_of(service)
        self.reset(key, "address")
        if not self.has_begun(key, "delete"):
            self.event(service, "DeletingLoadBalancer", "Deleting load balancer")
        if _address(service) and not self.passed(key, "delete", _DELETE_SECONDS):
            return
        self.event(service, "DeletedLoadBalancer", "Deleted load balancer")
        finalizers = [f for f in service["metadata"]["finalizers"] if f != _CLEANUP]

        def let_go(obj: Object) -> None:
            obj["metadata"]["finalizers"] = finalizers
            obj["status"] = {**status_of(obj), "loadBalancer": {}}

        self.store.change(SERVICES, service, let_go)
        self.reset(key, "delete")


class EndpointsController(Controller):
    """Lists the pods behind each service, as Endpoints and as an EndpointSlice."""

    name = "endpoints-controller"
    watches = (SERVICES, PODS)

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at a changed service, or at the services that select a changed pod."""
        if change.resource.key == SERVICES.key:
            return (key_of(change.object),)
        namespace, labels = change.object["metadata"]["namespace"], labels_of(change.object)
        old = labels_of(change.previous) if change.previous else {}
        return [
            key_of(service)
            for service in self.store.list(SERVICES, namespace)
            if matches(service["spec"].get("selector"), labels)
            or (old != labels and matches(service["spec"].get("selector"), old))
        ]

    def reconcile(self, key: ObjectKey) -> None:
        """Write the endpoints of one service."""
        service = self.store.get(SERVICES, *key)
        if service is None or is_terminating(service):
            self.forget(key)
            endpoints = self.store.get(ENDPOINTS, *key)
            if service is None and endpoints is not None:
                self.store.remove(ENDPOINTS, endpoints)
            return
        selector = service["spec"].get("selector")
        if not selector:
            return
        pods = [p for p in self.store.list(PODS, key.namespace, selector) if _has_address(p)]
        self._write_endpoints(service, pods)
        self._write_slice(service, pods)

    def _write_endpoints(self, service: Object, pods: list[Object]) -> None:
        addresses: dict[str, list[Object]] = {"addresses": [], "notReadyAddresses": []}
        for pod in pods:
            if is_terminating(pod):
                continue
            ready = is_ready(pod) or service["spec"].get("publishNotReadyAddresses")
            addresses["addresses" if ready else "notReadyAddresses"].append(_endpoint_address(pod))
        subset: Object = {kind: each for kind, each in addresses.items() if each}
        ports = [_port(port, pods) for port in service["spec"].get("ports") or []]
        if subset and ports:
            subset["ports"] = ports
        meta = {
            "name": service["metadata"]["name"],
            "labels": {**labels_of(service), "endpoints.kubernetes.io/managed-by": "endpoint-controller"},
        }
        body: Object = {"metadata": meta, "subsets": [subset] if subset else []}
        self._put(ENDPOINTS, service, body, ("subsets",))

    def _write_slice(self, service: Object, pods: list[Object]) -> None:
        name = service["metadata"]["name"]
        body: Object = {
            "metadata": {
                "name": f"{name}-{uid_of(service)[:5]}",
                "labels": {
                    **labels_of(service),
                    "kubernetes.io/service-name": name,
                    "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
                },
                "ownerReferences": [owner_reference(service)],
            },
            "addressType": "IPv4",
            "endpoints": [_endpoint(pod, service) for pod in pods],
            "ports": [_port(port, pods) for port in service["spec"].get("ports") or []],
        }
        self._put(ENDPOINT_SLICES, service, body, ("endpoints", "ports"))

    def _put(self, resource: Resource, service: Object, body: Object, parts: tuple[str, ...]) -> None:
        """Create an object that belongs to a service, or bring the named parts of it up to date."""
        namespace = service["metadata"]["namespace"]
        live = self.store.get(resource, namespace, body["metadata"]["name"])
        if live is None:
            self.store.create(resource, body, namespace)
        elif any(not same_json(live.get(part), body[part]) for part in parts):
            self.store.change(resource, live, lambda new: new.update({part: body[part] for part in parts}))


def _address(service: Object) -> str:
    ingress = (status_of(service).get("loadBalancer") or {}).get("ingress") or []
    return str(ingress[0].get("ip", "")) if ingress else ""


def _has_address(pod: Object) -> bool:
    return bool(status_of(pod).get("podIP")) and not is_done(pod)


def _reference(pod: Object) -> Object:
    meta = pod["metadata"]
    return {"kind": "Pod", "namespace": meta["namespace"], "name": meta["name"], "uid": meta["uid"]}


def _endpoint_address(pod: Object) -> Object:
    return {"ip": status_of(pod)["podIP"], "nodeName": node_of(pod), "targetRef": _reference(pod)}


def _endpoint(pod: Object, service: Object) -> Object:
    serving = is_ready(pod)
    ready = serving and not is_terminating(pod)
    return {
        "addresses": [status_of(pod)["podIP"]],
        "conditions": {
            "ready": ready or bool(service["spec"].get("publishNotReadyAddresses")),
            "serving": serving,
            "terminating": is_terminating(pod),
        },
        "nodeName": node_of(pod),
        "targetRef": _reference(pod),
    }


def _port(port: Object, pods: list[Object]) -> Object:
    """Return a service port as the pods listen on it; a named target is looked up in the first pod."""
    target = port.get("targetPort", port["port"])
    if isinstance(target, str):
        named = (
            p["containerPort"]
            for pod in pods
            for container in containers_of(pod)
            for p in container.get("ports") or []
            if p.get("name") == target
        )
        target = next(named, port["port"])
    found = {"port": target, "protocol": port.get("protocol", "TCP")}
    return {"name": port["name"], **found} if port.get("name") else found
