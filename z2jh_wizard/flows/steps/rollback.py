"""The Helm release as it was at an earlier revision."""

from __future__ import annotations

from contextlib import aclosing

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.core.facts import HELM_TIMEOUT_MINUTES
from z2jh_wizard.core.step import Command, Finding, Look, Resource, Step, Work
from z2jh_wizard.flows.hub_helm import HubHelm
from z2jh_wizard.flows.steps.release import at_work
from z2jh_wizard.helm.releases import Standing
from z2jh_wizard.project.folder import Project


class RollBackRelease(Step):
    """Let Helm make a new revision that is like an earlier one, chart and settings alike."""

    id = "hub.release"
    usually = 12
    limit = HELM_TIMEOUT_MINUTES * 60 + 60
    needs = ("helm.tool", "cluster.answers")
    why = (
        "Helm keeps what it sent before, so a hub can go back to how it was; students' files are not touched."
    )

    def __init__(self, project: Project, helm: HubHelm, revision: int) -> None:
        self._project = project
        self._helm = helm
        self._revision = revision
        self.title = f"Roll the hub {project.spec.release} back to revision {revision}"

    def commands(self) -> tuple[Command, ...]:
        """Return Helm's own command."""
        spec = self._project.spec
        words = ("helm", "rollback", spec.release, str(self._revision), "--namespace", spec.namespace)
        limit = ("--wait", "--timeout", f"{HELM_TIMEOUT_MINUTES}m", "--kubeconfig", "kubeconfig")
        return (Command((*words, *limit)),)

    async def look(self) -> Look:
        """Tell whether the newest revision is that one, or was made from it; InvalidInput for no such one."""
        spec = self._project.spec
        judged, _ = await self._helm.state()
        if judged.standing is Standing.WORKING:
            raise at_work(judged)
        if self._revision not in {one.number for one in self._helm.revisions}:
            known = ", ".join(str(one.number) for one in self._helm.revisions) or "none"
            raise InvalidInput(
                f"There is no revision {self._revision} of the hub {spec.release}",
                f"Helm knows: {known}.",
                still_works="Nothing was changed.",
                next_step=f"See what each is: helm history {spec.release} --namespace {spec.namespace}",
            )
        resource = (Resource("release", spec.release, spec.namespace),)
        current = judged.current
        newest = current is not None and judged.standing is Standing.DEPLOYED
        if current and newest and self._revision == current.number:
            return Look(Finding.READY, f"revision {current.number} is in force", resource)
        if current and newest and current.description == f"Rollback to {self._revision}":
            return Look(Finding.READY, f"revision {current.number} is like {self._revision}", resource)
        return Look(Finding.DRIFTED, judged.why, resource)

    async def run(self) -> Work:
        """Go back, and wait for the pods."""
        async with aclosing(self._helm.roll_back(self._revision)) as lines:
            async for line in lines:
                yield line
