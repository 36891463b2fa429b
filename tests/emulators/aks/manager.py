"""The state of one subscription, and what each route of Resource Manager does with it."""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.emulators.aks.models import unknown_fields
from tests.emulators.serving import Reply, Request
from tests.emulators.world import Pending, World

Tree = dict[str, Any]

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
SERVICE = "Microsoft.ContainerService"
VERSIONS = ("1.35", "1.34", "1.33")
SIZES = {
    "Standard_B2ms": "standardBSFamily",
    "Standard_D2s_v5": "standardDSv5Family",
    "Standard_D4s_v5": "standardDSv5Family",
    "Standard_E2s_v5": "standardESv5Family",
    "Standard_E4s_v5": "standardESv5Family",
}
"""Machine types, and the quotas that they count in."""

SUB = r"/subscriptions/(?P<sub>[^/]+)"
GROUP = rf"{SUB}/resourceGroups/(?P<group>[^/]+)"
CLUSTER = rf"{GROUP}/providers/{SERVICE}/managedClusters/(?P<cluster>[^/]+)"

CLUSTERS = f"{SERVICE}/managedClusters"
LEFT = r"(?P<kind>Microsoft\.(?:Compute/(?:disks|snapshots)|Network/(?:loadBalancers|publicIPAddresses)))"
"""What a cluster may leave, by type."""


class ArmError(Exception):
    """An error of Resource Manager: HTTP status, code and text."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def body(self) -> Tree:
        """Return it as it is sent."""
        return {"error": {"code": self.code, "message": self.message, "details": []}}


def not_found(path: str) -> ArmError:
    """Return the error for what is not there."""
    kind = "ResourceGroupNotFound" if path.lower().split("/")[-2] == "resourcegroups" else "ResourceNotFound"
    return ArmError(404, kind, f"'{path}' could not be found.")


@dataclass
class Manager:
    """One subscription; ``failures`` end the next change of a cluster with a code and a text."""

    world: World
    server: str = "https://127.0.0.1:6443"
    authority: str = "Q0E="
    user: Tree = field(default_factory=lambda: {"token": "emulated-user"})
    resources: dict[str, Tree] = field(default_factory=dict)
    """By path in small letters."""
    registered: set[str] = field(default_factory=lambda: {
        "microsoft.containerservice", "microsoft.compute", "microsoft.network", "microsoft.storage"
    })  # fmt: skip
    not_actions: list[str] = field(default_factory=list)
    restricted: set[str] = field(default_factory=set)
    quotas: dict[str, tuple[int, int]] = field(
        default_factory=lambda: {
            "cores": (100, 4),
            "standardDSv5Family": (50, 0),
            "standardBSFamily": (10, 0),
        }
    )
    failures: list[tuple[str, str]] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    resized: Callable[[str, str, int], None] = lambda _cluster, _pool, _nodes: None
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def answer(self, request: Request) -> Reply:
        """Answer one request; ArmError for a refusal, KeyError for a route that Azure does not have."""
        if "api-version" not in request.query:
            raise ArmError(400, "MissingApiVersionParameter", "The api-version query parameter is required.")
        body = json.loads(request.data) if request.data else {}
        for method, pattern, name, work in self._routes():
            found = re.fullmatch(pattern, request.path, re.IGNORECASE)
            if method != request.method or not found:
                continue
            with self.world.lock:
                changes = method not in ("GET", "HEAD") and not name.startswith("list")
                self.world.note(name, request.path, changes=changes)
                self.tick()
                if found.groupdict().get("sub", SUBSCRIPTION) != SUBSCRIPTION:
                    raise ArmError(404, "SubscriptionNotFound", "The subscription could not be found.")
                return work(request, body, **found.groupdict())
        raise KeyError(f"{request.method} {request.path}")

    def tick(self) -> None:
        """Finish what is due."""
        now = self.world.clock()
        due = [one for one in self.pending if one.share(now) >= 1.0]
        self.pending = [one for one in self.pending if one not in due]
        for one in due:
            one.finish()

    def _routes(self) -> list[tuple[str, str, str, Callable[..., Reply]]]:
        here = rf"{SUB}/providers"
        return [
            ("GET", "/subscriptions", "listSubscriptions", self._subscriptions),
            ("GET", f"{SUB}/locations", "listLocations", self._locations),
            ("GET", f"{SUB}/resourcegroups", "listGroups", self._groups),
            ("GET", f"{SUB}/resources", "listResources", self._resources),
            ("GET", f"{here}/Microsoft.Authorization/permissions", "listPermissions", self._permissions),
            ("GET", f"{here}/Microsoft.Compute/skus", "listSkus", self._skus),
            ("GET", rf"{here}/Microsoft.Compute/locations/[^/]+/usages", "listUsages", self._usages),
            ("GET", rf"{here}/{SERVICE}/locations/[^/]+/kubernetesVersions", "listVersions", self._versions),
            ("GET", rf"{here}/{SERVICE}/managedClusters", "listClusters", self._of_kind),
            ("GET", f"{here}/{LEFT}", "listLeft", self._of_kind),
            ("GET", rf"{here}/(?P<name>[^/]+)", "getProvider", self._provider),
            ("POST", rf"{here}/(?P<name>[^/]+)/register", "register", self._register),
            ("GET", GROUP, "getGroup", self._get),
            ("PUT", GROUP, "createGroup", self._put_group),
            ("DELETE", GROUP, "deleteGroup", self._delete_group),
            ("GET", f"{GROUP}/resources", "listGroupResources", self._resources),
            ("GET", CLUSTER, "getCluster", self._get),
            ("PUT", CLUSTER, "createCluster", self._put_cluster),
            ("DELETE", CLUSTER, "deleteCluster", self._delete_cluster),
            ("POST", f"{CLUSTER}/start", "startCluster", self._start),
            ("POST", f"{CLUSTER}/stop", "stopCluster", self._stop),
            ("POST", f"{CLUSTER}/listClusterUserCredential", "listCredentials", self._credentials),
            ("GET", rf"{CLUSTER}/agentPools/(?P<pool>[^/]+)", "getPool", self._get_pool),
            ("PUT", rf"{CLUSTER}/agentPools/(?P<pool>[^/]+)", "putPool", self._put_pool),
            ("GET", rf"{GROUP}/providers/.+", "getResource", self._get),
            ("DELETE", rf"{GROUP}/providers/.+", "deleteResource", self._delete),
        ]

    # ---- the subscription ----

    def _subscriptions(self, _request: Request, _body: Tree) -> Reply:
        return _json({"value": [
            {"subscriptionId": SUBSCRIPTION, "displayName": "Teaching", "state": "Enabled"}
        ]})  # fmt: skip

    def _locations(self, _request: Request, _body: Tree, **_names: str) -> Reply:
        names = {"eastus": "East US", "westeurope": "West Europe"}
        return _json({"value": [
            {"name": name, "displayName": title, "metadata": {"regionType": "Physical"}}
            for name, title in names.items()
        ]})  # fmt: skip

    def _groups(self, _request: Request, _body: Tree, **_names: str) -> Reply:
        kind = "Microsoft.Resources/resourceGroups"
        return _json({"value": [one for one in self.resources.values() if one["type"] == kind]})

    def _resources(self, request: Request, _body: Tree, sub: str, group: str = "") -> Reply:
        start = f"/subscriptions/{sub}/resourcegroups/{group}{'/' if group else ''}".lower()
        found = [
            one for path, one in self.resources.items() if path.startswith(start) and "/providers/" in path
        ]
        return _json({"value": found})

    def _permissions(self, _request: Request, _body: Tree, **_names: str) -> Reply:
        return _json({"value": [{"actions": ["*"], "notActions": self.not_actions}]})

    def _skus(self, request: Request, _body: Tree, **_names: str) -> Reply:
        if not request.query.get("$filter"):
            self.world.complain("a list of all sizes everywhere is megabytes long")
        return _json({"value": [
            {"name": size, "family": family, "resourceType": "virtualMachines", "restrictions": [
                {"type": "Location", "reasonCode": "NotAvailableForSubscription"}
            ] if size in self.restricted else []}
            for size, family in SIZES.items()
        ]})  # fmt: skip

    def _usages(self, _request: Request, _body: Tree, **_names: str) -> Reply:
        return _json({"value": [
            {"name": {"value": name}, "limit": limit, "currentValue": usage}
            for name, (limit, usage) in self.quotas.items()
        ]})  # fmt: skip

    def _versions(self, _request: Request, _body: Tree, **_names: str) -> Reply:
        return _json({"values": [{"version": one, "isDefault": one == "1.34"} for one in VERSIONS]})

    def _provider(self, _request: Request, _body: Tree, name: str, **_names: str) -> Reply:
        state = "Registered" if name.lower() in self.registered else "NotRegistered"
        return _json({"namespace": name, "registrationState": state})

    def _register(self, request: Request, body: Tree, name: str, **_names: str) -> Reply:
        self.pending.append(self.world.begun(lambda: self.registered.add(name.lower())))
        return self._provider(request, body, name)

    # ---- groups and what is in them ----

    def _get(self, request: Request, _body: Tree, **_names: str) -> Reply:
        return _json(self._one(request.path))

    def _put_group(self, request: Request, body: Tree, group: str, **_names: str) -> Reply:
        old = self.resources.get(request.path.lower())
        if old and old["properties"]["provisioningState"] == "Deleting":
            raise ArmError(409, "ResourceGroupBeingDeleted", "The resource group is being deleted.")
        self.resources[request.path.lower()] = made = {
            **body,
            "id": request.path,
            "name": group,
            "type": "Microsoft.Resources/resourceGroups",
            "properties": {"provisioningState": "Succeeded"},
        }
        return _json(made, 200 if old else 201)

    def _delete_group(self, request: Request, _body: Tree, **_names: str) -> Reply:
        group = self._one(request.path)
        group["properties"]["provisioningState"] = "Deleting"
        self.pending.append(self.world.begun(lambda: self._drop(request.path)))
        return self._accepted(request)

    def _delete(self, request: Request, _body: Tree, **_names: str) -> Reply:
        return Reply(202 if self.resources.pop(request.path.lower(), None) else 204)

    # ---- clusters ----

    def _put_cluster(self, request: Request, body: Tree, group: str, cluster: str, **_names: str) -> Reply:
        self._check("ManagedCluster", body)
        if SERVICE.lower() not in self.registered:
            text = f"The subscription is not registered to use namespace '{SERVICE}'."
            raise ArmError(409, "MissingSubscriptionRegistration", text)
        self._one(request.path.partition("/providers/")[0])
        old = self.resources.get(request.path.lower())
        if old:
            self._refuse_busy(old)
        for pool in body["properties"]["agentPoolProfiles"]:
            _check_pool(pool)
        properties = {
            **body["properties"],
            "provisioningState": "Updating" if old else "Creating",
            "powerState": {"code": "Running"},
            "fqdn": "127.0.0.1",
            "currentKubernetesVersion": "1.34.2",
            "agentPoolProfiles": [
                {**pool, "provisioningState": "Creating"} for pool in body["properties"]["agentPoolProfiles"]
            ],
        }
        made = {
            **body, "id": request.path, "name": cluster, "properties": properties,
            "type": f"{SERVICE}/managedClusters",
        }  # fmt: skip
        self.resources[request.path.lower()] = made
        self._make_node_group(made)
        failure = self.failures.pop(0) if self.failures else None

        def finish() -> None:
            if failure:
                code, text = failure
                properties["provisioningState"] = "Failed"
                properties["status"] = {"provisioningError": {"code": code, "message": text}}
            else:
                properties["provisioningState"] = "Succeeded"
            for pool in properties["agentPoolProfiles"]:
                pool["provisioningState"] = "Succeeded"
                self.resized(cluster, pool["name"], pool["count"])

        self.pending.append(self.world.begun(finish))
        return _json(made, 200 if old else 201, self._operation(request))

    def _delete_cluster(self, request: Request, _body: Tree, **_names: str) -> Reply:
        cluster = self.resources.get(request.path.lower())
        if cluster is None:
            return Reply(204)
        cluster["properties"]["provisioningState"] = "Deleting"
        self.pending.append(self.world.begun(lambda: self._drop(request.path)))
        return self._accepted(request)

    def _start(self, request: Request, _body: Tree, **_names: str) -> Reply:
        return self._power(request, "Starting", "Running")

    def _stop(self, request: Request, _body: Tree, **_names: str) -> Reply:
        return self._power(request, "Stopping", "Stopped")

    def _power(self, request: Request, doing: str, done: str) -> Reply:
        cluster = self._one(request.path.rpartition("/")[0])
        self._refuse_busy(cluster)
        properties = cluster["properties"]
        properties["provisioningState"] = doing

        def finish() -> None:
            properties.update(provisioningState="Succeeded", powerState={"code": done})

        self.pending.append(self.world.begun(finish))
        return self._accepted(request)

    def _of_kind(self, _request: Request, _body: Tree, kind: str = CLUSTERS, **_names: str) -> Reply:
        return _json({"value": [one for one in self.resources.values() if one["type"] == kind]})

    def _credentials(self, request: Request, _body: Tree, cluster: str, **_names: str) -> Reply:
        self._one(request.path.rpartition("/")[0])
        entry = {"server": self.server, "certificate-authority-data": self.authority}
        kubeconfig = {
            "clusters": [{"name": cluster, "cluster": entry}],
            "users": [{"name": "clusterUser", "user": self.user}],
        }
        text = base64.b64encode(json.dumps(kubeconfig).encode()).decode()
        return _json({"kubeconfigs": [{"name": "clusterUser", "value": text}]})

    def _get_pool(self, request: Request, _body: Tree, pool: str, **_names: str) -> Reply:
        found = self._pool(request.path.partition("/agentPools/")[0], pool)
        if found is None:
            raise not_found(request.path)
        kept = {name: value for name, value in found.items() if name != "name"}
        return _json({"id": request.path, "name": pool, "type": "agentPools", "properties": kept})

    def _put_pool(self, request: Request, body: Tree, cluster: str, pool: str, **_names: str) -> Reply:
        self._check("AgentPool", body)
        path = request.path.partition("/agentPools/")[0]
        owner = self._one(path)
        self._refuse_busy(owner)
        _check_pool(body["properties"])
        old = self._pool(path, pool)
        state = {"name": pool, **body["properties"], "provisioningState": "Scaling" if old else "Creating"}
        profiles = owner["properties"]["agentPoolProfiles"]
        profiles[:] = [one for one in profiles if one["name"] != pool] + [state]

        def finish() -> None:
            state["provisioningState"] = "Succeeded"
            self.resized(cluster, pool, state["count"])

        self.pending.append(self.world.begun(finish))
        return _json(
            {"id": request.path, "name": pool, "properties": body["properties"]},
            200,
            self._operation(request),
        )

    # ---- below ----

    def _one(self, path: str) -> Tree:
        found = self.resources.get(path.lower())
        if found is None:
            raise not_found(path)
        return found

    def _pool(self, cluster: str, name: str) -> Tree | None:
        pools: list[Tree] = self._one(cluster)["properties"]["agentPoolProfiles"]
        return next((one for one in pools if one["name"] == name), None)

    def _refuse_busy(self, cluster: Tree) -> None:
        states = [cluster["properties"]["provisioningState"]]
        states += [pool.get("provisioningState") for pool in cluster["properties"]["agentPoolProfiles"]]
        if any(state not in ("Succeeded", "Failed", "Canceled") for state in states):
            raise ArmError(
                409, "OperationNotAllowed", "Operation is not allowed: there is an in progress operation."
            )

    def _check(self, model: str, body: Tree) -> None:
        for one in unknown_fields(model, body):
            self.world.complain(f"{model} has no field {one}")

    def _make_node_group(self, cluster: Tree) -> None:
        name = cluster["properties"]["nodeResourceGroup"]
        path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"
        self.resources[path.lower()] = {
            "id": path, "name": name, "type": "Microsoft.Resources/resourceGroups",
            "managedBy": cluster["id"], "location": cluster["location"],
            "properties": {"provisioningState": "Succeeded"},
        }  # fmt: skip

    def _drop(self, path: str) -> None:
        gone = [one for one in self.resources if one == path.lower() or one.startswith(f"{path.lower()}/")]
        for one in gone:
            found = self.resources.pop(one)
            if nodes := found["properties"].get("nodeResourceGroup"):
                self._drop(f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{nodes}")

    def _operation(self, request: Request) -> dict[str, str]:
        name = f"{request.base}/subscriptions/{SUBSCRIPTION}/operations/{next(self._numbers)}"
        return {"Azure-AsyncOperation": f"{name}?api-version=2017-08-31", "Retry-After": "1"}

    def _accepted(self, request: Request) -> Reply:
        operation = self._operation(request)
        return Reply(202, b"", {**operation, "Location": operation["Azure-AsyncOperation"]})


def _check_pool(pool: Tree) -> None:
    """Refuse the numbers that Azure refuses."""
    scales, count = pool.get("enableAutoScaling"), pool.get("count", 0)
    least, most = pool.get("minCount", 0), pool.get("maxCount", 0)
    if pool.get("mode") == "System" and (count < 1 or (scales and least < 1)):
        raise ArmError(400, "InvalidParameter", "A system pool has at least one node.")
    if scales and not least <= count <= most:
        raise ArmError(400, "InvalidParameter", "The count must be between minCount and maxCount.")


def _json(tree: Tree, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, json.dumps(tree).encode(), {"Content-Type": "application/json", **(headers or {})})
