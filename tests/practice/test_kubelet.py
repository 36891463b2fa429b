from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.practice.simulation import IMAGE, Simulation, phase, pod, waiting_reason, workload
from z2jh_wizard.practice.images import Image, not_found
from z2jh_wizard.practice.meta import condition_of, is_ready, status_of
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.pod_status import quality_of_service
from z2jh_wizard.practice.resources import EVENTS, PODS, SECRETS
from z2jh_wizard.practice.world import Settings


@pytest.fixture
def lab(tmp_path: Path) -> Simulation:
    return Simulation(tmp_path).boot()


def container_status(lab: Simulation, name: str, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = status_of(lab.pod(name))["containerStatuses"][number]
    return found


def test_a_pod_comes_up_step_by_step(lab: Simulation):
    lab.put(pod("a"))
    lab.wait(0.3)
    assert (phase(lab.pod("a")), waiting_reason(lab.pod("a"))) == ("Pending", "ContainerCreating")
    lab.settle()
    found = container_status(lab, "a")
    assert found["ready"]
    assert found["started"]
    assert found["restartCount"] == 0
    assert found["imageID"].startswith("docker.io/library/nginx@sha256:")
    assert found["containerID"].startswith("containerd://")
    status = status_of(lab.pod("a"))
    assert status["phase"] == "Running"
    assert status["podIP"].startswith("10.244.")
    assert status["hostIP"].startswith("10.128.0.")
    assert {c["type"] for c in status["conditions"]} == {
        "PodScheduled",
        "PodReadyToStartContainers",
        "Initialized",
        "ContainersReady",
        "Ready",
    }
    seconds = Image(IMAGE).pull_seconds
    reasons = [event["reason"] for event in _events(lab, "a")]
    assert reasons == ["Scheduled", "Pulling", "Pulled", "Created", "Started"]
    assert f"in {round(seconds * 1000)}ms" in lab.events("a", "Pulled")[0]
    assert all(event.get("count", 1) == 1 for event in _events(lab, "a"))


def _events(lab: Simulation, name: str) -> list[Object]:
    return [e for e in lab.store.list(EVENTS, "lab") if e["involvedObject"]["name"] == name]


def test_an_image_is_pulled_once_for_each_node(lab: Simulation):
    where = {"kubernetes.io/hostname": "practice-user-1"}
    for name in ("one", "two"):
        lab.put(pod(name, nodeSelector=where))
    lab.settle()
    lab.put(pod("three", nodeSelector=where))
    lab.settle()
    pulls = [text for name in ("one", "two", "three") for text in lab.events(name, "Pulling")]
    assert len(pulls) == 1
    assert lab.events("three", "Pulled") == [
        f'Container image "{IMAGE}" already present on machine and can be accessed by the pod'
    ]
    names = [name for image in lab.node("practice-user-1")["status"]["images"] for name in image["names"]]
    assert IMAGE in names


def test_a_pull_goes_on_when_the_pod_that_began_it_is_gone(lab: Simulation):
    where = {"kubernetes.io/hostname": "practice-user-1"}
    large = {"image": "quay.io/jupyter/pytorch-notebook:2026"}
    lab.put(pod("a", nodeSelector=where, container=large))
    lab.wait(1)
    lab.put(pod("b", nodeSelector=where, container=large))
    lab.wait(1)
    lab.store.delete(PODS, lab.pod("a"), grace_seconds=0)
    lab.settle()
    assert is_ready(lab.pod("b"))


def test_pull_policies(lab: Simulation):
    lab.put(pod("never", container={"imagePullPolicy": "Never"}))
    lab.put(pod("always", container={"imagePullPolicy": "Always", "image": "busybox"}))
    lab.settle()
    assert waiting_reason(lab.pod("never")) == "ErrImageNeverPull"
    assert is_ready(lab.pod("always"))


def test_a_name_that_is_no_image_is_said_to_be_none(lab: Simulation):
    lab.put(pod("a", container={"image": "Not An Image"}))
    lab.settle()
    assert waiting_reason(lab.pod("a")) == "InvalidImageName"
    assert "couldn't parse image name" in lab.events("a", "InspectFailed")[0]


def test_init_containers_run_first_and_sidecars_stay(lab: Simulation):
    body = pod("a")
    body["spec"]["initContainers"] = [
        {"name": "proxy", "image": IMAGE, "restartPolicy": "Always"},
        {"name": "setup", "image": IMAGE, "command": ["sleep", "5"]},
    ]
    lab.put(body)
    lab.wait(3)
    assert waiting_reason(lab.pod("a")) == "PodInitializing"
    assert not is_ready(lab.pod("a"))
    lab.settle()
    inits = status_of(lab.pod("a"))["initContainerStatuses"]
    assert inits[0]["state"].get("running")
    assert inits[1]["state"]["terminated"]["reason"] == "Completed"
    assert is_ready(lab.pod("a"))


def test_an_init_container_that_fails_holds_the_pod(lab: Simulation):
    body = pod("a", restartPolicy="Never")
    body["spec"]["initContainers"] = [{"name": "setup", "image": IMAGE, "command": ["false"]}]
    lab.put(body)
    lab.settle()
    assert phase(lab.pod("a")) == "Failed"


def test_readiness_follows_the_probe(lab: Simulation):
    probe = {"httpGet": {"path": "/", "port": 80}, "initialDelaySeconds": 20}
    lab.put(pod("a", container={"readinessProbe": probe}))
    lab.wait(10)
    ready = condition_of(lab.pod("a"), "Ready")
    assert phase(lab.pod("a")) == "Running"
    assert ready is not None
    assert ready["message"] == "containers with unready status: [main]"
    lab.wait(15)
    assert is_ready(lab.pod("a"))


@pytest.mark.parametrize(
    ("policy", "code", "end"),
    [("Never", 0, "Succeeded"), ("Never", 2, "Failed"), ("OnFailure", 0, "Succeeded")],
)
def test_pods_that_end(lab: Simulation, policy: str, code: int, end: str):
    lab.put(pod("a", restartPolicy=policy, container={"command": ["sh", "-c", f"sleep 2; exit {code}"]}))
    lab.settle()
    assert phase(lab.pod("a")) == end
    assert container_status(lab, "a")["state"]["terminated"]["exitCode"] == code
    assert not is_ready(lab.pod("a"))


def test_a_container_that_crashes_is_restarted_after_longer_and_longer_waits(lab: Simulation):
    lab.put(pod("a", restartPolicy="OnFailure", container={"command": ["sh", "-c", "sleep 1; exit 1"]}))
    lab.wait(8)
    found = container_status(lab, "a")
    assert found["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert "back-off 10s restarting failed container=main pod=a_lab(" in found["state"]["waiting"]["message"]
    assert found["lastState"]["terminated"]["exitCode"] == 1
    assert found["restartCount"] == 1
    lab.wait(10)
    assert "back-off 20s" in container_status(lab, "a")["state"]["waiting"]["message"]
    assert container_status(lab, "a")["restartCount"] == 2
    assert "Back-off restarting failed container main in pod a_lab(" in lab.events("a", "BackOff")[0]
    assert phase(lab.pod("a")) == "Running"


def test_a_missing_secret_keeps_a_pod_waiting_until_it_is_there(lab: Simulation):
    volumes = [{"name": "token", "secret": {"secretName": "late"}}]
    lab.put(pod("a", volumes=volumes))
    lab.wait(30)
    assert waiting_reason(lab.pod("a")) == "ContainerCreating"
    assert lab.events("a", "FailedMount") == [
        'MountVolume.SetUp failed for volume "token" : secret "late" not found'
    ]
    lab.put({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "late"}})
    lab.wait(2)
    assert is_ready(lab.pod("a"))


@pytest.mark.parametrize(
    ("volume", "message"),
    [
        ({"configMap": {"name": "none"}}, 'configmap "none" not found'),
        (
            {"secret": {"secretName": "here", "items": [{"key": "b", "path": "b"}]}},
            "references non-existent secret key: b",
        ),
        ({"projected": {"sources": [{"configMap": {"name": "none"}}]}}, 'configmap "none" not found'),
    ],
)
def test_what_else_can_be_missing_in_a_volume(lab: Simulation, volume: Object, message: str):
    lab.put({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "here"}, "data": {"a": ""}})
    lab.put(pod("a", volumes=[{"name": "v", **volume}]))
    lab.wait(5)
    assert lab.events("a", "FailedMount") == [f'MountVolume.SetUp failed for volume "v" : {message}']


def test_optional_sources_are_not_missed(lab: Simulation):
    lab.put(pod("a", volumes=[{"name": "v", "secret": {"secretName": "none", "optional": True}}]))
    lab.settle()
    assert is_ready(lab.pod("a"))


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"envFrom": [{"secretRef": {"name": "none"}}]}, 'secret "none" not found'),
        (
            {"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "none", "key": "a"}}}]},
            'configmap "none" not found',
        ),
        (
            {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "here", "key": "b"}}}]},
            "couldn't find key b in Secret lab/here",
        ),
    ],
)
def test_what_can_be_missing_in_an_environment(lab: Simulation, part: Object, message: str):
    lab.put({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "here"}, "data": {"a": ""}})
    lab.put(pod("a", container=part))
    lab.wait(5)
    assert waiting_reason(lab.pod("a")) == "CreateContainerConfigError"
    assert lab.events("a", "Failed") == [f"Error: {message}"]
    found = lab.store.get(SECRETS, "lab", "here")
    assert found is not None


def test_a_pod_that_goes_is_given_its_time(lab: Simulation):
    lab.put(pod("a"))
    lab.settle()
    lab.store.delete(PODS, lab.pod("a"))
    lab.wait(0.1)
    assert lab.pod("a")["metadata"]["deletionTimestamp"]
    assert lab.events("a", "Killing") == ["Stopping container main"]
    lab.wait(2)
    assert lab.gone(PODS, "a")


def test_at_the_highest_speed_everything_is_at_once(tmp_path: Path):
    lab = Simulation(tmp_path, Settings(speed=0)).boot()
    lab.put(workload("Deployment", "web", {"replicas": 3}))
    lab.wait(1)
    assert len(lab.ready(app="web")) == 3


def test_pods_on_the_host_network_share_its_address(lab: Simulation):
    lab.put(pod("a", hostNetwork=True))
    lab.settle()
    status = status_of(lab.pod("a"))
    assert status["podIP"] == status["hostIP"]


def test_addresses_are_unique(lab: Simulation):
    lab.put(workload("Deployment", "web", {"replicas": 30}))
    lab.settle()
    addresses = [status_of(p)["podIP"] for p in lab.pods(app="web")]
    assert len(set(addresses)) == 30


@pytest.mark.parametrize(
    ("resources", "wanted"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}, "Burstable"),
    ],
)
def test_quality_of_service(resources: Object, wanted: str):
    assert quality_of_service(pod("a", container={"resources": resources})) == wanted


@pytest.mark.parametrize(
    ("reference", "full"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("jupyter/base:1", "docker.io/jupyter/base:1"),
        ("quay.io/a/b:2", "quay.io/a/b:2"),
        ("localhost:5000/x", "localhost:5000/x:latest"),
    ],
)
def test_images_are_known_by_their_full_names(reference: str, full: str):
    assert Image(reference).full == full
    assert Image(reference).valid
    assert full in not_found(reference)


def test_larger_images_take_longer():
    assert Image("jupyter/pytorch-notebook:1").pull_seconds > Image("k8s-hub:1").pull_seconds > 0.2
    assert Image("nginx").always_pulled
    assert not Image("nginx:1").always_pulled
