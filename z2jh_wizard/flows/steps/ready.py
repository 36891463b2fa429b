"""The hub after Helm: its pods Running and Ready, and the address that students use."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.step import Command, Finding, Line, Look, Progress, Resource, Step, Work
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.steps.cluster import KUBECTL
from z2jh_wizard.kube.rows import ServiceRow
from z2jh_wizard.project.folder import Project

CORE_COMPONENTS = ("hub", "proxy")
PUBLIC_SERVICE = "proxy-public"
PUBLIC_COMPONENTS = (PUBLIC_SERVICE, "proxy")
"""What the public service is called in z2jh, and in HelmForge's chart."""


class _AfterHelm(Step):
    """Waits for what the cluster makes of the release, in the project's namespace."""

    limit = 600
    needs = ("hub.release",)

    def __init__(self, project: Project, cluster: Cluster, clock: Clock) -> None:
        self._project = project
        self._cluster = cluster
        self._clock = clock


class PodsReady(_AfterHelm):
    """Wait until hub and proxy are Running and Ready, whatever Helm said."""

    id = "hub.pods"
    title = "Wait for hub and proxy"
    why = "The hub starts students' servers; the proxy is the door that everybody comes through."
    usually = 3

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that list the pods and wait."""
        namespace = self._project.spec.namespace
        wait = ("wait", "--for=condition=Ready", "pod", "-l", "component in (hub, proxy)", "--timeout=10m")
        return (
            Command((*KUBECTL, "get", "pods", "--namespace", namespace)),
            Command((*KUBECTL, *wait, "--namespace", namespace)),
        )

    async def look(self) -> Look:
        """Count the ready ones among hub and proxy."""
        states = await self._states()
        waiting = [f"{name} {state}" for name, state in states.items() if state != "ready"]
        if all(state == "not there" for state in states.values()):
            return Look(Finding.ABSENT, "no hub and no proxy pod")
        if waiting:
            return Look(Finding.DRIFTED, ", ".join(waiting))
        return Look(Finding.READY, "hub and proxy are Running and Ready")

    async def run(self) -> Work:
        """Wait, telling every change."""
        last: dict[str, str] = {}
        while True:
            states = await self._states()
            if states != last:
                ready = sum(state == "ready" for state in states.values())
                text = ", ".join(f"{name} {state}" for name, state in states.items())
                yield Progress(ready, len(states), text)
                last = states
            if all(state == "ready" for state in states.values()):
                return
            await self._clock.sleep(0.5)

    async def _states(self) -> dict[str, str]:
        states = dict.fromkeys(CORE_COMPONENTS, "not there")
        for pod in await self._cluster.pods(self._project.spec.namespace):
            component = pod.component
            if component in states and pod.deleted is None and states[component] != "ready":
                states[component] = "ready" if pod.is_ready else pod.status
        return states


class PublicAddress(_AfterHelm):
    """Wait for the address of the public service."""

    id = "hub.address"
    title = "Wait for the public address"
    why = "The load balancer gives the hub an address; students open it in their browser."
    usually = 4

    def commands(self) -> tuple[Command, ...]:
        """Return the command that shows the address."""
        words = ("get", "service", PUBLIC_SERVICE, "--namespace", self._project.spec.namespace)
        return (Command((*KUBECTL, *words)),)

    async def look(self) -> Look:
        """Look for the address; a service without a load balancer is a choice, not a lack."""
        services = await self._cluster.services(self._project.spec.namespace)
        service = public_service(services)
        if service is None:
            return Look(Finding.ABSENT, "there is no public service")
        resource = (Resource("service", service.name, self._project.spec.namespace),)
        if service.type != "LoadBalancer":
            forward = f"kubectl port-forward service/{service.name} 8080:http"
            return Look(
                Finding.READY, f"type {service.type}: no public address by choice; try {forward}", resource
            )
        if service.addresses:
            return Look(Finding.READY, public_url(service), resource)
        return Look(Finding.DRIFTED, "the load balancer has no address yet", resource)

    async def run(self) -> Work:
        """Wait for it."""
        yield Line("waiting for the load balancer's address")
        while (await self.look()).finding is not Finding.READY:
            await self._clock.sleep(0.5)


def public_service(services: Iterable[ServiceRow]) -> ServiceRow | None:
    """Return the service that students come through, in any chart the wizard knows."""
    found = [one for one in services if one.component in PUBLIC_COMPONENTS and {80, 443} & set(one.ports)]
    return next(iter(found), None)


def public_url(service: ServiceRow) -> str:
    """Return the address that students open, by the ports that the service offers."""
    scheme = "https" if 443 in service.ports else "http"
    return f"{scheme}://{service.addresses[0]}" if service.addresses else ""
