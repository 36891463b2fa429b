"""Secrets that a hub needs and nobody has to think up: which, how they are made, what a new one breaks.

Facts: values and templates of z2jh 0.4 to 4.4.0 and of HelmForge 1.0.6; JupyterHub's documentation of
``cookie_secret`` and ``CryptKeeper.keys`` (the first key encrypts, all of them decrypt).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

import msgspec

from z2jh_wizard.values import trees
from z2jh_wizard.values.charts import Family, sort_key
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.paths import Path, format_path, parse_path
from z2jh_wizard.values.reading import Tree

_EASY_TO_TYPE = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters that look alike on a projector."""

Form: TypeAlias = Literal["hex", "hex-keys", "words"]
"""64 hex digits (32 bytes); a list of such, the newest first; or four short words to type."""


class Generated(msgspec.Struct, frozen=True):
    """A kind of secret: what it is for, and what giving the hub a new one means for the class."""

    id: str
    about: str
    breaks: str
    form: Form = "hex"


PROXY_TOKEN = Generated(
    "proxy-token",
    "lets the hub talk to its proxy",
    "Hub and proxy restart; the page is away for about a minute, servers and files stay.",
)
COOKIE_SECRET = Generated(
    "cookie-secret",
    "keeps people signed in when the hub restarts",
    "The hub restarts and everybody has to sign in again; running servers and files stay.",
)
CRYPT_KEYS = Generated(
    "crypt-keys",
    "keeps what the sign-in service tells about people unreadable in the database",
    "The hub restarts; the old key stays second in the list, so nothing is lost.",
    "hex-keys",
)
CLASS_PASSWORD = Generated(
    "class-password",
    "the one password of the class",
    "The hub restarts; whoever signs in next needs the new password, who is signed in stays so.",
    "words",
)
SERVICE_TOKEN = Generated(
    "service-token",
    "lets a program of yours talk to the hub",
    "The hub restarts; programs outside of the cluster need the new token before they work again.",
)


class Wanted(msgspec.Struct, frozen=True):
    """A secret that a hub has or needs: its kind, and the path where these values say it."""

    kind: Generated
    path: Path
    is_set: bool

    @property
    def dotted(self) -> str:
        """The path as people write it."""
        return format_path(self.path)


def wanted(values: Tree, version: str, family: Family = "z2jh") -> tuple[Wanted, ...]:
    """Return the secrets of a hub with these values (all files merged), those that are missing included.

    Nothing is missing that the chart gets from a Secret that exists in the cluster.
    """
    found = _helmforge(values) if family == "helmforge" else _z2jh(values, sort_key(version)[:3])
    return tuple(_at(values, kind, names) for kind, names in found)


def missing(values: Tree, version: str, family: Family = "z2jh") -> tuple[Wanted, ...]:
    """Return the secrets that these values need and do not say."""
    return tuple(one for one in wanted(values, version, family) if not one.is_set)


def generate(document: Document, lacking: tuple[Wanted, ...]) -> Document:
    """Write new secrets into a file; what is there is never replaced. Raises EditRefused when doubtful."""
    for one in lacking:
        if not document.get(one.path):
            document = document.set(one.path, _new(one.kind.form, None))
    return document


def rotate(document: Document, one: Wanted) -> Document:
    """Replace a secret by a new one in the file that says it. Raises EditRefused when doubtful."""
    return document.set(one.path, _new(one.kind.form, document.get(one.path)))


def _z2jh(values: Tree, release: tuple[object, ...]) -> Iterator[tuple[Generated, tuple[str, ...]]]:
    in_cluster = bool(_get(values, "hub.existingSecret"))
    if not in_cluster:
        yield PROXY_TOKEN, ("proxy.secretToken", "hub.config.ConfigurableHTTPProxy.auth_token")
        yield COOKIE_SECRET, ("hub.cookieSecret", "hub.config.JupyterHub.cookie_secret")
    if release < sort_key("0.11.0")[:3]:
        if _get(values, "auth.state.enabled") or _get(values, "auth.state.cryptoKey"):
            yield CRYPT_KEYS, ("auth.state.cryptoKey",)
        if _get(values, "auth.type") == "dummy":
            yield CLASS_PASSWORD, ("auth.dummy.password",)
        return
    before_1 = release < sort_key("1.0.0")[:3]
    needed = before_1 and not in_cluster and _get(values, "hub.config.Authenticator.enable_auth_state")
    if needed or _get(values, "hub.config.CryptKeeper.keys"):
        yield CRYPT_KEYS, ("hub.config.CryptKeeper.keys",)
    if _signs_in_by(values, "shared-password", "SharedPasswordAuthenticator"):
        yield CLASS_PASSWORD, ("hub.config.SharedPasswordAuthenticator.user_password",)
    if _signs_in_by(values, "dummy", "DummyAuthenticator"):
        yield CLASS_PASSWORD, ("hub.config.DummyAuthenticator.password",)
    services = _get(values, "hub.services")
    for name, service in (services if isinstance(services, dict) else {}).items():
        if isinstance(service, dict) and service.get("apiToken"):
            yield SERVICE_TOKEN, (format_path(("hub", "services", name, "apiToken")),)


def _helmforge(values: Tree) -> Iterator[tuple[Generated, tuple[str, ...]]]:
    if not _get(values, "proxy.existingSecret"):
        yield PROXY_TOKEN, ("proxy.secretToken",)
    if _get(values, "auth.type") in {None, "dummy"} and not _get(values, "auth.allowInsecureDummy"):
        yield CLASS_PASSWORD, ("auth.dummyPassword",)


def _signs_in_by(values: Tree, *names: str) -> bool:
    """Tell whether the values choose an authenticator of these names."""
    chosen = _get(values, "hub.config.JupyterHub.authenticator_class")
    return isinstance(chosen, str) and chosen.rpartition(".")[2] in names


def _at(values: Tree, kind: Generated, names: tuple[str, ...]) -> Wanted:
    """Say where a secret stands: the name that has a value, else the first one."""
    used = next((name for name in names if _get(values, name)), None)
    return Wanted(kind, parse_path(used or names[0]), used is not None)


def _get(values: Tree, dotted: str) -> Any:
    value = trees.look_up(values, parse_path(dotted))
    return None if value is trees.MISSING else value


def _new(form: Form, old: Any) -> Any:
    """Return a new secret; a list of keys keeps the one that was in use, in the way that it was written."""
    if form == "words":
        return "-".join("".join(secrets.choice(_EASY_TO_TYPE) for _ in range(4)) for _ in range(4))
    fresh = secrets.token_hex(32)
    if form == "hex":
        return fresh
    if isinstance(old, str) and old:
        return f"{fresh};{old.partition(';')[0]}"
    return [fresh, *old[:1]] if isinstance(old, list) else [fresh]
