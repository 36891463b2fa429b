"""The adapters that flows hand to their steps, each step only those that it uses."""

from __future__ import annotations

from dataclasses import dataclass

from z2jh_wizard.cloud.base import ClusterProvider, provider_of
from z2jh_wizard.core.engine import Clock, Journal
from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.hub_helm import HubHelm
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.clock import SystemClock


class NoJournal:
    """For plans and looks, which change nothing and so write nothing down."""

    def record(self, what: str, **details: object) -> None:
        """Write nothing."""


@dataclass(frozen=True, slots=True)
class Adapters:
    """Ways to the world for one project."""

    project: Project
    provider: ClusterProvider
    cluster: Cluster
    helm: HubHelm
    clock: Clock
    redactor: Redactor


def adapters_for(
    project: Project, redactor: Redactor, journal: Journal | None = None, clock: Clock | None = None
) -> Adapters:
    """Return the adapters of a project; nothing is opened or started yet."""
    clock = clock or SystemClock()
    cluster = Cluster(project)
    helm = HubHelm(project, cluster, redactor, journal or NoJournal(), clock)
    return Adapters(project, provider_of(project), cluster, helm, clock, redactor)
