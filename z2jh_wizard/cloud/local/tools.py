"""What kind, k3d and minikube are called with, and what they answer; data and parsing alone.

Facts from the tools' own help: kind 0.30, k3d 5.8, minikube 1.37.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import yaml

from z2jh_wizard.core.checks import did_you_mean
from z2jh_wizard.core.errors import InvalidInput, NeedsYou
from z2jh_wizard.core.spec import Spec

Words = tuple[str, ...]

CONFIG = "CONFIG"
"""Stands for the path of a file in the words of a command."""


class Tool(msgspec.Struct, frozen=True):
    """One tool: the commands to make, list, show and delete a cluster of a name."""

    name: str
    home: str
    """Where to get it."""
    make: Callable[[str, int], Words]
    """By the cluster's name and how many nodes it shall have."""
    names: Words
    read_names: Callable[[str], frozenset[str]]
    kubeconfig: Callable[[str], Words]
    delete: Callable[[str], Words]
    prints: bool = True
    """Whether ``kubeconfig`` prints one; else it writes the file that KUBECONFIG names."""
    config: Callable[[int], str] = lambda _nodes: ""
    """What stands in the file CONFIG that ``make`` names."""


def _kind_config(nodes: int) -> str:
    """Return a cluster with one node that runs the hub, and so many for students besides."""
    roles = [{"role": "control-plane"}, *({"role": "worker"} for _ in range(nodes - 1))]
    tree = {"kind": "Cluster", "apiVersion": "kind.x-k8s.io/v1alpha4", "nodes": roles}
    return yaml.safe_dump(tree, sort_keys=False)


def _lines(text: str) -> frozenset[str]:
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and " " not in line.strip())


def _k3d_names(text: str) -> frozenset[str]:
    return frozenset(str(one["name"]) for one in _json(text, list))


def _minikube_names(text: str) -> frozenset[str]:
    tree = _json(text, dict)
    return frozenset(str(one["Name"]) for kind in ("valid", "invalid") for one in tree.get(kind) or ())


def _json(text: str, kind: type) -> Any:
    try:
        found = json.loads(text or "null")
    except ValueError:
        return kind()
    return found if isinstance(found, kind) else kind()


TOOLS: Mapping[str, Tool] = {
    "kind": Tool(
        "kind",
        "https://kind.sigs.k8s.io",
        lambda name, _nodes: (
            "kind",
            "create",
            "cluster",
            "--name",
            name,
            "--config",
            CONFIG,
            "--wait",
            "5m",
        ),
        ("kind", "get", "clusters"),
        _lines,
        lambda name: ("kind", "get", "kubeconfig", "--name", name),
        lambda name: ("kind", "delete", "cluster", "--name", name),
        config=_kind_config,
    ),
    "k3d": Tool(
        "k3d",
        "https://k3d.io",
        lambda name, nodes: (
            *("k3d", "cluster", "create", name, "--agents", str(nodes - 1), "--wait"),
            *("--kubeconfig-update-default=false", "--kubeconfig-switch-context=false"),
        ),
        ("k3d", "cluster", "list", "--output", "json"),
        _k3d_names,
        lambda name: ("k3d", "kubeconfig", "get", name),
        lambda name: ("k3d", "cluster", "delete", name),
    ),
    "minikube": Tool(
        "minikube",
        "https://minikube.sigs.k8s.io",
        lambda name, nodes: (
            *("minikube", "start", "--profile", name, "--driver", "docker", "--nodes", str(nodes)),
            "--interactive=false",
        ),
        ("minikube", "profile", "list", "--output", "json"),
        _minikube_names,
        lambda name: ("minikube", "update-context", "--profile", name),
        lambda name: ("minikube", "delete", "--profile", name),
        prints=False,
    ),
}


def found() -> tuple[str, ...]:
    """Return the tools that are on PATH, in the order in which they are offered."""
    return tuple(name for name in TOOLS if shutil.which(name))


def tool_of(spec: Spec) -> Tool:
    """Return the tool of a project, ``account`` in its spec, else the first one on PATH.

    InvalidInput for an unknown name, NeedsYou when there is none.
    """
    name = spec.account
    if name and name not in TOOLS:
        raise InvalidInput(
            f"There is no tool {name!r} for a cluster on this computer{did_you_mean(name, TOOLS)}",
            f"The wizard knows {', '.join(TOOLS)}.",
        )
    if not name:
        there = found()
        if not there:
            raise NeedsYou(
                "There is no tool for a cluster on this computer",
                f"None of {', '.join(TOOLS)} is on your PATH.",
                next_step=f"Install one, such as kind ({TOOLS['kind'].home}), then check again; or practise, "
                "which needs nothing.",
            )
        name = there[0]
    return TOOLS[name]


def cluster_name(spec: Spec) -> str:
    """Return the name of a project's cluster, which no other project has."""
    return f"z2jh-{spec.project_id}"


def node_count(spec: Spec) -> int:
    """Return how many nodes a project wants: one for the hub, and those of the students."""
    user = spec.pools.get("user")
    return 1 + max(0, user.nodes if user else 0)
