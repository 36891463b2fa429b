"""The steps outside the wizard: what is copied out of them, and which fields they bring answers for."""

from __future__ import annotations

import pytest

from z2jh_wizard.values.charts import newest
from z2jh_wizard.values.forms import Scene, question
from z2jh_wizard.values.sign_in import methods
from z2jh_wizard.values.sign_in_guide import Guide, guide
from z2jh_wizard.values.topics import fields

NEWEST = newest().version
HTTPS = {"proxy": {"https": {"enabled": True, "hosts": ["hub.example.edu"]}}}
CALLBACK = "https://hub.example.edu/hub/oauth_callback"


def guide_for(method: str, version: str = NEWEST, values=HTTPS, **section) -> Guide:
    """The guide for a method, its section set to something."""
    one = next(one for one in methods() if one.id == method)
    chosen = one.class_text(version) or "my.Class"
    config = {"JupyterHub": {"authenticator_class": chosen}, one.section or "Mine": section}
    return guide(Scene(version, "z2jh", {**values, "hub": {"config": config}}))


def addresses(found: Guide) -> dict[str, str]:
    return {one.label: one.url for step in found.steps for one in step.addresses}


@pytest.mark.parametrize("method", [one.id for one in methods()])
def test_every_method_says_what_applies(method):
    found = guide_for(method)
    assert found.intro.endswith(".")
    assert "{" not in "".join(one.url for step in found.steps for one in step.addresses)
    assert [step.number for step in found.steps] == list(range(1, len(found.steps) + 1))
    assert bool(found.steps) or "Nothing" in found.intro or method == "custom"
    for step in found.steps:
        for one in step.addresses:
            assert one.url in step.text
            assert one.label


def test_github_s_addresses_and_fields():
    found = guide_for("github", client_id="abc")
    assert addresses(found) == {
        "the link": "https://github.com/settings/applications/new",
        "Homepage URL": "https://hub.example.edu/",
        "Authorization callback URL": CALLBACK,
    }
    assert found.first_copy
    assert found.first_copy.url == CALLBACK
    states = {one.field.title: one.state for one in found.wanted}
    assert states["Client ID"] == "filled in"
    assert states["Client secret"] == "needed"
    assert states["Callback URL"] == "empty"
    assert found.to_fill
    assert found.to_fill.id == "sign-in.github.callback"
    assert guide_for("github", oauth_callback_url=CALLBACK).to_fill is None


def test_learning_platforms_get_every_address_of_the_hub():
    assert addresses(guide_for("lti13")) == {
        "the link": "https://hub.example.edu/hub/lti13/config",
        "Login initiation URL": "https://hub.example.edu/hub/lti13/oauth_login",
        "Redirect URI": "https://hub.example.edu/hub/lti13/oauth_callback",
        "Target link URI": "https://hub.example.edu/hub/spawn",
    }
    assert addresses(guide_for("lti11")) == {"Launch URL": "https://hub.example.edu/hub/lti/launch"}


def test_without_a_host_there_is_nothing_half_to_copy():
    found = guide_for("google", values={})
    assert found.no_host
    assert (found.callback, found.to_fill) == ("", None)
    assert set(addresses(found).values()) == {"https://console.cloud.google.com/apis/credentials"}
    assert not guide_for("ldap", values={}).no_host


def test_one_of_two_is_enough():
    assert "needed" in {one.state for one in guide_for("oidc").wanted if one.field.title.startswith("User")}
    found = guide_for("oidc", userdata_from_id_token=True)
    assert [one.state for one in found.wanted if one.needed].count("filled in") == 1
    assert not [one for one in found.wanted if one.field.id == "sign-in.oidc.userdata-url" and one.needed]


def test_old_charts_ask_only_what_they_have():
    old = guide(Scene("0.9.1", "z2jh", {"auth": {"type": "github"}, **HTTPS}))
    assert {one.field.id for one in old.wanted} >= {"sign-in.github.client-id", "sign-in.github.callback"}
    forge = guide(Scene("1.0.6", "helmforge", {}))
    assert "HelmForge" in forge.intro
    assert not forge.steps


def test_helmforge_s_other_way_is_python():
    choices = question(fields()["sign-in.method"], Scene("1.0.6", "helmforge", {}))
    assert choices
    assert [one.value for one in choices.choices] == ["dummy", "custom"]
    found = guide(Scene("1.0.6", "helmforge", {"auth": {"type": "custom"}}))
    assert "c.JupyterHub.authenticator_class" in found.intro
    assert [(one.field.key, one.state) for one in found.wanted] == [("hub.extraConfig", "needed")]
    code = {"auth": {"type": "custom"}, "hub": {"extraConfig": "c.A.b = 1"}}
    assert guide(Scene("1.0.6", "helmforge", code)).wanted[0].is_set


@pytest.mark.parametrize(("version", "said"), [("4.4.0", False), ("3.0.0", False), ("2.0.0", True)])
def test_what_is_true_of_old_charts_only_is_said_of_them_only(version, said):
    assert ("username_key" in guide_for("oidc", version).intro) is said
    assert ("LTIAuthenticator" in guide_for("lti11", version).intro) is said
    assert "In this chart idps is called allowed_idps." not in guide_for("cilogon").intro
