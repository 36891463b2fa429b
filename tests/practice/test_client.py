"""The practice cluster as a background process: one a folder, found again, saved, and gone when unwanted."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import psutil
import pytest

from tests.practice.conftest import Api, session_for
from tests.support.waiting import wait_until_async
from z2jh_wizard.core.errors import CouldNotLook, InvalidInput, WizardError
from z2jh_wizard.practice import client
from z2jh_wizard.practice.server_info import ServerInfo, read_info
from z2jh_wizard.system.processes import identify

PATH = "/api/v1/namespaces/default/configmaps"
START = {"speed": 0.0, "nodes": 1}


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[Path]:
    """A state folder whose background process is ended after the test."""
    folder = tmp_path / "practice"
    yield folder
    await client.stop(folder)


async def start(folder: Path) -> ServerInfo:
    return await client.start(folder, speed=0.0, nodes=1)


def processes_of(folder: Path) -> list[int]:
    """Return the practice processes of a state folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if "z2jh_wizard.practice" in command and str(folder) in command:
            found.append(process.pid)
    return found


async def make(info: ServerInfo, name: str) -> str:
    async with session_for(info) as session:
        made = await Api(info, session).make(PATH, {"metadata": {"name": name}})
        uid: str = made["metadata"]["uid"]
        return uid


async def uid_of(info: ServerInfo, name: str) -> str:
    async with session_for(info) as session:
        reply = await Api(info, session)("GET", f"{PATH}/{name}")
        uid: str = reply.body["metadata"]["uid"]
        return uid


async def test_starting_twice_finds_the_first(state: Path):
    first, second = await asyncio.gather(start(state), start(state))
    assert first == second
    assert await start(state) == first
    assert await client.find(state) == first
    await wait_until_async(lambda: processes_of(state) == [first.pid])


async def test_it_outlives_a_stop_and_a_kill(state: Path):
    first = await start(state)
    uid = await make(first, "a")
    await client.stop(state)
    assert await client.find(state) is None
    second = await start(state)
    assert (second.port, await uid_of(second, "a")) == (first.port, uid)
    other = await make(second, "b")
    os.kill(second.pid, signal.SIGKILL)
    await wait_until_async(lambda: identify(second.pid) is None)
    third = await start(state)
    assert [await uid_of(third, name) for name in "ab"] == [uid, other]


async def keep_creating(api: Api, answered: dict[str, str]) -> None:
    """Create objects until the server goes away, and note what it answered."""
    while True:
        made = await api.make(PATH, {"metadata": {"generateName": "c-"}})
        answered[made["metadata"]["name"]] = made["metadata"]["uid"]


async def killed_while_creating(info: ServerInfo, answered: dict[str, str]) -> None:
    """Let four clients create objects, and kill the server in the middle of it."""
    enough = len(answered) + 40
    async with session_for(info) as session:
        clients = [asyncio.create_task(keep_creating(Api(info, session), answered)) for _ in range(4)]
        await wait_until_async(lambda: len(answered) >= enough)
        os.kill(info.pid, signal.SIGKILL)
        ends = await asyncio.gather(*clients, return_exceptions=True)
    assert all(isinstance(end, aiohttp.ClientError | OSError) for end in ends), ends
    await wait_until_async(lambda: identify(info.pid) is None)


async def test_what_was_answered_survives_a_kill_at_any_moment(state: Path):
    answered: dict[str, str] = {}
    for _ in range(3):
        await killed_while_creating(await start(state), answered)
        info = await start(state)
        async with session_for(info) as session:
            listed = (await Api(info, session)("GET", PATH)).body["items"]
        there = {each["metadata"]["name"]: each["metadata"]["uid"] for each in listed}
        assert answered.items() <= there.items()


async def test_nothing_private_is_for_others(state: Path):
    info = await start(state)
    await client.requests(state)
    for path in [state, *state.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    token = info.token()
    command = psutil.Process(info.pid).cmdline()
    assert token not in " ".join(command)
    assert token not in (state / "server.log").read_text()
    assert token not in " ".join(psutil.Process(info.pid).environ().values())


async def test_control_and_the_request_journal(state: Path):
    info = await start(state)
    status = await client.control(state, "status")
    assert status["speed"] == 0.0
    pools = await client.control(state, "pools", {})
    assert pools["pools"]
    with pytest.raises(InvalidInput, match="cannot do that"):
        await client.control(state, "dance")
    await make(info, "a")
    newest = (await client.requests(state, 1))[0]
    assert (newest["verb"], newest["code"], newest["name"]) == ("POST", 201, "a")


async def test_without_a_cluster(state: Path):
    assert await client.find(state) is None
    assert await client.requests(state) == []
    with pytest.raises(CouldNotLook, match="not running"):
        await client.control(state, "status")
    with pytest.raises(CouldNotLook, match="no token"):
        client.credentials(state)
    await client.stop(state)


async def test_a_process_that_only_has_its_number_is_left_alone(state: Path):
    info = await start(state)
    await client.stop(state)
    mine = ServerInfo(info.port, os.getpid(), 12345.0, info.ca_file, info.token_file)
    import msgspec

    (state / "server.json").write_bytes(msgspec.json.encode(mine))
    assert await client.find(state) is None
    await client.stop(state)
    assert read_info(state) == mine


async def test_it_ends_when_its_folder_vanishes(state: Path):
    info = await start(state)
    state.rename(state.with_name("elsewhere"))
    await wait_until_async(lambda: identify(info.pid) is None, 30)
    assert not state.exists()


async def test_a_failed_start_says_why(state: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client, "START_SECONDS", 1.0)
    with pytest.raises(WizardError, match="did not start") as caught:
        await client.start(state, python="/bin/false")
    assert "The end of its log" in str(caught.value)


async def test_kubeconfig_and_credentials(state: Path):
    info = await start(state)
    found = client.kubeconfig(state, info.url)
    assert info.token() not in str(found)
    assert found["users"][0]["user"] == {"tokenFile": str(state / "token")}
    assert found["clusters"][0]["cluster"]["server"] == info.url
    assert client.credentials(state)["status"]["token"] == info.token()
    plugin = client.kubeconfig(state, info.url, name="biology", user={"exec": {"command": "/usr/bin/x"}})
    assert plugin["users"] == [{"name": "biology", "user": {"exec": {"command": "/usr/bin/x"}}}]
    assert plugin["current-context"] == "biology"


def test_the_client_loads_no_server():
    """Every command of the wizard may ask for the practice cluster; none should pay for its server."""
    heavy = ("aiohttp", "cryptography")
    code = f"import sys, z2jh_wizard.practice.client; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
