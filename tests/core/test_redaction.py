"""Redaction: no spelling of a secret survives, ordinary text does."""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from z2jh_wizard.core.redaction import HIDDEN, SHORTEST_SECRET, Redactor, plain

SECRETS = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FFF, categories=("L", "N", "P", "S")),
    min_size=SHORTEST_SECRET,
    max_size=40,
)
AROUND = st.text(st.sampled_from("abc xyz.,-/09"), max_size=12)
ORDINARY = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz ABC 0123 .,;-_/()[]{}<>\n"), max_size=300)


def go_json(value: str) -> str:
    """Return a JSON text as Go's encoder writes it."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def lower_codes(text: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), text)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON": json.dumps,
    "JSON, not only ASCII": lambda value: json.dumps(value, ensure_ascii=False),
    "JSON from Go": go_json,
    "Python": repr,
    "YAML": lambda value: yaml.safe_dump({"v": value}, width=10**6, allow_unicode=True),
    "shell": shlex.quote,
    "URL": quote,
    "URL, every mark": lambda value: quote(value, safe=""),
    "URL, small letters": lambda value: lower_codes(quote(value, safe="")),
    "form": lambda value: urlencode({"v": value}),
    "query": quote_plus,
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(secret=SECRETS, before=AROUND, after=AROUND)
@example(secret="p&ss<w>ord", before="", after="")
@example(secret='it\'s "quoted" \\ too', before="", after="")
@example(secret="with blank and /slash", before="", after="")
@example(secret="Zürich-Straße", before="", after="")
def test_no_spelling_of_a_secret_survives(spelling: str, secret: str, before: str, after: str) -> None:
    assume(secret not in before + after + HIDDEN + "v: ")
    spelled = SPELLINGS[spelling](secret)
    cleaned = Redactor([secret]).clean(before + spelled + after)
    assert secret not in cleaned
    assert spelled not in cleaned
    assert HIDDEN in cleaned


@given(secret=SECRETS, before=st.binary(max_size=9), after=st.binary(max_size=9))
@example(secret="sixsix", before=b"x", after=b"")
def test_a_secret_inside_base64_does_not_survive(secret: str, before: bytes, after: bytes) -> None:
    raw = secret.encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        encoded = encode(before + raw + after).decode()
        cleaned = Redactor([secret]).clean(encoded)
        assert HIDDEN in cleaned
        # What is left over must not hold the secret: decode each remaining piece at each alignment.
        for piece in cleaned.split(HIDDEN):
            for skip in range(4):
                letters = piece[skip:].rstrip("=")
                letters = letters[: len(letters) // 4 * 4]
                assert raw not in base64.urlsafe_b64decode(letters.replace("+", "-").replace("/", "_"))


def test_a_secret_of_several_lines_is_hidden_line_by_line() -> None:
    secret = "first line of it\nsecond line of it\n"
    cleaned = Redactor([secret]).clean("  key: |\n    first line of it\n    second line of it\n")
    assert cleaned == f"  key: |\n    {HIDDEN}\n    {HIDDEN}\n"


def test_a_secret_is_hidden_without_the_line_end_it_was_typed_with() -> None:
    assert Redactor(["swordfish\n"]).clean("pw swordfish!") == f"pw {HIDDEN}!"


def test_the_longest_secret_wins() -> None:
    assert Redactor(["abcdef", "abcdefghij"]).clean("abcdefghij") == HIDDEN


def test_a_secret_can_be_learnt_later_and_short_words_are_not() -> None:
    redactor = Redactor()
    assert redactor.clean("swordfish hub") == "swordfish hub"
    redactor.learn("swordfish", "hub", "")
    assert redactor.clean("swordfish hub") == f"{HIDDEN} hub"


def test_a_secret_that_is_no_valid_unicode_is_hidden() -> None:
    assert Redactor(["broken\ud800secret"]).clean("a broken\ud800secret") == f"a {HIDDEN}"


@given(ORDINARY)
def test_ordinary_text_is_untouched(text: str) -> None:
    assert Redactor(["Canary-7f3a9c-secret"]).clean(text) == text


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    redactor = Redactor(["swordfish"])
    assert redactor.clean(redactor.clean(text)) == redactor.clean(text)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Authorization: Bearer abc.def-123456", f"Authorization: Bearer {HIDDEN}"),
        ("token ya29.a0ARrdaM-9_x is old", f"token {HIDDEN} is old"),
        ("k8s-aws-v1.aHR0cHM6Ly9zdHM", HIDDEN),
        ("token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJodWIifQ.c2lnbmF0dXJl.", f"token {HIDDEN}."),
        ("client_secret: hunter2hunter2", f"client_secret: {HIDDEN}"),
        ('{"cookieSecret": "0123456789ab"}', f'{{"cookieSecret": "{HIDDEN}"}}'),
        ("JUPYTERHUB_API_TOKEN=0123456789", f"JUPYTERHUB_API_TOKEN={HIDDEN}"),
        ("DB_PASSWORD='hunter2x'", f"DB_PASSWORD='{HIDDEN}'"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\nxyz\n-----END RSA PRIVATE KEY-----\nend", f"{HIDDEN}\nend"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE, and then the log broke off", HIDDEN),
    ],
)
def test_what_looks_like_a_secret_is_hidden_unasked(text: str, cleaned: str) -> None:
    assert Redactor().clean(text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "secretName: hub-tls",
        "The password must have eight letters.",
        "Secret jhub/hub-secret created",
        "password: ''",
        "https://hub.example.org/hub/oauth_callback",
        "singleuser.memory.limit: 1G",
    ],
)
def test_talk_about_secrets_is_no_secret(text: str) -> None:
    assert Redactor().clean(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "_" * 65536, "a" * 65536, "eyJ-" * 16384, "password " * 8000, "-----BEGIN " * 6000,
        "-----BEGIN PRIVATE KEY-----" * 2500, "bearer " * 9000, "passwd" * 10000, " \t" * 32768,
    ],
    ids=lambda text: text[:12].strip() or "blank",
)  # fmt: skip
@pytest.mark.timeout(20)  # it takes milliseconds; a pattern that backtracks takes minutes
def test_a_hostile_line_cannot_keep_us_busy(text: str) -> None:
    assert Redactor(["swordfish"]).clean(text + "swordfish")[-8:] == HIDDEN


def test_a_tree_is_cleaned_everywhere() -> None:
    tree = {"a": ["swordfish", {"swordfish": 1}], "b": ("x", None, True, 2.5), 3: "swordfish!"}
    assert Redactor(["swordfish"]).clean_tree(tree) == {
        "a": [HIDDEN, {HIDDEN: 1}],
        "b": ["x", None, True, 2.5],
        "3": f"{HIDDEN}!",
    }


# --- plain ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;https://x.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0;2;0\x1b\\text", "text"),
        ("\x1b]0;never closed\nnext line", "\nnext line"),
        ("\x1b(B\x1b[mtext", "text"),
        ("\x1b7text\x1b8\x1bc", "text"),
        ("\x9b31mtext", "31mtext"),
        ("\x1b\x1b[31m[31mtext", "[31mtext"),
        ("10 %\r20 %\b\a\0", "10 %20 %"),
        ("a\tb\nc", "a    b\nc"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("a\u200bda\u2060 \ufefflove\u00adlace\U000e0041", "ada lovelace"),
        (
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("file-\udcff.txt", "file-\ufffd.txt"),
        ("[bold]pods[/bold]", "[bold]pods[/bold]"),
        ("x" * 5000, "x" * 4000 + " ... (cut)"),
        ("word " * 799 + "half-a-secret", "word " * 798 + "word ... (cut)"),
        ("word\n" * 800 + "more", "word\n" * 799 + "word ... (cut)"),
    ],
)
def test_outside_text_made_plain(text: str, seen: str) -> None:
    assert plain(text) == seen


@given(st.text(st.characters(codec=None) | st.sampled_from("\x1b[]()m;0\x07\x9b\\P"), max_size=120))
def test_plain_text_can_be_printed_and_moves_no_cursor(text: str) -> None:
    seen = plain(text)
    seen.encode("utf-8")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", seen)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.sampled_from("\nüβ漢"), max_size=200))
def test_ordinary_text_is_plain_already(text: str) -> None:
    assert plain(text) == text
