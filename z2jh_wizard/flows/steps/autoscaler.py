"""The cluster autoscaler where a cloud has none of its own: installed with Helm, and removed."""

from __future__ import annotations

from contextlib import aclosing

import msgspec
import yaml

from z2jh_wizard.cloud.eks import autoscaler
from z2jh_wizard.cloud.eks.desired import SCALER, SYSTEM
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.step import Command, Danger, Finding, Gone, Line, Look, Made, Resource, Step, Work
from z2jh_wizard.flows.adapters import Adapters
from z2jh_wizard.flows.steps.release import at_work
from z2jh_wizard.helm.releases import Standing
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.files import make_private_folder, write_atomic
from z2jh_wizard.values.trees import same_values


class InstallAutoscaler(Step):
    """Install the autoscaler; one that somebody else installed does as well and stays."""

    id = "cluster.autoscaler"
    title = "Install the cluster autoscaler"
    undo_title = "Uninstall the cluster autoscaler"
    why = "It adds nodes when students wait for a place, and takes empty ones away."
    usually = 30
    limit = 900
    needs = ("helm.tool", "cluster.answers")
    undoable = True
    undo_danger = Danger.NONE

    def __init__(self, world: Adapters) -> None:
        self._project = world.project
        self._file = world.project.state / f"{SCALER}.yaml"
        self._helm = world.helm.beside(_as_hub(world.project), self._file)
        self._seen = Standing.ABSENT

    def commands(self) -> tuple[Command, ...]:
        """Return the command that installs it."""
        return autoscaler.installing(self._project.spec)

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the command that removes it."""
        return autoscaler.uninstalling()

    async def look(self) -> Look:
        """Judge the release's history, then compare it with what the project wants."""
        judged, given = await self._helm.state()
        self._seen = judged.standing
        here = (self._resource(),)
        if judged.standing is Standing.ABSENT:
            return Look(Finding.ABSENT, "not installed yet")
        if judged.standing is Standing.WORKING:
            raise at_work(judged)
        labels = given.get("podLabels")
        if not isinstance(labels, dict) or labels.get(OUR_LABEL) != self._project.spec.project_id:
            reason = "somebody else installed one"
            return Look(Finding.READY, reason, here, not_ours=reason)
        if judged.standing is not Standing.DEPLOYED or judged.current is None:
            return Look(Finding.DRIFTED, judged.why, here)
        if judged.current.chart_version != autoscaler.CHART.version:
            return Look(Finding.DRIFTED, f"chart {judged.current.chart_version} is installed", here)
        if not same_values(autoscaler.values(self._project.spec), given):
            return Look(Finding.DRIFTED, "it has other settings", here)
        return Look(Finding.READY, f"chart {judged.current.chart_version}", here)

    async def run(self) -> Work:
        """Mend what is stuck, fetch the chart where it is not on this computer, and install."""
        fresh = self._seen is Standing.ABSENT
        if self._seen is Standing.STUCK:
            yield Line("Helm was killed in the middle of a change; mending the release first")
            async with aclosing(self._helm.mend()) as lines:
                async for line in lines:
                    yield line
        if self._helm.local_chart() is None:
            yield Line(f"downloading {autoscaler.CHART.name} {autoscaler.CHART.version}")
            await self._helm.fetch_chart()
        make_private_folder(self._file.parent)
        write_atomic(self._file, yaml.safe_dump(autoscaler.values(self._project.spec)).encode())
        async with aclosing(self._helm.install()) as lines:
            async for line in lines:
                yield line
        if fresh:
            yield Made(self._resource())

    async def undo(self) -> Work:
        """Uninstall it; the nodes stay as many as they are."""
        async with aclosing(self._helm.uninstall()) as lines:
            async for line in lines:
                yield line
        yield Gone(self._resource())

    def _resource(self) -> Resource:
        return Resource("release", SCALER, SYSTEM)


def _as_hub(project: Project) -> Project:
    """Return the project as if the autoscaler were its hub, which is how Helm is told a release."""
    spec = msgspec.structs.replace(project.spec, release=SCALER, namespace=SYSTEM, chart=autoscaler.CHART)
    return Project(project.folder, spec)
