"""Errors of Azure's packages as the wizard's own: the code that the reply says, not the class."""

from __future__ import annotations

import re
from typing import Any

from z2jh_wizard.cloud.calls import retry_after
from z2jh_wizard.cloud.explain import CloudTrouble, saying_for, trouble
from z2jh_wizard.core.errors import CouldNotLook, WizardError

_QUOTA = re.compile(
    r"requested (?P<need>\d+), remaining (?P<have>\d+)"
    r"(?: for family (?P<metric>\w+))?(?: for region (?P<location>\w+))?"
)
_APPROVED = re.compile(
    r"exceeding approved (?P<metric>[\w ]+?) quota.*?Additional Required: (?P<need>\d+)", re.S
)
_ACTION = re.compile(r"perform action '(?P<permission>[^']+)'")
_NAMESPACE = re.compile(r"namespace '(?P<service>[^']+)'")
_POLICY = re.compile(r"\"policyAssignment\":\{\"name\":\"(?P<policy>[^\"]+)\"")
_SIZE = re.compile(r"VM size of (?P<machine>\w+)")
_AADSTS = re.compile(r"AADSTS\d+")


_BUSY = {
    429: "TooManyRequests",
    500: "InternalServerError",
    502: "ServiceUnavailable",
    503: "ServiceUnavailable",
    504: "GatewayTimeout",
}
"""What a status means whose code the table does not have; services of Azure have many for a few troubles."""


def as_trouble(error: Exception, account: str, target: str = "") -> WizardError | None:
    """Return what an exception of Azure's packages means; None for one that is not theirs."""
    from azure.core import exceptions as azure

    if isinstance(error, azure.ClientAuthenticationError):
        code = _code(error)
        return trouble("aks", code if saying_for("aks", code) else "ClientAuthenticationError")
    if isinstance(error, azure.HttpResponseError):
        message = str(getattr(error.error, "message", "") or error.message or "")
        found = of_code(_code(error), message, account, target)
        found.retry_after = retry_after(getattr(error.response, "headers", None) or {})
        return found
    if isinstance(error, azure.AzureError):
        return CouldNotLook(
            "Azure was not reached",
            f"The connection failed ({type(error).__name__}).",
            still_works="What was made before is kept.",
            next_step="Check the network, then run the same command again: it looks first and carries on.",
            transient=True,
        )
    return None


def of_code(code: str, message: str, account: str, target: str = "", **details: str) -> CloudTrouble:
    """Return what a code means, with what its text tells in a form of its own."""
    told: dict[str, str] = {"account": account, "target": target, **details}
    for pattern in (_QUOTA, _APPROVED, _ACTION, _NAMESPACE, _POLICY, _SIZE):
        if found := pattern.search(message):
            told |= {name: value for name, value in found.groupdict().items() if value}
    return trouble("aks", code, message, told)


def _code(error: Any) -> str:
    """Return the code that a reply says, the inner one where the outer one is only a heading."""
    body = error.error
    code = str(getattr(body, "code", "") or "")
    for inner in getattr(body, "details", None) or ():
        named = str(getattr(inner, "code", "") or "")
        if saying_for("aks", named) and not saying_for("aks", code, str(error.message)):
            return named
    if not code and (found := _AADSTS.search(str(error.message))):
        return found.group()
    status = int(error.status_code or 0)
    if code and (status not in _BUSY or saying_for("aks", code, str(error.message))):
        return code
    return {401: "ExpiredAuthenticationToken", 404: "NotFound", **_BUSY}.get(status, code)
