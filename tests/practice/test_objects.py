"""Small helpers for objects."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from z2jh_wizard.practice import managed_fields, objects, patches, schema, validation
from z2jh_wizard.practice.schema import UNKNOWN
from z2jh_wizard.practice.status import ApiError

NOON = datetime.datetime(2026, 1, 2, 12, tzinfo=datetime.timezone.utc)


def nested(levels: int) -> dict[str, Any]:
    value: Any = 1
    for level in range(levels):
        value = {"a": value} if level % 2 else [value]
    return {"apiVersion": "example.com/v1", "kind": "W", "metadata": {"name": "w"}, "spec": value}


def test_digging():
    obj = {"a": [{"b": 0}, {"b": None}]}
    assert objects.dig(obj, "a", 0, "b", default=5) == 0
    assert objects.dig(obj, "a", 1, "b", default=5) == 5
    assert objects.dig(obj, "a", 7, "b") is None
    assert objects.dig(obj, "a", -1) == {"b": None}
    assert objects.dig(obj, "a", "x") is None
    assert objects.dig("text", "a") is None


def test_api_versions():
    assert objects.split_api_version("apps/v1") == ("apps", "v1")
    assert objects.split_api_version("v1") == ("", "v1")


def test_copies_are_deep():
    original = {"a": [{"b": 1}], "when": NOON}
    copied = objects.copy_json(original)
    copied["a"][0]["b"] = 2
    assert original["a"] == [{"b": 1}]
    assert copied["when"] == NOON


def test_sameness_is_that_of_json():
    assert objects.same_json({"a": [1, None]}, {"a": [1.0, None]})
    assert not objects.same_json(True, 1)
    assert not objects.same_json([0], [False])
    assert not objects.same_json([1], [1, 2])
    assert not objects.same_json({"a": 1}, {"b": 1})


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-02T12:00:00Z",
        "2026-01-02T12:00:00z",
        "2026-01-02T13:00:00+01:00",
        "2026-01-02T12:00:00.000000Z",
        "2026-01-02T12:00:00.0000001Z",
        "2026-01-02T12:00:00.0Z",
    ],
)
def test_times(text: str):
    assert objects.parse_time(text) == NOON


@pytest.mark.parametrize("text", ["", "yesterday", "2026-01-02", "2026-01-02T12:00:00", None, 5])
def test_what_is_no_time(text: Any):
    assert objects.parse_time(text) is None


def test_writing_times():
    assert objects.time_text(NOON) == "2026-01-02T12:00:00Z"


def test_what_cannot_be_kept():
    assert objects.json_fault(nested(150)) is None
    assert objects.json_fault(nested(300)) == "json: exceeded max depth"
    assert objects.json_fault(nested(5_000)) == "json: exceeded max depth"
    assert objects.json_fault({"a": ["é", "😀", 1, None]}) is None
    assert objects.json_fault({"a": ["x\ud800"]}) == "json: invalid Unicode in a string"
    assert objects.json_fault({"\udfff": 1}) == "json: invalid Unicode in a string"


@pytest.mark.parametrize(
    "deep", [nested(5_000), nested(1) | {"data": {"a": "\ud800"}}], ids=["deep", "no text"]
)
def test_bodies_that_cannot_be_kept_are_refused(deep: dict[str, Any]):
    custom = schema.load().of(nested(1))
    attempts = (
        lambda: patches.merge_patch({}, deep),
        lambda: patches.strategic_merge_patch({}, deep, UNKNOWN),
        lambda: patches.json_patch({}, [deep]),
        lambda: validation.check(deep, custom, "Strict"),
        lambda: managed_fields.apply(None, deep, "x", False, None, custom),
    )
    for attempt in attempts:
        with pytest.raises(ApiError, match="json: ") as caught:
            attempt()
        assert caught.value.code == 400
