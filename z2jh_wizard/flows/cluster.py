"""The cluster of a project as the steps see it: a few questions and changes, by the project's kubeconfig."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from z2jh_wizard.core.errors import NeedsYou, WizardError
from z2jh_wizard.core.facts import OUR_LABEL
from z2jh_wizard.core.spec import Spec
from z2jh_wizard.core.step import Resource
from z2jh_wizard.helm import records
from z2jh_wizard.helm.releases import Revision, current_revision
from z2jh_wizard.kube import errors, identity, kinds, kubeconfig, logs, objects, probes, survey
from z2jh_wizard.kube.reading import list_rows
from z2jh_wizard.kube.rows import ClaimRow, EventRow, NodeRow, PodRow, ServiceRow
from z2jh_wizard.kube.transport import KubeTransport
from z2jh_wizard.project import cluster_identity
from z2jh_wizard.project.folder import Project


@dataclass(frozen=True, slots=True)
class Volume:
    """A PersistentVolume and the namespace of the claim it was made for."""

    name: str
    phase: str
    claim_namespace: str


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace, with what tells whether it is ours."""

    name: str
    uid: str
    labels: Mapping[str, str]
    deleting: bool

    def is_of(self, spec: Spec) -> bool:
        """Tell whether it carries the label of this project, which made it then."""
        return self.labels.get(OUR_LABEL) == spec.project_id


class Cluster:
    """Reaches the cluster through the kubeconfig of the project, read anew when the file changes."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._transport: KubeTransport | None = None
        self._read_from: bytes | None = None

    def is_configured(self) -> bool:
        """Tell whether the project has a kubeconfig; after a tear-down of a practice cluster it has none."""
        return self._project.kubeconfig.exists()

    def transport(self) -> KubeTransport:
        """Return the transport; InvalidInput when there is no usable kubeconfig."""
        path = self._project.kubeconfig
        data = path.read_bytes() if path.exists() else None
        if self._transport is None or data != self._read_from:
            self._transport = KubeTransport(kubeconfig.load(path))
            self._read_from = data
        return self._transport

    async def answers(self) -> str:
        """Return the version of Kubernetes, within a few seconds; CouldNotLook when nothing answers."""
        return await probes.answers(self.transport())

    async def identity(self) -> str:
        """Return which cluster it is, told by the same thing as the cluster that the project claimed."""
        known, own = cluster_identity.claimed(self._project), self._project.spec.namespace
        return await identity.find(self.transport(), known, own)

    async def nodes(self) -> list[NodeRow]:
        """Return the nodes."""
        return await list_rows(self.transport(), kinds.NODES)

    async def pods(self, namespace: str, selector: str = "") -> list[PodRow]:
        """Return the pods of a namespace."""
        return await list_rows(self.transport(), kinds.PODS, namespace, labels=selector)

    async def claims(self, namespace: str, selector: str = "") -> list[ClaimRow]:
        """Return the volume claims of a namespace."""
        return await list_rows(self.transport(), kinds.CLAIMS, namespace, labels=selector)

    async def home_claims(self, namespace: str, release: str) -> list[ClaimRow]:
        """Return the claims that hold the home folders of one hub's students."""
        return await objects.home_claims(self.transport(), namespace, release)

    async def services(self, namespace: str) -> list[ServiceRow]:
        """Return the services of a namespace."""
        return await list_rows(self.transport(), kinds.SERVICES, namespace)

    async def events(self, namespace: str) -> list[EventRow]:
        """Return the events of a namespace."""
        return await list_rows(self.transport(), kinds.EVENTS, namespace)

    async def default_storage_class(self) -> str | None:
        """Return the StorageClass that new disks get, None when there is no default."""
        return await probes.default_storage_class(self.transport())

    async def log_tail(self, pod: PodRow, lines: int = 5) -> list[str]:
        """Return the last lines of a pod's log, of the run before when it crashed; none when it has none."""
        crashed = pod.last_end is not None
        source = logs.LogSource(pod.namespace, pod.name, pod.unwell, previous=crashed)
        try:
            return await logs.tail(self.transport(), source, lines)
        except WizardError:
            return []

    async def release_records(self, namespace: str, release: str) -> tuple[list[Revision], Mapping[str, Any]]:
        """Return Helm's revisions, oldest first, and the values given to the newest deployed one.

        Only the newest and the deployed record are read whole; of the others the labels tell enough.
        """
        found = await objects.list_labels(
            self.transport(), objects.Place("v1", "secrets", namespace=namespace), records.selector(release)
        )
        history = sorted((records.outline(labels) for labels in found), key=lambda revision: revision.number)
        current = current_revision(history)
        values: Mapping[str, Any] = {}
        for number in {revision.number for revision in (*history[-1:], current) if revision}:
            place = objects.Place("v1", "secrets", records.secret_name(release, number), namespace)
            tree = await objects.get(self.transport(), place)
            if tree is None:
                continue
            stored = records.read(tree["data"]["release"])
            history = [stored.revision if revision.number == number else revision for revision in history]
            if current and number == current.number:
                values = stored.values
        return history, values

    async def volumes(self) -> list[Volume]:
        """Return the PersistentVolumes."""
        items = await objects.list_objects(self.transport(), objects.Place("v1", "persistentvolumes"))
        return [
            Volume(
                item["metadata"]["name"],
                item.get("status", {}).get("phase", ""),
                item.get("spec", {}).get("claimRef", {}).get("namespace", ""),
            )
            for item in items
        ]

    async def namespace(self, name: str) -> Namespace | None:
        """Return a namespace, None when there is none.

        One that may not be read and may be worked in is there, and somebody else's; NeedsYou for others.
        """
        try:
            tree = await objects.get(self.transport(), objects.namespace_place(name))
        except errors.Forbidden:
            if await probes.can_i(self.transport(), probes.Right("create", "secrets", namespace=name)):
                return Namespace(name, "", {}, deleting=False)
            raise _made_by_others(name) from None
        if tree is None:
            return None
        meta = tree["metadata"]
        return Namespace(name, meta["uid"], meta.get("labels") or {}, "deletionTimestamp" in meta)

    async def create_namespace(self, name: str, labels: dict[str, str]) -> Resource:
        """Make a namespace; NeedsYou for an account that may not."""
        try:
            made = await objects.create_namespace(self.transport(), name, labels)
        except errors.Forbidden:
            raise _made_by_others(name) from None
        return Resource("namespace", name, uid=made["metadata"]["uid"])

    async def delete_namespace(self, name: str, uid: str) -> None:
        """Delete exactly this namespace with all that is in it."""
        await objects.delete(self.transport(), objects.namespace_place(name), uid)

    async def delete_pod(self, namespace: str, name: str, uid: str) -> None:
        """Delete exactly this pod."""
        await objects.delete(self.transport(), objects.Place("v1", "pods", name, namespace), uid)

    async def delete_claim(self, namespace: str, name: str, uid: str) -> None:
        """Delete exactly this volume claim, and so its disk."""
        place = objects.Place("v1", "persistentvolumeclaims", name, namespace)
        await objects.delete(self.transport(), place, uid)

    async def fail_release_record(self, namespace: str, release: str, revision: int) -> None:
        """Mark one of Helm's records as failed, provided it is still as it was read."""
        place = objects.Place("v1", "secrets", records.secret_name(release, revision), namespace)
        tree = await objects.get(self.transport(), place)
        if tree is None:
            return
        change = records.as_failed(tree["data"]["release"], "Helm was killed while it installed this")
        change["metadata"]["resourceVersion"] = tree["metadata"]["resourceVersion"]
        await objects.patch(self.transport(), place, change)

    async def storage_classes(self) -> tuple[survey.StorageClass, ...]:
        """Return all StorageClasses; Forbidden for an account that may not list them."""
        return await survey.storage_classes(self.transport())

    async def all_claims(self) -> list[ClaimRow]:
        """Return the volume claims of all namespaces; Forbidden for an account that may not list them."""
        return await list_rows(self.transport(), kinds.CLAIMS)

    async def is_openshift(self) -> bool:
        """Tell whether it is OpenShift, which is told by the APIs that it serves."""
        return await survey.api_groups(self.transport()) >= survey.OPENSHIFT_GROUPS

    async def lacks(self, rights: Sequence[probes.Right]) -> list[probes.Right]:
        """Return those of the rights that this account does not have; none where it may not even ask."""
        try:
            return await probes.missing_rights(self.transport(), rights)
        except errors.Forbidden:
            return []

    async def find(self, place: objects.Place) -> dict[str, Any] | None:
        """Return an object, None when there is none."""
        return await objects.get(self.transport(), place)

    async def make(self, place: objects.Place, body: dict[str, Any]) -> dict[str, Any]:
        """Make an object."""
        return await objects.create(self.transport(), place, body)

    async def remove(self, place: objects.Place, uid: str) -> None:
        """Delete exactly this object."""
        await objects.delete(self.transport(), place, uid)

    async def tiller_deployments(self) -> list[dict[str, Any]]:
        """Return deployments that look like Helm 2's Tiller."""
        return await probes.tiller_deployments(self.transport())


def _made_by_others(namespace: str) -> NeedsYou:
    return NeedsYou(
        f"The namespace {namespace} has to be made for you",
        "It is not there, or not yours to work in, and this account may not make namespaces.",
        still_works="Nothing was changed.",
        next_step=f"Ask an administrator to make {namespace} and to give you the role admin in it; "
        f"on OpenShift you may do it yourself: oc new-project {namespace}",
    )
