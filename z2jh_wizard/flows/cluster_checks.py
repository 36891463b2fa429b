"""The checks of a project's cluster, as data for screens, ``doctor`` and whoever else shows them."""

from __future__ import annotations

from pathlib import Path

from z2jh_wizard.cloud import cluster_checks
from z2jh_wizard.cloud.account import Check, Verdict
from z2jh_wizard.cloud.cluster_checks import Wants
from z2jh_wizard.cloud.storage_classes import disk_of
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.core.step import Finding
from z2jh_wizard.flows.charts import PRACTICE, local_chart, read_chart_yaml
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.steps.storage_proof import ProveStorage, wants_disks
from z2jh_wizard.flows.storage_choice import named_class
from z2jh_wizard.flows.values_files import ValuesFiles, files_of
from z2jh_wizard.kube import survey
from z2jh_wizard.kube.survey import Survey
from z2jh_wizard.project.folder import Project
from z2jh_wizard.values import cluster_fit
from z2jh_wizard.values.charts import CHART_TITLES, chart_versions

DOORS = ("ingress.enabled", "httpRoute.enabled", "gateway.enabled")
"""Settings by which a hub is reached without a load balancer of its own."""


async def look_round(project: Project) -> tuple[Check, ...]:
    """Look at all that matters of a project's cluster; one that does not answer is a check that fails."""
    cluster = Cluster(project)
    try:
        files = files_of(project)
        wants = wants_of(project, files)

        async def look() -> Survey:
            rights = cluster_checks.rights_wanted(wants)
            return await survey.take(cluster.transport(), wants.namespace, rights)

        return cluster_checks.checks(await look(), wants, look)
    except WizardError as error:
        return cluster_checks.unreachable(error.problem.title, error.problem.happened)


async def prove_disks(project: Project, clock: Clock) -> Check:
    """Ask for a disk of 1 GiB in the hub's namespace and remove it again, where the namespace is there."""
    cluster = Cluster(project)
    step = ProveStorage(project, cluster, clock)
    found, title = "storage.proof", "A disk of 1 GiB"
    try:
        if await cluster.namespace(project.spec.namespace) is None:
            text = f"It needs the namespace {project.spec.namespace}, which the set-up makes."
            return Check(found, title, Verdict.UNKNOWN, text)
        look = await step.look()
        if look.finding is not Finding.READY:
            async for _ in step.run():
                pass
            look = await step.look()
        return Check(found, title, Verdict.OK, f"{look.detail[0].upper()}{look.detail[1:]}.")
    except WizardError as error:
        text = f"{error.problem.title}. {error.problem.happened} {error.problem.next_step}"
        return Check(found, title, Verdict.FAIL, text)


def wants_of(project: Project, files: ValuesFiles) -> Wants:
    """Return what a project wants of its cluster, by its settings and its chart."""
    spec, subject = project.spec, files.subject
    z2jh = files.chart.family == "z2jh"
    named = named_class(files)
    kind = subject.effective("proxy.service.type" if z2jh else "service.type", "LoadBalancer")
    fits = cluster_fit.missing(subject.values, cluster_fit.OPENSHIFT, files.version) if z2jh else ()
    return Wants(
        spec.namespace,
        chart=f"{_title(files.chart)} {files.chart.version}",
        kubernetes=kubernetes_taken(files.chart),
        cluster_roles=z2jh and subject.effective("scheduling.userScheduler.enabled", True) is not False,
        priorities=z2jh and subject.effective("scheduling.podPriority.enabled", False) is True,
        disks=wants_disks(files),
        storage_class=named,
        makes_class=disk_of(named, spec.provider, spec.project_id) is not None,
        balancer=kind == "LoadBalancer" and not any(subject.effective(door) is True for door in DOORS),
        policies=subject.effective(f"{'singleuser.' if z2jh else ''}networkPolicy.enabled", True)
        is not False,
        fitted=z2jh and not fits,
    )


def _title(chart: Chart) -> str:
    return "the practice chart" if chart.name == PRACTICE else CHART_TITLES[chart.family]


def kubernetes_taken(chart: Chart) -> str:
    """Return which Kubernetes a chart takes, by the chart itself or by the catalogue; empty for unknown."""
    where: Path | None = local_chart(chart)
    if where is not None and where.exists():
        return str(read_chart_yaml(where).get("kubeVersion", ""))
    known = {one.version: one.kubernetes for one in chart_versions(chart.family)}
    oldest = known.get(chart.version, "")
    return f">={oldest}" if oldest else ""
