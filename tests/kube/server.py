"""A scripted HTTP(S) server in threads that can also misbehave: fall silent, reset, end early."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as the server got it."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What the server says, and how it ends: properly, with a reset, or never."""

    body: bytes = b""
    code: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    lines: Iterable[bytes] | None = None
    end: Literal["", "reset", "early", "hang"] = ""


def as_json(tree: object, code: int = 200) -> Answer:
    return Answer(json.dumps(tree).encode(), code, {"Content-Type": "application/json"})


def failure(code: int, reason: str, message: str = "no") -> Answer:
    return as_json(
        {
            "kind": "Status",
            "apiVersion": "v1",
            "status": "Failure",
            "reason": reason,
            "message": message,
            "code": code,
        },
        code,
    )


Script = Callable[[Asked], Answer]


class ScriptedServer:
    """Answers by a script; remembers what was asked and how many connections were opened."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.script: Script = lambda asked: failure(404, "NotFound")
        self.asked: list[Asked] = []
        self.connections = 0
        self.released = threading.Event()
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self._http.tls = tls
        scheme = "https" if tls else "http"
        self.port = self._http.server_address[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    @contextlib.contextmanager
    def running(self) -> Iterator[ScriptedServer]:
        thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.released.set()
            self._http.shutdown()
            self._http.server_close()
            thread.join(5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    owner: ScriptedServer
    tls: ssl.SSLContext | None

    def finish_request(self, request: Any, client_address: Any) -> None:
        # The handshake belongs to the connection's own thread, or a slow client would stop all others.
        self.owner.connections += 1
        with contextlib.suppress(OSError):
            if self.tls:
                request = self.tls.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with contextlib.suppress(OSError):
            super().shutdown_request(request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        owner = self.server.owner
        split = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        asked = Asked(
            self.command,
            split.path,
            dict(parse_qsl(split.query, keep_blank_values=True)),
            {key.lower(): value for key, value in self.headers.items()},
            self.rfile.read(length),
        )
        owner.asked.append(asked)
        self._send(owner.script(asked), owner)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def _send(self, answer: Answer, owner: ScriptedServer) -> None:
        if answer.end == "hang" and answer.lines is None:
            owner.released.wait()
            self.close_connection = True
            return
        self.send_response(answer.code)
        for key, value in answer.headers.items():
            self.send_header(key, value)
        if answer.lines is None:
            self._send_body(answer)
        else:
            self._send_lines(answer, owner)

    def _send_body(self, answer: Answer) -> None:
        # An answer that ends early promises more than it has.
        missing = 100 if answer.end else 0
        self.send_header("Content-Length", str(len(answer.body) + missing))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()
        self._end(answer)

    def _send_lines(self, answer: Answer, owner: ScriptedServer) -> None:
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        for line in answer.lines or ():
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
            self.wfile.flush()
        if answer.end == "hang":
            owner.released.wait()
        elif answer.end:
            self._end(answer)
        else:
            self.wfile.write(b"0\r\n\r\n")

    def _end(self, answer: Answer) -> None:
        if answer.end == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if answer.end:
            self.close_connection = True
