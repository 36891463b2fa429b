from __future__ import annotations

from pathlib import Path

import pytest

from tests.practice.simulation import Simulation, claim, job, mounted, phase, pod, workload
from z2jh_wizard.practice.controllers.namespace import ROOT_CA
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    JOBS,
    NAMESPACES,
    PERSISTENT_VOLUMES,
    PODS,
    REPLICA_SETS,
    SERVICE_ACCOUNTS,
)
from z2jh_wizard.practice.world import Settings


@pytest.fixture
def lab(tmp_path: Path) -> Simulation:
    return Simulation(tmp_path, Settings(certificate="PEM")).boot()


def test_a_new_namespace_gets_its_account_and_certificate(lab: Simulation):
    lab.get(SERVICE_ACCOUNTS, "default")
    assert lab.get(CONFIG_MAPS, ROOT_CA)["data"] == {"ca.crt": "PEM"}
    lab.store.delete(SERVICE_ACCOUNTS, lab.get(SERVICE_ACCOUNTS, "default"))
    lab.settle()
    lab.get(SERVICE_ACCOUNTS, "default")


def test_a_deleted_namespace_goes_with_all_that_is_in_it(lab: Simulation):
    lab.put(workload("Deployment", "web", {"replicas": 2}))
    lab.put(claim("home"))
    lab.put(pod("a", **mounted("home")))
    lab.settle()
    lab.store.delete(NAMESPACES, lab.get(NAMESPACES, "lab", ""))
    lab.wait(0.1)
    going = lab.get(NAMESPACES, "lab", "")
    assert phase(going) == "Terminating"
    (condition,) = going["status"]["conditions"]
    assert condition["reason"] == "SomeResourcesRemain"
    assert "pods has" in condition["message"]
    lab.settle()
    assert lab.gone(NAMESPACES, "lab", "")
    assert not [obj for _, obj in lab.store.all() if obj["metadata"].get("namespace") == "lab"]
    assert lab.store.list(PERSISTENT_VOLUMES) == []


def test_a_namespace_can_be_made_again(lab: Simulation):
    lab.store.delete(NAMESPACES, lab.get(NAMESPACES, "lab", ""))
    lab.settle()
    lab.namespace("lab")
    lab.settle()
    lab.get(SERVICE_ACCOUNTS, "default")


# Garbage


def test_what_belongs_to_a_deleted_owner_goes(lab: Simulation):
    lab.put(workload("Deployment", "web", {"replicas": 2}))
    lab.put(job("once"))
    lab.settle()
    lab.store.delete(DEPLOYMENTS, lab.get(DEPLOYMENTS, "web"))
    lab.store.delete(JOBS, lab.get(JOBS, "once"))
    lab.settle()
    assert lab.pods() == []
    assert lab.store.list(REPLICA_SETS, "lab") == []


def test_orphans_stay(lab: Simulation):
    lab.put(workload("Deployment", "web", {"replicas": 1}))
    lab.settle()
    lab.store.delete(DEPLOYMENTS, lab.get(DEPLOYMENTS, "web"), "Orphan")
    lab.settle()
    assert len(lab.pods(app="web")) == 1


def test_in_the_foreground_the_owner_goes_last(lab: Simulation):
    lab.put(workload("Deployment", "web", {"replicas": 1}))
    lab.settle()
    gone: list[str] = []
    lab.store.listeners.append(
        lambda change: (
            gone.append(change.object["kind"])
            if change.type == "DELETED" and change.object["kind"] != "Endpoints"
            else None
        )
    )
    lab.store.delete(DEPLOYMENTS, lab.get(DEPLOYMENTS, "web"), "Foreground")
    assert not lab.gone(DEPLOYMENTS, "web")
    lab.settle()
    assert gone == ["Pod", "ReplicaSet", "Deployment"]


def owned_by(*uids: str) -> Object:
    refs = [{"apiVersion": "v1", "kind": "ConfigMap", "name": f"o-{uid}", "uid": uid} for uid in uids]
    meta = {"name": "child", "ownerReferences": refs}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}


def test_an_owner_that_never_was_is_an_owner_that_is_gone(lab: Simulation):
    lab.put(owned_by("nobody"))
    lab.settle()
    assert lab.gone(CONFIG_MAPS, "child")


def test_one_owner_of_two_is_enough(lab: Simulation):
    parents = [
        lab.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}) for name in ("a", "b")
    ]
    lab.put(owned_by(*(parent["metadata"]["uid"] for parent in parents)))
    lab.store.delete(CONFIG_MAPS, parents[0])
    lab.settle()
    lab.get(CONFIG_MAPS, "child")
    lab.store.delete(CONFIG_MAPS, parents[1])
    lab.settle()
    assert lab.gone(CONFIG_MAPS, "child")


def test_a_pod_without_a_node_goes_at_once(lab: Simulation):
    lab.put(pod("a", requests={"cpu": "90"}))
    lab.settle()
    lab.store.delete(PODS, lab.pod("a"))
    assert lab.gone(PODS, "a")
