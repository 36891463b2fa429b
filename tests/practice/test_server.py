"""The server as a whole: start, stop, restart, ports."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from tests.practice.conftest import Api, Running, session_for
from tests.practice.world import QuietWorld
from z2jh_wizard.practice.resources import CONFIG_MAPS
from z2jh_wizard.practice.server import PracticeServer
from z2jh_wizard.practice.server_info import ServerInfo, read_info

PATH = "/api/v1/namespaces/default/configmaps"


async def restarted(folder: Path, port: int | None = None) -> tuple[PracticeServer, ServerInfo]:
    server = PracticeServer(folder, QuietWorld, port)
    return server, await server.start()


async def test_a_restart_serves_the_same_under_the_same_address(tmp_path: Path):
    first, before = await restarted(tmp_path / "s")
    made = first.store.create(CONFIG_MAPS, {"metadata": {"name": "a"}}, "default")
    await first.stop()
    second, after = await restarted(tmp_path / "s")
    try:
        assert after.url == before.url
        async with session_for(before) as session:
            reply = await Api(before, session)("GET", f"{PATH}/a")
        assert reply.body == made
        assert second.store.revision > first.store.revision
    finally:
        await second.stop()


async def test_a_taken_port_is_replaced_by_a_free_one(running: Running, tmp_path: Path):
    server, info = await restarted(tmp_path / "other", running.info.port)
    try:
        assert info.port != running.info.port
        assert read_info(tmp_path / "other") == info
    finally:
        await server.stop()


async def test_what_the_server_writes_is_private(running: Running):
    assert stat.S_IMODE(running.folder.stat().st_mode) == 0o700
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in running.folder.iterdir()}
    assert {"server.json", "token", "ca.key", "server.pem", "changes.jsonl"} <= set(modes)
    assert set(modes.values()) == {0o600}
    assert running.info.token() not in (running.folder / "server.json").read_text()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"{"])
def test_a_damaged_server_file_says_nothing(tmp_path: Path, content: bytes):
    (tmp_path / "server.json").write_bytes(content)
    assert read_info(tmp_path) is None
    assert read_info(tmp_path / "nowhere") is None


async def test_open_watches_do_not_hold_up_the_end(tmp_path: Path):
    server, info = await restarted(tmp_path / "s")
    async with session_for(info) as session, session.get(PATH, params={"watch": "true"}) as response:
        assert server.idle_seconds() == 0.0
        await asyncio.wait_for(server.stop(), 10)
        assert await response.content.read() == b""


async def test_idle_time_is_counted(api: Api, running: Running):
    await api("GET", PATH)
    assert 0 < running.server.idle_seconds() < 60
    assert PracticeServer(running.folder, QuietWorld).idle_seconds() == 0.0


async def test_a_world_that_breaks_ends_the_server(tmp_path: Path):
    class BrokenWorld(QuietWorld):
        async def run(self) -> None:
            raise RuntimeError("the world ended")

    server = PracticeServer(tmp_path / "s", BrokenWorld)
    await server.start()
    with pytest.raises(RuntimeError, match="the world ended"):
        await asyncio.wait_for(server.wait(), 10)
    with pytest.raises(RuntimeError):
        await server.stop()


async def test_a_damaged_state_starts_anew_with_one_sentence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    folder = tmp_path / "s"
    first, _ = await restarted(folder)
    await first.stop()
    (folder / "state.json").write_bytes(b"nonsense")
    second, info = await restarted(folder)
    await second.stop()
    assert caplog.text.count("could not be read") == 1
    assert info.complaint in caplog.text
    assert read_info(folder) == info
    third, later = await restarted(folder)
    await third.stop()
    assert later.complaint == ""


async def test_the_folder_may_vanish_before_the_end(tmp_path: Path):
    server, _ = await restarted(tmp_path / "s")
    (tmp_path / "s").rename(tmp_path / "elsewhere")
    await server.stop()
    assert not (tmp_path / "s").exists()


async def test_the_world_gets_its_state_and_its_speed_back(tmp_path: Path):
    worlds: list[QuietWorld] = []

    class Remembering(QuietWorld):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)  # type: ignore[arg-type]
            worlds.append(self)

        def control(self, action: str, body: dict[str, object]) -> dict[str, object]:
            self.memory = {**self.memory, action: body}
            return {}

    first = PracticeServer(tmp_path / "s", Remembering)
    await first.start()
    worlds[0].memory = {"students": 7}
    await first.stop()
    second = PracticeServer(tmp_path / "s", Remembering, speed=0.5)
    await second.start()
    await second.stop()
    assert worlds[1].memory == {"students": 7, "speed": {"speed": 0.5}}
