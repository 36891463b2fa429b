"""One connection to AWS for one account and region: a client for each service, made when first needed."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from z2jh_wizard.cloud.calls import asked, call
from z2jh_wizard.cloud.eks import endpoint, sign_in
from z2jh_wizard.cloud.eks.troubles import as_trouble
from z2jh_wizard.core.engine import Clock
from z2jh_wizard.core.errors import NeedsYou
from z2jh_wizard.system.clock import SystemClock

Answer = TypeVar("Answer")

QUESTIONS = ("describe_", "list_", "get_", "simulate_")
"""How the names of operations begin that change nothing."""

TOKEN_LASTS = timedelta(minutes=14)
"""How long a token for a cluster's API is used; the API itself takes it for 15 minutes."""


class Aws:
    """Talks to AWS in the name of one account; nothing is opened before the first question.

    Errors come as WizardError in words. With an ``account``, credentials of another one are refused before
    anything else is asked. Methods may be called from several tasks at once.
    """

    def __init__(self, account: str, region: str, chosen: str = "", clock: Clock | None = None) -> None:
        self.account = account
        self.region = region
        self._chosen = chosen
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._opened: tuple[Any, str] | None = None
        self._clients: dict[tuple[str, str], Any] = {}
        self._is_right = not account

    @property
    def home(self) -> str:
        """Return the region that answers for the whole account, even while others are switched off."""
        if self.region.startswith("cn-"):
            return "cn-north-1"
        return "us-gov-west-1" if self.region.startswith("us-gov-") else "us-east-1"

    async def ask(
        self, service: str, operation: str, target: str = "", *, region: str = "", **parameters: Any
    ) -> dict[str, Any]:
        """Return the answer of one operation, such as ``eks``, ``describe_cluster``, ``name="bio"``.

        A question is asked again while AWS says that there are too many at once; a change is not, for the
        step that wants it looks first.
        """
        await self._check_account()

        async def once() -> dict[str, Any]:
            return await self._ask(service, operation, target, region, parameters)

        return await (asked(once, self._clock) if operation.startswith(QUESTIONS) else once())

    async def listed(
        self, service: str, operation: str, items: str, *, region: str = "", **parameters: Any
    ) -> list[Any]:
        """Return the items of all pages of a list."""
        await self._check_account()

        def work(client: Any) -> list[Any]:
            if not client.can_paginate(operation):
                return list(getattr(client, operation)(**parameters).get(items) or ())
            pages = client.get_paginator(operation).paginate(**parameters)
            return [one for page in pages for one in page.get(items) or ()]

        async def once() -> list[Any]:
            return await self._with_client(service, region, work, f"asking AWS ({_words(operation)})")

        return await asked(once, self._clock)

    async def who(self) -> tuple[str, str, str]:
        """Return the name (ARN) of who is signed in, the account, and where the credentials come from."""
        reply = await asked(lambda: self._ask("sts", "get_caller_identity", "", self.home, {}), self._clock)
        return str(reply["Arn"]), str(reply["Account"]), self._open()[1]

    async def token(self, cluster: str, now: datetime) -> tuple[str, datetime]:
        """Return a token for the API of a cluster, and when it ends."""
        signed = await self._told(lambda: self._token(cluster), "signing a token", self.region)
        return signed, now + TOKEN_LASTS

    async def places(self) -> dict[str, str]:
        """Return where on earth each region is, as AWS's own package says it."""

        def work() -> dict[str, str]:
            found = self._open()[0].get_component("data_loader").load_data("partitions")
            return {
                region: str(about.get("description", ""))
                for partition in found["partitions"]
                for region, about in partition["regions"].items()
            }

        return await call(work, "reading the list of regions")

    # ---- below ----

    async def _check_account(self) -> None:
        if self._is_right:
            return
        who, account, _ = await self.who()
        if account != self.account:
            raise NeedsYou(
                "You are signed in to another AWS account",
                f"This project is in the account {self.account}; {who} belongs to {account}.",
                still_works="Nothing was asked or changed in the other account.",
                next_step="Sign in with credentials of this project's account, or choose another profile.",
            )
        self._is_right = True

    async def _ask(
        self, service: str, operation: str, target: str, region: str, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        def work(client: Any) -> dict[str, Any]:
            answer: dict[str, Any] = getattr(client, operation)(**parameters)
            return answer

        return await self._with_client(service, region, work, f"asking AWS ({_words(operation)})", target)

    async def _with_client(
        self, service: str, region: str, work: Callable[[Any], Answer], what: str, target: str = ""
    ) -> Answer:
        where = region or self.region or self.home
        return await self._told(lambda: work(self._client(service, where)), what, where, target)

    async def _told(self, work: Callable[[], Answer], what: str, region: str, target: str = "") -> Answer:
        return await call(work, what, meant=lambda error: as_trouble(error, self.account, region, target))

    def _client(self, service: str, region: str) -> Any:
        endpoint.check()
        session = self._open()[0]
        with self._lock:
            if (service, region) not in self._clients:
                from botocore.config import Config

                once = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=20)
                self._clients[service, region] = session.create_client(
                    service, region_name=region, config=once
                )
            return self._clients[service, region]

    def _open(self) -> tuple[Any, str]:
        with self._lock:
            if self._opened is None:
                self._opened = sign_in.session(self._chosen)
            return self._opened

    def _token(self, cluster: str) -> str:
        """Return a signed question to AWS for who one is, which the cluster asks to learn it.

        AWS's own ``aws eks get-token`` makes it in the same way.
        """
        from botocore.model import ServiceId
        from botocore.signers import RequestSigner

        session = self._open()[0]
        signer = RequestSigner(
            ServiceId("STS"),
            self.region,
            "sts",
            "v4",
            session.get_credentials(),
            session.get_component("event_emitter"),
        )
        suffix = ".cn" if self.region.startswith("cn-") else ""
        url = signer.generate_presigned_url(
            {
                "method": "GET",
                "url": f"https://sts.{self.region}.amazonaws.com{suffix}/"
                "?Action=GetCallerIdentity&Version=2011-06-15",
                "body": {},
                "headers": {"x-k8s-aws-id": cluster},
                "context": {},
            },
            operation_name="",
            expires_in=60,
            region_name=self.region,
        )
        return f"k8s-aws-v1.{base64.urlsafe_b64encode(url.encode()).decode().rstrip('=')}"


def _words(operation: str) -> str:
    return operation.replace("_", " ")
