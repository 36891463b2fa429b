"""Google's errors: a status, a reason, and details as google.rpc has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.rpc import code_pb2, error_details_pb2, status_pb2

HTTP = {
    code_pb2.INVALID_ARGUMENT: 400,
    code_pb2.FAILED_PRECONDITION: 400,
    code_pb2.UNAUTHENTICATED: 401,
    code_pb2.PERMISSION_DENIED: 403,
    code_pb2.NOT_FOUND: 404,
    code_pb2.ALREADY_EXISTS: 409,
    code_pb2.RESOURCE_EXHAUSTED: 429,
    code_pb2.INTERNAL: 500,
    code_pb2.UNAVAILABLE: 503,
}


class ApiError(Exception):
    """An error of a Google API."""

    def __init__(
        self, code: int, message: str, reason: str = "", metadata: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason
        self.metadata = dict(metadata or {})

    def status(self) -> status_pb2.Status:
        """Return it as gRPC sends it."""
        status = status_pb2.Status(code=self.code, message=self.message)
        if self.reason:
            info = error_details_pb2.ErrorInfo(
                reason=self.reason, domain="googleapis.com", metadata=self.metadata
            )
            status.details.add().Pack(info)
        return status

    def body(self) -> dict[str, Any]:
        """Return it as REST sends it."""
        info = {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": self.reason,
            "domain": "googleapis.com",
            "metadata": self.metadata,
        }
        return {
            "error": {
                "code": HTTP[self.code],
                "status": code_pb2.Code.Name(self.code),
                "message": self.message,
                "details": [info] if self.reason else [],
            }
        }


def not_found(name: str) -> ApiError:
    """Return the error for what is not there."""
    return ApiError(code_pb2.NOT_FOUND, f"Not found: {name}.")


def service_disabled(service: str, project: str) -> ApiError:
    """Return the error for a service that is switched off."""
    return ApiError(
        code_pb2.PERMISSION_DENIED,
        f"{service} has not been used in project {project} before or it is disabled.",
        "SERVICE_DISABLED",
        {"service": service, "consumer": f"projects/{project}"},
    )


def lacks_permission(permission: str, project: str) -> ApiError:
    """Return the error for a person who may not do it."""
    return ApiError(
        code_pb2.PERMISSION_DENIED,
        f"Required '{permission}' permission for 'projects/{project}'.",
        "IAM_PERMISSION_DENIED",
        {"permission": permission, "resource": f"projects/{project}"},
    )


def no_quota(metric: str, need: float, short: float) -> ApiError:
    """Return the error for a region whose quota is too small."""
    return ApiError(
        code_pb2.RESOURCE_EXHAUSTED,
        f"Insufficient regional quota to satisfy request: resource \"{metric}\": request requires '{need}' "
        f"and is short '{short}'.",
    )


def sign_in_ended() -> ApiError:
    """Return the error for credentials that have ended."""
    return ApiError(code_pb2.UNAUTHENTICATED, "Request had invalid authentication credentials.")
