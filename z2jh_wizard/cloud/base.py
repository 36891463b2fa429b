"""What a provider offers; one that lacks something says so in words."""

from __future__ import annotations

from typing import Any, Protocol

from z2jh_wizard.cloud.leftovers import Scan
from z2jh_wizard.core.step import Command, Step
from z2jh_wizard.project.folder import Project


class ClusterProvider(Protocol):
    """How one kind of cluster is made, reached, resized and removed."""

    def steps(self) -> list[Step]:
        """Return the steps that end with a kubeconfig in the project."""

    def reach(self) -> list[Step]:
        """Return the steps that make a cluster reachable before it is torn down; fine when there is none."""

    def resize_step(self, pool: str, nodes: int) -> Step:
        """Return the step that gives a pool this many nodes; Refused where the wizard may not."""

    def power_step(self, *, running: bool) -> Step:
        """Return the step that starts or stops the whole cluster; Refused where that cannot be done."""

    async def credential(self) -> dict[str, Any]:
        """Return the status of an ExecCredential for the project's kubeconfig."""

    def scanning(self) -> tuple[Command, ...]:
        """Return the commands that a person would look round with; pure."""

    async def scan(self) -> Scan:
        """Look round for what of the cluster is still there after a tear-down, and what of it costs."""


def provider_of(project: Project) -> ClusterProvider:
    """Return the provider that a project names; its SDK is not imported yet."""
    if project.spec.provider == "practice":
        from z2jh_wizard.cloud.practice import PracticeProvider

        return PracticeProvider(project)
    if project.spec.provider == "existing":
        from z2jh_wizard.cloud.existing import ExistingProvider

        return ExistingProvider(project)
    if project.spec.provider == "gke":
        from z2jh_wizard.cloud.gke.provider import GkeProvider

        return GkeProvider(project)
    if project.spec.provider == "aks":
        from z2jh_wizard.cloud.aks.provider import AksProvider

        return AksProvider(project)
    if project.spec.provider == "eks":
        from z2jh_wizard.cloud.eks.provider import EksProvider

        return EksProvider(project)
    from z2jh_wizard.cloud.local.provider import LocalProvider

    return LocalProvider(project)
