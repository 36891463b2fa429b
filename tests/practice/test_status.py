"""API errors read as the real server's do."""

from __future__ import annotations

import pytest

from z2jh_wizard.practice import status
from z2jh_wizard.practice.go_text import go_print, go_quote, go_value
from z2jh_wizard.practice.resources import Resource
from z2jh_wizard.practice.status import ApiError

DEPLOYMENTS = Resource("apps", "v1", "deployments", "Deployment", namespaced=True)
SECRETS = Resource("", "v1", "secrets", "Secret", namespaced=True)


@pytest.mark.parametrize(
    ("error", "code", "reason", "message"),
    [
        (status.not_found(DEPLOYMENTS, "hub"), 404, "NotFound", 'deployments.apps "hub" not found'),
        (status.already_exists(SECRETS, "hub"), 409, "AlreadyExists", 'secrets "hub" already exists'),
        (
            status.conflict(SECRETS, "hub"),
            409,
            "Conflict",
            'Operation cannot be fulfilled on secrets "hub": the object has been modified; please apply your '
            "changes to the latest version and try again",
        ),
        (status.unauthorized(), 401, "Unauthorized", "Unauthorized"),
        (status.forbidden(SECRETS, "", "no"), 403, "Forbidden", "secrets is forbidden: no"),
        (status.forbidden(SECRETS, "hub", "no"), 403, "Forbidden", 'secrets "hub" is forbidden: no'),
        (status.bad_request("what?"), 400, "BadRequest", "what?"),
        (status.expired(5, 9), 410, "Expired", "too old resource version: 5 (9)"),
        (status.gone("bye"), 410, "Gone", "bye"),
        (status.too_large(7), 413, "RequestEntityTooLarge", "Request entity too large: limit is 7"),
        (status.internal("boom"), 500, "InternalError", "Internal error occurred: boom"),
        (status.timed_out("slow", 3), 504, "Timeout", "Timeout: slow"),
        (
            status.unavailable(),
            503,
            "ServiceUnavailable",
            "the server is currently unable to handle the request",
        ),
        (
            status.unsupported_media_type(["a", "b"]),
            415,
            "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: a, b",
        ),
        (
            status.not_acceptable(["a"]),
            406,
            "NotAcceptable",
            "only the following media types are accepted: a",
        ),
        (
            status.method_not_allowed(),
            405,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
        ),
        (
            status.page_not_found(),
            404,
            "NotFound",
            "the server could not find the requested resource",
        ),
    ],
)
def test_errors_have_the_servers_words(error: ApiError, code: int, reason: str, message: str):
    body = error.body()
    assert (body["code"], body["reason"], body["message"]) == (code, reason, message)
    assert body["kind"] == "Status"
    assert body["status"] == "Failure"
    assert str(error) == message


def test_details_name_the_object():
    assert status.not_found(DEPLOYMENTS, "hub").details == {
        "name": "hub",
        "group": "apps",
        "kind": "deployments",
    }
    assert "details" not in status.unauthorized().body()
    assert "reason" not in ApiError(500, "", "x").body()


def test_invalid_objects_list_their_causes():
    one = status.required("spec.selector")
    two = status.invalid_value("spec.replicas", -1, "must be positive")
    error = status.invalid("Deployment", "apps", "hub", [one, two, two])
    assert error.message == (
        'Deployment.apps "hub" is invalid: [spec.selector: Required value, '
        "spec.replicas: Invalid value: -1: must be positive]"
    )
    assert len(error.details["causes"]) == 3
    alone = status.invalid("Secret", "", "hub", [one])
    assert alone.message == 'Secret "hub" is invalid: spec.selector: Required value'
    assert status.invalid("Secret", "", "", []).message == 'Secret "" is invalid'


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        (status.not_supported("a", "x", ["p", "q"]), 'a: Unsupported value: "x": supported values: "p", "q"'),
        (status.duplicate("a", "x"), 'a: Duplicate value: "x"'),
        (status.value_not_found("a", "x"), 'a: Not found: "x"'),
        (status.forbidden_value("a", "why"), "a: Forbidden: why"),
        (status.too_long("a", 5), "a: Too long: may not be more than 5 bytes"),
        (status.invalid_value("a", {"b": 1}, "why"), 'a: Invalid value: {"b":1}: why'),
        (status.invalid_value("a", None, "why"), "a: Invalid value: null: why"),
    ],
)
def test_causes(cause: status.Cause, text: str):
    assert str(cause) == text
    assert cause.to_json()["field"] == "a"


def test_a_namespace_that_goes_away_says_so():
    error = status.namespace_terminating(SECRETS, "hub", "lab")
    why = "unable to create new content in namespace lab because it is being terminated"
    assert error.message == f'secrets "hub" is forbidden: {why}'
    assert error.details["causes"][0]["reason"] == "NamespaceTerminating"


def test_too_many_requests_say_when_to_come_back():
    error = status.too_many_requests("wait", 5, [status.Cause("DisruptionBudget", "", "no")])
    assert error.details["retryAfterSeconds"] == 5
    assert error.details["causes"][0]["reason"] == "DisruptionBudget"
    assert status.too_many_requests("wait").details == {}


def test_success():
    assert status.success()["status"] == "Success"
    assert status.success({"uid": "x"})["details"] == {"uid": "x"}


def test_go_texts():
    assert go_quote('a"b\n\x07é') == '"a\\"b\\n\\u0007é"'
    assert go_value(True) == "true"
    assert go_print({"b": [1, "x", None], "a": {"c": True}}) == "map[a:map[c:true] b:[1 x <nil>]]"
