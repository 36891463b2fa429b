"""Credentials for AWS: profiles and keys on this computer, CloudShell, and an institution's start page (SSO).

The start page needs neither the tool ``aws`` nor a file: what it brings is in the environment of this program
and its children, and lasts for some hours.
"""

from __future__ import annotations

import configparser
import functools
import os
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec

from z2jh_wizard.cloud.account import Account, SignInWay
from z2jh_wizard.cloud.eks import endpoint
from z2jh_wizard.cloud.eks.troubles import as_trouble
from z2jh_wizard.cloud.explain import CloudTrouble, trouble
from z2jh_wizard.system import cloud_shell

KEYS = "Z2JH_AWS_KEYS"
"""Where the keys that a start page gave are kept for the children of this program, as JSON."""

PROFILE = "profile:"
"""Begins the name of a profile in ``z2jh.yaml``."""

WIZARD = "z2jh-wizard"
"""How this program calls itself to a start page."""

_PENDING, _TOO_FAST = "AuthorizationPendingException", "SlowDownException"

_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"

_VENDOR = Path("/sys/devices/virtual/dmi/id/sys_vendor")


class Keys(msgspec.Struct, frozen=True):
    """Keys for some hours; ``until`` is in seconds since 1970."""

    access_key: str
    secret_key: str
    token: str
    until: float

    def __repr__(self) -> str:
        """Show nothing of them."""
        return "Keys()"


class DeviceCode(msgspec.Struct, frozen=True):
    """What a person opens and compares, and until when."""

    url: str
    code: str
    until: datetime


def on_amazon() -> bool:
    """Tell whether this is one of Amazon's machines, which can have an identity of their own."""
    try:
        return _VENDOR.read_text("ascii").startswith("Amazon")
    except (OSError, ValueError):
        return False


def profiles() -> tuple[str, ...]:
    """Return the names of the profiles in the files of AWS's tools; nothing of what is in them."""
    found: list[str] = []
    for variable, path in (
        ("AWS_CONFIG_FILE", "~/.aws/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    ):
        parser = configparser.RawConfigParser(strict=False, default_section="")
        try:
            parser.read(Path(os.environ.get(variable) or path).expanduser(), "utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in parser.sections():
            kind, _, name = section.rpartition(" ")
            if kind in ("", "profile") and name not in found:
                found.append(name.strip("\"'"))
    return tuple(found)


def ways(chosen: str = "") -> tuple[SignInWay, ...]:
    """Return the ways to sign in, those that are there first; ``chosen`` is what the project says."""
    known = profiles()
    named = f" Found: {', '.join(known[:5])}." if known else ""
    found = (
        SignInWay(
            "cloud-shell",
            "AWS CloudShell",
            "Open https://console.aws.amazon.com/cloudshell, install the wizard there and start it: "
            "you are signed in.",
            there=cloud_shell.is_of("eks"),
        ),
        SignInWay(
            "profile",
            "A profile on this computer",
            f"Where aws is installed, run: aws configure sso - or: aws configure.{named}",
            asks="Name of the profile",
            there=bool(chosen.startswith(PROFILE) or known),
        ),
        SignInWay(
            "sso",
            "Your institution's start page (SSO)",
            "The wizard shows an address and a code; open it on any computer or phone and allow it.",
            asks="Address of the start page, such as https://example.awsapps.com/start",
            there=bool(os.environ.get(KEYS)),
        ),
        SignInWay(
            "environment",
            "Keys in the environment",
            "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN, where there is one) "
            "before you start the wizard.",
            there=bool(os.environ.get("AWS_ACCESS_KEY_ID")),
        ),
    )
    return tuple(sorted(found, key=lambda one: not one.there))


def session(chosen: str = "") -> tuple[Any, str]:
    """Return a session of AWS's package with credentials, and in words where they come from.

    Raises CloudNeedsYou when there are none. It may ask the network, for some sources fetch theirs.
    """
    from botocore import exceptions
    from botocore.session import Session

    profile = chosen.removeprefix(PROFILE) if chosen.startswith(PROFILE) else None
    made = Session(profile=profile)
    made.register_component("data_loader", _models())
    if held := os.environ.get(KEYS):
        keys = _held(held)
        made.set_credentials(keys.access_key, keys.secret_key, keys.token)
        return made, "a start page (SSO)"
    if not on_amazon():
        # Elsewhere the question for a machine's own identity waits for seconds and never has an answer.
        made.get_component("credential_provider").remove("iam-role")
    try:
        found = made.get_credentials()
    except exceptions.BotoCoreError as error:
        raise trouble("eks", type(error).__name__) from None
    if found is None:
        raise trouble("eks", "NoCredentialsError")
    return made, _source(found.method, profile)


class StartPage:
    """Signs in at an institution's start page; all its methods but the constructor ask the network and block.

    ``region`` is where the start page is, which its owner knows. Errors come as WizardError in words.
    """

    def __init__(self, address: str, region: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._address = address
        self._region = region
        self._sleep = sleep
        self._token = ""
        self._clients: dict[str, Any] = {}

    def sign_in(self, tell: Callable[[DeviceCode], None]) -> None:
        """Show an address and a code by ``tell``; return once a person allowed it, CloudNeedsYou if not."""
        ours = self._ask("sso-oidc", "register_client", clientName=WIZARD, clientType="public")
        who = {"clientId": ours["clientId"], "clientSecret": ours["clientSecret"]}
        asked = self._ask("sso-oidc", "start_device_authorization", **who, startUrl=self._address)
        moment = datetime.fromtimestamp(time.time() + asked["expiresIn"], timezone.utc)
        tell(DeviceCode(asked["verificationUriComplete"], asked["userCode"], moment))
        pause = float(asked.get("interval", 5))
        for _ in range(int(asked["expiresIn"] / pause) + 1):
            try:
                given = self._ask(
                    "sso-oidc", "create_token", **who, grantType=_DEVICE, deviceCode=asked["deviceCode"]
                )
            except CloudTrouble as error:
                if error.reason not in (_PENDING, _TOO_FAST):
                    raise trouble("eks", "UnauthorizedSSOTokenError") from None
                pause += 5 if error.reason == _TOO_FAST else 0
                self._sleep(pause)
                continue
            self._token = given["accessToken"]
            return
        raise trouble("eks", "UnauthorizedSSOTokenError")

    def accounts(self) -> tuple[Account, ...]:
        """Return the accounts that the start page lists."""
        found = self._listed("list_accounts", "accountList")
        return tuple(Account(one["accountId"], one.get("accountName") or one["accountId"]) for one in found)

    def roles(self, account: str) -> tuple[str, ...]:
        """Return the roles that a person may take in an account."""
        return tuple(
            one["roleName"] for one in self._listed("list_account_roles", "roleList", accountId=account)
        )

    def take(self, account: str, role: str) -> None:
        """Take a role in an account: this program and its children are signed in with it."""
        reply = self._ask(
            "sso", "get_role_credentials", accessToken=self._token, accountId=account, roleName=role
        )
        given = reply["roleCredentials"]
        keys = Keys(
            given["accessKeyId"],
            given["secretAccessKey"],
            given["sessionToken"],
            given["expiration"] / 1000,
        )
        os.environ[KEYS] = msgspec.json.encode(keys).decode()

    def _listed(self, operation: str, items: str, **parameters: str) -> list[dict[str, Any]]:
        """Return the items of all pages of a list of the start page."""
        found: list[dict[str, Any]] = []
        page: dict[str, str] = {}
        while True:
            reply = self._ask("sso", operation, accessToken=self._token, **parameters, **page)
            found += reply[items]
            if not reply.get("nextToken"):
                return found
            page = {"nextToken": reply["nextToken"]}

    def _ask(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client(service), operation)(**parameters)
        except Exception as error:
            meant = as_trouble(error, "", self._region)
            if meant is None:
                raise
            raise meant from None  # the original's text may hold what was sent
        return answer

    def _client(self, service: str) -> Any:
        endpoint.check()
        if service not in self._clients:
            from botocore import UNSIGNED
            from botocore.config import Config
            from botocore.session import Session

            made = Session()
            made.register_component("data_loader", _models())
            plain = Config(signature_version=UNSIGNED, connect_timeout=10, read_timeout=20)
            self._clients[service] = made.create_client(service, region_name=self._region, config=plain)
        return self._clients[service]


@functools.cache
def _models() -> Any:
    """Return what reads the descriptions of AWS's services, each of them once for all clients."""
    from botocore.loaders import create_loader

    return create_loader()


def _held(text: str) -> Keys:
    """Return the keys of a start page; CloudNeedsYou when they have ended."""
    try:
        keys = msgspec.json.decode(text, type=Keys)
    except msgspec.DecodeError:
        raise trouble("eks", "SSOTokenLoadError") from None
    if keys.until < time.time():
        raise trouble("eks", "ExpiredToken")
    return keys


def _source(method: str, profile: str | None) -> str:
    if cloud_shell.is_of("eks"):
        return "CloudShell"
    if method == "env":
        return "keys in the environment"
    if method in ("iam-role", "container-role"):
        return "this machine's own role"
    return f"the profile {profile or os.environ.get('AWS_PROFILE') or 'default'}"
