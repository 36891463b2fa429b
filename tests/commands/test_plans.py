"""What ``plan`` prints for each provider: the commands that a person would type instead.

After a change that is meant: ``Z2JH_NEW_PLANS=1 python -m pytest tests/commands/test_plans.py``, and read the
difference.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.journeys.clouds import Machines, at_amazon, at_azure, at_google
from z2jh_wizard.flows.charts import practice_chart

PLANS = Path(__file__).parent / "plans"

AT = {"gke": at_google, "aks": at_azure, "eks": at_amazon}

MACHINES = {"gke": "e2-standard-4", "aks": "Standard_D4s_v5", "eks": "m5.xlarge"}

KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: campus
contexts: [{name: campus, context: {cluster: campus, user: me}}]
clusters: [{name: campus, cluster: {server: "https://127.0.0.1:9"}}]
users: [{name: me, user: {token: none}}]
"""
"""A cluster that does not answer: what is typed does not depend on it."""

SHOWN_ELSEWHERE = ("hub.config", "hub.secrets")
"""Steps whose commands hold whole files, which have golden files of their own."""


@pytest.fixture(params=["practice", "existing", "local", *AT])
def planned(request, cli_here, tmp_path, monkeypatch):
    """Make a project of each provider with the same id, and return its plan for people and for programs."""
    provider, words = request.param, []
    with ExitStack() as clouds:
        if provider in AT:
            behind = Machines("https://127.0.0.1:9", "", "emulated-token", tmp_path)
            cloud = clouds.enter_context(AT[provider](behind))
            for name, value in cloud.variables.items():
                monkeypatch.setenv(name, value)
            words = ["--account", cloud.account, "--region", cloud.region, "--machine", MACHINES[provider]]
        if provider == "local":
            words = ["--tool", "kind"]
        if provider == "existing":
            (tmp_path / "campus.yaml").write_text(KUBECONFIG)
            words = ["--context", "campus", "--kubeconfig", "campus.yaml"]
        cli_here("new", "hub", "--provider", provider, "--release", "bio101", *words)
        spec = tmp_path / "hub" / "z2jh.yaml"
        spec.write_text(re.sub("project_id: .*", 'project_id: "123456abcdef"', spec.read_text()))
        people = cli_here("-C", "hub", "plan")
        programs = cli_here("-C", "hub", "plan", "--json")
        yield provider, people, programs


def test_the_commands_that_a_person_would_type(planned, tmp_path):
    provider, people, programs = planned
    steps = json.loads(programs.out)
    text = "\n".join(line for step in steps for line in lines_of(step)) + "\n"
    text = text.replace(str(tmp_path), "DIR").replace(str(practice_chart()), "CHART")
    golden = PLANS / f"{provider}.txt"
    if os.environ.get("Z2JH_NEW_PLANS"):
        golden.write_text(text)
    assert text == golden.read_text()
    for step in (one for one in steps if one["finding"] != "ready"):
        for command in step["commands"]:
            assert all(f"$ {line}".rstrip() in people.out for line in command.splitlines())


def lines_of(step):
    """Return a step's title with its danger, and its commands."""
    marks = " ".join(one for one in (step["danger"], step["by"]) if one not in ("none", "wizard"))
    yield f"# {step['title']}" + (f" [{marks}]" if marks else "")
    if step["id"] not in SHOWN_ELSEWHERE:
        for command in step["commands"]:
            yield from command.splitlines()
    yield ""
