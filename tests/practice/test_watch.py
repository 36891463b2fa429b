"""Watches: what they send first, what follows, and how they end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.practice.conftest import Api, Running
from tests.support.waiting import wait_until_async
from z2jh_wizard.practice import watch
from z2jh_wizard.practice.resources import CONFIG_MAPS as RESOURCE

CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"
LIMIT = 10.0
MERGE = "application/merge-patch+json"


def config_map(name: str, **labels: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "labels": labels}}


class Events:
    """The lines of one watch."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> dict[str, Any]:
        line = await asyncio.wait_for(self.response.content.readline(), LIMIT)
        event: dict[str, Any] = json.loads(line)
        return event

    async def next_name(self) -> tuple[str, str]:
        event = await self.next()
        return event["type"], event["object"]["metadata"].get("name", "")

    async def rest(self) -> list[dict[str, Any]]:
        raw = await asyncio.wait_for(self.response.content.read(), LIMIT)
        return [json.loads(line) for line in raw.splitlines()]


@asynccontextmanager
async def watching(
    api: Api, path: str = CONFIG_MAPS, accept: str = "application/json", **query: Any
) -> AsyncIterator[Events]:
    parameters = {"watch": "true"} | {key: str(value) for key, value in query.items()}
    async with api.session.get(path, params=parameters, headers={"Accept": accept}) as response:
        assert response.status == 200, await response.text()
        yield Events(response)


@pytest.mark.parametrize("flag", ["true", "1", "True", "T", "t", "TRUE"])
async def test_every_spelling_of_watch_watches(api: Api, flag: str):
    async with watching(api, watch=flag) as events:
        await api.make(CONFIG_MAPS, config_map("a"))
        assert await events.next_name() == ("ADDED", "a")


async def test_a_watch_from_nothing_begins_with_all_there_is(api: Api):
    await api.make(CONFIG_MAPS, config_map("a"))
    async with watching(api) as events:
        assert await events.next_name() == ("ADDED", "a")
        await api("PATCH", f"{CONFIG_MAPS}/a", {"data": {"k": "v"}}, kind=MERGE)
        assert await events.next_name() == ("MODIFIED", "a")
        await api("DELETE", f"{CONFIG_MAPS}/a")
        event = await events.next()
        assert (event["type"], event["object"]["data"]) == ("DELETED", {"k": "v"})


async def test_a_watch_from_a_list_misses_nothing(api: Api):
    await api.make(CONFIG_MAPS, config_map("a"))
    revision = (await api("GET", CONFIG_MAPS)).body["metadata"]["resourceVersion"]
    await api.make(CONFIG_MAPS, config_map("b"))
    await api("DELETE", f"{CONFIG_MAPS}/a")
    await api.make("/api/v1/namespaces/kube-system/configmaps", config_map("elsewhere"))
    async with watching(api, resourceVersion=revision) as events:
        assert await events.next_name() == ("ADDED", "b")
        assert await events.next_name() == ("DELETED", "a")
        await api.make(CONFIG_MAPS, config_map("c"))
        assert await events.next_name() == ("ADDED", "c")


async def test_a_watch_from_too_long_ago_is_told_so(api: Api, running: Running):
    running.store.skip_to(running.store.revision + 100)
    async with watching(api, resourceVersion=running.store.revision - 1) as events:
        event = await events.next()
        assert (event["type"], event["object"]["code"], event["object"]["reason"]) == (
            "ERROR",
            410,
            "Expired",
        )
        assert await events.rest() == []


async def test_watch_list_ends_its_beginning_with_a_bookmark(api: Api):
    await api.make(CONFIG_MAPS, config_map("a"))
    async with watching(
        api, sendInitialEvents="true", resourceVersionMatch="NotOlderThan", allowWatchBookmarks="true"
    ) as events:
        assert await events.next_name() == ("ADDED", "a")
        event = await events.next()
        assert event["type"] == "BOOKMARK"
        assert event["object"]["kind"] == "ConfigMap"
        assert event["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
        await api.make(CONFIG_MAPS, config_map("b"))
        event = await events.next()
        assert int(event["object"]["metadata"]["resourceVersion"]) > 0


async def test_watch_list_needs_its_match(api: Api):
    reply = await api("GET", CONFIG_MAPS, watch="true", sendInitialEvents="true")
    assert (reply.code, "NotOlderThan" in reply.message) == (422, True)


async def test_without_initial_events_only_news_come(api: Api):
    await api.make(CONFIG_MAPS, config_map("a"))
    async with watching(api, sendInitialEvents="false", resourceVersionMatch="NotOlderThan") as events:
        await api.make(CONFIG_MAPS, config_map("b"))
        assert await events.next_name() == ("ADDED", "b")


async def test_objects_enter_and_leave_a_selection(api: Api):
    async with watching(api, labelSelector="colour=red") as events:
        await api.make(CONFIG_MAPS, config_map("a", colour="blue"))
        await api("PATCH", f"{CONFIG_MAPS}/a", {"metadata": {"labels": {"colour": "red"}}}, kind=MERGE)
        assert await events.next_name() == ("ADDED", "a")
        changed = await api(
            "PATCH", f"{CONFIG_MAPS}/a", {"metadata": {"labels": {"colour": "blue"}}}, kind=MERGE
        )
        event = await events.next()
        assert event["type"] == "DELETED"
        assert event["object"]["metadata"]["labels"] == {"colour": "red"}
        assert event["object"]["metadata"]["resourceVersion"] == changed.body["metadata"]["resourceVersion"]
        await api("DELETE", f"{CONFIG_MAPS}/a")
        await api.make(CONFIG_MAPS, config_map("b", colour="red"))
        assert await events.next_name() == ("ADDED", "b")


async def test_one_object_is_watched_by_its_name(api: Api):
    await api.make(CONFIG_MAPS, config_map("a"))
    await api.make(CONFIG_MAPS, config_map("b"))
    async with watching(api, fieldSelector="metadata.name=b") as events:
        assert await events.next_name() == ("ADDED", "b")
    async with watching(api, f"{CONFIG_MAPS}/b") as events:
        assert await events.next_name() == ("ADDED", "b")


async def test_tables_describe_their_columns_once(api: Api):
    await api.make(CONFIG_MAPS, config_map("a"))
    await api.make(CONFIG_MAPS, config_map("b"))
    async with watching(api, accept="application/json;as=Table;v=v1;g=meta.k8s.io") as events:
        first, second = await events.next(), await events.next()
    assert first["object"]["kind"] == "Table"
    assert first["object"]["columnDefinitions"]
    assert second["object"]["columnDefinitions"] is None
    assert second["object"]["rows"][0]["cells"][0] == "b"


async def test_metadata_alone(api: Api):
    await api.make(CONFIG_MAPS, config_map("a"))
    async with watching(
        api,
        accept="application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
        sendInitialEvents="true",
        resourceVersionMatch="NotOlderThan",
        allowWatchBookmarks="true",
    ) as events:
        first, second = await events.next(), await events.next()
    assert set(first["object"]) == {"kind", "apiVersion", "metadata"}
    assert (second["type"], second["object"]["kind"]) == ("BOOKMARK", "PartialObjectMetadata")


async def test_a_watch_ends_after_its_time(api: Api):
    async with watching(api, timeoutSeconds=1) as events:
        assert await events.rest() == []


async def test_quiet_watches_get_bookmarks(api: Api, running: Running, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watch, "BOOKMARK_EVERY", 0.05)
    async with watching(api, allowWatchBookmarks="true", timeoutSeconds=5) as events:
        event = await events.next()
    assert event["type"] == "BOOKMARK"
    assert event["object"]["metadata"]["resourceVersion"] == str(running.store.revision)


async def test_a_client_that_leaves_is_forgotten(api: Api, running: Running):
    before = len(running.store.listeners)
    async with watching(api):
        await wait_until_async(lambda: len(running.store.listeners) == before + 1)
    await wait_until_async(lambda: len(running.store.listeners) == before)


async def test_a_client_that_cannot_keep_up_is_cut_off(
    api: Api, running: Running, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(watch, "LONGEST_QUEUE", 10)
    async with watching(api) as events:
        for number in range(30):
            running.store.create(RESOURCE, config_map(f"a{number}"), "default")
        assert await events.rest() == []


def setting(number: int) -> Callable[[dict[str, Any]], None]:
    return lambda obj: obj.update(data={"n": str(number)})


async def test_many_changes_arrive_in_order(api: Api, running: Running):
    async with watching(api, resourceVersion=running.store.revision) as events:
        made = running.store.create(RESOURCE, config_map("a"), "default")
        for number in range(2_000):
            running.store.change(RESOURCE, made, setting(number))
        seen = [await events.next() for _ in range(2_001)]
    revisions = [int(each["object"]["metadata"]["resourceVersion"]) for each in seen]
    assert revisions == list(range(revisions[0], revisions[0] + 2_001))


async def test_new_events_show_core_events(api: Api, running: Running):
    made = running.store.create(RESOURCE, config_map("a"), "default")
    path = "/apis/events.k8s.io/v1/namespaces/default/events"
    async with watching(api, path) as events:
        running.store.record_event(made, "Seen", "it was seen", component="tester")
        event = (await events.next())["object"]
    assert (event["apiVersion"], event["kind"], event["note"]) == ("events.k8s.io/v1", "Event", "it was seen")
    assert (event["regarding"]["name"], event["deprecatedCount"]) == ("a", 1)
    assert event["deprecatedSource"] == {"component": "tester"}
    sent = {"metadata": {"name": "b"}, "note": "hello", "regarding": {"kind": "ConfigMap", "name": "a"}}
    shown = await api.make(
        path, sent | {"eventTime": "2026-09-01T08:00:00.000000Z", "reason": "X", "action": "y"}
    )
    assert (shown["note"], shown["apiVersion"]) == ("hello", "events.k8s.io/v1")
    core = await api("GET", "/api/v1/namespaces/default/events/b")
    assert (core.body["message"], core.body["involvedObject"]["name"]) == ("hello", "a")
