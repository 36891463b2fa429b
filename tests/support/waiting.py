"""Wait for a condition with a deadline, so that no test needs a fixed sleep."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast, overload

Seen = TypeVar("Seen")

POLL_EVERY = 0.01
"""Seconds between two looks."""


def wait_until(condition: Callable[[], Seen], limit: float = 15.0, what: str = "") -> Seen:
    """Return the first truthy answer of ``condition``; AssertionError after ``limit`` seconds."""
    deadline = time.monotonic() + limit
    while True:
        if seen := condition():
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(_too_late(condition, limit, what, seen))
        time.sleep(POLL_EVERY)


@overload
async def wait_until_async(
    condition: Callable[[], Awaitable[Seen]], limit: float = ..., what: str = ...
) -> Seen: ...


@overload
async def wait_until_async(condition: Callable[[], Seen], limit: float = ..., what: str = ...) -> Seen: ...


async def wait_until_async(
    condition: Callable[[], Awaitable[Seen] | Seen], limit: float = 15.0, what: str = ""
) -> Seen:
    """Return the first truthy answer of a plain or an async ``condition`` without blocking the event loop."""
    deadline = time.monotonic() + limit
    while True:
        answer = condition()
        seen = cast("Seen", await answer if inspect.isawaitable(answer) else answer)
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(_too_late(condition, limit, what, seen))
        await asyncio.sleep(POLL_EVERY)


def _too_late(condition: Callable[[], object], limit: float, what: str, seen: object) -> str:
    name = what or getattr(condition, "__qualname__", repr(condition))
    return f"not within {limit:g} seconds: {name} (last answer: {seen!r})"
