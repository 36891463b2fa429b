"""One connection to Azure for one subscription: a client for clusters, Resource Manager for all else."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from z2jh_wizard.cloud.aks import sign_in
from z2jh_wizard.cloud.aks.troubles import as_trouble
from z2jh_wizard.cloud.calls import asked, call
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import InvalidInput
from z2jh_wizard.system.clock import SystemClock

Answer = TypeVar("Answer")

ELSEWHERE = "Z2JH_AZURE_API"
"""Names an emulator on this computer that answers for Azure Resource Manager."""

MANAGER = "https://management.azure.com"

RESOURCES = "2021-04-01"
"""The version of the API of groups, providers and resources."""

TIMEOUT = 20
PAGES = 50


class Azure:
    """Talks to Azure in the name of one subscription; nothing is opened before the first question.

    Errors come as WizardError in words. A question is asked again while Azure says that it has too much to
    do; a change is not, for the step that wants it looks first. Methods may be called from several tasks at
    once.
    """

    def __init__(self, subscription: str, chosen: str = "", clock: Clock | None = None) -> None:
        self.subscription = subscription
        self._chosen = chosen
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._opened: tuple[Any, Any, str] | None = None

    @property
    def path(self) -> str:
        """Return the path of the subscription."""
        return f"/subscriptions/{self.subscription}"

    async def clusters(self, work: Callable[[Any], Answer], what: str, target: str = "") -> Answer:
        """Return what ``work`` asks of Azure's client of Kubernetes clusters."""
        return await self._ask(lambda: work(self._client()), what, target, is_question=True)

    async def change(self, work: Callable[[Any], None], what: str, target: str = "") -> None:
        """Let ``work`` change something with Azure's client of Kubernetes clusters."""
        await self._ask(lambda: work(self._client()), what, target, is_question=False)

    async def get(self, path: str, version: str = RESOURCES, **params: str) -> dict[str, Any]:
        """Return the answer of a GET."""
        return await self._rest("GET", path, version, params)

    async def listed(self, path: str, version: str = RESOURCES, **params: str) -> list[dict[str, Any]]:
        """Return the items of all pages of a list."""
        found: list[dict[str, Any]] = []
        reply = await self.get(path, version, **params)
        for _ in range(PAGES):
            found += reply.get("value") or []
            following = urlsplit(str(reply.get("nextLink") or ""))
            if not following.query:
                break
            if f"{following.scheme}://{following.netloc}" != endpoint():
                break  # never a token to another host
            reply = await self._rest("GET", f"{following.path}?{following.query}", "", {})
        return found

    async def post(self, path: str, version: str = RESOURCES) -> dict[str, Any]:
        """Return the answer of a POST without a body."""
        return await self._rest("POST", path, version, {})

    async def put(self, path: str, body: Mapping[str, Any], version: str = RESOURCES) -> dict[str, Any]:
        """Return the answer of a PUT."""
        return await self._rest("PUT", path, version, {}, body)

    async def delete(self, path: str, version: str = RESOURCES) -> None:
        """Ask for a deletion; whether it is done is seen by looking."""
        await self._rest("DELETE", path, version, {})

    async def who(self) -> tuple[str, str, Any]:
        """Return who is signed in, by which credentials, and until when (seconds since 1970)."""

        def work() -> tuple[str, str, Any]:
            token = self._open()[1].get_token(sign_in.SCOPE)
            told = sign_in.claims(token.token)
            who = told.get("upn") or told.get("unique_name") or told.get("email") or told.get("appid") or ""
            return str(who), self._open()[2], token.expires_on

        return await self._ask(work, "signing in to Azure", is_question=True)

    async def token(self, scope: str) -> tuple[str, int]:
        """Return a token for something else than Azure itself, and when it ends (seconds since 1970)."""
        found = await self._ask(
            lambda: self._open()[1].get_token(scope), "signing in to the cluster", is_question=True
        )
        return str(found.token), int(found.expires_on)

    # ---- below ----

    async def _rest(
        self, method: str, path: str, version: str, params: Mapping[str, str], body: Any = None
    ) -> dict[str, Any]:
        def work() -> dict[str, Any]:
            from azure.core.rest import HttpRequest

            query = {**({"api-version": version} if version else {}), **params}
            request = HttpRequest(method, f"{endpoint()}{path}", params=query, json=body)
            reply = self._client().send_request(request, connection_timeout=TIMEOUT, read_timeout=TIMEOUT)
            reply.raise_for_status()
            answer: dict[str, Any] = reply.json() if reply.text() else {}
            return answer

        what = f"asking Azure about {path.partition('?')[0].rpartition('/')[2]}"
        return await self._ask(work, what, path, is_question=method == "GET")

    async def _ask(
        self, work: Callable[[], Answer], what: str, target: str = "", *, is_question: bool
    ) -> Answer:
        async def once() -> Answer:
            return await call(work, what, meant=lambda error: as_trouble(error, self.subscription, target))

        return await (asked(once, self._clock) if is_question else once())

    def _client(self) -> Any:
        return self._open()[0]

    def _open(self) -> tuple[Any, Any, str]:
        with self._lock:
            if self._opened is None:
                from azure.mgmt.containerservice import ContainerServiceClient

                found, source = sign_in.credential(self._chosen)
                base = endpoint()
                options: dict[str, Any] = {"retry_total": 0, "base_url": base}
                if base != MANAGER:
                    options["authentication_policy"] = _Plain(found)
                client = ContainerServiceClient(found, self.subscription or "none", **options)
                self._opened = (client, found, source)
            return self._opened


def _Plain(found: Any) -> Any:  # noqa: N802  # it makes one of a class that is known only here
    """Return a policy that sends a token without TLS, for an emulator on this computer."""
    from azure.core.pipeline.policies import SansIOHTTPPolicy

    class Plain(SansIOHTTPPolicy):  # type: ignore[type-arg]
        def on_request(self, request: Any) -> None:
            token = found.get_token(sign_in.SCOPE).token
            request.http_request.headers["Authorization"] = f"Bearer {token}"

    return Plain()


def endpoint() -> str:
    """Return where Azure answers; InvalidInput for an emulator that is not on this computer."""
    elsewhere = os.environ.get(ELSEWHERE, "").rstrip("/")
    if not elsewhere:
        return MANAGER
    parts = urlsplit(elsewhere)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise InvalidInput(
            f"{ELSEWHERE} cannot be used",
            "It may only name an emulator on this computer, such as http://127.0.0.1:8086.",
        )
    return elsewhere
