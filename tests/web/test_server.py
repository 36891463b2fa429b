"""The server before a small program: nothing gets past the gate, one program runs, one page shows it."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.waiting import wait_until_async
from tests.web.serving import ECHO_COMMAND, Served, free, let_in, listening, programs, screen, served
from z2jh_wizard.core.errors import InvalidInput, WizardError
from z2jh_wizard.system.children import Child, converse
from z2jh_wizard.web import wizard_process
from z2jh_wizard.web.wizard_process import wizard_command

PUBLIC = "https://8080-cs-1.cloudshell.dev"
PLACES = [
    "/",
    "/static/js/textual.js",
    "/page/page.js",
    "/page/terminal.html",
    "/ws",
    "/download/x",
    "/nothing",
]


async def get(server: Served, path: str, **headers: str) -> tuple[int, str, Any]:
    """Ask without a cookie, by a raw name of the host if one is given."""
    async with aiohttp.ClientSession() as stranger:
        answer = await stranger.get(server.base + path, headers=headers, allow_redirects=False)
        return answer.status, await answer.text(), answer.headers


def cookie_of(browser: aiohttp.ClientSession) -> str:
    return next(iter(browser.cookie_jar)).value


class TestTheToken:
    async def test_is_traded_for_a_cookie_that_scripts_and_other_sites_cannot_use(self) -> None:
        async with served() as server:
            status, text, headers = await get(server, f"/?token={server.token}")
            assert status == 200
            name, _, rest = headers["Set-Cookie"].partition("=")
            value, *flags = rest.split("; ")
            assert name == f"z2jh-wizard-{server.port}"
            assert len(value) >= 43
            assert server.token not in headers["Set-Cookie"]
            assert set(flags) == {"HttpOnly", "Path=/", "SameSite=Strict"}
            assert server.token not in text

    async def test_behind_https_the_cookie_is_secure(self) -> None:
        async with served(public_url=PUBLIC) as server:
            assert server.address.startswith(f"{PUBLIC}/?token=")
            _, _, headers = await get(server, f"/?token={server.token}", Host="8080-cs-1.cloudshell.dev")
            assert "; Secure" in headers["Set-Cookie"]

    @pytest.mark.parametrize("change", [lambda token: token, lambda token: token[:-1], lambda _: ""])
    async def test_used_or_wrong_it_opens_nothing_and_says_what_to_do(self, change: Any) -> None:
        async with served() as server:
            if change("x") == "x":
                await get(server, f"/?token={server.token}")
            status, text, headers = await get(server, f"/?token={change(server.token)}")
            assert status == 403
            assert "Set-Cookie" not in headers
            assert "works once" in text
            assert "z2jh-wizard --web" in text

    async def test_a_second_use_is_refused_with_the_cookie_too(self) -> None:
        async with served() as server, let_in(server) as browser:
            answer = await browser.get(server.address)
            assert answer.status == 403
            assert '<a href="/">' in await answer.text()
            assert (await browser.get(server.base)).status == 200

    async def test_a_look_ahead_does_not_use_it_up(self) -> None:
        async with served() as server, aiohttp.ClientSession() as stranger:
            assert (await stranger.head(server.address)).status == 403
            assert (await get(server, f"/?token={server.token}"))[0] == 200

    async def test_it_is_only_taken_at_the_front_door(self) -> None:
        async with served() as server:
            assert (await get(server, f"/static/js/textual.js?token={server.token}"))[0] == 403


class TestTheCookie:
    @pytest.mark.parametrize("path", PLACES)
    @pytest.mark.parametrize("cookie", ["", "wrong", "None"])
    async def test_nothing_is_given_without_it(self, path: str, cookie: str) -> None:
        async with served() as server:
            await get(server, f"/?token={server.token}")
            status, text, _ = await get(
                server, path, Origin=server.base, Cookie=f"z2jh-wizard-{server.port}={cookie}"
            )
            assert status == 403
            assert "with its token" in text

    async def test_with_it_page_and_files_are_given(self) -> None:
        async with served() as server, let_in(server) as browser:
            for path in (
                "/",
                "/static/js/textual.js",
                "/static/css/xterm.css",
                "/page/page.js",
                "/page/page.css",
            ):
                assert (await browser.get(server.base + path)).status == 200, path
            page = await (await browser.get(server.base)).text()
            assert "https://" not in page, "nothing is fetched from elsewhere"
            assert (await browser.get(f"{server.base}/static/")).status == 403, "folders are not listed"


@pytest.mark.parametrize("path", [*PLACES, "/?token={token}"])
@pytest.mark.parametrize("host", ["evil.example.org", "127.0.0.1", "127.0.0.1:1", "8080-cs-1.cloudshell.dev"])
async def test_foreign_host_names_get_nothing_even_with_the_cookie(path: str, host: str) -> None:
    async with served() as server, let_in(server) as browser:
        answer = await browser.get(
            server.base + path.format(token=server.token), headers={"Host": host, "Origin": server.base}
        )
        assert answer.status == 403
        assert "--public-url" in await answer.text()


@pytest.mark.parametrize("origin", ["http://evil.example.org", "http://localhost:{port}", "null", None])
async def test_foreign_pages_can_neither_talk_nor_act(origin: str | None) -> None:
    async with served() as server, let_in(server) as browser:
        headers = {"Origin": origin.format(port=server.port)} if origin else {}
        answer = await browser.post(f"{server.base}/take-over", headers=headers)
        assert answer.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await browser.ws_connect(f"{server.base}/ws", headers=headers)
        assert caught.value.status == 403
        assert not programs(), "nothing was started"


async def test_behind_a_preview_the_public_origin_talks_and_no_other() -> None:
    async with served(public_url=PUBLIC) as server, let_in(server) as browser:
        # Cloud Shell's preview asks us by our loopback name, on behalf of a page of the public one.
        # The cookie is sent by hand: this client gives a secure one to https only.
        cookie = {"Cookie": f"z2jh-wizard-{server.port}={cookie_of(browser)}"}
        async with screen(browser, server, Origin=PUBLIC, **cookie) as shown:
            await shown.says(b"<pid ")
            text = await (await browser.get(server.base, headers=cookie)).text()
            assert "open elsewhere" in text
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            async with screen(browser, server, Origin="https://9090-cs-1.cloudshell.dev", **cookie):
                pytest.fail("let in")
        assert caught.value.status == 403


async def test_a_public_address_takes_the_port_that_is_listened_on() -> None:
    async with served(public_url="https://{port}-cs-1.cloudshell.dev") as server:
        assert server.address.startswith(f"https://{server.port}-cs-1.cloudshell.dev/?token=")


@pytest.mark.parametrize("path", ["/", "/static/js/textual.js", "/page/page.js", "/nothing", "/?token=wrong"])
@pytest.mark.parametrize("inside", [True, False])
async def test_every_answer_has_the_headers_that_protect(path: str, inside: bool) -> None:
    async with served() as server, let_in(server) as browser:
        headers = (await browser.get(server.base + path)).headers if inside else (await get(server, path))[2]
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert f"ws://127.0.0.1:{server.port}" in policy["connect-src"].split()
        assert "*" not in headers["Content-Security-Policy"]


async def test_it_listens_on_loopback_only_and_the_port_is_free_afterwards() -> None:
    before = set(listening())
    async with served() as server:
        assert set(listening()) - before == {("127.0.0.1", server.port)}
        with pytest.raises(InvalidInput, match="port cannot be used"):
            async with served(port=server.port):
                pytest.fail("two servers on one port")
    with socket.socket() as knocking:
        assert knocking.connect_ex(("127.0.0.1", server.port)) == errno.ECONNREFUSED


class TestTheOneWizard:
    async def test_it_starts_with_the_first_page_and_is_told_its_size(self) -> None:
        async with served() as server, let_in(server) as browser:
            assert not programs()
            async with screen(browser, server) as shown:
                await shown.says(b'<{"type": "resize", "width": 100, "height": 30}>')
                await shown.type("ada")
                await shown.says(b"<ada>")

    async def test_a_second_tab_is_told_and_starts_nothing(self) -> None:
        async with served() as server, let_in(server) as browser, screen(browser, server) as first:
            await first.says(b"<pid ")
            text = await (await browser.get(server.base)).text()
            assert "open elsewhere. Take over?" in text
            assert "terminal" not in text
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                async with screen(browser, server):
                    pytest.fail("two pages at once")
            assert caught.value.status == 409
            assert len(programs()) == 1
            await first.type("still here")
            await first.says(b"<still here>")

    async def test_many_pages_at_once_show_one(self) -> None:
        async with served() as server, let_in(server) as browser:

            async def try_to_show(stop: asyncio.Event) -> bool:
                try:
                    async with screen(browser, server) as shown:
                        await shown.says(b"<pid ")
                        await stop.wait()
                        return True
                except aiohttp.WSServerHandshakeError:
                    return False

            stop = asyncio.Event()
            pages = [asyncio.create_task(try_to_show(stop)) for _ in range(8)]
            waiting = set(pages)
            while len(waiting) > 1:
                _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            assert len(programs()) == 1
            stop.set()
            assert sum(await asyncio.gather(*pages)) == 1

    async def test_taking_over_closes_the_other_page_and_keeps_the_program(self) -> None:
        async with served() as server, let_in(server) as browser, screen(browser, server) as first:
            await first.says(b'"height": 30}>')
            answer = await browser.post(f"{server.base}/take-over", headers={"Origin": server.base})
            assert answer.status == 204
            await first.is_closed()
            assert "terminal" in await (await browser.get(server.base)).text()
            async with screen(browser, server) as second:
                await second.says(b'<{"type": "repaint"}>')
                await second.type("mine now")
                await second.says(b"<mine now>")
                assert b"<pid " not in second.data, "the same program goes on"
                assert len(programs()) == 1

    async def test_a_page_that_takes_nothing_does_not_hold_the_program(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(wizard_process, "SEND_PATIENCE", 0.2)
        async with served() as server, let_in(server) as browser:

            async def type_and_never_read() -> None:
                async with screen(browser, server) as asleep:
                    while True:
                        await asleep.type("x" * 1_000_000)

            with pytest.raises(ConnectionError):
                await type_and_never_read()
            await free(browser, server)
            async with screen(browser, server) as again:
                await again.type("awake")
                await again.says(b"<awake>")

    async def test_taking_over_while_it_starts_starts_it_once(
        self, monkeypatch: pytest.MonkeyPatch, spawned: list[tuple[Any, ...]]
    ) -> None:
        go_on = asyncio.Event()

        async def slowly(child: Child) -> asyncio.subprocess.Process:
            process = await converse(child)
            await go_on.wait()
            return process

        monkeypatch.setattr(wizard_process, "converse", slowly)
        async with served() as server, let_in(server) as browser, screen(browser, server) as first:
            await wait_until_async(lambda: spawned)
            await browser.post(f"{server.base}/take-over", headers={"Origin": server.base})
            await first.is_closed()
            async with screen(browser, server) as second:
                go_on.set()
                await second.says(b"<pid ")
                await second.type("mine")
                await second.says(b"<mine>")
            assert len(spawned) == len(programs()) == 1

    async def test_a_page_that_sleeps_is_taken_over_too(self) -> None:
        async with served() as server, let_in(server) as browser, screen(browser, server) as first:
            await first.says(b"<pid ")
            # It neither reads nor answers from here on.
            answer = await browser.post(f"{server.base}/take-over", headers={"Origin": server.base})
            assert answer.status == 204
            async with screen(browser, server) as second:
                await second.type("awake")
                await second.says(b"<awake>")

    async def test_it_goes_on_while_no_page_shows_it(self) -> None:
        async with served() as server, let_in(server) as browser:
            async with screen(browser, server) as first:
                await first.says(b"<pid ")
                pid = programs()[0].pid
            await free(browser, server)
            assert [child.pid for child in programs()] == [pid]
            async with screen(browser, server) as again:
                await again.says(b'<{"type": "repaint"}>')

    @pytest.mark.parametrize("nonsense", ["", "[", "{}", '["stdin"]', '["stdin", 5]', '["resize", null]'])
    async def test_nonsense_ends_the_page_and_not_the_program(self, nonsense: str) -> None:
        async with served() as server, let_in(server) as browser:
            async with screen(browser, server) as shown:
                await shown.says(b"<pid ")
                await shown.socket.send_str(nonsense)
                await shown.is_closed()
            async with screen(browser, server) as again:
                await again.type("well")
                await again.says(b"<well>")

    async def test_when_it_leaves_the_server_ends_with_its_code(self) -> None:
        async with served() as server, let_in(server) as browser, screen(browser, server) as shown:
            await shown.says(b'"height": 30}>')
            await shown.type("leave")
            await shown.is_closed()
            assert await asyncio.wait_for(server.task, 15) == 5

    async def test_when_it_cannot_start_that_is_said(self, tmp_path: Path) -> None:
        async with served([str(tmp_path / "missing")]) as server, let_in(server) as browser:
            async with screen(browser, server) as shown:
                await shown.is_closed()
            with pytest.raises(WizardError, match="Could not start missing"):
                await asyncio.wait_for(server.task, 15)

    async def test_the_end_of_the_server_stops_it_in_order(self, capfd: pytest.CaptureFixture[str]) -> None:
        async with served() as server, let_in(server) as browser, screen(browser, server) as shown:
            await shown.says(b'"height": 30}>')
            server.task.cancel()
            await asyncio.wait({server.task}, timeout=30)
            assert not programs()
        said = capfd.readouterr()
        assert "stopped in order" in said.err
        assert said.out == "", "stdout is for the answer"


async def test_the_command_is_fixed_and_no_shell_sees_it(spawned: list[tuple[Any, ...]]) -> None:
    async with served() as server, let_in(server) as browser:
        hostile = {"width": "100; touch x", "height": "$(id)", "fontsize": "`id`"}
        async with browser.ws_connect(
            f"{server.base}/ws", params=hostile, headers={"Origin": server.base, "User-Agent": "; id"}
        ) as socket_:
            assert (await socket_.receive(15)).type is aiohttp.WSMsgType.BINARY
        [(executable, argv, _, environment)] = spawned
        assert executable == sys.executable
        assert argv == ECHO_COMMAND
        assert environment["COLUMNS"], environment["ROWS"] == ("80", "24")
        given = " ".join([*argv, *(f"{name}={value}" for name, value in environment.items())])
        for word in ("$(id)", "`id`", "; id", "touch", server.token, cookie_of(browser)):
            assert word not in given


def test_the_wizards_command_is_a_list_of_our_own() -> None:
    assert wizard_command("my course") == [sys.executable, "-m", "z2jh_wizard", "-C", "my course"]
    assert wizard_command("-x", ascii_only=True)[-3:] == ["-C", "-x", "--ascii"]


async def test_nothing_is_logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(0)
    async with served() as server, let_in(server) as browser, screen(browser, server) as shown:
        await shown.says(b"<pid ")
        await get(server, f"/?token={server.token}")
        await shown.socket.send_str("[")
        await shown.is_closed()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"GET /?token={server.token} HTTP/9.x\r\n\r\n".encode())
        await reader.read()
        writer.close()
        cookie = cookie_of(browser)
    said = caplog.text + "".join(capfd.readouterr())
    assert server.token not in said
    assert cookie not in said
