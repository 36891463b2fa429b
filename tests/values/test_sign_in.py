"""The ways to sign in: joined to the traits, named for every chart, and the address to register."""

import re

import pytest

from z2jh_wizard.values import sign_in, traits
from z2jh_wizard.values.charts import chart_versions, sort_key
from z2jh_wizard.values.sign_in import (
    callback_url,
    chosen_method,
    find_method,
    method_of,
    methods,
    sign_in_steps,
)

WITHOUT_TABLE = {"pam", "mediawiki", "custom"}
"""Methods whose class is not in the table of traits."""

HTTPS = {"proxy": {"https": {"enabled": True, "hosts": ["hub.example.edu"]}}}


def config(**sections):
    return {"hub": {"config": sections}}


def test_ids_are_unique_and_every_method_says_when_to_take_it():
    assert len({one.id for one in methods()}) == len(methods()) == 22
    for one in methods():
        assert one.when.endswith(".")
        assert one.guide.startswith("https://")
        assert not one.register or one.register.startswith("https://")


@pytest.mark.parametrize(
    "method", [one for one in methods() if one.id not in WITHOUT_TABLE], ids=lambda m: m.id
)
def test_every_trait_of_a_method_is_a_trait_of_its_class(method):
    known = traits.traits_of(method.section)
    named = {*method.asks, *method.allows, *(trait for need in method.needs for trait in need.split("|"))}
    assert named <= set(known)
    assert method.path("allow_all") == f"hub.config.{method.section}.allow_all"


def test_every_authenticator_of_the_table_of_traits_has_a_method():
    classes = {one.name for one in traits.classes() if "Authenticator" in one.bases}
    assert classes - {one.section for one in methods()} == {"OAuthenticator", "LTIAuthenticator"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("github", "github"),
        ("oauthenticator.github.GitHubOAuthenticator", "github"),
        ("GitHubOAuthenticator", "github"),
        ("local-google", "google"),
        ("oauthenticator.google.LocalGoogleOAuthenticator", "google"),
        ("native", "native"),
        ("nativeauthenticator.NativeAuthenticator", "native"),
        ("ldapauthenticator", "ldap"),
        ("ltiauthenticator.LTIAuthenticator", "lti11"),
        ("mediawiki", "mediawiki"),
        ("jupyterhub.auth.PAMAuthenticator", "pam"),
        ("my.own.Class", "custom"),
        ("", "custom"),
    ],
)
def test_a_class_is_known_by_all_its_names(text, meant):
    assert method_of(text).id == meant


@pytest.mark.parametrize("release", [one.version for one in chart_versions()])
def test_what_is_written_for_a_chart_means_the_method(release):
    offered = methods(release)
    assert offered[-1].id == "custom"
    for one in offered[:-1]:
        text = one.class_text(release)
        old = sort_key(release)[:3] < sort_key(sign_in.HUB_CONFIG_SINCE)[:3]
        values = {"auth": {"type": text}} if old else config(JupyterHub={"authenticator_class": text})
        assert chosen_method(values, release) is one


def test_a_chart_offers_only_what_its_hub_has():
    offered = {release: {one.id for one in methods(release)} for release in ("0.11.1", "3.0.0", "4.4.0")}
    assert offered["3.0.0"] - offered["0.11.1"] == {"lti13"}
    assert offered["4.4.0"] - offered["3.0.0"] == {"shared-password"}
    assert find_method("native").class_text("3.3.8") == "nativeauthenticator.NativeAuthenticator"


def test_nothing_chosen_is_dummy_in_both_charts():
    assert chosen_method({}, "4.4.0").id == chosen_method({}, "0.9.0").id == "dummy"
    assert chosen_method({}, "1.0.6", "helmforge").id == "dummy"
    assert chosen_method({"auth": {"type": "custom"}}, "1.0.6", "helmforge").id == "custom"
    old = {"auth": {"type": "custom", "custom": {"className": "oauthenticator.auth0.Auth0OAuthenticator"}}}
    assert chosen_method(old, "0.9.0").id == "auth0"


@pytest.mark.parametrize(
    ("values", "url"),
    [
        (HTTPS, "https://hub.example.edu/hub/oauth_callback"),
        ({}, ""),
        ({"proxy": {"https": {"enabled": True, "type": "offload", "hosts": ["a.edu"]}}},
         "https://a.edu/hub/oauth_callback"),
        ({"proxy": {"https": {"hosts": ["a.edu"]}}}, "http://a.edu/hub/oauth_callback"),
        ({"hub": {"baseUrl": "/bio/"}, "ingress": {"enabled": True, "hosts": ["a.edu"], "tls": [{}]}},
         "https://a.edu/bio/hub/oauth_callback"),
        ({"ingress": {"hosts": ["a.edu"]}}, ""),
        ({"httpRoute": {"enabled": True, "hostnames": ["g.edu"]}}, "https://g.edu/hub/oauth_callback"),
    ],
)  # fmt: skip
def test_the_callback_is_the_address_of_the_hub(values, url):
    assert callback_url(values, "4.4.0", method=find_method("github")) == url


def test_the_callback_of_a_learning_platform_has_a_path_of_its_own():
    chosen = {
        **HTTPS,
        **config(JupyterHub={"authenticator_class": "ltiauthenticator.lti13.auth.LTI13Authenticator"}),
    }
    assert callback_url(chosen, "4.4.0") == "https://hub.example.edu/hub/lti13/oauth_callback"
    assert callback_url({**HTTPS, **config(JupyterHub={"authenticator_class": "native"})}, "4.4.0") == ""


WITH_STEPS = [
    "openshift",
    "github",
    "google",
    "gitlab",
    "bitbucket",
    "globus",
    "cilogon",
    "azuread",
    "auth0",
    "oidc",
    "lti11",
    "lti13",
    "mediawiki",
    "ldap",
]


@pytest.mark.parametrize("method", WITH_STEPS)
def test_the_steps_at_the_provider_have_the_hub_in_them(method):
    one = find_method(method)
    steps = sign_in_steps(HTTPS, "4.4.0", method=one)
    assert 4 <= len(steps) <= 8
    assert all(step.endswith(".") and len(step) < 260 for step in steps)
    text = " ".join(steps)
    assert not one.callback or f"https://hub.example.edu/{one.callback}" in text
    assert one.register in text
    assert not set(re.findall(r"{\w+}", text)) - {"{username}"}
    for need in one.needs:
        assert any(trait in text for trait in need.split("|")), need


def test_only_methods_with_a_provider_have_steps():
    assert {one.id for one in methods() if one.steps} == set(WITH_STEPS)
    assert {one.id for one in methods() if one.callback} <= set(WITH_STEPS)


def test_steps_before_the_address_is_known_say_so():
    text = " ".join(sign_in_steps({}, "4.4.0", method=find_method("github")))
    assert "https://<your hub>/hub/oauth_callback" in text
    assert sign_in_steps({}, "4.4.0") == ()


def test_steps_below_a_base_url():
    values = {**HTTPS, "hub": {"baseUrl": "/bio/"}}
    text = " ".join(sign_in_steps(values, "4.4.0", method=find_method("lti11")))
    assert "https://hub.example.edu/bio/hub/lti/launch" in text
    google = " ".join(sign_in_steps(values, "4.4.0", method=find_method("google")))
    assert "origins: https://hub.example.edu. " in google
