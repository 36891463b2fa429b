"""What is asked of Google besides clusters: services, billing, permissions, machines, disks, quotas."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from google.rpc import code_pb2

from tests.emulators.gke.clusters import SERVICE, Clusters
from tests.emulators.gke.errors import ApiError, not_found, service_disabled
from tests.emulators.world import Pending, World

Reply = dict[str, Any]
COMPUTE = "compute.googleapis.com"
MACHINES = ("e2-standard-2", "e2-standard-4", "e2-highmem-2", "e2-highmem-4", "n2-standard-4")
_PROJECT = r"projects/(?P<project>[^/:]+)"


@dataclass
class Services:
    """The state of one project, and the routes to it."""

    world: World
    project: str
    clusters: Clusters = field(init=False)
    on: set[str] = field(default_factory=lambda: {SERVICE, COMPUTE})
    billing: bool = True
    lacking: set[str] = field(default_factory=set)
    """Permissions that the person does not have."""
    mail: str = "ada@example.edu"
    keys: dict[str, bytes] = field(default_factory=dict)
    """Public keys of service accounts, as PEM by e-mail address."""
    quotas: dict[str, tuple[float, float]] = field(
        default_factory=lambda: {"CPUS": (72, 4), "SSD_TOTAL_GB": (2000, 50), "IN_USE_ADDRESSES": (16, 1)}
    )
    """Limit and usage."""
    zones: tuple[str, ...] = ("europe-west1-b", "us-central1-a", "us-central1-b")
    without: dict[str, set[str]] = field(default_factory=dict)
    """Machine types that a zone does not have."""
    disks: list[Reply] = field(default_factory=list)
    rules: list[Reply] = field(default_factory=list)
    addresses: list[Reply] = field(default_factory=list)
    snapshots: list[Reply] = field(default_factory=list)
    switching: Pending | None = None

    def __post_init__(self) -> None:
        self.clusters = Clusters(self.world, self.project, lambda service: service in self.on)

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Reply) -> Reply:
        """Answer one request; ApiError for a refusal, KeyError for a route that Google does not have."""
        for wanted, pattern, name, work in self._routes():
            found = re.fullmatch(pattern, path)
            if wanted != method or not found:
                continue
            with self.world.lock:
                self.world.note(name, path, changes=method != "GET" and not name.startswith("test"))
                project = found.groupdict().get("project")
                if project and project != self.project:
                    raise not_found(f"projects/{project}")
                if path.startswith("compute/") and COMPUTE not in self.on:
                    raise service_disabled(COMPUTE, self.project)
                return work(found, query, body)
        raise KeyError(f"{method} {path}")

    def _routes(self) -> list[tuple[str, str, str, Callable[..., Reply]]]:
        compute = f"compute/v1/{_PROJECT}"
        return [
            ("POST", "tokeninfo", "tokenInfo", self._token),
            ("GET", "v3/projects:search", "searchProjects", self._projects),
            ("POST", f"v3/{_PROJECT}:testIamPermissions", "testIamPermissions", self._permissions),
            ("GET", f"v1/{_PROJECT}/billingInfo", "getBillingInfo", self._billing),
            ("GET", f"v1/{_PROJECT}/services:batchGet", "batchGetServices", self._get_services),
            ("POST", f"v1/{_PROJECT}/services:batchEnable", "batchEnableServices", self._enable),
            ("GET", "v1/operations/acf.1", "getServiceOperation", self._switching),
            ("GET", f"{compute}/zones", "listZones", self._zones),
            ("GET", f"{compute}/zones/(?P<zone>[^/]+)/machineTypes", "listMachineTypes", self._machines),
            ("GET", f"{compute}/regions/(?P<region>[^/]+)", "getRegion", self._region),
            (
                "GET",
                rf"{compute}/zones/[^/]+/instanceGroupManagers/(?P<group>[^/]+)",
                "getGroup",
                self._group,
            ),
            (
                "GET",
                f"{compute}/aggregated/(?P<kind>disks|forwardingRules|addresses)",
                "listLeft",
                self._left,
            ),
            ("GET", f"{compute}/global/snapshots", "listSnapshots", self._snapshots),
            *(
                (method, rf"{compute}/{scope}/{kind}/(?P<name>[^/]+)", f"{verb}{kind}", work)
                for kind, scope in (
                    ("disks", "zones/[^/]+"),
                    ("forwardingRules", "regions/[^/]+"),
                    ("addresses", "regions/[^/]+"),
                    ("snapshots", "global"),
                )
                for method, verb, work in (("GET", "get_", self._one), ("DELETE", "delete_", self._delete))
            ),
        ]

    # ---- answers ----

    def _token(self, _found: Any, _query: Any, _body: Reply) -> Reply:
        return {"email": self.mail, "expires_in": 3000}

    def _projects(self, _found: Any, _query: Any, _body: Reply) -> Reply:
        return {"projects": [{"projectId": self.project, "displayName": "Biology", "state": "ACTIVE"}]}

    def _permissions(self, _found: Any, _query: Any, body: Reply) -> Reply:
        return {"permissions": [one for one in body["permissions"] if one not in self.lacking]}

    def _billing(self, _found: Any, _query: Any, _body: Reply) -> Reply:
        return {"billingEnabled": True} if self.billing else {}

    def _get_services(self, _found: Any, query: dict[str, list[str]], _body: Reply) -> Reply:
        self._finish_switching()
        return {
            "services": [
                {"name": name, "state": "ENABLED" if name.rpartition("/")[2] in self.on else "DISABLED"}
                for name in query["names"]
            ]
        }

    def _enable(self, _found: Any, _query: Any, body: Reply) -> Reply:
        if not self.billing:
            raise ApiError(code_pb2.FAILED_PRECONDITION, "Billing must be enabled.", "BILLING_DISABLED")
        self.switching = self.world.begun(lambda: self.on.update(body["serviceIds"]))
        return {"name": "operations/acf.1"}

    def _switching(self, _found: Any, _query: Any, _body: Reply) -> Reply:
        self._finish_switching()
        return {"name": "operations/acf.1", "done": self.switching is None}

    def _finish_switching(self) -> None:
        if self.switching and self.switching.share(self.world.clock()) >= 1.0:
            self.switching.finish()
            self.switching = None

    def _zones(self, _found: Any, _query: Any, _body: Reply) -> Reply:
        return {"items": [{"name": one, "status": "UP"} for one in self.zones]}

    def _machines(self, found: re.Match[str], _query: Any, _body: Reply) -> Reply:
        there = [one for one in MACHINES if one not in self.without.get(found["zone"], ())]
        return {"items": [{"name": one} for one in there]}

    def _region(self, _found: Any, _query: Any, _body: Reply) -> Reply:
        return {
            "quotas": [
                {"metric": name, "limit": limit, "usage": usage}
                for name, (limit, usage) in self.quotas.items()
            ]
        }

    def _group(self, found: re.Match[str], _query: Any, _body: Reply) -> Reply:
        self.clusters.tick()
        for pool, size in self.clusters.sizes.items():
            cluster, _, name = pool.partition("/nodePools/")
            if found["group"] == f"gke-{cluster.rpartition('/')[2]}-{name}-grp":
                return {"name": found["group"], "targetSize": size // len(self.clusters.zones_of(cluster))}
        raise not_found(found["group"])

    def _left(self, found: re.Match[str], _query: Any, _body: Reply) -> Reply:
        items: dict[str, Reply] = {}
        for one in self._kind(found["kind"]):
            scope = one.get("zone") or one["region"]
            items.setdefault("/".join(scope.split("/")[-2:]), {}).setdefault(found["kind"], []).append(one)
        return {"items": items}

    def _snapshots(self, _found: Any, _query: Any, _body: Reply) -> Reply:
        return {"items": self.snapshots}

    def _one(self, found: re.Match[str], _query: Any, _body: Reply) -> Reply:
        for one in self._kind(found.string.split("/")[-2]):
            if one["name"] == found["name"]:
                return one
        raise not_found(found["name"])

    def _delete(self, found: re.Match[str], query: Any, body: Reply) -> Reply:
        self._kind(found.string.split("/")[-2]).remove(self._one(found, query, body))
        return {"name": "operation-delete", "status": "RUNNING"}

    def _kind(self, kind: str) -> list[Reply]:
        kinds = {
            "disks": self.disks, "forwardingRules": self.rules, "addresses": self.addresses,
            "snapshots": self.snapshots,
        }  # fmt: skip
        return kinds[kind]
