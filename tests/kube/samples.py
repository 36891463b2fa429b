"""Kubernetes objects as a server sends them."""

from __future__ import annotations

from typing import Any

Tree = dict[str, Any]
CREATED = "2026-03-02T08:00:00Z"


def meta(name: str, version: int = 1, **more: Any) -> Tree:
    return {
        "name": name,
        "namespace": "jhub",
        "uid": f"uid-{name}",
        "resourceVersion": str(version),
        "creationTimestamp": CREATED,
        **more,
    }


def pod(name: str, version: int = 1, **status: Any) -> Tree:
    """A running student's pod; ``status`` replaces parts of its status."""
    container = {
        "name": "notebook",
        "image": "quay.io/jupyter/base-notebook:2026-01-05",
        "ready": True,
        "restartCount": 0,
        "state": {"running": {"startedAt": CREATED}},
        "lastState": {},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta(
            name,
            version,
            labels={"app": "jupyterhub", "component": "singleuser-server", "release": "bio101", "x": "y"},
            annotations={"hub.jupyter.org/username": name.removeprefix("jupyter-")},
            managedFields=[{"manager": "hub", "fieldsV1": {"f:metadata": {}}}],
        ),
        "spec": {"nodeName": "node-1", "containers": [{"name": "notebook", "image": "x"}]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [container],
            **status,
        },
    }


def waiting(reason: str, message: str = "", **more: Any) -> Tree:
    """The status of a pod whose only container waits."""
    container = {
        "name": "notebook",
        "image": "quay.io/no/such:1",
        "ready": False,
        "restartCount": more.pop("restarts", 0),
        "state": {"waiting": {"reason": reason, "message": message}},
        "lastState": more.pop("last", {}),
    }
    return {"phase": "Pending", "conditions": [], "containerStatuses": [container], **more}


def listing(items: list[Tree], version: int = 10, rest: str = "") -> Tree:
    metadata = {"resourceVersion": str(version), **({"continue": rest} if rest else {})}
    return {"kind": "List", "apiVersion": "v1", "metadata": metadata, "items": items}


def node(name: str, **more: Any) -> Tree:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": meta(
            name,
            labels={
                "cloud.google.com/gke-nodepool": "user",
                "hub.jupyter.org/node-purpose": "user",
                "node.kubernetes.io/instance-type": "e2-standard-4",
                "topology.kubernetes.io/zone": "europe-west4-a",
            },
        ),
        "spec": more.get("spec", {}),
        "status": {
            "allocatable": {"cpu": "3920m", "memory": "13589Mi", "pods": "110"},
            "conditions": more.get(
                "conditions", [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]
            ),
            "nodeInfo": {"kubeletVersion": "v1.33.1"},
        },
    }


def event(name: str, reason: str, message: str, kind: str = "Pod", about: str = "hub-1", **more: Any) -> Tree:
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": meta(name),
        "involvedObject": {"kind": kind, "name": about, "namespace": "jhub"},
        "type": "Warning",
        "reason": reason,
        "message": message,
        **more,
    }
