"""Look-ups in the network: what is asked, what is believed, and how refusals are told."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kube.certificates import Authority
from tests.kube.server import Answer, Asked, ScriptedServer, as_json
from z2jh_wizard.cloud import lookups
from z2jh_wizard.cloud.lookups import Standing, image_answer, offered_charts, openid_endpoints
from z2jh_wizard.core.errors import CouldNotLook, InvalidInput
from z2jh_wizard.values import oidc


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer().running() as running:
        yield running


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    authority = Authority()
    file = tmp_path / "authority.pem"
    file.write_text(authority.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with ScriptedServer(authority.server_context(tmp_path)).running() as running:
        yield running


def configuration(issuer: str) -> Answer:
    names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
    return as_json({"issuer": issuer, **{name: f"{issuer}/{name}" for name in names}})


async def test_openid_endpoints_come_from_the_issuer(secure: ScriptedServer):
    secure.script = lambda asked: configuration(secure.url)
    found = await openid_endpoints(f"{secure.url}/")
    assert found.token_url == f"{secure.url}/token_endpoint"
    assert secure.paths() == [oidc.WELL_KNOWN]


async def test_an_issuer_without_a_configuration_cannot_be_looked_at(secure: ScriptedServer):
    secure.script = lambda asked: Answer(b"no", 404)
    with pytest.raises(CouldNotLook) as caught:
        await openid_endpoints(secure.url)
    assert "HTTP 404" in caught.value.problem.happened


async def test_an_unknown_certificate_is_refused(tmp_path: Path):
    with (
        ScriptedServer(Authority().server_context(tmp_path)).running() as running,
        pytest.raises(CouldNotLook) as caught,
    ):
        await openid_endpoints(running.url)
    assert "its certificate is not one that this computer trusts" in caught.value.problem.happened


@pytest.mark.parametrize(
    ("end", "words"),
    [("reset", "it closed the connection without an answer"), ("early", "its answer ends too early")],
)
async def test_an_answer_that_breaks_off_is_told(secure: ScriptedServer, end, words: str):
    secure.script = lambda asked: Answer(b"{" * 2000, end=end)
    with pytest.raises(CouldNotLook) as caught:
        await openid_endpoints(secure.url)
    assert words in caught.value.problem.happened


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (urllib.error.URLError(socket.gaierror(-2, "Name or service not known")), "no computer of this name"),
        (urllib.error.URLError(ConnectionRefusedError(111, "refused")), "nothing answers there"),
        (urllib.error.URLError(ssl.SSLError(1, "wrong version number")), "does not speak HTTPS"),
        (http.client.BadStatusLine("x"), "no web server"),
        (urllib.error.URLError(OSError(101, "Network is unreachable")), "Network is unreachable"),
        (urllib.error.URLError("unknown url type: \x1b[31mx"), "unknown url type"),
    ],
)
async def test_why_nothing_came_is_said_in_words(monkeypatch: pytest.MonkeyPatch, error, words: str):
    class Opener:
        def open(self, *_asked, **_how):
            raise error

    monkeypatch.setattr(lookups, "_opener", Opener)
    with pytest.raises(CouldNotLook) as caught:
        await openid_endpoints("https://login.example.edu")
    assert words in caught.value.problem.happened
    assert "Errno" not in caught.value.problem.happened
    assert "\x1b" not in caught.value.problem.happened


async def test_too_long_an_answer_is_cut_off(secure: ScriptedServer):
    secure.script = lambda asked: Answer(b" " * (oidc.LARGEST + 1))
    with pytest.raises(CouldNotLook) as caught:
        await openid_endpoints(secure.url)
    assert "more than" in caught.value.problem.happened


async def test_redirects_lead_to_https_only(secure: ScriptedServer):
    secure.script = lambda asked: Answer(b"", 302, {"Location": "http://login.example.edu/"})
    with pytest.raises(CouldNotLook) as caught:
        await openid_endpoints(secure.url)
    assert "no https address" in caught.value.problem.happened


async def test_charts_of_a_repository(server: ScriptedServer):
    server.script = lambda asked: Answer(b"entries: {jupyterhub: [{version: 4.4.0}, {version: 4.5.0}]}")
    assert [one.version for one in await offered_charts(f"{server.url}/", "jupyterhub")] == ["4.5.0", "4.4.0"]
    assert server.paths() == ["/index.yaml"]


async def test_an_image_that_is_there(server: ScriptedServer):
    server.script = lambda asked: Answer(b"")
    answer = await image_answer(f"127.0.0.1:{server.port}/jupyter/base-notebook:2026-01-12")
    assert answer.standing is Standing.THERE
    assert [(one.method, one.path) for one in server.asked] == [
        ("HEAD", "/v2/jupyter/base-notebook/manifests/2026-01-12")
    ]
    assert "image.index" in server.asked[0].headers["accept"]


def registry(server: ScriptedServer, answers: dict[str, Answer]) -> None:
    """Ask strangers for a token, as public registries do."""
    realm = f'Bearer realm="{server.url}/token",service="it, all",scope="ignored"'

    def script(asked: Asked) -> Answer:
        if asked.path == "/token":
            return as_json({"token": "for-everybody"})
        if asked.headers.get("authorization") != "Bearer for-everybody":
            return Answer(b"", 401, {"WWW-Authenticate": realm})
        return answers.get(asked.path, Answer(b"", 404))

    server.script = script


async def test_the_token_for_strangers_is_fetched(server: ScriptedServer):
    registry(server, {"/v2/a/b/manifests/1": Answer(b"")})
    assert (await image_answer(f"127.0.0.1:{server.port}/a/b:1")).standing is Standing.THERE
    assert (await image_answer(f"127.0.0.1:{server.port}/a/b:2")).standing is Standing.MISSING
    asked = next(one for one in server.asked if one.path == "/token")
    assert asked.params == {"scope": "repository:a/b:pull", "service": "it, all"}


@pytest.mark.parametrize(("code", "word"), [(403, "strangers"), (429, "HTTP 429"), (500, "HTTP 500")])
async def test_what_is_not_told_is_unknown(server: ScriptedServer, code: int, word: str):
    server.script = lambda asked: Answer(b"", code)
    answer = await image_answer(f"127.0.0.1:{server.port}/a/b:1")
    assert answer.standing is Standing.UNKNOWN
    assert word in answer.sentence


async def test_a_private_image_is_unknown(server: ScriptedServer):
    def script(asked: Asked) -> Answer:
        if asked.path == "/token":
            return Answer(json.dumps({"token": None}).encode())
        return Answer(b"", 401, {"WWW-Authenticate": f'Bearer realm="{server.url}/token"'})

    server.script = script
    assert (await image_answer(f"127.0.0.1:{server.port}/a/b:1")).standing is Standing.UNKNOWN


@pytest.mark.parametrize("realm", ["file:///etc/passwd", "http://login.example.edu/token", ""])
async def test_a_registry_cannot_send_us_anywhere(server: ScriptedServer, realm: str):
    server.script = lambda asked: Answer(b"", 401, {"WWW-Authenticate": f'Bearer realm="{realm}"'})
    answer = await image_answer(f"127.0.0.1:{server.port}/a/b:1")
    assert answer.standing is Standing.UNKNOWN
    assert "no https address" in answer.sentence


async def test_a_registry_that_does_not_answer_is_unknown(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lookups, "LIMIT", 0.2)
    server.script = lambda asked: Answer(end="hang")
    answer = await image_answer(f"127.0.0.1:{server.port}/a/b:1")
    assert answer.standing is Standing.UNKNOWN
    assert "does not answer within" in answer.sentence


async def test_what_is_no_image_is_never_asked_for():
    with pytest.raises(InvalidInput):
        await image_answer("not an image")
