"""From rows and events to explained troubles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from tests.kube.samples import Tree, event, meta, node, pod, waiting
from z2jh_wizard.kube import troubles
from z2jh_wizard.kube.diagnose import Diagnosis, Seen, diagnose, troubled_pods
from z2jh_wizard.kube.kinds import CLAIMS, EVENTS, NODES, PODS, SERVICES, RowKind
from z2jh_wizard.kube.troubles import Severity, Trouble

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
"""An hour after all samples were made."""


def rows(kind: RowKind[Any], trees: Sequence[Tree]) -> list[Any]:
    return [kind.row(json.dumps(tree).encode()) for tree in trees]


def seen(pods: Sequence[Tree] = (), events: Sequence[Tree] = (), **more: Any) -> list[Diagnosis]:
    return diagnose(Seen(pods=rows(PODS, pods), events=rows(EVENTS, events), **more), NOW)


def ids(found: Sequence[Diagnosis]) -> list[str]:
    return [diagnosis.id for diagnosis in found]


def recent(name: str, reason: str, message: str, **more: Any) -> Tree:
    return event(name, reason, message, lastTimestamp="2026-03-02T08:58:00Z", **more)


def bare(name: str, **status: Any) -> Tree:
    """A pod with exactly this status and no node."""
    tree = pod(name) | {"status": status}
    tree["spec"].pop("nodeName")
    return tree


def unscheduled(name: str, message: str) -> Tree:
    return bare(
        name, phase="Pending", conditions=[{"type": "PodScheduled", "status": "False", "message": message}]
    )


def test_nothing_is_wrong_with_what_is_well() -> None:
    done = pod("done") | {"status": {"phase": "Succeeded"}}
    assert seen([pod("a"), done], nodes=rows(NODES, [node("n")])) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("failed to resolve reference: quay.io/x:1: not found", "image-not-found"),
        ("manifest unknown: manifest unknown", "image-not-found"),
        ("pull access denied, repository does not exist or may require authorization", "image-not-allowed"),
        ("unexpected status: 401 Unauthorized", "image-not-allowed"),
        ("toomanyrequests: You have reached your pull rate limit", "image-rate-limit"),
        ("no match for platform in manifest: not found", "image-platform"),
        ("dial tcp: lookup quay.io: no such host", "image-network"),
        ("something odd", "image-pull"),
    ],
)
def test_why_an_image_cannot_be_pulled(text: str, expected: str) -> None:
    stuck = pod("hub-1", **waiting("ImagePullBackOff", 'Back-off pulling image "quay.io/x:1"'))
    found = seen([stuck], [recent("e", "Failed", f'Failed to pull image "quay.io/x:1": {text}')])
    assert ids(found) == [expected]
    assert found[0].severity == "error"
    assert found[0].object == "Pod jhub/hub-1"
    if expected != "image-pull":
        assert text in found[0].evidence


def test_the_pods_own_message_says_enough_without_events() -> None:
    stuck = pod("hub-1", **waiting("ErrImagePull", "rpc error: quay.io/x:1: not found"))
    assert ids(seen([stuck])) == ["image-not-found"]
    assert seen([pod("hub-1", **waiting("ErrImagePull"))])[0].evidence == "quay.io/no/such:1"


def test_a_crash_comes_with_its_last_log_line() -> None:
    last = {"terminated": {"exitCode": 1, "reason": "Error"}}
    tree = pod("hub-1", **waiting("CrashLoopBackOff", "back-off 5m", restarts=7, last=last))
    pods = rows(PODS, [tree, pod("fine")])
    assert [row.name for row in troubled_pods(pods)] == ["hub-1"]
    found = diagnose(Seen(pods=pods, logs={"hub-1": ["starting", "NameError: name 'x'", "  "]}), NOW)
    assert ids(found) == ["crash-loop"]
    assert found[0].evidence == "Exit code 1, 7 restarts. Last log line: NameError: name 'x'"
    assert diagnose(Seen(pods=pods), NOW)[0].evidence == "Exit code 1, 7 restarts."


def test_memory() -> None:
    last = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}
    looping = pod("a", **waiting("CrashLoopBackOff", restarts=3, last=last))
    ended = bare("b", phase="Failed", containerStatuses=[{"name": "c", "state": last, "lastState": {}}])
    again = pod("c")
    again["status"]["containerStatuses"][0]["lastState"] = last
    found = seen([looping, ended, again])
    assert ids(found) == ["out-of-memory", "out-of-memory-before"]
    assert found[0].object == "Pod jhub/a and 1 more"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (waiting("InvalidImageName"), "image-name-invalid"),
        (waiting("CreateContainerConfigError", 'secret "x" not found'), "config-missing"),
        (waiting("RunContainerError", "exec: not found"), "container-not-created"),
        ({"phase": "Failed", "reason": "Evicted", "message": "The node was low on memory."}, "evicted"),
    ],
)
def test_other_words_of_kubectl(status: Tree, expected: str) -> None:
    found = seen([pod("p") | {"status": status}])
    assert ids(found) == [expected]
    assert found[0].evidence


def test_init_containers_have_the_same_troubles() -> None:
    container = {"name": "i", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}}}
    tree = pod("p") | {"status": {"phase": "Pending", "initContainerStatuses": [container]}}
    assert ids(seen([tree])) == ["image-not-found"]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("0/3 nodes: 1 node(s) had untolerated taint {x: y}, 2 Insufficient memory.", "not-enough-memory"),
        ("0/3 nodes are available: 3 Insufficient cpu.", "not-enough-cpu"),
        ("0/3 nodes are available: 3 Too many pods.", "too-many-pods"),
        ("0/3 nodes are available: 3 node(s) exceed max volume count.", "too-many-volumes"),
        ("0/3 nodes are available: 3 node(s) had untolerated taint {x: y}.", "taints"),
        ("0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.", "no-matching-node"),
        ("0/3 nodes are available: 3 node(s) had volume node affinity conflict.", "volume-zone"),
        ("0/3 nodes are available: 3 node(s) were unschedulable.", "nodes-cordoned"),
        ("0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.", "volume-unbound"),
        ("no nodes available to schedule pods", "no-nodes"),
        ("0/3 nodes are available: the moon is full.", "unschedulable"),
    ],
)  # fmt: skip
def test_why_no_node_takes_a_pod(message: str, expected: str) -> None:
    found = seen([unscheduled("p", message)])
    assert ids(found) == [expected]
    assert message in found[0].evidence


def test_a_class_that_waits_is_one_problem() -> None:
    found = seen([unscheduled(f"jupyter-{n}", "0/1 nodes: 1 Insufficient memory.") for n in range(40)])
    assert [(one.id, one.object) for one in found] == [
        ("not-enough-memory", "Pod jhub/jupyter-0 and 39 more")
    ]
    assert "resize" in found[0].next


def test_the_scheduler_and_the_autoscaler_may_speak_by_events() -> None:
    events = [
        recent("e1", "FailedScheduling", "0/1 nodes: 1 Insufficient cpu."),
        recent("e2", "NotTriggerScaleUp", "pod didn't trigger scale-up: 1 max node group size reached"),
    ]
    found = seen([bare("hub-1", phase="Pending")], events)
    assert ids(found) == ["not-enough-cpu"]
    assert "max node group size reached" in found[0].evidence


def test_a_pod_may_wait_for_some_seconds() -> None:
    tree = unscheduled("p", "0/1 nodes: 1 Insufficient memory.")
    tree["metadata"]["creationTimestamp"] = "2026-03-02T08:59:50Z"
    assert seen([tree]) == []
    gated = bare(
        "g",
        phase="Pending",
        conditions=[{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}],
    )
    assert seen([gated]) == []


def test_slow_starts_slow_ends_and_pods_that_are_not_ready() -> None:
    slow = pod("slow", **waiting("ContainerCreating"))
    ending = pod("ending")
    ending["metadata"]["deletionTimestamp"] = "2026-03-02T08:30:00Z"
    leaving = pod("leaving")
    leaving["metadata"]["deletionTimestamp"] = "2026-03-02T08:59:00Z"
    unready = pod("unready")
    unready["status"]["containerStatuses"][0]["ready"] = False
    events = [recent("e", "Unhealthy", "Readiness probe failed: 503", about="unready")]
    found = {one.id: one for one in seen([slow, ending, leaving, unready], events)}
    assert set(found) == {"slow-start", "stuck-terminating", "not-ready"}
    assert found["slow-start"].evidence == "ContainerCreating since 60m."
    assert found["stuck-terminating"].object == "Pod jhub/ending"
    assert found["not-ready"].evidence == "Readiness probe failed: 503"
    assert {one.severity for one in found.values()} == {"warning"}


@pytest.mark.parametrize(
    ("reason", "message", "kind", "expected"),
    [
        ("FailedMount", 'MountVolume.SetUp failed: secret "hub" not found', "Pod", "mount-missing"),
        ("FailedMount", 'MountVolume.SetUp failed: configmap "hub" not found', "Pod", "mount-missing"),
        ("FailedMount", "Unable to attach or mount volumes: timed out", "Pod", "mount-failed"),
        ("FailedAttachVolume", "Multi-Attach error for volume pvc-1", "Pod", "volume-in-use"),
        ("FailedCreate", 'pods "x" is forbidden: exceeded quota: small', "ReplicaSet", "quota"),
        ("FailedCreate", 'pods "x" is forbidden: violates PodSecurity "a"', "ReplicaSet", "not-permitted"),
        ("FailedCreate", "something odd", "StatefulSet", "pods-not-created"),
        ("ProvisioningFailed", 'storageclass "a" not found', "PersistentVolumeClaim", "storageclass-missing"),
        ("ProvisioningFailed", "quota SSD_TOTAL_GB exceeded", "PersistentVolumeClaim", "volume-not-made"),
        ("SyncLoadBalancerFailed", "no subnets with the tag", "Service", "load-balancer-failed"),
    ],
)  # fmt: skip
def test_warnings_that_explain_themselves(reason: str, message: str, kind: str, expected: str) -> None:
    warning = recent("e", reason, message, kind=kind)
    found = seen([pod("hub-1", **waiting("ContainerCreating"))] if kind == "Pod" else [], [warning])
    assert ids(found) == [expected]
    assert found[0].evidence == message


def test_warnings_about_what_is_well_gone_or_old_are_left_out() -> None:
    message = 'secret "hub" not found'
    old = event("e", "FailedMount", message, lastTimestamp="2026-03-02T08:10:00Z")
    stuck = pod("hub-1", **waiting("ContainerCreating"))
    assert "mount-missing" not in ids(seen([stuck], [old]))
    assert seen([pod("hub-1")], [recent("e", "FailedMount", message)]) == []
    assert seen([], [recent("e", "FailedMount", message)]) == []
    assert ids(seen([stuck], [recent("e", "FailedMount", message, type="Normal")])) == []
    claim = {"metadata": meta("hub-1"), "status": {"phase": "Bound"}}
    failed = recent("e", "ProvisioningFailed", "no", kind="PersistentVolumeClaim")
    assert seen([], [failed], claims=rows(CLAIMS, [claim])) == []


def test_claims_without_a_class() -> None:
    claim = {"metadata": meta("hub-db-dir"), "status": {"phase": "Pending"}}
    claims = rows(CLAIMS, [claim])
    assert ids(seen(claims=claims, classes_known=True)) == ["no-default-storageclass"]
    assert seen(claims=claims, classes_known=True, default_class="standard") == []
    assert seen(claims=claims) == []
    named = rows(CLAIMS, [claim | {"spec": {"storageClassName": "fast"}}])
    assert seen(claims=named, classes_known=True) == []


def test_an_address_that_does_not_come() -> None:
    services = rows(SERVICES, [{"metadata": meta("proxy-public"), "spec": {"type": "LoadBalancer"}}])
    assert ids(seen(services=services)) == ["load-balancer-pending"]
    failed = recent("e", "SyncLoadBalancerFailed", "no subnets", kind="Service", about="proxy-public")
    assert ids(seen([], [failed], services=services)) == ["load-balancer-failed"]
    ensuring = recent(
        "e", "EnsuringLoadBalancer", "Ensuring", kind="Service", about="proxy-public", type="Normal"
    )
    assert ids(seen([], [ensuring], services=services)) == ["load-balancer-pending"]
    young = [msgspec.structs.replace(services[0], created=NOW - timedelta(seconds=10))]
    assert seen(services=young) == []


def test_nodes() -> None:
    down = node(
        "down", conditions=[{"type": "Ready", "status": "Unknown", "message": "Kubelet stopped posting"}]
    )
    pressed = node(
        "full",
        conditions=[{"type": "Ready", "status": "True"}, {"type": "DiskPressure", "status": "True"}],
    )
    found = seen(nodes=rows(NODES, [pressed, down]))
    assert [(one.id, one.object, one.evidence) for one in found] == [
        ("node-not-ready", "Node down", "Kubelet stopped posting"),
        ("node-pressure", "Node full", "DiskPressure"),
    ]


def test_the_worst_comes_first_and_the_fields_are_the_contract() -> None:
    slow = pod("slow", **waiting("ContainerCreating"))
    stuck = pod("stuck", **waiting("InvalidImageName"))
    found = seen([slow, stuck])
    assert [one.severity for one in found] == ["error", "warning"]
    assert set(msgspec.to_builtins(found[0])) == {
        "id", "severity", "object", "summary", "evidence", "cause", "next",
    }  # fmt: skip


def test_each_trouble_is_told_once_and_in_full() -> None:
    known = [value for value in vars(troubles).values() if isinstance(value, Trouble)]
    assert len({trouble.id for trouble in known}) == len(known)
    for trouble in known:
        assert trouble.severity in Severity
        for sentence in (trouble.cause, trouble.next):
            assert sentence[0].isupper()
            assert sentence.rstrip()[-1] in ".N" or "kubectl" in sentence or "z2jh-wizard" in sentence
