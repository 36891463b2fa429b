"""Questions about an address, against servers on this computer and a resolver of the test."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kube.certificates import Authority, self_signed
from tests.kube.server import Answer as Served
from tests.kube.server import Asked, ScriptedServer
from z2jh_wizard.cloud.address_probe import Network
from z2jh_wizard.values.address_seen import Certificate, Knock, Lookup

HERE, NAME = "127.0.0.1", "hub.example.org"


def free_port() -> int:
    with socket.create_server((HERE, 0)) as listening:
        return int(listening.getsockname()[1])


def resolver(*addresses: str, canonical: str = "", error: Exception | None = None) -> Any:
    asked: list[str] = []

    def ask(name: str, _port: object, **_hints: object) -> list[Any]:
        asked.append(name)
        if error:
            raise error
        return [(2, 1, 6, canonical, (one, 0)) for one in addresses]

    ask.asked = asked  # type: ignore[attr-defined]
    return ask


async def test_a_name_is_asked_for_as_it_is() -> None:
    ask = resolver("34.1.2.3", "34.1.2.3", "2001:db8::1%eth0", canonical="LB.Example.net.")
    found = await Network(resolver=ask).resolve(NAME)
    assert found == Lookup(NAME, ("34.1.2.3", "2001:db8::1"), "lb.example.net")
    assert ask.asked == ["hub.example.org."]


@pytest.mark.parametrize(
    ("error", "missing"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no"), True),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), False),
        (OSError(101, "Network is unreachable"), False),
        (UnicodeError("label too long"), False),
    ],
)
async def test_no_such_name_differs_from_no_answer(error: Exception, missing: bool) -> None:
    found = await Network(resolver=resolver(error=error)).resolve(NAME)
    assert not found.addresses
    assert bool(found.trouble) != missing


async def test_a_resolver_that_hangs_is_left_alone() -> None:
    release = threading.Event()

    def ask(*_: object, **__: object) -> list[Any]:
        release.wait(20)
        return []

    try:
        found = await Network(resolver=ask, limit=0.05).resolve(NAME)
        assert found.trouble.startswith("no answer within")
    finally:
        release.set()


async def test_knocking() -> None:
    with socket.create_server((HERE, 0)) as listening:
        network = Network(ports=(listening.getsockname()[1], free_port()))
        assert await network.knock(HERE, 80) == Knock(80, "open")
        assert await network.knock(HERE, 443) == Knock(443, "refused")
        assert await network.knock("not.a..name", 80) == Knock(80, "unreachable")


@contextlib.contextmanager
def served(tls: ssl.SSLContext | None, answer: Served | None = None) -> Iterator[ScriptedServer]:
    with ScriptedServer(tls).running() as server:
        server.script = lambda _asked: answer or Served(b"x" * 10_000_000)
        yield server


async def test_a_trusted_certificate(tmp_path: Path) -> None:
    authority = Authority()
    with served(authority.server_context(tmp_path, NAME)) as server:
        network = Network(ports=(1, server.port), authority=authority.pem)
        found = await network.certificate(HERE, NAME)
        assert isinstance(found, Certificate)
        assert (found.issuer, found.names, found.complaint) == ("test authority", (NAME,), "")
        assert not found.self_signed
        other = await network.certificate(HERE, "www.example.org")
        assert isinstance(other, Certificate)
        assert "mismatch" in other.complaint.lower()
        unknown = await Network(ports=(1, server.port)).certificate(HERE, NAME)
        assert isinstance(unknown, Certificate)
        assert "issuer" in unknown.complaint


async def test_a_placeholder_is_seen_as_one(tmp_path: Path) -> None:
    with served(self_signed(tmp_path, "TRAEFIK DEFAULT CERT")) as server:
        found = await Network(ports=(1, server.port)).certificate(HERE, NAME)
        assert isinstance(found, Certificate)
        assert found.self_signed
        assert found.names == ("TRAEFIK DEFAULT CERT",)
        assert found.complaint


async def test_what_speaks_no_tls_has_no_certificate() -> None:
    with served(None) as server:
        found = await Network(ports=(1, server.port)).certificate(HERE, NAME)
        assert isinstance(found, str)
        assert "TLS" in found


async def test_a_page_is_asked_for_by_the_hub_s_name_and_its_body_is_left(tmp_path: Path) -> None:
    headers = {"X-JupyterHub-Version": "5.5.0", "Content-Length": "10000000"}
    with served(self_signed(tmp_path, NAME), Served(b"", 200, headers)) as server:
        found = await Network(ports=(1, server.port)).ask(HERE, NAME, "/hub/health", secure=True)
        assert (found.status, found.hub_version, found.trouble) == (200, "5.5.0", "")
        asked: Asked = server.asked[0]
        assert (asked.method, asked.path, asked.headers["host"]) == ("GET", "/hub/health", NAME)


async def test_a_redirect_is_told_and_not_followed() -> None:
    headers = {"Location": "https://evil.example.net/\x1b[31m"}
    with served(None, Served(b"", 302, headers)) as server:
        found = await Network(ports=(server.port, 1)).ask(HERE, NAME, "/", secure=False)
        assert (found.status, found.location) == (302, "https://evil.example.net/")
        assert len(server.asked) == 1


@pytest.mark.parametrize("secure", [False, True])
async def test_a_server_that_says_nothing_is_left_within_the_time(secure: bool) -> None:
    with socket.create_server((HERE, 0)) as listening:
        port = listening.getsockname()[1]
        found = await Network(ports=(port, port), limit=0.1).ask(HERE, NAME, "/", secure=secure)
        assert found.trouble.startswith("no answer within")


async def test_a_server_that_drips_is_broken_off() -> None:
    """Each byte comes in time, the whole answer never does; the thread that reads it ends all the same."""
    before = threading.active_count()
    with socket.create_server((HERE, 0)) as listening:
        done = threading.Event()

        def drip() -> None:
            talking, _ = listening.accept()
            with talking, contextlib.suppress(OSError):
                talking.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not done.wait(0.01):
                    talking.sendall(b"x")
            done.set()

        server = threading.Thread(target=drip, daemon=True)
        server.start()
        found = await Network(ports=(listening.getsockname()[1], 1), limit=0.3).ask(
            HERE, NAME, "/", secure=False
        )
        assert found.trouble.startswith("no answer within")
        assert await asyncio.to_thread(done.wait, 10), "our side never closed the connection"
        await asyncio.to_thread(server.join, 10)
    assert threading.active_count() <= before + 2  # the loop's own pool


async def test_nonsense_instead_of_http_is_a_trouble() -> None:
    with socket.create_server((HERE, 0)) as listening:

        def answer() -> None:
            talking, _ = listening.accept()
            with talking:
                talking.recv(1000)
                talking.sendall(b"SSH-2.0-OpenSSH\r\n")

        threading.Thread(target=answer, daemon=True).start()
        found = await Network(ports=(listening.getsockname()[1], 1)).ask(HERE, NAME, "/", secure=False)
        assert found.trouble
