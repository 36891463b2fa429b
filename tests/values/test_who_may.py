"""Who may sign in: a table for each method,
compared once with the classes of the hub image of chart 4.4.0."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.values.sign_in import method_of, methods
from z2jh_wizard.values.who_may import Answer, may

NEW, BEFORE = "4.4.0", "3.3.8"
AUTH = "Authenticator"
ENTITY = "https://idp.example.edu/shibboleth"


def values(class_text, **sections):
    return {"hub": {"config": {"JupyterHub": {"authenticator_class": class_text}, **sections}}}


def idps(**body):
    return {"idps": {ENTITY: {"username_derivation": {"username_claim": "email"}, **body}}}


PASSWORDS = {"user_password": "for-the-class", "admin_password": "x" * 32}
LTI13 = "ltiauthenticator.lti13.auth.LTI13Authenticator"

CASES = [
    # class, sections, user, groups, answer, the trait that decides
    ("dummy", {}, "ada", None, "allowed", "allow_all"),
    ("dummy", {AUTH: {"allow_all": False}}, "ada", None, "refused", "allow_all"),
    ("dummy", {AUTH: {"allowed_users": ["Ada"]}}, "aDA", None, "allowed", "allowed_users"),
    ("dummy", {AUTH: {"allowed_users": ["ada"]}}, "bob", None, "refused", "allowed_users"),
    ("dummy", {AUTH: {"allowed_users": "ada"}}, "ada", None, "allowed", "allowed_users"),
    ("dummy", {AUTH: {"allowed_users": ["x"], "username_map": {"bob": "x"}}},
     "Bob", None, "allowed", "allowed_users"),
    ("dummy", {AUTH: {"username_pattern": "^s[0-9]+$"}}, "ada", None, "refused", "username_pattern"),
    ("dummy", {AUTH: {"username_pattern": "^s[0-9]+$"}}, "S12", None, "allowed", "allow_all"),
    ("dummy", {AUTH: {"username_pattern": "("}}, "ada", None, "refused", "username_pattern"),
    ("dummy", {}, "a/b", None, "refused", ""),
    ("dummy", {}, "", None, "refused", ""),
    ("dummy", {AUTH: {"blocked_users": ["ada"]}}, "Ada", None, "refused", "blocked_users"),
    ("dummy", {AUTH: {"blocked_users": ["Ada"]}}, "Ada", None, "allowed", "allow_all"),
    ("dummy", {AUTH: {"admin_users": ["t"], "allow_all": False}}, "t", None, "refused", "allowed_users"),
    ("dummy", {AUTH: {"admin_users": ["t"], "allowed_users": ["a"]}}, "t", None, "allowed", "admin_users"),
    ("dummy", {"JupyterHub": {"authenticator_class": "dummy", "admin_users": ["t"]},
     AUTH: {"allowed_users": ["a"]}},
     "t", None, "allowed", "admin_users"),
    ("shared-password", {"SharedPasswordAuthenticator": PASSWORDS}, "ada", None, "refused", "allow_all"),
    ("shared-password", {"SharedPasswordAuthenticator": PASSWORDS, AUTH: {"allow_all": True}}, "ada", None,
     "allowed", "allow_all"),
    ("shared-password", {AUTH: {"allow_all": True}}, "ada", None, "refused", "user_password"),
    ("shared-password", {"SharedPasswordAuthenticator": {"user_password": "for-the-class"},
                         AUTH: {"allow_all": True, "admin_users": ["t"]}},
                          "t", None, "refused", "admin_password"),
    ("native", {AUTH: {"allow_all": True}}, "ada", None, "depends", "open_signup"),
    ("native", {AUTH: {"allow_all": True}, "NativeAuthenticator": {"open_signup": True}}, "ada", None,
     "allowed", "allow_all"),
    ("native", {AUTH: {"allowed_users": ["ada"]}}, "ada", None, "allowed", "allowed_users"),
    ("native", {AUTH: {"allow_all": True}}, "ada l", None, "refused", ""),
    ("firstuse", {}, "ada", None, "allowed", "allow_all"),
    ("firstuse", {"FirstUseAuthenticator": {"create_users": False}}, "ada", None, "refused", "create_users"),
    ("firstuse", {"FirstUseAuthenticator": {"create_users": False}, AUTH: {"allowed_users": ["ada"]}},
     "ada", None,
     "allowed", "allowed_users"),
    ("tmp", {}, "ada", None, "refused", "allow_all"),
    ("tmp", {AUTH: {"allow_all": True, "blocked_users": ["ada"]}}, "ada", None, "allowed", "allow_all"),
    ("tmp", {AUTH: {"allowed_users": ["ada"]}}, "ada", None, "refused", "allow_all"),
    ("tmp", {AUTH: {"allow_all": True, "username_pattern": "^s"}}, "ada", None,
     "depends", "username_pattern"),
    ("pam", {AUTH: {"allow_all": True}}, "ada", None, "depends", ""),
    ("github", {}, "ada", None, "refused", "allow_all"),
    ("github", {AUTH: {"admin_users": ["t"]}}, "T", None, "allowed", "admin_users"),
    ("github", {"GitHubOAuthenticator": {"allowed_organizations": ["uni-bio"]}}, "ada", None,
     "depends", "allowed_organizations"),
    ("github", {"GitHubOAuthenticator": {"allowed_organizations": ["uni-bio"]}}, "ada", ["Uni-Bio"],
     "allowed", "allowed_organizations"),
    ("github", {"GitHubOAuthenticator": {"allowed_organizations": ["uni-bio:ta"]}}, "ada", ["uni-bio"],
     "refused", "allowed_organizations"),
    ("github", {"GitHubOAuthenticator": {"allowed_organizations": ["o"]},
     AUTH: {"allowed_users": ["bob"]}}, "ada", [],
     "refused", "allowed_users"),
    ("github", {"OAuthenticator": {"allowed_scopes": ["read:org"]}}, "ada", [], "depends", "allowed_scopes"),
    ("github", {AUTH: {"allow_existing_users": True}}, "ada", [], "depends", "allow_existing_users"),
    ("gitlab", {"GitLabOAuthenticator": {"allowed_project_ids": [12]}}, "ada", ["12"],
     "allowed", "allowed_project_ids"),
    ("gitlab", {"GitLabOAuthenticator": {"allowed_gitlab_groups": ["bio"]}}, "ada", [],
     "refused", "allowed_gitlab_groups"),
    ("bitbucket", {"BitbucketOAuthenticator": {"allowed_teams": ["bio"]}}, "ada", ["bio"],
     "allowed", "allowed_teams"),
    ("google", {"GoogleOAuthenticator": {"hosted_domain": ["example.edu"]}}, "ada@example.edu", None,
     "refused", "allow_all"),
    ("google", {"GoogleOAuthenticator": {"hosted_domain": ["example.edu"], "allow_all": True}},
     "ada@example.edu",
     None, "allowed", "allow_all"),
    ("google", {"GoogleOAuthenticator": {"hosted_domain": ["example.edu"], "allow_all": True}},
     "ada@other.edu",
     None, "refused", "hosted_domain"),
    ("google", {"GoogleOAuthenticator": {"hosted_domain": ["example.edu"], "allowed_users": ["ada"]}},
     "Ada@Example.edu", None, "allowed", "allowed_users"),
    ("google", {"GoogleOAuthenticator": {"hosted_domain": ["a.edu", "b.edu"], "allowed_users": ["ada"]}},
     "ada@a.edu",
     None, "refused", "allowed_users"),
    ("google", {"GoogleOAuthenticator": {"hosted_domain": ["a.edu", "b.edu"], "allowed_users": ["ada"],
                                         "strip_domain": True}},
                                          "ada@a.edu", None, "allowed", "allowed_users"),
    ("google", {"GoogleOAuthenticator": {"allowed_google_groups": {"a.edu": ["bio"]}}}, "ada@a.edu", ["bio"],
     "allowed", "allowed_google_groups"),
    ("google", {"GoogleOAuthenticator": {"allowed_google_groups": {"a.edu": ["bio"]}}}, "ada@b.edu", ["bio"],
     "refused", "allowed_google_groups"),
    ("cilogon", {AUTH: {"allow_all": True}}, "ada@example.edu", None, "refused", "idps"),
    ("cilogon", {"CILogonOAuthenticator": idps()}, "ada@example.edu", None, "refused", "allow_all"),
    ("cilogon", {"CILogonOAuthenticator": idps(allow_all=True)}, "ada@example.edu", None, "allowed", "idps"),
    ("cilogon", {"CILogonOAuthenticator": idps(allowed_domains=["*.example.edu"])},
     "ada@bio.example.edu", None,
     "allowed", "idps"),
    ("cilogon", {"CILogonOAuthenticator": idps(allowed_domains=["*.example.edu"])}, "ada@other.edu", None,
     "refused", "allow_all"),
    ("cilogon", {"CILogonOAuthenticator": idps(allowed_domains=["example.edu"])},
     "ada", None, "depends", "idps"),
    ("globus", {"GlobusOAuthenticator": {"identity_provider": "example.edu", "allow_all": True}},
     "ada@other.edu",
     None, "refused", "identity_provider"),
    ("globus", {"GlobusOAuthenticator": {"allowed_globus_groups": ["g"]}}, "ada@a.edu", ["g"],
     "allowed", "allowed_globus_groups"),
    ("azuread", {AUTH: {"allowed_users": ["ada lovelace"]}},
     "Ada Lovelace", None, "allowed", "allowed_users"),
    ("auth0", {AUTH: {"allowed_users": ["ada@example.edu"]}},
     "Ada@Example.edu", None, "allowed", "allowed_users"),
    ("openshift", {AUTH: {"manage_groups": True, "allowed_groups": ["bio"]}}, "ada", ["bio"],
     "allowed", "allowed_groups"),
    ("generic-oauth", {"GenericOAuthenticator": {"allowed_groups": ["bio"], "manage_groups": True}},
     "ada", ["bio"],
     "allowed", "allowed_groups"),
    ("generic-oauth", {"GenericOAuthenticator": {"allowed_groups": ["bio"]}}, "ada", ["bio"],
     "refused", "allowed_groups"),
    ("mediawiki", {AUTH: {"allowed_users": ["Ada_L"]}}, "Ada L", None, "allowed", "allowed_users"),
    ("mediawiki", {AUTH: {"allowed_users": ["Ada_L"]}}, "ada_l", None, "refused", "allowed_users"),
    ("ltiauthenticator.LTIAuthenticator", {AUTH: {"allow_all": True}}, "ada", None, "allowed", "allow_all"),
    (LTI13, {}, "ada", None, "refused", "allow_all"),
    ("ldap", {"LDAPAuthenticator": {"allowed_groups": ["cn=bio"]}}, "ada", ["cn=bio"],
     "allowed", "allowed_groups"),
    ("ldap", {"LDAPAuthenticator": {"allowed_groups": ["cn=bio"]}}, "ada", None, "depends", "allowed_groups"),
    ("hmacauthenticator.HMACAuthenticator", {AUTH: {"allow_all": True}}, "ada", None, "allowed", "allow_all"),
    ("my.own.Class", {AUTH: {"allow_all": True}}, "ada", None, "depends", ""),
]  # fmt: skip


def decide(chosen, sections, user, groups=None, version=NEW):
    return may(values(chosen, **sections), version, "z2jh", user, groups)


@pytest.mark.parametrize(("chosen", "sections", "user", "groups", "answer", "trait"), CASES)
def test_the_newest_chart(chosen, sections, user, groups, answer, trait):
    if "JupyterHub" in sections:
        sections = {**sections, "JupyterHub": {**sections["JupyterHub"], "authenticator_class": chosen}}
        found = may({"hub": {"config": sections}}, NEW, "z2jh", user, groups)
    else:
        found = decide(chosen, sections, user, groups)
    assert (found.answer.value, found.setting.rsplit(".", 1)[-1]) == (answer, trait)
    assert found.reason.endswith(".")
    assert not found.needs or found.answer is not Answer.REFUSED


def test_every_method_has_a_row_in_the_table():
    assert {method_of(case[0]).id for case in CASES} == {one.id for one in methods()}


@pytest.mark.parametrize(
    ("chosen", "sections", "user", "groups", "answer"),
    [
        ("native", {"NativeAuthenticator": {"open_signup": True}}, "ada", None, "allowed"),
        ("native", {"NativeAuthenticator": {"open_signup": True}, AUTH: {"allow_all": False}},
         "ada", None, "allowed"),
        (LTI13, {}, "ada", None, "allowed"),
        ("dummy", {AUTH: {"allowed_users": ["ada"]}}, "bob", None, "refused"),
        ("dummy", {AUTH: {"allowed_users": ["ada"], "admin_users": ["t"]}}, "t", None, "allowed"),
        ("ldap", {"LDAPAuthenticator": {"allowed_groups": ["g"]}, AUTH: {"allowed_users": ["bob"]}},
         "ada", ["g"],
         "refused"),
        ("github", {}, "ada", None, "refused"),
        ("github", {AUTH: {"admin_users": ["ada"]}}, "ada", None, "allowed"),
        ("generic-oauth", {"GenericOAuthenticator": {"allowed_groups": ["bio"]}}, "ada", ["bio"], "allowed"),
        ("tmp", {}, "ada", None, "allowed"),
        ("tmp", {AUTH: {"allowed_users": ["ada"]}}, "ada", None, "refused"),
    ],
)  # fmt: skip
def test_chart_3_asks_for_permission_with_oauth_only(chosen, sections, user, groups, answer):
    assert decide(chosen, sections, user, groups, BEFORE).answer.value == answer


@pytest.mark.parametrize(
    ("sections", "user", "groups", "answer"),
    [
        ({}, "ada", None, "allowed"),
        ({"GitHubOAuthenticator": {"allowed_organizations": ["o"]}}, "ada", None, "depends"),
        ({"GitHubOAuthenticator": {"allowed_organizations": ["o"]}}, "ada", ["o"], "allowed"),
        ({"GitHubOAuthenticator": {"allowed_organizations": ["o"]}}, "ada", [], "refused"),
        ({"GitHubOAuthenticator": {"allowed_organizations": ["o"]}, AUTH: {"allowed_users": ["bob"]}},
         "ada", ["o"],
         "refused"),
        ({"GitHubOAuthenticator": {"allowed_organizations": ["o"]}, AUTH: {"allowed_users": ["ada"]}},
         "ada", ["o"],
         "allowed"),
        ({"GitHubOAuthenticator": {"allowed_organizations": ["o"]}, AUTH: {"allowed_users": ["ada"]}},
         "ada", None,
         "depends"),
    ],
)  # fmt: skip
def test_before_chart_3_settings_of_oauth_keep_people_out(sections, user, groups, answer):
    assert decide("github", sections, user, groups, "2.0.0").answer.value == answer


def test_old_charts_have_auth_instead_of_hub_config():
    old = {"auth": {"type": "github", "whitelist": {"users": ["Ada"]}, "admin": {"users": ["t"]}}}
    assert may(old, "0.9.0", "z2jh", "ada").setting == "auth.whitelist.users"
    refused = may(old, "0.9.0", "z2jh", "bob")
    assert refused.answer is Answer.REFUSED
    assert refused.setting == "auth.whitelist.users"
    assert may(old, "0.9.0", "z2jh", "t").admin
    hosted = {"auth": {"type": "google", "google": {"hostedDomain": "a.edu"}}}
    assert may(hosted, "0.9.0", "z2jh", "ada@b.edu").setting == "auth.google.hostedDomain"
    custom = {"auth": {"type": "custom",
     "custom": {"className": "oauthenticator.bitbucket.BitbucketOAuthenticator",
                                                    "config": {"team_whitelist": ["bio"]}}}}  # fmt: skip
    assert may(custom, "0.9.0", "z2jh", "ada", []).answer is Answer.REFUSED


def test_hubs_with_the_forgotten_whitelist_let_everybody_in():
    old = {"auth": {"type": "github", "whitelist": {"users": ["ada"]}}}
    assert may(old, "0.10.4", "z2jh", "bob").answer is Answer.ALLOWED
    assert may(old, "0.10.6", "z2jh", "bob").answer is Answer.REFUSED


def test_helmforge_has_one_password_or_code():
    dummy = may({"auth": {"type": "dummy", "dummyPassword": "secret"}}, "1.0.6", "helmforge", "ada")
    assert (dummy.answer, dummy.needs) == (Answer.ALLOWED, "the one password of the hub")
    code = {
        "auth": {"type": "custom"},
        "hub": {"extraConfig": {"a": "c.JupyterHub.authenticator_class = 'x'"}},
    }
    assert may(code, "1.0.6", "helmforge", "ada").setting == "hub.extraConfig"


def test_python_may_say_otherwise():
    with_code = values("github", Authenticator={"allow_all": True})
    with_code["hub"]["extraConfig"] = {"a": "# allow_all\nc.Spawner.x = 1"}
    assert may(with_code, NEW, "z2jh", "ada").answer is Answer.ALLOWED
    with_code["hub"]["extraConfig"]["b"] = "c.Authenticator.blocked_users = {'ada'}"
    found = may(with_code, NEW, "z2jh", "ada")
    assert (found.answer, found.setting) == (Answer.DEPENDS, "hub.extraConfig")


def test_one_who_left_the_list_may_still_come_in():
    assert decide("native", {AUTH: {"allowed_users": ["ada"]}}, "bob").answer is Answer.REFUSED
    listed = {AUTH: {"allowed_users": ["ada"]}}
    assert "allow_existing_users" in decide("dummy", listed, "bob").unless
    assert decide("github", listed, "bob").unless == ""
    shut = {AUTH: {"allowed_users": ["ada"], "allow_existing_users": False}}
    assert decide("dummy", shut, "bob").unless == ""


def test_two_universities_may_answer_differently():
    two = idps(allow_all=True)
    two["idps"]["https://b.edu"] = {
        "username_derivation": {"username_claim": "eppn", "action": "prefix", "prefix": "b"}
    }
    found = decide("cilogon", {"CILogonOAuthenticator": two}, "ada@example.edu")
    assert found.answer is Answer.DEPENDS
    assert ENTITY in found.reason
    stripped = idps(allow_all=True)
    stripped["idps"][ENTITY]["username_derivation"] |= {"action": "strip_idp_domain", "domain": "example.edu"}
    assert decide("cilogon", {"CILogonOAuthenticator": stripped}, "Ada@example.edu").name == "ada"


def test_what_a_person_must_bring():
    shared = {"SharedPasswordAuthenticator": PASSWORDS, AUTH: {"allow_all": True, "admin_users": ["t"]}}
    assert decide("shared-password", shared, "ada").needs == "the password of the class"
    assert decide("shared-password", shared, "t").needs == "the administrators' password"
    assert decide("dummy", {}, "ada").needs == "any password"


def test_the_shared_password_knows_administrators_by_the_very_letters():
    shared = {"SharedPasswordAuthenticator": PASSWORDS, AUTH: {"allow_all": True, "admin_users": ["t"]}}
    found = decide("shared-password", shared, "T")
    assert (found.name, found.admin, found.needs) == ("t", False, "the password of the class")
    listed = {"SharedPasswordAuthenticator": PASSWORDS, AUTH: {"allowed_users": ["a"], "admin_users": ["t"]}}
    assert decide("shared-password", listed, "T").answer is Answer.ALLOWED


def test_a_chain_of_renames_is_followed_as_each_class_does():
    chain = {AUTH: {"username_map": {"bob": "ada", "ada": "eve"}, "admin_users": ["BOB"]}}
    assert decide("github", chain, "bob").name == "eve"
    assert decide("github", chain, "bob").admin
    assert decide("dummy", chain, "bob").name == "ada"


NAMES = st.sampled_from(["ada", "Bob", "eve@a.edu", "Mallory", "s-12"])
SECTION = st.fixed_dictionaries(
    {},
    optional={
        "allow_all": st.booleans(),
        "allow_existing_users": st.booleans(),
        "allowed_users": st.lists(NAMES),
        "admin_users": st.lists(NAMES),
        "blocked_users": st.lists(NAMES),
        "username_map": st.dictionaries(NAMES, NAMES, max_size=2),
        "allowed_organizations": st.lists(st.sampled_from(["g", "h"])),
        "allowed_groups": st.lists(st.sampled_from(["g", "h"])),
        "manage_groups": st.booleans(),
        "hosted_domain": st.lists(st.sampled_from(["a.edu", "b.edu"])),
        "open_signup": st.booleans(),
    },
)
CLASSES = st.sampled_from([one for one in methods() if one.id != "tmp"])
VERSIONS = st.sampled_from(["0.11.1", "1.2.0", "2.0.0", BEFORE, "4.0.0", NEW])
GROUPS = st.none() | st.lists(st.sampled_from(["g", "h"]))


@given(method=CLASSES, section=SECTION, user=NAMES, groups=GROUPS, version=VERSIONS)
def test_blocked_wins_over_all(method, section, user, groups, version):
    chosen = values(method.class_text(version) or "my.own.Class", Authenticator=section)
    before = may(chosen, version, "z2jh", user, groups)
    blocked = [*section.get("blocked_users", ()), before.name]
    after = may(
        values(method.class_text(version) or "my.own.Class", Authenticator={**section,
         "blocked_users": blocked}),
        version, "z2jh", user, groups,
    )  # fmt: skip
    assert after.answer is Answer.REFUSED
    assert not after.admin


@given(method=CLASSES, section=SECTION, user=NAMES, version=VERSIONS)
def test_groups_that_are_not_known_never_decide_alone(method, section, user, version):
    """Not to know the groups may leave it open; it never contradicts both extremes."""
    chosen = values(method.class_text(version) or "my.own.Class", Authenticator=section)
    unknown = may(chosen, version, "z2jh", user).answer
    none, every = (may(chosen, version, "z2jh", user, groups).answer for groups in ([], ["g", "h"]))
    assert unknown in (none, every) or unknown is Answer.DEPENDS
    if none is every:
        assert unknown in (none, Answer.DEPENDS)


@given(section=SECTION, user=NAMES, version=VERSIONS)
def test_allow_all_refuses_nobody_but_the_blocked_and_the_outsiders(section, user, version):
    chosen = values("google", Authenticator={**section, "allow_all": True})
    found = may(chosen, version, "z2jh", user)
    if found.answer is Answer.REFUSED and version in (BEFORE, "4.0.0", NEW):
        assert found.setting.rsplit(".", 1)[-1] in ("blocked_users", "hosted_domain")


@given(user=st.text(max_size=50), method=CLASSES)
def test_any_text_gets_an_answer(user, method):
    found = may(values(method.class_text(NEW) or "x.Y", Authenticator={"allow_all": True}), NEW, "z2jh", user)
    assert found.reason
