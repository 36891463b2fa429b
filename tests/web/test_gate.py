"""Who may come in: the token, the cookie, and the names of the server, without a server."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from z2jh_wizard.core.errors import ExitCode, InvalidInput
from z2jh_wizard.web.gate import Gate, public_origin

PUBLIC = "https://8080-cs-1.cloudshell.dev"


def token_of(gate: Gate) -> str:
    return parse_qs(urlsplit(gate.address()).query)["token"][0]


class TestTheToken:
    def test_is_traded_once(self) -> None:
        gate = Gate(8080)
        token = token_of(gate)
        cookie = gate.trade(token)
        assert cookie
        assert cookie != token
        assert gate.trade(token) is None
        assert gate.knows(cookie)

    def test_is_long_and_new_each_time(self) -> None:
        tokens = {token_of(Gate(8080)) for _ in range(20)}
        assert len(tokens) == 20
        assert min(map(len, tokens)) >= 43, "256 bits"

    @given(st.text())
    def test_cannot_be_guessed_and_wrong_ones_use_nothing_up(self, guess: str) -> None:
        gate = Gate(8080)
        assert gate.trade(guess) is None
        assert not gate.knows(guess)
        assert gate.trade(token_of(gate))
        assert not gate.knows(guess)

    @pytest.mark.parametrize("word", ["", "None", "null"])
    def test_a_used_one_leaves_no_word_that_opens(self, word: str) -> None:
        gate = Gate(8080)
        gate.trade(token_of(gate))
        assert gate.trade(word) is None
        assert not gate.knows(None)


@pytest.mark.parametrize(
    ("hosts", "fits"),
    [
        (["127.0.0.1:8080"], True),
        (["localhost:8080"], True),
        (["LocalHost:8080"], True),
        (["[::1]:8080"], True),
        (["127.0.0.1"], False),
        (["127.0.0.1:8081"], False),
        (["127.0.0.1.example.org:8080"], False),
        (["rebound.example.org:8080"], False),
        (["localhost:8080", "localhost:8080"], False),
        (["8080-cs-1.cloudshell.dev"], False),
        ([""], False),
        ([], False),
    ],
)
def test_it_answers_to_loopback_names_with_its_port(hosts: list[str], fits: bool) -> None:
    assert Gate(8080).answers_to(hosts) is fits


def test_it_answers_to_the_public_name_too() -> None:
    gate = Gate(8080, PUBLIC)
    assert gate.answers_to(["8080-cs-1.cloudshell.dev"])
    assert gate.answers_to(["localhost:8080"])
    assert not gate.answers_to(["9090-cs-1.cloudshell.dev"])
    assert not gate.answers_to([""])


def test_on_port_80_browsers_leave_the_port_out() -> None:
    gate = Gate(80)
    assert gate.answers_to(["127.0.0.1"])
    assert gate.is_own_page(["localhost"], ["http://localhost"])
    assert gate.address().startswith("http://127.0.0.1/?token=")


@pytest.mark.parametrize(
    ("host", "origins", "fits"),
    [
        ("127.0.0.1:8080", ["http://127.0.0.1:8080"], True),
        ("[::1]:8080", ["http://[::1]:8080"], True),
        ("127.0.0.1:8080", ["http://localhost:8080"], False),
        ("127.0.0.1:8080", ["https://127.0.0.1:8080"], False),
        ("127.0.0.1:8080", ["http://127.0.0.1:9090"], False),
        ("127.0.0.1:8080", ["http://evil.example.org"], False),
        ("127.0.0.1:8080", ["null"], False),
        ("127.0.0.1:8080", [""], False),
        ("127.0.0.1:8080", [], False),
        ("127.0.0.1:8080", ["http://127.0.0.1:8080", "http://127.0.0.1:8080"], False),
        ("evil.example.org:8080", ["http://evil.example.org:8080"], False),
        ("127.0.0.1:8080", [PUBLIC], False),
    ],
)
def test_a_page_is_our_own_when_its_origin_is_the_host(host: str, origins: list[str], fits: bool) -> None:
    assert Gate(8080).is_own_page([host], origins) is fits


@pytest.mark.parametrize(
    ("host", "origin", "fits"),
    [
        ("8080-cs-1.cloudshell.dev", PUBLIC, True),
        ("127.0.0.1:8080", PUBLIC, True),
        ("127.0.0.1:8080", "http://127.0.0.1:8080", True),
        ("8080-cs-1.cloudshell.dev", "http://127.0.0.1:8080", False),
        ("8080-cs-1.cloudshell.dev", "http://8080-cs-1.cloudshell.dev", False),
        ("127.0.0.1:8080", "https://9090-cs-1.cloudshell.dev", False),
    ],
)
def test_behind_a_preview_the_origin_is_the_public_one(host: str, origin: str, fits: bool) -> None:
    assert Gate(8080, PUBLIC).is_own_page([host], [origin]) is fits


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        (PUBLIC, PUBLIC),
        (f" {PUBLIC}/ ", PUBLIC),
        ("HTTPS://Hub.Example.ORG:443", "https://hub.example.org"),
        ("http://hub.example.org:80", "http://hub.example.org"),
        ("http://hub.example.org:8443", "http://hub.example.org:8443"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_a_public_address_is_kept_as_browsers_write_it(url: str, origin: str) -> None:
    assert public_origin(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "hub.example.org",
        "ftp://hub.example.org",
        "https://",
        "https://hub.example.org/path",
        "https://hub.example.org/?a=b",
        "https://ada:secret@hub.example.org",
        "https://hub.example.org:99999",
        "https://hub example.org",
        "https://hüb.example.org",
        "https://*.example.org",
        "https://hub.example.org;script-src *",
        "https://[::1",
    ],
)
def test_what_is_no_public_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        public_origin(url)
    assert caught.value.problem.code is ExitCode.WRONG_USE


@given(st.text(alphabet=st.characters(codec="utf-8")) | st.from_regex(r"https?://.{0,30}", fullmatch=True))
def test_no_public_address_can_carry_more_than_scheme_name_and_port(url: str) -> None:
    try:
        origin = public_origin(url)
    except InvalidInput:
        return
    assert re.fullmatch(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d+)?", origin)


def test_the_cookie_is_secure_behind_https_and_named_by_the_port() -> None:
    assert Gate(8080, PUBLIC).cookie_is_secure
    assert not Gate(8080).cookie_is_secure
    assert not Gate(8080, "http://hub.example.org").cookie_is_secure
    assert Gate(8080).cookie_name != Gate(8081).cookie_name
