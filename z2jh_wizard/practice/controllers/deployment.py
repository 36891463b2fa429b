"""Deployments: one ReplicaSet for each version of the template, replaced without losing too many pods."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.practice.controllers.base import Controller, controlled_by, setting
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import (
    ObjectKey,
    annotations_of,
    condition_of,
    drop_condition,
    is_done,
    is_terminating,
    key_of,
    oldest_first,
    owner_reference,
    put,
    safe_digest,
    set_condition,
    share,
    status_of,
)
from z2jh_wizard.practice.objects import Object, copy_json, parse_time
from z2jh_wizard.practice.resources import DEPLOYMENTS, REPLICA_SETS

REVISION = "deployment.kubernetes.io/revision"
HASH_LABEL = "pod-template-hash"
_NEVER = 2**31 - 1
_DEFAULT_HISTORY = 10
_DEFAULT_DEADLINE = 600


class DeploymentController(Controller):
    """Rolls a Deployment out: ReplicaSets up and down, its revision, its conditions."""

    name = "deployment-controller"
    watches = (DEPLOYMENTS, REPLICA_SETS)

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at a changed Deployment, or at the one that controls a changed ReplicaSet."""
        if change.resource.key == DEPLOYMENTS.key:
            return (key_of(change.object),)
        return controlled_by(change, "Deployment")

    def reconcile(self, key: ObjectKey) -> None:
        """Take the next step of a roll-out, and report it."""
        found = self.store.get(DEPLOYMENTS, *key)
        if found is None:
            self.forget(key)
            return
        if is_terminating(found):
            return
        if not found["spec"].get("paused"):
            found = self._roll(found)
        self._report(found)

    # Roll-out

    def _roll(self, deployment: Object) -> Object:
        sets = oldest_first(self.cluster.index.owned(deployment, "ReplicaSet"))
        digest = template_digest(deployment)
        current = next((s for s in sets if s["metadata"]["labels"].get(HASH_LABEL) == digest), None)
        old = [s for s in sets if s is not current]
        recreate = (deployment["spec"].get("strategy") or {}).get("type") == "Recreate"
        if recreate and not self._emptied(deployment, old):
            return deployment
        if current is None:
            current = self._new_set(deployment, digest, old)
        deployment = self._keep_revision(deployment, current, old)
        current = self.store.live(REPLICA_SETS, current)
        if recreate:
            self._scale(deployment, current, _replicas(deployment))
        else:
            current = self._scale_up(deployment, current, old)
            self._scale_down(deployment, current, old)
        self._clean_up(deployment, old)
        return deployment

    def _emptied(self, deployment: Object, old: list[Object]) -> bool:
        """Scale old sets to nothing; say whether all of their pods are really gone."""
        for each in old:
            if _replicas(each):
                self._scale(deployment, each, 0)
        return not any(not is_done(pod) for each in old for pod in self.cluster.index.owned_pods(each))

    def _new_set(self, deployment: Object, digest: str, old: list[Object]) -> Object:
        namespace, name = key_of(deployment)
        template = copy_json(deployment["spec"]["template"])
        labels = template.setdefault("metadata", {}).setdefault("labels", {})
        labels[HASH_LABEL] = digest
        selector = copy_json(deployment["spec"]["selector"])
        selector.setdefault("matchLabels", {})[HASH_LABEL] = digest
        new = {
            "metadata": {
                "name": f"{name}-{digest}",
                "labels": dict(labels),
                "annotations": {
                    **{k: v for k, v in annotations_of(deployment).items() if k != _LAST_APPLIED},
                    REVISION: str(_newest(old) + 1),
                },
                "ownerReferences": [owner_reference(deployment)],
            },
            "spec": {
                "replicas": 0,
                "selector": selector,
                "template": template,
                **{k: deployment["spec"][k] for k in ("minReadySeconds",) if deployment["spec"].get(k)},
            },
        }
        return self.store.create(REPLICA_SETS, new, namespace)

    def _keep_revision(self, deployment: Object, current: Object, old: list[Object]) -> Object:
        """Give the current set the highest revision, and the Deployment the same."""
        revision = max(_newest(old) + 1, 1)
        if _revision(current) < revision:
            self.store.change(
                REPLICA_SETS, current, setting(("metadata", "annotations", REVISION), str(revision))
            )
        else:
            revision = _revision(current)
        return self.store.change(
            DEPLOYMENTS, deployment, setting(("metadata", "annotations", REVISION), str(revision))
        )

    def _scale_up(self, deployment: Object, current: Object, old: list[Object]) -> Object:
        wanted, have = _replicas(deployment), _replicas(current)
        if have >= wanted:
            return self._scale(deployment, current, wanted)
        surge, _ = _fenceposts(deployment)
        room = wanted + surge - sum(_replicas(s) for s in [*old, current])
        return self._scale(deployment, current, have + max(0, min(room, wanted - have)))

    def _scale_down(self, deployment: Object, current: Object, old: list[Object]) -> None:
        _, unavailable = _fenceposts(deployment)
        least = _replicas(deployment) - unavailable
        missing = _replicas(current) - _available(current)
        spare = sum(_replicas(s) for s in [*old, current]) - least - missing
        for each in old:  # pods that are not available go first, they serve nobody
            broken = _replicas(each) - _available(each)
            drop = min(spare, broken)
            if drop > 0:
                self._scale(deployment, each, _replicas(each) - drop)
                spare -= drop
        live = [self.store.live(REPLICA_SETS, each) for each in old]
        spare = min(spare, sum(_available(s) for s in [*live, current]) - least)
        for each in live:
            drop = min(spare, _replicas(each))
            if drop > 0:
                self._scale(deployment, each, _replicas(each) - drop)
                spare -= drop

    def _scale(self, deployment: Object, each: Object, wanted: int) -> Object:
        have = _replicas(each)
        if have == wanted:
            return each
        way = "up" if wanted > have else "down"
        name = each["metadata"]["name"]
        self.event(
            deployment,
            "ScalingReplicaSet",
            f"Scaled {way} replica set {name} from {have} to {wanted}",
        )
        return self.store.change(REPLICA_SETS, each, setting(("spec", "replicas"), wanted))

    def _clean_up(self, deployment: Object, old: list[Object]) -> None:
        limit = deployment["spec"].get("revisionHistoryLimit", _DEFAULT_HISTORY)
        idle = [s for s in old if not _replicas(s) and not status_of(s).get("replicas")]
        for each in sorted(idle, key=_revision)[: max(0, len(old) - limit)]:
            self.store.delete(REPLICA_SETS, each)

    # Report

    def _report(self, deployment: Object) -> None:
        sets = self.cluster.index.owned(deployment, "ReplicaSet")
        digest = template_digest(deployment)
        current = next((s for s in sets if s["metadata"]["labels"].get(HASH_LABEL) == digest), None)
        total = sum(status_of(s).get("replicas", 0) for s in sets)
        available = sum(_available(s) for s in sets)
        status = dict(status_of(deployment))
        before = (
            status.get("updatedReplicas", 0),
            status.get("replicas", 0),
            status.get("availableReplicas", 0),
        )
        status["observedGeneration"] = deployment["metadata"]["generation"]
        updated = status_of(current).get("replicas", 0) if current else 0
        put(
            status,
            replicas=total,
            updatedReplicas=updated,
            readyReplicas=sum(status_of(s).get("readyReplicas", 0) for s in sets),
            availableReplicas=available,
            unavailableReplicas=max(0, _replicas(deployment) - available),
            terminatingReplicas=sum(status_of(s).get("terminatingReplicas", 0) for s in sets),
        )
        self._say_available(deployment, status, available)
        self._say_progress(deployment, status, current, moved=before != (updated, total, available))
        self._say_failure(status, current)
        self.set_status(DEPLOYMENTS, deployment, status)

    def _say_available(self, deployment: Object, status: Object, available: int) -> None:
        _, unavailable = _fenceposts(deployment)
        good = available >= _replicas(deployment) - unavailable
        self._condition(
            status,
            "Available",
            good,
            "MinimumReplicasAvailable" if good else "MinimumReplicasUnavailable",
            f"Deployment {'has' if good else 'does not have'} minimum availability.",
        )

    def _say_progress(
        self, deployment: Object, status: Object, current: Object | None, *, moved: bool
    ) -> None:
        wanted = _replicas(deployment)
        name = deployment["metadata"]["name"]
        subject = f'ReplicaSet "{current["metadata"]["name"]}"' if current else f'Deployment "{name}"'
        done = (
            current is not None
            and status.get("updatedReplicas", 0) == wanted
            and status.get("replicas", 0) == wanted
            and status.get("availableReplicas", 0) == wanted
        )
        known = condition_of({"status": status}, "Progressing")
        if done:
            text = f"{subject} has successfully progressed."
            self._condition(status, "Progressing", True, "NewReplicaSetAvailable", text)
        elif known is None:
            text = (
                f"Created new replica set {subject.split(' ', 1)[1]}"
                if current
                else f"{subject} is progressing."
            )
            reason = "NewReplicaSetCreated" if current else "ReplicaSetUpdated"
            self._condition(status, "Progressing", True, reason, text)
        elif moved or (known["reason"] == "NewReplicaSetAvailable" and not _completed_before(known, subject)):
            self._condition(
                status, "Progressing", True, "ReplicaSetUpdated", f"{subject} is progressing.", touch=True
            )
        elif known["reason"] != "NewReplicaSetAvailable" and self._too_late(deployment, known):
            text = f"{subject} has timed out progressing."
            self._condition(status, "Progressing", False, "ProgressDeadlineExceeded", text)

    def _too_late(self, deployment: Object, progressing: Object) -> bool:
        """Say whether nothing has moved for as long as the Deployment allows."""
        limit = deployment["spec"].get("progressDeadlineSeconds", _DEFAULT_DEADLINE)
        if limit >= _NEVER or progressing["reason"] == "ProgressDeadlineExceeded":
            return bool(progressing["reason"] == "ProgressDeadlineExceeded")
        since = parse_time(progressing.get("lastUpdateTime")) or self.cluster.now()
        left = self.cluster.clock.limit(limit) - (self.cluster.now() - since).total_seconds()
        if left > 0:
            self.again_in_real(key_of(deployment), left, "deadline")
        return left <= 0

    def _say_failure(self, status: Object, current: Object | None) -> None:
        failure = condition_of(current, "ReplicaFailure") if current else None
        if failure is None:
            drop_condition(status, "ReplicaFailure")
        else:
            self._condition(status, "ReplicaFailure", True, failure["reason"], failure["message"])

    def _condition(
        self, status: Object, kind: str, value: bool, reason: str, message: str, *, touch: bool = False
    ) -> None:
        known = condition_of({"status": status}, kind)
        same = known is not None and (known["status"], known["reason"], known["message"]) == (
            str(value),
            reason,
            message,
        )
        now = self.cluster.now_text()
        updated = known["lastUpdateTime"] if known and same and not touch else now
        set_condition(status, kind, value, now, reason, message, lastUpdateTime=updated)


_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def template_digest(deployment: Object) -> str:
    """Return the digest by which the ReplicaSet of the present template is known."""
    return safe_digest(deployment["spec"]["template"], 10)


def _replicas(obj: Object) -> int:
    return int(obj["spec"].get("replicas", 1))


def _available(replica_set: Object) -> int:
    return int(status_of(replica_set).get("availableReplicas", 0))


def _revision(replica_set: Object) -> int:
    return int(annotations_of(replica_set).get(REVISION, 0))


def _newest(sets: list[Object]) -> int:
    return max((_revision(each) for each in sets), default=0)


def _fenceposts(deployment: Object) -> tuple[int, int]:
    """Return how many pods more, and how many less, a roll-out may have meanwhile."""
    strategy = deployment["spec"].get("strategy") or {}
    if strategy.get("type") == "Recreate":
        return 0, 0
    rolling = strategy.get("rollingUpdate") or {}
    wanted = _replicas(deployment)
    surge = share(rolling.get("maxSurge", "25%"), wanted, up=True)
    unavailable = share(rolling.get("maxUnavailable", "25%"), wanted, up=False)
    return surge, unavailable if surge or unavailable else 1


def _completed_before(progressing: Object, subject: str) -> bool:
    """Say whether the roll-out that is reported as complete was that of the present ReplicaSet."""
    return str(progressing["message"]).startswith(subject)
