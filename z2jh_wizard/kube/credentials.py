"""Ways to prove who we are to a cluster; each signs in blocking, from a worker thread, and remembers."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from z2jh_wizard.core.errors import CouldNotLook, InvalidInput
from z2jh_wizard.kube.errors import UNTOUCHED

TOKEN_FILE_LIFE = 60.0
"""Seconds after which a token file is read again; whoever rotates it keeps the old one valid longer."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """What one request presents: headers, and a client certificate with its key (PEM) or nothing."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    certificate: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        # Checked here because http.client would print the whole value, a secret, in its own error.
        if not all(value.isascii() and value.isprintable() for value in self.headers.values()):
            raise InvalidInput(
                "The cluster's credential cannot be sent",
                "Its token or password holds line breaks or characters outside ASCII.",
                still_works=UNTOUCHED,
                next_step="Fetch the kubeconfig anew.",
            )


class Credential(Protocol):
    """A way to sign in."""

    def sign_in(self) -> SignIn:
        """Return what to present, from memory while it is valid; blocks; CouldNotLook when it fails."""

    def forget(self) -> None:
        """Drop what is remembered: the cluster refused it."""


def bearer(token: str) -> dict[str, str]:
    """Return the header for a bearer token."""
    return {"Authorization": f"Bearer {token.strip()}"}


def basic(username: str, password: str) -> dict[str, str]:
    """Return the header for a user name and password (RFC 7617)."""
    return {"Authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}


@dataclass(frozen=True, slots=True)
class Fixed:
    """A token, password or client certificate that stands in the kubeconfig, or nothing at all."""

    present: SignIn = field(default_factory=SignIn, repr=False)

    def sign_in(self) -> SignIn:
        """Return it."""
        return self.present

    def forget(self) -> None:
        """Nothing else is known, so nothing is dropped."""


class TokenFile:
    """A bearer token in a file that somebody else keeps fresh; the file is read again every minute."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: tuple[float, SignIn] | None = None

    def sign_in(self) -> SignIn:
        """Return the token of the file; CouldNotLook when it cannot be read."""
        with self._lock:
            if self._known is None or time.monotonic() - self._known[0] > TOKEN_FILE_LIFE:
                self._known = time.monotonic(), SignIn(bearer(self._read()))
            return self._known[1]

    def forget(self) -> None:
        """Read the file again next time."""
        with self._lock:
            self._known = None

    def _read(self) -> str:
        try:
            return self._path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise CouldNotLook(
                "Could not sign in to the cluster",
                f"The token file {self._path} cannot be read: {reason}.",
                still_works=UNTOUCHED,
                next_step="Fetch the kubeconfig anew.",
            ) from error


class OfficialClient:
    """The sign-in of the official Kubernetes client, for the old ``auth-provider`` users (OIDC, GCP)."""

    def __init__(self, user: Mapping[str, Any]) -> None:
        self._user = user
        self._lock = threading.Lock()
        self._known: Any = None

    def sign_in(self) -> SignIn:
        """Return the header that the official client would send; it renews tokens by itself."""
        with self._lock:
            try:
                if self._known is None:
                    self._known = self._load()
                setting = self._known.auth_settings().get("BearerToken") or {}
                header = setting.get("value")
            except Exception as error:
                # Google's and OAuth's libraries raise their own kinds, whose text may hold tokens.
                raise self._failed(type(error).__name__) from error
            if not header:
                raise self._failed("it gave no token")
            return SignIn({"Authorization": str(header)})

    def forget(self) -> None:
        """Load again next time."""
        with self._lock:
            self._known = None

    def _load(self) -> Any:
        from kubernetes.client import Configuration
        from kubernetes.config.kube_config import KubeConfigLoader

        # Only the user matters here: server and certificates are ours to handle.
        document = {
            "current-context": "only",
            "contexts": [{"name": "only", "context": {"cluster": "only", "user": "only"}}],
            "clusters": [{"name": "only", "cluster": {}}],
            "users": [{"name": "only", "user": dict(self._user)}],
        }
        configuration = Configuration()
        load: Callable[..., Any] = KubeConfigLoader
        load(document, config_base_path="").load_and_set(configuration)
        return configuration

    def _failed(self, reason: str) -> CouldNotLook:
        name = self._user["auth-provider"].get("name", "?")
        return CouldNotLook(
            "Could not sign in to the cluster",
            f"The kubeconfig's auth-provider {name} failed: {reason}.",
            still_works=UNTOUCHED,
            next_step="Sign in to your cloud again and fetch the kubeconfig anew.",
        )
