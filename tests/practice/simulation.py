"""A practice cluster without a server, on a clock that the test moves, and the objects that tests install."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import yaml

from z2jh_wizard.practice.admission import admit
from z2jh_wizard.practice.clock import ManualClock
from z2jh_wizard.practice.defaults import fill
from z2jh_wizard.practice.meta import is_ready, labels_of, node_of, owners_of, status_of
from z2jh_wizard.practice.objects import Object, copy_json, split_api_version
from z2jh_wizard.practice.resources import (
    DEPLOYMENTS,
    EVENTS,
    NAMESPACES,
    NODES,
    PODS,
    Resource,
    by_kind,
)
from z2jh_wizard.practice.store import Store
from z2jh_wizard.practice.world import Settings, World

IMAGE = "docker.io/library/nginx:1.29"


class Simulation:
    """A world with its store and clock; whatever is put in is completed as the API server does it."""

    def __init__(self, folder: Path, settings: Settings | None = None, store: Store | None = None) -> None:
        self.clock = ManualClock(speed=(settings or Settings()).speed)
        self.store = store or Store(now=self.clock.now)
        self.world = World(self.store, settings or Settings(), folder, self.clock)
        self.world.strict = True

    def boot(self) -> Simulation:
        """Start the cluster, and make the namespace of the tests."""
        self.world.boot()
        self.namespace("lab")
        self.settle()
        return self

    def settle(self, seconds: float = 60.0) -> None:
        """Run until nothing happens for a minute of cluster time."""
        self.world.settle(seconds)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.world.pass_time(seconds)

    def namespace(self, name: str) -> Object:
        """Make a namespace as the API server does."""
        body: Object = {"metadata": {"name": name}, "spec": {"finalizers": ["kubernetes"]}}
        return self.store.create(NAMESPACES, {**body, "status": {"phase": "Active"}})

    def put(self, manifest: Object | str, namespace: str = "lab") -> Object:
        """Create an object from a dict or YAML, defaults and admission included."""
        obj: Object = yaml.safe_load(manifest) if isinstance(manifest, str) else copy_json(manifest)
        resource = by_kind(split_api_version(obj["apiVersion"])[0], obj["kind"])
        assert resource is not None, obj["kind"]
        new = self.store.prepared(resource, obj, namespace if resource.namespaced else "")
        fill(new)
        admit(self.store, resource, new, namespace)
        return self.store.insert(resource, new)

    def get(self, resource: Resource, name: str, namespace: str = "lab") -> Object:
        """Return an object that has to be there."""
        found = self.store.get(resource, namespace, name)
        assert found is not None, f"no {resource.kind} {name}"
        return found

    def gone(self, resource: Resource, name: str, namespace: str = "lab") -> bool:
        """Say whether an object is not there."""
        return self.store.get(resource, namespace, name) is None

    def pods(self, namespace: str = "lab", **labels: str) -> list[Object]:
        """Return the pods of a namespace with some labels."""
        return self.store.list(PODS, namespace, labels)

    def pod(self, name: str, namespace: str = "lab") -> Object:
        """Return one pod."""
        return self.get(PODS, name, namespace)

    def ready(self, namespace: str = "lab", **labels: str) -> list[str]:
        """Return the names of the ready pods."""
        return sorted(p["metadata"]["name"] for p in self.pods(namespace, **labels) if is_ready(p))

    def events(self, name: str, reason: str = "") -> list[str]:
        """Return the messages of the events about an object, by the beginning of its name."""
        return [
            event["message"]
            for event in self.store.list(EVENTS)
            if event["involvedObject"]["name"].startswith(name) and event["reason"].startswith(reason)
        ]

    def node(self, name: str) -> Object:
        """Return one node."""
        return self.get(NODES, name, "")

    def nodes(self, pool: str = "") -> list[str]:
        """Return the names of the nodes of a pool, or of all."""
        return sorted(
            n["metadata"]["name"]
            for n in self.store.list(NODES)
            if not pool or labels_of(n)["practice.z2jh-wizard/pool"] == pool
        )

    def control(self, action: str, **body: Any) -> dict[str, Any]:
        """Ask the world for something as an instructor does."""
        return self.world.control(action, body)


def placed(pods: list[Object]) -> dict[str, str]:
    """Return the node of each pod by its name."""
    return {pod["metadata"]["name"]: node_of(pod) for pod in pods}


def owner_names(obj: Object) -> list[str]:
    """Return the names of the owners of an object."""
    return [ref["name"] for ref in owners_of(obj)]


def phase(obj: Object) -> str:
    """Return the phase of an object."""
    return str(status_of(obj).get("phase"))


def waiting_reason(pod: Object) -> str:
    """Return why the first container of a pod waits, or an empty string."""
    return str(status_of(pod)["containerStatuses"][0]["state"].get("waiting", {}).get("reason", ""))


def pod_spec(**changes: Any) -> Object:
    """Return the spec of a plain pod; ``requests`` are those of its only container."""
    requests = changes.pop("requests", {})
    container = {"name": "main", "image": IMAGE, "resources": {"requests": requests}}
    container.update(changes.pop("container", {}))
    return {"containers": [container], **changes}


def pod(name: str, labels: dict[str, str] | None = None, **changes: Any) -> Object:
    """Return a plain pod."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels or {}},
        "spec": pod_spec(**changes),
    }


def workload(kind: str, name: str, spec: dict[str, Any] | None = None, **pod_changes: Any) -> Object:
    """Return a Deployment, StatefulSet, DaemonSet or ReplicaSet whose pods carry the label ``app``."""
    labels = {"app": name}
    body = {
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": pod_spec(**pod_changes)},
        **(spec or {}),
    }
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": body}


def job(name: str, spec: dict[str, Any] | None = None, **pod_changes: Any) -> Object:
    """Return a Job."""
    template = {"metadata": {"labels": {"job-name": name}}, "spec": pod_spec(**pod_changes)}
    template["spec"].setdefault("restartPolicy", "Never")
    body = {"template": template, **(spec or {})}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": body}


def claim(name: str, storage_class: str | None = None, size: str = "1Gi", **spec: Any) -> Object:
    """Return a volume claim."""
    body: Object = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": size}},
        **spec,
    }
    if storage_class is not None:
        body["storageClassName"] = storage_class
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": body}


def mounted(claim_name: str) -> dict[str, Any]:
    """Return what a pod's spec needs to mount a claim at /data."""
    return {
        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": claim_name}}],
        "container": {"volumeMounts": [{"name": "data", "mountPath": "/data"}]},
    }


VALUES: dict[str, Any] = {
    "Chart": {"Name": "jupyterhub", "Version": "4.4.0"},
    "Release": {"Name": "jhub"},
    "hub": {"config": {"JupyterHub": {"authenticator_class": "dummy"}}},
    "singleuser": {
        "image": {"name": "quay.io/jupyterhub/k8s-singleuser-sample", "tag": "4.4.0"},
        "memory": {"guarantee": "1G"},
        "storage": {"type": "dynamic", "capacity": "10Gi", "homeMountPath": "/home/jovyan"},
    },
}


def install_hub(
    simulation: Simulation, values: dict[str, Any] | None = None, namespace: str = "jhub"
) -> None:
    """Put in what a chart installs of a hub and a proxy, and let it come up."""
    if simulation.store.get(NAMESPACES, "", namespace) is None:
        simulation.namespace(namespace)
    text = base64.b64encode(yaml.safe_dump(values or VALUES).encode()).decode()
    simulation.put(
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "hub"}, "data": {"values.yaml": text}},
        namespace,
    )
    names = {"user-scheduler": "jhub-user-scheduler", "priority": "jhub-default-priority"}
    simulation.put(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "hub"}, "data": names}, namespace
    )
    simulation.put(claim("hub-db-dir"), namespace)
    for manifest in (hub_deployment(), proxy_deployment()):
        simulation.put(manifest, namespace)
    simulation.settle()


def hub_deployment() -> Object:
    """Return the Deployment of a hub."""
    return _chart_deployment(
        "hub",
        {
            "name": "hub",
            "image": "quay.io/jupyterhub/k8s-hub:4.4.0",
            "ports": [{"name": "http", "containerPort": 8081}],
            "readinessProbe": {"httpGet": {"path": "/hub/health", "port": "http"}, "periodSeconds": 2},
            "volumeMounts": [{"name": "pvc", "mountPath": "/srv/jupyterhub"}],
        },
        [{"name": "pvc", "persistentVolumeClaim": {"claimName": "hub-db-dir"}}],
    )


def proxy_deployment() -> Object:
    """Return the Deployment of a proxy."""
    image = "quay.io/jupyterhub/configurable-http-proxy:5.2.0"
    return _chart_deployment("proxy", {"name": "chp", "image": image}, [])


def _chart_deployment(component: str, container: Object, volumes: list[Object]) -> Object:
    labels = {"app": "jupyterhub", "component": component, "release": "jhub"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": component, "labels": labels},
        "spec": {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [container], "volumes": volumes},
            },
        },
    }


def scale(simulation: Simulation, name: str, replicas: int, resource: Resource = DEPLOYMENTS) -> None:
    """Change the number of replicas of a workload in the namespace of the tests."""
    found = simulation.get(resource, name)
    simulation.store.change(resource, found, lambda obj: obj["spec"].update(replicas=replicas))


def set_image(simulation: Simulation, name: str, image: str, resource: Resource = DEPLOYMENTS) -> None:
    """Change the image of a workload in the namespace of the tests."""

    def change(obj: Object) -> None:
        obj["spec"]["template"]["spec"]["containers"][0]["image"] = image

    simulation.store.change(resource, simulation.get(resource, name), change)
