"""What a provider told, in words and as settings of each chart."""

from __future__ import annotations

import pytest

from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.oidc import Endpoints
from z2jh_wizard.values.paths import format_path
from z2jh_wizard.values.sign_in_discovery import applies, found_words, settings

URL = "https://login.example.edu"
FOUND = Endpoints(
    URL,
    f"{URL}/auth",
    f"{URL}/token",
    f"{URL}/userinfo",
    ("openid", "email"),
    "email",
    "groups",
    ("sub", "email"),
)


def scene(method: str, version: str = "4.4.0") -> Scene:
    return Scene(version, "z2jh", {"hub": {"config": {"JupyterHub": {"authenticator_class": method}}}})


def written(version: str, claim: str = "") -> dict[str, object]:
    return {
        format_path(one.path): one.value for one in settings(FOUND, claim, scene("generic-oauth", version))
    }


def test_settings_go_where_the_chart_has_them():
    section = "hub.config.GenericOAuthenticator"
    new = written("4.4.0", "sub")
    assert new[f"{section}.authorize_url"] == f"{URL}/auth"
    assert new[f"{section}.scope"] == ["openid", "email"]
    assert new[f"{section}.username_claim"] == "sub"
    assert len(new) == 5
    old = written("2.0.0")
    assert old[f"{section}.username_key"] == "email"
    assert f"{section}.username_claim" not in old


@pytest.mark.parametrize(("method", "does"), [("generic-oauth", True), ("google", False), ("dummy", False)])
def test_only_the_general_way_takes_them(method, does):
    assert applies(scene(method)) is does


def test_charts_that_cannot_say_it_are_not_offered_it():
    auth = {"type": "custom", "custom": {"className": "oauthenticator.generic.GenericOAuthenticator"}}
    old = Scene("0.9.1", "z2jh", {"auth": auth})
    assert not applies(old)
    assert settings(FOUND, "", old) == ()


def test_words_list_what_was_told_and_cut_what_is_too_much():
    said = " ".join(found_words(FOUND))
    for part in ("/auth", "/token", "/userinfo", "openid, email", "sub, email", "claim groups"):
        assert part in said
    assert "it does not say" in " ".join(found_words(Endpoints(URL, URL, URL, URL, ("openid",), "sub")))
    far = f"{URL}/{'x' * 9999}"
    many = Endpoints(far, far, far, far, ("openid",), "sub", claims=("c" * 999,) * 999)
    assert max(map(len, found_words(many))) < 500
    assert "989 more" in " ".join(found_words(many))
