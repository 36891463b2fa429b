"""Who may sign in, in words: the sentences that a teacher reads beside the settings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.values.test_who_may import SECTION, VERSIONS, values
from z2jh_wizard.values.sign_in import methods
from z2jh_wizard.values.who_may import Answer, may, may_each
from z2jh_wizard.values.who_may_words import asks_groups, verdict_words, who_may

NEW, MIDDLE, OLD = "4.4.0", "3.3.8", "2.0.0"
ORGS = {"GitHubOAuthenticator": {"allowed_organizations": ["uni-bio"]}}
GOOGLE = {"hosted_domain": ["example.edu"]}


def allowed(chosen, version=NEW, **sections):
    return who_may(values(chosen, **sections), version).allowed


@pytest.mark.parametrize(
    ("chosen", "sections", "sentence"),
    [
        ("github", ORGS, "Everybody with a GitHub account in the organization uni-bio."),
        ("github", {"Authenticator": {"allow_all": True}}, "Everybody with a GitHub account."),
        ("github", {"Authenticator": {"allowed_users": ["Ada", "bob"]}}, "2 people: ada and bob."),
        ("github", {"Authenticator": {"allowed_users": ["ada"]}}, "One person: ada."),
        ("google", {"GoogleOAuthenticator": {**GOOGLE, "allow_all": True}},
         "Everybody with a Google account of example.edu."),
        ("dummy", {}, "Everybody who finds the address."),
        ("dummy", {"DummyAuthenticator": {"password": "x"}},
         "Everybody who knows the one password of the hub."),
        ("native", {"NativeAuthenticator": {"open_signup": True, "allow_all": True}},
         "Everybody who makes an account on the hub's own page."),
        ("tmp", {"Authenticator": {"allow_all": True}}, "Everybody who opens the address."),
        ("cilogon",
         {"CILogonOAuthenticator": {"idps": {"https://a.edu/i": {"allowed_domains": ["a.edu", "b.edu"]}}}},
         "Everybody with an account at https://a.edu/i whose address ends in a.edu or b.edu."),
    ],
)  # fmt: skip
def test_who_is_allowed(chosen, sections, sentence):
    assert allowed(chosen, **sections) == (sentence,)


def test_nobody_yet_says_what_to_set():
    found = who_may(values("github"), NEW)
    assert found.nobody
    assert found.allowed == (
        "Nobody yet: set hub.config.Authenticator.allow_all to true for everybody with a GitHub account, "
        "or name people in hub.config.Authenticator.allowed_users, "
        "or hub.config.GitHubOAuthenticator.allowed_organizations.",
    )
    assert not who_may(values("github", Authenticator={"allow_all": True}), NEW).nobody


def test_hosted_domain_alone_lets_in_nobody_from_chart_3_on():
    assert who_may(values("google", GoogleOAuthenticator=GOOGLE), NEW).nobody
    assert allowed("google", OLD, GoogleOAuthenticator=GOOGLE) == (
        "Everybody with a Google account of example.edu.",
    )


def test_before_chart_3_lists_and_groups_must_both_fit():
    both = {**ORGS, "Authenticator": {"allowed_users": ["ada"]}}
    assert allowed("github", OLD, **both) == (
        "One person: ada.",
        "Of them only who is in the organization uni-bio.",
    )
    assert allowed("github", NEW, **both) == (
        "One person: ada.",
        "Everybody with a GitHub account in the organization uni-bio.",
    )


def test_a_long_list_is_counted():
    many = [f"s{number:02}" for number in range(40)]
    assert allowed("github", Authenticator={"allowed_users": many}) == (
        "40 people: s00, s01, s02, s03, s04 and 35 more.",
    )


def test_administrators():
    github = who_may(values("github", Authenticator={"admin_users": ["T"]}), NEW)
    assert github.admins == ("t is an administrator.",)
    ldap = who_may(values("ldap", Authenticator={"admin_users": ["T", "U"]}), NEW)
    assert ldap.admins[0] == "t and u are administrators."
    assert "admin_users alone lets nobody in" in ldap.admins[1]
    shared = who_may(values("shared-password", Authenticator={"admin_users": ["T"], "allow_all": True}), NEW)
    assert "hub.config.SharedPasswordAuthenticator.admin_password" in shared.admins[1]
    assert who_may({}, NEW).admins == ("Nobody is an administrator.",)
    groups = who_may(values("globus", GlobusOAuthenticator={"admin_globus_groups": ["g"]}), NEW)
    assert groups.admins == ("Members of g are administrators.",)


def test_blocked_people_and_names_that_block_nobody():
    assert who_may({}, NEW).blocked == ("Nobody is blocked.",)
    found = who_may(values("github", Authenticator={"blocked_users": ["eve", "Mallory"]}), NEW).blocked
    assert found[0] == "Kept out, whatever else is allowed: eve and Mallory."
    assert found[1].endswith("write mallory.")


def test_notes_warn():
    assert "anybody can sign in as anybody" in who_may({}, NEW).notes[0]
    lists = values("github", Authenticator={"allow_all": True, "allowed_users": ["ada"]})
    assert "keep nobody out" in who_may(lists, NEW).notes[0]
    code = {"hub": {"extraConfig": {"a": "c.Authenticator.allow_all = True"}}}
    assert "Python" in who_may(code, NEW).notes[0]


def test_no_password_is_told():
    secret = {"user_password": "hunter2-hunter2", "admin_password": "y" * 32}
    found = who_may(values("shared-password", SharedPasswordAuthenticator=secret), NEW)
    assert "hunter2" not in repr(found)
    assert "hunter2" not in repr(
        may(values("shared-password", SharedPasswordAuthenticator=secret), NEW, user="a")
    )


@given(method=st.sampled_from(methods()), section=SECTION, version=VERSIONS)
def test_nobody_means_that_no_stranger_is_allowed(method, section, version):
    chosen = values(method.class_text(version) or "my.own.Class", Authenticator=section)
    found = who_may(chosen, version)
    assert all(line.endswith(".") for line in (*found.allowed, *found.admins, *found.blocked, *found.notes))
    if found.nobody and method.id != "custom":
        stranger = may(chosen, version, user="somebody-else", groups=["g", "h"])
        assert stranger.answer is not Answer.ALLOWED


SIGN_IN = {"hub": {"config": {"JupyterHub": {"authenticator_class": "github"}}}}


def with_rules(**rules):
    return {"hub": {"config": {**SIGN_IN["hub"]["config"], "Authenticator": rules}}}


@pytest.mark.parametrize(
    ("hub", "user", "first", "others"),
    [
        (
            with_rules(allowed_users=["ada"]),
            " Ada ",
            "Yes: Ada may sign in.",
            ["The name in the hub is ada."],
        ),
        (with_rules(admin_users=["ada"]), "ada", "Yes: ada may sign in.", ["An administrator of the hub."]),
        (SIGN_IN, "ada", "No: ada may not sign in.", ["Decided by: hub.config.Authenticator.allow_all"]),
        (
            values("github", **ORGS),
            "ada",
            "It depends whether ada may sign in.",
            ["Not named as an administrator."],
        ),
    ],
)
def test_one_person_in_words(hub, user, first, others):
    said = verdict_words(may(hub, "4.4.0", user=user), user)
    assert said[0] == first
    assert set(others) <= set(said)
    assert all(line.strip() == line != "" for line in said)


def test_a_class_at_once_gets_the_answers_of_each_alone():
    hub = with_rules(allowed_users=["ada"], admin_users=["eve"], blocked_users=["bob"])
    users = ["ada", "eve", "bob", "Ada", "", "x/y"]
    assert may_each(hub, "4.4.0", "z2jh", users) == tuple(may(hub, "4.4.0", user=one) for one in users)


def test_where_groups_can_decide():
    assert asks_groups(SIGN_IN, "4.4.0")
    for method in ("dummy", "cilogon", "ltiauthenticator.LTI11Authenticator"):
        assert not asks_groups({"hub": {"config": {"JupyterHub": {"authenticator_class": method}}}}, "4.4.0")


def test_a_name_that_fits_no_database_is_not_repeated():
    typed = "a" * 10_000
    said = verdict_words(may(SIGN_IN, "4.4.0", user=typed), typed)
    assert said == ("No: nobody has such a name.", "A user name has at most 255 characters.")
