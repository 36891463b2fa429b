"""The quick check against a schema says what jsonschema says, for all that charts write in schemas."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from z2jh_wizard.core.assets import asset_path
from z2jh_wizard.helm.chart_files import read_chart_file
from z2jh_wizard.values.reading import parse
from z2jh_wizard.values.schema_fit import fits, is_understood

SCHEMA = json.loads(asset_path("practice-chart/values.schema.json").read_text())
DEFAULTS = parse(asset_path("practice-chart/values.yaml").read_bytes()).tree

names = st.sampled_from(["a", "b", "create", "x-y"])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from([0.0, 1.0, 0.5, "", "a", "true"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
types = st.sampled_from(["object", "array", "string", "boolean", "integer", "number", "null"])


def schemas_of(inner):
    maps = st.dictionaries(names, inner, max_size=2)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": types | st.lists(types, min_size=1, max_size=2, unique=True),
            "enum": st.lists(values, min_size=1, max_size=2),
            "const": values,
            "minimum": st.integers(-1, 2),
            "required": st.lists(names, max_size=1),
            "properties": maps,
            "patternProperties": st.dictionaries(st.sampled_from(["^a", ".*", "[bx]"]), inner, max_size=1),
            "additionalProperties": inner,
            "items": inner,
            "oneOf": st.lists(inner, min_size=1, max_size=2),
            "if": inner,
            "then": inner,
            "else": inner,
            "description": st.just("words"),
            "$ref": st.just("#/definitions/one"),
        },
    )


schemas = st.recursive(st.booleans(), schemas_of, max_leaves=5)


@settings(max_examples=300)
@given(schemas, st.fixed_dictionaries({"type": types}), values)
def test_any_schema_and_value_are_judged_alike(schema, one, value):
    if isinstance(schema, dict):
        schema = {**schema, "definitions": {"one": one}}
        schema.pop("$ref", None)
    assert is_understood(schema)
    assert fits(value, schema) is Draft7Validator(schema).is_valid(value)


def test_the_shipped_schema_is_understood_and_its_defaults_fit():
    assert is_understood(SCHEMA)
    assert fits(DEFAULTS, SCHEMA)


@pytest.mark.parametrize(
    "schema",
    [
        {"anyOf": [{}]},
        {"properties": {"a": {"pattern": "x"}}},
        {"$ref": "https://example.org/x.json"},
        {"properties": {"a": {"definitions": {}}}},
        {"items": {"format": "date"}},
        {"items": [{}, {}]},
        {"if": {"not": {}}},
        "nonsense",
    ],
)
def test_a_schema_with_other_words_is_left_to_a_whole_validator(schema):
    assert not is_understood(schema)


def changed(tree, keys, value):
    """Return a copy with another value at a place that is found by counting."""
    key = sorted(tree)[keys[0] % len(tree)]
    inner = tree[key]
    deeper = isinstance(inner, dict) and inner and len(keys) > 1
    return {**tree, key: changed(inner, keys[1:], value) if deeper else value}


@settings(max_examples=150)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=4), values)
def test_every_change_of_the_defaults_is_judged_alike(keys, value):
    tree = changed(DEFAULTS, keys, value)
    assert fits(tree, SCHEMA) is Draft7Validator(SCHEMA).is_valid(tree)


@settings(max_examples=150, deadline=None)
@given(keys=st.lists(st.integers(0, 40), min_size=1, max_size=4), value=values)
def test_the_real_chart_is_judged_alike(real_chart, keys, value):
    schema = json.loads(read_chart_file(real_chart, "values.schema.json") or b"{}")
    defaults = parse(read_chart_file(real_chart, "values.yaml") or b"").tree
    assert is_understood(schema)
    assert fits(defaults, schema)
    tree = changed(defaults, keys, value)
    assert fits(tree, schema) is Draft7Validator(schema).is_valid(tree)
