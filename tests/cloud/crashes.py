"""Ending a program in the middle of its talk with a cloud: right before or after any one request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from urllib3.connectionpool import HTTPConnectionPool

from tests.emulators.gke.rpc import SignedIn


class Crash(BaseException):
    """The end of the program: nothing may catch it."""


@contextmanager
def crash_at(number: int, *, after: bool) -> Iterator[list[str]]:
    """End the program at its request with this number, from 1; give the list of requests that were sent.

    All SDKs of the clouds send through urllib3, or through gRPC by the emulator's own transport.
    """
    sent: list[str] = []
    by_http, by_rpc = HTTPConnectionPool.urlopen, SignedIn.intercept_unary_unary

    def crashing(what: str, send: Callable[[], Any]) -> Any:
        here = len(sent) + 1 == number
        sent.append(what)
        if here and not after:
            raise Crash
        answer = send()
        if here:
            raise Crash
        return answer

    def urlopen(pool: HTTPConnectionPool, method: str, url: str, *args: Any, **more: Any) -> Any:
        what = f"{method} {url.partition('?')[0]}"
        return crashing(what, lambda: by_http(pool, method, url, *args, **more))

    def intercept(one: SignedIn, go_on: Any, details: Any, request: Any) -> Any:
        return crashing(f"POST {details.method}", lambda: by_rpc(one, go_on, details, request))

    with (
        mock.patch.object(HTTPConnectionPool, "urlopen", urlopen),
        mock.patch.object(SignedIn, "intercept_unary_unary", intercept),
    ):
        yield sent
