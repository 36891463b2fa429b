"""The schedulers: the default one, which spreads, and those that a chart installs, which may pack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from z2jh_wizard.practice.cluster import Cluster
from z2jh_wizard.practice.controllers.base import Controller, delete_quietly, setting
from z2jh_wizard.practice.controllers.claims import SELECTED_NODE
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import (
    ObjectKey,
    annotations_of,
    claims_of,
    controller_of,
    is_ready,
    is_terminating,
    key_of,
    node_of,
    priority_of,
    set_condition,
    status_of,
    uid_of,
)
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.placement import (
    Misfit,
    NodeRoom,
    Preemption,
    Request,
    explain,
    misfit,
    no_preemption,
    preempt,
    score,
)
from z2jh_wizard.practice.resources import (
    CONFIG_MAPS,
    NODES,
    PERSISTENT_VOLUME_CLAIMS,
    PERSISTENT_VOLUMES,
    PODS,
    STORAGE_CLASSES,
)

DEFAULT_SCHEDULER = "default-scheduler"
_PASS = ObjectKey("", "pass")
_THINKING_SECONDS = 0.05


@dataclass(frozen=True)
class Profile:
    """One scheduler by name, and whether it packs pods on the fullest node instead of spreading them."""

    name: str
    packing: bool = False


@dataclass(frozen=True)
class Obstacle:
    """Why a pod cannot be scheduled anywhere yet; ``request`` is set instead when nothing is in the way."""

    reason: str = ""
    request: Request | None = None


class Scheduler(Controller):
    """Gives pods without a node one that fits, the most important first, in passes over all of them."""

    name = DEFAULT_SCHEDULER
    watches = (PODS, NODES, PERSISTENT_VOLUME_CLAIMS, STORAGE_CLASSES)

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self._profiles = ProfileReader(cluster)

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Start a pass when a pod waits, or when something changed that can help one."""
        if not self.cluster.index.unscheduled:
            return ()
        if change.resource.key == PODS.key and not _may_help(change):
            return ()
        if change.resource.key == NODES.key and not _node_differs(change):
            return ()
        return (_PASS,)

    def reconcile(self, key: ObjectKey) -> None:
        """Try to place all pods that wait."""
        waiting = [p for p in self.cluster.index.unscheduled.values() if not is_terminating(p)]
        waiting.sort(
            key=lambda p: (-priority_of(p), p["metadata"]["creationTimestamp"], p["metadata"]["name"])
        )
        if not waiting or not self.passed(key, "thinking", _THINKING_SECONDS):
            return
        self.reset(key, "thinking")
        profiles = self._profiles.read()
        failed: dict[tuple[object, ...], str] = {}
        for pod in waiting:
            profile = profiles.get(pod["spec"].get("schedulerName") or DEFAULT_SCHEDULER)
            if profile is not None:  # nobody else takes a pod that names a scheduler which is not there
                self._schedule(pod, profile, failed)

    def _schedule(self, pod: Object, profile: Profile, failed: dict[tuple[object, ...], str]) -> None:
        obstacle = self._request(pod)
        if obstacle.request is None:
            if obstacle.reason:
                misfits = [Misfit((obstacle.reason,))] * len(self.cluster.index.rooms)
                text = no_preemption(misfits, general=True)
                self._refuse(pod, profile, explain(misfits, text, obstacle.reason))
            return
        request = obstacle.request
        known = failed.get(request.signature)
        if known is not None:
            self._refuse(pod, profile, known)
            return
        rooms = list(self.cluster.index.rooms.values())
        misfits_by_node = {room.name: misfit(request, room) for room in rooms}
        fitting = [room for room in rooms if misfits_by_node[room.name] is None]
        if fitting:
            self._assign(pod, profile, self._best(request, fitting, profile))
            return
        misfits = [found for found in misfits_by_node.values() if found is not None]
        chosen = self._preemption(request, rooms, misfits_by_node)
        if chosen is not None:
            self._preempt(pod, profile, chosen)
            return
        text = explain(misfits, no_preemption(misfits))
        failed[request.signature] = text
        self._refuse(pod, profile, text)

    # Volumes

    def _request(self, pod: Object) -> Obstacle:
        """Return what a pod needs, or why its volumes keep it waiting."""
        namespace = pod["metadata"]["namespace"]
        pinned = ""
        for name in claims_of(pod):
            claim = self.store.get(PERSISTENT_VOLUME_CLAIMS, namespace, name)
            if claim is None:
                return Obstacle(f'persistentvolumeclaim "{name}" not found')
            if is_terminating(claim):
                return Obstacle(f'persistentvolumeclaim "{name}" is being deleted')
            selected = annotations_of(claim).get(SELECTED_NODE, "")
            if status_of(claim).get("phase") == "Bound":
                pinned = self._pinned(claim) or pinned
            elif not self._waits(claim):
                return Obstacle("pod has unbound immediate PersistentVolumeClaims")
            elif selected in self.cluster.index.rooms:
                return Obstacle()  # the provisioner is at work; the pod follows when the claim is bound
        volumes = tuple(f"{namespace}/{name}" for name in claims_of(pod))
        return Obstacle(request=Request(pod, self.cluster.index.demand(pod), volumes, pinned))

    def _pinned(self, claim: Object) -> str:
        """Return the node that a local volume is tied to, if it is."""
        volume = self.store.get(PERSISTENT_VOLUMES, "", claim["spec"].get("volumeName", ""))
        required = ((volume or {}).get("spec", {}).get("nodeAffinity") or {}).get("required") or {}
        for term in required.get("nodeSelectorTerms") or []:
            for expression in term.get("matchExpressions") or []:
                if expression["key"] == "kubernetes.io/hostname" and expression["operator"] == "In":
                    return str(expression["values"][0])
        return ""

    def _waits(self, claim: Object) -> bool:
        """Say whether a claim is bound only when a pod that uses it has a node."""
        name = claim["spec"].get("storageClassName") or ""
        storage_class = self.store.get(STORAGE_CLASSES, "", name)
        return storage_class is not None and storage_class.get("volumeBindingMode") == "WaitForFirstConsumer"

    # Choosing

    def _best(self, request: Request, fitting: list[NodeRoom], profile: Profile) -> NodeRoom:
        siblings: Counter[str] = Counter()
        owner = controller_of(request.pod)
        if owner is not None and not profile.packing:
            _, found = self.store.by_uid(owner["uid"]) or (None, None)
            siblings.update(node_of(p) for p in self.cluster.index.owned_pods(found or {"metadata": {}}))
        return max(
            fitting,
            key=lambda room: score(request, room, siblings[room.name], packing=profile.packing),
        )

    def _assign(self, pod: Object, profile: Profile, room: NodeRoom) -> None:
        """Bind a pod to a node, once its volumes are made there."""
        namespace = pod["metadata"]["namespace"]
        unbound = [
            claim
            for name in claims_of(pod)
            if (claim := self.store.get(PERSISTENT_VOLUME_CLAIMS, namespace, name)) is not None
            and status_of(claim).get("phase") != "Bound"
        ]
        for claim in unbound:
            mutate = setting(("metadata", "annotations", SELECTED_NODE), room.name)
            self.store.change(PERSISTENT_VOLUME_CLAIMS, claim, mutate)
        if unbound:
            return
        now = self.cluster.now_text()

        def bind(obj: Object) -> None:
            obj["spec"]["nodeName"] = room.name
            status = dict(status_of(obj))
            status.setdefault("phase", "Pending")
            status.pop("nominatedNodeName", None)
            set_condition(status, "PodScheduled", True, now, lastProbeTime=None)
            obj["status"] = status

        self.store.change(PODS, pod, bind)
        text = f"Successfully assigned {key_of(pod)} to {room.name}"
        self.cluster.event(pod, "Scheduled", text, component=profile.name)

    # Refusing

    def _refuse(self, pod: Object, profile: Profile, text: str) -> None:
        now = self.cluster.now_text()

        def refuse(obj: Object) -> None:
            status = dict(status_of(obj))
            status.setdefault("phase", "Pending")
            set_condition(status, "PodScheduled", False, now, "Unschedulable", text, lastProbeTime=None)
            obj["status"] = status

        if self.store.change(PODS, pod, refuse) is not pod:
            self.cluster.event(pod, "FailedScheduling", text, warning=True, component=profile.name)

    def _preemption(
        self, request: Request, rooms: list[NodeRoom], misfits: dict[str, Misfit | None]
    ) -> Preemption | None:
        if request.pod["spec"].get("preemptionPolicy") == "Never" or self._makes_room_already(request.pod):
            return None
        options = []
        for room in rooms:
            why = misfits[room.name]
            if why is not None and why.curable:
                option = preempt(request, room, self.cluster.index.pods_on(room.name))
                if option is not None:
                    options.append(option)
        return min(options, key=lambda option: option.cost, default=None)

    def _makes_room_already(self, pod: Object) -> bool:
        """Say whether pods that this one preempted before are still on their way out."""
        nominated = status_of(pod).get("nominatedNodeName", "")
        return any(
            is_terminating(other) and priority_of(other) < priority_of(pod)
            for other in self.cluster.index.pods_on(nominated)
        )

    def _preempt(self, pod: Object, profile: Profile, chosen: Preemption) -> None:
        now = self.cluster.now_text()
        text = f"{profile.name}: preempting to accommodate a higher priority pod"

        def mark(obj: Object) -> None:
            status = dict(status_of(obj))
            set_condition(status, "DisruptionTarget", True, now, "PreemptionByScheduler", text)
            obj["status"] = status

        for victim in chosen.victims:
            self.cluster.event(
                victim,
                "Preempted",
                f"Preempted by pod {uid_of(pod)} on node {chosen.node}",
                component=profile.name,
            )
            delete_quietly(self.cluster, self.store.change(PODS, victim, mark))
        self.store.change(PODS, pod, setting(("status", "nominatedNodeName"), chosen.node))


def _may_help(change: Change) -> bool:
    """Say whether a changed pod waits for a node, has just freed one, or is a scheduler that came up."""
    pod = change.object
    if change.type == "DELETED" or status_of(pod).get("phase") in ("Succeeded", "Failed"):
        return bool(node_of(pod))
    if not node_of(pod):
        return change.type == "ADDED" or change.previous is change.object
    return is_ready(pod) != is_ready(change.previous or pod) and "scheduler" in pod["metadata"]["name"]


def _node_differs(change: Change) -> bool:
    old, new = change.previous, change.object
    if old is None or old is new or change.type != "MODIFIED":
        return True
    return any(
        old[part].get(field) != new[part].get(field)
        for part, field in (
            ("spec", "taints"),
            ("spec", "unschedulable"),
            ("metadata", "labels"),
            ("status", "allocatable"),
        )
    )


class ProfileReader:
    """Finds out which schedulers run: the default one, and those of ready kube-scheduler pods."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._parsed: dict[str, tuple[str, list[Profile]]] = {}

    def read(self) -> dict[str, Profile]:
        """Return the running schedulers by name."""
        found = {DEFAULT_SCHEDULER: Profile(DEFAULT_SCHEDULER)}
        for key, pod in self._cluster.index.schedulers.items():
            if not is_ready(pod) or is_terminating(pod):
                continue
            for volume in pod["spec"].get("volumes") or []:
                name = (volume.get("configMap") or {}).get("name")
                config = self._cluster.store.get(CONFIG_MAPS, key.namespace, name) if name else None
                if config is not None:
                    found.update({profile.name: profile for profile in self._profiles(config)})
        return found

    def _profiles(self, config: Object) -> list[Profile]:
        """Return the profiles that a ConfigMap declares, read once for each of its versions."""
        uid, version = uid_of(config), config["metadata"]["resourceVersion"]
        known = self._parsed.get(uid)
        if known is None or known[0] != version:
            profiles = [p for text in (config.get("data") or {}).values() for p in parse_profiles(text)]
            known = self._parsed[uid] = (version, profiles)
        return known[1]


def parse_profiles(text: str) -> list[Profile]:
    """Return the profiles of a KubeSchedulerConfiguration; none when the text is something else."""
    try:
        body: Any = yaml.safe_load(text)
    except yaml.YAMLError:
        return []
    if not isinstance(body, dict) or body.get("kind") != "KubeSchedulerConfiguration":
        return []
    return [
        Profile(str(each.get("schedulerName") or DEFAULT_SCHEDULER), _packs(each))
        for each in body.get("profiles") or []
        if isinstance(each, dict)
    ]


def _packs(profile: dict[str, Any]) -> bool:
    for plugin in profile.get("pluginConfig") or []:
        if plugin.get("name") == "NodeResourcesFit":
            strategy = (plugin.get("args") or {}).get("scoringStrategy") or {}
            return bool(strategy.get("type") == "MostAllocated")
    return False
