"""A loopback HTTP server for emulators: one function answers every request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """A request as it came in."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    data: bytes
    base: str
    """The address of the server."""


@dataclass(frozen=True)
class Reply:
    """What goes back."""

    status: int
    data: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[Request], Reply]


@contextmanager
def serve(answer: Answer) -> Iterator[str]:
    """Answer on a free loopback port; give its address, such as http://127.0.0.1:40001."""

    server = _Server(("127.0.0.1", 0), answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], answer: Answer) -> None:
        super().__init__(address, _Handler)
        self.answer = answer

    def handle_error(self, *_request: Any) -> None:
        """Say nothing of a caller that went away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two packets; the second one would wait for 40 ms
    server: _Server

    def log_message(self, *_args: Any) -> None:
        """Write nothing."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        base = f"http://{self.headers.get('Host', '')}"
        query = parse_qs(url.query, keep_blank_values=True)
        headers = {name.title(): value for name, value in self.headers.items()}
        reply = self.server.answer(Request(self.command, url.path, query, headers, data, base))
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.data)))
        self.end_headers()
        self.wfile.write(reply.data)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_GET
