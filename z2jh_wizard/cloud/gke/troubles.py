"""Errors of Google's packages as the wizard's own: the code is the reason, else the status of the reply."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from z2jh_wizard.cloud.calls import retry_after
from z2jh_wizard.cloud.explain import CloudTrouble, saying_for, trouble
from z2jh_wizard.core.errors import CouldNotLook, WizardError

_SHORT = re.compile(
    r"resource \"(?P<metric>[A-Z0-9_]+)\": request requires '(?P<need>[0-9.]+)'"
    r" and is short '(?P<short>[0-9.]+)'"
)
"""How Google says that a region's quota is too small."""

_RATE = "RATE_LIMIT_EXCEEDED"

_OPERATION = re.compile(r"operation-[0-9a-z-]+")


def as_trouble(error: Exception, account: str, target: str = "") -> WizardError | None:
    """Return what an exception of Google's packages means; None for one that is not theirs."""
    import requests
    from google.api_core import exceptions as api
    from google.auth import exceptions as auth

    if isinstance(error, api.GoogleAPICallError):
        return _of_call(error, account, target)
    if isinstance(error, (auth.TransportError, requests.exceptions.RequestException)):
        return CouldNotLook(
            "Google was not reached",
            f"The connection failed ({type(error).__name__}).",
            still_works="What was made before is kept.",
            next_step="Check the network, then run the same command again: it looks first and carries on.",
            transient=True,
        )
    if isinstance(error, auth.GoogleAuthError):
        return trouble("gke", "RefreshError", details={"account": account})
    return None


def of_condition(code: str, message: str, account: str, details: Mapping[str, str]) -> CloudTrouble:
    """Return what a condition of a cluster, or the error of an operation, means."""
    return trouble("gke", code, message, {"account": account, **details, **_quota(message)})


def _of_call(error: Any, account: str, target: str) -> CloudTrouble:
    status = _status(error)
    reason = error.reason or ""
    told = {str(name): str(value) for name, value in (error.metadata or {}).items()}
    message = re.sub(r"^[A-Z]+ https?://\S+: ", "", str(error.message or ""))
    told_so = (_RATE if _is_too_many(error) else "", reason, status)
    code = next((one for one in told_so if one and saying_for("gke", one, message)), reason or status)
    busy = _OPERATION.search(message)
    details = {
        "account": account,
        "target": target,
        "permission": told.get("permission", ""),
        "service": told.get("service", ""),
        "operation": busy.group() if busy else "",
        **_quota(message),
    }
    return trouble("gke", code, message, details, _wait(error))


def _is_too_many(error: Any) -> bool:
    """Tell whether it were too many questions: Compute Engine says it as an older reason, with HTTP 403."""
    reasons = [str(one.get("reason", "")) for one in error.errors if isinstance(one, Mapping)]
    return any(one.lower().endswith("ratelimitexceeded") for one in reasons)


def _wait(error: Any) -> float | None:
    """Return how long Google wants to be left alone, as a header or as a ``google.rpc.RetryInfo``."""
    for one in error.details:
        if isinstance(one, Mapping):
            told = re.fullmatch(r"(\d{1,6}(?:\.\d+)?)s", str(one.get("retryDelay", "")))
            if told:
                return float(told[1])
        elif delay := getattr(one, "retry_delay", None):
            return max(0.0, float(delay.ToTimedelta().total_seconds()))
    headers = getattr(error.response, "headers", None)
    return retry_after(headers) if headers else None


def _status(error: Any) -> str:
    """Return the status that a reply says in words, such as ALREADY_EXISTS."""
    if error.grpc_status_code:
        return str(error.grpc_status_code.name)
    try:
        return str(error.response.json()["error"]["status"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return {
            401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ALREADY_EXISTS",
            429: _RATE, 500: "INTERNAL", 502: "UNAVAILABLE", 503: "UNAVAILABLE",
            504: "DEADLINE_EXCEEDED",
        }.get(int(error.code or 0), "")  # fmt: skip


def _quota(message: str) -> dict[str, str]:
    found = _SHORT.search(message)
    if not found:
        return {}
    need, short = float(found["need"]), float(found["short"])
    return {"metric": found["metric"], "need": f"{need:g}", "have": f"{max(0.0, need - short):g}"}
