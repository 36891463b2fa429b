"""What can go wrong between the wizard and a cluster, translated once into words."""

from __future__ import annotations

import http.client
import socket
import ssl

import msgspec

from z2jh_wizard.core.errors import CouldNotLook, WizardError
from z2jh_wizard.core.redaction import KEPT, Redactor, plain

LONGEST_MESSAGE = 500
"""Characters of a server's own text that are worth showing."""

UNTOUCHED = "Nothing was changed."
TRY_AGAIN = "Run the same command again in a minute."


class Unreachable(CouldNotLook):
    """No answer came from the cluster: network, name, certificate or time limit."""


class Unauthorized(CouldNotLook):
    """The cluster does not accept who we say we are."""


class Forbidden(CouldNotLook):
    """The cluster knows us, and we may not do this."""


class Busy(CouldNotLook):
    """The cluster is in trouble itself and did nothing."""


class PutOff(Busy):
    """The cluster did nothing yet and asks to come back later (HTTP 429)."""


class Unclear(WizardError):
    """A change was sent and its answer never came: look before trying again."""


class NotFound(WizardError):
    """There is no such object, or the cluster has no such kind of objects."""


class Conflict(WizardError):
    """The object changed meanwhile, or is another one than expected."""


class AlreadyExists(Conflict):
    """An object of that name exists already."""


class Expired(WizardError):
    """A list or watch position is too old; start again from a fresh list (HTTP 410)."""


class OverQuota(WizardError):
    """A quota of the namespace is used up."""


class Rejected(WizardError):
    """The cluster finds the object or the request wrong (HTTP 400, 415, 422 and the like)."""


class Status(msgspec.Struct):
    """The fields of a Kubernetes Status that explain a failure."""

    message: str = ""
    reason: str = ""
    code: int = 0


def outside_text(raw: bytes | str) -> str:
    """Return text of a server fit to show: plain, short, without anything that looks like a secret."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return plain(Redactor().clean(plain(" ".join(text.split()), KEPT)), LONGEST_MESSAGE)


def _status_of(body: bytes) -> Status:
    """Read a Status; any other body, such as a proxy's HTML page, is its message."""
    try:
        return msgspec.json.decode(body, type=Status)
    except msgspec.MsgspecError:
        return Status(message=body[:KEPT].decode("utf-8", "replace"))


def from_status(code: int, body: bytes, what: str, where: str, *, changes: bool = False) -> WizardError:
    """Translate an answer of 400 or more; ``what`` is the request, ``changes`` that it is a write."""
    status = _status_of(body)
    said = outside_text(status.message) or f"HTTP status {code}"
    failed = f"{what}: {said}"
    if code == 401:
        return Unauthorized(
            f"{where} does not accept your sign-in",
            failed,
            still_works=UNTOUCHED,
            next_step="Sign in to your cloud again, or fetch the kubeconfig anew, and run the same command.",
        )
    if code == 403 and "exceeded quota" in said:
        return OverQuota(
            "A quota of the namespace is used up",
            failed,
            still_works="What exists goes on running.",
            next_step="Remove what is not needed, or ask the cluster's administrators for a larger quota.",
        )
    if code == 403:
        return Forbidden(
            "You may not do this in the cluster",
            failed,
            still_works=UNTOUCHED,
            next_step="Ask the cluster's administrators for this right, or choose another context.",
        )
    if code == 404:
        return NotFound("There is no such object", failed, still_works=UNTOUCHED)
    if code == 409:
        kind = AlreadyExists if status.reason == "AlreadyExists" else Conflict
        title = "It exists already" if kind is AlreadyExists else "It changed meanwhile"
        return kind(title, failed, still_works=UNTOUCHED, next_step=TRY_AGAIN)
    if code == 410:
        return Expired("The list is too old", failed, still_works=UNTOUCHED, transient=True)
    if code == 429:
        return PutOff(
            "The cluster is busy", failed, still_works=UNTOUCHED, next_step=TRY_AGAIN, transient=True
        )
    if code >= 500 and changes:
        return _unclear(failed)
    if code >= 500:
        return Busy(
            "The cluster is in trouble", failed, still_works=UNTOUCHED, next_step=TRY_AGAIN, transient=True
        )
    return Rejected("The cluster refused the request", failed, still_works=UNTOUCHED)


def from_exception(error: Exception, what: str, where: str, *, changes: bool = False) -> WizardError:
    """Translate a failure of the connection; ``changes`` says that a write may have arrived already."""
    if changes:
        return _unclear(f"{what}: {_happened(error)}")
    title, next_step = _advice(error, where)
    # A certificate does not become right by waiting.
    transient = not isinstance(error, ssl.SSLCertVerificationError)
    return Unreachable(
        title,
        f"{what}: {_happened(error)}",
        still_works=UNTOUCHED,
        next_step=next_step,
        transient=transient,
    )


def _unclear(happened: str) -> Unclear:
    return Unclear(
        "The cluster did not say whether it was done",
        happened,
        still_works="The wizard looks again before it changes anything else.",
        next_step=TRY_AGAIN,
        transient=True,
    )


def _happened(error: Exception) -> str:
    """Say in words what a connection's exception means."""
    if isinstance(error, TimeoutError):
        return "no answer within the time limit."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate was not accepted: {outside_text(error.verify_message)}."
    if isinstance(error, socket.gaierror):
        return "its name cannot be found in the DNS."
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there (connection refused)."
    if isinstance(error, (ConnectionError, http.client.HTTPException, EOFError)):
        return "the connection broke before the answer was complete."
    if isinstance(error, OSError) and str(error):
        return outside_text(f"{error.strerror or error}.")
    return f"the connection failed ({type(error).__name__})."


def _advice(error: Exception, where: str) -> tuple[str, str]:
    """Return a title and what to do for a connection that failed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The certificate of {where} is not the one the kubeconfig trusts",
            "If the cluster was made anew, fetch its kubeconfig again; "
            "on a network that inspects traffic, ask for its certificate.",
        )
    if isinstance(error, ssl.SSLError):
        return (f"No secure connection to {where}", "Check the server's address in the kubeconfig.")
    if isinstance(error, socket.gaierror):
        return (
            f"{where} cannot be found",
            "Check your network; if the cluster was deleted, its address is gone with it.",
        )
    if isinstance(error, ConnectionRefusedError):
        return (f"Nothing answers at {where}", "Start the cluster, or check its address in the kubeconfig.")
    return (
        f"{where} does not answer",
        "Check your network, VPN and whether the cluster allows your address; then try again.",
    )
