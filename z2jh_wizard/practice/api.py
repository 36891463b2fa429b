"""The HTTP face of the practice cluster: who may ask, where a request goes, how errors are answered."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import unquote

from aiohttp import web

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.practice import (
    accounts,
    discovery,
    media,
    openapi,
    query,
    rbac,
    reading,
    removing,
    request_journal,
    reviews,
    status,
    subresources,
    watch,
    writing,
)
from z2jh_wizard.practice.backend import Backend
from z2jh_wizard.practice.call import Call, Stream
from z2jh_wizard.practice.control import Control
from z2jh_wizard.practice.exec import exec_in_pod
from z2jh_wizard.practice.pod_logs import get_log
from z2jh_wizard.practice.request_journal import RequestJournal
from z2jh_wizard.practice.store import Store
from z2jh_wizard.practice.target import find_target

Handler = Callable[[Call], Awaitable[web.StreamResponse]]

HEALTH_PATHS = ("healthz", "livez", "readyz")
CONTROL_PATH = "practice"
CLIENT_LEFT = 499
"""The journal's code for a request whose client did not wait for the answer, as nginx has it."""

log = logging.getLogger(__name__)

_COLLECTION: Mapping[str, Handler] = {
    "GET": reading.list_objects,
    "POST": writing.create_object,
    "DELETE": removing.delete_collection,
}
_OBJECT: Mapping[str, Handler] = {
    "GET": reading.get_object,
    "PUT": writing.replace_object,
    "PATCH": writing.patch_object,
    "DELETE": removing.delete_object,
}
_PART: Mapping[str, Handler] = {
    "GET": reading.get_object,
    "PUT": writing.replace_object,
    "PATCH": writing.patch_object,
}
_SUBRESOURCES: Mapping[str, Mapping[str, Handler]] = {
    "status": _PART,
    "scale": {
        "GET": subresources.get_scale,
        "PUT": subresources.put_scale,
        "PATCH": subresources.patch_scale,
    },
    "finalize": {"PUT": subresources.finalize_namespace},
    "eviction": {"POST": subresources.evict_pod},
    "binding": {"POST": subresources.bind_pod},
}


class Api:
    """Answers every request: checks the token, lets faults happen, routes, and writes the journal."""

    def __init__(
        self, store: Store, backend: Backend, token: str, journal: RequestJournal, control: Control
    ) -> None:
        self._store = store
        self._backend = backend
        self._tokens = accounts.Tokens(token)
        self._journal = journal
        self._control = control
        self.last_request = time.monotonic()
        self.open_requests = 0
        self._streams: set[Stream] = set()

    def application(self) -> web.Application:
        """Return the aiohttp application."""
        app = web.Application(client_max_size=media.LARGEST_BODY)
        app.router.add_route("*", "/{path:.*}", self.handle)
        return app

    def end_streams(self) -> None:
        """End all watches in good order, as a server does that stops."""
        for stream in tuple(self._streams):
            stream.end()

    def idle_seconds(self) -> float:
        """Return for how long nobody has asked anything."""
        return 0.0 if self.open_requests else time.monotonic() - self.last_request

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        segments = [unquote(each) for each in request.rel_url.raw_path.split("/") if each]
        if segments[:1] and segments[0] in HEALTH_PATHS:
            return web.Response(text="ok")
        self.open_requests += 1
        try:
            return await self._answer(request, segments)
        finally:
            self.open_requests -= 1
            self.last_request = time.monotonic()

    async def _answer(self, request: web.Request, segments: list[str]) -> web.StreamResponse:
        response: web.StreamResponse | None = None
        made: dict[str, str] = {}
        try:
            user = self._user(request)
            if segments[:1] == [CONTROL_PATH]:
                if not user.is_admin:
                    raise status.page_not_found()
                return await self._control.answer(request, segments[1:])
            fault = self._backend.request_fault(request.method, request.path)
            if fault == "drop":
                return _dropped(request)
            if fault is not None:
                raise fault
            response = await self._route(request, segments, made, user)
        except status.ApiError as error:
            response = media.json_response(error.body(), error.code)
            seconds = error.details.get("retryAfterSeconds")
            if seconds:
                response.headers["Retry-After"] = str(seconds)
        except WizardError as error:
            response = media.json_response(status.internal(error.problem.title).body(), 500)
        except ConnectionResetError:
            response = web.Response(status=CLIENT_LEFT)
        except Exception as error:  # noqa: BLE001  # one bad request must not end the server
            # The text of the error may quote an object, and so a secret: only its kind and place are logged.
            place = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s %s failed with %s:\n%s", request.method, request.path, type(error).__name__, place)
            body = status.internal(f"the practice cluster made a mistake ({type(error).__name__})").body()
            response = media.json_response(body, 500)
        finally:
            if segments[:1] != [CONTROL_PATH]:
                self._note(request, response.status if response else CLIENT_LEFT, made)
        return response

    def _user(self, request: web.Request) -> rbac.User:
        scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
        user = self._tokens.user(sent.strip(), self._store.now()) if scheme.lower() == "bearer" else None
        if user is None:
            raise status.unauthorized()
        return user

    def _note(self, request: web.Request, code: int, made: Mapping[str, str]) -> None:
        self._journal.write(
            request_journal.entry(
                _verb(request),
                request.path,
                request.headers.get("User-Agent", ""),
                code,
                name=made.get("name", ""),
                uid=made.get("uid", ""),
                dry_run="dryRun" in request.query,
            )
        )

    async def _route(
        self, request: web.Request, segments: list[str], made: dict[str, str], user: rbac.User
    ) -> web.StreamResponse:
        root = segments[0] if segments else ""
        if root in ("api", "apis") and len(segments) > (2 if root == "api" else 3):
            target = find_target(segments, self._store.catalogue)
            return await self._serve(Call(request, target, self._store, made, self._streams, user))
        if request.method != "GET":
            raise status.method_not_allowed() if root in ("api", "apis") else status.page_not_found()
        return await self._discover(request, segments)

    async def _serve(self, call: Call) -> web.StreamResponse:
        method, target = call.request.method, call.target
        watching = method == "GET" and query.flag(call.query, "watch")
        accounts.check_rights(call, "watch" if watching else "")
        if target.subresource:
            if target.subresource == "log" and method == "GET" and "log" in call.resource.subresources:
                return await get_log(call, self._backend)
            if target.subresource == "exec" and "exec" in call.resource.subresources:
                return await exec_in_pod(call, self._backend)
            if target.subresource == "token" and method == "POST" and "token" in call.resource.subresources:
                return await subresources.request_token(call, self._tokens)
            return await _subresource_handler(call)(call)
        if call.resource.verbs == ("create",):
            if method != "POST":
                raise status.method_not_allowed()
            return await reviews.create_review(call)
        if watching:
            return await watch.watch_objects(call)
        handler = (_COLLECTION if target.is_collection else _OBJECT).get(method)
        if handler is None:
            raise status.method_not_allowed()
        return await handler(call)

    async def _discover(self, request: web.Request, segments: list[str]) -> web.StreamResponse:
        catalogue = self._store.catalogue
        match segments:
            case []:
                return media.json_response({"paths": _PATHS})
            case ["version"]:
                return media.json_response(discovery.VERSION)
            case ["api" | "apis" as root] if discovery.wants_aggregated(request.headers.get("Accept", "")):
                body = media.encode(discovery.aggregated(catalogue, core=root == "api"))
                return web.Response(body=body, headers={"Content-Type": discovery.AGGREGATED_TYPE})
            case ["api"]:
                return media.json_response(discovery.api_versions())
            case ["apis"]:
                return media.json_response(discovery.groups(catalogue))
            case ["apis", group]:
                return media.json_response(discovery.group(catalogue, group))
            case ["api", version]:
                return media.json_response(discovery.resource_list(catalogue, "", version))
            case ["apis", group, version]:
                return media.json_response(discovery.resource_list(catalogue, group, version))
            case ["openapi", "v2"]:
                body, kind = openapi.old_document(request.headers.get("Accept", ""))
                return web.Response(body=body, headers={"Content-Type": kind})
            case ["openapi", "v3"]:
                return media.json_response(openapi.index(catalogue))
            case ["openapi", "v3", "api", version]:
                return await _openapi_response(request, openapi.document(catalogue, "", version))
            case ["openapi", "v3", "apis", group, version]:
                return await _openapi_response(request, openapi.document(catalogue, group, version))
        raise status.page_not_found()


_PATHS = (
    "/api",
    "/api/v1",
    "/apis",
    "/healthz",
    "/livez",
    "/openapi/v2",
    "/openapi/v3",
    "/readyz",
    "/version",
)


def _subresource_handler(call: Call) -> Handler:
    name = call.target.subresource
    if name in ("attach", "portforward", "proxy"):
        raise status.ApiError(
            501, "NotImplemented", f"the practice cluster runs no real containers, so {name} is not possible"
        )
    if name not in call.resource.subresources:
        raise status.page_not_found()
    handler = _SUBRESOURCES.get(name, {}).get(call.request.method)
    if handler is None:
        raise status.method_not_allowed()
    return handler


async def _openapi_response(request: web.Request, document: bytes) -> web.Response:
    """Answer with a document, which clients may keep for good when they asked for it by its hash."""
    response = await media.bytes_response(request, document)
    if "hash" in request.query:
        response.headers["Cache-Control"] = "public, immutable, max-age=31536000"
    return response


def _dropped(request: web.Request) -> web.StreamResponse:
    """Cut the connection, as a network that is down does."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)


def _verb(request: web.Request) -> str:
    """Return the HTTP method, or what a streaming GET does."""
    if request.method == "GET" and query.flag(request.query, "watch"):
        return "WATCH"
    return request.method
