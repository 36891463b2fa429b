"""From nothing to a hub and back to nothing, by commands."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

SETUP_STEPS = [
    "helm.tool",
    "cluster.practice",
    "cluster.answers",
    "hub.claim",
    "cluster.nodes",
    "helm.tiller",
    "hub.namespace",
    "hub.config",
    "hub.secrets",
    "storage.class",
    "hub.chart",
    "hub.check",
    "hub.release",
    "hub.pods",
    "hub.address",
]


@pytest.mark.parametrize(
    "helm",
    [pytest.param(True, id="helm-on-path"), pytest.param(False, id="bundled-helm", marks=pytest.mark.slow)],
)
def test_a_hub_is_planned_made_looked_at_changed_and_removed(wizard_of, helm):
    wizard = wizard_of(helm=helm, start=False)
    plan = wizard.json("plan", expect=3)
    assert [step["id"] for step in plan] == SETUP_STEPS
    assert set(plan[0]) >= {"id", "title", "finding", "danger", "by", "commands"}
    assert not (wizard.folder / "config.yaml").exists()

    wizard.run("practice", "start", "--speed", "0.1")
    events = wizard.events("apply")
    assert all(set(event) >= {"time", "step", "state", "text"} for event in events)
    finals = {event["step"]: event["state"] for event in events if event["kind"] == "state"}
    assert {finals[step] for step in SETUP_STEPS} == {"done", "already"}
    assert {finals[step] for step in ("hub.namespace", "hub.secrets", "hub.config", "hub.release")} == {
        "done"
    }
    for name in ("config.yaml", "secrets.yaml", "kubeconfig"):
        assert stat.S_IMODE((wizard.folder / name).stat().st_mode) == 0o600

    again = wizard.events("apply")
    assert {event["state"] for event in again} == {"already"}
    assert {step["finding"] for step in wizard.json("plan")} == {"ready"}

    status = wizard.json("status")
    assert status["release"]["state"] == "deployed"
    assert status["url"].startswith("http://203.0.113.")
    assert status["problems"] == []

    wizard.run("config", "set", "cull.timeout", "7200")
    changed = {step["id"]: step["finding"] for step in wizard.json("plan", expect=3)}
    assert changed["hub.release"] == "drifted"
    wizard.run("apply")
    assert wizard.json("status")["release"]["revision"] == 2
    assert wizard.json("config", "diff") == []

    assert wizard.run("rollback", "7", expect=2).returncode == 2
    assert "helm rollback jhub 1" in wizard.run("rollback").stdout
    assert wizard.json("status")["release"]["revision"] == 3
    (changed,) = wizard.json("config", "diff", expect=3)
    assert (changed["path"], changed["before"], changed["after"]) == ("cull.timeout", 3600, 7200)
    assert "The chart stays practice" in wizard.run("upgrade").stderr
    assert wizard.json("status")["release"]["revision"] == 4
    assert wizard.run("upgrade", "--chart-version", "4.4.0", expect=2).stdout == ""

    assert wizard.run("teardown", "--confirm", "wrong", expect=5).stdout == ""
    receipt = wizard.json("teardown", "--confirm", "jhub")
    assert receipt["left"] == []
    assert receipt["cost_left_month"] == 0
    assert any(item.startswith("release") for item in receipt["removed"])
    assert wizard.json("teardown", "--confirm", "jhub")["removed"] == []


def test_students_come_the_cluster_is_resized_and_they_are_all_removed(wizard_of):
    wizard = wizard_of()
    wizard.run("apply")
    wizard.run("practice", "students", "3")
    wizard.run("resize", "3")
    assert len([node for node in wizard.json("status")["nodes"] if node["pool"] == "user"]) == 3
    wizard.run("resize", "3")
    wizard.run("resize", "1")
    assert len([node for node in wizard.json("status")["nodes"] if node["pool"] == "user"]) == 1
    assert "no pool moon" in wizard.run("resize", "2", "--pool", "moon", expect=2).stdout
    receipt = wizard.json("teardown", "--confirm", "jhub")
    assert sum(item.startswith("disk") for item in receipt["removed"]) == 3


def test_a_colleague_without_the_records_gets_the_same_hub(wizard_of, tmp_path):
    """A copy of the folder without .z2jh works from z2jh.yaml, config.yaml and secrets.yaml alone."""
    wizard = wizard_of()
    wizard.run("apply")
    (wizard.folder / ".z2jh" / "journal.jsonl").unlink()
    assert {event["state"] for event in wizard.events("apply")} == {"already"}
    wizard.run("config", "set", "cull.timeout", "1")
    assert "timeout: 1\n" in (wizard.folder / "config.yaml").read_text()


def test_another_cluster_under_the_same_project_is_refused(wizard_of):
    wizard = wizard_of()
    wizard.run("apply")
    spec = wizard.folder / "z2jh.yaml"
    text = spec.read_text()
    spec.write_text(text.replace("uid: ", "uid: 0000"))
    done = wizard.run("apply", expect=5)
    assert "another cluster" in done.stdout + done.stderr


def test_the_whole_journey_headless_leaves_nothing_behind(home, helm_binary):
    environment = {**os.environ, "HOME": str(home), "PATH": f"{helm_binary.parent}:/usr/bin:/bin"}
    environment["TMPDIR"] = str(home)
    done = subprocess.run(
        [sys.executable, "-m", "z2jh_wizard", "practice", "--headless", "--speed", "0.05", "--students", "5"],
        capture_output=True,
        text=True,
        env=environment,
        cwd=home,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for words in (
        "PRACTICE",
        "$ helm upgrade --install",
        "5 of 5 students",
        "Receipt for jhub",
        "left      nothing",
    ):
        assert words in done.stdout
    assert not list(home.glob("z2jh-practice-*"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("image-not-found", "its image does not exist"),
        ("crash-loop", "starts and ends again and again"),
        ("no-default-storage-class", "no default StorageClass"),
        ("load-balancer-pending", "gets no public address"),
        ("quota-exceeded", "quota of the namespace is used up"),
        ("node-lost", "does not work"),
        ("api-gone", "does not answer"),
        ("token-expired", "does not accept your sign-in"),
    ],
)
def test_each_fault_is_explained_while_helm_waits_and_the_journey_goes_on(home, helm_binary, fault, says):
    environment = {**os.environ, "HOME": str(home), "PATH": f"{helm_binary.parent}:/usr/bin:/bin"}
    environment["TMPDIR"] = str(home)
    words = ("practice", "--headless", "--speed", "0.05", "--students", "2", "--fault", fault)
    done = subprocess.run(
        [sys.executable, "-m", "z2jh_wizard", *words],
        capture_output=True,
        text=True,
        env=environment,
        cwd=home,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = [line for line in done.stdout.splitlines() if line.startswith("    * ")]
    assert any(says in line for line in told), told
    assert "the fault is mended" in told[-1]
    assert "Receipt for jhub" in done.stdout


def test_an_unknown_fault_ends_the_journey_with_a_suggestion(home):
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "z2jh_wizard", "practice", "--headless", "--fault", "crashloop"],
        capture_output=True,
        text=True,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 2
    assert "did you mean crash-loop" in done.stderr
    assert "The project is kept" in done.stderr
