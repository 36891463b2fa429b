"""What a pod mounts and reads before it can start: secrets, config maps, disks, and what of it is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import (
    ObjectKey,
    claims_of,
    is_done,
    key_of,
    node_of,
    status_of,
    uid_of,
)
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import CONFIG_MAPS, PERSISTENT_VOLUME_CLAIMS, SECRETS
from z2jh_wizard.practice.store import Store

if TYPE_CHECKING:
    from z2jh_wizard.practice.kubelet import Kubelet

_ATTACH_SECONDS = 0.5
_RETRY_SECONDS = 2.0
_ATTACHER = "attachdetach-controller"


class Mounts:
    """Decides whether the volumes of a pod are there, and remembers which pods wait for theirs."""

    def __init__(self, kubelet: Kubelet) -> None:
        self._kubelet = kubelet
        self._stuck: set[ObjectKey] = set()

    def ready(self, pod: Object) -> bool:
        """Say whether all volumes of a pod are mounted; say what is missing as an event."""
        key = key_of(pod)
        if status_of(pod).get("podIP"):
            return True
        missing = list(missing_volumes(self._kubelet.store, pod))
        for volume, what in missing:
            text = f'MountVolume.SetUp failed for volume "{volume}" : {what}'
            self._kubelet.event(pod, "FailedMount", text, warning=True)
        if missing:
            self.wait(key)
            return False
        self._stuck.discard(key)
        return self._attached(pod)

    def wait(self, key: ObjectKey) -> None:
        """Look at a pod again when something appears in its namespace, and now and then anyway."""
        self._stuck.add(key)
        self._kubelet.again(key, _RETRY_SECONDS, "mount")

    def _attached(self, pod: Object) -> bool:
        key = key_of(pod)
        names: list[str] = []
        for name in claims_of(pod):
            claim = self._kubelet.store.get(PERSISTENT_VOLUME_CLAIMS, key.namespace, name)
            if claim is None or status_of(claim).get("phase") != "Bound":
                self.wait(key)
                return False
            names.append(claim["spec"]["volumeName"])
            holders = self._holders(pod, claim)
            if holders:
                text = (
                    f'Multi-Attach error for volume "{names[-1]}" Volume is already used by pod(s) '
                    f"{', '.join(holders)}"
                )
                self._event(pod, "FailedAttachVolume", text, warning=True)
                self.wait(key)
                return False
        if names and not self._kubelet.passed(key, "attach", _ATTACH_SECONDS):
            return False
        for name in () if self._kubelet.has_begun(key, "mounted") else names:
            text = f'AttachVolume.Attach succeeded for volume "{name}" '
            self._event(pod, "SuccessfulAttachVolume", text)
        return self._kubelet.passed(key, "mounted", 0)

    def _holders(self, pod: Object, claim: Object) -> list[str]:
        """Return the pods on other nodes that have a disk which only one node can have."""
        if set(claim["spec"].get("accessModes") or ()) & {"ReadWriteMany", "ReadOnlyMany"}:
            return []
        return [
            other["metadata"]["name"]
            for other in self._kubelet.cluster.index.pods_using(key_of(claim))
            if uid_of(other) != uid_of(pod)
            and not is_done(other)
            and node_of(other) not in ("", node_of(pod))
            and status_of(other).get("podIP")
        ]

    def _event(self, pod: Object, reason: str, text: str, *, warning: bool = False) -> None:
        self._kubelet.cluster.event(pod, reason, text, warning=warning, component=_ATTACHER)

    def stuck_in(self, namespace: str) -> list[ObjectKey]:
        """Return the pods of a namespace that wait for a volume or for something in their environment."""
        return sorted(key for key in self._stuck if key.namespace == namespace)

    def waiting_for_detach(self, change: Change) -> list[ObjectKey]:
        """Return the pods that may get a disk which a pod has just let go."""
        if change.type != "DELETED" or not claims_of(change.object):
            return []
        return self.stuck_in(change.object["metadata"]["namespace"])

    def forget(self, key: ObjectKey) -> None:
        """Forget a pod that is gone."""
        self._stuck.discard(key)


def missing_volumes(store: Store, pod: Object) -> Iterator[tuple[str, str]]:
    """Yield each volume that cannot be mounted, and what is missing for it in the kubelet's words."""
    namespace = pod["metadata"]["namespace"]
    for volume in pod["spec"].get("volumes") or []:
        sources = [volume, *((volume.get("projected") or {}).get("sources") or [])]
        for source in sources:
            what = _missing(store, namespace, source)
            if what:
                yield volume["name"], what


def _missing(store: Store, namespace: str, source: Object) -> str:
    for field, resource, kind in (("secret", SECRETS, "secret"), ("configMap", CONFIG_MAPS, "configmap")):
        wanted = source.get(field)
        if not wanted or wanted.get("optional"):
            continue
        name = wanted.get("secretName") or wanted.get("name") or ""
        found = store.get(resource, namespace, name)
        if found is None:
            return f'{kind} "{name}" not found'
        keys = {**(found.get("data") or {}), **(found.get("binaryData") or {})}
        absent = [item["key"] for item in wanted.get("items") or [] if item["key"] not in keys]
        if absent:
            config = "secret" if kind == "secret" else "config"
            return f"references non-existent {config} key: {absent[0]}"
    return ""


def missing_in_environment(store: Store, namespace: str, container: Object) -> str:
    """Return what a container's environment names that is not there, in the kubelet's words, or nothing."""
    for source in container.get("envFrom") or []:
        for field, resource, kind in (
            ("secretRef", SECRETS, "secret"),
            ("configMapRef", CONFIG_MAPS, "configmap"),
        ):
            reference = source.get(field)
            wanted = reference and not reference.get("optional")
            if wanted and store.get(resource, namespace, reference["name"]) is None:
                return f'{kind} "{reference["name"]}" not found'
    for variable in container.get("env") or []:
        what = _missing_value(store, namespace, variable.get("valueFrom") or {})
        if what:
            return what
    return ""


def _missing_value(store: Store, namespace: str, source: Object) -> str:
    for field, resource, kind, title in (
        ("secretKeyRef", SECRETS, "secret", "Secret"),
        ("configMapKeyRef", CONFIG_MAPS, "configmap", "ConfigMap"),
    ):
        reference = source.get(field)
        if not reference or reference.get("optional"):
            continue
        found = store.get(resource, namespace, reference["name"])
        if found is None:
            return f'{kind} "{reference["name"]}" not found'
        if reference["key"] not in {**(found.get("data") or {}), **(found.get("binaryData") or {})}:
            return f"couldn't find key {reference['key']} in {title} {namespace}/{reference['name']}"
    return ""
