"""What we rely on inside textual-serve and Textual; when it changes, `wizard_process` must be read again."""

from __future__ import annotations

import ast
import inspect
import textwrap
from pathlib import Path

import textual_serve
from textual.drivers.web_driver import WebDriver
from textual_serve import server
from textual_serve.app_service import AppService
from textual_serve.server import Server

SOURCES = [Path(textual_serve.__file__).parent / name for name in ("server.py", "app_service.py")]


def calls_in(code: str) -> set[str]:
    tree = ast.parse(textwrap.dedent(code))
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def starters(code: str) -> set[str]:
    words = ("subprocess", "Popen", "os.system", "os.popen", "os.exec", "os.spawn", "fork")
    return {call for call in calls_in(code) if any(word in call for word in words)}


def test_the_library_starts_processes_only_where_we_replace_it() -> None:
    everywhere = {call for path in SOURCES for call in starters(path.read_text(encoding="utf-8"))}
    assert everywhere == {"asyncio.create_subprocess_shell"}
    assert starters(inspect.getsource(AppService._open_app_process)) == everywhere
    whole = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    assert whole.count("create_subprocess_shell") == 1


def test_the_start_goes_through_the_method_that_we_replace() -> None:
    assert list(inspect.signature(AppService._open_app_process).parameters) == ["self", "width", "height"]
    assert "self._open_app_process" in calls_in(inspect.getsource(AppService.start))
    assert "self.run" in calls_in(inspect.getsource(AppService.start))


def test_the_driver_and_the_size_are_given_in_the_environment() -> None:
    class Nowhere(AppService):
        def __init__(self) -> None:
            self.debug = False

    given = Nowhere()._build_environment(80, 24)
    assert given["TEXTUAL_DRIVER"] == "textual.drivers.web_driver:WebDriver"
    assert (given["COLUMNS"], given["ROWS"]) == ("80", "24")


def test_the_messages_of_a_page_need_nothing_but_the_socket_and_the_service() -> None:
    code = inspect.getsource(Server._process_messages)
    assert list(inspect.signature(Server._process_messages).parameters) == [
        "self",
        "websocket",
        "app_service",
    ]
    assert "self." not in code
    spoken = {call for call in calls_in(code) if call.startswith("app_service.")}
    assert spoken == {f"app_service.{name}" for name in ("send_bytes", "set_terminal_size", "blur", "focus")}


def test_the_page_still_asks_for_what_we_serve() -> None:
    script = (Path(server.__file__).parent / "static/js/textual.js").read_text(encoding="utf-8")
    for word in (
        *("dataset.sessionWebsocketUrl", "?width=", ".textual-terminal", "xterm-helper-textarea"),
        *('"-connected"', '"-closed"', '"-first-byte"'),
    ):
        assert word in script, word
    assert "eval(" not in script, "the policy of our pages forbids it"


def test_the_driver_takes_messages_and_reads_where_we_add_to_it() -> None:
    assert list(inspect.signature(WebDriver.on_meta).parameters) == ["self", "packet_type", "payload"]
    assert "self.on_meta" in calls_in(inspect.getsource(WebDriver._on_meta))
    assert "self.run_input_thread" in inspect.getsource(WebDriver.__init__)
    assert "self.exit_event.set" in calls_in(inspect.getsource(WebDriver.stop_application_mode))
