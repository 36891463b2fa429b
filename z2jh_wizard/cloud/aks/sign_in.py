"""Credentials for Azure: those that are on this computer, and a code to type in a browser anywhere.

The code needs neither the tool ``az`` nor an application of one's own. What it brings is in the environment
of this program and its children, never in a file; it lasts about an hour.
"""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec

from z2jh_wizard.cloud.account import SignInWay
from z2jh_wizard.cloud.explain import trouble
from z2jh_wizard.core.errors import NeedsYou
from z2jh_wizard.system import cloud_shell

SCOPE = "https://management.azure.com/.default"

TOKEN = "Z2JH_AZURE_TOKEN"  # noqa: S105  # the name of a variable
"""Where the token of a device code is kept for the children of this program."""

ENVIRONMENT = ("AZURE_CLIENT_ID", "AZURE_TENANT_ID")

TENANT = "tenant:"
"""Begins the directory to sign in to in ``z2jh.yaml``."""


class DeviceCode(msgspec.Struct, frozen=True):
    """What a person types, where, and until when."""

    url: str
    code: str
    until: datetime


class HeldToken:
    """A token that somebody else got, as Azure's packages want a credential."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get_token(self, *scopes: str, **_options: Any) -> Any:
        """Return it with its end; CloudNeedsYou once it has ended, NeedsYou for something else than Azure."""
        from azure.core.credentials import AccessToken

        if scopes and SCOPE not in scopes:
            raise NeedsYou(
                "This sign-in does not open the cluster",
                "The cluster takes only accounts of the directory; a code brings a token for Azure alone.",
                next_step="Sign in by az or as a service principal, or switch its local accounts on.",
            )

        until = int(claims(self._token).get("exp", time.time() + 600))
        if until < time.time():
            raise trouble("aks", "ExpiredAuthenticationToken")
        return AccessToken(self._token, until)


def ways(_chosen: str = "") -> tuple[SignInWay, ...]:
    """Return the ways to sign in, those that are there first."""
    cache = Path(os.environ.get("AZURE_CONFIG_DIR") or "~/.azure").expanduser() / "msal_token_cache.json"
    found = (
        SignInWay(
            "cloud-shell",
            "Cloud Shell",
            "Open https://shell.azure.com, install the wizard there and start it: you are signed in.",
            there=cloud_shell.is_of("aks"),
        ),
        SignInWay(
            "az",
            "The sign-in of az on this computer",
            "Where az is installed, run: az login",
            there=cache.exists(),
        ),
        SignInWay(
            "device",
            "A code to type in a browser",
            "The wizard shows a code and an address; open it on any computer or phone and type the code.",
            there=bool(os.environ.get(TOKEN)),
        ),
        SignInWay(
            "environment",
            "A service principal in the environment",
            "Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET before you start the wizard.",
            there=all(os.environ.get(name) for name in ENVIRONMENT),
        ),
    )
    return tuple(sorted(found, key=lambda one: not one.there))


def credential(chosen: str = "") -> tuple[Any, str]:
    """Return the credential of a project, and in words where it comes from; asks no network.

    It must not be asked on the event loop: some of its sources start programs.
    """
    if held := os.environ.get(TOKEN):
        return HeldToken(held), "a code typed in a browser"
    from azure.identity import DefaultAzureCredential

    tenant = chosen.removeprefix(TENANT) if chosen.startswith(TENANT) else None
    options = {"additionally_allowed_tenants": ["*"]} if tenant else {}
    found = DefaultAzureCredential(
        exclude_interactive_browser_credential=True,
        exclude_powershell_credential=True,
        process_timeout=15,
        **options,
    )
    shell = cloud_shell.is_of("aks")
    return found, "Cloud Shell" if shell else "what Azure's own tools left on this computer"


def with_device_code(
    tell: Callable[[DeviceCode], None], chosen: str = "", is_wanted: Callable[[], bool] = lambda: True
) -> None:
    """Sign in with a code: ``tell`` shows it; returns when it was typed, CloudNeedsYou when it was not.

    Blocks for minutes: for a thread of its own. What comes when it is not wanted any more is thrown away.
    """
    from azure.core.exceptions import ClientAuthenticationError
    from azure.identity import DeviceCodeCredential

    def prompt(url: str, code: str, until: datetime) -> None:
        tell(DeviceCode(url, code, until if until.tzinfo else until.replace(tzinfo=timezone.utc)))

    options: dict[str, Any] = {"tenant_id": chosen.removeprefix(TENANT)} if chosen.startswith(TENANT) else {}
    try:
        token = DeviceCodeCredential(prompt_callback=prompt, **options).get_token(SCOPE)
    except ClientAuthenticationError:
        raise trouble("aks", "ClientAuthenticationError") from None
    if is_wanted():
        os.environ[TOKEN] = token.token


def claims(token: str) -> dict[str, Any]:
    """Return what a token says about its owner, which proves nothing; empty for what is no such token."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, msgspec.DecodeError):
        return {}
    return found if isinstance(found, dict) else {}
