"""The whole way at a cloud: its emulator makes the cluster, whose API is that of a practice cluster."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
import yaml

from tests.emulators.aks import server as azure
from tests.emulators.aks.manager import SUBSCRIPTION, Manager
from tests.emulators.gke import server as google
from tests.emulators.gke.services import Services
from tests.emulators.world import World
from tests.journeys.conftest import Wizard
from z2jh_wizard.cloud.aks import azure as aks
from z2jh_wizard.cloud.aks import sign_in as aks_sign_in
from z2jh_wizard.cloud.gke import google as gke
from z2jh_wizard.cloud.gke import sign_in as gke_sign_in
from z2jh_wizard.core.spec import Chart, Pool, Provider
from z2jh_wizard.practice.token import token
from z2jh_wizard.project import spec_file
from z2jh_wizard.project.folder import create_project


@dataclass
class Cloud:
    """A cloud that is emulated: where it answers, what is sent to it, and what it has."""

    world: World
    variables: dict[str, str]
    nodes: Callable[[], list[int]]
    clusters: Callable[[], int]


@dataclass(frozen=True)
class Machines:
    """The practice cluster that stands in for what a cloud makes."""

    server: str
    authority: str
    key: str


@contextmanager
def at_google(machines: Machines) -> Iterator[Cloud]:
    services = Services(World(latency=1.0), "bio")
    services.on.clear()
    services.clusters.address = machines.server.removeprefix("https://")
    services.clusters.authority = machines.authority
    with google.serve(services, machines.key) as address:
        yield Cloud(
            services.world,
            {gke.ELSEWHERE: address, gke_sign_in.TOKEN: machines.key},
            lambda: sorted(services.clusters.sizes.values()),
            lambda: len(services.clusters.clusters),
        )


@contextmanager
def at_azure(machines: Machines) -> Iterator[Cloud]:
    manager = Manager(World(latency=1.0), machines.server, machines.authority, {"token": machines.key})
    manager.registered.clear()

    def clusters():
        manager.tick()
        return [one for one in manager.resources.values() if one["type"].endswith("/managedClusters")]

    with azure.serve(manager) as address:
        yield Cloud(
            manager.world,
            {aks.ELSEWHERE: address, aks_sign_in.TOKEN: azure.TOKEN},
            lambda: sorted(pool["count"] for pool in clusters()[0]["properties"]["agentPoolProfiles"]),
            lambda: len(clusters()),
        )


CLOUDS: dict[Provider, tuple[Callable[..., Any], str, str, tuple[str, str]]] = {
    "gke": (at_google, "bio", "us-central1-b", ("e2-standard-2", "e2-standard-4")),
    "aks": (at_azure, SUBSCRIPTION, "eastus", ("Standard_D2s_v5", "Standard_D4s_v5")),
}


@pytest.fixture(params=CLOUDS)
def at_cloud(request, wizard_of, home):
    """A project at a cloud, and the cloud."""
    computers = wizard_of()
    cluster = yaml.safe_load((computers.folder / "kubeconfig").read_text())["clusters"][0]["cluster"]
    machines = Machines(cluster["server"], cluster["certificate-authority-data"], token(computers.state))
    serve, account, region, (core, user) = CLOUDS[request.param]
    pools = {"core": Pool(1, core), "user": Pool(2, user, maximum=5)}
    chart = Chart(name="practice")
    made = create_project(home / "hub", request.param, chart=chart, release="bio101", pools=pools)
    spec = msgspec.structs.replace(made.spec, account=account, region=region)
    (made.folder / "z2jh.yaml").write_bytes(spec_file.dump(spec))
    with serve(machines) as cloud:
        yield Wizard(made.folder, {**computers.environment, **cloud.variables}), cloud, machines


@pytest.mark.slow
def test_from_nothing_to_a_hub_and_back(at_cloud, kubectl_binary):
    wizard, cloud, machines = at_cloud
    plan = wizard.json("plan", expect=3)
    assert [one["id"] for one in plan if one["danger"] == "costs-money"] == ["cluster.create"]
    refused = wizard.run("apply", expect=5)
    assert "Not confirmed" in refused.stderr
    assert not cloud.world.creates()

    wizard.run("apply", "--yes")
    kubeconfig = str(wizard.folder / "kubeconfig")
    argv = [str(kubectl_binary), "--kubeconfig", kubeconfig, "get", "pods", "-n", "bio101"]
    pods = subprocess.run(argv, capture_output=True, text=True, env=wizard.environment, check=True)
    assert "hub" in pods.stdout
    assert {one["finding"] for one in wizard.json("plan")} == {"ready"}

    assert wizard.run("resize", "5", "--json").returncode == 0
    assert cloud.nodes() == [1, 5]

    receipt = wizard.json("teardown", "--confirm", "bio101")
    assert cloud.clusters() == 0
    assert any(" cluster " in str(one) for one in receipt["removed"])
    assert receipt["left"] == []
    made = [(one.name, one.target) for one in cloud.world.creates()]
    assert len(made) == len(set(made)), "nothing is made twice"
    assert not cloud.world.complaints
    written = "".join(path.read_text(errors="replace") for path in wizard.folder.rglob("*") if path.is_file())
    assert not any(secret in written for secret in (machines.key, azure.TOKEN))
