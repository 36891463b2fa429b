"""The live view of a project's hub: one list + watch store for all panes."""

from __future__ import annotations

from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.kube.live import LiveStore
from z2jh_wizard.project.folder import Project


def live_store(project: Project) -> LiveStore:
    """Return the live store of the hub's namespace, not started yet; InvalidInput without a kubeconfig."""
    return LiveStore(Cluster(project).transport().blocking, project.spec.namespace)
