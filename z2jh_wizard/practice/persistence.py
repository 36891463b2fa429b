"""The practice cluster on disk: a snapshot of everything and each change since, so that a kill loses nothing.

``state.json`` is written atomically. ``changes.jsonl`` gets a line for each write to the store before anybody
hears of it, and is folded into the next snapshot when it has grown. ``world.json`` follows within a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec

from z2jh_wizard.core.errors import WizardError
from z2jh_wizard.practice.custom_resources import resources_of
from z2jh_wizard.practice.history import Change
from z2jh_wizard.practice.objects import Object, split_api_version
from z2jh_wizard.practice.resources import CUSTOM_RESOURCE_DEFINITIONS, Resource
from z2jh_wizard.practice.store import Store
from z2jh_wizard.system.files import PRIVATE_FILE, write_atomic

FORMAT = 1
REVISION_GAP = 1_000
"""Revisions left out after a restart: no watch carries on across it, each lists again."""

SMALLEST_FOLD = 4 * 1024 * 1024
"""Bytes of changes below which no new snapshot is written."""

SAVE_DELAY = 1.0
"""Seconds between a change and the saving of the world's own state."""

log = logging.getLogger(__name__)


@dataclass
class Loaded:
    """What was on disk besides the objects; ``complaint`` is one sentence if something could not be read."""

    found: bool = False
    world: Any = None
    complaint: str = ""


class Persistence:
    """Keeps a store, and the state of the world around it, in a private folder."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.dirty = asyncio.Event()
        self._store = store
        self._snapshot = folder / "state.json"
        self._changes = folder / "changes.jsonl"
        self._older_changes = folder / "changes.older.jsonl"
        self._world = folder / "world.json"
        self._descriptor = -1
        self._changes_size = 0
        self._snapshot_size = 0
        self._saved_world = b""
        self._capture: Callable[[], Any] = lambda: None

    def load(self) -> Loaded:
        """Fill the store from disk; what is damaged is moved aside, and the cluster starts empty then."""
        loaded = Loaded(found=self._snapshot.exists() or self._changes.exists())
        try:
            self._load_objects()
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._clear()
            kept = self._set_aside(self._snapshot, self._older_changes, self._changes, self._world)
            return Loaded(
                complaint=f"The practice cluster's state could not be read ({_kind(error)}); {kept}"
            )
        try:
            loaded.world = msgspec.json.decode(self._world.read_bytes())
        except FileNotFoundError:
            pass
        except (OSError, msgspec.DecodeError) as error:
            kept = self._set_aside(self._world)
            loaded.complaint = f"The practice cluster's settings could not be read ({_kind(error)}); {kept}"
        if loaded.found:
            self._store.skip_to(self._store.revision + REVISION_GAP)
        return loaded

    def start(self, capture: Callable[[], Any]) -> None:
        """Write a fresh snapshot and follow the store; ``capture`` gives the state of the world around it."""
        self._capture = capture
        self._write_snapshot(self._encode_snapshot())
        self._open_changes()
        self._store.listeners.insert(0, self._append)
        self._save_world()

    async def run(self) -> None:
        """Save what changed, at most once a second, until cancelled; sleeps while nothing changes."""
        while True:
            await self.dirty.wait()
            await asyncio.sleep(SAVE_DELAY)
            self.dirty.clear()
            try:
                await asyncio.to_thread(self._write_world, msgspec.json.encode(self._capture()))
                if self._changes_size > max(SMALLEST_FOLD, self._snapshot_size):
                    await self._fold()
            except WizardError as error:
                log.warning("%s", error)

    def stop(self) -> None:
        """Save everything and let go of the files."""
        with contextlib.suppress(ValueError):
            self._store.listeners.remove(self._append)
        try:
            self._save_world()
            self._write_snapshot(self._encode_snapshot())
        except WizardError as error:
            log.warning("%s", error)
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    # Objects

    def _append(self, change: Change) -> None:
        obj = change.object
        if change.type == "DELETED":
            meta = obj["metadata"]
            gone = {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "name": meta["name"]}
            gone["namespace"] = meta.get("namespace", "")
            tail = b',"gone":' + msgspec.json.encode(gone) + b"}\n"
        else:
            tail = b',"object":' + self._store.encoded(obj) + b"}\n"
        line = b'{"revision":%d' % change.revision + tail
        try:
            self._changes_size += os.write(self._descriptor, line)
        except OSError as error:
            log.warning("A change could not be saved: %s.", error.strerror)
            self._changes_size += SMALLEST_FOLD  # The next snapshot holds it.
        self.dirty.set()

    async def _fold(self) -> None:
        """Write a snapshot beside the event loop; what changes meanwhile goes to a new file of changes."""
        snapshot = self._encode_snapshot()
        os.close(self._descriptor)
        self._older_changes.unlink(missing_ok=True)
        self._changes.replace(self._older_changes)
        self._open_changes()
        await asyncio.to_thread(self._write_snapshot_alone, snapshot)
        self._older_changes.unlink(missing_ok=True)

    def _open_changes(self) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self._descriptor = os.open(self._changes, flags, PRIVATE_FILE)
        self._changes_size = 0

    def _encode_snapshot(self) -> bytes:
        placed = sorted(self._store.all(), key=lambda each: each[0] != CUSTOM_RESOURCE_DEFINITIONS)
        objects = b",".join(self._store.encoded(obj) for _, obj in placed)
        head = b'{"format":%d,"revision":%d,"objects":[' % (FORMAT, self._store.revision)
        return head + objects + b"]}"

    def _write_snapshot(self, data: bytes) -> None:
        self._write_snapshot_alone(data)
        for changes in (self._older_changes, self._changes):
            changes.unlink(missing_ok=True)

    def _write_snapshot_alone(self, data: bytes) -> None:
        write_atomic(self._snapshot, data)
        self._snapshot_size = len(data)

    def _load_objects(self) -> None:
        revision = 0
        if self._snapshot.exists():
            snapshot = msgspec.json.decode(self._snapshot.read_bytes())
            if snapshot["format"] != FORMAT:
                raise ValueError(f"format {snapshot['format']}")
            revision = int(snapshot["revision"])
            for obj in snapshot["objects"]:
                self._restore(obj)
        for path in (self._older_changes, self._changes):
            for change in _read_changes(path):
                if change["revision"] > revision:
                    revision = change["revision"]
                    self._replay(change)
        self._store.skip_to(revision)

    def _replay(self, change: Object) -> None:
        if "object" in change:
            self._restore(change["object"])
            return
        gone = change["gone"]
        resource = self._resource(gone)
        if resource:
            self._store.forget(resource, gone["namespace"], gone["name"])

    def _restore(self, obj: Object) -> None:
        resource = self._resource(obj)
        if resource is None:
            log.warning("An object of the unknown kind %s was left out.", obj["kind"])
            return
        self._store.restore(resource, obj)
        if resource == CUSTOM_RESOURCE_DEFINITIONS:
            for served in resources_of(obj):
                self._store.catalogue.add(served)

    def _resource(self, obj: Object) -> Resource | None:
        return self._store.catalogue.by_kind(split_api_version(obj["apiVersion"])[0], obj["kind"])

    def _clear(self) -> None:
        for resource, obj in self._store.all():
            self._store.forget(resource, obj["metadata"].get("namespace", ""), obj["metadata"]["name"])

    # The world

    def _save_world(self) -> None:
        self._write_world(msgspec.json.encode(self._capture()))

    def _write_world(self, data: bytes) -> None:
        if data != self._saved_world:
            write_atomic(self._world, data)
            self._saved_world = data

    @staticmethod
    def _set_aside(*paths: Path) -> str:
        """Rename damaged files, and say in half a sentence where they are."""
        moment = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        kept = []
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                kept.append(path.replace(path.with_name(f"{path.name}.damaged-{moment}")))
        return f"it is kept as {_names(kept)}, and the cluster starts anew."


def _read_changes(path: Path) -> Iterator[Object]:
    """Yield the changes of a file up to the first that a kill or a full disk tore."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            change = msgspec.json.decode(line)
        except msgspec.DecodeError:
            return
        yield change


def _names(paths: Iterable[Path]) -> str:
    return ", ".join(path.name for path in paths)


def _kind(error: Exception) -> str:
    """Name an error without its text, which may quote what is in the file."""
    return type(error).__name__
