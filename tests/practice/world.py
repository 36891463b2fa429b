"""A world that does nothing by itself, so that tests of the API server are about the server alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal

from z2jh_wizard.practice.commands import ExecResult
from z2jh_wizard.practice.logs import LogLine
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import NAMESPACES
from z2jh_wizard.practice.status import ApiError
from z2jh_wizard.practice.store import Store

START = datetime(2026, 9, 1, 8, tzinfo=timezone.utc)


class QuietWorld:
    """Answers what the server asks, from what a test put into it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.folder = folder
        self.logs: dict[str, list[LogLine]] = {}
        self.previous_logs: dict[str, list[LogLine]] = {}
        self.ran: list[tuple[str, str, list[str], bytes]] = []
        self.result = ExecResult(b"out\n", b"err\n", 0)
        self.fault: ApiError | Literal["drop"] | None = None
        self.memory: Any = {"students": 0}
        for name in ("default", "kube-system"):
            if not store.get(NAMESPACES, "", name):
                store.create(NAMESPACES, {"metadata": {"name": name}, "spec": {"finalizers": ["kubernetes"]}})

    async def run(self) -> None:
        await asyncio.Event().wait()

    def to_json(self) -> Any:
        return self.memory

    def restore(self, body: Any) -> None:
        self.memory = body

    def pod_log(self, pod: Object, container: str, previous: bool) -> list[LogLine]:
        return list((self.previous_logs if previous else self.logs).get(container, ()))

    def run_in_pod(self, pod: Object, container: str, argv: Sequence[str], stdin: bytes) -> ExecResult:
        self.ran.append((pod["metadata"]["name"], container, list(argv), stdin))
        return self.result

    def control(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        if action == "students":
            self.memory = {"students": int(body["count"])}
            return {"count": self.memory["students"]}
        raise ValueError(f"there is no action {action}")

    def request_fault(self, method: str, path: str) -> ApiError | Literal["drop"] | None:
        return self.fault
