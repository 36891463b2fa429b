"""Serve an emulated cloud until interrupted, and print what points the wizard at it.

``python -m tests.emulators gke --behind DIR``: DIR is a practice project whose cluster runs; it stands in for
the cluster that the cloud makes, so that a whole journey can be played.
"""

from __future__ import annotations

import argparse
import base64
import signal
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import yaml

from tests.emulators.aks.manager import Manager
from tests.emulators.aks.server import TOKEN as AZURE_TOKEN
from tests.emulators.aks.server import serve as serve_azure
from tests.emulators.gke.server import TOKEN as GOOGLE_TOKEN
from tests.emulators.gke.server import serve as serve_google
from tests.emulators.gke.services import Services
from tests.emulators.world import World
from z2jh_wizard.practice.token import token


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.emulators", description=__doc__)
    parser.add_argument("cloud", choices=("gke", "aks"))
    parser.add_argument("--behind", type=Path, help="a practice project whose cluster runs")
    parser.add_argument("--latency", type=float, default=10.0, help="seconds that long work takes")
    parser.add_argument("--bare", action="store_true", help="begin with all services switched off")
    parsed = parser.parse_args()
    world = World(latency=parsed.latency)
    cluster, key = _behind(parsed.behind)
    serving, variables = (_google if parsed.cloud == "gke" else _azure)(world, cluster, key, bare=parsed.bare)
    with serving as address:
        for name, value in variables.items():
            print(f"export {name}={value or address}", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


def _behind(folder: Path | None) -> tuple[Mapping[str, str], str]:
    if folder is None:
        return {}, ""
    tree = yaml.safe_load((folder / "kubeconfig").read_text())
    return tree["clusters"][0]["cluster"], token(folder / ".z2jh" / "practice")


Started = tuple[AbstractContextManager[str], dict[str, str]]


def _google(world: World, cluster: Mapping[str, str], key: str, *, bare: bool) -> Started:
    services = Services(world, "bio")
    if bare:
        services.on.clear()
    if cluster:
        services.clusters.address = cluster["server"].removeprefix("https://")
        services.clusters.authority = cluster["certificate-authority-data"]
    variables = {"Z2JH_GOOGLE_API": "", "CLOUDSDK_AUTH_ACCESS_TOKEN": key or GOOGLE_TOKEN}
    return serve_google(services, key or GOOGLE_TOKEN), variables


def _azure(world: World, cluster: Mapping[str, str], key: str, *, bare: bool) -> Started:
    user: dict[str, Any] = {"token": key or base64.b64encode(b"nobody").decode()}
    manager = Manager(world, user=user)
    if bare:
        manager.registered.clear()
    if cluster:
        manager.server, manager.authority = cluster["server"], cluster["certificate-authority-data"]
    return serve_azure(manager), {"Z2JH_AZURE_API": "", "Z2JH_AZURE_TOKEN": AZURE_TOKEN}


if __name__ == "__main__":
    main()
