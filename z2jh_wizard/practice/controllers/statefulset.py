"""StatefulSets: numbered pods, each with its own claims, made and replaced in order."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.practice.controllers.base import controlled_by, pod_from
from z2jh_wizard.practice.controllers.workload import Workload, tally
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import (
    ObjectKey,
    controller_of,
    is_active,
    is_done,
    is_ready,
    is_terminating,
    key_of,
    labels_of,
    owner_reference,
    put,
    safe_digest,
    status_of,
)
from z2jh_wizard.practice.objects import Object, copy_json
from z2jh_wizard.practice.resources import (
    CONTROLLER_REVISIONS,
    PERSISTENT_VOLUME_CLAIMS,
    PODS,
    STATEFUL_SETS,
)
from z2jh_wizard.practice.status import ApiError

REVISION_LABEL = "controller-revision-hash"
_POD_NAME = "statefulset.kubernetes.io/pod-name"
_POD_INDEX = "apps.kubernetes.io/pod-index"


class StatefulSetController(Workload):
    """Keeps pods 0 to n-1, one after the other unless their management is parallel."""

    name = "statefulset-controller"
    watches = (STATEFUL_SETS, PODS)

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at a changed StatefulSet, or at the one that controls a changed pod."""
        if change.resource.key == STATEFUL_SETS.key:
            return (key_of(change.object),)
        return controlled_by(change, "StatefulSet")

    def reconcile(self, key: ObjectKey) -> None:
        """Make, replace or delete pods, and report them."""
        found = self.store.get(STATEFUL_SETS, *key)
        if found is None:
            self.forget(key)
            return
        if is_terminating(found):
            return
        revision = self._keep_revision(found)
        if self._make(found, revision) and self._shrink(found):
            self._update(found, revision)
        self._report(found, revision)

    def created(self, pod: Object) -> str:
        """Return the words of a StatefulSet for a pod that it made."""
        owner = controller_of(pod) or {}
        return f"create Pod {pod['metadata']['name']} in StatefulSet {owner.get('name')} successful"

    def deleted(self, pod: Object) -> str:
        """Return the words of a StatefulSet for a pod that it deleted."""
        owner = controller_of(pod) or {}
        return f"delete Pod {pod['metadata']['name']} in StatefulSet {owner.get('name')} successful"

    def refusal(self, pod: Object, error: ApiError) -> str:
        """Return the words of a StatefulSet for a pod that the API refused."""
        owner = controller_of(pod) or {}
        name = pod["metadata"]["name"]
        return f"create Pod {name} in StatefulSet {owner.get('name')} failed error: {error}"

    def _keep_revision(self, owner: Object) -> str:
        """Keep a ControllerRevision of the present template; return its name."""
        template = owner["spec"]["template"]
        namespace, name = key_of(owner)
        digest = safe_digest(template)
        revision = f"{name}-{digest}"
        if self.store.get(CONTROLLER_REVISIONS, namespace, revision) is None:
            known = self.cluster.index.owned(owner, "ControllerRevision")
            obj = {
                "metadata": {
                    "name": revision,
                    "labels": dict((template.get("metadata") or {}).get("labels") or {}),
                    "ownerReferences": [owner_reference(owner)],
                },
                "data": {"spec": {"template": {**copy_json(template), "$patch": "replace"}}},
                "revision": max((r["revision"] for r in known), default=0) + 1,
            }
            self.store.create(CONTROLLER_REVISIONS, obj, namespace)
        return revision

    def _pods(self, owner: Object) -> dict[int, Object]:
        prefix = owner["metadata"]["name"] + "-"
        return {
            int(pod["metadata"]["name"][len(prefix) :]): pod
            for pod in self.cluster.index.owned_pods(owner)
            if pod["metadata"]["name"][len(prefix) :].isdecimal()
        }

    def _make(self, owner: Object, revision: str) -> bool:
        """Make missing pods; say whether nothing has to be waited for."""
        pods = self._pods(owner)
        for ordinal in range(int(owner["spec"].get("replicas", 1))):
            pod = pods.get(ordinal)
            if pod is not None and is_done(pod) and not is_terminating(pod):
                self.delete_pod(owner, pod)  # a failed pod makes place for its successor
                return False
            if pod is None and self._create(owner, ordinal, revision) is not None:
                return False
            if not _parallel(owner) and (pod is None or is_terminating(pod) or not is_ready(pod)):
                return False
        return True

    def _create(self, owner: Object, ordinal: int, revision: str) -> ApiError | None:
        namespace, name = key_of(owner)
        pod_name = f"{name}-{ordinal}"
        labels = {REVISION_LABEL: revision, _POD_NAME: pod_name, _POD_INDEX: str(ordinal)}
        pod = pod_from(owner, owner["spec"]["template"], pod_name, labels)
        pod["spec"].setdefault("hostname", pod_name)
        pod["spec"].setdefault("subdomain", owner["spec"].get("serviceName", ""))
        volumes = pod["spec"].setdefault("volumes", [])
        for template in owner["spec"].get("volumeClaimTemplates") or []:
            mount = template["metadata"]["name"]
            claim = f"{mount}-{pod_name}"
            volumes[:] = [v for v in volumes if v["name"] != mount]
            volumes.append({"name": mount, "persistentVolumeClaim": {"claimName": claim}})
            self._claim(owner, template, namespace, claim)
        return self.create_pod(owner, pod)

    def _claim(self, owner: Object, template: Object, namespace: str, name: str) -> None:
        if self.store.get(PERSISTENT_VOLUME_CLAIMS, namespace, name) is not None:
            return
        labels = {**(template["metadata"].get("labels") or {})}
        labels.update(owner["spec"]["selector"].get("matchLabels") or {})
        claim = {
            "metadata": {
                "name": name,
                "labels": labels,
                "annotations": template["metadata"].get("annotations") or {},
            },
            "spec": copy_json(template["spec"]),
        }
        self.store.create(PERSISTENT_VOLUME_CLAIMS, claim, namespace)
        text = f"create Claim {name} Pod {name} in StatefulSet {owner['metadata']['name']} success"
        self.event(owner, "SuccessfulCreate", text)

    def _shrink(self, owner: Object) -> bool:
        """Delete pods beyond the wanted number, the highest first; say whether none is left."""
        wanted = int(owner["spec"].get("replicas", 1))
        pods = self._pods(owner)
        excess = sorted((n for n in pods if n >= wanted), reverse=True)
        for ordinal in excess:
            self.delete_pod(owner, pods[ordinal])
            if not _parallel(owner):
                break
        return not excess

    def _update(self, owner: Object, revision: str) -> None:
        """Replace pods of older templates, the highest first, each when the one before is ready."""
        strategy = owner["spec"].get("updateStrategy") or {}
        if strategy.get("type") == "OnDelete":
            return
        first = int((strategy.get("rollingUpdate") or {}).get("partition") or 0)
        pods = self._pods(owner)
        for ordinal in sorted((n for n in pods if n >= first), reverse=True):
            pod = pods[ordinal]
            if labels_of(pod).get(REVISION_LABEL) != revision and not is_terminating(pod):
                self.delete_pod(owner, pod)
                return
            if is_terminating(pod) or not is_ready(pod):
                return

    def _report(self, owner: Object, revision: str) -> None:
        pods = list(self._pods(owner).values())
        count = tally(pods, owner["spec"].get("minReadySeconds") or 0, self.cluster.now())
        updated = sum(is_active(p) and labels_of(p).get(REVISION_LABEL) == revision for p in pods)
        status = dict(status_of(owner))
        old_revision = status.get("currentRevision") or revision
        if updated == count.total == count.ready:
            old_revision = revision
        current = sum(is_active(p) and labels_of(p).get(REVISION_LABEL) == old_revision for p in pods)
        status.update(
            observedGeneration=owner["metadata"]["generation"],
            replicas=count.total,
            availableReplicas=count.available,
            currentRevision=old_revision,
            updateRevision=revision,
            collisionCount=status.get("collisionCount", 0),
        )
        put(status, readyReplicas=count.ready, currentReplicas=current, updatedReplicas=updated)
        self.set_status(STATEFUL_SETS, owner, status)
        if old_revision == revision:
            self._forget_revisions(owner, revision)
        self.look_when_available(key_of(owner), count)

    def _forget_revisions(self, owner: Object, revision: str) -> None:
        limit = int(owner["spec"].get("revisionHistoryLimit") or 10)
        known = self.cluster.index.owned(owner, "ControllerRevision")
        old = sorted(
            (r for r in known if r["metadata"]["name"] != revision), key=lambda r: int(r["revision"])
        )
        for each in old[: max(0, len(old) - limit)]:
            self.store.delete(CONTROLLER_REVISIONS, each)


def _parallel(owner: Object) -> bool:
    return bool(owner["spec"].get("podManagementPolicy") == "Parallel")
