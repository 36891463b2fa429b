"""Render a chart with the real Helm, and look at what comes out."""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).parents[2] / "assets" / "practice-chart"

Values = Mapping[str, Any]
Object = dict[str, Any]
Objects = Mapping[tuple[str, str], Object]
"""Objects by kind and name."""


class Refused(Exception):
    """Helm would not take these values; the text is Helm's."""


@dataclass(frozen=True)
class Chart:
    """A chart that Helm renders, offline, as release `hub` in namespace `course`."""

    helm: Path
    path: Path

    def run(self, *arguments: str | Path, values: Values | None = None) -> str:
        """What Helm prints, with the values from a file; raises Refused."""
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            json.dump(values or {}, file)
            file.flush()
            command = [self.helm, *arguments, "-f", file.name]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        if done.returncode:
            raise Refused(done.stderr or done.stdout)
        return done.stdout

    def render(self, values: Values, *options: str, release: str = "hub") -> Objects:
        """The objects that an installation would make; raises Refused."""
        text = self.run("template", release, self.path, "--namespace=course", *options, values=values)
        made = [document for document in yaml.safe_load_all(text) if document]
        objects = {(document["kind"], document["metadata"]["name"]): document for document in made}
        assert len(objects) == len(made), "two objects have the same kind and name"
        return objects

    def verdict(self, values: Values) -> str:
        """Empty when Helm renders the values, else Helm's refusal."""
        try:
            self.render(values)
        except Refused as refused:
            return str(refused)
        return ""


def decoded(secret: Object) -> dict[str, str]:
    """The data of a Secret as text."""
    return {key: base64.b64decode(value).decode(errors="replace") for key, value in secret["data"].items()}


def pod_of(workload: Object) -> Object:
    """The pod template of a Deployment, StatefulSet, DaemonSet or Job."""
    template: Object = workload["spec"]["template"]
    return template


def workloads(objects: Objects) -> list[Object]:
    """Those objects that make pods."""
    return [made for made in objects.values() if "template" in made.get("spec", {})]


def containers(pod: Object) -> list[Object]:
    """All containers of a pod template, those that run first included."""
    spec = pod["spec"]
    return [*spec.get("initContainers", []), *spec["containers"]]
