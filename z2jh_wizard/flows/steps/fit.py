"""Settings that a cluster asks for which allows less than the chart assumes."""

from __future__ import annotations

from z2jh_wizard.core.step import Command, Finding, Line, Look, Step, Work
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.hub_helm import HubHelm
from z2jh_wizard.flows.steps.cluster import KUBECTL
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.helm.releases import Standing
from z2jh_wizard.kube.probes import Right
from z2jh_wizard.project.folder import Project
from z2jh_wizard.values import cluster_fit
from z2jh_wizard.values.cluster_fit import Fit

RBAC = "rbac.authorization.k8s.io"
CLUSTER_WIDE = (Right("create", "clusterroles", RBAC), Right("create", "clusterrolebindings", RBAC))
"""What the chart's own scheduler needs of the account that installs it."""


class FitCluster(Step):
    """Write into a new hub's config.yaml what OpenShift, or an account with few rights, asks for.

    What is set there already is the user's word, and the settings of a hub that runs stay as they are.
    """

    id = "hub.fit"
    title = "Fit the settings to the cluster"
    why = "Some clusters allow less than the chart assumes; what they would refuse is set beforehand."
    usually = 1
    needs = ("cluster.answers", "hub.config")

    def __init__(self, project: Project, cluster: Cluster, helm: HubHelm) -> None:
        self._project = project
        self._cluster = cluster
        self._helm = helm

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that tell what the cluster asks for."""
        return (
            Command(
                script=f"{' '.join(KUBECTL)} api-versions | grep openshift.io",
                about="Is it OpenShift? Then config.yaml needs the settings of docs/clouds.md",
            ),
            Command(
                (*KUBECTL, "auth", "can-i", "create", "clusterroles"),
                "If not, scheduling.userScheduler.enabled has to be false",
            ),
        )

    async def look(self) -> Look:
        """Compare the settings with what the cluster asks for."""
        asks, fits = await self._asks()
        if not fits:
            return Look(Finding.READY, f"they suit {asks}" if asks else "nothing has to be fitted")
        judged, _ = await self._helm.state()
        if judged.standing is not Standing.ABSENT:
            return Look(Finding.READY, f"the hub runs already; {asks} would take {len(fits)} more settings")
        return Look(Finding.DRIFTED, f"{asks} asks for {len(fits)} more settings")

    async def run(self) -> Work:
        """Write those that are missing, with the reasons."""
        asks, fits = await self._asks()
        files = files_of(self._project)
        document = cluster_fit.write(files.main.document, fits)
        files.save(files.main, document.data)
        yield Line(f"config.yaml: {len(fits)} settings for {asks}, each with its reason")

    async def _asks(self) -> tuple[str, tuple[Fit, ...]]:
        """Return who asks, in words, and the settings that are missing."""
        files = files_of(self._project)
        if files.chart.family != "z2jh":
            return "", ()
        asks: list[str] = []
        fits: list[Fit] = []
        if await self._cluster.is_openshift():
            asks.append("OpenShift")
            fits += cluster_fit.OPENSHIFT
        if await self._cluster.lacks(CLUSTER_WIDE):
            asks.append("an account without cluster-wide rights")
            fits += cluster_fit.NO_CLUSTER_ROLES
        return " and ".join(asks), cluster_fit.missing(files.subject.values, fits, files.version)
