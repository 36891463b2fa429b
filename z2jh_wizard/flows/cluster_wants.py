"""What a project wants of its cluster, by its settings and its chart."""

from __future__ import annotations

from pathlib import Path

from z2jh_wizard.cloud.cluster_checks import Wants
from z2jh_wizard.cloud.storage_classes import disk_of
from z2jh_wizard.core.spec import Chart
from z2jh_wizard.flows.charts import PRACTICE, local_chart, read_chart_yaml
from z2jh_wizard.flows.storage_choice import named_class
from z2jh_wizard.flows.values_files import ValuesFiles
from z2jh_wizard.project.folder import Project
from z2jh_wizard.values import cluster_fit
from z2jh_wizard.values.charts import CHART_TITLES, chart_versions

DOORS = ("ingress.enabled", "httpRoute.enabled", "gateway.enabled")
"""Settings by which a hub is reached without a load balancer of its own."""


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
        pullers=z2jh and subject.effective("prePuller.hook.enabled", True) is not False,
        priorities=z2jh and subject.effective("scheduling.podPriority.enabled", False) is True,
        disks=wants_disks(files),
        storage_class=named,
        makes_class=disk_of(named, spec.provider, spec.project_id) is not None,
        balancer=kind == "LoadBalancer" and not any(subject.effective(door) is True for door in DOORS),
        policies=subject.effective(f"{'singleuser.' if z2jh else ''}networkPolicy.enabled", True)
        is not False,
        fitted=z2jh and not fits,
        privileged=z2jh
        and subject.effective("singleuser.cloudMetadata.blockWithIptables", True) is not False,
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


def wants_disks(files: ValuesFiles) -> bool:
    """Tell whether a hub with these settings asks the cluster for disks, its own or its students'."""
    effective = files.subject.effective
    if files.chart.family == "helmforge":
        return bool(effective("singleuser.storage.enabled")) or bool(effective("hub.persistence.enabled"))
    homes = effective("singleuser.storage.type", "dynamic") == "dynamic"
    return homes or bool(effective("hub.db.type", "sqlite-pvc") == "sqlite-pvc")
