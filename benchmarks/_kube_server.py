"""A fast loopback API server with many pods, for kubectl, the official client and ours: lists and a watch.

``python _kube_server.py PODS EVENTS`` prints its URL and serves until its stdin closes. All bytes are made
beforehand, so that what is measured is the client.
"""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CREATED = "2026-03-02T08:00:00Z"
PAGE = 500


def pod(number: int, version: int = 1) -> dict[str, Any]:
    """A student's pod as KubeSpawner makes it, with its managed fields: about eight kilobytes."""
    name = f"jupyter-student-{number:05}"
    labels = {
        "app": "jupyterhub",
        "app.kubernetes.io/component": "singleuser-server",
        "app.kubernetes.io/instance": "jhub",
        "app.kubernetes.io/managed-by": "kubespawner",
        "chart": "jupyterhub-4.4.0",
        "component": "singleuser-server",
        "hub.jupyter.org/network-access-hub": "true",
        "hub.jupyter.org/servername": "",
        "hub.jupyter.org/username": f"student-{number:05}",
        "release": "jhub",
    }
    environment = [
        {"name": f"JUPYTERHUB_VARIABLE_{index}", "value": f"value {index} of {name}"} for index in range(18)
    ]
    owned = {"f:metadata": {"f:labels": {f"f:{key}": {} for key in labels}}, "f:spec": _owned_spec()}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": "jhub",
            "uid": f"0f0e0d0c-0000-4000-8000-{number:012}",
            "resourceVersion": str(version),
            "creationTimestamp": CREATED,
            "labels": labels,
            "annotations": {"hub.jupyter.org/username": f"student-{number:05}"},
            "managedFields": [
                {"manager": m, "operation": "Update", "apiVersion": "v1", "time": CREATED, "fieldsV1": owned}
                for m in ("kubespawner", "kubelet")
            ],
        },
        "spec": {
            "nodeName": f"user-node-{number % 50}",
            "schedulerName": "jhub-user-scheduler",
            "containers": [
                {
                    "name": "notebook",
                    "image": "quay.io/jupyterhub/k8s-singleuser-sample:4.4.0",
                    "args": ["jupyterhub-singleuser"],
                    "env": environment,
                    "ports": [{"name": "notebook-port", "containerPort": 8888, "protocol": "TCP"}],
                    "resources": {"limits": {"memory": "1Gi"}, "requests": {"memory": "1Gi", "cpu": "500m"}},
                    "volumeMounts": [{"name": "home", "mountPath": "/home/jovyan"}],
                }
            ],
            "volumes": [{"name": "home", "persistentVolumeClaim": {"claimName": f"claim-student-{number}"}}],
        },
        "status": {
            "phase": "Running",
            "podIP": f"10.1.{number // 250}.{number % 250}",
            "startTime": CREATED,
            "conditions": [
                {"type": kind, "status": "True", "lastTransitionTime": CREATED}
                for kind in (
                    "PodReadyToStartContainers",
                    "Initialized",
                    "Ready",
                    "ContainersReady",
                    "PodScheduled",
                )
            ],
            "containerStatuses": [
                {
                    "name": "notebook",
                    "image": "quay.io/jupyterhub/k8s-singleuser-sample:4.4.0",
                    "imageID": f"quay.io/jupyterhub/k8s-singleuser-sample@sha256:{number:064}",
                    "containerID": f"containerd://{number:064}",
                    "ready": True,
                    "started": True,
                    "restartCount": number % 3,
                    "state": {"running": {"startedAt": CREATED}},
                    "lastState": {},
                }
            ],
        },
    }


def _owned_spec() -> dict[str, Any]:
    variables = {
        f'k:{{"name":"JUPYTERHUB_VARIABLE_{n}"}}': {".": {}, "f:name": {}, "f:value": {}} for n in range(18)
    }
    return {"f:containers": {'k:{"name":"notebook"}': {".": {}, "f:env": variables, "f:image": {}}}}


def _table_row(thing: dict[str, Any]) -> dict[str, Any]:
    return {
        "cells": [thing["metadata"]["name"], "1/1", "Running", "0", "1h"],
        "object": {
            "kind": "PartialObjectMetadata",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": thing["metadata"],
        },
    }


_COLUMNS = [
    {"name": name, "type": "string", "format": "", "description": "", "priority": 0}
    for name in ("Name", "Ready", "Status", "Restarts", "Age")
]
_DISCOVERY = {
    "kind": "APIGroupDiscoveryList",
    "apiVersion": "apidiscovery.k8s.io/v2",
    "metadata": {},
    "items": [
        {
            "metadata": {},
            "versions": [
                {
                    "version": "v1",
                    "freshness": "Current",
                    "resources": [
                        {
                            "resource": "pods",
                            "responseKind": {"group": "", "version": "", "kind": "Pod"},
                            "scope": "Namespaced",
                            "singularResource": "pod",
                            "shortNames": ["po"],
                            "verbs": ["get", "list", "watch"],
                        }
                    ],
                }
            ],
        }
    ],
}


class Bytes:
    """All that will be said."""

    def __init__(self, pods: int, events: int) -> None:
        things = [pod(number) for number in range(pods)]
        self.whole = self._page({"kind": "PodList", "apiVersion": "v1"}, "items", things, "")
        self.pages: list[bytes] = []
        self.tables: list[bytes] = []
        for start in range(0, max(pods, 1), PAGE):
            rest = str(start // PAGE + 1) if start + PAGE < pods else ""
            some = things[start : start + PAGE]
            self.pages.append(self._page({"kind": "PodList", "apiVersion": "v1"}, "items", some, rest))
            head = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "columnDefinitions": _COLUMNS}
            self.tables.append(self._page(head, "rows", [_table_row(one) for one in some], rest))
        changes = ({"type": "MODIFIED", "object": pod(n % 2000, n + 2)} for n in range(events))
        self.events = [json.dumps(change, separators=(",", ":")).encode() + b"\n" for change in changes]

    @staticmethod
    def _page(head: dict[str, Any], name: str, items: list[dict[str, Any]], rest: str) -> bytes:
        tree = head | {"metadata": {"resourceVersion": "1", "continue": rest}, name: items}
        return json.dumps(tree, separators=(",", ":")).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    said: Bytes

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        params = {key: values[0] for key, values in parse_qs(split.query).items()}
        if split.path in ("/api", "/apis"):
            kind = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
            tree = _DISCOVERY if split.path == "/api" else _DISCOVERY | {"items": []}
            self._say(json.dumps(tree).encode(), kind)
        elif params.get("watch", "").lower() in ("true", "1"):
            self._watch()
        elif "as=Table" in self.headers.get("Accept", ""):
            self._say(self.said.tables[int(params.get("continue", "0"))])
        elif "limit" in params:
            self._say(self.said.pages[int(params.get("continue", "0"))])
        else:
            self._say(self.said.whole)

    def _say(self, body: bytes, kind: str = "application/json") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _watch(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for start in range(0, len(self.said.events), 20):
                some = b"".join(self.said.events[start : start + 20])
                self.wfile.write(b"%x\r\n%s\r\n" % (len(some), some))
            self.wfile.flush()
            # A watch stays open when nothing more happens.
            threading.Event().wait(60)
        except OSError:
            self.close_connection = True


def main() -> None:
    Handler.said = Bytes(int(sys.argv[1]), int(sys.argv[2]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
