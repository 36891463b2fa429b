"""The live store against a scripted cluster: three outcomes, recovery, bounds and a prompt end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone

import pytest

from tests.kube.feed import Feed
from tests.kube.samples import event, node, pod, waiting
from tests.kube.server import Answer, ScriptedServer, failure
from tests.support.waiting import wait_until_async
from z2jh_wizard.kube import follower, live
from z2jh_wizard.kube.blocking import BlockingTransport
from z2jh_wizard.kube.kinds import EVENTS, LIVE_KINDS, NODES, PODS, RowKind
from z2jh_wizard.kube.kubeconfig import Access
from z2jh_wizard.kube.live import LiveStore, Outcome
from z2jh_wizard.kube.rows import Row


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(follower, "LONGEST_PAUSE", 0.02)
    monkeypatch.setattr(live, "TICK", 0.005)


@pytest.fixture
def feed(server: ScriptedServer) -> Feed:
    feed = Feed(server)
    server.script = feed.answer
    return feed


@asynccontextmanager
async def started(
    transport: BlockingTransport, *kinds: RowKind[Row], namespace: str = "jhub"
) -> AsyncIterator[LiveStore]:
    store = LiveStore(transport, namespace, kinds or (PODS,))
    store.start()
    try:
        yield store
    finally:
        await store.stop()


def threads() -> Iterator[threading.Thread]:
    return (thread for thread in threading.enumerate() if thread.name.startswith("watch-"))


async def test_before_the_first_answer_nothing_is_known(feed: Feed, blocking: BlockingTransport) -> None:
    store = LiveStore(blocking, "jhub", LIVE_KINDS)
    pane = store.pane(PODS)
    assert (pane.outcome, dict(pane.rows), pane.seen) == (Outcome.NO_DATA, {}, None)
    assert pane.age(datetime.now(timezone.utc)) == timedelta(0)
    with pytest.raises(KeyError):
        LiveStore(blocking, "jhub", (PODS,)).pane(NODES)


async def test_a_list_and_then_each_change(feed: Feed, blocking: BlockingTransport) -> None:
    feed.items = [pod("a"), pod("b")]
    async with started(blocking) as store:
        await wait_until_async(lambda: set(store.pane(PODS).rows) == {"jhub/a", "jhub/b"})
        feed.send("ADDED", pod("c", 11))
        feed.send("MODIFIED", pod("a", 12, **waiting("ImagePullBackOff")))
        feed.send("DELETED", pod("b", 13))
        await wait_until_async(lambda: set(store.pane(PODS).rows) == {"jhub/a", "jhub/c"})
        assert store.pane(PODS).rows["jhub/a"].status == "ImagePullBackOff"
        assert store.pane(PODS).outcome == Outcome.DATA
    assert feed.lists[0].path == "/api/v1/namespaces/jhub/pods"
    assert feed.watches[0].params["resourceVersion"] == "10"
    assert int(feed.watches[0].params["timeoutSeconds"]) < follower.SILENCE


async def test_an_empty_cluster_is_data_too(feed: Feed, blocking: BlockingTransport) -> None:
    async with started(blocking) as store:
        await wait_until_async(lambda: store.pane(PODS).outcome == Outcome.DATA)
        assert dict(store.pane(PODS).rows) == {}


async def test_listeners_hear_of_changes_once_for_many(feed: Feed, blocking: BlockingTransport) -> None:
    heard: list[frozenset[str]] = []
    ended: list[frozenset[str]] = []
    async with started(blocking) as store:
        store.listen(heard.append)
        store.listen(ended.append)()
        await wait_until_async(lambda: heard)
        heard.clear()
        feed.raw(b"".join(_added(number) for number in range(500)))
        await wait_until_async(lambda: len(store.pane(PODS).rows) == 500)
        assert set(heard) == {frozenset({"pods"})}
        assert len(heard) < 250
        assert ended == []


def _added(number: int) -> bytes:
    import json

    return json.dumps({"type": "ADDED", "object": pod(f"p{number}", 100 + number)}).encode() + b"\n"


async def test_a_listener_that_breaks_does_not_silence_the_others(
    feed: Feed, blocking: BlockingTransport
) -> None:
    broken: list[object] = []
    heard: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: broken.append(context))
    async with started(blocking) as store:
        store.listen(lambda changed: 1 / 0)  # type: ignore[arg-type]
        store.listen(heard.append)
        await wait_until_async(lambda: heard and broken)


async def test_a_quiet_reopening_tells_nobody(feed: Feed, blocking: BlockingTransport) -> None:
    heard: list[frozenset[str]] = []
    async with started(blocking) as store:
        await wait_until_async(lambda: store.pane(PODS).outcome == Outcome.DATA and feed.watches)
        store.listen(heard.append)
        seen = store.pane(PODS).seen
        feed.send("BOOKMARK", {"metadata": {"resourceVersion": "77"}})
        feed.end_watch()
        await wait_until_async(lambda: len(feed.watches) == 2)
        await wait_until_async(lambda: store.pane(PODS).seen != seen)
        assert feed.watches[1].params["resourceVersion"] == "77"
        assert len(feed.lists) == 1
        assert heard == []


async def test_a_failure_keeps_the_rows_with_their_age_and_heals(
    feed: Feed, blocking: BlockingTransport, server: ScriptedServer
) -> None:
    feed.items = [pod("a")]
    async with started(blocking) as store:
        await wait_until_async(lambda: store.pane(PODS).rows and feed.watches)
        server.script = lambda asked: failure(503, "ServiceUnavailable", "going down")
        feed.end_watch()
        await wait_until_async(lambda: store.pane(PODS).outcome == Outcome.FAILED)
        pane = store.pane(PODS)
        assert set(pane.rows) == {"jhub/a"}
        assert pane.problem
        assert "trouble" in pane.problem.title
        assert pane.seen
        assert pane.failed_since
        assert pane.failed_since >= pane.seen
        assert pane.age(pane.seen + timedelta(minutes=3)) == timedelta(minutes=3)
        await wait_until_async(lambda: len(server.asked) > 6)
        assert store.pane(PODS).failed_since == pane.failed_since
        server.script = feed.answer
        await wait_until_async(lambda: store.pane(PODS).outcome == Outcome.DATA)
        assert store.pane(PODS).failed_since is None
        assert len(feed.lists) == 1, "a short failure resumes the watch, without a new list"


async def test_a_failure_from_the_start_has_no_rows(
    blocking: BlockingTransport, server: ScriptedServer
) -> None:
    server.script = lambda asked: failure(403, "Forbidden", "you cannot list pods")
    async with started(blocking) as store:
        await wait_until_async(lambda: store.pane(PODS).outcome == Outcome.FAILED)
        assert store.pane(PODS).seen is None
        assert "cannot list pods" in store.pane(PODS).problem.happened  # type: ignore[union-attr]


async def test_kinds_fail_by_themselves(server: ScriptedServer, blocking: BlockingTransport) -> None:
    feed = Feed(server)
    server.script = lambda asked: (
        failure(403, "Forbidden") if asked.path == "/api/v1/nodes" else feed.answer(asked)
    )
    feed.items = [pod("a")]
    async with started(blocking, PODS, NODES) as store:
        await wait_until_async(lambda: store.pane(NODES).outcome == Outcome.FAILED)
        await wait_until_async(lambda: store.pane(PODS).outcome == Outcome.DATA)


@pytest.mark.parametrize("how", ["event", "answer"])
async def test_an_expired_watch_lists_again_and_forgets_what_is_gone(
    feed: Feed, blocking: BlockingTransport, how: str
) -> None:
    feed.items = [pod("a"), pod("b")]
    async with started(blocking) as store:
        await wait_until_async(lambda: len(store.pane(PODS).rows) == 2 and feed.watches)
        feed.items, feed.version = [pod("b", 20)], 20
        if how == "event":
            feed.send("ERROR", {"kind": "Status", "code": 410, "status": "Failure", "message": "too old"})
        else:
            feed.instead = [failure(410, "Expired", "too old resource version")]
            feed.end_watch()
        await wait_until_async(lambda: set(store.pane(PODS).rows) == {"jhub/b"})
        assert store.pane(PODS).outcome == Outcome.DATA
        await wait_until_async(lambda: feed.watches[-1].params["resourceVersion"] == "20")


async def test_an_error_inside_a_watch_is_told(feed: Feed, blocking: BlockingTransport) -> None:
    async with started(blocking) as store:
        store.listen(lambda changed: problems.append(store.pane(PODS).problem))
        problems: list[object] = []
        await wait_until_async(lambda: feed.watches)
        feed.send("ERROR", {"kind": "Status", "code": 500, "status": "Failure", "message": "etcd is ill"})
        await wait_until_async(lambda: any("etcd is ill" in str(problem) for problem in problems))
        await wait_until_async(lambda: store.pane(PODS).outcome == Outcome.DATA)


@pytest.mark.parametrize("end", ["reset", "early"])
async def test_a_watch_that_breaks_is_opened_again_where_it_was(
    feed: Feed, blocking: BlockingTransport, end: str
) -> None:
    import json

    line = json.dumps({"type": "ADDED", "object": pod("a", 42)}).encode() + b"\n"
    async with started(blocking) as store:
        await wait_until_async(lambda: feed.watches)
        feed.instead = [Answer(lines=[line], end=end)]  # type: ignore[arg-type]
        feed.end_watch()
        await wait_until_async(lambda: len(feed.watches) >= 3)
        assert feed.watches[-1].params["resourceVersion"] == "42"
        await wait_until_async(lambda: store.pane(PODS).outcome == Outcome.DATA and store.pane(PODS).rows)
        assert len(feed.lists) == 1


async def test_a_server_that_ends_each_watch_at_once_is_not_hammered(
    feed: Feed, blocking: BlockingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "FIRST_PAUSE", 5)
    monkeypatch.setattr(follower, "LONGEST_PAUSE", 60)
    feed.end_watch()
    async with started(blocking) as store:
        await wait_until_async(lambda: store._followers[0]._failures == 1)
        assert len(feed.watches) == 1
        store.retry_now()
        await wait_until_async(lambda: len(feed.watches) == 2)


async def test_nonsense_in_a_watch_is_a_failure_and_heals(feed: Feed, blocking: BlockingTransport) -> None:
    problems: list[object] = []
    async with started(blocking) as store:
        store.listen(lambda changed: problems.append(store.pane(PODS).problem))
        await wait_until_async(lambda: feed.watches)
        feed.raw(b"this is not JSON\n")
        await wait_until_async(lambda: any("makes no sense" in str(problem) for problem in problems))
        await wait_until_async(lambda: store.pane(PODS).outcome == Outcome.DATA)
        assert len(feed.lists) == 2, "going on at the same place would meet the same nonsense"


async def test_a_mistake_of_ours_never_leaves_old_rows_looking_true(
    feed: Feed, blocking: BlockingTransport
) -> None:
    def broken(wire: object) -> Row:
        raise ZeroDivisionError

    kind = RowKind("pods", "v1", broken, PODS.wire_type)
    feed.items = [pod("a")]
    async with started(blocking, kind) as store:
        await wait_until_async(lambda: store.pane(kind).outcome == Outcome.FAILED)
        assert "ZeroDivisionError" in store.pane(kind).problem.happened  # type: ignore[union-attr]


async def test_events_stay_bounded_and_the_newest_win(feed: Feed, blocking: BlockingTransport) -> None:
    start = datetime(2026, 3, 2, 8, tzinfo=timezone.utc)
    stamps = [(start + timedelta(seconds=number)).isoformat() for number in range(1800)]
    feed.items = [event(f"e{n}", "Pulled", "x", lastTimestamp=stamps[n]) for n in range(700)]
    async with started(blocking, EVENTS) as store:
        await wait_until_async(lambda: len(store.pane(EVENTS).rows) == 500)
        assert "jhub/e200" in store.pane(EVENTS).rows
        assert "jhub/e199" not in store.pane(EVENTS).rows
        for n in range(700, 1800):
            feed.send("ADDED", event(f"e{n}", "Pulled", "x", lastTimestamp=stamps[n]))
        await wait_until_async(lambda: "jhub/e1799" in store.pane(EVENTS).rows)
        await wait_until_async(lambda: "jhub/e1300" in store.pane(EVENTS).rows)
        assert len(store.pane(EVENTS).rows) == 500


async def test_stopping_ends_silent_watches_at_once(
    server: ScriptedServer, blocking: BlockingTransport
) -> None:
    feed = Feed(server)
    server.script = feed.answer
    feed.items = [node("n")]
    store = LiveStore(blocking, "jhub", LIVE_KINDS)
    store.start()
    await wait_until_async(lambda: len(feed.watches) == len(LIVE_KINDS))
    running = list(threads())
    assert len(running) == len(LIVE_KINDS)
    assert all(thread.daemon for thread in running)
    await store.stop()
    assert not any(thread.is_alive() for thread in running)
    assert store.pane(NODES).outcome != Outcome.FAILED


async def test_stopping_ends_a_list_that_hangs(black_hole: str) -> None:
    store = LiveStore(BlockingTransport(Access(black_hole)), "jhub", (PODS,))
    store.start()
    await wait_until_async(lambda: store._followers[0]._hang_up and store._followers[0]._hang_up._connection)
    running = list(threads())
    await store.stop()
    assert not any(thread.is_alive() for thread in running)


def test_a_store_whose_loop_is_gone_does_no_harm(feed: Feed, blocking: BlockingTransport) -> None:
    async def begin() -> LiveStore:
        store = LiveStore(blocking, "jhub", (PODS,))
        store.start()
        return store

    store = asyncio.run(begin())
    from tests.support.waiting import wait_until

    wait_until(lambda: feed.watches)
    feed.send("ADDED", pod("a"))
    asyncio.run(store.stop())
    assert not list(threads())
