"""One connection to Google for one project: the client for clusters, and plain REST for all else."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from z2jh_wizard.cloud.calls import asked, call
from z2jh_wizard.cloud.gke import sign_in
from z2jh_wizard.cloud.gke.troubles import as_trouble
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.system.clock import SystemClock

Answer = TypeVar("Answer")

ELSEWHERE = "Z2JH_GOOGLE_API"
"""Names an emulator on this computer that answers for all of Google, such as http://127.0.0.1:8085."""

TIMEOUT = 20.0
"""Seconds for one reply; a call as a whole has ``calls.LIMIT``."""

PAGES = 50
"""Pages of a list that are read at most."""

QUESTIONS = ("get_", "list_")
"""How the names of methods begin that change nothing."""


class Google:
    """Talks to Google in the name of one project; nothing is opened before the first question.

    Errors come as WizardError in words. A question is asked again while Google says that it has too much to
    do; a change is not, for the step that wants it looks first. Methods may be called from several tasks at
    once.
    """

    def __init__(self, project: str, chosen: str = "", clock: Clock | None = None) -> None:
        self.project = project
        self._chosen = chosen
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._signed_in: tuple[Any, str] | None = None
        self._client: Any = None
        self._session: Any = None

    async def clusters(self, method: str, request: Mapping[str, Any], target: str = "") -> Any:
        """Call a method of ``google.container.v1.ClusterManager`` with a request as a tree."""

        def work() -> Any:
            return getattr(self._manager(), method)(request=dict(request), retry=None, timeout=TIMEOUT)

        what = f"asking Google ({method.replace('_', ' ')})"
        return await self._ask(work, what, target, is_question=method.startswith(QUESTIONS))

    async def get(self, service: str, path: str, **params: str) -> dict[str, Any]:
        """Return the answer of a GET, such as ``compute``, ``compute/v1/projects/bio/zones``."""
        return await self._rest("GET", service, path, params=params)

    async def listed(self, service: str, path: str, **params: str) -> list[dict[str, Any]]:
        """Return the items of all pages of a list; those of an aggregated list are put together."""
        found: list[dict[str, Any]] = []
        page = ""
        for _ in range(PAGES):
            reply = await self.get(service, path, **params, **({"pageToken": page} if page else {}))
            items = reply.get("items") or []
            if isinstance(items, dict):  # by zone, and in each zone by the kind of thing
                kind = path.rpartition("/")[2]
                items = [one for scope in items.values() for one in scope.get(kind) or ()]
            found += items
            page = reply.get("nextPageToken", "")
            if not page:
                break
        return found

    async def post(self, service: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer of a POST with a JSON body, which changes something."""
        return await self._rest("POST", service, path, json=dict(body))

    async def ask(self, service: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer of a POST with a JSON body that only asks."""
        return await self._rest("POST", service, path, is_question=True, json=dict(body))

    async def delete(self, service: str, path: str) -> dict[str, Any]:
        """Return the answer of a DELETE."""
        return await self._rest("DELETE", service, path)

    async def token(self) -> tuple[str, Any]:
        """Return an access token and when it ends (UTC, None where that is not known)."""

        def work() -> tuple[str, Any]:
            from google.auth.transport.requests import Request

            found = self._credentials()[0]
            with self._lock:
                if not found.valid:
                    found.refresh(Request())
            return found.token, found.expiry

        return await self._ask(work, "signing in to Google", is_question=True)

    async def who(self) -> tuple[str, str]:
        """Return the e-mail address of who is signed in, and in words which credentials say so."""
        token, _ = await self.token()
        found, source = self._credentials()
        mail = str(getattr(found, "service_account_email", "") or "")
        if "@" not in mail:
            # In the body and not in the address, which proxies write down.
            form = {"access_token": token}
            reply = await self._rest("POST", "oauth2", "tokeninfo", is_question=True, data=form)
            mail = str(reply.get("email", ""))
        return mail, source

    # ---- below ----

    async def _rest(
        self, method: str, service: str, path: str, *, is_question: bool = False, **content: Any
    ) -> dict[str, Any]:
        """Ask a service; ``content`` is what ``requests`` takes: ``params``, ``json``, ``data``."""

        def work() -> dict[str, Any]:
            from google.api_core import exceptions

            reply = self._http().request(method, f"{_base(service)}/{path}", timeout=TIMEOUT, **content)
            if reply.status_code >= 400:
                error: Exception = exceptions.from_http_response(reply)  # type: ignore[no-untyped-call]
                raise error
            answer: dict[str, Any] = reply.json() if reply.content else {}
            return answer

        what = f"asking Google about {path.rpartition('/')[2]}"
        return await self._ask(work, what, is_question=is_question or method == "GET")

    async def _ask(
        self, work: Callable[[], Answer], what: str, target: str = "", *, is_question: bool
    ) -> Answer:
        async def once() -> Answer:
            return await call(work, what, meant=lambda error: as_trouble(error, self.project, target))

        return await (asked(once, self._clock) if is_question else once())

    def _credentials(self) -> tuple[Any, str]:
        with self._lock:
            if self._signed_in is None:
                self._signed_in = sign_in.credentials(self._chosen)
            return self._signed_in

    def _manager(self) -> Any:
        found = self._credentials()[0]
        with self._lock:
            if self._client is None:
                from google.cloud.container_v1 import ClusterManagerClient

                self._client = ClusterManagerClient(transport=transport(found))
            return self._client

    def _http(self) -> Any:
        found = self._credentials()[0]
        with self._lock:
            if self._session is None:
                from google.auth.transport.requests import AuthorizedSession

                self._session = AuthorizedSession(found)  # type: ignore[no-untyped-call]
            return self._session


def transport(credentials: Any) -> Any:
    """Return what clusters are asked by: REST, which goes through a proxy (HTTPS_PROXY) as all else does."""
    from google.cloud.container_v1.services.cluster_manager.transports import ClusterManagerRestTransport

    parts = urlsplit(_base("container"))
    return ClusterManagerRestTransport(host=parts.netloc, credentials=credentials, url_scheme=parts.scheme)


def _base(service: str) -> str:
    """Return where a service of Google answers; InvalidInput for an emulator that is not on this computer."""
    elsewhere = os.environ.get(ELSEWHERE, "").rstrip("/")
    if not elsewhere:
        return f"https://{service}.googleapis.com"
    parts = urlsplit(elsewhere)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise InvalidInput(
            f"{ELSEWHERE} cannot be used",
            "It may only name an emulator on this computer, such as http://127.0.0.1:8085.",
        )
    return elsewhere
