"""How the hub is, looked at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from z2jh_wizard.core.redaction import Redactor
from z2jh_wizard.core.report import NodeReport, PodReport, ProblemReport, ReleaseReport, StatusReport
from z2jh_wizard.flows.adapters import Adapters, adapters_for
from z2jh_wizard.flows.steps.ready import PUBLIC_SERVICE, public_url
from z2jh_wizard.helm.releases import Judgement, Standing
from z2jh_wizard.kube.diagnose import Diagnosis, diagnose
from z2jh_wizard.kube.rows import NodeRow, PodRow, ServiceRow
from z2jh_wizard.project.folder import Project


async def status(project: Project) -> StatusReport:
    """Look at cluster, release and pods; CouldNotLook when the cluster does not answer."""
    world = adapters_for(project, Redactor())
    if not world.cluster.is_configured():
        return _nothing(project)
    version = await world.cluster.answers()
    namespace = project.spec.namespace
    nodes, pods, services, (judged, _) = await asyncio.gather(
        world.cluster.nodes(),
        world.cluster.pods(namespace),
        world.cluster.services(namespace),
        world.helm.state(),
    )
    return StatusReport(
        provider=project.spec.provider,
        cluster=f"Kubernetes {version}",
        nodes=[_node(node) for node in nodes],
        release=_release(project, judged),
        pods=[_pod(pod) for pod in pods],
        url=_url(services),
        students=sum(pod.component == "singleuser-server" for pod in pods),
        problems=[
            ProblemReport(found.object, found.summary, found.next)
            for found in await diagnoses(world, pods=pods, nodes=nodes, services=services)
        ],
    )


async def diagnoses(
    world: Adapters,
    *,
    pods: Iterable[PodRow] | None = None,
    nodes: Iterable[NodeRow] | None = None,
    services: Iterable[ServiceRow] | None = None,
) -> list[Diagnosis]:
    """Return what is not well and why, from rows and events."""
    namespace = world.project.spec.namespace
    events, claims = await asyncio.gather(world.cluster.events(namespace), world.cluster.claims(namespace))
    return diagnose(
        pods=list(pods if pods is not None else await world.cluster.pods(namespace)),
        nodes=list(nodes if nodes is not None else await world.cluster.nodes()),
        services=list(services if services is not None else await world.cluster.services(namespace)),
        claims=claims,
        events=events,
    )


def _nothing(project: Project) -> StatusReport:
    spec = project.spec
    release = ReleaseReport(spec.release, spec.namespace, Standing.ABSENT.value)
    return StatusReport(spec.provider, "", [], release, [], "", 0, [])


def _node(node: NodeRow) -> NodeReport:
    return NodeReport(node.name, node.ready, node.pool, node.machine, node.version, node.schedulable)


def _pod(pod: PodRow) -> PodReport:
    return PodReport(pod.name, pod.component, pod.status, pod.is_ready, pod.restarts, pod.node, pod.user)


def _release(project: Project, judged: Judgement) -> ReleaseReport:
    current = judged.current
    return ReleaseReport(
        project.spec.release,
        project.spec.namespace,
        judged.standing.value,
        current.number if current else 0,
        f"{current.chart}-{current.chart_version}" if current else "",
        judged.why,
    )


def _url(services: Iterable[ServiceRow]) -> str:
    return next((public_url(one) for one in services if one.name == PUBLIC_SERVICE), "")
