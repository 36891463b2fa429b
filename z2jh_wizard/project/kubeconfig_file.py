"""The project's own kubeconfig, whose credentials come from our exec plugin and not from a cloud's tool."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.files import write_atomic

EXEC_API = "client.authentication.k8s.io/v1"


def build(project: Project, name: str, server: str, certificate_authority: str) -> dict[str, Any]:
    """Return the kubeconfig for one cluster; ``certificate_authority`` is base64 PEM.

    The plugin has an absolute path and self-contained arguments, so plain kubectl and helm can use it.
    """
    cluster = {"server": server, "certificate-authority-data": certificate_authority}
    plugin = {
        "apiVersion": EXEC_API,
        "interactiveMode": "Never",
        "provideClusterInfo": False,
        "command": sys.executable,
        "args": ["-m", "z2jh_wizard.cli", "-C", str(project.folder), "kube-token"],
        "installHint": "z2jh-wizard is not where it was; run z2jh-wizard apply in the project folder.",
    }
    context = {"cluster": name, "user": name, "namespace": project.spec.namespace}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": cluster}],
        "contexts": [{"name": name, "context": context}],
        "users": [{"name": name, "user": {"exec": plugin}}],
    }


def write(path: Path, kubeconfig: dict[str, Any]) -> bool:
    """Write it unless it is there already; tell whether anything changed."""
    data = yaml.safe_dump(kubeconfig, sort_keys=False).encode()
    if path.exists() and path.read_bytes() == data:
        return False
    write_atomic(path, data)
    return True
