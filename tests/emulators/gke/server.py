"""All of Google on one loopback port: ClusterManager by Google's own routes, the rest by hand."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from google.cloud.container_v1.services.cluster_manager.transports.rest_base import (
    _BaseClusterManagerRestTransport as Routes,
)
from google.protobuf import json_format
from google.rpc import code_pb2

from tests.emulators.gke.clusters import METHODS
from tests.emulators.gke.errors import HTTP, ApiError
from tests.emulators.gke.services import Services

TOKEN = "ya29.emulated"
"""What a signed-in person sends."""


@contextmanager
def serve(services: Services, token: str = TOKEN) -> Iterator[str]:
    """Answer on a free loopback port; give its address, such as http://127.0.0.1:40001."""
    routes = list(_routes())

    class Handler(_Handler):
        google = services
        wanted = token
        table = routes

    server = _Server(("127.0.0.1", 0), Handler)
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

    def handle_error(self, *_request: Any) -> None:
        """Say nothing of a caller that went away."""


def _routes() -> Iterator[tuple[str, re.Pattern[str], str, bool]]:
    """Give method, path, name and whether there is a body, as Google's client sends them."""
    for name in METHODS:
        for option in getattr(Routes, f"_Base{name}")._get_http_options():
            pattern = re.sub(
                r"\{(\w+)=([^}]*)\}",
                lambda one: f"(?P<{one[1]}>{one[2].replace('*', '[^/]+')})",
                option["uri"],
            )
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
            yield option["method"].upper(), re.compile(pattern), name, "body" in option


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two packets; the second one would wait for 40 ms
    google: ClassVar[Services]
    wanted: ClassVar[str]
    table: ClassVar[list[tuple[str, re.Pattern[str], str, bool]]]

    def log_message(self, *_args: Any) -> None:
        """Write nothing."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        try:
            self._reply(200, self._answer(url.path, parse_qs(url.query), raw))
        except ApiError as error:
            self._reply(HTTP[error.code], error.body())
        except (KeyError, json_format.ParseError) as error:
            self.google.world.complain(f"{self.command} {self.path}: {error}")
            unknown = ApiError(code_pb2.INVALID_ARGUMENT, f"the emulator does not know: {error}")
            self._reply(400, unknown.body())

    do_POST = do_PUT = do_DELETE = do_GET

    def _answer(self, path: str, query: dict[str, list[str]], raw: bytes) -> Any:
        if self.headers.get("Authorization") != f"Bearer {self.wanted}":
            raise ApiError(code_pb2.UNAUTHENTICATED, "Request had invalid authentication credentials.")
        is_form = "x-www-form-urlencoded" in self.headers.get("Content-Type", "")
        body = {} if is_form or not raw else json.loads(raw)
        for method, pattern, name, has_body in self.table:
            found = pattern.fullmatch(path)
            if method == self.command and found:
                return self._cluster_call(name, found.groupdict(), body if has_body else _plain(query))
        return self.google.answer(self.command, path.lstrip("/"), query, body)

    def _cluster_call(self, name: str, fields: dict[str, str], body: dict[str, Any]) -> Any:
        kind, answer = METHODS[name]
        request = kind.from_json(json.dumps({**body, **fields}), ignore_unknown_fields=False)
        reply = self.google.clusters.call(name, request)
        return json.loads(answer.to_json(reply)) if answer else {}

    def _reply(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _plain(query: dict[str, list[str]]) -> dict[str, Any]:
    """Return the fields that stand in a query; those with a dollar are about the form of the answer."""
    return {name: values[0] for name, values in query.items() if not name.startswith("$")}
