"""A class list before it is written: what each name becomes, who gains, and who loses by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.values import trees
from z2jh_wizard.values.class_list import NEW, THERE, read_class_list, summary
from z2jh_wizard.values.forms import Scene
from z2jh_wizard.values.who_may import Answer, may

LIST = b"email,notes\nAda@b.org,x\nbob jones,y\nada@b.org,z\ngrace@b.org,\n"
PATH = ("hub", "config", "Authenticator", "allowed_users")


def scene(method: str, version: str = "4.4.0", **sections) -> Scene:
    config = {"JupyterHub": {"authenticator_class": method}, **sections}
    return Scene(version, "z2jh", {"hub": {"config": config}})


def test_names_are_read_and_counted():
    shown = read_class_list(LIST, scene("github", Authenticator={"allowed_users": ["Ada@b.org", "eve"]}))
    assert shown.setting.path == PATH
    assert shown.setting.value == ["Ada@b.org", "eve", "grace@b.org"]
    assert shown.new == 1
    assert summary(shown) == 'Column "email": 2 names, 1 new, 1 twice, 1 without a usable name.'
    assert [(row.name, row.state) for row in shown.rows[:2]] == [("ada@b.org", THERE), ("grace@b.org", NEW)]
    assert [row.state.partition(":")[0] for row in shown.rows[2:]] == ["line 3", "line 4"]
    assert shown.effect == ("1 person more may sign in.", "Nobody loses it.")


def test_another_column_can_be_chosen():
    shown = read_class_list(b"id,mail\n7,a@b.org\n", scene("github"), "ID")
    assert shown.setting.value == ["7"]


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (
            scene("dummy"),
            "Everybody else is kept out from now on. The rule was: Everybody who finds",
        ),
        (scene("github", "2.0.0"), "The rule was: Everybody with a GitHub account."),
        (scene("github", Authenticator={"allow_all": True}), "The list keeps nobody out: allow_all"),
        (scene("github"), "Nobody loses it."),
    ],
)
def test_who_loses_is_said(one, words):
    assert words in read_class_list(LIST, one).effect[-1]


def test_who_stays_out_all_the_same_comes_first():
    blocked = {"blocked_users": ["grace@b.org"]}
    shown = read_class_list(LIST, scene("github", Authenticator=blocked))
    assert shown.rows[0].state == "stays out: grace@b.org is blocked, whatever else is allowed."
    assert any("1 person of the list may not sign in all the same" in one for one in shown.effect)


def test_one_hosted_domain_is_cut_off_as_the_hub_does_it():
    one = scene("google", GoogleOAuthenticator={"hosted_domain": ["b.org"]})
    shown = read_class_list(LIST, one)
    assert shown.setting.value == ["ada", "grace"]
    assert shown.rows[0].state == "new, as ada"
    assert shown.effect[0] == "2 people more may sign in."
    two = scene("google", GoogleOAuthenticator={"hosted_domain": ["b.org", "c.org"]})
    assert read_class_list(LIST, two).setting.value == ["ada@b.org", "grace@b.org"]


@given(
    st.lists(st.from_regex(r"[A-Za-z][a-z0-9]{0,6}(@(b|c)\.org)?", fullmatch=True), min_size=1, max_size=8),
    st.sampled_from(["google", "github", "globus", "shared-password", "native", "lti11"]),
    st.sampled_from([[], ["b.org"], ["b.org", "c.org"]]),
)
def test_whoever_is_not_said_to_stay_out_may_sign_in(names, method, hosted):
    one = scene(
        "ltiauthenticator.LTI11Authenticator" if method == "lti11" else method,
        GoogleOAuthenticator={"hosted_domain": hosted},
        SharedPasswordAuthenticator={"user_password": "12345678"},
        NativeAuthenticator={"open_signup": True},
    )
    shown = read_class_list("\n".join(["username", *names]).encode(), one)
    after = trees.put(one.values, shown.setting.path, shown.setting.value)
    for row in shown.rows:
        if row.key.startswith("name "):
            answer = may(after, one.version, user=row.name).answer
            assert (answer is Answer.REFUSED) == row.state.startswith("stays out"), row


def test_what_cannot_be_written_is_refused():
    with pytest.raises(InvalidInput, match="is no list"):
        read_class_list(LIST, scene("github", Authenticator={"allowed_users": "ada"}))
    with pytest.raises(InvalidInput, match="has no setting"):
        read_class_list(LIST, Scene("1.0.6", "helmforge", {}))
