"""Serve an emulated cloud until interrupted, and print what points the wizard at it.

``python -m tests.emulators gke --behind DIR``: DIR is a practice project whose cluster runs; it stands in for
the cluster that the cloud makes, so that a whole journey can be played.
"""

from __future__ import annotations

import argparse
import base64
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.emulators.aks.manager import Manager
from tests.emulators.aks.server import TOKEN as AZURE_TOKEN
from tests.emulators.aks.server import serve as serve_azure
from tests.emulators.aws.cloud import Cloud
from tests.emulators.aws.server import KEY, is_cluster_token
from tests.emulators.aws.server import serve as serve_amazon
from tests.emulators.gke.server import TOKEN as GOOGLE_TOKEN
from tests.emulators.gke.server import serve as serve_google
from tests.emulators.gke.services import Services
from tests.emulators.world import World
from tests.support.token_proxy import token_proxy
from z2jh_wizard.practice.token import token


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.emulators", description=__doc__)
    parser.add_argument("cloud", choices=("gke", "aks", "eks"))
    parser.add_argument("--behind", type=Path, help="a practice project whose cluster runs")
    parser.add_argument("--latency", type=float, default=10.0, help="seconds that long work takes")
    parser.add_argument("--bare", action="store_true", help="begin with all services switched off")
    parsed = parser.parse_args()
    world = World(latency=parsed.latency)
    cluster, key = _behind(parsed.behind)
    start = {"gke": _google, "aks": _azure, "eks": _amazon}[parsed.cloud]
    serving, variables = start(world, cluster, key, bare=parsed.bare)
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


def _amazon(world: World, cluster: Mapping[str, str], key: str, *, bare: bool) -> Started:
    cloud = Cloud(world)
    if bare:
        cloud.off.add(cloud.region)
    variables = {"AWS_ENDPOINT_URL": "", "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": "emulated"}
    return _serve_amazon(cloud, cluster, key), variables


@contextmanager
def _serve_amazon(cloud: Cloud, cluster: Mapping[str, str], key: str) -> Iterator[str]:
    """Serve Amazon, with a proxy before the cluster that takes Amazon's kind of token."""
    with ExitStack() as held:
        if cluster:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
            front = held.enter_context(token_proxy(cluster["server"], key, is_cluster_token, folder))
            cloud.clusters.server, cloud.clusters.authority = front.url, front.authority
        yield held.enter_context(serve_amazon(cloud))


if __name__ == "__main__":
    main()
