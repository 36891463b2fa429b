"""API errors and the Status objects that carry them, worded as the real API server words them.

Codes, reasons and sentences: k8s.io/apimachinery, pkg/api/errors and pkg/util/validation/field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from z2jh_wizard.practice.go_text import go_quote as go_quote  # noqa: PLC0414  # offered here, too
from z2jh_wizard.practice.go_text import go_value

MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


class NamedResource(Protocol):
    """What an error needs to know about a resource: its group and plural name."""

    @property
    def group(self) -> str: ...  # noqa: D102  # a protocol's members are its class's docstring
    @property
    def plural(self) -> str: ...  # noqa: D102


class ApiError(Exception):
    """A request that failed: HTTP ``code``, machine ``reason``, ``message`` for people, ``details``."""

    def __init__(
        self, code: int, reason: str, message: str, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = dict(details or {})

    def body(self) -> dict[str, Any]:
        """Return the Status object that answers the request."""
        body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "details": self.details,
            "code": self.code,
        }
        return {key: value for key, value in body.items() if key == "metadata" or value}


def success(details: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the Status object of a request that worked, as a deletion answers."""
    body: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    return body | ({"details": dict(details)} if details else {})


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is wrong with one field; ``message`` is what stands after the field's path."""

    reason: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"

    def to_json(self) -> dict[str, str]:
        """Return the cause as a Status object lists it."""
        return {"reason": self.reason, "message": self.message, "field": self.field}


def invalid_value(field: str, value: Any, detail: str) -> Cause:
    """The value is malformed."""
    return Cause("FieldValueInvalid", field, _body("Invalid value", value, detail))


def required(field: str, detail: str = "") -> Cause:
    """The value is missing."""
    return Cause("FieldValueRequired", field, _join("Required value", detail))


def not_supported(field: str, value: Any, supported: Iterable[str]) -> Cause:
    """The value is none of the supported ones, which the message lists in the given order."""
    listed = ", ".join(go_quote(each) for each in supported)
    return Cause(
        "FieldValueNotSupported", field, _body("Unsupported value", value, f"supported values: {listed}")
    )


def duplicate(field: str, value: Any) -> Cause:
    """The value stands there twice and must be unique."""
    return Cause("FieldValueDuplicate", field, _body("Duplicate value", value, ""))


def value_not_found(field: str, value: Any) -> Cause:
    """The value names something that does not exist."""
    return Cause("FieldValueNotFound", field, _body("Not found", value, ""))


def forbidden_value(field: str, detail: str) -> Cause:
    """The value may not be set, or may not be changed."""
    return Cause("FieldValueForbidden", field, _join("Forbidden", detail))


def too_long(field: str, limit: int) -> Cause:
    """The value has more than ``limit`` bytes."""
    return Cause("FieldValueTooLong", field, f"Too long: may not be more than {limit} bytes")


def _body(title: str, value: Any, detail: str) -> str:
    return _join(f"{title}: {go_value(value)}", detail)


def _join(text: str, detail: str) -> str:
    return f"{text}: {detail}" if detail else text


def qualified(resource: NamedResource) -> str:
    """Return ``deployments.apps``, or the bare plural for the core group."""
    return f"{resource.plural}.{resource.group}" if resource.group else resource.plural


def _details(resource: NamedResource, name: str = "") -> dict[str, Any]:
    found = {"name": name, "group": resource.group, "kind": resource.plural}
    return {key: value for key, value in found.items() if value}


def not_found(resource: NamedResource, name: str) -> ApiError:
    """No object of that name."""
    message = f"{qualified(resource)} {go_quote(name)} not found"
    return ApiError(404, "NotFound", message, _details(resource, name))


def page_not_found() -> ApiError:
    """No such path; clients turn the reason into 'the server could not find the requested resource'."""
    return ApiError(404, "NotFound", "the server could not find the requested resource")


def already_exists(resource: NamedResource, name: str) -> ApiError:
    """An object of that name is there already."""
    message = f"{qualified(resource)} {go_quote(name)} already exists"
    return ApiError(409, "AlreadyExists", message, _details(resource, name))


def conflict(resource: NamedResource, name: str, why: str = MODIFIED) -> ApiError:
    """The write is based on an older version of the object, or on another object of that name."""
    message = f"Operation cannot be fulfilled on {qualified(resource)} {go_quote(name)}: {why}"
    return ApiError(409, "Conflict", message, _details(resource, name))


def apply_conflict(message: str, causes: Iterable[Cause]) -> ApiError:
    """Other managers own fields that an apply would change."""
    return ApiError(409, "Conflict", message, {"causes": [cause.to_json() for cause in causes]})


def invalid(kind: str, group: str, name: str, causes: Iterable[Cause]) -> ApiError:
    """The object breaks rules; several causes stand in brackets, repeated texts once."""
    listed = list(causes)
    texts = list(dict.fromkeys(str(cause) for cause in listed))
    qualified_kind = f"{kind}.{group}" if group else kind
    message = f"{qualified_kind} {go_quote(name)} is invalid"
    if texts:
        message += ": " + (texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]")
    details = {"name": name, "group": group, "kind": kind}
    present: dict[str, Any] = {key: value for key, value in details.items() if value}
    return ApiError(422, "Invalid", message, present | {"causes": [cause.to_json() for cause in listed]})


def bad_request(message: str) -> ApiError:
    """The request cannot be understood."""
    return ApiError(400, "BadRequest", message)


def unauthorized() -> ApiError:
    """The token is missing, wrong or expired."""
    return ApiError(401, "Unauthorized", "Unauthorized")


def forbidden(resource: NamedResource, name: str, why: str) -> ApiError:
    """The request was understood and refused."""
    subject = f"{qualified(resource)} {go_quote(name)}" if name else qualified(resource)
    return ApiError(403, "Forbidden", f"{subject} is forbidden: {why}", _details(resource, name))


def namespace_terminating(resource: NamedResource, name: str, namespace: str) -> ApiError:
    """Nothing new can be made in a namespace that is going away."""
    why = f"unable to create new content in namespace {namespace} because it is being terminated"
    error = forbidden(resource, name, why)
    error.details["causes"] = [
        {
            "reason": "NamespaceTerminating",
            "message": f"namespace {namespace} is being terminated",
            "field": "metadata.namespace",
        }
    ]
    return error


def method_not_allowed() -> ApiError:
    """The path exists and does not take this HTTP method."""
    return ApiError(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource"
    )


def not_acceptable(accepted: Iterable[str]) -> ApiError:
    """None of the response types that the client accepts can be made."""
    message = f"only the following media types are accepted: {', '.join(accepted)}"
    return ApiError(406, "NotAcceptable", message)


def unsupported_media_type(accepted: Iterable[str]) -> ApiError:
    """The body has a type that the server does not read."""
    types = ", ".join(accepted)
    message = f"the body of the request was in an unknown format - accepted media types include: {types}"
    return ApiError(415, "UnsupportedMediaType", message)


def gone(message: str) -> ApiError:
    """The thing asked for is no longer there, and never will be."""
    return ApiError(410, "Gone", message)


def expired(requested: int, oldest: int) -> ApiError:
    """A watch or list asks for changes that are older than what the server keeps."""
    return ApiError(410, "Expired", f"too old resource version: {requested} ({oldest})")


def too_large(limit_bytes: int) -> ApiError:
    """The body has more bytes than the server reads."""
    message = f"Request entity too large: limit is {limit_bytes}"
    return ApiError(413, "RequestEntityTooLarge", message)


def too_many_requests(message: str, retry_after_seconds: int = 0, causes: Iterable[Cause] = ()) -> ApiError:
    """The request may work later, as an eviction that a disruption budget holds back."""
    details: dict[str, Any] = {"causes": [cause.to_json() for cause in causes]}
    details = details if details["causes"] else {}
    if retry_after_seconds:
        details["retryAfterSeconds"] = retry_after_seconds
    return ApiError(429, "TooManyRequests", message, details)


def internal(message: str) -> ApiError:
    """The server itself failed."""
    details = {"causes": [{"message": message}]}
    return ApiError(500, "InternalError", f"Internal error occurred: {message}", details)


def unavailable(message: str = "the server is currently unable to handle the request") -> ApiError:
    """The server is there and cannot serve now."""
    return ApiError(503, "ServiceUnavailable", message)


def timed_out(message: str, retry_after_seconds: int = 0) -> ApiError:
    """The server did not finish in time; the operation may still complete."""
    details = {"retryAfterSeconds": retry_after_seconds} if retry_after_seconds else {}
    return ApiError(504, "Timeout", f"Timeout: {message}", details)
