"""Errors of Amazon's packages as the wizard's own: the code that the reply says, with details of its text."""

from __future__ import annotations

import re
from typing import Any

from z2jh_wizard.cloud.calls import retry_after
from z2jh_wizard.cloud.explain import CloudTrouble, saying_for, trouble
from z2jh_wizard.core.errors import CouldNotLook, WizardError

NOT_THERE = "ResourceNotFoundException"
"""The one code for all of Amazon's ways to say that something is not there."""

BAD_ZONE = "UnsupportedAvailabilityZoneException"

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedException", "UnauthorizedOperation")
"""What AWS answers to who may not do or ask something."""

_GONE = re.compile(r"NotFound|NoSuchEntity|DoesNotExist")

_ACTION = re.compile(r"not authorized to perform: (?P<permission>[\w-]+:\w+)")

_LAUNCH = re.compile(
    r"\b(?P<code>VcpuLimitExceeded|InstanceLimitExceeded|InsufficientInstanceCapacity|Unsupported) - "
)
"""The error of EC2 that a group of machines could not start with, inside the text of EKS."""

_MACHINE = re.compile(
    r"(?:sufficient (?P<machine>[a-z0-9-]+\.[a-z0-9]+) capacity|instance type \((?P<other>[^)]+)\))"
)

_ZONE = re.compile(r"\b(?P<zone>[a-z]{2}(?:-[a-z]+)+-\d[a-z])\b")

_INSIDE = re.compile(r"(?:HandlerErrorCode|Error Code): (?P<code>\w+)")
"""The code of a service that CloudFormation could not make something with."""


_BY_STATUS = {429: "Throttling", 500: "InternalFailure", 502: "ServiceUnavailableException",
              503: "ServiceUnavailableException", 504: "ServiceUnavailableException"}  # fmt: skip
"""What a reply means whose code is none that the table has; services of AWS have many for a few troubles."""


def as_trouble(error: Exception, account: str, region: str, target: str = "") -> WizardError | None:
    """Return what an exception of Amazon's packages means; None for one that is not theirs."""
    from botocore import exceptions as aws

    if isinstance(error, aws.ClientError):
        return _of_reply(error.response, account, region, target)
    if not isinstance(error, aws.BotoCoreError):
        return None
    name = type(error).__name__
    if saying_for("eks", name):
        return trouble("eks", name, details={"account": account, "location": region})
    if isinstance(error, aws.HTTPClientError):
        return CouldNotLook(
            "AWS was not reached",
            f"The connection failed ({name}).",
            still_works="What was made before is kept.",
            next_step="Check the network, then run the same command again: it looks first and carries on.",
            transient=True,
        )
    return trouble("eks", name, str(error), {"account": account})


def of_issue(code: str, message: str, **details: str) -> CloudTrouble:
    """Return what an issue means that EKS tells of a cluster, a pool or an add-on."""
    inner = _LAUNCH.search(message)
    told = {"detail": message, **details}
    if found := _MACHINE.search(message):
        told["machine"] = found["machine"] or found["other"]
    if zone := _ZONE.search(message):
        told["zone"] = zone["zone"]
    return trouble("eks", inner["code"] if inner else code, message, told)


def of_stack(status: str, reason: str, account: str) -> CloudTrouble:
    """Return why CloudFormation could not finish: the service's own code where its words tell one."""
    details = {"detail": reason, "account": account, **_permission(reason)}
    if details.get("permission"):
        return trouble("eks", "AccessDenied", reason, details)
    inner = _INSIDE.search(reason)
    code = inner["code"] if inner and saying_for("eks", inner["code"], reason) else status
    return trouble("eks", code, reason, details)


def _of_reply(reply: Any, account: str, region: str, target: str) -> CloudTrouble:
    code = str(reply["Error"].get("Code", ""))
    message = str(reply["Error"].get("Message") or reply.get("message") or "")
    if _GONE.search(code) or (code == "ValidationError" and "does not exist" in message):
        code = NOT_THERE
    meta = reply.get("ResponseMetadata") or {}
    if not saying_for("eks", code, message):
        code = _BY_STATUS.get(int(meta.get("HTTPStatusCode") or 0), code)
    zone = _ZONE.search(message)
    details = {
        "account": account,
        "location": region,
        "target": target,
        "detail": message,
        "zone": zone["zone"] if zone else "",
        "zones": ", ".join(reply.get("validZones") or ()),
        **_permission(message),
    }
    return trouble("eks", code, message, details, retry_after(meta.get("HTTPHeaders") or {}))


def _permission(message: str) -> dict[str, str]:
    found = _ACTION.search(message)
    return {"permission": found["permission"]} if found else {}
