from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.practice.simulation import Simulation, job, owner_names, phase, pod, scale, set_image, workload
from z2jh_wizard.practice.controllers.workload import first_to_go
from z2jh_wizard.practice.meta import condition_of, is_ready, is_true, labels_of, node_of, status_of
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import (
    CONTROLLER_REVISIONS,
    DAEMON_SETS,
    DEPLOYMENTS,
    JOBS,
    NODES,
    PERSISTENT_VOLUME_CLAIMS,
    PODS,
    REPLICA_SETS,
    RESOURCE_QUOTAS,
    STATEFUL_SETS,
    Resource,
)


@pytest.fixture
def lab(tmp_path: Path) -> Simulation:
    return Simulation(tmp_path).boot()


def status(lab: Simulation, resource: Resource, name: str) -> dict[str, Any]:
    return status_of(lab.get(resource, name))


def current(obj: Object) -> bool:
    """The rules by which Helm's --wait calls a Deployment done."""
    found, wanted = status_of(obj), obj["spec"]["replicas"]
    counts = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
    progressing = condition_of(obj, "Progressing")
    return (
        found["observedGeneration"] == obj["metadata"]["generation"]
        and all(found.get(each, 0) == wanted for each in counts)
        and progressing is not None
        and progressing["reason"] == "NewReplicaSetAvailable"
        and is_true(obj, "Available")
    )


# Deployments


def test_a_deployment_comes_up_with_the_status_that_helm_waits_for(lab: Simulation):
    lab.put(workload("Deployment", "web", {"replicas": 2}))
    lab.settle()
    found = lab.get(DEPLOYMENTS, "web")
    assert current(found)
    assert found["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "1"
    (made,) = lab.store.list(REPLICA_SETS, "lab")
    assert owner_names(made) == ["web"]
    assert labels_of(made)["pod-template-hash"] in made["metadata"]["name"]
    assert lab.events("web", "ScalingReplicaSet") == [
        f"Scaled up replica set {made['metadata']['name']} from 0 to 2"
    ]
    assert len(lab.events(made["metadata"]["name"], "SuccessfulCreate")) == 2


def test_a_rolling_update_never_falls_below_its_limit(lab: Simulation):
    lab.put(workload("Deployment", "web", {"replicas": 4}))
    lab.settle()
    lowest = []
    lab.store.listeners.append(lambda change: lowest.append(len(lab.ready(app="web"))))
    set_image(lab, "web", "docker.io/library/nginx:1.30")
    lab.settle()
    assert min(lowest) >= 3
    assert current(lab.get(DEPLOYMENTS, "web"))
    assert {p["spec"]["containers"][0]["image"] for p in lab.pods(app="web")} == {
        "docker.io/library/nginx:1.30"
    }


def test_recreate_ends_the_old_pod_before_the_new_one(lab: Simulation):
    lab.put(workload("Deployment", "hub", {"replicas": 1, "strategy": {"type": "Recreate"}}))
    lab.settle()
    most = []
    lab.store.listeners.append(lambda change: most.append(len(lab.pods(app="hub"))))
    set_image(lab, "hub", "docker.io/library/nginx:1.30")
    lab.settle()
    assert max(most) == 1
    assert current(lab.get(DEPLOYMENTS, "hub"))


def test_going_back_uses_the_old_replica_set_with_a_new_revision(lab: Simulation):
    lab.put(workload("Deployment", "web", {"replicas": 1}))
    lab.settle()
    (first,) = lab.store.list(REPLICA_SETS, "lab")
    before = first["spec"]["template"]["spec"]["containers"][0]["image"]
    set_image(lab, "web", "docker.io/library/nginx:1.30")
    lab.settle()
    set_image(lab, "web", before)
    lab.settle()
    assert len(lab.store.list(REPLICA_SETS, "lab")) == 2
    again = lab.get(REPLICA_SETS, first["metadata"]["name"])
    assert again["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    assert status_of(again)["readyReplicas"] == 1


def test_old_replica_sets_are_kept_up_to_the_limit(lab: Simulation):
    lab.put(workload("Deployment", "web", {"replicas": 1, "revisionHistoryLimit": 1}))
    for version in range(4):
        set_image(lab, "web", f"docker.io/library/nginx:1.{version}")
        lab.settle()
    assert len(lab.store.list(REPLICA_SETS, "lab")) == 2


def test_scaling_down_takes_the_least_useful_pods(lab: Simulation):
    lab.put(workload("Deployment", "web", {"replicas": 3}))
    lab.settle()
    scale(lab, "web", 1)
    lab.settle()
    assert len(lab.pods(app="web")) == 1
    assert current(lab.get(DEPLOYMENTS, "web"))


def test_pods_that_serve_nobody_go_first():
    def made(name: str, **more: Any) -> Object:
        body = pod(name)
        body["metadata"]["creationTimestamp"] = "2026-09-01T08:00:00Z"
        return {**body, **more}

    up = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    ready = made("ready", status=up)
    ready["spec"]["nodeName"] = "n"
    starting = made("starting", status={"phase": "Pending"})
    starting["spec"]["nodeName"] = "n"
    lost = made("lost")
    assert [p["metadata"]["name"] for p in first_to_go([ready, starting, lost])] == [
        "lost",
        "starting",
        "ready",
    ]


def test_a_deployment_that_does_not_progress_says_so_at_its_deadline(lab: Simulation):
    lab.put(workload("Deployment", "web", {"progressDeadlineSeconds": 100}, requests={"cpu": "90"}))
    lab.wait(90)
    assert is_true(lab.get(DEPLOYMENTS, "web"), "Progressing")
    lab.wait(30)
    condition = condition_of(lab.get(DEPLOYMENTS, "web"), "Progressing")
    assert condition is not None
    assert (condition["status"], condition["reason"]) == ("False", "ProgressDeadlineExceeded")
    lab.wait(60)
    assert not is_true(lab.get(DEPLOYMENTS, "web"), "Available")


def test_pods_are_available_after_their_minimum_time(lab: Simulation):
    lab.put(workload("Deployment", "web", {"replicas": 1, "minReadySeconds": 40}))
    lab.wait(20)
    assert status(lab, DEPLOYMENTS, "web").get("readyReplicas") == 1
    assert "availableReplicas" not in status(lab, DEPLOYMENTS, "web")
    lab.wait(40)
    assert current(lab.get(DEPLOYMENTS, "web"))


def test_a_paused_deployment_is_left_alone(lab: Simulation):
    lab.put(workload("Deployment", "web", {"paused": True}))
    lab.settle()
    assert lab.pods(app="web") == []


def test_a_deleted_pod_is_replaced(lab: Simulation):
    lab.put(workload("ReplicaSet", "web", {"replicas": 1}))
    lab.settle()
    (old,) = lab.pods(app="web")
    lab.store.delete(PODS, old)
    lab.settle()
    (new,) = lab.pods(app="web")
    assert new["metadata"]["name"] != old["metadata"]["name"]
    assert is_ready(new)


def test_a_quota_keeps_pods_away_until_it_is_gone(lab: Simulation):
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "small"},
        "spec": {"hard": {"pods": "1", "requests.memory": "2Gi"}},
    }
    made = lab.put(quota)
    lab.put(workload("Deployment", "web", {"replicas": 2}, requests={"memory": "1536Mi"}))
    lab.wait(30)
    assert len(lab.pods(app="web")) == 1
    assert status(lab, RESOURCE_QUOTAS, "small")["used"] == {"pods": "1", "requests.memory": "1536Mi"}
    (text,) = {message.partition("is forbidden: ")[2] for message in lab.events("web-", "FailedCreate")}
    assert text == (
        "exceeded quota: small, requested: pods=1,requests.memory=1536Mi, "
        "used: pods=1,requests.memory=1536Mi, limited: pods=1,requests.memory=2Gi"
    )
    failure = condition_of(lab.get(DEPLOYMENTS, "web"), "ReplicaFailure")
    assert failure is not None
    assert failure["reason"] == "FailedCreate"
    lab.store.delete(RESOURCE_QUOTAS, made)
    lab.settle()
    assert current(lab.get(DEPLOYMENTS, "web"))
    assert condition_of(lab.get(DEPLOYMENTS, "web"), "ReplicaFailure") is None


# StatefulSets


def test_a_stateful_set_starts_one_after_the_other(lab: Simulation):
    lab.put(workload("StatefulSet", "db", {"replicas": 3, "serviceName": "db"}))
    order: list[str] = []
    lab.store.listeners.append(
        lambda change: (
            order.append(change.object["metadata"]["name"])
            if change.resource is PODS and change.type == "ADDED"
            else None
        )
    )
    lab.settle()
    assert order == ["db-0", "db-1", "db-2"]
    found = status(lab, STATEFUL_SETS, "db")
    assert found["currentRevision"] == found["updateRevision"]
    assert (found["replicas"], found["readyReplicas"], found["availableReplicas"]) == (3, 3, 3)
    assert found["observedGeneration"] == 1


def test_a_stateful_set_keeps_the_claims_of_its_pods(lab: Simulation):
    spec = {"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}}
    spec["spec"]["accessModes"] = ["ReadWriteOnce"]  # type: ignore[index]
    lab.put(
        workload("StatefulSet", "db", {"replicas": 2, "serviceName": "db", "volumeClaimTemplates": [spec]})
    )
    lab.settle()
    scale(lab, "db", 1, STATEFUL_SETS)
    lab.settle()
    assert [p["metadata"]["name"] for p in lab.pods(app="db")] == ["db-0"]
    assert phase(lab.get(PERSISTENT_VOLUME_CLAIMS, "data-db-1")) == "Bound"


def test_a_stateful_set_updates_from_the_highest_down_to_its_partition(lab: Simulation):
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
    lab.put(workload("StatefulSet", "db", {"replicas": 3, "serviceName": "db", "updateStrategy": strategy}))
    lab.settle()
    set_image(lab, "db", "docker.io/library/nginx:1.30", STATEFUL_SETS)
    lab.settle()
    images = {p["metadata"]["name"]: p["spec"]["containers"][0]["image"][-4:] for p in lab.pods(app="db")}
    assert images == {"db-0": "1.29", "db-1": "1.30", "db-2": "1.30"}
    assert status(lab, STATEFUL_SETS, "db")["updatedReplicas"] == 2
    assert len(lab.store.list(CONTROLLER_REVISIONS, "lab")) == 2


def test_a_stateful_set_on_delete_waits_for_people(lab: Simulation):
    strategy = {"type": "OnDelete"}
    lab.put(workload("StatefulSet", "db", {"replicas": 1, "serviceName": "db", "updateStrategy": strategy}))
    lab.settle()
    set_image(lab, "db", "docker.io/library/nginx:1.30", STATEFUL_SETS)
    lab.settle()
    assert lab.pod("db-0")["spec"]["containers"][0]["image"].endswith("1.29")
    lab.store.delete(PODS, lab.pod("db-0"))
    lab.settle()
    assert lab.pod("db-0")["spec"]["containers"][0]["image"].endswith("1.30")


def test_a_stateful_set_replaces_a_failed_pod(lab: Simulation):
    lab.put(workload("StatefulSet", "db", {"replicas": 1, "serviceName": "db"}))
    lab.settle()
    lab.store.change(PODS, lab.pod("db-0"), lambda obj: obj["status"].update(phase="Failed"))
    lab.settle()
    assert is_ready(lab.pod("db-0"))


# DaemonSets


def test_a_daemon_set_runs_once_on_each_node_also_on_new_ones(lab: Simulation):
    lab.put(workload("DaemonSet", "agent"))
    lab.settle()
    found = status(lab, DAEMON_SETS, "agent")
    assert found["desiredNumberScheduled"] == found["numberReady"] == found["updatedNumberScheduled"] == 3
    assert sorted(node_of(p) for p in lab.pods(app="agent")) == lab.nodes()
    lab.control("resize", pool="user", count=3)
    lab.settle()
    assert status(lab, DAEMON_SETS, "agent")["numberAvailable"] == 4


def test_a_daemon_set_leaves_nodes_that_it_is_not_meant_for(lab: Simulation):
    lab.put(workload("DaemonSet", "agent", nodeSelector={"hub.jupyter.org/node-purpose": "user"}))
    lab.settle()
    assert len(lab.pods(app="agent")) == 2
    node = lab.node("practice-user-1")
    taint = {"key": "hub.jupyter.org/dedicated", "value": "user", "effect": "NoSchedule"}
    lab.store.change(NODES, node, lambda obj: obj["spec"].update(taints=[taint]))
    lab.settle()
    assert [node_of(p) for p in lab.pods(app="agent")] == ["practice-user-2"]


def test_a_daemon_set_replaces_its_pods_a_few_at_a_time(lab: Simulation):
    lab.put(workload("DaemonSet", "agent"))
    lab.settle()
    lowest = []
    lab.store.listeners.append(lambda change: lowest.append(len(lab.ready(app="agent"))))
    set_image(lab, "agent", "docker.io/library/nginx:1.30", DAEMON_SETS)
    lab.settle()
    assert min(lowest) == 2
    assert status(lab, DAEMON_SETS, "agent")["updatedNumberScheduled"] == 3


# Jobs


def test_a_job_completes(lab: Simulation):
    lab.put(job("once"))
    lab.settle()
    found = lab.get(JOBS, "once")
    assert is_true(found, "Complete")
    assert is_true(found, "SuccessCriteriaMet")
    assert status_of(found)["succeeded"] == 1
    assert status_of(found)["completionTime"]
    assert [phase(p) for p in lab.pods()] == ["Succeeded"]
    assert lab.events("once", "Completed") == ["Job completed"]


def test_a_job_runs_as_often_as_asked_in_parallel(lab: Simulation):
    lab.put(job("many", {"completions": 3, "parallelism": 2}))
    lab.settle()
    assert status(lab, JOBS, "many")["succeeded"] == 3


def test_a_job_gives_up_after_its_last_try(lab: Simulation):
    lab.put(job("bad", {"backoffLimit": 1}, container={"command": ["sh", "-c", "exit 3"]}))
    lab.settle()
    found = lab.get(JOBS, "bad")
    condition = condition_of(found, "Failed")
    assert condition is not None
    assert condition["reason"] == "BackoffLimitExceeded"
    assert status_of(found)["failed"] == 2
    assert status_of(lab.pods()[0])["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 3


def test_restarts_in_place_count_as_tries(lab: Simulation):
    lab.put(job("bad", {"backoffLimit": 1}, restartPolicy="OnFailure", container={"command": ["false"]}))
    lab.settle()
    assert is_true(lab.get(JOBS, "bad"), "Failed")


def test_a_job_that_takes_too_long_is_stopped(lab: Simulation):
    lab.put(job("slow", {"activeDeadlineSeconds": 30}, container={"command": ["sleep", "infinity"]}))
    lab.wait(20)
    assert status(lab, JOBS, "slow")["ready"] == 1
    lab.wait(20)
    condition = condition_of(lab.get(JOBS, "slow"), "Failed")
    assert condition is not None
    assert condition["reason"] == "DeadlineExceeded"
    lab.settle()
    assert lab.pods() == []


def test_a_finished_job_goes_after_its_time(lab: Simulation):
    lab.put(job("once", {"ttlSecondsAfterFinished": 100}))
    lab.settle()
    lab.get(JOBS, "once")
    lab.wait(120)
    assert lab.gone(JOBS, "once")
    assert lab.pods() == []


def test_a_suspended_job_waits(lab: Simulation):
    made = lab.put(job("once"))
    lab.wait(1)
    lab.store.change(JOBS, made, lambda obj: obj["spec"].update(suspend=True))
    lab.settle()
    assert is_true(lab.get(JOBS, "once"), "Suspended")
    assert lab.pods() == []
    lab.store.change(JOBS, made, lambda obj: obj["spec"].update(suspend=False))
    lab.settle()
    assert is_true(lab.get(JOBS, "once"), "Complete")
