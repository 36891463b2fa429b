"""The whole way at Google: its emulator makes the cluster, whose API is that of a practice cluster."""

from __future__ import annotations

import json
import subprocess

import msgspec
import pytest
import yaml

from tests.emulators.gke.server import serve
from tests.emulators.gke.services import Services
from tests.emulators.world import World
from tests.journeys.conftest import Wizard
from z2jh_wizard.cloud.gke.google import ELSEWHERE
from z2jh_wizard.cloud.gke.sign_in import TOKEN
from z2jh_wizard.core.spec import Chart, Pool
from z2jh_wizard.practice.token import token
from z2jh_wizard.project import spec_file
from z2jh_wizard.project.folder import create_project

POOLS = {"core": Pool(1, "e2-standard-2"), "user": Pool(2, "e2-standard-4", maximum=5)}


@pytest.fixture
def google(wizard_of, home):
    """A project at Google, the emulator, and the practice cluster that stands in for what Google makes."""
    computers = wizard_of()
    cluster = yaml.safe_load((computers.folder / "kubeconfig").read_text())["clusters"][0]["cluster"]
    key = token(computers.state)
    services = Services(World(latency=1.0), "bio")
    services.on.clear()
    services.clusters.address = cluster["server"].removeprefix("https://")
    services.clusters.authority = cluster["certificate-authority-data"]
    made = create_project(home / "hub", "gke", chart=Chart(name="practice"), release="bio101", pools=POOLS)
    spec = msgspec.structs.replace(made.spec, account="bio", region="us-central1-b")
    (made.folder / "z2jh.yaml").write_bytes(spec_file.dump(spec))
    with serve(services, key) as address:
        environment = {**computers.environment, ELSEWHERE: address, TOKEN: key}
        yield Wizard(made.folder, environment), services, computers


@pytest.mark.slow
def test_from_nothing_to_a_hub_and_back(google, kubectl_binary):
    wizard, services, _ = google
    plan = wizard.json("plan", expect=3)
    assert [one["id"] for one in plan if one["danger"] == "costs-money"] == ["cluster.create"]
    refused = wizard.run("apply", expect=5)
    assert "Not confirmed" in refused.stderr
    assert not services.world.creates()

    wizard.run("apply", "--yes")
    argv = [
        str(kubectl_binary),
        "--kubeconfig",
        str(wizard.folder / "kubeconfig"),
        "get",
        "pods",
        "-n",
        "bio101",
    ]
    pods = subprocess.run(argv, capture_output=True, text=True, env=wizard.environment, check=True)
    assert "hub" in pods.stdout
    assert wizard.json("status")["provider"] == "gke"
    assert {one["finding"] for one in wizard.json("plan")} == {"ready"}

    assert wizard.run("resize", "5", "--json").returncode == 0
    assert sorted(services.clusters.sizes.values()) == [1, 5]

    receipt = wizard.json("teardown", "--confirm", "bio101")
    assert not services.clusters.clusters
    assert any(one.startswith("GKE cluster") for one in map(str, _names(receipt["removed"])))
    assert receipt["left"] == []
    assert [one.name for one in services.world.creates()] == ["CreateCluster"]
    assert not services.world.complaints
    written = "".join(path.read_text(errors="replace") for path in wizard.folder.rglob("*") if path.is_file())
    assert wizard.environment[TOKEN] not in written


def _names(entries):
    return [json.dumps(one) if not isinstance(one, str) else one for one in entries]
