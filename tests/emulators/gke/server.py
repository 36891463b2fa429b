"""All of Google on one loopback port: ClusterManager by Google's own routes, the rest by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from google.cloud.container_v1.services.cluster_manager.transports.rest_base import (
    _BaseClusterManagerRestTransport as Routes,
)
from google.protobuf import json_format
from google.rpc import code_pb2

from tests.emulators import serving
from tests.emulators.gke import keys
from tests.emulators.gke.clusters import METHODS
from tests.emulators.gke.errors import HTTP, ApiError, sign_in_ended
from tests.emulators.gke.services import Services
from tests.emulators.serving import Reply, Request

TOKEN = "ya29.emulated"
"""What a signed-in person sends."""

Route = tuple[str, re.Pattern[str], str, bool]


@contextmanager
def serve(services: Services, token: str = TOKEN) -> Iterator[str]:
    """Answer on a free loopback port; give its address."""
    routes = list(_routes())

    def answer(request: Request) -> Reply:
        try:
            return _reply(200, _answer(services, token, routes, request))
        except ApiError as error:
            return _reply(HTTP[error.code], error.body(), getattr(error, "headers", {}))
        except (KeyError, json_format.ParseError) as error:
            services.world.complain(f"{request.method} {request.path}: {error}")
            unknown = ApiError(code_pb2.INVALID_ARGUMENT, f"the emulator does not know: {error}")
            return _reply(400, unknown.body())

    with serving.serve(answer) as address:
        yield address


def _routes() -> Iterator[Route]:
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


def _answer(services: Services, token: str, routes: list[Route], request: Request) -> Any:
    if (request.method, request.path) == ("POST", keys.PATH):
        return keys.minted(services, token, request)
    if request.headers.get("Authorization") != f"Bearer {token}":
        raise sign_in_ended()
    is_form = "x-www-form-urlencoded" in request.headers.get("Content-Type", "")
    body = {} if is_form or not request.data else json.loads(request.data)
    for method, pattern, name, has_body in routes:
        found = pattern.fullmatch(request.path)
        if method == request.method and found:
            fields = {**(body if has_body else _plain(request.query)), **found.groupdict()}
            kind, reply = METHODS[name]
            message = kind.from_json(json.dumps(fields), ignore_unknown_fields=False)
            done = services.clusters.call(name, message)
            return json.loads(reply.to_json(done)) if reply else {}
    return services.answer(request.method, request.path.lstrip("/"), dict(request.query), body)


def _reply(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Reply:
    more = {"Content-Type": "application/json", **(headers or {})}
    return Reply(status, json.dumps(body).encode(), more)


def _plain(query: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the fields that stand in a query; those with a dollar are about the form of the answer."""
    return {name: values[0] for name, values in query.items() if not name.startswith("$")}
