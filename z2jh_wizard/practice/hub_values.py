"""The settings of an installed chart, read from the cluster as the hub itself reads them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml

from z2jh_wizard.practice.meta import component_of
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import CONFIG_MAPS, SECRETS
from z2jh_wizard.practice.store import Store

_NAMES = ("hub", "hub-secret", "hub-config")
_FILE = "values.yaml"

_OAUTH = {
    "auth0": "Auth0OAuthenticator",
    "azuread": "AzureAdOAuthenticator",
    "bitbucket": "BitbucketOAuthenticator",
    "cilogon": "CILogonOAuthenticator",
    "generic": "GenericOAuthenticator",
    "github": "GitHubOAuthenticator",
    "gitlab": "GitLabOAuthenticator",
    "globus": "GlobusOAuthenticator",
    "google": "GoogleOAuthenticator",
    "openshift": "OpenShiftOAuthenticator",
}
_AUTHENTICATORS = {
    "dummy": "jupyterhub.auth.DummyAuthenticator-5.5.0",
    "null": "jupyterhub.auth.NullAuthenticator-5.5.0",
    "shared-password": "jupyterhub.authenticators.shared.SharedPasswordAuthenticator",
    "firstuse": "firstuseauthenticator.firstuseauthenticator.FirstUseAuthenticator-1.1.1",
    "native": "nativeauthenticator.nativeauthenticator.NativeAuthenticator-1.3.0",
    "tmp": "tmpauthenticator.TmpAuthenticator-1.0.0",
    **{name: f"oauthenticator.{name}.{kind}-17.4.0" for name, kind in _OAUTH.items()},
    "generic-oauth": "oauthenticator.generic.GenericOAuthenticator-17.4.0",
}
"""Short names of authenticators and what the hub writes for them; others are written as they are."""


def hub_values(store: Store, namespace: str) -> Mapping[str, Any]:
    """Return the chart's values in a namespace, or nothing if no chart has stored any there.

    z2jh 0.11 and newer keep them in Secret ``hub``, older ones in ConfigMap ``hub-config``, under
    ``values.yaml``; a release with a name in front (``fullnameOverride``) is found by its label.
    """
    for text in _stored(store, namespace):
        found = _parsed(text)
        if found:
            return found
    return {}


def _stored(store: Store, namespace: str) -> list[str]:
    secrets = sorted(store.list(SECRETS, namespace), key=_preference)
    maps = sorted(store.list(CONFIG_MAPS, namespace), key=_preference)
    texts = [_decoded((obj.get("data") or {}).get(_FILE, "")) for obj in secrets if _is_ours(obj)]
    texts += [(obj.get("data") or {}).get(_FILE, "") for obj in maps if _is_ours(obj)]
    return [text for text in texts if text]


def _is_ours(obj: Object) -> bool:
    return obj["metadata"]["name"] in _NAMES or component_of(obj) == "hub"


def _preference(obj: Object) -> tuple[bool, str]:
    name = obj["metadata"]["name"]
    return name not in _NAMES, name


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


@lru_cache(maxsize=4)
def _parsed(text: str) -> Mapping[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        body = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader, the fast one where there is one
    except yaml.YAMLError:
        return {}
    return body if isinstance(body, dict) else {}


def value(values: Mapping[str, Any], path: str, default: Any = None) -> Any:
    """Return the value at a dotted path, or ``default`` where it is missing or null."""
    found: Any = values
    for part in path.split("."):
        if not isinstance(found, Mapping):
            return default
        found = found.get(part)
    return default if found is None else found


def config_sections(store: Store, namespace: str) -> list[str]:
    """Return the names of the sections of ``hub.config``."""
    return sorted(value(hub_values(store, namespace), "hub.config", {}))


def authenticator_of(store: Store, namespace: str) -> str:
    """Return the authenticator class as the hub writes it in its log."""
    config = value(hub_values(store, namespace), "hub.config.JupyterHub", {})
    name = str(config.get("authenticator_class", "dummy")) if isinstance(config, Mapping) else "dummy"
    return _AUTHENTICATORS.get(name, name)
