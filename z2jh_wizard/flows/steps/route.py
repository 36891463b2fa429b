"""The door of a hub on OpenShift: a Route, which gives it a name with HTTPS instead of a load balancer."""

from __future__ import annotations

import asyncio
from typing import Any

import yaml

from z2jh_wizard.cloud.existing import transport_of
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.step import (
    Command,
    Danger,
    Finding,
    Gone,
    Line,
    Look,
    Made,
    Resource,
    Step,
    Work,
)
from z2jh_wizard.flows.cluster import Cluster
from z2jh_wizard.flows.cluster_wants import DOORS
from z2jh_wizard.flows.steps.cluster import KUBECTL
from z2jh_wizard.flows.steps.ready import PUBLIC_SERVICE
from z2jh_wizard.flows.values_files import files_of
from z2jh_wizard.kube.objects import Place
from z2jh_wizard.kube.probes import answers
from z2jh_wizard.kube.survey import OPENSHIFT_GROUPS, api_groups
from z2jh_wizard.project.folder import Project

LONGEST_QUIET = "1h"
"""How long the router waits for an answer; its own 30 seconds cut large uploads and slow pages off."""

NOT_NEEDED = "not needed: this is not OpenShift"

EARLY_LIMIT = 10.0
"""Seconds for asking the cluster before its turn; a plan must not wait long for what it can do without."""


class MakeRoute(Step):
    """Make a Route to the proxy, unless the hub has another door: a load balancer or an Ingress."""

    id = "hub.route"
    title = "Make a Route to the hub"
    why = "On OpenShift a Route gives the hub an address with HTTPS; students open it in their browser."
    usually = 3
    limit = 120
    needs = ("cluster.answers", "hub.release")
    undoable = True
    undo_danger = Danger.NONE

    def __init__(self, project: Project, cluster: Cluster, clock: Clock) -> None:
        self._project = project
        self._cluster = cluster
        self._clock = clock
        spec = project.spec
        self._place = route_place(spec.release, spec.namespace)
        self.undo_title = f"Delete the Route {spec.release}"

    def commands(self) -> tuple[Command, ...]:
        """Return the command that makes it; only on OpenShift."""
        text = yaml.safe_dump(self._body(), sort_keys=False)
        return (Command((*KUBECTL, "apply", "--filename", "-"), "On OpenShift only", stdin=text),)

    def undo_commands(self) -> tuple[Command, ...]:
        """Return the command that removes it."""
        words = (
            "delete",
            "routes.route.openshift.io",
            self._place.name,
            "--namespace",
            self._place.namespace,
        )
        return (Command((*KUBECTL, *words, "--ignore-not-found"), "On OpenShift only"),)

    async def before_its_turn(self, waits_for: str) -> Look:
        """Ask the cluster by the user's own context, before the project has one: no OpenShift, no Route."""
        later = await super().before_its_turn(waits_for)
        try:
            is_openshift = await asyncio.wait_for(self._asked_from_outside(), EARLY_LIMIT)
        except (WizardError, asyncio.TimeoutError):
            return later
        return later if is_openshift else Look(Finding.READY, NOT_NEEDED)

    async def _asked_from_outside(self) -> bool:
        transport = transport_of(self._project)
        await answers(transport)
        return await api_groups(transport) >= OPENSHIFT_GROUPS

    async def look(self) -> Look:
        """Look for the Route and the name that a router gave it."""
        back = await self.look_back()
        if back.finding is not Finding.ABSENT:
            return back
        if not await self._cluster.is_openshift():
            return Look(Finding.READY, NOT_NEEDED)
        other = self._other_door()
        return Look(Finding.READY, f"not needed: {other}") if other else back

    async def look_back(self) -> Look:
        """Look for the Route alone."""
        found = await self._cluster.find(self._place) if await self._cluster.is_openshift() else None
        if found is None:
            return Look(Finding.ABSENT, "not there")
        resource = (self._resource(found),)
        if not self._is_ours(found):
            return Look(Finding.READY, "there already, made by somebody else", resource, self._foreign())
        host = host_of(found)
        if not host:
            return Look(Finding.DRIFTED, "no router has given it a name yet", resource)
        return Look(Finding.READY, f"https://{host}", resource)

    async def run(self) -> Work:
        """Make it and wait for its name."""
        if await self._cluster.find(self._place) is None:
            made = await self._cluster.make(self._place, self._body())
            yield Made(self._resource(made))
        yield Line("waiting for the router")
        while (await self.look()).finding is Finding.DRIFTED:
            await self._clock.sleep(0.5)

    async def undo(self) -> Work:
        """Delete it, if it is ours."""
        found = await self._cluster.find(self._place)
        if found is None:
            return
        if not self._is_ours(found):
            yield Line(self._foreign())
            return
        await self._cluster.remove(self._place, found["metadata"]["uid"])
        yield Gone(self._resource(found))

    def _other_door(self) -> str:
        subject = files_of(self._project).subject
        if any(subject.effective(door) is True for door in DOORS):
            return "an Ingress or a gateway is the hub's door"
        kind = subject.effective("proxy.service.type", "LoadBalancer")
        return "" if kind == "ClusterIP" else f"a service of type {kind} is the hub's door"

    def _body(self) -> dict[str, Any]:
        return {
            "apiVersion": self._place.group_version,
            "kind": "Route",
            "metadata": {
                "name": self._place.name,
                "namespace": self._place.namespace,
                "labels": {OUR_LABEL: self._project.spec.project_id},
                "annotations": {"haproxy.router.openshift.io/timeout": LONGEST_QUIET},
            },
            "spec": {
                "to": {"kind": "Service", "name": PUBLIC_SERVICE},
                "port": {"targetPort": "http"},
                "tls": {"termination": "edge", "insecureEdgeTerminationPolicy": "Redirect"},
            },
        }

    def _is_ours(self, route: dict[str, Any]) -> bool:
        labels = route["metadata"].get("labels") or {}
        return bool(labels.get(OUR_LABEL) == self._project.spec.project_id)

    def _resource(self, route: dict[str, Any]) -> Resource:
        return Resource("route", self._place.name, self._place.namespace, route["metadata"]["uid"])

    def _foreign(self) -> str:
        return f"the Route {self._place.name} was not made by this project"


def route_place(release: str, namespace: str) -> Place:
    """Return where the Route of a hub is."""
    return Place("route.openshift.io/v1", "routes", release, namespace)


def host_of(route: dict[str, Any]) -> str:
    """Return the name under which a router serves a Route; empty while none does."""
    for ingress in (route.get("status") or {}).get("ingress") or ():
        admitted = any(
            condition.get("type") == "Admitted" and condition.get("status") == "True"
            for condition in ingress.get("conditions") or ()
        )
        if admitted and ingress.get("host"):
            return str(ingress["host"])
    return ""
