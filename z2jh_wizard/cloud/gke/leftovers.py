"""What stays in a Google project when a cluster is gone: students' disks, load balancers, addresses."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from z2jh_wizard.cloud.account import Leftover
from z2jh_wizard.cloud.calls import states
from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.gke.desired import Place
from z2jh_wizard.cloud.gke.google import Google
from z2jh_wizard.core.cost import HOURS_A_MONTH, disk_price, hourly_price
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.facts import CLUSTER_LABEL
from z2jh_wizard.core.step import Command, Danger, Finding, Gone, Line, Look, Resource, Step, Work

_OF_CLUSTER = "goog-k8s-cluster-name"
"""The label that Google's disk driver gives to the disks of a cluster."""

_BALANCER = re.compile(r"a[0-9a-f]{31,32}")
"""How the cloud controller of Kubernetes names what it makes for a Service."""


async def leftovers(google: Google, place: Place, clock: Clock) -> tuple[Leftover, ...]:
    """Return what is left of a cluster; what cannot be told from others' things is shown and never offered.

    Disks and addresses say the name of their cluster only: while another one of that name lives somewhere in
    the project, none of them is offered.
    """
    clusters = await google.clusters("list_clusters", {"parent": f"projects/{place.project}/locations/-"})
    if any(one.name == place.cluster for one in clusters.clusters):
        return ()
    disks, rules, addresses = await asyncio.gather(
        google.listed("compute", f"compute/v1/projects/{place.project}/aggregated/disks"),
        google.listed("compute", f"compute/v1/projects/{place.project}/aggregated/forwardingRules"),
        google.listed("compute", f"compute/v1/projects/{place.project}/aggregated/addresses"),
    )
    found: list[Leftover] = []
    found += _disks(disks, google, place, clock)
    found += _rules(rules, google, place, clock)
    found += _addresses(addresses, google, place, clock)
    return tuple(found)


def _disks(
    disks: Iterable[Mapping[str, Any]], google: Google, place: Place, clock: Clock
) -> Iterable[Leftover]:
    for disk in disks:
        claim = _claim(disk)
        ours = (disk.get("labels") or {}).get(_OF_CLUSTER) == place.cluster
        if not ours and not claim:
            continue
        if disk.get("users"):
            continue  # a running machine has it, so it belongs to a cluster that lives
        zone = str(disk.get("zone", "")).rpartition("/")[2]
        gib = float(disk.get("sizeGb", 0))
        price = disk_price("gke", str(disk.get("type", "")).rpartition("/")[2])
        resource = Resource("disk", str(disk["name"]), uid=str(disk.get("id", "")))
        why = f"the files of {claim}" if claim else "made for the cluster"
        yield Leftover(
            resource,
            zone,
            f"{gib:g} GiB",
            None if price is None else round(price * gib, 2),
            ours,
            why if ours else f"{why}, of some cluster: it does not say which",
            Delete(
                google, f"compute/v1/projects/{place.project}/zones/{zone}/disks", resource, clock, data=True
            )
            if ours
            else None,
        )


def _rules(
    rules: Iterable[Mapping[str, Any]], google: Google, place: Place, clock: Clock
) -> Iterable[Leftover]:
    for rule in rules:
        if not _BALANCER.fullmatch(str(rule.get("name", ""))):
            continue
        service = _json(rule.get("description")).get("kubernetes.io/service-name", "")
        region = str(rule.get("region", "")).rpartition("/")[2]
        price = hourly_price("gke", "load balancer")
        resource = Resource("load balancer", str(rule["name"]), uid=str(rule.get("id", "")))
        ours = (rule.get("labels") or {}).get(CLUSTER_LABEL) == place.cluster
        yield Leftover(
            resource,
            region,
            str(rule.get("IPAddress", "")),
            None if price is None else round(price * HOURS_A_MONTH, 2),
            ours,
            f"of the service {service}" if service else "made by some cluster",
            Delete(
                google,
                f"compute/v1/projects/{place.project}/regions/{region}/forwardingRules",
                resource,
                clock,
            )
            if ours
            else None,
        )


def _addresses(
    addresses: Iterable[Mapping[str, Any]], google: Google, place: Place, clock: Clock
) -> Iterable[Leftover]:
    for address in addresses:
        ours = (address.get("labels") or {}).get(CLUSTER_LABEL) == place.cluster
        if address.get("status") != "RESERVED" or not ours:
            continue
        region = str(address.get("region", "")).rpartition("/")[2]
        price = hourly_price("gke", "idle address")
        resource = Resource("address", str(address["name"]), uid=str(address.get("id", "")))
        yield Leftover(
            resource,
            region,
            str(address.get("address", "")),
            None if price is None else round(price * HOURS_A_MONTH, 2),
            True,
            "reserved for the cluster, and nothing uses it",
            Delete(
                google, f"compute/v1/projects/{place.project}/regions/{region}/addresses", resource, clock
            ),
        )


class Delete(Step):
    """Delete one thing that is left."""

    usually = 10
    limit = 300

    def __init__(
        self, google: Google, folder: str, resource: Resource, clock: Clock, *, data: bool = False
    ) -> None:
        self._google = google
        self._path = f"{folder}/{resource.name}"
        self._resource = resource
        self._clock = clock
        self.id = f"leftover.{resource.kind.replace(' ', '-')}.{resource.name}"
        self.title = f"Delete {resource}"
        self.why = "It is left of a cluster that is gone, and costs money as long as it is there."
        self.danger = Danger.DELETES_DATA if data else Danger.NONE

    def commands(self) -> tuple[Command, ...]:
        """Return the command that deletes it."""
        parts = self._path.split("/")
        kind = {"disks": "disks", "forwardingRules": "forwarding-rules", "addresses": "addresses"}[parts[-2]]
        option = "--zone" if parts[-4] == "zones" else "--region"
        return (
            Command(
                ("gcloud", "compute", kind, "delete", parts[-1], option, parts[-3], "--project", parts[3])
            ),
        )

    async def look(self) -> Look:
        """Look whether exactly this thing is still there: the same name may belong to another one by now."""
        there = await self._there()
        if not there:
            return Look(Finding.READY, "gone")
        return Look(Finding.DRIFTED, "still there", (self._resource,))

    async def run(self) -> Work:
        """Delete it and wait."""
        if await self._there():
            await self._google.delete("compute", self._path)
            yield Line("asked Google to delete it")
        async for there in states(self._there, lambda one: not one, self._clock):
            if not there:
                yield Gone(self._resource)

    async def _there(self) -> bool:
        try:
            found = await self._google.get("compute", self._path)
        except CloudTrouble as error:
            if error.reason in ("NOT_FOUND", "notFound"):
                return False
            raise
        return not self._resource.uid or str(found.get("id", "")) == self._resource.uid


def _claim(disk: Mapping[str, Any]) -> str:
    """Return the volume claim that a disk was made for, empty when it says none."""
    return str(_json(disk.get("description")).get("kubernetes.io/created-for/pvc/name", ""))


def _json(text: Any) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
