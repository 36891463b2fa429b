"""Credentials for Google: which kinds there are on this computer, and how a person gets the others.

Google lets nobody sign in with a browser who has no client of their own, so that is not offered: a key file,
the file that gcloud leaves, Cloud Shell's own identity, or a token that was pasted, which lasts an hour.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from z2jh_wizard.cloud.account import SignInWay
from z2jh_wizard.cloud.explain import trouble
from z2jh_wizard.system import cloud_shell

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

SCOPE = "https://www.googleapis.com/auth/cloud-platform"

TOKEN = "CLOUDSDK_AUTH_ACCESS_TOKEN"  # noqa: S105  # the name of a variable, which gcloud reads too
"""Where a pasted token is kept: in the environment of this program and its children, never in a file."""

KEY_FILE = "GOOGLE_APPLICATION_CREDENTIALS"

FILE = "file:"
"""Begins the path of a credentials file in ``z2jh.yaml``."""


def gcloud_file() -> Path:
    """Return where ``gcloud auth application-default login`` leaves its credentials."""
    folder = os.environ.get("CLOUDSDK_CONFIG")
    return (
        Path(folder) if folder else Path.home() / ".config" / "gcloud"
    ) / "application_default_credentials.json"


def ways(chosen: str = "") -> tuple[SignInWay, ...]:
    """Return the ways to sign in, those that are there first; ``chosen`` is what the project says."""
    found = (
        SignInWay(
            "cloud-shell",
            "Cloud Shell",
            "Open https://shell.cloud.google.com, install the wizard there and start it: you are signed in.",
            there=cloud_shell.is_of("gke"),
        ),
        SignInWay(
            "key-file",
            "The key file of a service account",
            "In the console under IAM, Service accounts: make an account with the roles Kubernetes Engine "
            "Admin and Service Account User, then Keys, Add key, JSON.",
            asks="Path of the key file",
            there=bool(_chosen_file(chosen) or os.environ.get(KEY_FILE)),
        ),
        SignInWay(
            "gcloud",
            "The sign-in of gcloud on this computer",
            "Where gcloud is installed, run: gcloud auth application-default login",
            there=gcloud_file().is_file(),
        ),
        SignInWay(
            "token",
            "A token for one hour",
            "In Cloud Shell run: gcloud auth print-access-token - and paste what it prints.",
            asks="Token",
            secret=True,
            there=bool(os.environ.get(TOKEN)),
        ),
    )
    return tuple(sorted(found, key=lambda one: not one.there))


def credentials(chosen: str = "") -> tuple[Credentials, str]:
    """Return the credentials of a project, and in words where they come from; asks no network.

    Raises CloudNeedsYou when there are none, or the file cannot be used.
    """
    import google.auth
    from google.auth import exceptions
    from google.oauth2.credentials import Credentials as Token

    if pasted := os.environ.get(TOKEN):
        return Token(pasted), "a pasted token"  # type: ignore[no-untyped-call]
    path = _chosen_file(chosen) or os.environ.get(KEY_FILE, "")
    try:
        if path:
            found, _ = google.auth.load_credentials_from_file(path, scopes=[SCOPE])  # type: ignore[no-untyped-call]
            return found, f"the file {path}"
        found, _ = google.auth.default(scopes=[SCOPE])
    except exceptions.DefaultCredentialsError:
        # The error's text names files and environments, nothing that helps more than the ways themselves.
        raise trouble("gke", "DefaultCredentialsError") from None
    return found, "Cloud Shell" if cloud_shell.is_of("gke") else _source(found)


def _source(found: Any) -> str:
    kind = type(found).__module__
    return "this machine's own account" if "compute_engine" in kind else f"the file {gcloud_file()}"


def _chosen_file(chosen: str) -> str:
    return str(Path(chosen.removeprefix(FILE)).expanduser()) if chosen.startswith(FILE) else ""
