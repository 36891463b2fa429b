"""A scripted cluster for watches: lists that tests set, and watch lines that tests feed."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from typing import Any

from tests.kube.samples import Tree, listing
from tests.kube.server import Answer, Asked, ScriptedServer, as_json


class Feed:
    """One collection: ``items`` is what a list gives, ``send`` what the open watch says next."""

    def __init__(self, server: ScriptedServer) -> None:
        self.items: list[Tree] = []
        self.version = 10
        self.lists: list[Asked] = []
        self.watches: list[Asked] = []
        self.instead: list[Answer] = []
        """Answers given to the next requests instead of the usual ones."""
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._server = server
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Answer:
        with self._lock:
            watch = asked.params.get("watch") == "true"
            (self.watches if watch else self.lists).append(asked)
            if self.instead:
                return self.instead.pop(0)
        if watch:
            return Answer(lines=self._until_end())
        return as_json(listing(self.items, self.version))

    def send(self, type_: str, thing: Any) -> None:
        self._lines.put(json.dumps({"type": type_, "object": thing}).encode() + b"\n")

    def raw(self, line: bytes) -> None:
        self._lines.put(line)

    def end_watch(self) -> None:
        self._lines.put(None)

    def _until_end(self) -> Iterator[bytes]:
        while not self._server.released.is_set():
            try:
                line = self._lines.get(timeout=0.05)
            except queue.Empty:
                continue
            if line is None:
                return
            yield line
