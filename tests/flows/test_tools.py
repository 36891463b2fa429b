"""The step that finds Helm: the wizard's own work, and a person's only while there is none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from z2jh_wizard.core.errors import ExitCode
from z2jh_wizard.core.events import State
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.core.step import By, Finding
from z2jh_wizard.flows.adapters import adapters_for
from z2jh_wizard.flows.sessions import flow_of, plan_of
from z2jh_wizard.flows.steps.tools import WhichHelm
from z2jh_wizard.helm import command
from z2jh_wizard.project.folder import Project
from z2jh_wizard.render import machine, plain, runbook


@pytest.fixture
def step(project: Project) -> WhichHelm:
    return WhichHelm(adapters_for(project, Redactor()).helm)


@pytest.fixture
def no_helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer with no Helm at all."""
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr(command, "sdk_is_installed", lambda: False)


@pytest.fixture
def helm_on_path(helm_binary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{helm_binary.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.usefixtures("helm_on_path")
async def test_a_helm_that_was_found_asks_nothing_of_a_person(project, step, session_of):
    assert (await step.look()).finding is Finding.READY
    planned = [entry async for entry in plan_of(project, "setup")]
    assert machine.plan(planned)[0]["by"] == "wizard"
    assert "you do this" not in plain.plan_lines(planned)[0]
    session = session_of(step)
    assert (await session.run()).code is ExitCode.DONE
    assert session.events[-1].state is State.ALREADY


@pytest.mark.usefixtures("no_helm")
async def test_without_helm_a_person_is_asked_and_told_how(project, step, session_of):
    planned = [entry async for entry in plan_of(project, "setup")]
    assert machine.plan(planned)[0]["by"] == "you"
    session = session_of(step)
    outcome = await session.run()
    assert outcome.code is ExitCode.NEEDS_YOU
    assert outcome.problem.next_step == command.HOW_TO_GET_HELM
    assert session.events[-1].state is State.NEEDS_YOU


@pytest.mark.usefixtures("no_helm")
async def test_a_helm_that_came_meanwhile_makes_it_the_wizards_step_again(step, helm_binary, monkeypatch):
    assert (await step.look()).finding is Finding.ABSENT
    asked: By = step.by
    assert asked is By.YOU
    monkeypatch.setenv("PATH", str(helm_binary.parent))
    assert (await step.look()).finding is Finding.READY
    assert step.by is By.WIZARD


def test_the_runbook_says_where_helm_comes_from_and_waits_for_nobody(project):
    steps = flow_of(project, "setup").steps[:1]
    assert "https://helm.sh/docs/intro/install/" in runbook.markdown("setup", project.spec, steps)
    script = runbook.shell("setup", project.spec, steps)
    assert "helm version --short" in script
    assert "read -r" not in script
