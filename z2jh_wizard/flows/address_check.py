"""Looks at the whole way from a student's browser to a hub, once; a screen does it again and again."""

from __future__ import annotations

import asyncio
from typing import Protocol

from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.flows.cleaning import Cleaner, redactor_for
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.steps.ready import public_service
from z2jh_wizard.kube import objects
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.clock import SystemClock
from z2jh_wizard.values.address_checklist import Checklist, checklist, practice_checklist
from z2jh_wizard.values.address_seen import (
    Answer,
    Certificate,
    Door,
    Knock,
    Lookup,
    Seen,
    WayIn,
    is_address,
    where_to_ask,
)
from z2jh_wizard.values.answer_checks import why_no_host

EVERY = 5.0
"""Seconds between two looks while something is waited for."""

RARELY = 60.0
"""The same once nothing is."""

MOST_NAMES = 8
"""Names that are looked up; more would make a look long."""


class Asking(Protocol):
    """The questions to the network; ``cloud.address_probe.Network`` is the real one."""

    async def resolve(self, name: str) -> Lookup:
        """Return what a name points to."""

    async def knock(self, address: str, port: int) -> Knock:
        """Tell whether a port answers."""

    async def certificate(self, address: str, name: str) -> Certificate | str:
        """Return the certificate at port 443, or why none was seen."""

    async def ask(self, address: str, name: str, path: str, *, secure: bool) -> Answer:
        """Return the answer to a GET."""


class AddressCheck:
    """Looks at one hub. What settings name and no host could have is left out of every question."""

    def __init__(
        self,
        project: Project,
        *,
        network: Asking | None = None,
        cluster: Cluster | None = None,
        clock: Clock | None = None,
    ) -> None:
        from z2jh_wizard.cloud.address_probe import Network

        self._project = project
        self._network: Asking = network or Network()
        self._cluster = cluster or Cluster(project)
        self._clock = clock or SystemClock()

    async def look(self, way: WayIn) -> Checklist:
        """Look at everything once; never raises for what cannot be reached, the checklist says it."""
        now = self._clock.now()
        namespace = self._project.spec.namespace
        if self._project.spec.provider == "practice":
            return practice_checklist(way, Seen(now, await self._door(way)))
        names = [one for one in way.hosts if not one.startswith("*") and not why_no_host(one)][:MOST_NAMES]
        door, lookups = await asyncio.gather(
            self._door(way), asyncio.gather(*map(self._network.resolve, names))
        )
        balancer = None
        if door.addresses and not is_address(door.addresses[0]) and not why_no_host(door.addresses[0]):
            balancer = await self._network.resolve(door.addresses[0])
        seen = Seen(now, door, tuple(lookups), balancer)
        return checklist(way, await self._knocked(way, seen), namespace)

    async def _knocked(self, way: WayIn, seen: Seen) -> Seen:
        """Return what was seen with ports, certificate and pages added, where there is an address to ask."""
        from msgspec.structs import replace

        at = where_to_ask(way, seen)
        if not at:
            return seen
        ports = ((80,) if not way.port_80_closed else ()) + ((443,) if way.secure else ())
        seen = replace(
            seen, knocks=tuple(await asyncio.gather(*(self._network.knock(at, one) for one in ports)))
        )
        name = next((one for one in way.hosts if not one.startswith("*") and not why_no_host(one)), at)
        shown, plain, health = await asyncio.gather(
            self._shown(at, name, seen), self._plain(way, at, name, seen), self._health(way, at, name, seen)
        )
        return replace(
            seen,
            certificate=shown if isinstance(shown, Certificate) else None,
            no_certificate=shown if isinstance(shown, str) else "",
            plain=plain,
            health=health,
        )

    async def _shown(self, at: str, name: str, seen: Seen) -> Certificate | str | None:
        return await self._network.certificate(at, name) if seen.is_open(443) else None

    async def _plain(self, way: WayIn, at: str, name: str, seen: Seen) -> Answer | None:
        if not seen.is_open(80) or not way.secure:
            return None
        return await self._network.ask(at, name, way.base_url, secure=False)

    async def _health(self, way: WayIn, at: str, name: str, seen: Seen) -> Answer | None:
        if not seen.is_open(443 if way.secure else 80):
            return None
        return await self._network.ask(at, name, way.health_path, secure=way.secure)

    async def _door(self, way: WayIn) -> Door:
        """Ask the cluster for the place where students come in."""
        if not self._cluster.is_configured():
            return Door()
        try:
            if way.https == "ingress":
                return await self._ingress()
            if way.https == "gateway":
                return Door(found=True, type="Gateway", ports=(80, 443))
            service = public_service(await self._cluster.services(self._project.spec.namespace))
        except WizardError as error:
            cleaner = Cleaner(redactor_for(self._project))
            return Door(trouble=cleaner.text(error.problem.happened or error.problem.title))
        if service is None:
            return Door()
        return Door(found=True, type=service.type, addresses=service.addresses, ports=service.ports)

    async def _ingress(self) -> Door:
        """Return what the hub's Ingress says of its load balancer."""
        place = objects.Place("networking.k8s.io/v1", "ingresses", namespace=self._project.spec.namespace)
        found = await objects.list_objects(self._cluster.transport(), place)
        addresses = [
            str(entry.get("ip") or entry.get("hostname") or "")
            for one in found
            for entry in ((one.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
        ]
        names = tuple(dict.fromkeys(filter(None, addresses)))
        return Door(found=bool(found), type="Ingress", addresses=names, ports=(80, 443))
