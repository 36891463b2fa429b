"""JSON patch, JSON merge patch and strategic merge patch."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.practice import patches, schema
from z2jh_wizard.practice.schema import UNKNOWN
from z2jh_wizard.practice.status import ApiError

DEPLOYMENT = schema.load().find("apps", "v1", "Deployment")


def deployment(*containers: dict[str, Any], **pod: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": list(containers), **pod}}}}


def strategic(obj: dict[str, Any], patch: Any) -> dict[str, Any]:
    before = copy.deepcopy((obj, patch))
    result = patches.strategic_merge_patch(obj, patch, DEPLOYMENT)
    assert (obj, patch) == before, "a patch changes nothing in place"
    return result


def pod_of(obj: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = obj["spec"]["template"]["spec"]
    return found


# ------------------------------------------------------------------ merge patch


@pytest.mark.parametrize(
    ("obj", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": {"b": 1}}, {"a": {"c": 2, "b": None}}, {"a": {"c": 2}}),
        ({"a": [1]}, {"a": [2]}, {"a": [2]}),
        ({"a": "b"}, {"a": {"c": None, "d": {"e": None}}}, {"a": {"d": {}}}),
        ({}, {"a": {"b": {"c": None}}}, {"a": {"b": {}}}),
    ],
)
def test_merge_patch(obj: dict[str, Any], patch: dict[str, Any], result: dict[str, Any]):
    assert patches.merge_patch(obj, patch) == result


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from("abc"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from("abc"), JSON, max_size=3)


@given(OBJECTS, OBJECTS)
def test_merging_twice_is_merging_once(obj: dict[str, Any], patch: dict[str, Any]):
    before = copy.deepcopy(obj)
    once = patches.merge_patch(obj, patch)
    assert patches.merge_patch(once, patch) == once
    assert obj == before


def test_only_objects_are_merge_patches():
    with pytest.raises(ApiError, match="error decoding patch") as caught:
        patches.merge_patch({}, [1])
    assert caught.value.code == 400


# ------------------------------------------------------------------ JSON patch


def test_json_patch():
    obj: dict[str, Any] = {"metadata": {"labels": {"a/b": "1"}}, "spec": {"list": [1, 2]}}
    operations = [
        {"op": "test", "path": "/metadata/labels/a~1b", "value": "1"},
        {"op": "replace", "path": "/metadata/labels/a~1b", "value": "2"},
        {"op": "add", "path": "/spec/list/-", "value": 3},
        {"op": "remove", "path": "/spec/list/0"},
    ]
    result = patches.json_patch(obj, operations)
    assert result == {"metadata": {"labels": {"a/b": "2"}}, "spec": {"list": [2, 3]}}
    assert obj["spec"]["list"] == [1, 2]


def test_copies_do_not_grow_without_end():
    doubling = [{"op": "copy", "from": "/a", "path": f"/a/{place}"} for place in range(40)]
    with pytest.raises(ApiError) as caught:
        patches.json_patch({"a": {"text": "x" * 100}}, doubling)
    assert caught.value.code == 422
    once = patches.json_patch({"a": {"b": 1}}, [{"op": "copy", "from": "/a", "path": "/c"}])
    assert once == {"a": {"b": 1}, "c": {"b": 1}}


def test_replacing_what_is_not_there_adds_it():
    operation = {"op": "replace", "path": "/spec/paused", "value": True}
    assert patches.json_patch({"spec": {}}, [operation, operation]) == {"spec": {"paused": True}}


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "test", "path": "/a", "value": 7}],
        [{"op": "zap", "path": "/a"}],
        [{"op": "remove", "path": "/nothing"}],
        [{"op": "replace", "path": "/nothing/deeper", "value": 1}],
        [{"op": "replace", "value": 1}],
        [{"op": "replace", "path": 1, "value": 1}],
        [{"op": "add", "path": "a", "value": 1}],
        [{"op": "add", "path": "/a/b/c", "value": 1}],
        [{"op": "add", "path": "/list/x", "value": 1}],
        [{"op": "add", "path": "/list/9", "value": 1}],
        [{"op": "add", "path": "/a"}],
        [{"path": "/a"}],
        [{"op": "replace", "path": "", "value": 1}],
        [{"op": 5, "path": 6}],
    ],
)
def test_json_patches_that_cannot_be_applied(operations: list[dict[str, Any]]):
    with pytest.raises(ApiError) as caught:
        patches.json_patch({"a": 1, "list": []}, operations)
    assert caught.value.code == 422
    assert caught.value.message == "the server rejected our request due to an error in our request"


@pytest.mark.parametrize(("operations", "code"), [({"a": 1}, 400), ([1], 400), ([{}] * 10_001, 413)])
def test_what_is_no_json_patch(operations: Any, code: int):
    with pytest.raises(ApiError) as caught:
        patches.json_patch({}, operations)
    assert caught.value.code == code


@given(OBJECTS, st.lists(OBJECTS, max_size=3))
def test_no_json_patch_breaks_the_server(obj: dict[str, Any], operations: list[dict[str, Any]]):
    try:
        result: Any = patches.json_patch(obj, operations)
    except ApiError as error:
        result = error.code
    assert isinstance(result, dict) or result in (400, 422)


# ------------------------------------------------------------------ strategic merge patch


def test_containers_are_matched_by_name():
    live = deployment({"name": "a", "image": "x"}, {"name": "b", "image": "y", "tty": True})
    result = strategic(
        live, deployment({"name": "b", "image": "z", "tty": None}, {"name": "c", "image": "n"})
    )
    assert pod_of(result)["containers"] == [
        {"name": "a", "image": "x"},
        {"name": "b", "image": "z"},
        {"name": "c", "image": "n"},
    ]


def test_an_item_is_deleted_by_directive():
    live = deployment({"name": "a"}, {"name": "b", "env": [{"name": "X", "value": "1"}, {"name": "Y"}]})
    patch = deployment(
        {"name": "a", "$patch": "delete"}, {"name": "b", "env": [{"name": "X", "$patch": "delete"}]}
    )
    assert pod_of(strategic(live, patch))["containers"] == [{"name": "b", "env": [{"name": "Y"}]}]


def test_a_list_is_replaced_by_directive():
    live = deployment({"name": "a"}, {"name": "b"})
    assert pod_of(strategic(live, deployment({"$patch": "replace"}, {"name": "c"})))["containers"] == [
        {"name": "c"}
    ]


def test_a_map_is_replaced_or_emptied_by_directive():
    live = {"metadata": {"labels": {"a": "1", "b": "2"}}}
    replaced = strategic(live, {"metadata": {"labels": {"$patch": "replace", "c": "3"}}})
    assert replaced == {"metadata": {"labels": {"c": "3"}}}
    assert strategic(live, {"metadata": {"labels": {"$patch": "delete"}}}) == {"metadata": {"labels": {}}}


def test_the_order_of_a_list_can_be_set():
    live = deployment({"name": "a"}, {"name": "b"}, {"name": "server"}, {"name": "c"})
    patch = deployment({"name": "d"})
    pod_of(patch)["$setElementOrder/containers"] = [{"name": each} for each in "cdba"]
    names = [each["name"] for each in pod_of(strategic(live, patch))["containers"]]
    assert names == ["server", "c", "d", "b", "a"], "the others stay before what they stood before"


def test_the_order_alone_reorders():
    live = deployment({"name": "a"}, {"name": "b"})
    patch = {"spec": {"template": {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}}}}
    assert [each["name"] for each in pod_of(strategic(live, patch))["containers"]] == ["b", "a"]


def test_keys_that_are_not_retained_go():
    live = {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}
    patch = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    assert strategic(live, patch) == {"spec": {"strategy": {"type": "Recreate"}}}


def test_sets_grow_and_shrink():
    live = {"metadata": {"finalizers": ["a", "b"]}}
    grown = strategic(live, {"metadata": {"finalizers": ["c"]}})
    assert grown == {"metadata": {"finalizers": ["c", "a", "b"]}}, "what is patched in comes first"
    smaller = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"], "finalizers": ["c"]}}
    assert set(strategic(live, smaller)["metadata"]["finalizers"]) == {"b", "c"}


def test_atomic_lists_are_replaced():
    live = deployment({"name": "a", "args": ["x", "y"]}, tolerations=[{"key": "a"}])
    result = strategic(live, deployment({"name": "a", "args": ["z"]}, tolerations=[{"key": "b"}]))
    assert pod_of(result)["containers"][0]["args"] == ["z"]
    assert pod_of(result)["tolerations"] == [{"key": "b"}]


def test_null_removes_and_directives_never_stay():
    live = deployment({"name": "a", "image": "x"})
    patch = deployment(
        {"name": "n", "image": None, "env": [{"name": "gone", "$patch": "delete"}, {"name": "E"}]}
    )
    patch["metadata"] = {"labels": {"a": None, "b": "1", "deep": {"c": None}}}
    result = strategic(live, patch)
    assert result["metadata"] == {"labels": {"b": "1", "deep": {}}}
    assert pod_of(result)["containers"][0] == {"name": "n", "env": [{"name": "E"}]}


def test_a_value_of_another_type_is_replaced():
    live = {"spec": {"template": {"spec": {"containers": "text", "nodeSelector": []}}}}
    result = strategic(live, deployment({"name": "a"}, nodeSelector={"a": "b"}))
    assert pod_of(result) == {"containers": [{"name": "a"}], "nodeSelector": {"a": "b"}}


@pytest.mark.parametrize(
    ("patch", "code", "message"),
    [
        ([1], 400, "cannot unmarshal array"),
        (deployment({"image": "x"}), 500, "map: map[image:x] does not contain declared merge key: name"),
        (deployment({"$patch": "delete"}), 500, "does not contain declared merge key: name"),
        ({"spec": {"$patch": "foo"}}, 500, "unknown patch type: foo in map: map[$patch:foo]"),
        (deployment({"name": "a", "$patch": "x"}), 500, "unknown patch type: x in map: map[$patch:x name:a]"),
        ({"spec": {"$retainKeys": "x"}}, 500, "must be a list"),
        ({"metadata": {"$setElementOrder/finalizers": 1, "finalizers": ["a"]}}, 500, "must be a list"),
        ({"metadata": {"$deleteFromPrimitiveList/finalizers": 1}}, 500, "must be a list"),
    ],
)
def test_malformed_strategic_patches(patch: Any, code: int, message: str):
    live = {"metadata": {"finalizers": ["a"]}, **deployment({"name": "a"})}
    with pytest.raises(ApiError) as caught:
        strategic(live, patch)
    assert caught.value.code == code
    assert message in caught.value.message


def test_without_a_schema_lists_are_replaced():
    merged = patches.strategic_merge_patch({"a": [{"name": "x"}], "b": 1}, {"a": [{"name": "y"}]}, UNKNOWN)
    assert merged == {"a": [{"name": "y"}], "b": 1}


FLAT = st.dictionaries(st.sampled_from("abc"), st.none() | st.integers(0, 3) | st.lists(st.integers(0, 3)))
NESTED = st.dictionaries(st.sampled_from("abc"), FLAT | st.integers(0, 3) | st.none())


@given(NESTED, NESTED)
def test_without_directives_it_merges_maps_as_a_merge_patch_does(obj: dict[str, Any], patch: dict[str, Any]):
    assert patches.strategic_merge_patch(obj, patch, UNKNOWN) == patches.merge_patch(obj, patch)
