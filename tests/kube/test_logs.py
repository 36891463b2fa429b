"""Logs as plain lines, once and followed."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Iterator

import pytest

from tests.kube.server import Answer, Asked, ScriptedServer, failure
from tests.support.waiting import wait_until_async
from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.kube import errors, logs
from z2jh_wizard.kube.logs import LogSource, follow, tail
from z2jh_wizard.kube.transport import KubeTransport

HUB = LogSource("jhub", "hub-1")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "BATCH_PAUSE", 0.005)
    monkeypatch.setattr(logs, "REOPEN_PAUSE", 0.005)


def stamped(*lines: tuple[str, str]) -> bytes:
    return b"".join(f"2026-03-02T08:00:{moment}Z {text}\n".encode() for moment, text in lines)


async def gathered(transport: KubeTransport, source: LogSource = HUB) -> list[str]:
    return [line async for batch in follow(transport, source) for line in batch]


async def test_the_last_lines_are_plain_text(server: ScriptedServer, transport: KubeTransport) -> None:
    server.script = lambda asked: Answer(b"one\n\x1b[31mtwo\x1b[0m \xff\nthree\n")
    source = LogSource("jhub", "hub-1", "hub", previous=True)
    assert await tail(transport, source, 2) == ["two \ufffd", "three"]
    asked = server.asked[0]
    assert asked.path == "/api/v1/namespaces/jhub/pods/hub-1/log"
    assert asked.params == {
        "container": "hub", "previous": "true", "tailLines": "2", "limitBytes": str(logs.LARGEST_TAIL),
    }  # fmt: skip


async def test_a_tail_is_never_longer_than_the_cap(server: ScriptedServer, transport: KubeTransport) -> None:
    server.script = lambda asked: Answer(b"x\n" * 10)
    await tail(transport, HUB, 10**9)
    assert server.asked[0].params["tailLines"] == str(logs.MOST_LINES)


async def test_a_followed_log_ends_with_its_container(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    body = (
        stamped(("01", "starting"), ("02.5", "\x1b[1mready\x1b[0m"), ("02.5", "ready")) + b"no stamp here\n"
    )
    server.script = lambda asked: Answer(lines=[body])
    assert await gathered(transport) == ["starting", "ready", "ready", "no stamp here"]
    assert server.asked[0].params["follow"] == "true"


async def test_a_log_that_breaks_goes_on_where_it_was(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    first = Answer(lines=[stamped(("01", "a"), ("02.1", "b"), ("02.2", "c"), ("02.2", "c"))], end="reset")
    again = Answer(lines=[stamped(("02.1", "b"), ("02.2", "c"), ("02.2", "c"), ("02.2", "c"), ("03", "d"))])
    answers = iter([first, again])
    server.script = lambda asked: next(answers)
    assert await gathered(transport) == ["a", "b", "c", "c", "c", "d"]
    assert server.asked[1].params["sinceTime"] == "2026-03-02T08:00:02Z"
    assert "tailLines" not in server.asked[1].params


async def test_a_silent_log_is_opened_again(
    server: ScriptedServer, transport: KubeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "SILENCE", 0.1)
    answers = iter([Answer(lines=[], end="hang"), Answer(lines=[stamped(("01", "late"))])])
    server.script = lambda asked: next(answers)
    assert await gathered(transport) == ["late"]
    assert "tailLines" in server.asked[1].params


async def test_what_cannot_be_followed_is_told(server: ScriptedServer, transport: KubeTransport) -> None:
    server.script = lambda asked: failure(400, "BadRequest", "container hub is waiting to start")
    with pytest.raises(errors.Rejected, match="waiting to start"):
        await gathered(transport)


async def test_what_came_before_a_failure_is_given_out_first(
    server: ScriptedServer, transport: KubeTransport
) -> None:
    answers = iter([Answer(lines=[stamped(("01", "a"))], end="reset"), failure(404, "NotFound", "gone")])
    server.script = lambda asked: next(answers)
    batches = follow(transport, HUB)
    assert await anext(batches) == ["a"]
    with pytest.raises(errors.NotFound):
        await anext(batches)


async def test_a_flood_keeps_the_newest_lines(
    server: ScriptedServer, transport: KubeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MOST_LINES", 100)
    feed: queue.Queue[bytes] = queue.Queue()

    def lines() -> Iterator[bytes]:
        yield stamped(("00", "first"))
        yield feed.get()

    server.script = lambda asked: Answer(lines=lines())
    batches = follow(transport, HUB)
    assert await anext(batches) == ["first"]
    feed.put(stamped(*((f"{number % 60:02}", str(number)) for number in range(1000))))
    rest = [line async for batch in batches for line in batch]
    assert rest[-1] == "999"


async def test_leaving_ends_the_thread(server: ScriptedServer, transport: KubeTransport) -> None:
    server.script = lambda asked: Answer(lines=[stamped(("01", "a"))], end="hang")
    batches = follow(transport, HUB)
    async for batch in batches:
        assert batch == ["a"]
        break
    thread = next(t for t in threading.enumerate() if t.name == "kube-log")
    assert thread.daemon
    await batches.aclose()
    await wait_until_async(lambda: not thread.is_alive())


async def test_cancelling_ends_the_thread(server: ScriptedServer, transport: KubeTransport) -> None:
    server.script = lambda asked: Answer(lines=[], end="hang")
    task = asyncio.ensure_future(gathered(transport))
    await wait_until_async(lambda: server.asked)
    thread = next(t for t in threading.enumerate() if t.name == "kube-log")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await wait_until_async(lambda: not thread.is_alive())


async def test_a_mistake_of_ours_is_not_silent(
    server: ScriptedServer, transport: KubeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(asked: Asked) -> Answer:
        return Answer(lines=[b"x\n"])

    monkeypatch.setattr(logs, "plain", lambda _text, _limit: 1 / 0)
    server.script = broken
    with pytest.raises(WizardError, match="ZeroDivisionError"):
        await gathered(transport)
