from __future__ import annotations

from pathlib import Path

import pytest

from tests.practice.simulation import Simulation, claim, mounted, phase, pod
from z2jh_wizard.practice.controllers.claims import DEFAULT_CLASS, PROVISIONER
from z2jh_wizard.practice.meta import annotations_of, is_ready, node_of
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import (
    PERSISTENT_VOLUME_CLAIMS,
    PERSISTENT_VOLUMES,
    PODS,
    STORAGE_CLASSES,
)


@pytest.fixture
def lab(tmp_path: Path) -> Simulation:
    return Simulation(tmp_path).boot()


def volume_of(lab: Simulation, name: str) -> Object:
    found = lab.get(PERSISTENT_VOLUME_CLAIMS, name)
    return lab.get(PERSISTENT_VOLUMES, found["spec"]["volumeName"], "")


def test_the_default_class_waits_for_the_first_pod(lab: Simulation):
    lab.put(claim("home"))
    lab.settle()
    found = lab.get(PERSISTENT_VOLUME_CLAIMS, "home")
    assert phase(found) == "Pending"
    assert found["spec"]["storageClassName"] == "standard"
    assert lab.events("home", "WaitForFirst") == ["waiting for first consumer to be created before binding"]
    lab.put(pod("a", **mounted("home")))
    lab.settle()
    found = lab.get(PERSISTENT_VOLUME_CLAIMS, "home")
    assert phase(found) == "Bound"
    assert found["status"]["capacity"] == {"storage": "1Gi"}
    assert annotations_of(found)["volume.kubernetes.io/selected-node"] == node_of(lab.pod("a"))
    made = volume_of(lab, "home")
    assert phase(made) == "Bound"
    assert made["spec"]["claimRef"]["name"] == "home"
    assert lab.events("home", "ProvisioningSucceeded") == [
        f"Successfully provisioned volume {made['metadata']['name']}"
    ]
    assert len(lab.events("a", "SuccessfulAttachVolume")) == 1
    assert lab.world.cluster.volumes.path(made["metadata"]["name"]).is_dir()


def test_an_immediate_class_binds_without_a_pod(lab: Simulation):
    lab.put(claim("home", "standard-immediate"))
    lab.settle()
    assert phase(lab.get(PERSISTENT_VOLUME_CLAIMS, "home")) == "Bound"


def test_a_deleted_claim_waits_for_its_pods_and_takes_the_disk_with_it(lab: Simulation):
    lab.put(claim("home"))
    lab.put(pod("a", **mounted("home")))
    lab.settle()
    name = volume_of(lab, "home")["metadata"]["name"]
    lab.store.delete(PERSISTENT_VOLUME_CLAIMS, lab.get(PERSISTENT_VOLUME_CLAIMS, "home"))
    lab.settle()
    assert lab.get(PERSISTENT_VOLUME_CLAIMS, "home")["metadata"]["deletionTimestamp"]
    lab.store.delete(PODS, lab.pod("a"))
    lab.settle()
    assert lab.gone(PERSISTENT_VOLUME_CLAIMS, "home")
    assert lab.gone(PERSISTENT_VOLUMES, name, "")
    assert not lab.world.cluster.volumes.path(name).exists()


def test_a_retained_disk_outlives_its_claim_and_its_volume(lab: Simulation):
    keep = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "keep"},
        "provisioner": PROVISIONER,
        "reclaimPolicy": "Retain",
        "volumeBindingMode": "Immediate",
    }
    lab.put(keep)
    lab.put(claim("home", "keep"))
    lab.settle()
    made = volume_of(lab, "home")
    folder = lab.world.cluster.volumes.path(made["metadata"]["name"])
    lab.store.delete(PERSISTENT_VOLUME_CLAIMS, lab.get(PERSISTENT_VOLUME_CLAIMS, "home"))
    lab.settle()
    kept = lab.get(PERSISTENT_VOLUMES, made["metadata"]["name"], "")
    assert phase(kept) == "Released"
    lab.put(claim("other", "keep"))
    lab.settle()
    assert volume_of(lab, "other")["metadata"]["name"] != made["metadata"]["name"]
    lab.store.delete(PERSISTENT_VOLUMES, kept)
    lab.settle()
    assert lab.gone(PERSISTENT_VOLUMES, made["metadata"]["name"], "")
    assert folder.is_dir()


def static_volume(name: str, size: str, **spec: object) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "capacity": {"storage": size},
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "",
            "persistentVolumeReclaimPolicy": "Retain",
            "hostPath": {"path": "/x"},
            **spec,
        },
    }


def test_a_claim_takes_the_smallest_volume_that_fits(lab: Simulation):
    for name, size in (("large", "20Gi"), ("fits", "5Gi"), ("small", "1Gi")):
        lab.put(static_volume(name, size))
    lab.settle()
    assert phase(lab.get(PERSISTENT_VOLUMES, "fits", "")) == "Available"
    lab.put(claim("home", "", "2Gi"))
    lab.settle()
    assert volume_of(lab, "home")["metadata"]["name"] == "fits"
    assert phase(lab.get(PERSISTENT_VOLUMES, "fits", "")) == "Bound"


def test_a_volume_reserved_by_name_is_kept_for_that_claim(lab: Simulation):
    lab.put(static_volume("mine", "5Gi", claimRef={"namespace": "lab", "name": "home"}))
    lab.put(claim("other", "", "1Gi"))
    lab.put(claim("home", "", "1Gi"))
    lab.settle()
    assert volume_of(lab, "home")["metadata"]["name"] == "mine"
    assert phase(lab.get(PERSISTENT_VOLUME_CLAIMS, "other")) == "Pending"


def test_without_a_class_there_is_no_disk_until_one_becomes_the_default(lab: Simulation):
    default = lab.get(STORAGE_CLASSES, "standard", "")
    lab.store.change(STORAGE_CLASSES, default, lambda obj: obj["metadata"]["annotations"].pop(DEFAULT_CLASS))
    lab.put(claim("home"))
    lab.settle()
    assert lab.events("home", "FailedBinding") == [
        "no persistent volumes available for this claim and no storage class is set"
    ]
    other = lab.get(STORAGE_CLASSES, "standard-immediate", "")
    mark = {DEFAULT_CLASS: "true"}
    lab.store.change(STORAGE_CLASSES, other, lambda obj: obj["metadata"]["annotations"].update(mark))
    lab.settle()
    assert phase(lab.get(PERSISTENT_VOLUME_CLAIMS, "home")) == "Bound"


def test_an_unknown_class_and_a_foreign_provisioner_are_named(lab: Simulation):
    foreign = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "nfs"},
        "provisioner": "example.com/nfs",
    }
    lab.put(foreign)
    lab.put(claim("odd", "fast"))
    lab.put(claim("far", "nfs"))
    lab.settle()
    assert lab.events("odd", "ProvisioningFailed") == ['storageclass.storage.k8s.io "fast" not found']
    assert "'example.com/nfs'" in lab.events("far", "ExternalProvisioning")[0]


def test_a_claim_whose_volume_is_gone_is_lost(lab: Simulation):
    lab.put(claim("home", "standard-immediate"))
    lab.settle()
    lab.store.remove(PERSISTENT_VOLUMES, volume_of(lab, "home"))
    lab.settle()
    assert phase(lab.get(PERSISTENT_VOLUME_CLAIMS, "home")) == "Lost"


def test_a_disk_is_not_attached_to_two_nodes_at_once(lab: Simulation):
    lab.put(claim("home"))
    lab.put(pod("a", nodeSelector={"kubernetes.io/hostname": "practice-user-1"}, **mounted("home")))
    lab.settle()
    lab.put(pod("b", nodeSelector={"kubernetes.io/hostname": "practice-user-2"}, **mounted("home")))
    lab.wait(20)
    assert not is_ready(lab.pod("b"))
    assert "Volume is already used by pod(s) a" in lab.events("b", "FailedAttachVolume")[0]
    lab.store.delete(PODS, lab.pod("a"))
    lab.settle()
    assert is_ready(lab.pod("b"))
