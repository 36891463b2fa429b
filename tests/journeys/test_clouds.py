"""The whole way at a cloud: its emulator makes the cluster, whose API is that of a practice cluster."""

from __future__ import annotations

import json
import re
import signal
import subprocess

import pytest

from tests.journeys.clouds import (
    BESIDE,
    CLOUDS,
    RELEASE,
    keep_autoscaler,
    killed_at,
    nothing_made_twice,
    project_at,
)
from tests.journeys.there_and_back import CREATE, there_and_back
from tests.support.searching import CommandLines, files_with
from z2jh_wizard.core.errors import ExitCode

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

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
    reached = []
    for stage in there_and_back(wizard, RELEASE, 5):
        reached.append(stage.name)
        if stage.name == "asked":
            assert stage.told.steps == COSTLY[cloud]
            assert "About how much" in stage.told.words
            assert not there.world.creates()
        elif stage.name == "made":
            assert "hub" in kubectl(kubectl_binary, wizard, "get", "pods", "-n", RELEASE)
            assert wizard.json("status")["provider"] == cloud
            if cloud == "eks":
                words = ("get", "deployment", "cluster-autoscaler", "-n", "kube-system", "-o", "yaml")
                assert f"{RELEASE} in {there.region}" in kubectl(kubectl_binary, wizard, *words)
        elif stage.name == "resized":
            assert there.nodes() == [1, 5]
            refused_elsewhere(wizard)
            assert there.clusters() == 1
        else:
            assert all(one in json.dumps(stage.told["removed"]) for one in there.removes)
    assert reached == ["asked", "made", "resized", "removed"]
    assert there.clusters() == 0
    assert there.else_left() == []
    assert nothing_made_twice(there.world)
    written = "".join(path.read_text(errors="replace") for path in wizard.folder.rglob("*") if path.is_file())
    assert not any(secret in written for secret in there.secrets)


def refused_elsewhere(wizard):
    """Another region in z2jh.yaml neither makes a second cluster nor lets the first one be forgotten."""
    spec = wizard.folder / "z2jh.yaml"
    before = spec.read_text()
    spec.write_text(re.sub("(?m)^region: .*", "region: eu-north-1", before))
    for words in (CREATE, ("teardown", "--confirm", RELEASE)):
        said = wizard.run(*words, expect=ExitCode.REFUSED)
        assert "another place" in said.stdout + said.stderr
    spec.write_text(before)


def test_a_journey_that_fails_leaves_nothing_that_costs_money(wizard_of, home):
    with project_at("aks", wizard_of(), home) as (wizard, there):
        there.world.fail_once("listCredentials", there.ended)
        with pytest.raises(AssertionError, match="sign-in"):
            list(there_and_back(wizard, RELEASE, 5))
        assert there.making in [one.name for one in there.world.calls]
        assert there.clusters() == 0
        assert there.else_left() == []


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
        ("resize", "UpdateNodegroupConfig"), ("teardown", "DeleteNodegroup"), ("teardown", "DeleteStack"),
    ],
}  # fmt: skip
"""Each command with a call of it; what a command began is carried on by the next one of its kind."""


def test_killed_while_the_cloud_works_it_makes_nothing_twice(cloud, at_cloud):
    """Ended without warning at five calls or more, each time while the cloud does what was asked of it."""
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


SIGN_INS = [("gke", ""), ("gke", "by_key_file"), ("aks", ""), ("eks", ""), ("eks", "by_start_page")]

NAMED = ("z2jh_wizard", "z2jh-wizard", "helm", "kubectl", "uname -p")
"""Programs that find in their environment what signs in: ourselves, those that ask us for a token, and one
that Python itself starts to learn what machine this is.
"""


@pytest.mark.parametrize(("cloud", "way"), SIGN_INS, ids=["-".join(filter(None, one)) for one in SIGN_INS])
def test_what_signs_in_is_nowhere(cloud, way, wizard_of, home, monkeypatch):
    """From a plan to the tear-down, with a sign-in that ends on the way."""
    monkeypatch.setenv("HOME", str(home))
    keep_autoscaler()
    computers = wizard_of()
    said = []
    with (
        project_at(cloud, computers, home, **{way: True} if way else {}) as (wizard, there),
        CommandLines() as lines,
    ):
        tries = 3 if way == "by_key_file" else 1  # Google's client gets a new token twice before it gives up
        for call in (there.making, there.removing) * tries:
            there.world.fail_once(call, there.ended)
        for words, code in [
            (("plan",), 3),
            (("apply", "--yes"), ExitCode.NEEDS_YOU),
            (("apply", "--yes", "--json"), 0),
            (("status", "--json"), 0),
            (("doctor", "--json"), None),
            (("diagnose", "--json"), None),
            (("runbook", "--format", "sh"), 0),
            (("resize", "4", "--json"), 0),
            (("teardown", "--confirm", RELEASE), ExitCode.NEEDS_YOU),
            (("teardown", "--confirm", RELEASE, "--json"), 0),
        ]:
            done = wizard.run(*words, expect=code)
            said.append(done.stdout + done.stderr)
        assert "sign-in" in said[1]
        assert there.clusters() == 0
        assert not any(there.world.faults.values())
        assert not there.world.complaints
    own = str(computers.state.relative_to(home))
    found = {name for secret in there.secrets for name in files_with(home, secret.encode())}
    assert not [name for name in found if not name.startswith((own, BESIDE))]
    assert not [secret for secret in there.secrets if secret in "".join(said)]
    assert not [line for secret in there.secrets for line in lines.lines_with(secret)]
    held = {line for secret in there.secrets for line in lines.environments_with(secret)}
    assert bool(held) == (way != "by_key_file")
    assert not [line for line in held if not any(name in line for name in NAMED)]
