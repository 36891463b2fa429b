"""Server-side apply and the record of who manages which field."""

from __future__ import annotations

import copy
import datetime
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.practice import samples
from z2jh_wizard.practice import managed_fields, schema
from z2jh_wizard.practice.managed_fields import LAST_APPLIED
from z2jh_wizard.practice.status import ApiError

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
SAMPLES = samples.load("managed_fields")


def apply(
    live: dict[str, Any] | None,
    applied: dict[str, Any],
    manager: str = "helm",
    force: bool = False,
    subresource: str | None = None,
) -> dict[str, Any]:
    before = copy.deepcopy((live, applied))
    kind = schema.load().of(applied)
    merged = managed_fields.apply(live, applied, manager, force, subresource, kind, NOW)
    assert (live, applied) == before, "nothing is changed in place"
    return merged


def update(
    old: dict[str, Any] | None, new: dict[str, Any], manager: str = "kubectl-edit", subresource: str = ""
) -> dict[str, Any]:
    return managed_fields.record_update(old, new, manager, subresource, NOW)


def config_map(manager_of: dict[str, Any] | None = None, /, **data: Any) -> dict[str, Any]:
    metadata = {"name": "c", "namespace": "lab"} | (manager_of or {})
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def deployment(replicas: int | None = 1, **container: Any) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "selector": {"matchLabels": {"app": "a"}},
        "template": {
            "metadata": {"labels": {"app": "a"}},
            "spec": {"containers": [{"name": "c", "image": "x:1", **container}]},
        },
    }
    if replicas is not None:
        spec["replicas"] = replicas
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": spec}


def entries(obj: dict[str, Any]) -> dict[str, Any]:
    return {entry["manager"]: entry["fieldsV1"] for entry in obj["metadata"].get("managedFields", [])}


def refused(live: dict[str, Any], applied: dict[str, Any], manager: str = "helm") -> ApiError:
    with pytest.raises(ApiError) as caught:
        apply(live, applied, manager)
    return caught.value


# ------------------------------------------------------------------ what the real server answered


def untimed(obj: dict[str, Any]) -> list[str]:
    found = [dict(entry) for entry in obj["metadata"].get("managedFields", [])]
    for entry in found:
        entry.pop("time", None)
    return sorted(json.dumps(entry, sort_keys=True) for entry in found)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample['how']}-by-{sample['manager']}")
def test_the_real_server_agrees(sample: dict[str, Any]):
    live, manager = sample["live"], sample["manager"]
    if sample["how"] != "apply":
        new = copy.deepcopy(sample["result"])
        new["metadata"].pop("managedFields", None)
        subresource = sample["how"] if sample["how"] in ("scale", "status") else ""
        assert untimed(update(live, new, manager, subresource)) == untimed(sample["result"])
    elif "error" in sample:
        with pytest.raises(ApiError) as caught:
            apply(live, sample["sent"], manager, sample["force"])
        error = caught.value
        assert (error.code, error.message) == (sample["error"]["code"], sample["error"]["message"])
        assert sorted(error.details.get("causes", []), key=str) == sample["error"]["causes"]
    else:
        assert untimed(apply(live, sample["sent"], manager, sample["force"])) == untimed(sample["result"])


def test_the_samples_hold_conflicts_and_successes():
    assert sum("error" in sample for sample in SAMPLES) > 10
    assert {sample["how"] for sample in SAMPLES} == {
        "apply",
        "merge",
        "post",
        "put",
        "scale",
        "smp",
        "status",
    }


# ------------------------------------------------------------------ apply


def test_an_apply_creates_and_records():
    made = apply(None, config_map(a="1"))
    assert made["data"] == {"a": "1"}
    assert made["metadata"]["managedFields"] == [
        {
            "manager": "helm",
            "operation": "Apply",
            "apiVersion": "v1",
            "time": "2026-01-02T03:04:05Z",
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:data": {"f:a": {}}},
        }
    ]


def test_what_is_no_longer_applied_goes():
    live = apply(None, deployment(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}], args=["x"]))
    live["spec"]["template"]["spec"]["containers"][0]["imagePullPolicy"] = "Always"
    again = apply(live, deployment(env=[{"name": "B", "value": "3"}]))
    container = again["spec"]["template"]["spec"]["containers"][0]
    assert container == {
        "name": "c",
        "image": "x:1",
        "env": [{"name": "B", "value": "3"}],
        "imagePullPolicy": "Always",
    }


def test_what_others_manage_stays():
    shared = apply(apply(None, config_map(a="1", b="2")), config_map(b="2"), "other")
    left = apply(shared, config_map())
    assert left["data"] == {"b": "2"}
    assert entries(left) == {"helm": {"f:data": {}}, "other": {"f:data": {"f:b": {}}}}


def test_a_no_op_changes_nothing_not_even_the_time():
    live = apply(None, config_map(a="1"))
    later = NOW + datetime.timedelta(days=1)
    again = managed_fields.apply(live, config_map(a="1"), "helm", False, None, schema.load().of(live), later)
    assert again == live


def test_one_conflict_has_one_sentence():
    live = update(apply(None, deployment(1)), deployment(0), "kubectl-patch")
    error = refused(live, deployment(1))
    assert error.code == 409
    assert error.message == (
        'Apply failed with 1 conflict: conflict with "kubectl-patch" using apps/v1: .spec.replicas'
    )
    forced = apply(live, deployment(1), force=True)
    assert forced["spec"]["replicas"] == 1
    assert entries(forced).keys() == {"helm"}


def test_several_conflicts_are_listed_by_manager():
    live = apply(None, config_map(a="1", b="1", c="1"))
    live = update(live, live | {"data": {"a": "2", "b": "2", "c": "1"}}, "zoe")
    live = apply(live, config_map(c="9"), "amy", force=True)
    error = refused(live, config_map(a="1", b="1", c="1"))
    assert error.message == (
        'Apply failed with 3 conflicts: conflicts with "amy":\n- .data.c\n'
        'conflicts with "zoe" using v1:\n- .data.a\n- .data.b'
    )


def test_scaling_conflicts_name_the_subresource():
    live = apply(None, deployment(1))
    scaled = update(live, live | {"spec": live["spec"] | {"replicas": 3}}, "kubectl", "scale")
    assert "time" not in scaled["metadata"]["managedFields"][-1]
    error = refused(scaled, deployment(1))
    assert error.message == (
        'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: '
        ".spec.replicas"
    )


def test_scaling_to_nothing_belongs_to_nobody():
    live = apply(None, deployment(2))
    down = update(live, live | {"spec": live["spec"] | {"replicas": 0}}, "kubectl", "scale")
    assert entries(down).keys() == {"helm"}
    assert "f:replicas" not in entries(down)["helm"]["f:spec"]
    assert apply(down, deployment(2))["spec"]["replicas"] == 2


def test_the_same_value_is_no_conflict():
    live = apply(None, deployment(2))
    both = apply(live, deployment(2), "other")
    assert entries(both).keys() == {"helm", "other"}
    assert "time" not in next(e for e in both["metadata"]["managedFields"] if e["manager"] == "other")


def test_items_without_a_protocol_are_the_default_ones():
    live = apply(None, deployment(ports=[{"containerPort": 80, "protocol": "TCP"}]))
    again = apply(live, deployment(ports=[{"containerPort": 80, "name": "http"}]))
    assert again["spec"]["template"]["spec"]["containers"][0]["ports"] == [
        {"containerPort": 80, "name": "http"}
    ]


def test_a_status_is_not_applied_with_the_rest():
    applied = deployment() | {"status": {"replicas": 7}}
    assert "status" not in apply(None, applied)
    live = apply(None, deployment())
    with_status = apply(live, applied, "status-writer", subresource="status")
    assert with_status["status"] == {"replicas": 7}
    assert entries(with_status)["status-writer"] == {"f:status": {"f:replicas": {}}}
    assert with_status["metadata"]["managedFields"][1]["subresource"] == "status"


def test_an_object_without_record_belonged_to_nobody_known():
    live = config_map(a="1")
    error = refused(live, config_map(a="2"))
    assert 'conflict with "before-first-apply" using v1: .data.a' in error.message
    taken = apply(live, config_map(a="1", b="2"))
    assert entries(taken).keys() == {"before-first-apply", "helm"}


@pytest.mark.parametrize(
    ("applied", "code", "message"),
    [
        (
            deployment() | {"spec": {"foo": 1}},
            500,
            "failed to create typed patch object (/a; apps/v1, Kind=Deployment): .spec.foo: "
            "field not declared in schema",
        ),
        (deployment(replicas="x"), 500, ".spec.replicas: expected numeric (int or float), got string"),  # type: ignore[arg-type]
        (deployment(replicas=True), 500, ".spec.replicas: expected numeric (int or float), got bool"),
        (deployment(replicas={}), 500, "got map[string]interface {}"),  # type: ignore[arg-type]
        (deployment(replicas=[]), 500, "got []interface {}"),  # type: ignore[arg-type]
        (deployment(stdin="yes"), 500, '.containers[name="c"].stdin: expected boolean, got &{yes}'),
        (deployment(env="x"), 500, '.containers[name="c"].env: expected list, got &{x}'),
        (deployment(securityContext=3), 500, ".securityContext: expected map, got &{3}"),
        (
            deployment(env=[None]),
            500,
            "element 0: associative list with keys may not have a null element",
        ),
        (deployment(env=["x"]), 500, "associative list with keys may not have non-map elements"),
        (
            deployment(env=[{"name": "A", "value": 1}]),
            500,
            '.env[name="A"].value: expected string, got &value.valueUnstructured{Value:1}',
        ),
        (
            deployment(ports=[{"containerPort": 80}, {"containerPort": 80, "protocol": "TCP"}]),
            500,
            '.ports: duplicate entries for key [containerPort=80,protocol="TCP"]',
        ),
        (deployment(resources={"limits": {"cpu": {}}}), 500, "expected any scalar, got &{map[]}"),
        (
            deployment() | {"metadata": {"name": "a", "finalizers": ["x", "x", {}]}},
            500,
            'errors:\n  .metadata.finalizers: duplicate entries for key [="x"]\n  .metadata.finalizers: ',
        ),
        (deployment() | {"metadata": {"finalizers": [None]}}, 500, "an element that's an explicit null"),
        (deployment() | {"metadata": {"managedFields": []}}, 400, "metadata.managedFields must be nil"),
    ],
)
def test_what_does_not_fit_its_kind_is_refused(applied: dict[str, Any], code: int, message: str):
    with pytest.raises(ApiError) as caught:
        apply(None, applied)
    assert caught.value.code == code
    assert message in caught.value.message


def test_nulls_count_as_nothing():
    live = apply(None, config_map({"labels": {"a": "1"}}, a="1"), "other")
    again = apply(live, config_map({"labels": None}, b=None))
    assert again["metadata"]["labels"] == {"a": "1"}
    assert again["data"] == {"a": "1"}


def test_live_items_keep_their_place_among_applied_ones():
    live = deployment(env=[{"name": n, "value": "1"} for n in "abcd"])
    live = update(None, live)
    merged = apply(live, deployment(env=[{"name": n, "value": "1"} for n in "dxb"]))
    names = [each["name"] for each in merged["spec"]["template"]["spec"]["containers"][0]["env"]]
    assert names == ["a", "c", "d", "x", "b"]


def test_custom_objects_are_merged_by_key_and_their_lists_whole():
    def widget(**spec: Any) -> dict[str, Any]:
        return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": spec}

    live = apply(None, widget(a={"b": 1}, list=[1, 2]))
    merged = apply(live, widget(a={"c": 2}, list=[3]), "other", force=True)
    assert merged["spec"] == {"a": {"b": 1, "c": 2}, "list": [3]}
    assert entries(live)["helm"] == {
        "f:spec": {".": {}, "f:a": {".": {}, "f:b": {}}, "f:list": {}},
    }


# ------------------------------------------------------------------ after client-side apply


def client_applied(last: Any) -> dict[str, Any]:
    text = last if isinstance(last, str) else json.dumps(last)
    return update(
        None, config_map({"annotations": {LAST_APPLIED: text}}, a="1", b="1"), "kubectl-client-side-apply"
    )


def test_kubectl_takes_over_what_it_applied_before():
    live = client_applied(config_map(a="1"))
    merged = apply(live, config_map(a="2"), "kubectl")
    assert merged["data"] == {"a": "2", "b": "1"}
    shown = merged["metadata"]["annotations"][LAST_APPLIED]
    assert json.loads(shown) == config_map(a="2")
    assert shown.endswith("\n")


@pytest.mark.parametrize("last", ["", "{", "[]", {"apiVersion": "v2"}])
def test_kubectl_takes_over_nothing_else(last: Any):
    live = client_applied(last)
    assert (
        'conflict with "kubectl-client-side-apply" using v1: .data.a'
        in refused(live, config_map(a="2"), "kubectl").message
    )
    assert "data.b" in refused(client_applied(config_map(a="1")), config_map(a="2", b="2"), "kubectl").message


def test_other_managers_do_not_take_over():
    assert refused(client_applied(config_map(a="1")), config_map(a="2"), "helm").code == 409


# ------------------------------------------------------------------ updates


def test_labels_and_annotations_have_their_managers():
    live = apply(None, config_map(a="1"))
    labelled = update(live, live | {"metadata": live["metadata"] | {"labels": {"x": "y"}}}, "kubectl-label")
    assert entries(labelled)["kubectl-label"] == {"f:metadata": {"f:labels": {".": {}, "f:x": {}}}}
    entry = labelled["metadata"]["managedFields"][1]
    assert (entry["operation"], entry["time"]) == ("Update", "2026-01-02T03:04:05Z")


def test_what_is_removed_belongs_to_nobody():
    live = update(None, config_map(a="1", b="2"), "one")
    less = update(live, config_map(a="1"), "two")
    assert entries(less) == {"one": {"f:data": {".": {}, "f:a": {}}}}


def test_a_change_of_nothing_that_counts_leaves_the_record():
    live = update(None, config_map(a="1"), "one")
    touched = live | {"metadata": live["metadata"] | {"resourceVersion": "9", "generation": 3}}
    assert entries(update(live, touched, "two")) == entries(live)


def test_clients_may_write_the_record_themselves():
    live = update(None, config_map(a="1"), "one")
    renamed = copy.deepcopy(live)
    renamed["metadata"]["managedFields"][0]["manager"] = "two"
    assert entries(update(live, renamed, "editor")).keys() == {"two"}
    assert entries(update(live, renamed, "editor", "status")).keys() == {"one"}
    wiped = live | {"metadata": live["metadata"] | {"managedFields": [{}]}}
    assert update(live, wiped, "editor")["metadata"].get("managedFields") is None


@pytest.mark.parametrize(
    "broken",
    [
        [{"manager": "x"}],
        [{"operation": "Eat", "apiVersion": "v1", "fieldsType": "FieldsV1"}],
        [{"operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {"g:a": {}}}],
        [{"operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {"k:x": {}}}],
        [{"operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {"k:[1]": {}}}],
        [{"operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {"f:a": 1}}],
        [{"operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": [1]}],
        ["x"],
        [None],
    ],
)
def test_a_broken_record_is_not_taken(broken: list[Any]):
    live = update(None, config_map(a="1"), "one")
    new = live | {"metadata": live["metadata"] | {"managedFields": broken}}
    assert entries(update(live, new, "two")).keys() == {"one"}


def test_an_object_without_record_gets_none_by_an_update():
    assert "managedFields" not in update(config_map(a="1"), config_map(a="2"))["metadata"]


def test_items_without_identity_end_the_record():
    broken = deployment(env=["x"])
    assert "managedFields" not in update(None, broken)["metadata"]
    with pytest.raises(ApiError, match="failed to create typed live object"):
        apply(update(None, deployment()) | {"spec": broken["spec"]}, deployment(env=[{"name": "A"}]))


def test_repeated_items_are_compared_together():
    twice = deployment(env=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}])
    made = update(None, twice, "one")
    once = update(made, deployment(env=[{"name": "A", "value": "1"}]), "two")
    assert entries(once).keys() == {"one", "two"}
    assert entries(update(made, deployment(), "two")).keys() == {"one"}


# ------------------------------------------------------------------ properties

VALUES = st.sampled_from(["1", "2"])
DATA = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


@given(DATA, DATA, DATA.filter(bool))
@settings(max_examples=60)
def test_forced_applies_always_win(first: dict[str, str], second: dict[str, str], third: dict[str, str]):
    live = apply(None, config_map(**first), "one")
    live = apply(live, config_map(**second), "two", force=True)
    live = apply(live, config_map(**third), "one", force=True)
    assert live["data"].items() >= third.items()
    again = apply(live, config_map(**third), "one")
    assert again == live


@given(DATA, DATA)
@settings(max_examples=60)
def test_without_force_nothing_of_others_changes(first: dict[str, str], second: dict[str, str]):
    live = apply(None, config_map(**first), "one")
    try:
        merged = apply(live, config_map(**second), "two")
    except ApiError:
        merged = live
    assert merged["data"].items() >= first.items()
