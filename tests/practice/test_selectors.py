"""Label and field selectors."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.practice.selectors import (
    field_text,
    match_label_selector,
    parse_fields,
    parse_labels,
    parse_requirements,
)
from z2jh_wizard.practice.status import ApiError

LABELS = {"app": "hub", "tier": "a", "number": "5", "empty": "", "example.com/x": "y"}


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        ("", True),
        ("app=hub", True),
        ("app==hub", True),
        (" app = hub , tier in ( a , b ) ", True),
        ("app!=hub", False),
        ("other!=x", True),
        ("app in (hub,proxy)", True),
        ("app in (proxy)", False),
        ("other in (x)", False),
        ("app notin (proxy)", True),
        ("other notin (x)", True),
        ("app notin (hub)", False),
        ("app", True),
        ("other", False),
        ("!other", True),
        ("!app", False),
        ("number>4", True),
        ("number<4", False),
        ("app>4", False),
        ("empty=", True),
        ("empty in ()", True),
        ("empty in (,)", True),
        ("app=", False),
        ("example.com/x=y", True),
        ("in in (a)", False),
        ("app=hub,tier=b", False),
        ("app in (hub),tier", True),
    ],
)
def test_label_selectors(selector: str, selected: bool):
    assert parse_labels(selector)(LABELS) is selected


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("a=b,", "found '', expected: identifier after ','"),
        ("=a", "found '=', expected: !, identifier, or 'end of string'"),
        ("a in x", "unable to parse requirement: found 'x' expected: '('"),
        ("a=b c", "found 'c', expected: ',' or 'end of string'"),
        ("a>b", "the value must be an integer"),
        ("a in (b", "expected: ',' or ')'"),
        ("a in (b=c)", "expected: ',' or ')'"),
        ("!", "expected: identifier"),
        ("a=(", "expected: identifier"),
        ("a b", "expected: in, notin, =, ==, !=, gt, lt"),
        ("a=@@", "a valid label must be an empty string"),
        ("@@=b", "name part must consist of alphanumeric characters"),
        ("a=" + "x" * 64, "must be no more than 63 bytes"),
    ],
)
def test_malformed_label_selectors_are_refused(selector: str, message: str):
    with pytest.raises(ApiError) as caught:
        parse_labels(selector)
    assert caught.value.code == 400
    assert message in caught.value.message


@given(st.text(alphabet="ab=!,() <>in", max_size=30))
def test_any_text_is_read_or_refused(text: str):
    try:
        keys = [each.key for each in parse_requirements(text)]
    except ApiError as error:
        keys = [str(error.code)]
    assert keys == ["400"] or all(key[0] in "abin" for key in keys)


POD = {
    "metadata": {"name": "a,b", "namespace": "lab"},
    "spec": {"nodeName": "n=1", "unschedulable": True},
    "status": {"phase": "Running", "count": 3},
}


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        ("", True),
        (r"metadata.name=a\,b", True),
        (r"spec.nodeName==n\=1", True),
        ("status.phase!=Running", False),
        ("status.phase!=Failed,metadata.namespace=lab", True),
        ("spec.unschedulable=true", True),
        ("status.count=3", True),
        ("spec.missing=", True),
        ("spec.missing!=x", True),
        ("status.phase.deeper=x", False),
    ],
)
def test_field_selectors(selector: str, selected: bool):
    assert parse_fields(selector)(POD) is selected


@pytest.mark.parametrize("selector", ["name", "a=b=c", r"a=b\x", "a=b\\", "a!b"])
def test_malformed_field_selectors_are_refused(selector: str):
    with pytest.raises(ApiError) as caught:
        parse_fields(selector)
    assert caught.value.code == 400


def test_fields_as_text():
    assert field_text({"a": False}, "a") == "false"
    assert field_text({"a": None}, "a") == ""


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        (None, False),
        ({}, True),
        ({"matchLabels": {"app": "hub"}}, True),
        ({"matchLabels": {"app": "proxy"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["hub"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["hub"]}]}, False),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, False),
        ({"matchExpressions": [{"key": "number", "operator": "Gt", "values": ["4"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "Lt", "values": ["4"]}]}, False),
        ({"matchLabels": {"app": "hub"}, "matchExpressions": [{"key": "x", "operator": "Exists"}]}, False),
    ],
)
def test_label_selector_objects(selector: dict[str, Any] | None, selected: bool):
    assert match_label_selector(selector, LABELS) is selected


def test_an_unknown_operator_is_refused():
    with pytest.raises(ApiError, match="not a valid label selector operator"):
        match_label_selector({"matchExpressions": [{"key": "a", "operator": "Like"}]}, {})
