"""kill -9 of the wizard and of Helm at every step: the next apply carries on and makes nothing twice."""

from __future__ import annotations

import json
import os
import signal

import pytest
import yaml

from tests.journeys.test_journey import SETUP_STEPS
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow


def objects(wizard, kubectl):
    """Return the UIDs of what must survive: the namespace, its volume claims."""
    import subprocess

    said = subprocess.run(
        [
            str(kubectl),
            "--kubeconfig",
            str(wizard.folder / "kubeconfig"),
            "get",
            "namespace/jhub",
            "-o",
            "json",
        ],
        capture_output=True,
        env=wizard.environment,
        check=False,
    )
    found = {}
    if said.returncode == 0:
        found["namespace"] = json.loads(said.stdout)["metadata"]["uid"]
    said = subprocess.run(
        [
            str(kubectl),
            "--kubeconfig",
            str(wizard.folder / "kubeconfig"),
            "get",
            "pvc",
            "-n",
            "jhub",
            "-o",
            "json",
        ],
        capture_output=True,
        env=wizard.environment,
        check=False,
    )
    if said.returncode == 0:
        found.update(
            {item["metadata"]["name"]: item["metadata"]["uid"] for item in json.loads(said.stdout)["items"]}
        )
    return found


def secrets_of(wizard):
    path = wizard.folder / "secrets.yaml"
    return path.read_bytes() if path.exists() else None


def kill_at(wizard, wanted):
    """Start apply, kill it without warning when ``wanted(event)`` says so, and return its last event."""
    process = wizard.start("apply", "--json")
    event = {}
    for line in process.stdout:
        event = json.loads(line)
        if wanted(event):
            process.kill()
            break
    process.wait()
    process.stdout.close()
    process.stderr.close()
    return event


def finish_and_compare(wizard, kubectl, before, secrets):
    wizard.run("apply")
    assert {step["finding"] for step in wizard.json("plan")} == {"ready"}
    after = objects(wizard, kubectl)
    assert {name: after.get(name) for name in before} == before
    if secrets is not None:
        assert secrets_of(wizard) == secrets
    twice = {thing: count for thing, count in wizard.created().items() if count > 1 and not is_hook(thing)}
    assert twice == {}


def is_hook(thing):
    """Helm deletes and makes its hooks anew on purpose; events and leases are not made by name."""
    collection, name = thing
    return "hook-image" in name or "image-awaiter" in name or collection.endswith(("/events", "/leases"))


@pytest.mark.parametrize("step", SETUP_STEPS[1:])
def test_killing_the_wizard_at_any_step_loses_and_doubles_nothing(wizard_of, kubectl_binary, step):
    wizard = wizard_of(speed=0.2, start=False)
    event = kill_at(wizard, lambda event: event["step"] == step)
    assert event["step"] == step
    before = objects(wizard, kubectl_binary) if (wizard.folder / "kubeconfig").exists() else {}
    finish_and_compare(wizard, kubectl_binary, before, secrets_of(wizard))


def helm_child(wizard):
    """Return the pid of the Helm that the journal names last, 0 before there is one."""
    path = wizard.folder / ".z2jh" / "journal.jsonl"
    entries = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return next((entry["pid"] for entry in reversed(entries) if entry["what"] == "child"), 0)


def has_made(wizard, part):
    return any(part in entry["path"] and entry["code"] == 201 for entry in wizard.requests())


MOMENTS = {
    "at-once": lambda wizard: True,
    "in-the-hook": lambda wizard: has_made(wizard, "/daemonsets"),
    "after-the-record": lambda wizard: has_made(wizard, "/secrets"),
    "after-the-disk": lambda wizard: any(
        entry.get("name") == "hub-db-dir" and entry["code"] == 201 for entry in wizard.requests()
    ),
    "waiting-for-pods": lambda wizard: any(
        entry.get("name") == "proxy-public" and entry["code"] == 201 for entry in wizard.requests()
    ),
}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("helm", [True, False], ids=["helm-on-path", "bundled-helm"])
def test_killing_helm_at_any_moment_keeps_the_disk_and_mends_itself(wizard_of, kubectl_binary, helm, moment):
    wizard = wizard_of(helm=helm, speed=0.5)
    process = wizard.start("apply", "--json")
    wait_until(lambda: helm_child(wizard) and MOMENTS[moment](wizard), 60)
    os.kill(helm_child(wizard), signal.SIGKILL)
    out, err = process.communicate(timeout=120)
    assert process.returncode in (0, 1), out + err
    before = objects(wizard, kubectl_binary)
    finish_and_compare(wizard, kubectl_binary, before, secrets_of(wizard))


def test_killing_helm_in_an_upgrade_rolls_back_and_upgrades_again(wizard_of, kubectl_binary):
    wizard = wizard_of(speed=0.5)
    wizard.run("apply")
    before, secrets = objects(wizard, kubectl_binary), secrets_of(wizard)
    wizard.run("config", "set", "cull.timeout", "7200")
    first = helm_child(wizard)
    process = wizard.start("apply")
    wait_until(lambda: helm_child(wizard) not in (0, first), 60)
    os.kill(helm_child(wizard), signal.SIGKILL)
    process.communicate(timeout=120)
    finish_and_compare(wizard, kubectl_binary, before, secrets)
    values = yaml.safe_load(wizard.run("config", "get", "cull").stdout)
    assert values["timeout"] == 7200
