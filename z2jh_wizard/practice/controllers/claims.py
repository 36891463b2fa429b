"""Volumes: claims get a disk, disks follow their reclaim policy, nothing in use goes away."""

from __future__ import annotations

from collections.abc import Iterable

from z2jh_wizard.practice import quantities
from z2jh_wizard.practice.controllers.base import Controller, setting
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.meta import (
    ObjectKey,
    annotations_of,
    claims_of,
    is_done,
    is_terminating,
    key_of,
    oldest_first,
    status_of,
    uid_of,
)
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import (
    PERSISTENT_VOLUME_CLAIMS,
    PERSISTENT_VOLUMES,
    PODS,
    STORAGE_CLASSES,
)

PROVISIONER = "disk.csi.practice.z2jh-wizard"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
_CLAIM_PROTECTION = "kubernetes.io/pvc-protection"
_VOLUME_PROTECTION = "kubernetes.io/pv-protection"
_PROVISION_SECONDS = 1.2
_BINDER = "persistentvolume-controller"


class ClaimController(Controller):
    """Binds each claim to a volume: one that is there, or a new one of its storage class."""

    name = _BINDER
    watches = (PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, STORAGE_CLASSES, PODS)

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at claims that changed, whose volume changed, that a pod let go, or that wait for a class."""
        if change.resource.key == PERSISTENT_VOLUME_CLAIMS.key:
            return (key_of(change.object),)
        if change.resource.key == PERSISTENT_VOLUMES.key:
            claim = change.object["spec"].get("claimRef")
            return (ObjectKey(claim["namespace"], claim["name"]),) if claim else self._pending()
        if change.resource.key == PODS.key:
            if change.type != "DELETED" and not is_done(change.object):
                return ()
            namespace = change.object["metadata"]["namespace"]
            return [ObjectKey(namespace, claim) for claim in claims_of(change.object)]
        return self._pending()

    def _pending(self) -> list[ObjectKey]:
        return [
            key_of(claim)
            for claim in self.store.list(PERSISTENT_VOLUME_CLAIMS)
            if not claim["spec"].get("volumeName")
        ]

    def reconcile(self, key: ObjectKey) -> None:
        """Protect, bind or let go one claim."""
        claim = self.store.get(PERSISTENT_VOLUME_CLAIMS, *key)
        if claim is None:
            self.forget(key)
            return
        if is_terminating(claim):
            self._let_go(claim)
            return
        claim = self._protected(claim)
        if claim["spec"].get("volumeName"):
            self._bind(claim)
        else:
            self._find_volume(claim)

    def _protected(self, claim: Object) -> Object:
        if _CLAIM_PROTECTION in (claim["metadata"].get("finalizers") or ()):
            return claim
        finalizers = [*(claim["metadata"].get("finalizers") or ()), _CLAIM_PROTECTION]
        return self.store.change(
            PERSISTENT_VOLUME_CLAIMS, claim, setting(("metadata", "finalizers"), finalizers)
        )

    def _let_go(self, claim: Object) -> None:
        users = [pod for pod in self.cluster.index.pods_using(key_of(claim)) if not is_done(pod)]
        finalizers = claim["metadata"].get("finalizers") or []
        if users or _CLAIM_PROTECTION not in finalizers:
            return
        left = [f for f in finalizers if f != _CLAIM_PROTECTION]
        self.store.change(PERSISTENT_VOLUME_CLAIMS, claim, setting(("metadata", "finalizers"), left))

    # Finding a volume

    def _find_volume(self, claim: Object) -> None:
        volume = self._existing(claim)
        if volume is not None:
            self._take(claim, volume)
            return
        claim = self._with_class(claim)
        name = claim["spec"].get("storageClassName")
        storage_class = self.store.get(STORAGE_CLASSES, "", name) if name else None
        if not name:
            self.event(
                claim,
                "FailedBinding",
                "no persistent volumes available for this claim and no storage class is set",
            )
        elif storage_class is None:
            text = f'storageclass.storage.k8s.io "{name}" not found'
            self.event(claim, "ProvisioningFailed", text, warning=True)
        elif _waits(storage_class) and not annotations_of(claim).get(SELECTED_NODE):
            text = "waiting for first consumer to be created before binding"
            self.event(claim, "WaitForFirstConsumer", text)
        elif storage_class["provisioner"] == PROVISIONER:
            self._provision(claim, storage_class)
        else:
            self.event(claim, "ExternalProvisioning", _waiting_for(storage_class["provisioner"]))
        self._mark_pending(claim)

    def _mark_pending(self, claim: Object) -> None:
        live = self.store.get(PERSISTENT_VOLUME_CLAIMS, *key_of(claim))
        if live is not None and not status_of(live).get("phase"):
            self.set_status(PERSISTENT_VOLUME_CLAIMS, live, {"phase": "Pending"})

    def _with_class(self, claim: Object) -> Object:
        """Give a claim that names no class the default one, also when that comes later."""
        if claim["spec"].get("storageClassName") is not None:
            return claim
        beta = annotations_of(claim).get("volume.beta.kubernetes.io/storage-class")
        default = self.default_class()
        name = beta or (default["metadata"]["name"] if default else None)
        if name is None:
            return claim
        return self.store.change(PERSISTENT_VOLUME_CLAIMS, claim, setting(("spec", "storageClassName"), name))

    def default_class(self) -> Object | None:
        """Return the newest storage class that is marked as default."""
        marked = [
            c for c in self.store.list(STORAGE_CLASSES) if annotations_of(c).get(DEFAULT_CLASS) == "true"
        ]
        return oldest_first(marked)[-1] if marked else None

    def _existing(self, claim: Object) -> Object | None:
        """Return the smallest free volume that satisfies a claim, or the one reserved for it."""
        wanted = quantities.parse(claim["spec"]["resources"]["requests"]["storage"])
        fitting = []
        for volume in self.cluster.index.free_volumes.values():
            spec, reserved = volume["spec"], volume["spec"].get("claimRef")
            if is_terminating(volume) or status_of(volume).get("phase") in ("Released", "Failed"):
                continue
            if reserved:
                if (reserved["namespace"], reserved["name"]) == tuple(key_of(claim)):
                    return volume
                continue
            size = quantities.parse(spec["capacity"]["storage"])
            same_class = (spec.get("storageClassName") or "") == (claim["spec"].get("storageClassName") or "")
            modes = set(claim["spec"].get("accessModes") or ()) <= set(spec.get("accessModes") or ())
            if size >= wanted and same_class and modes:
                fitting.append((size, volume["metadata"]["name"], volume))
        return min(fitting)[2] if fitting else None

    def _take(self, claim: Object, volume: Object) -> None:
        self.store.change(PERSISTENT_VOLUMES, volume, setting(("spec", "claimRef"), _claim_reference(claim)))
        name = volume["metadata"]["name"]
        claim = self.store.change(PERSISTENT_VOLUME_CLAIMS, claim, setting(("spec", "volumeName"), name))
        self._bind(claim)

    def _provision(self, claim: Object, storage_class: Object) -> None:
        key = key_of(claim)
        if not self.has_begun(key, "provision"):
            self.event(claim, "ExternalProvisioning", _waiting_for(PROVISIONER))
            text = f'External provisioner is provisioning volume for claim "{key}"'
            self.cluster.event(claim, "Provisioning", text, component=PROVISIONER)
        if not self.passed(key, "provision", _PROVISION_SECONDS):
            return
        name = f"pvc-{uid_of(claim)}"
        if self.store.get(PERSISTENT_VOLUMES, "", name) is None:
            self.store.create(PERSISTENT_VOLUMES, _new_volume(name, claim, storage_class))
        text = f"Successfully provisioned volume {name}"
        self.cluster.event(claim, "ProvisioningSucceeded", text, component=PROVISIONER)
        claim = self.store.change(PERSISTENT_VOLUME_CLAIMS, claim, setting(("spec", "volumeName"), name))
        self._bind(claim)

    def _bind(self, claim: Object) -> None:
        volume = self.store.get(PERSISTENT_VOLUMES, "", claim["spec"]["volumeName"])
        status = dict(status_of(claim))
        if volume is None:
            if status.get("phase") == "Bound":
                status["phase"] = "Lost"
                self.event(claim, "ClaimLost", "Bound claim has lost its PersistentVolume", warning=True)
            self.set_status(PERSISTENT_VOLUME_CLAIMS, claim, status)
            return
        reserved = volume["spec"].get("claimRef")
        if not reserved or not reserved.get("uid"):
            self.store.change(
                PERSISTENT_VOLUMES, volume, setting(("spec", "claimRef"), _claim_reference(claim))
            )
        self.cluster.volumes.ensure(volume["metadata"]["name"])
        status.update(
            phase="Bound",
            accessModes=volume["spec"].get("accessModes") or [],
            capacity=dict(volume["spec"]["capacity"]),
        )
        annotations = {
            "pv.kubernetes.io/bind-completed": "yes",
            "pv.kubernetes.io/bound-by-controller": "yes",
        }

        def bind(obj: Object) -> None:
            obj["status"] = status
            obj["metadata"].setdefault("annotations", {}).update(annotations)

        self.store.change(PERSISTENT_VOLUME_CLAIMS, claim, bind)


class VolumeController(Controller):
    """Keeps the phase of each volume, and deletes or keeps it when its claim is gone."""

    name = "persistentvolume-controller/volumes"
    watches = (PERSISTENT_VOLUMES, PERSISTENT_VOLUME_CLAIMS)

    def keys(self, change: Change) -> Iterable[ObjectKey]:
        """Look at a changed volume, or at the volume of a changed claim."""
        if change.resource.key == PERSISTENT_VOLUMES.key:
            return (key_of(change.object),)
        name = change.object["spec"].get("volumeName")
        return (ObjectKey("", name),) if name else ()

    def reconcile(self, key: ObjectKey) -> None:
        """Set the phase of one volume, and follow its reclaim policy."""
        volume = self.store.get(PERSISTENT_VOLUMES, "", key.name)
        if volume is None:
            self.forget(key)
            return
        claim = self._claim(volume)
        if is_terminating(volume):
            if claim is None:
                self._finish(volume)
            return
        if _VOLUME_PROTECTION not in (volume["metadata"].get("finalizers") or ()):
            finalizers = [*(volume["metadata"].get("finalizers") or ()), _VOLUME_PROTECTION]
            volume = self.store.change(
                PERSISTENT_VOLUMES, volume, setting(("metadata", "finalizers"), finalizers)
            )
        reserved = volume["spec"].get("claimRef") or {}
        if claim is not None:
            phase = "Bound" if claim["spec"].get("volumeName") == key.name else "Available"
        else:
            phase = "Released" if reserved.get("uid") else "Available"
        self.set_status(PERSISTENT_VOLUMES, volume, {**status_of(volume), "phase": phase})
        if phase == "Released" and volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
            self.store.delete(PERSISTENT_VOLUMES, self.store.live(PERSISTENT_VOLUMES, volume))

    def _claim(self, volume: Object) -> Object | None:
        reserved = volume["spec"].get("claimRef")
        if not reserved:
            return None
        claim = self.store.get(PERSISTENT_VOLUME_CLAIMS, reserved["namespace"], reserved["name"])
        if claim is None or reserved.get("uid") not in (None, "", uid_of(claim)):
            return None
        return claim

    def _finish(self, volume: Object) -> None:
        """Let a deleted volume go, and with it the disk unless its policy keeps that."""
        if volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
            self.cluster.volumes.delete(volume["metadata"]["name"])
        self.store.change(PERSISTENT_VOLUMES, volume, setting(("metadata", "finalizers"), []))


def _waits(storage_class: Object) -> bool:
    return storage_class.get("volumeBindingMode") == "WaitForFirstConsumer"


def _waiting_for(provisioner: str) -> str:
    return (
        f"Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually "
        "by the system administrator. If volume creation is delayed, please verify that the provisioner is "
        "running and correctly registered."
    )


def _claim_reference(claim: Object) -> Object:
    meta = claim["metadata"]
    return {
        "kind": "PersistentVolumeClaim",
        "apiVersion": "v1",
        "namespace": meta["namespace"],
        "name": meta["name"],
        "uid": meta["uid"],
        "resourceVersion": meta["resourceVersion"],
    }


def _new_volume(name: str, claim: Object, storage_class: Object) -> Object:
    return {
        "metadata": {
            "name": name,
            "annotations": {"pv.kubernetes.io/provisioned-by": PROVISIONER},
            "finalizers": [_VOLUME_PROTECTION],
        },
        "spec": {
            "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
            "accessModes": list(claim["spec"].get("accessModes") or ["ReadWriteOnce"]),
            "storageClassName": storage_class["metadata"]["name"],
            "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy") or "Delete",
            "volumeMode": claim["spec"].get("volumeMode") or "Filesystem",
            "claimRef": _claim_reference(claim),
            "csi": {"driver": PROVISIONER, "volumeHandle": name, "fsType": "ext4"},
        },
        "status": {"phase": "Pending"},
    }
