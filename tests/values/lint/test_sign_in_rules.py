"""Rules about sign-in and secrets: what they leave alone, how bad it is, and that no secret is told."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.values.lint.examples import examples, linted
from z2jh_wizard.values.lint import (
    config_names,
    config_twice,
    config_values,
    helmforge,
    oauth,
    secrets,
    sign_in,
)
from z2jh_wizard.values.lint.run import lint, lint_bytes
from z2jh_wizard.values.lint.subject import subject_of
from z2jh_wizard.values.sign_in import methods

MODULES = (config_names, config_twice, config_values, oauth, secrets, sign_in)
Z2JH = tuple(rule for module in MODULES for rule in module.RULES)
IN_BOTH = {"token-format", "token-number", "known-secret", "secret-in-config"}
"""Rules about what both charts call the same."""

SPEAKING = {rule.id for rule in (*Z2JH, *helmforge.RULES)}
OURS = [one for one in examples() if one.rule in SPEAKING]
CLASS = "hub: {config: {JupyterHub: {authenticator_class: %s}%s}%s}"


def ids(text, chart="4.4.0", family="z2jh"):
    """The rules of these modules that speak."""
    found = lint(subject_of(text.encode(), chart, family), (*Z2JH, *helmforge.RULES))
    return {finding.rule for finding in found}


def severity(rule, text, chart="4.4.0"):
    (found,) = (one for one in linted(text, chart) if one.rule == rule)
    return found.severity.value


@pytest.mark.parametrize("example", OURS, ids=lambda one: one.rule)
def test_each_chart_has_its_own_rules(example):
    ours = {rule.id for rule in Z2JH} - IN_BOTH
    theirs = {rule.id for rule in helmforge.RULES}
    for text in (example.bad, example.good):
        assert not ids(text, "1.0.6", "helmforge") & ours
        assert not ids(text) & theirs


def test_charts_before_hub_config_read_none_of_it():
    text = CLASS % ("github", ", GitHubOAuthenticator: {clientId: 1, allowed_groups: x}", "")
    assert ids(text, "0.10.6") == set()
    assert {"camel-trait", "hub5-lockout"} <= ids(
        CLASS % ("github", ", GitHubOAuthenticator: {clientId: a}", "")
    )


@pytest.mark.parametrize("method", [one for one in methods() if one.id != "custom"], ids=lambda one: one.id)
def test_each_way_to_sign_in_is_clean_when_it_has_what_it_needs(method):
    needs: dict[str, Any] = {need.split("|")[0]: "https://idp.example.edu/x" for need in method.needs}
    needs.pop("idps", None)
    if method.id == "lti13":
        needs["client_id"] = ["abc"]
    if method.id == "lti11":
        needs["consumers"] = {"key-of-the-platform": "5f1d7a84db00d2fce00b31a7fc73224f"}
    if method.id == "cilogon":
        needs["idps"] = {"https://idp.example.edu": {"username_derivation": {"username_claim": "email"}}}
    if method.id == "dummy":
        needs["password"] = "correct-horse"
    config = {
        "JupyterHub": {"authenticator_class": method.class_text("4.4.0")},
        "Authenticator": {
            **({"allowed_users": ["ada"]} if method.oauth else {"allow_all": True}),
            "admin_users": ["teacher"],
        },
        method.section: {
            **needs,
            **({"oauth_callback_url": "https://h.edu/hub/oauth_callback"} if method.oauth else {}),
        },
    }
    values = {"hub": {"config": config}, "ingress": {"enabled": True, "hosts": ["h.edu"]}}
    assert ids(json.dumps(values)) == set()


@pytest.mark.parametrize(
    "text",
    [
        CLASS % ("github", "", ", extraConfig: {a: c.Authenticator.allow_all = True}"),
        CLASS % ("my.module.Class", "", ""),
        CLASS % ("jupyterhub.auth.NullAuthenticator", "", ""),
        CLASS % ('"null"', "", ""),
        CLASS % ("firstuse", "", ""),
        CLASS % ("github", ", Authenticator: {any_allow_config: true}", ""),
        CLASS % ("gitlab", ", GitLabOAuthenticator: {gitlab_group_whitelist: [a]}", ""),
        CLASS % ("ldap", ", LDAPAuthenticator: {allowed_groups: [a]}", ""),
    ],
)
def test_nobody_is_said_to_be_locked_out_where_it_is_not_sure(text):
    assert not ids(text) & {"hub5-lockout", "admin-only"}


@pytest.mark.parametrize(
    ("method", "who"), [("github", "Only these administrators"), ("ldap", "and administrators")]
)
def test_administrators_alone_come_in_with_oauth_only(method, who):
    text = CLASS % (method, ", Authenticator: {admin_users: [t]}", "")
    (found,) = [one for one in linted(text, "4.4.0") if one.rule == "admin-only"]
    assert who in found.message


def test_capitals_in_blocked_users_keep_nobody_out():
    text = CLASS % ("github", ", Authenticator: {%s: [Ada]}", "")
    assert severity("email-case", text % "blocked_users") == "warning"
    assert severity("email-case", text % "admin_users") == "note"
    assert "email-case" not in ids(
        (CLASS % ("mediawiki", ", Authenticator: {%s: [Ada]}", "")) % "admin_users"
    )


@pytest.mark.parametrize("word", ["allow_2fa: true", "allow_all: false", "allowed_users: []"])
def test_what_only_sounds_like_leave_to_enter_is_none(word):
    assert "hub5-lockout" in ids(CLASS % ("native", f", NativeAuthenticator: {{{word}}}", ""))


def test_older_charts_let_people_in_unless_told():
    assert "hub5-lockout" not in ids(CLASS % ("github", "", ""), "2.0.0")
    assert "hub5-lockout" not in ids(CLASS % ("nativeauthenticator.NativeAuthenticator", "", ""), "3.3.8")
    assert "hub5-lockout" in ids(CLASS % ("firstuse", ", FirstUseAuthenticator: {allow_all: false}", ""))


def test_an_open_hub_is_the_worse_the_more_it_was_meant_to_be_public():
    https = "\nproxy: {https: {enabled: true, hosts: [h.edu], letsencrypt: {contactEmail: a@h.edu}}}"
    chosen, unsaid = CLASS % ("dummy", "", ""), "hub: {baseUrl: /}\nsingleuser: {defaultUrl: /lab}"
    assert severity("dummy-open", chosen + https) == "error"
    assert severity("dummy-open", chosen) == "warning"
    assert severity("dummy-open", unsaid + https) == "warning"
    assert severity("dummy-open", unsaid) == "note"
    assert "dummy-open" not in ids("singleuser: {defaultUrl: /lab}")
    assert "dummy-open" not in ids("binderhub: {jupyterhub: {hub: {baseUrl: /}, singleuser: {}}}")


def test_a_part_of_a_sign_in_is_no_error_in_a_file_that_is_a_part():
    part = "hub: {config: {GitHubOAuthenticator: {scope: [read:org]}}}"
    assert severity("auth-type-missing", part) == "warning"
    assert severity("auth-type-missing", part + "\nproxy: {}\n") == "error"
    nobody = CLASS % ("google", ", GoogleOAuthenticator: {client_id: abc}", "")
    assert severity("hub5-lockout", nobody) == "warning"
    assert severity("hub5-lockout", nobody + "\nsingleuser: {}\n") == "error"
    bare = CLASS % ("generic-oauth", ", GenericOAuthenticator: {allow_all: true}", "")
    assert severity("generic-nourls", bare) == "warning"
    assert severity("generic-nourls", bare + "\nproxy: {}\n") == "error"


def test_two_files_are_looked_at_as_one():
    config = (
        b"hub: {config: {JupyterHub: {authenticator_class: github}, Authenticator: {allowed_users: [ada]}}}"
    )
    apart = b"hub: {config: {GitHubOAuthenticator: {client_id: abc, client_secret: your-client-secret}}}"
    found = lint_bytes([("config.yaml", config, None), ("secrets.yaml", apart, None)], "4.4.0").findings
    assert [(one.rule, one.file) for one in found if one.rule != "advisory"] == [
        ("placeholder", "secrets.yaml")
    ]


def test_a_hub_image_of_ones_own_may_have_other_classes():
    image = ", image: {name: quay.io/school/hub}"
    assert ids(CLASS % ("school", ", SchoolAuthenticator: {colour: blue}", image)) == set()
    assert ids(CLASS % ("school", "", "")) == {"unknown-authenticator"}


def test_a_class_that_python_chooses_is_not_guessed():
    line = "c.JupyterHub.authenticator_class = Mine"
    section = {"GoogleOAuthenticator": {"client_id": "a"}}
    assert ids(json.dumps({"hub": {"config": section, "extraConfig": {"a": line}}})) == set()
    comment = {"hub": {"config": section, "extraConfig": {"a": f"  # {line}"}}}
    assert "auth-type-missing" in ids(json.dumps(comment))


SECRET = "Tr0ub4dor-and-3-horses"
PLACES = st.sampled_from(
    [
        ("proxy", "secretToken"),
        ("hub", "cookieSecret"),
        ("hub", "services", "a", "apiToken"),
        ("hub", "config", "CryptKeeper", "keys"),
        ("hub", "config", "JupyterHub", "cookie_secret"),
        ("hub", "config", "JupyterHub", "authenticator_class"),
        ("hub", "config", "JupyterHub"),
        ("hub", "config", "Authenticator", "allowed_users"),
        ("hub", "config", "Authenticator"),
        ("hub", "config", "GitHubOAuthenticator", "client_secret"),
        ("hub", "config", "GitHubOAuthenticator", "oauth_callback_url"),
        ("hub", "config", "GitHubOAuthenticator", "scope"),
        ("hub", "config", "CILogonOAuthenticator", "idps"),
        ("hub", "config", "KubeSpawner", "image"),
        ("hub", "config"),
        ("hub", "extraConfig"),
        ("hub", "extraEnv"),
        ("singleuser", "image"),
        ("singleuser", "cpu", "limit"),
        ("ingress", "hosts"),
        ("ingress", "enabled"),
        ("proxy", "https", "hosts"),
        ("auth", "type"),
        ("auth", "dummyPassword"),
        ("auth", "whitelist", "users"),
        ("metrics", "serviceMonitor"),
        ("hub", "persistence", "accessModes"),
        ("hub", "replicaCount"),
    ]
)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "github", "dummy", "https://[", "a b"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "allow_all"]), inner, max_size=2)
    ),
    max_leaves=5,
)


@given(
    st.dictionaries(PLACES, ODD, max_size=6), st.sampled_from(["4.4.0", "3.3.8", "0.11.1", "0.9.0", "v0.6"])
)
def test_odd_values_break_no_rule(places, chart):
    tree: dict[str, Any] = {}
    for path, value in places.items():
        at = tree
        for part in path[:-1]:
            at = at.setdefault(part, {}) if isinstance(at, dict) else {}
        if isinstance(at, dict):
            at.setdefault(path[-1], value)
    data = json.dumps(tree).encode()
    assert isinstance(lint(subject_of(data, chart), Z2JH), list)
    assert isinstance(lint(subject_of(data, "1.0.6", "helmforge"), helmforge.RULES), list)


@pytest.mark.parametrize(
    "path",
    [
        "proxy.secretToken",
        "hub.cookieSecret",
        "hub.services.a.apiToken",
        "hub.config.CryptKeeper.keys",
        "hub.config.GitHubOAuthenticator.client_secret",
        "hub.config.SharedPasswordAuthenticator.user_password",
        "hub.config.LTI11Authenticator.consumers",
        "auth.dummyPassword",
    ],
)
@pytest.mark.parametrize("value", [SECRET, [SECRET], {"a": SECRET}, "your-" + SECRET])
def test_no_message_tells_a_secret(path, value):
    tree: dict[str, Any] = {}
    at = tree
    *above, last = path.split(".")
    for part in above:
        at = at.setdefault(part, {})
    at[last] = value
    data = json.dumps(tree).encode()
    for subject in (subject_of(data, "4.4.0"), subject_of(data, "1.0.6", "helmforge")):
        for found in lint(subject, (*Z2JH, *helmforge.RULES)):
            assert SECRET not in f"{found.message} {found.fix.sentence if found.fix else ''}"
