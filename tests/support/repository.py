"""A chart repository on loopback: packaged charts behind an index.yaml, served by a real HTTP server."""

from __future__ import annotations

import contextlib
import hashlib
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml


class ChartRepository:
    """Serves the charts in a folder; ``asked`` has the paths that were asked for, oldest first."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.asked: list[str] = []
        self._folder = folder
        self._entries: dict[str, list[dict[str, Any]]] = {}
        self._http = ThreadingHTTPServer(
            ("127.0.0.1", 0), partial(_Handler, directory=str(folder), asked=self.asked)
        )
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def add(self, chart: Path, **entry: Any) -> Path:
        """Package a chart's folder into the index and return the package; ``entry`` replaces its facts."""
        meta = yaml.safe_load((chart / "Chart.yaml").read_text())
        packed = self._folder / f"{meta['name']}-{meta['version']}.tgz"
        with tarfile.open(packed, "w:gz") as opened:
            opened.add(chart, meta["name"])
        facts = {
            "name": meta["name"],
            "version": meta["version"],
            "apiVersion": "v2",
            "digest": hashlib.sha256(packed.read_bytes()).hexdigest(),
            "urls": [f"{self.url}/{packed.name}"],
            **entry,
        }
        self._entries.setdefault(meta["name"], []).append(facts)
        index = {"apiVersion": "v1", "entries": self._entries, "generated": "2026-01-01T00:00:00Z"}
        (self._folder / "index.yaml").write_text(yaml.safe_dump(index))
        return packed

    @contextlib.contextmanager
    def running(self) -> Iterator[ChartRepository]:
        """Serve until the block ends."""
        thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()
            thread.join(5)


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, asked: list[str], **more: Any) -> None:
        self._asked = asked
        super().__init__(*args, **more)

    def do_GET(self) -> None:
        self._asked.append(self.path)
        super().do_GET()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""
