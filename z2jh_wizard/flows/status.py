"""How the hub is, looked at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

from z2jh_wizard.core.report import NodeReport, PodReport, ProblemReport, ReleaseReport, StatusReport
from z2jh_wizard.flows.adapters import Adapters, adapters_for
from z2jh_wizard.flows.cleaning import Cleaner, redactor_for
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.steps.ready import public_service, public_url
from z2jh_wizard.flows.steps.route import host_of, route_place
from z2jh_wizard.helm.releases import Judgement, Standing
from z2jh_wizard.kube import diagnose
from z2jh_wizard.kube.errors import Forbidden
from z2jh_wizard.kube.rows import NodeRow, PodRow, ServiceRow
from z2jh_wizard.project.folder import Project

Seen = TypeVar("Seen")


async def status(project: Project) -> StatusReport:
    """Look at cluster, release and pods; CouldNotLook when the cluster does not answer."""
    redactor = redactor_for(project)
    clean, world = Cleaner(redactor), adapters_for(project, redactor)
    if not world.cluster.is_configured():
        return _nothing(project)
    with clean.errors():
        return clean.report(await _status(world))


async def _status(world: Adapters) -> StatusReport:
    project = world.project
    version = await world.cluster.answers()
    seen, (judged, _) = await asyncio.gather(_look(world), world.helm.state())
    return StatusReport(
        provider=project.spec.provider,
        cluster=f"Kubernetes {version}",
        nodes=[_node(node) for node in seen.nodes],
        release=_release(project, judged),
        pods=[_pod(pod) for pod in seen.pods],
        url=_url(seen.services) or await _route(world),
        students=sum(pod.component == "singleuser-server" for pod in seen.pods),
        problems=[
            ProblemReport(found.object, found.summary, found.next)
            for found in diagnose.diagnose(seen, world.clock.now())
        ],
    )


async def diagnoses(project: Project) -> list[diagnose.Diagnosis]:
    """Return what is not well and why; CouldNotLook when the cluster does not answer."""
    redactor = redactor_for(project)
    clean, world = Cleaner(redactor), adapters_for(project, redactor)
    with clean.errors():
        await world.cluster.answers()
        found = diagnose.diagnose(await _look(world), world.clock.now())
    return [clean.report(one) for one in found]


async def _look(world: Adapters) -> diagnose.Seen:
    cluster, namespace = world.cluster, world.project.spec.namespace
    pods, nodes, events, claims, services, default = await asyncio.gather(
        cluster.pods(namespace),
        _if_allowed(cluster.nodes()),
        cluster.events(namespace),
        cluster.claims(namespace),
        cluster.services(namespace),
        _if_allowed(_default_class(cluster)),
    )
    crashed = [pod for pod in pods if pod.restarts or pod.unwell]
    logs = await asyncio.gather(*(cluster.log_tail(pod) for pod in crashed[:5]))
    return diagnose.Seen(
        pods=pods,
        nodes=nodes or [],
        events=events,
        claims=claims,
        services=services,
        logs={pod.name: lines for pod, lines in zip(crashed, logs, strict=False)},
        default_class=default[0] if default else None,
        classes_known=default is not None,
    )


async def _default_class(cluster: Cluster) -> tuple[str | None]:
    return (await cluster.default_storage_class(),)


async def _if_allowed(look: Awaitable[Seen]) -> Seen | None:
    """Return what was seen outside of the hub's namespace; None for an account that may not look there."""
    try:
        return await look
    except Forbidden:
        return None


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


async def _route(world: Adapters) -> str:
    """Return the address that OpenShift gave the hub, where that is its door."""
    spec = world.project.spec
    if spec.provider != "existing" or not await world.cluster.is_openshift():
        return ""
    found = await world.cluster.find(route_place(spec.release, spec.namespace))
    host = host_of(found) if found else ""
    return f"https://{host}" if host else ""


def _url(services: Iterable[ServiceRow]) -> str:
    service = public_service(services)
    return public_url(service) if service else ""
