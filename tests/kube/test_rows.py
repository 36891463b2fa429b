"""Rows say what kubectl would say, and no more."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kube.samples import CREATED, Tree, event, listing, meta, node, pod, waiting
from tests.kube.server import ScriptedServer, as_json, failure
from z2jh_wizard.core.errors import CouldNotLook
from z2jh_wizard.kube.kinds import (
    CLAIMS,
    DAEMON_SETS,
    DEPLOYMENTS,
    EVENTS,
    NODES,
    PODS,
    SERVICES,
    RowKind,
    object_path,
)
from z2jh_wizard.kube.reading import get_row, list_rows
from z2jh_wizard.kube.rows import Row, age
from z2jh_wizard.kube.transport import KubeTransport

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)


def row(kind: RowKind[Any], tree: Tree) -> Any:
    return kind.row(json.dumps(tree).encode())


def test_a_students_pod() -> None:
    seen = row(PODS, pod("jupyter-anna"))
    assert (seen.key, seen.uid, seen.status, seen.ready, seen.containers) == (
        "jhub/jupyter-anna", "uid-jupyter-anna", "Running", 1, 1,
    )  # fmt: skip
    assert (seen.user, seen.component, seen.release, seen.app) == (
        "anna", "singleuser-server", "bio101", "jupyterhub",
    )  # fmt: skip
    assert (seen.node, seen.created, seen.is_ready) == ("node-1", NOW - timedelta(hours=1), True)


def test_fields_may_be_missing_or_null() -> None:
    for kind in (PODS, NODES, EVENTS, CLAIMS, SERVICES, DEPLOYMENTS, DAEMON_SETS):
        assert row(kind, {}).name == ""
        assert row(kind, {"metadata": {"name": "x", "labels": None, "creationTimestamp": None}}).key == "x"


def container(state: Tree, **more: Any) -> Tree:
    return {"name": "c", "ready": False, "restartCount": 0, "state": state, "lastState": {}, **more}


def failed(state: Tree) -> Tree:
    return {"phase": "Failed", "containerStatuses": [container(state)]}


def starting(*states: Tree) -> Tree:
    return {"phase": "Pending", "initContainerStatuses": [container(state) for state in states]}


ENDED_WELL = container({"terminated": {"exitCode": 0, "reason": "Completed"}})
RUNNING = container({"running": {}}, ready=True)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({}, "Unknown"),
        ({"phase": "Pending"}, "Pending"),
        ({"phase": "Failed", "reason": "Evicted"}, "Evicted"),
        (waiting("ContainerCreating"), "ContainerCreating"),
        (waiting("CrashLoopBackOff"), "CrashLoopBackOff"),
        ({"phase": "Succeeded", "containerStatuses": [ENDED_WELL]}, "Completed"),
        (failed({"terminated": {"exitCode": 3}}), "ExitCode:3"),
        (failed({"terminated": {"exitCode": 137, "signal": 9}}), "Signal:9"),
        (failed({"terminated": {"reason": "OOMKilled"}}), "OOMKilled"),
        ({"phase": "Running", "containerStatuses": [ENDED_WELL, RUNNING]}, "NotReady"),
        (
            {
                "phase": "Running",
                "containerStatuses": [ENDED_WELL, RUNNING],
                "conditions": [{"type": "Ready", "status": "True"}],
            },
            "Running",
        ),
        (
            {
                "phase": "Pending",
                "conditions": [{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}],
            },
            "SchedulingGated",
        ),
        (starting({"running": {}}), "Init:0/2"),
        (starting({"terminated": {"exitCode": 0}}, {"running": {}}), "Init:1/2"),
        (starting({"waiting": {"reason": "ImagePullBackOff"}}), "Init:ImagePullBackOff"),
        (starting({"waiting": {"reason": "PodInitializing"}}), "Init:0/2"),
        (starting({"terminated": {"exitCode": 1, "reason": "Error"}}), "Init:Error"),
        (starting({"terminated": {"exitCode": 2}}), "Init:ExitCode:2"),
        (
            {
                "phase": "Running",
                "initContainerStatuses": [container({"running": {}}, name="beside", started=True)],
                "containerStatuses": [RUNNING],
            },
            "Running",
        ),
    ],
)
def test_kubectls_word_for_a_pod(status: Tree, expected: str) -> None:
    tree = pod("p")
    tree["spec"]["initContainers"] = [{"name": "c"}, {"name": "beside", "restartPolicy": "Always"}]
    tree["status"] = status
    assert row(PODS, tree).status == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"phase": "Running"}, "Terminating"),
        ({"phase": "Running", "reason": "NodeLost"}, "Unknown"),
        ({"phase": "Succeeded"}, "Succeeded"),
    ],
)
def test_a_pod_that_is_being_deleted(status: Tree, expected: str) -> None:
    tree = pod("p")
    tree["metadata"]["deletionTimestamp"] = CREATED
    tree["status"] = status
    seen = row(PODS, tree)
    assert seen.status == expected
    assert not seen.is_ready


def test_sidecars_count_and_restarts_add_up() -> None:
    tree = pod("p")
    tree["spec"]["initContainers"] = [{"name": "beside", "restartPolicy": "Always"}, {"name": "once"}]
    tree["status"]["initContainerStatuses"] = [
        container({"running": {}}, name="beside", ready=True, started=True, restartCount=2),
        container({"terminated": {"exitCode": 0}}, name="once", restartCount=5),
    ]
    seen = row(PODS, tree)
    assert (seen.ready, seen.containers, seen.restarts) == (2, 2, 2)


def test_the_message_and_the_unwell_container() -> None:
    seen = row(PODS, pod("p", **waiting("ImagePullBackOff", 'Back-off pulling image "x"\x1b[31m')))
    assert (seen.unwell, seen.image, seen.message) == (
        "notebook", "quay.io/no/such:1", 'Back-off pulling image "x"',
    )  # fmt: skip
    unscheduled = {
        "phase": "Pending",
        "conditions": [{"type": "PodScheduled", "status": "False", "message": "0/3 nodes"}],
    }
    tree = pod("p") | {"status": unscheduled}
    assert row(PODS, tree).message == "0/3 nodes"
    assert row(PODS, pod("p") | {"status": {"phase": "Failed", "message": "evicted"}}).message == "evicted"


def test_how_a_container_ended_before() -> None:
    last = {"terminated": {"reason": "OOMKilled", "exitCode": 137}}
    seen = row(PODS, pod("p", **waiting("CrashLoopBackOff", restarts=4, last=last)))
    assert (seen.restarts, seen.last_end.reason, seen.last_end.code) == (4, "OOMKilled", 137)
    assert row(PODS, pod("p")).last_end is None


def test_a_node() -> None:
    conditions = [
        {"type": "Ready", "status": "False", "reason": "NotReady", "message": "gone"},
        {"type": "MemoryPressure", "status": "True"},
        {"type": "DiskPressure", "status": "False"},
    ]
    spec = {"unschedulable": True, "taints": [{"key": "hub.jupyter.org/dedicated", "effect": "NoSchedule"}]}
    seen = row(NODES, node("n", spec=spec, conditions=conditions))
    assert (seen.ready, seen.schedulable, seen.reason, seen.message) == (False, False, "NotReady", "gone")
    assert (seen.pool, seen.machine, seen.zone, seen.version) == (
        "user", "e2-standard-4", "europe-west4-a", "v1.33.1",
    )  # fmt: skip
    assert (seen.cpu, seen.memory, seen.pods) == (3920, 13589 * 2**20, 110)
    assert seen.pressures == ("MemoryPressure",)
    assert seen.taints == ("hub.jupyter.org/dedicated:NoSchedule",)


def test_a_nodes_nonsense_amounts_are_nothing() -> None:
    tree = node("n")
    tree["status"]["allocatable"] = {"cpu": "many"}
    assert (row(NODES, tree).cpu, row(NODES, tree).memory) == (0, 0)


@pytest.mark.parametrize(
    ("more", "last", "count"),
    [
        ({"lastTimestamp": "2026-03-02T08:30:00Z", "count": 4}, 30, 4),
        ({"lastTimestamp": None, "eventTime": "2026-03-02T08:20:00.123456Z"}, 20, 1),
        ({"series": {"count": 9, "lastObservedTime": "2026-03-02T08:40:00Z"}, "eventTime": CREATED}, 40, 9),
        ({}, 0, 1),
    ],
)
def test_an_event_of_either_generation(more: Tree, last: int, count: int) -> None:
    seen = row(EVENTS, event("e", "Failed", "no\x07", **more))
    assert (seen.kind, seen.about, seen.reason, seen.message, seen.count) == (
        "Pod",
        "hub-1",
        "Failed",
        "no",
        count,
    )
    assert seen.last.replace(microsecond=0) == NOW - timedelta(minutes=60 - last)


def test_a_claim_and_a_service() -> None:
    labels = {"component": "singleuser-storage", "release": "bio101", "hub.jupyter.org/username": "anna"}
    tree = {
        "metadata": meta("claim-anna", labels=labels),
        "spec": {"storageClassName": "standard", "volumeName": "pv-1"},
        "status": {"phase": "Bound", "capacity": {"storage": "10Gi"}},
    }
    seen = row(CLAIMS, tree)
    assert (seen.user, seen.size, seen.storage_class, seen.volume, seen.phase) == (
        "anna", 10 * 2**30, "standard", "pv-1", "Bound",
    )  # fmt: skip
    service = {
        "metadata": meta("proxy-public"),
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}, {"port": 443}]},
    }
    assert row(SERVICES, service).is_pending
    service["status"] = {
        "loadBalancer": {"ingress": [{"ip": "203.0.113.7"}, {"hostname": "x.elb.example.org"}, {}]}
    }
    ready = row(SERVICES, service)
    assert (ready.addresses, ready.ports, ready.is_pending) == (
        ("203.0.113.7", "x.elb.example.org"), (80, 443), False,
    )  # fmt: skip
    assert not row(SERVICES, {"spec": {"type": "ClusterIP"}}).is_pending


def test_workloads() -> None:
    deployment = {
        "metadata": meta("hub", generation=3),
        "spec": {"replicas": 2},
        "status": {"observedGeneration": 3, "readyReplicas": 2, "updatedReplicas": 2},
    }
    assert row(DEPLOYMENTS, deployment).is_done
    deployment["metadata"]["generation"] = 4
    assert not row(DEPLOYMENTS, deployment).is_done
    deployment["status"]["conditions"] = [
        {"type": "Progressing", "status": "False", "message": "deadline"},
        {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"},
    ]
    assert row(DEPLOYMENTS, deployment).message == "exceeded quota"
    daemons = {"metadata": meta("puller"), "status": {"desiredNumberScheduled": 3, "numberReady": 2}}
    seen = row(DAEMON_SETS, daemons)
    assert (seen.wanted, seen.ready, seen.is_done) == (3, 2, False)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, "<invalid>"), (-1, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (192, "3m12s"), (599, "9m59s"),
        (600, "10m"), (10799, "179m"), (10800, "3h"), (18420, "5h7m"), (28800, "8h"), (172799, "47h"),
        (172800, "2d"), (183600, "2d3h"), (691200, "8d"), (63071999, "729d"), (63072000, "2y"),
        (63072000 + 86400, "2y1d"), (86400 * 365 * 9, "9y"),
    ],
)  # fmt: skip
def test_ages_in_kubectls_spelling(seconds: int, expected: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW) == expected


def test_an_unknown_birthday() -> None:
    assert age(None, NOW) == "<unknown>"


@given(st.integers(0, 10**9))
def test_any_age_is_short_and_says_at_most_what_it_is(seconds: int) -> None:
    text = age(NOW - timedelta(seconds=seconds), NOW)
    assert len(text) <= 7
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400, "y": 365 * 86400}
    import re

    said = sum(int(number) * unit[letter] for number, letter in re.findall(r"(\d+)([smhdy])", text))
    assert said <= seconds
    assert seconds - said <= seconds * 0.5


def test_paths_quote_what_names_may_hold() -> None:
    assert object_path("v1", "pods", "jhub", "a/../b", "log") == "/api/v1/namespaces/jhub/pods/a%2F..%2Fb/log"
    assert object_path("apps/v1", "deployments") == "/apis/apps/v1/deployments"
    assert NODES.path("jhub", "n") == "/api/v1/nodes/n"


async def test_one_row_or_none(server: ScriptedServer, transport: KubeTransport) -> None:
    server.script = lambda asked: (
        as_json(pod("a")) if asked.path.endswith("/pods/a") else failure(404, "NotFound")
    )
    found = await get_row(transport, PODS, "a", "jhub")
    assert found is not None
    assert found.key == "jhub/a"
    assert await get_row(transport, PODS, "b", "jhub") is None


async def test_five_thousand_pods_come_in_pages(server: ScriptedServer, transport: KubeTransport) -> None:
    pods = [pod(f"p{number}") for number in range(5000)]

    def page(asked: Any) -> Any:
        start = int(asked.params.get("continue", "0"))
        size = int(asked.params["limit"])
        rest = str(start + size) if start + size < len(pods) else ""
        return as_json(listing(pods[start : start + size], rest=rest))

    server.script = page
    found = await list_rows(
        transport, PODS, "jhub", labels="component=singleuser-server", fields="status.phase=Running"
    )
    assert [one.name for one in found] == [f"p{number}" for number in range(5000)]
    assert len(server.asked) == 10
    assert server.connections == 1
    assert server.asked[9].params == {
        "labelSelector": "component=singleuser-server",
        "fieldSelector": "status.phase=Running",
        "limit": "500",
        "continue": "4500",
    }


def test_rows_hold_only_what_is_shown() -> None:
    assert isinstance(row(PODS, pod("p")), Row)
    assert b"managedFields" not in repr(row(PODS, pod("p"))).encode()


def test_what_is_no_object_is_told() -> None:
    with pytest.raises(CouldNotLook):
        PODS.row(b"[]")
