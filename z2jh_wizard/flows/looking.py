"""How a project's cluster is looked at; one that exists already before anything of the project is there."""

from __future__ import annotations

from z2jh_wizard.cloud import existing
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.kube.transport import KubeTransport
from z2jh_wizard.project.folder import Project


def can_look(project: Project) -> bool:
    """Tell whether there is a cluster to look at already."""
    return project.spec.provider == "existing" or Cluster(project).is_configured()


def transport_of(project: Project) -> KubeTransport:
    """Return the way to a project's cluster; to one that exists already by the person's own context.

    InvalidInput where there is no usable kubeconfig.
    """
    cluster = Cluster(project)
    if project.spec.provider == "existing" and not cluster.is_configured():
        return existing.transport_of(project)
    return cluster.transport()
