"""The practice chart on the practice cluster: the real Helm installs, upgrades, rolls back and removes it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.chart.helm import CHART, Object, decoded
from z2jh_wizard.practice import client

pytestmark = [pytest.mark.helm, pytest.mark.timeout(300)]

HOOK_PULLER = "/daemonsets/hook-image-puller"
WAIT = ("--wait", "--timeout=90s")


@dataclass(frozen=True)
class Cluster:
    """A practice cluster, and the tools that work on it."""

    folder: Path
    helm_binary: Path
    kubectl_binary: Path

    async def helm(self, *arguments: str, values: Mapping[str, Any] | None = None) -> str:
        """What Helm prints; AssertionError with its complaint when it fails."""
        options: tuple[str, ...] = ()
        if values is not None:
            (self.folder / "config.yaml").write_text(json.dumps(values))
            options = ("--reset-values", f"--values={self.folder / 'config.yaml'}")
        return await self._run(self.helm_binary, *arguments, *options, "--namespace=course")

    async def objects(self, kind: str) -> dict[str, Object]:
        """The objects of a kind in the namespace of the course, by name."""
        text = await self._run(self.kubectl_binary, "get", kind, "--namespace=course", "-o", "json")
        return {each["metadata"]["name"]: each for each in json.loads(text)["items"]}

    async def secrets(self) -> dict[str, str]:
        """What the hub and the proxy share."""
        data = decoded((await self.objects("secret"))["hub"])
        return {key: value for key, value in data.items() if key.startswith("hub.config.")}

    async def pulls(self) -> int:
        """How often images were pulled before an installation, until now."""
        asked = await client.requests(self.folder / "state", limit=10_000)
        return sum(each["code"] == 201 and each["path"].endswith(HOOK_PULLER) for each in asked)

    async def _run(self, program: Path, *arguments: str) -> str:
        own = {"KUBECONFIG": str(self.folder / "kubeconfig"), "KUBECACHEDIR": str(self.folder / "cache")}
        environment = {**os.environ, **own}

        def run() -> subprocess.CompletedProcess[str]:
            command = [str(program), *arguments]
            return subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=120, env=environment
            )

        done = await asyncio.to_thread(run)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
async def cluster(tmp_path: Path, helm_binary: Path, kubectl_binary: Path) -> AsyncIterator[Cluster]:
    """A practice cluster of its own process, as fast as it can."""
    state = tmp_path / "state"
    server = await client.start(state, speed=0)
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(client.kubeconfig(state, server.url)))
    yield Cluster(tmp_path, helm_binary, kubectl_binary)
    await client.stop(state)


async def test_the_life_of_a_hub(cluster: Cluster):
    upgrade = ("upgrade", "--install", "hub", str(CHART), *WAIT)

    notes = await cluster.helm(*upgrade, "--create-namespace", values={})
    assert "PRACTICE" in notes
    made = await cluster.secrets()
    assert len(made) == 3
    assert await cluster.pulls() == 1
    deployments = await cluster.objects("deployments")
    assert set(deployments) == {"hub", "proxy", "user-scheduler"}
    assert all(each["status"]["readyReplicas"] for each in deployments.values())
    assert "hub-db-dir" in await cluster.objects("persistentvolumeclaims")
    address = (await cluster.objects("services"))["proxy-public"]["status"]["loadBalancer"]["ingress"]
    assert address[0]["ip"]

    await cluster.helm(*upgrade, values={"cull": {"timeout": 60}})
    assert await cluster.secrets() == made, "an upgrade keeps the secrets that the chart made"
    assert await cluster.pulls() == 1, "the same images are not pulled again"
    hub = yaml.safe_load(decoded((await cluster.objects("secrets"))["hub"])["values.yaml"])
    assert hub["cull"]["timeout"] == 60

    await cluster.helm(*upgrade, values={"singleuser": {"image": {"tag": "4.4.1"}}})
    assert await cluster.pulls() == 2, "a new image is pulled first"

    await cluster.helm("rollback", "hub", "1", *WAIT)
    assert await cluster.secrets() == made
    history = json.loads(await cluster.helm("history", "hub", "--output=json"))
    assert [each["status"] for each in history] == ["superseded", "superseded", "superseded", "deployed"]

    await cluster.helm("uninstall", "hub", *WAIT)
    for kind in ("deployments", "statefulsets", "daemonsets", "services", "persistentvolumeclaims", "jobs"):
        assert await cluster.objects(kind) == {}
    assert "hub" not in await cluster.objects("secrets")


async def test_a_hub_with_much_switched_on(cluster: Cluster):
    values = {
        "hub": {"pdb": {"enabled": True}},
        "proxy": {
            "https": {
                "enabled": True,
                "hosts": ["hub.example.edu"],
                "letsencrypt": {"contactEmail": "ada@example.edu"},
            },
            "chp": {"pdb": {"enabled": True}},
            "traefik": {"pdb": {"enabled": True}},
        },
        "scheduling": {"podPriority": {"enabled": True}, "userPlaceholder": {"replicas": 2}},
        "ingress": {"enabled": True, "hosts": ["hub.example.edu"]},
        "imagePullSecret": {"create": True, "registry": "r", "username": "u", "password": "p"},
        "singleuser": {"extraFiles": {"motd": {"mountPath": "/etc/motd", "stringData": "hello"}}},
    }
    await cluster.helm("upgrade", "--install", "hub", str(CHART), "--create-namespace", *WAIT, values=values)
    assert "autohttps" in await cluster.objects("deployments")
    assert len(await cluster.objects("poddisruptionbudgets")) == 5
    placeholders = (await cluster.objects("statefulsets"))["user-placeholder"]
    assert placeholders["status"]["readyReplicas"] == 2
    assert "jupyterhub" in await cluster.objects("ingresses")
    await cluster.helm("uninstall", "hub", *WAIT)
