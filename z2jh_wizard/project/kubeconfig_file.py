"""The project's own kubeconfig, whose credentials come from our exec plugin and not from a cloud's tool."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.files import write_atomic

EXEC_API = "client.authentication.k8s.io/v1"


def build(project: Project, name: str, cluster: Mapping[str, object]) -> dict[str, Any]:
    """Return the kubeconfig for one cluster, given its ``cluster`` entry.

    The plugin has an absolute path and self-contained arguments, so plain kubectl and helm can use it.
    """
    plugin = {
        "apiVersion": EXEC_API,
        "interactiveMode": "Never",
        "provideClusterInfo": False,
        "command": sys.executable,
        "args": ["-m", "z2jh_wizard", "-C", str(project.folder), "kube-token"],
        "installHint": "z2jh-wizard is not where it was; run z2jh-wizard apply in the project folder.",
    }
    context = {"cluster": name, "user": name, "namespace": project.spec.namespace}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": dict(cluster)}],
        "contexts": [{"name": name, "context": context}],
        "users": [{"name": name, "user": {"exec": plugin}}],
    }


def encode(kubeconfig: dict[str, Any]) -> bytes:
    """Return a kubeconfig as YAML."""
    return yaml.safe_dump(kubeconfig, sort_keys=False).encode()


def write_bytes(path: Path, data: bytes) -> None:
    """Write a kubeconfig that only its owner can read, unless it is there already."""
    if not path.exists() or path.read_bytes() != data:
        write_atomic(path, data)
