"""What an OpenID Connect provider says about itself, as settings of the hub.

Facts: OpenID Connect Discovery 1.0, sections 3 and 4; traits of oauthenticator's GenericOAuthenticator.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec

from z2jh_wizard.core.errors import InvalidInput

WELL_KNOWN = "/.well-known/openid-configuration"
LARGEST = 256 * 1024
"""Bytes; such documents have some kilobytes."""

_WANTED_SCOPES = ("openid", "profile", "email")
_NAMING_CLAIMS = ("preferred_username", "email", "upn", "nickname", "sub")
"""Claims that can name a person in the hub, the friendliest first; every provider has ``sub``."""


class Endpoints(msgspec.Struct, frozen=True):
    """Where a provider signs people in, and what it tells about them."""

    issuer: str
    authorize_url: str
    token_url: str
    userdata_url: str
    scope: tuple[str, ...]
    username_claim: str
    groups_claim: str = ""
    """The claim with people's groups, empty when the provider names none."""
    claims: tuple[str, ...] = ()
    """All claims that the provider says it can tell; many say nothing."""
    scopes: tuple[str, ...] = ()
    """All scopes that it says it takes; many say nothing."""

    @property
    def naming_claims(self) -> tuple[str, ...]:
        """Claims that can become the user name, the friendliest first; those it offers, if it says so."""
        offered = tuple(claim for claim in _NAMING_CLAIMS if claim in self.claims)
        return offered or _NAMING_CLAIMS

    def settings(self) -> dict[str, Any]:
        """Return what to write below ``hub.config.GenericOAuthenticator``."""
        return {
            "authorize_url": self.authorize_url,
            "token_url": self.token_url,
            "userdata_url": self.userdata_url,
            "scope": list(self.scope),
            "username_claim": self.username_claim,
        }


class _Configuration(msgspec.Struct):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str = ""
    scopes_supported: tuple[str, ...] | None = None
    claims_supported: tuple[str, ...] | None = None


def discovery_url(issuer: str) -> str:
    """Return where a provider publishes its configuration; InvalidInput when ``issuer`` is no https address.

    The address of the configuration itself is taken for its issuer.
    """
    base = issuer.strip().removesuffix(WELL_KNOWN).rstrip("/")
    if not _is_https(base):
        raise InvalidInput(
            "This is no address of a sign-in provider",
            f"{issuer!r}: it starts with https:// and has no user name, query or fragment.",
            next_step="Ask those who run it for the issuer URL of OpenID Connect.",
        )
    return base + WELL_KNOWN


def read_configuration(data: bytes, issuer: str) -> Endpoints:
    """Return what a provider's configuration says; InvalidInput when it is none, or of another issuer."""
    try:
        found = msgspec.json.decode(data, type=_Configuration)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unusable(issuer, "It answers, but not with a configuration of OpenID Connect.") from error
    wanted = discovery_url(issuer).removesuffix(WELL_KNOWN)
    if found.issuer.rstrip("/") != wanted:
        raise _unusable(issuer, f"It speaks for another issuer: {found.issuer!r}.")
    if not found.userinfo_endpoint:
        raise _unusable(issuer, "It has no userinfo endpoint, which the hub needs to learn who signs in.")
    addresses = (found.authorization_endpoint, found.token_endpoint, found.userinfo_endpoint)
    if not all(_is_https(address.partition("?")[0]) for address in addresses):
        raise _unusable(issuer, "Not all of its addresses start with https://.")
    claims, scopes = found.claims_supported or (), found.scopes_supported or ()
    return Endpoints(
        wanted,
        *addresses,
        scope=tuple(scope for scope in _WANTED_SCOPES if scope == "openid" or not scopes or scope in scopes),
        username_claim=next((claim for claim in _NAMING_CLAIMS if claim in claims), "sub"),
        groups_claim=next((claim for claim in ("groups", "roles") if claim in claims), ""),
        claims=claims,
        scopes=scopes,
    )


def _is_https(address: str) -> bool:
    try:
        parts = urlsplit(address)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username) and not any(map(str.isspace, address))
    return parts.scheme == "https" and bool(parts.hostname) and plain and port_is_fine


def _unusable(issuer: str, reason: str) -> InvalidInput:
    return InvalidInput(
        "The sign-in provider cannot be used as it is",
        f"{issuer}: {reason}",
        still_works="The endpoints can be typed by hand.",
        next_step="Ask those who run it for the issuer URL and the authorize, token and userinfo URLs.",
    )
