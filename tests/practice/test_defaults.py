"""Objects get the form in which the real server stores them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.practice import samples
from z2jh_wizard.practice import defaults
from z2jh_wizard.practice.default_values import pull_policy, quality_of_service

SAMPLES = samples.load("defaults")


def name_of(sample: dict[str, Any]) -> str:
    return f"{sample['sent']['kind']}-{sample['sent']['metadata']['name']}"


def differences(ours: Any, theirs: Any, path: str = "") -> list[str]:
    """Return the paths at which two JSON values differ."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        keys = sorted(ours.keys() | theirs.keys())
        return [d for key in keys for d in differences(ours.get(key), theirs.get(key), f"{path}.{key}")]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = enumerate(zip(ours, theirs, strict=True))
        return [d for place, (one, other) in pairs for d in differences(one, other, f"{path}[{place}]")]
    return [] if ours == theirs and type(ours) is type(theirs) else [path]


def filled(obj: dict[str, Any]) -> dict[str, Any]:
    copied = copy.deepcopy(obj)
    defaults.fill(copied)
    return copied


@pytest.mark.parametrize(
    "sample", SAMPLES, ids=lambda s: f"{s['sent']['kind']}-{s['sent']['metadata']['name']}"
)
def test_the_real_server_stores_the_same(sample: dict[str, Any]):
    assert differences(filled(sample["sent"]), sample["stored"]) == sample["added"]


def test_admission_and_allocation_explain_what_else_the_samples_hold():
    added = {path.partition("[")[0] for sample in SAMPLES for path in sample["added"]}
    assert added <= {
        ".metadata.annotations",
        ".metadata.finalizers",
        ".metadata.namespace",
        ".rules",
        ".spec.clusterIP",
        ".spec.clusterIPs",
        ".spec.ipFamilies",
        ".spec.ipFamilyPolicy",
        ".spec.ports",
        ".spec.preemptionPolicy",
        ".spec.priority",
        ".spec.taints",
        ".spec.tolerations",
        ".status.lastPhaseTransitionTime",
    }


@pytest.mark.parametrize(
    "sample", SAMPLES, ids=lambda s: f"{s['sent']['kind']}-{s['sent']['metadata']['name']}"
)
def test_what_is_stored_is_not_changed_again(sample: dict[str, Any]):
    once = filled(sample["sent"])
    assert filled(once) == once


def pod(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}


def test_unknown_fields_nulls_and_empty_things_go():
    obj = pod(containers=[], foo=1, hostNetwork=False, nodeName="", nodeSelector={}, affinity=None)
    stored = filled(obj)
    assert {"foo", "hostNetwork", "nodeName", "nodeSelector", "affinity"}.isdisjoint(stored["spec"])


def test_zero_pointers_stay():
    stored = filled({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {}, "spec": {"replicas": 0}})
    assert stored["spec"]["replicas"] == 0
    assert stored["status"] == {}


def test_custom_objects_keep_everything():
    obj = {
        "apiVersion": "example.com/v1",
        "kind": "W",
        "metadata": {"labels": {"a": None}},
        "spec": {"x": None},
    }
    stored = filled(obj)
    assert stored["spec"] == {"x": None}
    assert stored["metadata"] == {"labels": {"a": ""}}


def test_text_secrets_become_data():
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"a": "b"}}
    stored = filled(secret)
    assert stored["data"] == {"a": "Yg=="}
    assert "stringData" not in stored


def test_a_limit_is_also_a_request():
    stored = filled(pod(containers=[{"name": "c", "image": "x", "resources": {"limits": {"cpu": "0.5"}}}]))
    assert stored["spec"]["containers"][0]["resources"] == {
        "limits": {"cpu": "500m"},
        "requests": {"cpu": "500m"},
    }


def test_a_job_selects_its_own_pods():
    job: dict[str, Any] = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "j", "uid": "u-1"},
        "spec": {"template": {"spec": {"containers": []}}},
    }
    spec = filled(job)["spec"]
    assert spec["selector"] == {"matchLabels": {"batch.kubernetes.io/controller-uid": "u-1"}}
    assert spec["template"]["metadata"]["labels"]["job-name"] == "j"
    own = copy.deepcopy(job)
    own["spec"] |= {"manualSelector": True, "selector": {"matchLabels": {"a": "b"}}, "parallelism": 3}
    assert filled(own)["spec"]["selector"] == {"matchLabels": {"a": "b"}}
    assert "completions" not in filled(own)["spec"]


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("localhost:5000/nginx", "Always"),
        ("nginx:1.2", "IfNotPresent"),
        ("nginx@sha256:abc", "IfNotPresent"),
        ("localhost:5000/a/nginx:1@sha256:abc", "IfNotPresent"),
    ],
)
def test_pull_policies(image: str, policy: str):
    assert pull_policy(image) == policy


@pytest.mark.parametrize(
    ("resources", "quality"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1000m"}}, "Guaranteed"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1m"}}, "Burstable"),
        ({"limits": {"cpu": "1"}}, "Burstable"),
    ],
)
def test_quality_of_service(resources: dict[str, Any], quality: str):
    assert quality_of_service({"containers": [{"resources": resources}]}) == quality


def test_the_ip_mode_of_a_load_balancer():
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "s"},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}, {"hostname": "a.b"}]}},
    }
    ingress = filled(service)["status"]["loadBalancer"]["ingress"]
    assert ingress == [{"ip": "203.0.113.1", "ipMode": "VIP"}, {"hostname": "a.b"}]


def test_a_bad_quantity_is_left_to_the_check():
    claim = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {}, "spec": {"hard": {"pods": "many"}}}
    assert filled(claim)["spec"]["hard"] == {"pods": "many"}
