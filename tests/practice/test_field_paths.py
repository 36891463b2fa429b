"""Paths to fields, as managed fields write them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.practice import field_paths
from z2jh_wizard.practice.field_paths import PathError

CONTAINER = ("f:spec", "f:containers", 'k:{"name":"hub"}')


def test_paths_as_messages_show_them():
    assert field_paths.path_text((*CONTAINER, "f:image")) == '.spec.containers[name="hub"].image'
    assert field_paths.path_text(("f:metadata", "f:finalizers", 'v:"a"')) == '.metadata.finalizers[="a"]'
    port = 'k:{"containerPort":80,"protocol":"TCP"}'
    assert field_paths.path_text(("f:ports", port)) == '.ports[containerPort=80,protocol="TCP"]'
    assert field_paths.path_text(("f:args", "i:0")) == ".args[0]"


def test_fields_v1():
    paths = frozenset({("f:a",), ("f:a", "f:b"), ("f:c", "f:d"), (*CONTAINER,), (*CONTAINER, "f:image")})
    encoded = field_paths.encode(paths)
    assert encoded == {
        "f:a": {".": {}, "f:b": {}},
        "f:c": {"f:d": {}},
        "f:spec": {"f:containers": {'k:{"name":"hub"}': {".": {}, "f:image": {}}}},
    }
    assert field_paths.decode(encoded) == paths


ELEMENTS = st.sampled_from(["f:a", "f:b", "f:x.y/z", 'k:{"n":1}', 'v:"s"', "v:1", "i:0"])


@given(st.frozensets(st.lists(ELEMENTS, min_size=1, max_size=4).map(tuple), max_size=8))
def test_what_is_encoded_can_be_decoded(paths: frozenset[tuple[str, ...]]):
    assert field_paths.decode(field_paths.encode(paths)) == paths


def test_the_spelling_of_keys_does_not_matter():
    assert field_paths.decode({'k:{"b": 1, "a": 2}': {}}) == {('k:{"a":2,"b":1}',)}


@pytest.mark.parametrize(
    "fields", [1, {"a": {}}, {"z:a": {}}, {"f:a": 1}, {"k:{": {}}, {"k:1": {}}, {"v:": {}}]
)
def test_other_things_are_no_fields_v1(fields: Any):
    with pytest.raises(PathError):
        field_paths.decode(fields)


def test_the_order_of_conflicts():
    paths = [("f:b", "f:a"), ("f:c",), ("f:a", "f:z"), ("f:a", "f:b", "f:c")]
    assert field_paths.in_order(paths) == [("f:c",), ("f:a", "f:z"), ("f:a", "f:b", "f:c"), ("f:b", "f:a")]


def test_prefixes():
    assert field_paths.with_prefixes([("f:a", "f:b")]) == {("f:a",), ("f:a", "f:b")}
