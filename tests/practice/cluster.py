"""A practice cluster in the background, and real clients that speak to it."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from z2jh_wizard.practice import client

SPEED = 0.02
"""A fiftieth of the real delays: everything happens in its order, and soon."""

LIMIT = 90.0


@dataclass(frozen=True)
class Cluster:
    """A running practice cluster with a kubeconfig."""

    folder: Path
    kubeconfig: Path

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.folder / "state"

    def run(
        self, *argv: str | Path, text: str | None = None, code: int | None = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run a client; ``code`` is the exit code that it has to give, None for any."""
        environment = {
            **os.environ,
            "KUBECONFIG": str(self.kubeconfig),
            "KUBECACHEDIR": str(self.folder / "kube-cache"),
            "HELM_CACHE_HOME": str(self.folder / "helm"),
            "HELM_CONFIG_HOME": str(self.folder / "helm"),
            "HELM_DATA_HOME": str(self.folder / "helm"),
        }
        done = subprocess.run(
            [str(each) for each in argv],
            env=environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        if code is not None:
            assert done.returncode == code, f"{done.args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def control(self, action: str, **body: Any) -> dict[str, Any]:
        """Play with the cluster."""
        return asyncio.run(client.control(self.state, action, body))

    def requests(self) -> list[dict[str, Any]]:
        """Return the journal of API requests."""
        return asyncio.run(client.requests(self.state, 10_000))


@contextmanager
def running_cluster(folder: Path, *, nodes: int = 2) -> Iterator[Cluster]:
    """Start a practice cluster in the background, and end it afterwards."""
    state = folder / "state"
    info = asyncio.run(client.start(state, speed=SPEED, nodes=nodes))
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(client.kubeconfig(state, info.url)))
    try:
        yield Cluster(folder, kubeconfig)
    finally:
        asyncio.run(client.stop(state))
