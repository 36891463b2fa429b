"""Ending a program in the middle of its talk with a cloud: right before or after any one request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from urllib3.connectionpool import HTTPConnectionPool


class Crash(BaseException):
    """The end of the program: nothing may catch it."""


@contextmanager
def crash_at(number: int, *, after: bool) -> Iterator[list[str]]:
    """End the program at its request with this number, from 1; give the list of requests that were sent.

    All SDKs of the clouds send through urllib3.
    """
    sent: list[str] = []
    send = HTTPConnectionPool.urlopen

    def urlopen(pool: HTTPConnectionPool, method: str, url: str, *args: Any, **more: Any) -> Any:
        here = len(sent) + 1 == number
        sent.append(f"{method} {url.partition('?')[0]}")
        if here and not after:
            raise Crash
        answer = send(pool, method, url, *args, **more)
        if here:
            raise Crash
        return answer

    with mock.patch.object(HTTPConnectionPool, "urlopen", urlopen):
        yield sent
