"""The Helm release: installed as config.yaml says, mended when stuck, and removed."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.core.facts import HELM_TIMEOUT_MINUTES
from z2jh_wizard.core.step import Command, Finding, Gone, Line, Look, Made, Resource, Step, Work
from z2jh_wizard.flows.charts import chart_source
from z2jh_wizard.flows.hub_helm import HubHelm
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.helm.releases import Judgement, Standing
from z2jh_wizard.project.folder import Project
from z2jh_wizard.values.trees import same_values


class InstallRelease(Step):
    """Install or upgrade the release until it is deployed with the chart and values of the project."""

    id = "hub.release"
    usually = 12
    limit = HELM_TIMEOUT_MINUTES * 60 + 60
    needs = ("helm.tool", "cluster.answers", "hub.namespace", "hub.secrets", "hub.config", "hub.chart")
    undoable = True
    why = "Helm sends everything of the hub to the cluster and waits until its parts are ready."

    def __init__(self, project: Project, helm: HubHelm) -> None:
        self._project = project
        self._helm = helm
        self._release = project.spec.release
        self._seen = Standing.ABSENT
        self.title = f"Install the hub {self._release} with Helm"
        self.undo_title = f"Uninstall the hub {self._release}"

    def commands(self) -> tuple[Command, ...]:
        """Return the guide's own command, with the files of the project."""
        spec = self._project.spec
        return (
            Command(
                (
                    "helm", "upgrade", "--install", spec.release, *chart_source(spec.chart).words(),
                    "--namespace", spec.namespace, "--reset-values",
                    "--values", "config.yaml", "--values", "secrets.yaml",
                    "--wait", "--timeout", f"{HELM_TIMEOUT_MINUTES}m", "--kubeconfig", "kubeconfig",
                )
            ),
        )  # fmt: skip

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the command that uninstalls the release."""
        spec = self._project.spec
        words = (
            "helm",
            "uninstall",
            spec.release,
            "--namespace",
            spec.namespace,
            "--wait",
            "--kubeconfig",
            "kubeconfig",
        )
        return (Command(words),)

    async def look(self) -> Look:
        """Judge the release's history, then compare chart version and values with the project's."""
        judged, given = await self._helm.state()
        self._seen = judged.standing
        resource = (Resource("release", self._release, self._project.spec.namespace),)
        if judged.standing is Standing.ABSENT:
            return Look(Finding.ABSENT, "not installed yet")
        if judged.standing is Standing.WORKING:
            raise at_work(judged)
        if judged.standing is Standing.STUCK:
            return Look(Finding.DRIFTED, f"stuck: {judged.why}", resource)
        if judged.standing is Standing.FAILED or judged.current is None:
            return Look(Finding.DRIFTED, f"the last change failed: {judged.why}", resource)
        wanted = self._helm.chart_version()
        if judged.current.chart_version != wanted:
            return Look(
                Finding.DRIFTED, f"chart {judged.current.chart_version} instead of {wanted}", resource
            )
        if not same_values(files_of(self._project).tree, given):
            return Look(Finding.DRIFTED, "config.yaml or secrets.yaml changed since", resource)
        return Look(Finding.READY, f"revision {judged.current.number}, chart {wanted}", resource)

    async def run(self) -> Work:
        """Mend what is stuck, then install or upgrade, and wait for the pods."""
        fresh = self._seen is Standing.ABSENT
        if self._seen is Standing.STUCK:
            async with aclosing(self._mend()) as lines:
                async for line in lines:
                    yield line
        async with aclosing(self._helm.install()) as lines:
            async for line in lines:
                yield line
        if fresh:
            yield Made(Resource("release", self._release, self._project.spec.namespace))

    async def _mend(self) -> AsyncGenerator[Line, None]:
        """Free a release whose Helm was killed; nothing that the hub keeps may be lost by it.

        A first installation has nothing to roll back to, and uninstalling it would delete the hub's disk.
        """
        if await self._helm.release_unfinished_first():
            yield Line("Helm was killed during the first installation; its record now says that it failed")
            return
        yield Line("Helm was killed in the middle of a change; mending the release first")
        async with aclosing(self._helm.mend()) as lines:
            async for line in lines:
                yield line

    async def undo(self) -> Work:
        """Uninstall the release; the hub's own database goes with it, students' disks stay."""
        async with aclosing(self._helm.uninstall()) as lines:
            async for line in lines:
                yield line
        yield Gone(Resource("release", self._release, self._project.spec.namespace))


def at_work(judged: Judgement) -> CouldNotLook:
    """Say that another Helm may be at work, so that nothing may be changed."""
    return CouldNotLook(
        "Helm may still be at work on this hub",
        judged.why,
        still_works="Nothing was changed.",
        next_step="Wait that long, then run the same command again.",
    )
