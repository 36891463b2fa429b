"""A cluster that somebody else made: used, never resized or removed; played by a practice cluster."""

from __future__ import annotations

import subprocess

import pytest
import yaml

from tests.journeys.conftest import Wizard
from z2jh_wizard.flows.charts import practice_chart


@pytest.fixture
def campus(wizard_of):
    """A cluster run by others, with its kubeconfig."""
    owner = wizard_of()
    return owner, owner.folder / "kubeconfig"


@pytest.fixture
def guest(campus, home):
    """A project on that cluster."""
    owner, kubeconfig = campus
    wizard = Wizard(home / "guest", owner.environment)
    wizard.run(
        *("new", str(wizard.folder), "--provider", "existing", "--kubeconfig", str(kubeconfig)),
        *("--chart", str(practice_chart()), "--release", "bio101"),
    )
    return wizard


def kubectl(binary, wizard, *words, expect=0):
    argv = [str(binary), "--kubeconfig", str(wizard.folder / "kubeconfig"), *words]
    done = subprocess.run(argv, capture_output=True, text=True, env=wizard.environment, check=False)
    assert done.returncode == expect, done.stderr
    return done.stdout


def test_a_hub_comes_and_goes_and_the_cluster_stays(campus, guest, kubectl_binary):
    owner, kubeconfig = campus
    before = kubeconfig.read_bytes()
    guest.run("apply")
    assert kubeconfig.read_bytes() == before
    user = yaml.safe_load((guest.folder / "kubeconfig").read_text())["users"][0]["user"]
    assert set(user) == {"exec"}
    assert "hub" in kubectl(kubectl_binary, guest, "get", "pods", "--namespace", "bio101")

    refused = guest.run("resize", "5", expect=5)
    assert "not ours" in refused.stdout + refused.stderr
    assert guest.run("practice", "students", "3", expect=5).returncode == 5

    receipt = guest.json("teardown", "--confirm", "bio101")
    assert [left["name"].split()[0] for left in receipt["left"]] == ["cluster"]
    assert receipt["cost_left_month"] is None
    kubectl(kubectl_binary, owner, "get", "namespace", "bio101", expect=1)
    assert owner.json("status")["cluster"].startswith("Kubernetes")


def test_a_namespace_of_others_is_used_and_left_in_place(campus, guest, kubectl_binary):
    owner, _ = campus
    kubectl(kubectl_binary, owner, "create", "namespace", "bio101")
    kubectl(kubectl_binary, owner, "create", "configmap", "theirs", "--namespace", "bio101")
    guest.run("apply")
    receipt = guest.json("teardown", "--confirm", "bio101")
    left = {left["name"].split()[0]: left["reason"] for left in receipt["left"]}
    assert "not made by this project" in left["namespace"]
    assert "theirs" in kubectl(kubectl_binary, owner, "get", "configmaps", "--namespace", "bio101")
    assert "release bio101/bio101" in receipt["removed"]


def test_a_context_that_is_not_there_is_told_with_a_suggestion(campus, home):
    owner, kubeconfig = campus
    wizard = Wizard(home / "other", owner.environment)
    wizard.run(
        *("new", str(wizard.folder), "--provider", "existing", "--kubeconfig", str(kubeconfig)),
        *("--context", "practise", "--chart", str(practice_chart())),
    )
    done = wizard.run("apply", expect=2)
    assert "did you mean practice" in done.stdout + done.stderr


def test_a_cluster_that_does_not_answer_changes_nothing(campus, guest):
    owner, _ = campus
    owner.run("practice", "stop")
    done = guest.run("apply", expect=4)
    assert "hub.namespace" not in done.stdout
    assert not (guest.folder / "config.yaml").exists()
    assert guest.run("plan", expect=4).returncode == 4
    assert guest.run("status", expect=4).returncode == 4


def test_rights_in_one_namespace_are_enough(campus, home, kubectl_binary):
    """An administrator made the namespace, and a service account that sees nothing else."""
    owner, kubeconfig = campus
    for words in (
        "create namespace bio101",
        "create serviceaccount teacher --namespace bio101",
        "create role teacher --namespace bio101 --verb=* --resource=*.*",
        "create rolebinding teacher --namespace bio101 --role=teacher --serviceaccount=bio101:teacher",
    ):
        kubectl(kubectl_binary, owner, *words.split())
    tree = yaml.safe_load(kubeconfig.read_text())
    token = kubectl(kubectl_binary, owner, "create", "token", "teacher", "--namespace", "bio101").strip()
    tree["users"][0]["user"] = {"token": token}
    mine = home / "teacher.yaml"
    mine.write_text(yaml.safe_dump(tree))
    wizard = Wizard(home / "teacher", owner.environment)
    wizard.run(
        *("new", str(wizard.folder), "--provider", "existing", "--kubeconfig", str(mine)),
        *("--chart", "practice", "--release", "bio101"),
    )
    wizard.run("apply")
    kubectl(kubectl_binary, wizard, "get", "nodes", expect=1)
    spec = yaml.safe_load((wizard.folder / "z2jh.yaml").read_text())
    assert spec["cluster"]["uid"].startswith("namespace/bio101/")
    status = wizard.json("status")
    assert (status["release"]["state"], status["nodes"], status["problems"]) == ("deployed", [], [])
    assert {event["state"] for event in wizard.events("apply")} == {"already"}
    receipt = wizard.json("teardown", "--confirm", "bio101")
    assert receipt["complete"]
    left = {left["name"]: left["reason"] for left in receipt["left"]}
    assert "may not list" in left["volumes of namespace bio101"]
    assert "not made by this project" in left["namespace bio101"]
