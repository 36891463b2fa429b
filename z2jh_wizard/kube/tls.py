"""TLS as a kubeconfig asks for it: its own authority, a client certificate, another server name."""

from __future__ import annotations

import ssl
import tempfile
from dataclasses import dataclass, field

from z2jh_wizard.core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom to trust: an authority (PEM text, empty for the system's), or anybody; and the expected name."""

    authority: str = field(default="", repr=False)
    anybody: bool = False
    server_name: str = ""


def context_for(trust: Trust, certificate: str) -> ssl.SSLContext:
    """Return a context that trusts the given authority and presents ``certificate`` (PEM with its key).

    InvalidInput when either is broken.
    """
    try:
        context = ssl.create_default_context(cadata=trust.authority or None)
    except (ssl.SSLError, ValueError) as error:
        raise _broken("certificate-authority") from error
    # Python 3.13 insists on extensions that the authorities of many running clusters lack; kubectl does not.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if trust.anybody:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if certificate:
        _present(context, certificate)
    return context


def _present(context: ssl.SSLContext, certificate: str) -> None:
    """Load a client certificate; ssl reads only files, so one exists for a moment, 0600."""
    with tempfile.NamedTemporaryFile("w", prefix="z2jh-", suffix=".pem", encoding="ascii") as file:
        try:
            file.write(certificate)
            file.flush()
            context.load_cert_chain(file.name)
        except (ssl.SSLError, ValueError) as error:
            raise _broken("client certificate or its key") from error


def _broken(what: str) -> InvalidInput:
    return InvalidInput(
        f"The kubeconfig's {what} is broken",
        "It is not a certificate in PEM form.",
        still_works="Nothing was changed.",
        next_step="Fetch the kubeconfig anew.",
    )
