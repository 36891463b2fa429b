"""The table of hub.config: classes, their traits, old names, and the chart keys that say the same."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.values import traits
from z2jh_wizard.values.keys import paths_at
from z2jh_wizard.values.traits import Effect


def known(section, name) -> traits.TraitRow:
    """A trait that must be there."""
    row = traits.trait(section, name)
    assert row
    return row


NAMES = [one.name for one in traits.classes()]
ALL = [row for name in NAMES for row in traits.traits_of(name).values()]


def test_there_are_the_27_classes_of_the_hub_image_with_their_traits():
    assert len(NAMES) == len(set(NAMES)) == 27
    assert len(traits.traits_of("KubeSpawner")) == 110
    assert len(traits.traits_of("JupyterHub")) == 97
    assert len(ALL) == 1150
    assert traits.about().date


def test_bases_stand_in_the_table_and_give_their_traits():
    for one in traits.classes():
        for base in one.bases:
            inherited = set(traits.traits_of(base)) - set(one.not_inherited)
            assert inherited <= set(traits.traits_of(one.name))
    assert known("GitHubOAuthenticator", "admin_users").declared_in == "Authenticator"
    assert known("KubeSpawner", "start_timeout").path == "hub.config.KubeSpawner.start_timeout"


def test_what_a_class_does_not_inherit_is_not_its_trait():
    assert traits.trait("Authenticator", "auto_login")
    assert traits.trait("LTI11Authenticator", "auto_login") is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("github", "GitHubOAuthenticator"),
        ("generic-oauth", "GenericOAuthenticator"),
        ("native", "NativeAuthenticator"),
        ("ltiauthenticator.lti13.auth.LTI13Authenticator", "LTI13Authenticator"),
        ("LDAPAuthenticator", "LDAPAuthenticator"),
    ],
)
def test_an_authenticator_class_is_found_by_each_of_its_names(name, meant):
    found = traits.authenticator(name)
    assert found
    assert found.name == meant


def test_unknown_classes_and_traits_are_no_rows():
    assert traits.find_class("GitHubAuthenticator") is None
    assert traits.authenticator("hmac") is None
    assert not traits.traits_of("GitHubAuthenticator")
    assert traits.trait("KubeSpawner", "memory_limit") is None
    assert traits.old_name("NoSuchClass", "whitelist") is None


@pytest.mark.parametrize(
    ("section", "name", "new", "effect"),
    [
        ("Authenticator", "whitelist", "allowed_users", Effect.WORKS),
        ("GitHubOAuthenticator", "blacklist", "blocked_users", Effect.IGNORED),
        ("GitHubOAuthenticator", "org_whitelist", "allowed_organizations", Effect.IGNORED),
        ("GitHubOAuthenticator", "github_organization_whitelist", "allowed_organizations", Effect.WORKS),
        ("CILogonOAuthenticator", "shown_idps", "idps", Effect.CRASHES),
        ("CILogonOAuthenticator", "username_claim", "idps", Effect.CRASHES),
        ("CILogonOAuthenticator", "idp", "idps", Effect.CRASHES),
        ("CILogonOAuthenticator", "allowed_idps", "idps", Effect.WORKS),
        ("KubeSpawner", "singleuser_image_spec", "image", Effect.WORKS),
        ("KubeSpawner", "user_storage_class", "storage_class", Effect.WORKS),
    ],
)
def test_old_names_lead_to_the_final_one_and_say_what_happens(section, name, new, effect):
    old = traits.old_name(section, name)
    assert old
    assert (old.new, old.effect) == (new, effect)
    assert traits.trait(section, new)


def test_every_old_name_leads_to_a_trait_of_its_class():
    for one in traits.classes():
        for old in one.old_names:
            final = traits.old_name(one.name, old.name)
            assert final
            assert traits.trait(one.name, final.new), (one.name, old.name)


def test_every_chart_key_twin_is_a_key_or_a_section_of_the_newest_chart():
    keys = paths_at("4.4.0")
    sections = {key.rsplit(".", size)[0] for key in keys for size in range(1, key.count(".") + 1)}
    twins = {row.chart_key for row in ALL if row.chart_key}
    assert len(twins) == 60
    assert twins <= {*keys, *sections}


def test_chart_keys_by_trait():
    assert known("KubeSpawner", "mem_limit").chart_key == "singleuser.memory.limit"
    assert traits.by_chart_key()["singleuser.memory.limit"].name == "mem_limit"
    assert traits.by_chart_key()["hub.concurrentSpawnLimit"].class_name == "JupyterHub"
    assert known("KubeSpawner", "image").chart_key == "singleuser.image.name"


def test_defaults_are_told_from_unknown_ones():
    assert known("KubeSpawner", "http_timeout").default == 30
    assert known("KubeSpawner", "mem_limit").default is None
    assert known("JupyterHub", "base_url").default is msgspec.UNSET


def test_functions_are_told_from_values():
    python = {row.name for row in traits.traits_of("KubeSpawner").values() if row.python_only}
    assert {"modify_pod_hook", "pre_spawn_hook", "get_pod_url"} <= python
    assert python.isdisjoint({"mem_limit", "profile_list", "options_from_form"})


def test_did_you_mean():
    assert traits.suggest_classes("GithubOAuthenticator")[0] == "GitHubOAuthenticator"
    assert traits.suggest_classes("jupyterHub")[0] == "JupyterHub"
    assert traits.suggest_traits("KubeSpawner", "memLimit")[0] == "mem_limit"
    assert traits.suggest_traits("Authenticator", "allowed_user")[0] == "allowed_users"
    assert traits.suggest_traits("NoSuchClass", "allowed_user") == ()


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_answered(section, name):
    assert traits.trait(section, name) is None or name in traits.traits_of(section)
    assert len(traits.suggest_classes(section)) <= 3
    assert len(traits.suggest_traits("KubeSpawner", name)) <= 3
