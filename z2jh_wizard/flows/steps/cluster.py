"""Is the cluster there, is it the right one, are its nodes ready, and does an old Tiller live on it."""

from __future__ import annotations

import shlex

from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import CouldNotLook, Refused
from z2jh_wizard.core.step import Command, Finding, Look, Progress, Refusal, Step, Work
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.helm import tiller
from z2jh_wizard.kube.errors import Forbidden
from z2jh_wizard.kube.identity import namespace_asked, uid_in
from z2jh_wizard.project import cluster_identity
from z2jh_wizard.project.folder import Project

KUBECTL = ("kubectl", "--kubeconfig", "kubeconfig")

_ADDRESS = Command(
    (*KUBECTL, "config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}"),
    "At which address: it must be the one of the hub's cluster",
)


class ClusterAnswers(Step):
    """Ask the API server for its version, within a short limit, and which cluster it is.

    ``may_be_gone`` is for a tear-down, which has nothing to do where there is no cluster any more.
    """

    id = "cluster.answers"
    title = "Ask the cluster"
    why = "Before anything is changed the cluster must answer, and be the one this project belongs to."
    usually = 1

    def __init__(
        self, project: Project, cluster: Cluster, needs: tuple[str, ...], *, may_be_gone: bool = False
    ) -> None:
        self._project = project
        self._cluster = cluster
        self._may_be_gone = may_be_gone
        self.needs = needs

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that ask it; once the cluster is known, one that fails on another cluster."""
        known = self._project.spec.cluster.uid
        namespace = namespace_asked(known)
        if not namespace:
            return (Command((*KUBECTL, "version"), "Which Kubernetes answers"), _ADDRESS)
        which = Command(
            (*KUBECTL, "get", "namespace", namespace, "-o", "jsonpath={.metadata.uid}"), "Which cluster it is"
        )
        if known:
            script = f"{which.shell()} | grep -Fx {shlex.quote(uid_in(known))}"
            which = Command(
                script=script, about="Go on only if this is the cluster of the hub: it says so then"
            )
        return (Command((*KUBECTL, "version"), "Which Kubernetes answers"), which)

    async def look(self) -> Look:
        """Compare the cluster's identity with the recorded one; Refused when it is another cluster."""
        if self._may_be_gone and not self._cluster.is_configured():
            return Look(Finding.READY, "there is no cluster")
        version = await self._cluster.answers()
        known = cluster_identity.claimed(self._project)
        uid = await self._identity(known)
        if known and known != uid:
            raise Refused(
                "This is another cluster",
                f"The project belongs to the cluster with the identity {known}, but {uid} answers.",
                still_works="Nothing was changed on either.",
                next_step="Choose the right context, or make a new project for this cluster.",
            )
        which = "the same cluster as before" if known else "a cluster without a hub of this project"
        return Look(Finding.READY, f"Kubernetes {version} answers, {which}")

    async def _identity(self, known: str) -> str:
        """Return which cluster answers; CouldNotLook, in words, when this account may not see that."""
        try:
            return await self._cluster.identity()
        except Forbidden as error:
            namespace = namespace_asked(known)
            raise CouldNotLook(
                "This account may not see which cluster it is",
                f"The project knows its cluster by the namespace {namespace}, which it may not read.",
                still_works="Nothing was changed.",
                next_step=f"Ask an administrator for the right to get the namespace {namespace}, "
                "or use the account that made the hub.",
            ) from error

    def run(self) -> Work | Refusal:
        """Nothing to run: looking is all."""
        return Refusal("Asking the cluster changes nothing.")


class NodesReady(Step):
    """Wait until the cluster has nodes and all of them are ready."""

    id = "cluster.nodes"
    title = "Wait for the nodes"
    why = "The hub and the students' servers run on these machines."
    usually = 5
    limit = 600
    needs = ("cluster.answers",)

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that list them and wait."""
        return (
            Command((*KUBECTL, "get", "nodes")),
            Command((*KUBECTL, "wait", "--for=condition=Ready", "nodes", "--all", "--timeout=10m")),
        )

    async def look(self) -> Look:
        """Count the nodes that are ready; one that a fault took away does not stop a hub."""
        try:
            ready, there = await self._count()
        except Forbidden:
            return Look(Finding.READY, "this account may not list nodes; the pods will tell")
        if not there:
            return Look(Finding.ABSENT, "the cluster has no nodes")
        if not ready:
            return Look(Finding.DRIFTED, f"none of {there} nodes is ready")
        return Look(Finding.READY, f"{ready} of {there} nodes ready")

    async def run(self) -> Work:
        """Wait for the first nodes."""
        last = None
        while True:
            now = await self._count()
            if now != last:
                yield Progress(now[0], now[1], "nodes ready")
                last = now
            if now[1] and now[0] == now[1]:
                return
            await self._clock.sleep(1)

    async def _count(self) -> tuple[int, int]:
        nodes = await self._cluster.nodes()
        return sum(node.ready for node in nodes), len(nodes)


class FindTiller(Step):
    """Look whether an old Helm 2 left its Tiller behind."""

    id = "helm.tiller"
    title = "Look for Tiller"
    why = "Helm 2 kept a program, Tiller, in the cluster with rights over everything; today's Helm has none."
    usually = 1
    needs = ("cluster.answers",)

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def commands(self) -> tuple[Command, ...]:
        """Return the command that finds it."""
        return (Command((*KUBECTL, "get", "deployments", "--all-namespaces", "-l", "app=helm,name=tiller")),)

    async def look(self) -> Look:
        """Say what was found; a Tiller is worth knowing and does not hinder today's Helm."""
        try:
            found = tiller.find(await self._cluster.tiller_deployments())
        except Forbidden:
            return Look(Finding.READY, "this account may not look for it outside of its own namespace")
        if not found:
            return Look(Finding.READY, "none found")
        return Look(Finding.READY, "; ".join(one.describe() for one in found))

    def run(self) -> Work | Refusal:
        """Nothing to run: looking is all."""
        return Refusal("Looking for Tiller changes nothing.")
