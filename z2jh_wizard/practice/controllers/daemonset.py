"""DaemonSets: one pod on every node that they are meant for."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.practice.controllers.base import pod_from
from z2jh_wizard.practice.controllers.workload import Workload
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import (
    ObjectKey,
    available_in,
    controller_of,
    is_done,
    is_ready,
    is_terminating,
    key_of,
    labels_of,
    node_of,
    owner_reference,
    put,
    safe_digest,
    share,
    status_of,
)
from z2jh_wizard.practice.objects import Object, copy_json
from z2jh_wizard.practice.placement import matches_node, tolerates
from z2jh_wizard.practice.resources import CONTROLLER_REVISIONS, DAEMON_SETS, NODES, PODS

HASH_LABEL = "controller-revision-hash"

_TOLERATED = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)
"""Taints that pods of a DaemonSet live with (pkg/controller/daemon/util)."""


class DaemonSetController(Workload):
    """Keeps one pod on each eligible node, and replaces old ones a few at a time."""

    name = "daemonset-controller"
    watches = (DAEMON_SETS, PODS, NODES)

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at the DaemonSet that changed or whose pod changed; at all of them when a node did."""
        if change.resource.key == DAEMON_SETS.key:
            return (key_of(change.object),)
        if change.resource.key == NODES.key:
            return [key_of(each) for each in self.store.list(DAEMON_SETS)] if _matters(change) else ()
        owner = controller_of(change.object)
        if owner is None or owner["kind"] != "DaemonSet":
            return ()
        return (ObjectKey(change.object["metadata"]["namespace"], owner["name"]),)

    def reconcile(self, key: ObjectKey) -> None:
        """Make and delete pods so that each eligible node has one, and report them."""
        found = self.store.get(DAEMON_SETS, *key)
        if found is None:
            self.forget(key)
            return
        if is_terminating(found):
            return
        digest = safe_digest(found["spec"]["template"])
        self._keep_revision(found, digest)
        wanted = self._eligible(found)
        self._place(found, digest, wanted)
        self._update(found, digest, wanted)
        self._report(found, digest, wanted)

    def _eligible(self, owner: Object) -> set[str]:
        spec = owner["spec"]["template"]["spec"]
        tolerations = [*(spec.get("tolerations") or []), *_own_tolerations()]
        return {
            room.name
            for room in self.cluster.index.rooms.values()
            if matches_node(spec, room.labels, room.name)
            and all(t["effect"] == "PreferNoSchedule" or tolerates(t, tolerations) for t in room.taints)
        }

    def _by_node(self, owner: Object) -> dict[str, list[Object]]:
        found: dict[str, list[Object]] = {}
        for pod in self.cluster.index.owned_pods(owner):
            found.setdefault(target_node(pod), []).append(pod)
        return found

    def _place(self, owner: Object, digest: str, wanted: set[str]) -> None:
        pods = self._by_node(owner)
        for node in sorted(wanted - pods.keys()):
            if self._create(owner, digest, node):
                return
        for node, here in pods.items():
            for pod in here:
                if node not in wanted or is_done(pod):
                    self.delete_pod(owner, pod)

    def _create(self, owner: Object, digest: str, node: str) -> bool:
        """Make the pod of one node, bound to it by affinity; say whether it was refused."""
        namespace, name = key_of(owner)
        pod_name = self.cluster.free_name(PODS, namespace, f"{name}-")
        labels = {HASH_LABEL: digest, "pod-template-generation": str(owner["metadata"]["generation"])}
        pod = pod_from(owner, owner["spec"]["template"], pod_name, labels)
        affinity = pod["spec"].setdefault("affinity", {}).setdefault("nodeAffinity", {})
        field = {"key": "metadata.name", "operator": "In", "values": [node]}
        affinity["requiredDuringSchedulingIgnoredDuringExecution"] = {
            "nodeSelectorTerms": [{"matchFields": [field]}]
        }
        pod["spec"]["tolerations"] = [*(pod["spec"].get("tolerations") or []), *_own_tolerations()]
        return self.create_pod(owner, pod) is not None

    def _update(self, owner: Object, digest: str, wanted: set[str]) -> None:
        strategy = owner["spec"].get("updateStrategy") or {}
        if strategy.get("type") == "OnDelete":
            return
        limit = (strategy.get("rollingUpdate") or {}).get("maxUnavailable", 1)
        allowed = max(1, share(limit, len(wanted), up=True))
        pods = {node: here[0] for node, here in self._by_node(owner).items() if node in wanted}
        old = [pod for pod in pods.values() if labels_of(pod).get(HASH_LABEL) != digest]
        unavailable = sum(
            node not in pods or is_terminating(pods[node]) or not is_ready(pods[node]) for node in wanted
        )
        for pod in old:  # what serves nobody anyway costs nothing
            if not is_ready(pod):
                self.delete_pod(owner, pod)
        for pod in [pod for pod in old if is_ready(pod)][: max(0, allowed - unavailable)]:
            self.delete_pod(owner, pod)

    def _report(self, owner: Object, digest: str, wanted: set[str]) -> None:
        by_node = self._by_node(owner)
        here = [pods[0] for node, pods in by_node.items() if node in wanted]
        least = owner["spec"].get("minReadySeconds") or 0
        now = self.cluster.now()
        available = sum(available_in(pod, least, now) == 0 for pod in here)
        running = [pod for pod in here if node_of(pod) or not is_terminating(pod)]
        status = dict(status_of(owner))
        status.update(
            observedGeneration=owner["metadata"]["generation"],
            desiredNumberScheduled=len(wanted),
            currentNumberScheduled=len(running),
            numberMisscheduled=sum(len(pods) for node, pods in by_node.items() if node not in wanted),
            numberReady=sum(is_ready(pod) for pod in here),
        )
        put(
            status,
            updatedNumberScheduled=sum(labels_of(pod).get(HASH_LABEL) == digest for pod in here),
            numberAvailable=available,
            numberUnavailable=len(wanted) - available,
        )
        self.set_status(DAEMON_SETS, owner, status)

    def _keep_revision(self, owner: Object, digest: str) -> None:
        namespace, name = key_of(owner)
        revision = f"{name}-{digest}"
        if self.store.get(CONTROLLER_REVISIONS, namespace, revision) is not None:
            return
        known = self.cluster.index.owned(owner, "ControllerRevision")
        template = {**copy_json(owner["spec"]["template"]), "$patch": "replace"}
        obj = {
            "metadata": {
                "name": revision,
                "labels": {
                    **(owner["spec"]["selector"].get("matchLabels") or {}),
                    HASH_LABEL: digest,
                },
                "ownerReferences": [owner_reference(owner)],
            },
            "data": {"spec": {"template": template}},
            "revision": max((r["revision"] for r in known), default=0) + 1,
        }
        self.store.create(CONTROLLER_REVISIONS, obj, namespace)


def target_node(pod: Object) -> str:
    """Return the node that a pod of a DaemonSet is on or is meant for."""
    if node_of(pod):
        return node_of(pod)
    affinity = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    for term in required.get("nodeSelectorTerms") or []:
        for field in term.get("matchFields") or []:
            if field["key"] == "metadata.name":
                return str(field["values"][0])
    return ""


def _own_tolerations() -> list[Object]:
    return [{"key": key, "operator": "Exists", "effect": effect} for key, effect in _TOLERATED]


def _matters(change: Change) -> bool:
    """Say whether a node's labels or taints changed, or the node came or went."""
    old, new = change.previous, change.object
    if change.type != "MODIFIED" or old is None or old is new:
        return True
    return labels_of(old) != labels_of(new) or old["spec"] != new["spec"]
