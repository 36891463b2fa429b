"""What stays in a Google project when a cluster is gone: students' disks, load balancers, addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from z2jh_wizard.cloud.explain import CloudTrouble
from z2jh_wizard.cloud.gke.desired import Place, place_of
from z2jh_wizard.cloud.gke.google import Google
from z2jh_wizard.cloud.leftovers import DeleteLeftover, Leftover, Scan, look_round, still_runs
from z2jh_wizard.core.cost import HOURS_A_MONTH, disk_price, hourly_price
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.facts import CLUSTER_LABEL, OUR_LABEL
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import Command, Resource

DENIED = ("IAM_PERMISSION_DENIED", "PERMISSION_DENIED", "SERVICE_DISABLED")
"""What Google answers to who may not list something."""

_NOT_THERE = ("NOT_FOUND", "notFound")

_WORDS = {
    "disks": "disk",
    "snapshots": "snapshot",
    "forwardingRules": "load balancer",
    "addresses": "address",
}

_OF_CLUSTER = "goog-k8s-cluster-name"
"""The label by which Google names the cluster of a disk; a later cluster may have the same name."""

_BALANCER = re.compile(r"a[0-9a-f]{31,32}")
"""How the cloud controller of Kubernetes names what it makes for a Service."""


async def leftovers(google: Google, spec: Spec, clock: Clock) -> Scan:
    """Return what is left of a cluster; what only has its name is shown and never offered.

    Google puts the labels of a cluster on the disks that it makes for claims (elastic/cloud-on-k8s, pull
    request 5937), so our own label tells whose they are. Nothing is told while a cluster of that name lives.
    """
    place = place_of(spec)
    clusters = await google.clusters("list_clusters", {"parent": f"projects/{place.project}/locations/-"})
    for one in clusters.clusters:
        if one.name == place.cluster:
            return still_runs(place.cluster, one.location)
    scan = _Scan(google, spec, clock)
    kinds = {
        "disks": scan.disks,
        "snapshots": scan.snapshots,
        "load balancers": scan.balancers,
        "addresses": scan.addresses,
    }
    return await look_round(kinds, DENIED, clock)


class _Scan:
    """One look around for what is left, by kind."""

    def __init__(self, google: Google, spec: Spec, clock: Clock) -> None:
        self._google = google
        self._spec = spec
        self._place = place_of(spec)
        self._clock = clock

    async def disks(self) -> list[Leftover]:
        return [left for disk in await self._listed("disks") if (left := self._disk(disk))]

    def _disk(self, disk: Mapping[str, Any]) -> Leftover | None:
        claim = _claim(disk)
        names_none = _OF_CLUSTER not in (disk.get("labels") or {})
        near = self._is_near(disk, _OF_CLUSTER) or (names_none and claim)
        # What a running machine has belongs to a cluster that lives, and what names another one to that.
        if disk.get("users") or not (self._is_ours(disk) or near):
            return None
        gib = float(disk.get("sizeGb", 0))
        price = disk_price("gke", _last(disk.get("type")))
        made = f", made {day}" if (day := str(disk.get("creationTimestamp", ""))[:10]) else ""
        return self._left(
            "disks",
            disk,
            f"{gib:g} GiB",
            None if price is None else round(price * gib, 2),
            (f"the files of {claim}" if claim else "made for a cluster") + made,
        )

    async def snapshots(self) -> list[Leftover]:
        listed = await self._google.listed("compute", f"{self._project}/global/snapshots")
        return [
            self._left(
                "snapshots", one, f"of a disk of {one.get('diskSizeGb', '?')} GiB", None, "a copy of a disk"
            )
            for one in listed
            if self._is_ours(one) or self._is_near(one, _OF_CLUSTER)
        ]

    async def balancers(self) -> list[Leftover]:
        month = _month("load balancer")
        return [
            self._left(
                "forwardingRules",
                rule,
                str(rule.get("IPAddress", "")),
                month,
                f"of the service {service}" if (service := _service(rule)) else "made for a cluster",
            )
            for rule in await self._listed("forwardingRules")
            if _BALANCER.fullmatch(str(rule.get("name", "")))
            and (self._is_ours(rule) or _service(rule).startswith(f"{self._spec.namespace}/"))
        ]

    async def addresses(self) -> list[Leftover]:
        month = _month("idle address")
        return [
            self._left(
                "addresses",
                one,
                str(one.get("address", "")),
                month,
                "reserved, and nothing uses it",
            )
            for one in await self._listed("addresses")
            if one.get("status") == "RESERVED" and (self._is_ours(one) or self._is_near(one, CLUSTER_LABEL))
        ]

    async def _listed(self, kind: str) -> list[dict[str, Any]]:
        return await self._google.listed("compute", f"{self._project}/aggregated/{kind}")

    @property
    def _project(self) -> str:
        return f"compute/v1/projects/{self._place.project}"

    def _is_ours(self, one: Mapping[str, Any]) -> bool:
        return bool((one.get("labels") or {}).get(OUR_LABEL) == self._spec.project_id)

    def _is_near(self, one: Mapping[str, Any], label: str) -> bool:
        """Tell whether something has the name of the cluster."""
        return bool((one.get("labels") or {}).get(label) == self._place.cluster)

    def _left(self, kind: str, one: Mapping[str, Any], size: str, month: float | None, why: str) -> Leftover:
        resource = Resource(_WORDS[kind], str(one["name"]), uid=str(one.get("id", "")))
        scope = _scope(one)
        path = f"{self._project}/{'/'.join(scope)}/{kind}/{resource.name}"
        delete = DeleteLeftover(
            resource,
            self._by_hand(resource.name, kind, scope),
            is_there=lambda: self._is_there(path, resource.uid),
            ask=lambda: self._google.delete("compute", path),
            clock=self._clock,
            data=kind in ("disks", "snapshots"),
        )
        ours = self._is_ours(one)
        return Leftover(
            resource,
            scope[-1],
            size,
            month,
            ours,
            why if ours else f"{why}; it does not carry this project's label, so look whose it is",
            delete if ours else None,
            delete.commands(),
        )

    def _by_hand(self, name: str, kind: str, scope: tuple[str, ...]) -> Command:
        words = "forwarding-rules" if kind == "forwardingRules" else kind
        where = {"zones": ("--zone", scope[-1]), "regions": ("--region", scope[-1])}.get(scope[0], ())
        project = ("--project", self._place.project)
        return Command(("gcloud", "compute", words, "delete", name, *where, *project))

    async def _is_there(self, path: str, uid: str) -> bool:
        """Tell whether exactly this thing is there: the name may belong to another one by now."""
        try:
            found = await self._google.get("compute", path)
        except CloudTrouble as error:
            if error.reason in _NOT_THERE:
                return False
            raise
        return not uid or str(found.get("id", "")) == uid


def listing(place: Place) -> tuple[Command, ...]:
    """Return the commands that list what may be left."""

    def listed(kind: str, label: str) -> Command:
        where = ("--project", place.project, "--filter", f"labels.{label}={place.cluster}")
        return Command(("gcloud", "compute", kind, "list", *where))

    return (
        listed("disks", _OF_CLUSTER),
        listed("snapshots", _OF_CLUSTER),
        listed("forwarding-rules", CLUSTER_LABEL),
        listed("addresses", CLUSTER_LABEL),
    )


def _month(what: str) -> float | None:
    price = hourly_price("gke", what)
    return None if price is None else round(price * HOURS_A_MONTH, 2)


def _scope(one: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the part of a thing's path that says where it is."""
    for key in ("zone", "region"):
        if one.get(key):
            return (f"{key}s", _last(one[key]))
    return ("global",)


def _last(path: Any) -> str:
    return str(path or "").rpartition("/")[2]


def _service(rule: Mapping[str, Any]) -> str:
    """Return the service that a load balancer was made for, empty when it says none."""
    return str(_json(rule.get("description")).get("kubernetes.io/service-name", ""))


def _claim(disk: Mapping[str, Any]) -> str:
    """Return the volume claim that a disk was made for, empty when it says none."""
    return str(_json(disk.get("description")).get("kubernetes.io/created-for/pvc/name", ""))


def _json(text: Any) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
