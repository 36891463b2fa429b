"""Which cluster and whose hub: nothing is touched on another cluster, nor of another project's hub."""

from __future__ import annotations

import json
import shutil
import signal

import pytest

from tests.journeys.conftest import Wizard


def project_on(kubeconfig, home, name, environment):
    wizard = Wizard(home / name, environment)
    wizard.run(
        *("new", str(wizard.folder), "--provider", "existing", "--kubeconfig", str(kubeconfig)),
        *("--chart", "practice", "--release", "bio101"),
    )
    return wizard


def changes(owner):
    """Return what was done to a cluster's namespaces and to what is in them."""
    return [entry for entry in owner.requests() if entry["verb"] != "GET" and "/namespaces" in entry["path"]]


def the_hub(wizard):
    """Return the release and the pods of a hub: the same again when nobody changed it."""
    status = wizard.json("status")
    return status["release"], {pod["name"] for pod in status["pods"]}


def test_a_context_that_was_pointed_elsewhere_is_refused_by_the_tear_down(wizard_of, home):
    right, wrong = wizard_of(), wizard_of()
    kubeconfig = home / "campus.yaml"
    shutil.copy(right.folder / "kubeconfig", kubeconfig)
    guest = project_on(kubeconfig, home, "guest", right.environment)
    guest.run("apply")
    other = project_on(wrong.folder / "kubeconfig", home, "other", wrong.environment)
    other.run("apply")
    theirs, before = the_hub(other), len(changes(wrong))

    shutil.copy(wrong.folder / "kubeconfig", kubeconfig)
    done = guest.run("teardown", "--confirm", "bio101", "--json", expect=5)
    assert "another cluster" in done.stderr
    receipt = json.loads(done.stdout)
    assert (receipt["removed"], receipt["complete"], receipt["cost_left_month"]) == ([], False, None)
    assert len(changes(wrong)) == before
    assert the_hub(other) == theirs
    assert "another cluster" in guest.run("apply", expect=5).stdout

    shutil.copy(right.folder / "kubeconfig", kubeconfig)
    receipt = guest.json("teardown", "--confirm", "bio101")
    assert receipt["complete"]
    assert "release bio101/bio101" in receipt["removed"]
    assert the_hub(other) == theirs


@pytest.mark.parametrize(
    "helm",
    [pytest.param(True, id="helm-on-path"), pytest.param(False, id="bundled-helm", marks=pytest.mark.slow)],
)
def test_a_hub_of_the_same_name_that_another_project_made_is_left_alone(wizard_of, home, helm):
    owner = wizard_of(helm=helm)
    first = project_on(owner.folder / "kubeconfig", home, "first", owner.environment)
    first.run("apply")
    theirs = the_hub(first)
    before = len(changes(owner))

    second = project_on(owner.folder / "kubeconfig", home, "second", owner.environment)
    for words in (("apply",), ("plan",), ("rollback", "1")):
        done = second.run(*words, expect=5)
        assert "hub bio101 already in namespace bio101" in done.stdout + done.stderr
    receipt = second.json("teardown", "--confirm", "bio101")
    assert (receipt["removed"], receipt["complete"]) == ([], True)
    reasons = {left["name"]: left["reason"] for left in receipt["left"]}
    assert reasons["namespace bio101"] == "it was not made by this project"
    assert len(changes(owner)) == before
    assert the_hub(first) == theirs

    # A colleague's copy with the project's own z2jh.yaml may look after the same hub.
    colleague = Wizard(home / "colleague", owner.environment)
    shutil.copytree(first.folder, colleague.folder, ignore=shutil.ignore_patterns(".z2jh", "kubeconfig"))
    states = {event["step"]: event["state"] for event in colleague.events("apply")}
    assert states["hub.claim"] == states["hub.release"] == "already"
    assert "release bio101/bio101" in colleague.json("teardown", "--confirm", "bio101")["removed"]


@pytest.mark.slow
@pytest.mark.parametrize("started", [True, False], ids=["started-first", "applied-at-once"])
def test_a_copy_of_a_practice_project_gets_a_cluster_of_its_own(wizard_of, home, started):
    wizard = wizard_of(speed=0)
    wizard.run("apply")
    before = the_hub(wizard)
    copy = Wizard(home / "copy", wizard.environment)
    shutil.copytree(wizard.folder, copy.folder, ignore=shutil.ignore_patterns(".z2jh"))
    assert copy.json("teardown", "--confirm", "jhub")["removed"] == ["file kubeconfig"]
    assert the_hub(wizard) == before
    shutil.copy(wizard.folder / "z2jh.yaml", copy.folder)
    try:
        if started:
            copy.run("practice", "start", "--speed", "0")
        copy.run("apply")
        assert copy.json("status")["release"]["revision"] == 1
        assert "release jhub/jhub" in copy.json("teardown", "--confirm", "jhub")["removed"]
    finally:
        copy.run("practice", "stop", expect=None)
    assert the_hub(wizard) == before


@pytest.mark.slow
def test_a_practice_project_whose_state_was_deleted_begins_anew(wizard_of):
    wizard = wizard_of(speed=0)
    wizard.run("apply")
    wizard.run("practice", "stop")
    shutil.rmtree(wizard.folder / ".z2jh")
    wizard.run("apply")
    assert wizard.json("status")["release"]["revision"] == 1


def test_a_tear_down_that_was_stopped_midway_says_what_it_does_not_know(wizard_of):
    wizard = wizard_of()
    wizard.run("apply")
    process = wizard.start("teardown", "--confirm", "jhub")
    said = []
    for line in process.stdout:
        said.append(line)
        if "removed release jhub/jhub" in line:
            process.send_signal(signal.SIGINT)
    process.wait(60)
    process.stdout.close()
    process.stderr.close()
    assert process.returncode == 130
    told = "".join(said)
    receipt = told[told.index("Receipt for jhub") :]
    assert "removed   release jhub/jhub" in receipt
    assert "left      not known" in receipt
    assert "nothing was found" not in receipt
    kept = sorted((wizard.folder / ".z2jh" / "receipts").iterdir())[-1]
    assert json.loads(kept.read_text())["complete"] is False

    again = wizard.json("teardown", "--confirm", "jhub")
    assert again["complete"]
    assert (again["left"], again["cost_left_month"]) == ([], 0)


def test_a_tear_down_on_a_cluster_that_does_not_answer_guesses_nothing(wizard_of):
    wizard = wizard_of()
    wizard.run("apply")
    wizard.run("practice", "fault", "api-gone")
    receipt = wizard.json("teardown", "--confirm", "jhub", expect=4)
    assert (receipt["removed"], receipt["left"], receipt["complete"]) == ([], [], False)
    assert receipt["cost_left_month"] is None
    wizard.run("practice", "clear")
    assert wizard.json("teardown", "--confirm", "jhub")["complete"]
