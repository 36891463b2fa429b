"""Short questions to a cluster: does it answer, what may we do, what is there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from z2jh_wizard.kube import errors
from z2jh_wizard.kube.kinds import NODES, object_path
from z2jh_wizard.kube.listing import decode
from z2jh_wizard.kube.reading import list_rows
from z2jh_wizard.kube.rows import NodeRow
from z2jh_wizard.kube.transport import KubeTransport
from z2jh_wizard.kube.wire import Object

ANSWER_LIMIT = 5.0
"""Seconds in which a cluster that works has answered twice."""

_DEFAULT_CLASS = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)


class ServerVersion(msgspec.Struct, frozen=True):
    """What ``/version`` says, such as v1.36.2."""

    git: str = msgspec.field(default="", name="gitVersion")


@dataclass(frozen=True, slots=True)
class Right:
    """Something one may or may not do, in the words of RBAC; an empty namespace means everywhere."""

    verb: str
    resource: str
    group: str = ""
    namespace: str = ""

    def __str__(self) -> str:
        what = f"{self.resource}.{self.group}" if self.group else self.resource
        return f"{self.verb} {what}" + (f" in {self.namespace}" if self.namespace else "")


async def answers(transport: KubeTransport, limit: float = ANSWER_LIMIT) -> str:
    """Return the version of a cluster that is ready; CouldNotLook when it is not, within ``limit`` seconds.

    Signing in comes first and does not count: a cloud's credential plugin may take seconds by itself.
    """
    await transport.sign_in()
    questions = asyncio.gather(
        transport.get("/version", limit=limit), _ready(transport, limit), return_exceptions=True
    )
    try:
        version, ready = await asyncio.wait_for(questions, limit)
    except asyncio.TimeoutError:
        where = transport.access.where
        raise errors.from_exception(TimeoutError(), "asking whether it is ready", where) from None
    for result in (version, ready):
        if isinstance(result, BaseException):
            raise result
    return decode(_VERSIONS, version, "/version").git  # type: ignore[arg-type]  # exceptions were raised above


async def _ready(transport: KubeTransport, limit: float) -> None:
    """Ask ``/readyz``; clusters that do not let us ask count as ready, since they answer."""
    try:
        await transport.get("/readyz", accept="*/*", limit=limit)
    except (errors.NotFound, errors.Forbidden):
        return


async def server_version(transport: KubeTransport) -> str:
    """Return the version of Kubernetes, such as v1.36.2."""
    return decode(_VERSIONS, await transport.get("/version"), "/version").git


async def can_i(transport: KubeTransport, right: Right) -> bool:
    """Tell whether we may do something."""
    attributes = {
        "verb": right.verb,
        "group": right.group,
        "resource": right.resource.partition("/")[0],
        "subresource": right.resource.partition("/")[2],
        "namespace": right.namespace,
    }
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {key: value for key, value in attributes.items() if value}},
    }
    body = await transport.post(object_path("authorization.k8s.io/v1", "selfsubjectaccessreviews"), review)
    return decode(_REVIEWS, body, "selfsubjectaccessreview").status.allowed


async def missing_rights(transport: KubeTransport, rights: Sequence[Right]) -> list[Right]:
    """Return those of the rights that we lack, asking for all at once."""
    allowed = await asyncio.gather(*(can_i(transport, right) for right in rights))
    return [right for right, yes in zip(rights, allowed, strict=True) if not yes]


async def ready_nodes(transport: KubeTransport) -> list[NodeRow]:
    """Return the nodes that can take pods: ready, and not cordoned."""
    return [node for node in await list_rows(transport, NODES) if node.ready and node.schedulable]


async def default_storage_class(transport: KubeTransport) -> str | None:
    """Return the StorageClass that claims get by default, the newest of several as Kubernetes does it."""
    body = await transport.get(object_path("storage.k8s.io/v1", "storageclasses"))
    classes = decode(_LISTS, body, "storageclasses").items
    default = [c.metadata for c in classes or () if _is_default(c.metadata.annotations or {})]
    newest = max(default, key=lambda meta: (_order(meta.creation_timestamp), meta.name), default=None)
    return newest.name if newest else None


async def tiller_deployments(transport: KubeTransport) -> list[dict[str, Any]]:
    """Return the Deployments of Helm 2's Tiller, anywhere, or in kube-system when we see no further."""
    params = {"labelSelector": "app=helm,name=tiller"}
    try:
        body = await transport.get(object_path("apps/v1", "deployments"), params)
    except errors.Forbidden:
        body = await transport.get(object_path("apps/v1", "deployments", "kube-system"), params)
    return decode(_TREES, body, "deployments").items or []


def _is_default(annotations: dict[str, str]) -> bool:
    return any(annotations.get(name) == "true" for name in _DEFAULT_CLASS)


def _order(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


class _List(msgspec.Struct):
    items: list[Object] | None = None


class _Trees(msgspec.Struct):
    items: list[dict[str, Any]] | None = None


class _Allowed(msgspec.Struct):
    allowed: bool = False


class _Review(msgspec.Struct):
    status: _Allowed = msgspec.field(default_factory=_Allowed)


_VERSIONS = msgspec.json.Decoder(ServerVersion)
_LISTS = msgspec.json.Decoder(_List)
_TREES = msgspec.json.Decoder(_Trees)
_REVIEWS = msgspec.json.Decoder(_Review)
