"""The whole way at a cloud: its emulator makes the cluster, whose API is that of a practice cluster."""

from __future__ import annotations

import json
import signal
import subprocess

import pytest

from tests.journeys.clouds import CLOUDS, RELEASE, keep_autoscaler, killed_at, nothing_made_twice, project_at
from tests.journeys.there_and_back import CREATE, asked_before_money, made, removed, resized

pytestmark = pytest.mark.slow

COSTLY = {"gke": ["cluster.create"], "aks": ["cluster.create"], "eks": ["cluster.create", "cluster.pools"]}


@pytest.fixture(params=CLOUDS)
def cloud(request):
    return request.param


@pytest.fixture
def at_cloud(cloud, wizard_of, home, monkeypatch):
    """A project at a cloud, and the cloud."""
    monkeypatch.setenv("HOME", str(home))
    keep_autoscaler()
    with project_at(cloud, wizard_of(), home) as both:
        yield both


def kubectl(binary, wizard, *words):
    argv = [str(binary), "--kubeconfig", str(wizard.folder / "kubeconfig"), *words]
    return subprocess.run(argv, capture_output=True, text=True, env=wizard.environment, check=True).stdout


def test_from_nothing_to_a_hub_and_back(cloud, at_cloud, kubectl_binary):
    wizard, there = at_cloud
    assert asked_before_money(wizard) == COSTLY[cloud]
    assert not there.world.creates()

    made(wizard)
    assert "hub" in kubectl(kubectl_binary, wizard, "get", "pods", "-n", RELEASE)
    assert wizard.json("status")["provider"] == cloud
    if cloud == "eks":
        words = ("get", "deployment", "cluster-autoscaler", "-n", "kube-system", "-o", "yaml")
        assert f"{RELEASE} in {there.region}" in kubectl(kubectl_binary, wizard, *words)

    resized(wizard, 5)
    assert there.nodes() == [1, 5]

    gone = json.dumps(removed(wizard, RELEASE)["removed"])
    assert there.clusters() == 0
    assert there.else_left() == []
    assert all(one in gone for one in there.removes), gone
    assert nothing_made_twice(there.world)
    written = "".join(path.read_text(errors="replace") for path in wizard.folder.rglob("*") if path.is_file())
    assert not any(secret in written for secret in there.secrets)


LIFE = {"apply": CREATE, "resize": ("resize", "5"), "teardown": ("teardown", "--confirm", RELEASE)}

KILLS = {
    "gke": [
        ("apply", "batchEnableServices"), ("apply", "CreateCluster"), ("apply", "ListOperations"),
        ("resize", "SetNodePoolAutoscaling"), ("teardown", "DeleteCluster"),
    ],
    "aks": [
        ("apply", "register"), ("apply", "createGroup"), ("apply", "createCluster"), ("resize", "putPool"),
        ("teardown", "deleteCluster"),
    ],
    "eks": [
        ("apply", "CreateStack"), ("apply", "CreateCluster"), ("apply", "CreateNodegroup"),
        ("apply", "CreateAddon"), ("apply", "CreatePodIdentityAssociation"),
    ],
}  # fmt: skip
"""Each command with a call of it; what a command began is carried on by the next one of its kind."""


def test_killed_while_the_cloud_works_it_makes_nothing_twice(cloud, at_cloud):
    """Ended without warning five times, each time while the cloud does what was asked of it."""
    wizard, there = at_cloud
    for command in dict(KILLS[cloud]):
        for call in (call for of, call in KILLS[cloud] if of == command):
            running = wizard.start(*LIFE[command])
            with killed_at(there.world, call, running):
                assert running.wait(120) == -signal.SIGKILL, call
            running.communicate()
        wizard.run(*LIFE[command])
        assert [there.clusters(), there.nodes()] == AFTER[command], command
    assert nothing_made_twice(there.world)
    assert {call for _, call in KILLS[cloud]} <= {one.name for one in there.world.calls}


AFTER = {"apply": [1, [1, 2]], "resize": [1, [1, 5]], "teardown": [0, []]}
"""Clusters, and machines of each pool."""
