"""A provider's configuration becomes settings, or a sentence on why it cannot."""

from __future__ import annotations

import json

import pytest

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values.oidc import discovery_url, read_configuration

ISSUER = "https://login.example.edu/realms/uni"
CONFIGURATION = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "userinfo_endpoint": f"{ISSUER}/userinfo",
    "scopes_supported": ["openid", "email", "offline_access"],
    "claims_supported": ["sub", "email", "preferred_username", "groups"],
    "jwks_uri": f"{ISSUER}/certs",
}


def read(**changes: object):
    return read_configuration(json.dumps({**CONFIGURATION, **changes}).encode(), ISSUER)


def test_endpoints_become_settings():
    assert read().settings() == {
        "authorize_url": f"{ISSUER}/auth",
        "token_url": f"{ISSUER}/token",
        "userdata_url": f"{ISSUER}/userinfo",
        "scope": ["openid", "email"],
        "username_claim": "preferred_username",
    }
    assert read().groups_claim == "groups"


def test_what_a_provider_does_not_say_has_safe_values():
    found = read(scopes_supported=None, claims_supported=None)
    assert found.scope == ("openid", "profile", "email")
    assert found.username_claim == "sub"
    assert found.groups_claim == ""
    assert found.naming_claims[0] == "preferred_username"


def test_what_a_provider_offers_can_be_chosen_from():
    assert read().claims == ("sub", "email", "preferred_username", "groups")
    assert read().scopes == ("openid", "email", "offline_access")
    assert read().naming_claims == ("preferred_username", "email", "sub")


@pytest.mark.parametrize("issuer", [ISSUER, f"{ISSUER}/", f" {ISSUER}/.well-known/openid-configuration "])
def test_discovery_url(issuer: str):
    assert discovery_url(issuer) == f"{ISSUER}/.well-known/openid-configuration"


@pytest.mark.parametrize(
    "issuer",
    ["", "login.example.edu", "http://login.example.edu", "https://", "https://a b", "https://u:p@a/", "https://a/?x=1",
     "https://a:99999/", "file:///etc/passwd", "https://[::1"],
)  # fmt: skip
def test_what_is_no_issuer_is_refused(issuer: str):
    with pytest.raises(InvalidInput, match="no address"):
        discovery_url(issuer)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"issuer": "https://evil.example"}, "another issuer"),
        ({"userinfo_endpoint": ""}, "userinfo"),
        ({"token_endpoint": "http://login.example.edu/token"}, "https"),
        ({"authorization_endpoint": 5}, "not with a configuration"),
    ],
)
def test_unusable_configurations_are_refused_with_the_reason(changes: dict[str, object], reason: str):
    with pytest.raises(InvalidInput) as caught:
        read(**changes)
    assert reason in caught.value.problem.happened


@pytest.mark.parametrize("data", [b"", b"<html>", b"[]", b"\xff", b"{" * 10000])
def test_what_is_no_configuration_is_refused(data: bytes):
    with pytest.raises(InvalidInput, match="cannot be used"):
        read_configuration(data, ISSUER)
