"""What is on disk after a stop, a kill, and damage."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import wait_until_async
from z2jh_wizard.practice import persistence
from z2jh_wizard.practice.custom_resources import CustomResources
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.persistence import Loaded, Persistence
from z2jh_wizard.practice.resources import (
    CONFIG_MAPS,
    CUSTOM_RESOURCE_DEFINITIONS,
    NAMESPACES,
    SECRETS,
)
from z2jh_wizard.practice.store import Store


def opened(folder: Path, world: Any = None) -> tuple[Store, Persistence, Loaded]:
    """Load a folder and follow its store, as a server does."""
    store = Store()
    kept = Persistence(folder, store)
    loaded = kept.load()
    kept.start(lambda: world)
    return store, kept, loaded


def fill(store: Store) -> list[Object]:
    store.create(NAMESPACES, {"metadata": {"name": "hub"}})
    objects = [
        store.create(CONFIG_MAPS, {"metadata": {"name": f"c{n}"}, "data": {"k": "é\n"}}, "hub")
        for n in range(3)
    ]
    store.change(CONFIG_MAPS, objects[0], lambda obj: obj["data"].update(k="changed"))
    store.delete(CONFIG_MAPS, objects[1])
    return store.list(CONFIG_MAPS)


def test_an_empty_folder_is_a_new_cluster(tmp_path: Path):
    _, kept, loaded = opened(tmp_path)
    kept.stop()
    assert loaded == Loaded()


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_the_same_objects_come_back(tmp_path: Path, how: str):
    store, kept, _ = opened(tmp_path, {"speed": 2})
    before = fill(store)
    revision = store.revision
    if how == "stopped":
        kept.stop()
    again, kept_again, loaded = opened(tmp_path)
    assert again.list(CONFIG_MAPS) == before
    assert again.revision > revision
    assert (loaded.found, loaded.world, loaded.complaint) == (True, {"speed": 2}, "")
    changed = again.change(CONFIG_MAPS, before[0], lambda obj: obj["data"].update(k="again"))
    assert int(changed["metadata"]["resourceVersion"]) > revision
    kept_again.stop()


def test_a_write_is_on_disk_before_anybody_hears_of_it(tmp_path: Path):
    store, _, _ = opened(tmp_path)
    sizes: list[int] = []
    store.listeners.append(lambda change: sizes.append((tmp_path / "changes.jsonl").stat().st_size))
    fill(store)
    assert sizes == sorted(set(sizes))
    assert sizes[0] > 0


def test_files_are_private(tmp_path: Path):
    store, kept, _ = opened(tmp_path)
    fill(store)
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    assert set(modes) == {"state.json", "changes.jsonl", "world.json"}
    assert set(modes.values()) == {0o600}
    kept.stop()
    assert not (tmp_path / "changes.jsonl").exists()


def test_a_torn_last_line_is_left_out(tmp_path: Path):
    store, _, _ = opened(tmp_path)
    before = fill(store)
    with (tmp_path / "changes.jsonl").open("ab") as stream:
        stream.write(b'{"revision":99999,"object":{"apiVersion":"v1","ki')
    again, kept, loaded = opened(tmp_path)
    assert again.list(CONFIG_MAPS) == before
    assert loaded.complaint == ""
    kept.stop()


@pytest.mark.parametrize(
    "content", [b"{", b"\x00\xff", b"[]", b'{"format":1,"revision":1,"objects":[{}]}', b'{"format":99}', b""]
)
def test_a_damaged_state_is_moved_aside(tmp_path: Path, content: bytes):
    store, kept, _ = opened(tmp_path)
    fill(store)
    kept.stop()
    (tmp_path / "state.json").write_bytes(content)
    again, kept_again, loaded = opened(tmp_path)
    assert again.list(CONFIG_MAPS) == []
    assert loaded.complaint.startswith("The practice cluster's state could not be read")
    assert "\n" not in loaded.complaint
    aside = [each for each in tmp_path.iterdir() if each.name.startswith("state.json.damaged-")]
    assert [each.read_bytes() for each in aside] == [content]
    assert aside[0].name in loaded.complaint
    fill(again)
    kept_again.stop()
    assert len(opened(tmp_path)[0].list(CONFIG_MAPS)) == 2


def test_a_damaged_world_costs_only_its_settings(tmp_path: Path):
    store, kept, _ = opened(tmp_path, {"speed": 2})
    before = fill(store)
    kept.stop()
    (tmp_path / "world.json").write_bytes(b"{")
    again, _, loaded = opened(tmp_path)
    assert again.list(CONFIG_MAPS) == before
    assert loaded.world is None
    assert loaded.complaint.startswith("The practice cluster's settings could not be read")


def test_custom_kinds_come_back_with_their_objects(tmp_path: Path):
    store, kept, _ = opened(tmp_path)
    CustomResources(store)
    store.create(NAMESPACES, {"metadata": {"name": "hub"}})
    spec = {
        "group": "example.org",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "kind": "Widget"},
        "versions": [{"name": "v1", "served": True, "storage": True}],
    }
    store.create(CUSTOM_RESOURCE_DEFINITIONS, {"metadata": {"name": "widgets.example.org"}, "spec": spec})
    widgets = store.catalogue.find("example.org", "widgets")
    assert widgets
    made = store.create(widgets, {"metadata": {"name": "w"}, "size": 3}, "hub")
    kept.stop()
    again, _, _ = opened(tmp_path)
    found = again.catalogue.find("example.org", "widgets")
    assert found == widgets
    assert again.list(widgets) == [made]


def test_an_object_of_an_unknown_kind_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    store, kept, _ = opened(tmp_path)
    fill(store)
    kept.stop()
    state = tmp_path / "state.json"
    state.write_bytes(state.read_bytes().replace(b'"kind":"Namespace"', b'"kind":"Galaxy"'))
    again, _, loaded = opened(tmp_path)
    assert (again.count(NAMESPACES), again.count(CONFIG_MAPS), loaded.complaint) == (0, 2, "")
    assert "unknown kind Galaxy" in caplog.text


async def test_changes_are_folded_into_the_next_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(persistence, "SMALLEST_FOLD", 10_000)
    monkeypatch.setattr(persistence, "SAVE_DELAY", 0.0)
    world = {"round": 0}
    store, kept, _ = opened(tmp_path, world)
    task = asyncio.create_task(kept.run())
    fill(store)
    for number in range(20):
        store.create(SECRETS, {"metadata": {"name": f"s{number}"}, "data": {"k": "x" * 1_000}}, "hub")
    world["round"] = 1
    await wait_until_async(lambda: (tmp_path / "state.json").stat().st_size > 20_000)
    await wait_until_async(lambda: not (tmp_path / "changes.older.jsonl").exists())
    store.create(SECRETS, {"metadata": {"name": "after"}}, "hub")
    await wait_until_async(lambda: b'"round":1' in (tmp_path / "world.json").read_bytes())
    task.cancel()
    again, _, loaded = opened(tmp_path)
    assert again.count(SECRETS) == 21
    assert loaded.world == {"round": 1}


def test_a_kill_while_folding_loses_nothing(tmp_path: Path):
    store, _, _ = opened(tmp_path)
    before = fill(store)
    (tmp_path / "changes.jsonl").rename(tmp_path / "changes.older.jsonl")
    again, _, _ = opened(tmp_path)
    assert again.list(CONFIG_MAPS) == before


def test_a_full_disk_costs_no_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    store, kept, _ = opened(tmp_path)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        before = fill(store)
    assert "No space left on device" in caplog.text
    kept.stop()
    assert opened(tmp_path)[0].list(CONFIG_MAPS) == before
