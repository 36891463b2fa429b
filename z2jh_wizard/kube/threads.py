"""Blocking work in daemon threads, so that neither the event loop nor the end of the program ever waits."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def _nothing() -> None:
    """Abort nothing: the work ends by its own limits."""


async def in_thread(work: Callable[[], Result], abort: Callable[[], None] = _nothing) -> Result:
    """Run ``work`` in a daemon thread and return its result; a cancelled caller calls ``abort`` and leaves.

    ``asyncio.to_thread`` would not do: its threads are joined when the program ends.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]  # None stands here only with an error

    def body() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as raised:  # noqa: BLE001 - whatever it is, it belongs to the caller
            error = raised
        # The loop may be closed by now; then nobody waits for the result either.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=body, name="kube", daemon=True).start()
    try:
        return await future
    except asyncio.CancelledError:
        abort()
        raise
