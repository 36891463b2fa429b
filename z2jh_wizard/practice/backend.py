"""What the API server asks of the world behind it: pod logs, commands in pods, faults, and control."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

from z2jh_wizard.practice.commands import ExecResult
from z2jh_wizard.practice.logs import LogLine
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.status import ApiError


class Backend(Protocol):
    """The nodes and controllers, as far as the API server knows of them."""

    def pod_log(self, pod: Object, container: str, previous: bool) -> Sequence[LogLine]:
        """Return what a container has written so far, or what it wrote before its last restart."""
        ...

    def run_in_pod(self, pod: Object, container: str, argv: Sequence[str], stdin: bytes) -> ExecResult:
        """Run a command of the fixed set in a container; called from a thread of its own."""
        ...

    def control(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """Do what an instructor asks of the practice cluster; ApiError for what cannot be done."""
        ...

    def request_fault(self, method: str, path: str) -> ApiError | Literal["drop"] | None:
        """Return how a request fails because of a fault that is on; None when it is served."""
        ...


class World(Backend, Protocol):
    """A backend that lives: it runs beside the server, and its state is saved with the objects."""

    async def run(self) -> None:
        """Let time pass until cancelled."""
        ...

    def to_json(self) -> Any:
        """Return what has to survive a restart, beside the objects."""
        ...

    def restore(self, body: Any) -> None:
        """Take over what ``to_json`` gave."""
        ...
