"""The autoscaler's step: judged by Helm's records, ours told from others', mended when Helm was killed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import yaml

from z2jh_wizard.cloud.eks import autoscaler
from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.core.spec import Chart, Pool
from z2jh_wizard.core.step import Finding, Line
from z2jh_wizard.flows.steps.autoscaler import InstallAutoscaler
from z2jh_wizard.helm.releases import Judgement, Revision, Standing, Status
from z2jh_wizard.project.folder import Project, create_project


class Helm:
    """Answers as the bound Helm does, and keeps what it was told to do."""

    def __init__(self) -> None:
        self.standing = Standing.ABSENT
        self.version = autoscaler.CHART.version
        self.given: dict[str, Any] = {}
        self.chart: Path | None = None
        self.done: list[str] = []
        self.bound: tuple[str, str] = ("", "")
        self.values = Path()

    def beside(self, project: Project, values: Path) -> Helm:
        self.bound, self.values = (project.spec.release, project.spec.namespace), values
        return self

    async def state(self) -> tuple[Judgement, dict[str, Any]]:
        current = Revision(1, Status.DEPLOYED, chart_version=self.version)
        return Judgement(self.standing, "why", current), self.given

    def local_chart(self) -> Path | None:
        return self.chart

    async def fetch_chart(self) -> None:
        self.done.append("fetch")

    def __getattr__(self, name: str) -> Any:
        async def work() -> AsyncIterator[Line]:
            self.done.append(name)
            yield Line(name)

        return work


@pytest.fixture
def project(tmp_path: Path) -> Project:
    pools = {"user": Pool(1, "m5.large", maximum=4)}
    made = create_project(tmp_path / "hub", "eks", chart=Chart(), release="bio101", pools=pools)
    return Project(made.folder, msgspec.structs.replace(made.spec, account="1", region="eu-south-1"))


def step_with(project: Project) -> tuple[InstallAutoscaler, Helm]:
    helm = Helm()
    helm.given = autoscaler.values(project.spec)
    world: Any = SimpleNamespace(project=project, helm=helm)
    return InstallAutoscaler(world), helm


@pytest.mark.parametrize(
    ("standing", "version", "changed", "finding"),
    [
        (Standing.ABSENT, "9.59.0", {}, Finding.ABSENT),
        (Standing.DEPLOYED, "9.59.0", {}, Finding.READY),
        (Standing.DEPLOYED, "9.1.0", {}, Finding.DRIFTED),
        (Standing.DEPLOYED, "9.59.0", {"awsRegion": "us-east-1"}, Finding.DRIFTED),
        (Standing.FAILED, "9.59.0", {}, Finding.DRIFTED),
        (Standing.STUCK, "9.59.0", {}, Finding.DRIFTED),
    ],
)
async def test_what_a_release_means(project, standing, version, changed, finding):
    step, helm = step_with(project)
    helm.standing, helm.version = standing, version
    helm.given |= changed
    assert (await step.look()).finding is finding
    assert helm.bound == ("cluster-autoscaler", "kube-system")


async def test_one_that_somebody_else_installed_does_and_stays(project):
    step, helm = step_with(project)
    helm.standing = Standing.DEPLOYED
    for helm.given in ({}, {"podLabels": {"z2jh-wizard": "0123456789ab"}}, {"podLabels": "no"}):
        look = await step.look()
        assert look.finding is Finding.READY
        assert look.not_ours


async def test_while_helm_is_at_work_nothing_is_known(project):
    step, helm = step_with(project)
    helm.standing = Standing.WORKING
    with pytest.raises(CouldNotLook):
        await step.look()


async def test_it_mends_fetches_and_installs(project):
    step, helm = step_with(project)
    helm.standing = Standing.STUCK
    await step.look()
    assert [one async for one in step.run()]
    assert helm.done == ["mend", "fetch", "install"]
    assert yaml.safe_load(helm.values.read_text()) == autoscaler.values(project.spec)
    helm.chart = helm.values
    helm.standing = Standing.ABSENT
    await step.look()
    happened = [str(one) async for one in step.run()]
    assert helm.done == ["mend", "fetch", "install", "install"]
    assert "cluster-autoscaler" in happened[-1]
