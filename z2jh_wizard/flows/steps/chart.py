"""The chart that Helm installs: there, readable, and of the version that the project names."""

from __future__ import annotations

from z2jh_wizard.core.step import Command, Finding, Line, Look, Made, Resource, Step, Work
from z2jh_wizard.flows.charts import PRACTICE, chart_source, read_chart_yaml
from z2jh_wizard.flows.hub_helm import HubHelm
from z2jh_wizard.project.folder import Project


class GetChart(Step):
    """Fetch the chart into the cache, or find it on this computer."""

    id = "hub.chart"
    title = "Get the chart"
    why = "A chart is the package with everything a hub needs; its version decides the version of JupyterHub."
    usually = 3
    needs = ("helm.tool",)

    def __init__(self, project: Project, helm: HubHelm) -> None:
        self._project = project
        self._helm = helm

    def commands(self) -> tuple[Command, ...]:
        """Return the command that shows what the chart is."""
        return (Command(("helm", "show", "chart", *chart_source(self._project.spec.chart).words())),)

    async def look(self) -> Look:
        """Read the chart's own Chart.yaml where it lies; a file that is gone is an error in words."""
        chart = self._project.spec.chart
        where = self._helm.local_chart()
        if where is None:
            return Look(Finding.ABSENT, f"{chart.name} {chart.version} is not on this computer yet")
        meta = read_chart_yaml(where)
        kind = "practice chart, shipped with the wizard" if chart.name == PRACTICE else str(meta.get("name"))
        kept = "" if chart.path or chart.name == PRACTICE else ", kept on this computer"
        hub = f"JupyterHub {meta.get('appVersion', '?')}"
        return Look(Finding.READY, f"{kind} {meta.get('version')} ({hub}){kept}")

    async def run(self) -> Work:
        """Download it."""
        chart = self._project.spec.chart
        yield Line(f"downloading {chart.name} {chart.version}")
        fetched = await self._helm.fetch_chart()
        if fetched.checked:
            yield Line("its SHA-256 is the one that the repository publishes")
        yield Made(Resource("file", str(fetched.path)))
