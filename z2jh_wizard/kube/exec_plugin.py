"""Credential plugins: programs named in a kubeconfig that print a token or a client certificate.

The official client's own runner hands the terminal to the plugin, waits for ever and swallows its errors, so
this one exists: no terminal, a time limit, and the plugin's last line in the error.
Protocol: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
"""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

from z2jh_wizard.core.errors import CouldNotLook, WizardError
from z2jh_wizard.kube.credentials import SignIn, bearer
from z2jh_wizard.kube.errors import UNTOUCHED, outside_text
from z2jh_wizard.system.children import Captured, Child, capture

PLUGIN_LIMIT = 30.0
"""Seconds a plugin may take; cloud command lines need up to five."""

RENEW_EARLY = timedelta(seconds=60)
"""How long before its end a credential is renewed, so that none expires on the way."""


class _Status(msgspec.Struct):
    token: str = ""
    client_certificate: str = msgspec.field(default="", name="clientCertificateData")
    client_key: str = msgspec.field(default="", name="clientKeyData")
    expires: datetime | None = msgspec.field(default=None, name="expirationTimestamp")


class _ExecCredential(msgspec.Struct):
    apiVersion: str  # noqa: N815 - the field's name in the protocol
    status: _Status


@dataclass(frozen=True, slots=True)
class Plugin:
    """What a kubeconfig says about a plugin: the program, its arguments and environment, and a hint."""

    argv: tuple[str, ...]
    version: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    hint: str = ""
    cluster: Mapping[str, Any] | None = field(default=None, repr=False)

    def request(self) -> str:
        """Return the JSON that the plugin finds in its environment."""
        spec: dict[str, object] = {"interactive": False}
        if self.cluster is not None:
            spec["cluster"] = self.cluster
        question = {"apiVersion": self.version, "kind": "ExecCredential", "spec": spec}
        return msgspec.json.encode(question).decode()


class ExecPlugin:
    """Runs a credential plugin when needed and remembers its answer until shortly before it expires."""

    def __init__(self, plugin: Plugin, limit: float = PLUGIN_LIMIT) -> None:
        self._plugin = plugin
        self._limit = limit
        self._lock = threading.Lock()
        self._known: tuple[SignIn, datetime | None] | None = None

    def sign_in(self) -> SignIn:
        """Return the plugin's answer; several threads wait for one run. CouldNotLook when it fails."""
        with self._lock:
            if self._known is None or _is_over(self._known[1]):
                self._known = self._run()
            return self._known[0]

    def forget(self) -> None:
        """Run the plugin again next time."""
        with self._lock:
            self._known = None

    def _run(self) -> tuple[SignIn, datetime | None]:
        environment = {**self._plugin.environment, "KUBERNETES_EXEC_INFO": self._plugin.request()}
        try:
            # A loop of its own, for the few moments of the child: we are in a worker thread here.
            captured = asyncio.run(capture(Child(self._plugin.argv, environment), self._limit))
        except WizardError as error:
            raise self._failed(error.problem.happened) from error
        if captured.code != 0:
            raise self._failed(_last_line(captured))
        return self._read(captured.stdout)

    def _read(self, stdout: bytes) -> tuple[SignIn, datetime | None]:
        try:
            answer = msgspec.json.decode(stdout, type=_ExecCredential)
        except msgspec.MsgspecError:
            # Never show what it printed: it may be half a token.
            raise self._failed("It did not print an ExecCredential.") from None
        if answer.apiVersion != self._plugin.version:
            raise self._failed(
                f"It speaks {outside_text(answer.apiVersion)}, the kubeconfig {self._plugin.version}."
            )
        status = answer.status
        if not status.token and not (status.client_certificate and status.client_key):
            raise self._failed("It gave neither a token nor a client certificate with its key.")
        headers = bearer(status.token) if status.token else {}
        certificate = "\n".join(filter(None, (status.client_certificate, status.client_key)))
        return SignIn(headers, certificate), status.expires

    def _failed(self, happened: str) -> CouldNotLook:
        program = self._plugin.argv[0]
        # The kubeconfig's hint says how to install the program, so it helps only where that is missing.
        hint = "" if shutil.which(program) else self._plugin.hint
        return CouldNotLook(
            "Could not sign in to the cluster",
            f"The program {outside_text(program)} failed: {happened}",
            still_works=UNTOUCHED,
            next_step=outside_text(hint) or "Sign in to your cloud again, then run the same command.",
        )


def _is_over(expires: datetime | None) -> bool:
    """Tell whether a credential has to be renewed; one without an end lasts until it is refused."""
    if expires is None:
        return False
    aware = expires if expires.tzinfo else expires.replace(tzinfo=timezone.utc)
    return aware - RENEW_EARLY <= datetime.now(timezone.utc)


def _last_line(captured: Captured) -> str:
    lines = [line for line in captured.stderr.splitlines() if line.strip()]
    return outside_text(lines[-1]) if lines else f"It ended with code {captured.code} and said nothing."
