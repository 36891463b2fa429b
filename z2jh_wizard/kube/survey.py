"""A look round a cluster that somebody else made: what it is, what it has, and what one may do on it.

Each question may be forbidden to an account; its answer is None then, which is no failure.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from z2jh_wizard.kube import errors, objects, probes
from z2jh_wizard.kube.objects import Place, Tree
from z2jh_wizard.kube.probes import Right
from z2jh_wizard.kube.transport import KubeTransport

OPENSHIFT_GROUPS = frozenset({"security.openshift.io", "route.openshift.io"})
DASHBOARD_LABELS = (("k8s-app", "kubernetes-dashboard"), ("app.kubernetes.io/name", "kubernetes-dashboard"))
"""Labels of the Kubernetes dashboard's service, by its old manifests and by its chart."""

_RBAC = "rbac.authorization.k8s.io/v1"
_DEFAULT = "storageclass.kubernetes.io/is-default-class"

Seen = TypeVar("Seen")


class StorageClass(msgspec.Struct, frozen=True):
    """A StorageClass; ``waits`` says that a disk is made only when a pod that needs it has a node."""

    name: str
    provisioner: str
    default: bool = False
    waits: bool = False
    expands: bool = False
    parameters: Mapping[str, str] = {}
    labels: Mapping[str, str] = {}
    uid: str = ""


class Machine(msgspec.Struct, frozen=True):
    """A node as far as it tells where the cluster runs: ``aws:///…``, ``gce://…``, ``kind://…``."""

    provider_id: str
    kubelet: str


class PublicService(msgspec.Struct, frozen=True):
    """A service, and whether a load balancer or a port of the nodes leads to it."""

    namespace: str
    name: str
    type: str
    has_address: bool = False
    is_dashboard: bool = False


class Binding(msgspec.Struct, frozen=True):
    """A ClusterRoleBinding that makes its subjects, such as ``Group teachers``, cluster administrators."""

    name: str
    subjects: tuple[str, ...]


class Survey(msgspec.Struct, frozen=True):
    """What was seen; None where the account may not look."""

    version: str
    groups: frozenset[str] = frozenset()
    nodes: tuple[Machine, ...] | None = None
    classes: tuple[StorageClass, ...] | None = None
    services: tuple[PublicService, ...] | None = None
    daemons: tuple[str, ...] | None = None
    """Names of the DaemonSets in kube-system."""
    admins: tuple[Binding, ...] | None = None
    tillers: tuple[Tree, ...] | None = None
    missing: tuple[Right, ...] | None = ()
    """Rights that were asked for and are not there."""
    namespace_there: bool | None = None

    @property
    def is_openshift(self) -> bool:
        """Tell whether this is OpenShift, or OKD."""
        return self.groups >= OPENSHIFT_GROUPS


async def take(transport: KubeTransport, namespace: str, rights: Sequence[Right]) -> Survey:
    """Look round; ``rights`` are those to ask for. CouldNotLook when the cluster does not answer."""
    version = await probes.answers(transport)
    looks: tuple[Awaitable[Any], ...] = (
        api_groups(transport),
        _if_allowed(probes.missing_rights(transport, rights)),
        _if_allowed(_nodes(transport)),
        _if_allowed(storage_classes(transport)),
        _if_allowed(_services(transport)),
        _if_allowed(_daemons(transport)),
        _if_allowed(_admins(transport)),
        _if_allowed(probes.tiller_deployments(transport)),
        _if_allowed(_is_there(transport, namespace)),
    )
    groups, missing, nodes, classes, services, daemons, admins, tillers, there = await asyncio.gather(*looks)
    return Survey(
        version=version,
        groups=groups,
        nodes=nodes,
        classes=classes,
        services=services,
        daemons=daemons,
        admins=admins,
        tillers=None if tillers is None else tuple(tillers),
        missing=None if missing is None else tuple(missing),
        namespace_there=there,
    )


async def api_groups(transport: KubeTransport) -> frozenset[str]:
    """Return the names of the API groups that the cluster serves; everybody who is signed in may ask."""
    found = msgspec.json.decode(await transport.get("/apis"))
    return frozenset(group["name"] for group in found.get("groups") or ())


async def storage_classes(transport: KubeTransport) -> tuple[StorageClass, ...]:
    """Return the StorageClasses, by name."""
    found = await objects.list_objects(transport, Place("storage.k8s.io/v1", "storageclasses"))
    return tuple(sorted(map(storage_class, found), key=lambda one: one.name))


def storage_class(tree: Tree) -> StorageClass:
    """Return a StorageClass from the API's own JSON."""
    meta = tree["metadata"]
    return StorageClass(
        meta["name"],
        tree.get("provisioner", ""),
        default=(meta.get("annotations") or {}).get(_DEFAULT) == "true",
        waits=tree.get("volumeBindingMode") == "WaitForFirstConsumer",
        expands=tree.get("allowVolumeExpansion") is True,
        parameters=tree.get("parameters") or {},
        labels=meta.get("labels") or {},
        uid=meta.get("uid", ""),
    )


async def _nodes(transport: KubeTransport) -> tuple[Machine, ...]:
    found = await objects.list_objects(transport, Place("v1", "nodes"))
    return tuple(
        Machine(
            (node.get("spec") or {}).get("providerID", ""),
            ((node.get("status") or {}).get("nodeInfo") or {}).get("kubeletVersion", ""),
        )
        for node in found
    )


async def _services(transport: KubeTransport) -> tuple[PublicService, ...]:
    """Return the services of all namespaces that can be reached from outside, and the dashboard's."""
    found = map(_service, await objects.list_objects(transport, Place("v1", "services")))
    return tuple(one for one in found if one.type in ("LoadBalancer", "NodePort") or one.is_dashboard)


def _service(tree: Tree) -> PublicService:
    meta, spec = tree["metadata"], tree.get("spec") or {}
    balancer = (tree.get("status") or {}).get("loadBalancer") or {}
    labels = (meta.get("labels") or {}).items()
    return PublicService(
        meta["namespace"],
        meta["name"],
        spec.get("type", "ClusterIP"),
        bool(balancer.get("ingress")),
        any(label in labels for label in DASHBOARD_LABELS),
    )


async def _daemons(transport: KubeTransport) -> tuple[str, ...]:
    found = await objects.list_objects(transport, Place("apps/v1", "daemonsets", namespace="kube-system"))
    return tuple(one["metadata"]["name"] for one in found)


async def _admins(transport: KubeTransport) -> tuple[Binding, ...]:
    found = await objects.list_objects(transport, Place(_RBAC, "clusterrolebindings"))
    return tuple(
        Binding(
            one["metadata"]["name"],
            tuple(f"{subject.get('kind')} {subject.get('name')}" for subject in one.get("subjects") or ()),
        )
        for one in found
        if (one.get("roleRef") or {}).get("name") == "cluster-admin"
    )


async def _is_there(transport: KubeTransport, namespace: str) -> bool:
    return await objects.get(transport, objects.namespace_place(namespace)) is not None


async def _if_allowed(look: Awaitable[Seen]) -> Seen | None:
    """Return what was seen, None for an account that may not look there."""
    try:
        return await look
    except errors.Forbidden:
        return None
