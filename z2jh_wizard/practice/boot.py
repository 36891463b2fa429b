"""What every cluster has before anybody installs anything: namespaces, storage classes, system pods."""

from __future__ import annotations

from z2jh_wizard.practice.cluster import Cluster
from z2jh_wizard.practice.controllers.claims import DEFAULT_CLASS, PROVISIONER
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import (
    CSI_DRIVERS,
    DAEMON_SETS,
    DEPLOYMENTS,
    NAMESPACES,
    PRIORITY_CLASSES,
    SERVICES,
    STORAGE_CLASSES,
    Resource,
)

_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
_CRITICAL = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


def boot(cluster: Cluster) -> None:
    """Make what is missing of a bare cluster; a cluster that was restored keeps what it has."""
    new = cluster.store.get(NAMESPACES, "", "kube-system") is None
    for name in _NAMESPACES:
        body: Object = {
            "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        }
        _ensure(cluster, NAMESPACES, body)
    for name, number in _CRITICAL.items():
        text = "Used for system critical pods that must run in the cluster."
        _ensure(
            cluster,
            PRIORITY_CLASSES,
            {
                "metadata": {"name": name},
                "value": number,
                "description": text,
                "preemptionPolicy": "PreemptLowerPriority",
            },
        )
    _ensure(cluster, SERVICES, _api_service(), "default")
    if not new:
        return  # what people deleted since stays deleted
    _ensure(cluster, CSI_DRIVERS, {"metadata": {"name": PROVISIONER}, "spec": {"attachRequired": True}})
    for name, mode, default in (
        ("standard", "WaitForFirstConsumer", "true"),
        ("standard-immediate", "Immediate", "false"),
    ):
        _ensure(cluster, STORAGE_CLASSES, _storage_class(name, mode, default))
    _ensure(cluster, DEPLOYMENTS, _dns(), "kube-system")
    _ensure(cluster, SERVICES, _dns_service(), "kube-system")
    _ensure(cluster, DAEMON_SETS, _node_proxy(), "kube-system")


def _ensure(cluster: Cluster, resource: Resource, body: Object, namespace: str = "") -> None:
    if cluster.store.get(resource, namespace, body["metadata"]["name"]) is None:
        cluster.create(resource, body, namespace)


def _storage_class(name: str, mode: str, default: str) -> Object:
    return {
        "metadata": {"name": name, "annotations": {DEFAULT_CLASS: default}},
        "provisioner": PROVISIONER,
        "reclaimPolicy": "Delete",
        "volumeBindingMode": mode,
        "allowVolumeExpansion": True,
    }


def _api_service() -> Object:
    return {
        "metadata": {"name": "kubernetes", "labels": {"component": "apiserver", "provider": "kubernetes"}},
        "spec": {
            **_address("10.96.0.1"),
            "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
        },
        "status": {"loadBalancer": {}},
    }


def _dns_service() -> Object:
    return {
        "metadata": {"name": "kube-dns", "labels": {"k8s-app": "kube-dns", "kubernetes.io/name": "CoreDNS"}},
        "spec": {
            **_address("10.96.0.10"),
            "selector": {"k8s-app": "kube-dns"},
            "ports": [
                {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
                {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53},
            ],
        },
        "status": {"loadBalancer": {}},
    }


def _address(address: str) -> Object:
    return {
        "type": "ClusterIP",
        "clusterIP": address,
        "clusterIPs": [address],
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
        "internalTrafficPolicy": "Cluster",
        "sessionAffinity": "None",
    }


def _dns() -> Object:
    labels = {"k8s-app": "kube-dns"}
    container = {
        "name": "coredns",
        "image": "registry.k8s.io/coredns/coredns:v1.13.1",
        "imagePullPolicy": "IfNotPresent",
        "resources": {"requests": {"cpu": "100m", "memory": "70Mi"}, "limits": {"memory": "170Mi"}},
    }
    tolerations = [{"key": "CriticalAddonsOnly", "operator": "Exists"}]
    spec = {
        "replicas": 2,
        "selector": {"matchLabels": labels},
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}},
        "template": _template(labels, container, "system-cluster-critical", tolerations),
    }
    return {"metadata": {"name": "coredns", "labels": labels}, "spec": spec}


def _node_proxy() -> Object:
    labels = {"k8s-app": "kube-proxy"}
    container = {
        "name": "kube-proxy",
        "image": "registry.k8s.io/kube-proxy:v1.36.2",
        "imagePullPolicy": "IfNotPresent",
        "resources": {"requests": {"cpu": "100m"}},
    }
    template = _template(labels, container, "system-node-critical", [{"operator": "Exists"}])
    template["spec"]["hostNetwork"] = True
    spec = {
        "selector": {"matchLabels": labels},
        "revisionHistoryLimit": 10,
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
        "template": template,
    }
    return {"metadata": {"name": "kube-proxy", "labels": labels}, "spec": spec}


def _template(labels: dict[str, str], container: Object, priority: str, tolerations: list[Object]) -> Object:
    return {
        "metadata": {"labels": labels},
        "spec": {
            "containers": [container],
            "dnsPolicy": "ClusterFirst",
            "priorityClassName": priority,
            "restartPolicy": "Always",
            "schedulerName": "default-scheduler",
            "securityContext": {},
            "terminationGracePeriodSeconds": 30,
            "tolerations": tolerations,
        },
    }
