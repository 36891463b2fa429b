"""Single objects that flows read, make, label and delete; nothing waits here, steps do the polling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.kube.errors import NotFound
from z2jh_wizard.kube.kinds import CLAIMS, object_path
from z2jh_wizard.kube.listing import Listing, decode
from z2jh_wizard.kube.reading import list_rows
from z2jh_wizard.kube.rows import ClaimRow
from z2jh_wizard.kube.transport import MERGE_PATCH, KubeTransport, Patch
from z2jh_wizard.kube.wire import Object

FIELD_MANAGER = "z2jh-wizard"
HOMES = "app=jupyterhub,component=singleuser-storage"
"""Labels that KubeSpawner puts on the claims of students, in all charts that the wizard knows."""

SERVERS = "app=jupyterhub,component=singleuser-server"
"""Labels that it puts on the pods of students."""

METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
"""Ask for the metadata of a list alone; servers that cannot send the whole objects."""

Tree = dict[str, Any]
Propagation = Literal["Background", "Foreground", "Orphan"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object is, or will be: its API, plural, namespace (empty for cluster-wide) and name."""

    group_version: str
    plural: str
    name: str = ""
    namespace: str = ""

    @property
    def path(self) -> str:
        """Return the path of the object, or of the collection when it has no name."""
        return object_path(self.group_version, self.plural, self.namespace, self.name)

    @property
    def collection(self) -> str:
        """Return the path of the collection it belongs to."""
        return object_path(self.group_version, self.plural, self.namespace)


def namespace_place(name: str) -> Place:
    """Return the place of a namespace."""
    return Place("v1", "namespaces", name)


async def get(transport: KubeTransport, place: Place) -> Tree | None:
    """Return an object, None when there is none."""
    if not place.name:
        raise InvalidInput("An object without a name", f"{place.plural}: the name is empty.")
    try:
        return _tree(await transport.get(place.path), place)
    except NotFound:
        return None


async def list_objects(transport: KubeTransport, place: Place, labels: str = "") -> list[Tree]:
    """Return whole objects of a collection by label selector: for the few of a flow, not for panes."""
    params = {"labelSelector": labels} if labels else {}
    found: list[Tree] = []
    async for page in transport.list_pages(place.collection, _LISTS, params):
        found = [*([] if page.first else found), *page.items]
    return found


async def list_labels(transport: KubeTransport, place: Place, labels: str) -> list[dict[str, str]]:
    """Return the labels of the objects of a collection; the objects themselves stay where they are."""
    body = await transport.get(place.collection, {"labelSelector": labels}, accept=METADATA_ONLY)
    return [item.metadata.labels or {} for item in decode(_METADATA, body, place.plural).items or ()]


async def create(transport: KubeTransport, place: Place, body: Tree) -> Tree:
    """Create an object in the collection of its place; AlreadyExists when the name is taken."""
    return _tree(await transport.post(place.collection, body, {"fieldManager": FIELD_MANAGER}), place)


async def create_namespace(transport: KubeTransport, name: str, labels: Mapping[str, str]) -> Tree:
    """Create a namespace with labels; AlreadyExists when there is one of that name."""
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(labels)}}
    return await create(transport, namespace_place(name), body)


async def patch(
    transport: KubeTransport, place: Place, changes: object, *, kind: Patch = MERGE_PATCH
) -> Tree:
    """Change parts of an object; NotFound when there is none."""
    return _tree(
        await transport.patch(place.path, changes, {"fieldManager": FIELD_MANAGER}, kind=kind), place
    )


async def patch_labels(transport: KubeTransport, place: Place, labels: Mapping[str, str | None]) -> Tree:
    """Set labels of an object, and remove those that are None."""
    return await patch(transport, place, {"metadata": {"labels": dict(labels)}})


async def delete(
    transport: KubeTransport, place: Place, uid: str = "", *, propagation: Propagation = "Background"
) -> bool:
    """Begin to delete an object; False when it is gone already.

    With a ``uid`` exactly that object is meant: Conflict when another one has its name by now.
    """
    if not place.name:
        raise InvalidInput(
            "An object without a name", f"{place.plural}: a collection is never deleted whole."
        )
    options: Tree = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
    if uid:
        options["preconditions"] = {"uid": uid}
    try:
        await transport.delete(place.path, options)
    except NotFound:
        return False
    return True


async def evict(transport: KubeTransport, namespace: str, pod: str, uid: str = "") -> bool:
    """Ask a pod to leave its node, minding disruption budgets; False when it is gone already.

    A budget that does not allow it now answers like a busy cluster (``errors.PutOff``).
    """
    options = {"preconditions": {"uid": uid}} if uid else {}
    body = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod, "namespace": namespace},
        "deleteOptions": options,
    }
    try:
        await transport.post(object_path("v1", "pods", namespace, pod, "eviction"), body)
    except NotFound:
        return False
    return True


def of_hub(labels: str, release: str) -> str:
    """Return a selector for those of one hub: the charts add the name of the release to the labels."""
    return f"{labels},release={release}"


async def home_claims(transport: KubeTransport, namespace: str, release: str) -> list[ClaimRow]:
    """Return the claims that hold the home folders of one hub's students."""
    return await list_rows(transport, CLAIMS, namespace, labels=of_hub(HOMES, release))


def _tree(body: bytes, place: Place) -> Tree:
    return decode(_TREES, body, place.plural)


_METADATA = msgspec.json.Decoder(Listing[Object])
_TREES = msgspec.json.Decoder(Tree)
_LISTS = msgspec.json.Decoder(Listing[Tree])
