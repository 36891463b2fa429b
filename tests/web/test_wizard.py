"""The real wizard behind the real server, as a process of its own: start, pages, and every way to end."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from tests.support.waiting import wait_until, wait_until_async
from tests.web.program import ROOT, program
from tests.web.serving import free, let_in, screen
from z2jh_wizard.app import WizardApp
from z2jh_wizard.project.folder import Project
from z2jh_wizard.system.journal import read_journal
from z2jh_wizard.system.lock import read_owner

INTERRUPTED = 130


def is_free(port: int) -> bool:
    with socket.socket() as knocking:
        return knocking.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED


async def test_ctrl_c_ends_server_and_wizard(tmp_path: Path) -> None:
    async with program(tmp_path) as server:
        async with let_in(server) as browser, screen(browser, server) as shown:
            await shown.sees("Open a project")
            wizard = server.wizard()
            assert wizard.cmdline() == [sys.executable, "-m", "z2jh_wizard", "-C", "."]
            told = [
                " ".join([*one.cmdline(), *one.environ().values()]) for one in (wizard, *wizard.parents()[:1])
            ]
            assert not any(server.token in words for words in told)
            server.process.send_signal(signal.SIGINT)
            await shown.is_closed()
        code, out, err = await server.ends()
        assert code == INTERRUPTED
        assert out == "", "the address is the whole answer"
        assert server.token not in err
        assert "Traceback" not in err
        assert not wizard.is_running()
        assert is_free(server.port)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_it_ends_before_any_page_was_opened(tmp_path: Path, number: signal.Signals) -> None:
    async with program(tmp_path) as server:
        server.process.send_signal(number)
        code, _, err = await server.ends()
        assert code == INTERRUPTED
        assert "Traceback" not in err
        assert is_free(server.port)


async def test_leaving_the_wizard_in_the_page_ends_the_server(tmp_path: Path) -> None:
    async with program(tmp_path) as server, let_in(server) as browser, screen(browser, server) as shown:
        await shown.sees("Open a project")
        await shown.type("\x11")  # Ctrl+Q
        await shown.is_closed()
        assert (await server.ends())[0] == 0
        assert is_free(server.port)


async def test_the_project_is_shown_and_a_new_page_sees_all_of_it(project: Project, tmp_path: Path) -> None:
    async with program(tmp_path, "-C", "hub") as server, let_in(server) as browser:
        async with screen(browser, server) as first:
            await first.sees("Tear down")
            wizard = server.wizard()
        await free(browser, server)
        async with screen(browser, server) as second:
            await second.says(b"\x1b[?1049h")
            await second.sees("bio101")
            await second.sees("Tear down")
        assert server.wizard() == wizard


async def test_a_file_in_the_teachers_folder_is_not_run(tmp_path: Path) -> None:
    if sys.version_info < (3, 11):
        pytest.skip("Python 3.10 has no PYTHONSAFEPATH")
    (tmp_path / "textual.py").write_text("raise SystemExit('a file of the course was run')\n")
    # The server is started as the installed program is: the course's folder is not on its path.
    started = program(tmp_path, PYTHONSAFEPATH="1")
    async with started as server, let_in(server) as browser, screen(browser, server) as shown:
        await shown.sees("Open a project")


async def test_a_kill_of_the_server_ends_the_wizard(tmp_path: Path) -> None:
    async with program(tmp_path) as server, let_in(server) as browser, screen(browser, server) as shown:
        await shown.sees("Open a project")
        wizard = server.wizard()
        server.process.kill()
        await server.process.wait()
        await asyncio.to_thread(wait_until, lambda: not wizard.is_running(), 30.0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--port", "0"], "from 1 to 65535"),
        (["--port", "http"], "from 1 to 65535"),
        (["--public-url", "hub.example.org"], "--public-url"),
        (["plan"], "stand for the wizard's screens; plan has none"),
    ],
)
async def test_wrong_words_are_told(tmp_path: Path, words: list[str], said: str) -> None:
    with pytest.raises(AssertionError):
        async with program(tmp_path, *words) as server:
            pytest.fail(server.address)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "z2jh_wizard", "--web", *words),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 2
    assert out == b""
    assert said in err.decode()


def test_the_app_has_what_the_driver_asks_it_for() -> None:
    assert asyncio.iscoroutinefunction(getattr(WizardApp, "stop_and_leave", None))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
async def test_a_run_goes_on_without_a_page_and_stops_in_order(
    project: Project, tmp_path: Path, helm_binary: Path, number: signal.Signals
) -> None:
    path = f"{helm_binary.parent}{os.pathsep}{os.environ['PATH']}"
    async with program(tmp_path, "-C", "hub", PATH=path) as server, let_in(server) as browser:
        async with screen(browser, server) as shown:
            await shown.sees("Tear down")
            await shown.click("Apply again")
            await shown.sees("steps to do")
            await shown.type("\x0e")  # Ctrl+N
            await wait_until_async(lambda: "run-start" in notes(project))
        await free(browser, server)
        wizard = server.wizard()
        await wait_until_async(lambda: "child" in notes(project), 60.0, "Helm at work with no page open")
        async with screen(browser, server) as again:
            await again.sees("Install the hub")
        server.process.send_signal(number)
        await server.process.wait()
        await asyncio.to_thread(wait_until, lambda: not wizard.is_running(), 30.0)
    entries = list(read_journal(project.journal))
    assert [entry["what"] for entry in entries][-3:] == ["child-end", "step-end", "run-end"]
    assert entries[-2]["state"] == "stopped"
    assert entries[-1]["code"] == INTERRUPTED
    assert read_owner(project.state) is None


def notes(project: Project) -> list[str]:
    return [str(entry["what"]) for entry in read_journal(project.journal)]
