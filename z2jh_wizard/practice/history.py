"""What changed lately, so that a watch that was cut off can carry on where it stopped."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from z2jh_wizard.practice import status
from z2jh_wizard.practice.objects import Object
from z2jh_wizard.practice.resources import Resource

KEPT_CHANGES = 5_000
"""A cut-off watcher that missed more than this lists again, as on a real cluster."""


@dataclass(frozen=True, slots=True)
class Change:
    """One write to the store: what the object is now, and what it was before."""

    type: Literal["ADDED", "MODIFIED", "DELETED"]
    resource: Resource
    object: Object
    previous: Object | None
    revision: int


class History:
    """The newest changes, oldest first; ``floor`` is the newest revision whose past is not kept."""

    def __init__(self, floor: int = 0, size: int = KEPT_CHANGES) -> None:
        self._changes: deque[Change] = deque()
        self._size = size
        self.floor = floor

    def add(self, change: Change) -> None:
        """Keep one more change, and forget the oldest when there are too many."""
        self._changes.append(change)
        if len(self._changes) > self._size:
            self.floor = self._changes.popleft().revision

    def since(self, revision: int) -> Iterator[Change]:
        """Return all changes after a revision; ApiError 410 when some of them are forgotten."""
        if revision < self.floor:
            raise status.expired(revision, self.floor)
        newer: list[Change] = []
        for change in reversed(self._changes):
            if change.revision <= revision:
                break
            newer.append(change)
        return reversed(newer)
