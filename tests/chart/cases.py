"""Small values made from a values schema: for each key a right one, a wrong one, none, and a key too many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Node = dict[str, Any]
Path = tuple[str, ...]

TOLERATION = {"key": "course", "operator": "Exists", "effect": "NoSchedule"}
CONTAINER = {"name": "helper", "image": "busybox:1.37"}
PORT = {"name": "metrics", "port": 9090, "targetPort": 9090}
POD_TERM = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "x"}}}
NODE_TERM = {"matchExpressions": [{"key": "pool", "operator": "In", "values": ["user"]}]}

RIGHT: dict[str, Any] = {
    "accessModes": ["ReadWriteMany"],
    "allowedIngressPorts": ["http"],
    "args": ["jupyterhub", "--debug"],
    "command": ["tini", "--"],
    "containerSecurityContext": {"runAsUser": 1234},
    "data": {"course": "bio101"},
    "egress": [{"to": [{"ipBlock": {"cidr": "10.1.0.0/16"}}]}],
    "externalIPs": ["192.0.2.7"],
    "extraCommandLineFlags": ["--log-level=debug"],
    "extraConfig": {"10-hello": "print('hello')"},
    "extraContainers": [CONTAINER],
    "extraDynamicConfig": {"http": {"routers": {"default": {"priority": 5}}}},
    "extraEnv": {"COURSE": "bio101", "NODE": {"valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}},
    "extraInitContainers": [CONTAINER],
    "extraPaths": [],
    "extraPodConfig": {"hostname": "desk"},
    "extraPodSpec": {"hostAliases": [{"ip": "192.0.2.8", "hostnames": ["db"]}]},
    "extraPorts": [PORT],
    "extraStaticConfig": {"global": {"sendAnonymousUsage": False}},
    "extraTolerations": [TOLERATION],
    "extraVolumeMounts": [{"name": "shared", "mountPath": "/shared"}],
    "extraVolumes": [{"name": "shared", "emptyDir": {}}],
    "guarantees": {"nvidia.com/gpu": "1"},
    "hostnames": ["hub.example.edu"],
    "hosts": ["hub.example.edu"],
    "imagePullSecrets": ["registry", {"name": "other"}],
    "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "prometheus"}}}]}],
    "initContainers": [CONTAINER],
    "ipFamilies": ["IPv4"],
    "limits": {"nvidia.com/gpu": "1"},
    "loadBalancerSourceRanges": ["192.0.2.0/24"],
    "loadRoles": {"grader": {"scopes": ["list:users"], "users": ["ada"]}},
    "nodeSelector": {"pool": "core"},
    "pluginConfig": [{"name": "ImageLocality"}],
    "plugins": {"score": {"disabled": [{"name": "ImageLocality"}]}},
    "podSecurityContext": {"fsGroup": 1234},
    "postStart": {"exec": {"command": ["gitpuller", "https://example.edu/x", "main", "x"]}},
    "preStop": {"exec": {"command": ["true"]}},
    "profileList": [
        {"display_name": "Small", "kubespawner_override": {"image": "jupyter/base-notebook:latest"}}
    ],
    "pullSecrets": ["registry"],
    "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}},
    "selector": {"matchLabels": {"disk": "hub"}},
    "storageAccessModes": ["ReadWriteMany"],
    "templatePaths": ["/srv/templates"],
    "templateVars": {"announcement": "Welcome"},
    "tls": [{"hosts": ["hub.example.edu"], "secretName": "hub-tls"}],
    "tolerations": [TOLERATION],
}
"""A value that makes sense, for keys whose type alone does not say enough."""

RIGHT_AT: dict[str, Any] = {
    "hub.services": {"grader": {"url": "http://grader:8000", "admin": True}},
    "ingress": {"enabled": True},
    "hub.baseUrl": "/course/",
    "hub.services.name": None,  # the schema means these for a service, but writes them beside the services
    "proxy.https.hosts": ["hub.example.edu"],
    "singleuser.extraNodeAffinity.required": [NODE_TERM],
    "singleuser.extraNodeAffinity.preferred": [{"weight": 5, "preference": NODE_TERM}],
    "singleuser.extraPodAffinity.required": [POD_TERM],
    "singleuser.extraPodAffinity.preferred": [{"weight": 5, "podAffinityTerm": POD_TERM}],
    "singleuser.extraPodAntiAffinity.required": [POD_TERM],
    "singleuser.extraPodAntiAffinity.preferred": [{"weight": 5, "podAffinityTerm": POD_TERM}],
    "singleuser.memory.limit": "2G",
    "singleuser.memory.guarantee": "1G",
}

BY_TYPE: dict[str, Any] = {
    "string": "text",
    "boolean": True,
    "integer": 7,
    "number": 0.5,
    "array": [],
    "object": {},
    "null": None,
}

TOGETHER: dict[str, Node] = {
    "imagePullSecret": {"registry": "registry.example.edu", "username": "u", "password": "p", "create": True},
    "hub.extraFiles.any": {"mountPath": "/etc/course.json", "stringData": "text"},
    "singleuser.extraFiles.any": {"mountPath": "/etc/course.json", "stringData": "text"},
    "prePuller.extraImages.any": {"name": "busybox", "tag": "1.37"},
}
"""What else must be set for a value to be meant."""


@dataclass(frozen=True)
class Case:
    """Values that touch one key: its dotted path, and what is tried there."""

    path: str
    what: str
    values: Node

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"


def resolved(node: Node, root: Node) -> Node:
    """A schema node with its reference followed."""
    while "$ref" in node:
        node = root["definitions"][node["$ref"].rpartition("/")[2]]
    return node


def keys(root: Node, node: Node | None = None, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every key that the schema knows; `any` stands for a key that the user names."""
    node = root if node is None else resolved(node, root)
    children = dict(node.get("properties", {}))
    children.update(node.get("then", {}).get("properties", {}))
    for pattern in (node.get("additionalProperties"), *node.get("patternProperties", {}).values()):
        if isinstance(pattern, dict):
            children["Any" if "config" in path else "any"] = pattern
    for key, use in children.items():
        child = resolved(use, root)
        yield (*path, key), child
        yield from keys(root, child, (*path, key))


def types(node: Node) -> Sequence[str]:
    """The JSON types that a node accepts, as far as it says."""
    accepted = node.get("type", ())
    return [accepted] if isinstance(accepted, str) else accepted


def nested(path: Path, value: Any) -> Node:
    """Values with one value at a path, and what must stand beside it."""
    tree: Node = {}
    inner = value
    for depth in range(len(path), 0, -1):
        beside: Node = TOGETHER.get(".".join(path[: depth - 1]), {})
        inner = tree = {**beside, path[depth - 1]: inner}
        if path[depth - 1] in ("data", "binaryData"):
            tree.pop("stringData", None)
    return tree


def right(path: Path, node: Node) -> list[Any]:
    """Values that are meant for a key."""
    dotted = ".".join(path)
    if dotted in TOGETHER:
        return [TOGETHER[dotted]]
    if dotted in RIGHT_AT:
        return [RIGHT_AT[dotted]]
    if "enum" in node:
        return list(node["enum"])
    if "boolean" in types(node):
        return [True, False]
    if path[-1] in RIGHT:
        return [RIGHT[path[-1]]]
    return [BY_TYPE[types(node)[0]]] if types(node) else []


def wrong(node: Node) -> Any:
    """A value of a type that the key does not take, or None when it takes all."""
    if "enum" in node:
        return "nonsense"
    for candidate in (3.5, "text", {"a": 1}):
        name = {float: "number", str: "string", dict: "object"}[type(candidate)]
        if types(node) and name not in types(node):
            return candidate
    return None


def cases(root: Node) -> Iterator[Case]:
    """All cases for a schema."""
    yield Case("", "nothing", {})
    yield Case("", "a key too many", {"hubb": {}})
    for path, node in keys(root):
        dotted = ".".join(path)
        for value in right(path, node):
            yield Case(dotted, f"right ({value!r})"[:70], nested(path, value))
        if (bad := wrong(node)) is not None:
            yield Case(dotted, f"wrong ({bad!r})", nested(path, bad))
        yield Case(dotted, "null", nested(path, None))
        if "object" in types(node):
            yield Case(dotted, "a key too many", nested((*path, "surplus"), {"x": 1}))
