"""Secrets that a hub needs: what is missing, that nothing is replaced, and what rotation keeps."""

from __future__ import annotations

import re

import pytest

from z2jh_wizard.values import generated_secrets as made
from z2jh_wizard.values.document import Document
from z2jh_wizard.values.paths import parse_path

HEX = re.compile(r"[0-9a-f]{64}")
SHARED = {"hub": {"config": {"JupyterHub": {"authenticator_class": "shared-password"}}}}


def names(found: tuple[made.Wanted, ...]) -> list[str]:
    return [one.dotted for one in found]


def test_a_new_hub_needs_the_token_and_the_cookie_secret():
    assert names(made.missing({}, "4.4.0")) == ["proxy.secretToken", "hub.cookieSecret"]


def test_shared_password_needs_the_class_password():
    assert "hub.config.SharedPasswordAuthenticator.user_password" in names(made.missing(SHARED, "4.4.0"))
    assert made.CLASS_PASSWORD.id not in [one.kind.id for one in made.missing({}, "4.4.0")]


def test_the_other_name_of_a_secret_counts():
    values = {
        "hub": {
            "config": {"ConfigurableHTTPProxy": {"auth_token": "a"}, "JupyterHub": {"cookie_secret": "b"}}
        }
    }
    assert made.missing(values, "4.4.0") == ()
    assert names(made.wanted(values, "4.4.0")) == [
        "hub.config.ConfigurableHTTPProxy.auth_token",
        "hub.config.JupyterHub.cookie_secret",
    ]


def test_what_the_cluster_holds_is_not_missing():
    assert made.missing({"hub": {"existingSecret": "mine"}}, "4.4.0") == ()
    assert names(made.missing({"proxy": {"existingSecret": "mine"}}, "1.0.6", "helmforge")) == [
        "auth.dummyPassword"
    ]


@pytest.mark.parametrize(
    ("version", "values", "path"),
    [
        ("0.9.0", {"auth": {"state": {"enabled": True}}}, "auth.state.cryptoKey"),
        (
            "0.11.1",
            {"hub": {"config": {"Authenticator": {"enable_auth_state": True}}}},
            "hub.config.CryptKeeper.keys",
        ),
    ],
)
def test_auth_state_needs_a_key_before_the_chart_made_one(version: str, values: dict[str, object], path: str):
    assert path in names(made.missing(values, version))


def test_later_charts_make_the_key_of_auth_state_themselves():
    values = {"hub": {"config": {"Authenticator": {"enable_auth_state": True}}}}
    assert "hub.config.CryptKeeper.keys" not in names(made.missing(values, "4.4.0"))


def test_generate_writes_what_is_missing_and_replaces_nothing():
    document = Document.read(b"# mine\nproxy:\n  secretToken: keep-me # mine too\n")
    lacking = made.wanted({}, "4.4.0")
    after = made.generate(document, lacking)
    assert after.get(parse_path("proxy.secretToken")) == "keep-me"
    assert HEX.fullmatch(after.get(parse_path("hub.cookieSecret")))
    assert after.data.startswith(b"# mine\nproxy:\n  secretToken: keep-me # mine too\n")
    assert made.generate(after, lacking).data == after.data


def test_two_generated_secrets_are_never_the_same():
    one, two = (made.generate(Document.read(b""), made.missing(SHARED, "4.4.0")) for _ in range(2))
    for wanted in made.missing(SHARED, "4.4.0"):
        assert one.get(wanted.path) != two.get(wanted.path)


def test_class_password_is_easy_to_type():
    after = made.generate(Document.read(b""), made.missing(SHARED, "4.4.0"))
    password = after.get(parse_path("hub.config.SharedPasswordAuthenticator.user_password"))
    assert re.fullmatch(r"[a-hj-km-np-z2-9]{4}(-[a-hj-km-np-z2-9]{4}){3}", password)


def test_rotation_replaces_a_token():
    document = Document.read(b"proxy:\n  secretToken: old-token # why\n")
    one = made.wanted(document.values, "4.4.0")[0]
    after = made.rotate(document, one)
    assert HEX.fullmatch(after.get(one.path))
    assert after.data.endswith(b" # why\n")


@pytest.mark.parametrize("version", ["0.10.6", "4.4.0"])
def test_rotation_keeps_the_key_that_can_read_the_database(version: str):
    old = "ab" * 32
    text = (
        f"auth:\n  state:\n    cryptoKey: {old}\n"
        if version == "0.10.6"
        else f"hub:\n  config:\n    CryptKeeper:\n      keys: [{old}, {'cd' * 32}]\n"
    )
    document = Document.read(text.encode())
    one = next(one for one in made.wanted(document.values, version) if one.kind is made.CRYPT_KEYS)
    value = made.rotate(document, one).get(one.path)
    keys = value.split(";") if isinstance(value, str) else value
    assert len(keys) == 2
    assert HEX.fullmatch(keys[0])
    assert keys[0] != old
    assert keys[1] == old


def test_service_tokens_that_are_said_can_be_rotated():
    values = {"hub": {"services": {"grader": {"apiToken": "x"}, "other": {"url": "http://a"}}}}
    assert "hub.services.grader.apiToken" in names(made.wanted(values, "4.4.0"))
    assert "hub.services.other.apiToken" not in names(made.wanted(values, "4.4.0"))


@pytest.mark.parametrize(
    ("values", "version", "path"),
    [
        ({"auth": {"type": "dummy"}}, "0.9.0", "auth.dummy.password"),
        (
            {"hub": {"config": {"JupyterHub": {"authenticator_class": "dummy"}}}},
            "3.3.8",
            "hub.config.DummyAuthenticator.password",
        ),
        (SHARED, "4.4.0", "hub.config.SharedPasswordAuthenticator.user_password"),
    ],
)
def test_a_class_that_shares_a_password_gets_one_in_every_generation(values, version, path):
    assert path in names(made.missing(values, version))


def test_nobody_gets_a_password_who_signs_in_otherwise():
    github = {"hub": {"config": {"JupyterHub": {"authenticator_class": "github"}}}}
    assert not any("assword" in name for name in names(made.missing(github, "4.4.0")))
    assert not any("assword" in name for name in names(made.missing({"auth": {"type": "github"}}, "0.9.0")))
