"""The shared helpers do what the other tests rely on."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.support import tools
from tests.support.isolation import OutsideWorld, personal
from tests.support.waiting import wait_until, wait_until_async


def test_waiting_ends_with_the_first_truthy_answer() -> None:
    answers = iter([0, "", 7])
    assert wait_until(lambda: next(answers)) == 7


def test_waiting_in_vain_tells_what_was_awaited() -> None:
    with pytest.raises(AssertionError, match=r"not within 0 seconds: the moon \(last answer: None\)"):
        wait_until(lambda: None, limit=0, what="the moon")


async def test_waiting_async_takes_plain_and_async_conditions() -> None:
    async def answer() -> str:
        return "here"

    assert await wait_until_async(answer) == "here"
    assert await wait_until_async(lambda: "here") == "here"
    with pytest.raises(AssertionError):
        await wait_until_async(lambda: False, limit=0)


@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("2001:db8::1", 443, 0, 0)])
def test_tests_cannot_leave_this_computer(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as outside, pytest.raises(OutsideWorld):
        outside.connect(address)


def test_names_of_other_computers_are_not_looked_up() -> None:
    with pytest.raises(OutsideWorld):
        socket.getaddrinfo("example.org", 443)


def test_loopback_is_open() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with socket.create_connection(server.getsockname()):
            pass


def test_each_test_has_its_own_empty_home() -> None:
    assert list(Path.home().iterdir()) == []
    assert "AWS_PROFILE" not in os.environ
    assert personal(os.environ) == list({"AWS_EC2_METADATA_DISABLED"} & set(os.environ))


def test_a_tool_named_by_the_developer_wins(tmp_path: Path) -> None:
    own = tmp_path / "helm"
    own.write_text("#!/bin/sh\n")
    with pytest.raises(tools.ToolsMissing, match="which is no program"):
        tools.find(tools.HELM, {"Z2JH_HELM": str(own)})
    own.chmod(0o755)
    assert tools.find(tools.HELM, {"Z2JH_HELM": str(own)}) == own


@pytest.mark.helm
def test_the_real_tools_run(helm_binary: Path, kubectl_binary: Path) -> None:
    helm = subprocess.run([helm_binary, "version", "--short"], capture_output=True, text=True, check=True)
    assert helm.stdout.startswith("v")
    kubectl = subprocess.run(
        [kubectl_binary, "version", "--client"], capture_output=True, text=True, check=True
    )
    assert kubectl.stdout.startswith("Client Version: v")
