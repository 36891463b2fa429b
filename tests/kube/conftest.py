"""Fixtures: a scripted server and ways into it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.kube.certificates import Authority
from tests.kube.server import ScriptedServer
from z2jh_wizard.kube.blocking import BlockingTransport
from z2jh_wizard.kube.kubeconfig import Access
from z2jh_wizard.kube.transport import KubeTransport


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer().running() as running:
        yield running


@pytest.fixture
def access(server: ScriptedServer) -> Access:
    return Access(server.url, context="class")


@pytest.fixture
def transport(access: Access) -> Iterator[KubeTransport]:
    transport = KubeTransport(access)
    yield transport
    transport.close()


@pytest.fixture
def blocking(transport: KubeTransport) -> BlockingTransport:
    return transport.blocking


@pytest.fixture
def black_hole() -> Iterator[str]:
    """The URL of a server that accepts connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def closed_port() -> str:
    """The URL of a port where nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()
