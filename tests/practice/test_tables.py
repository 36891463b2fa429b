"""Lists as tables, with the columns and cells that kubectl shows of a real cluster."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests.practice import samples
from z2jh_wizard.practice import resources, tables
from z2jh_wizard.practice.columns import cells
from z2jh_wizard.practice.resources import PODS, Resource

SAMPLES = [sample for sample in samples.load("tables") if resources.find(sample["group"], sample["plural"])]
NOW = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.timezone.utc)
WIDGETS = Resource("example.com", "v1", "widgets", "Widget", namespaced=True)


def table_of(sample: dict[str, Any], include: str = "None") -> dict[str, Any]:
    resource = resources.find(sample["group"], sample["plural"])
    assert resource is not None
    now = datetime.datetime.fromisoformat(sample["now"])
    objects = [row["object"] for row in sample["rows"]]
    return tables.table(resource, objects, include, now)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample['plural']}.{sample['group']}")
def test_the_real_server_shows_the_same_columns(sample: dict[str, Any]):
    ours = [
        {key: each[key] for key in sample["columns"][0]} for each in table_of(sample)["columnDefinitions"]
    ]
    assert ours == sample["columns"]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample['plural']}.{sample['group']}")
def test_the_real_server_shows_the_same_cells(sample: dict[str, Any]):
    rows = table_of(sample)["rows"]
    assert [row["cells"] for row in rows] == [row["cells"] for row in sample["rows"]]


def test_the_samples_hold_pods_in_every_state():
    pods = next(sample for sample in SAMPLES if sample["plural"] == "pods")
    states = {row["cells"][2] for row in pods["rows"]}
    assert {"Completed", "CrashLoopBackOff", "Terminating", "Init:0/3", "Init:OOMKilled"} <= states
    assert len(states) > 12
    assert len({sample["plural"] for sample in SAMPLES if sample["rows"]}) > 25


def pod(**status: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "p", "creationTimestamp": "2026-01-01T11:59:00Z"},
        "spec": {"containers": [{"name": "a"}]},
        "status": status,
    }


def test_what_is_included():
    with_object = tables.table(PODS, [pod()], "Object", NOW)
    assert with_object["rows"][0]["object"] == pod()
    metadata = tables.table(PODS, [pod()], "Metadata", NOW)["rows"][0]["object"]
    assert metadata["kind"] == "PartialObjectMetadata"
    assert "spec" not in metadata
    assert "object" not in tables.table(PODS, [pod()], "None", NOW)["rows"][0]
    assert tables.table(PODS, [], "None", NOW)["rows"] == []


def test_restarts_say_when():
    status = {
        "name": "a",
        "restartCount": 2,
        "ready": True,
        "state": {"running": {}},
        "lastState": {"terminated": {"finishedAt": "2026-01-01T11:59:55Z"}},
    }
    row = tables.table(PODS, [pod(phase="Running", containerStatuses=[status])], "None", NOW)["rows"][0]
    assert row["cells"][:5] == ["p", "1/1", "Running", "2 (5s ago)", "60s"]


def test_a_gated_pod():
    condition = {"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}
    row = tables.table(PODS, [pod(phase="Pending", conditions=[condition])], "None", NOW)["rows"][0]
    assert row["cells"][2] == "SchedulingGated"


def test_custom_kinds_show_their_age():
    found = tables.table(WIDGETS, [pod()], "None", NOW)
    assert [column["name"] for column in found["columnDefinitions"]] == ["Name", "Age"]
    assert found["rows"][0]["cells"] == ["p", "60s"]


def test_events_of_the_new_api_read_the_same():
    event = {
        "metadata": {"name": "e", "creationTimestamp": "2026-01-01T11:00:00Z"},
        "regarding": {"kind": "Pod", "name": "p"},
        "note": " hello ",
        "reason": "R",
        "type": "Normal",
        "reportingController": "kubelet",
        "eventTime": "2026-01-01T11:59:00.123456Z",
        "series": {"count": 4, "lastObservedTime": "2026-01-01T11:59:58.000000Z"},
    }
    resource = resources.find("events.k8s.io", "events")
    assert resource is not None
    row = tables.table(resource, [event], "None", NOW)["rows"][0]["cells"]
    assert row == ["2s", "Normal", "R", "pod/p", "", "kubelet", "hello", "59s", 4, "e"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "<invalid>"),
        (-1, "0s"),
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (245, "4m5s"),
        (600, "10m"),
        (3 * 3600, "3h"),
        (3 * 3600 + 60, "3h1m"),
        (8 * 3600, "8h"),
        (47 * 3600, "47h"),
        (48 * 3600, "2d"),
        (50 * 3600, "2d2h"),
        (8 * 86400, "8d"),
        (2 * 365 * 86400, "2y"),
        (2 * 365 * 86400 + 86400, "2y1d"),
        (9 * 365 * 86400, "9y"),
    ],
)
def test_ages(seconds: int, text: str):
    assert cells.span(seconds) == text


def test_small_texts():
    assert cells.since(None, NOW) == "<unknown>"
    assert cells.labels_text({"b": "2", "a": "1"}) == "a=1,b=2"
    assert cells.labels_text(None) == "<none>"
    expressions = [
        {"key": "z", "operator": "In", "values": ["b", "a"]},
        {"key": "y", "operator": "NotIn", "values": ["c"]},
        {"key": "x", "operator": "Exists"},
        {"key": "w", "operator": "DoesNotExist"},
    ]
    assert cells.selector_text({"matchExpressions": expressions}) == "!w,x,y notin (c),z in (a,b)"
    assert cells.access_modes(["ReadWriteMany", "ReadWriteOnce"]) == "RWO,RWX"
    assert cells.first_few(["a", "b", "c"], 2) == "a,b + 1 more..."
    long = {"loadBalancer": {"ingress": [{"hostname": "a-very-long-name.example.com"}]}}
    assert cells.addresses(long, wide=False) == "a-very-long-n..."


@pytest.mark.parametrize(
    ("metric", "status", "text"),
    [
        (
            {"type": "Resource", "resource": {"name": "memory", "target": {"averageValue": "1Gi"}}},
            {"resource": {"current": {"averageValue": "512Mi"}}},
            "memory: 512Mi/1Gi",
        ),
        ({"type": "Resource", "resource": {"name": "cpu", "target": {}}}, {}, "cpu: <unknown>/<auto>"),
        ({"type": "Pods", "pods": {"target": {"averageValue": "5"}}}, {}, "<unknown>/5"),
        ({"type": "External", "external": {"target": {"averageValue": "5"}}}, {}, "<unknown>/5 (avg)"),
        (
            {"type": "Object", "object": {"target": {"value": "5"}}},
            {"object": {"current": {"value": "3"}}},
            "3/5",
        ),
    ],
)
def test_metrics(metric: dict[str, Any], status: dict[str, Any], text: str):
    resource = resources.find("autoscaling", "horizontalpodautoscalers")
    if resource is None:
        pytest.skip("the practice cluster serves no autoscalers")
    obj = {
        "metadata": {"name": "h"},
        "spec": {"metrics": [metric]},
        "status": {"currentMetrics": [status] if status else []},
    }
    assert tables.table(resource, [obj], "None", NOW)["rows"][0]["cells"][2] == text
