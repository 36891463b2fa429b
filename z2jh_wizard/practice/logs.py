"""What containers have written: the present run and the one before it, bounded, with the cluster's time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

KEPT_LINES = 2_000
"""Lines kept of one run of a container; the oldest go first, as with a rotated log file."""

SAVED_LINES = 200
"""Lines of each container that survive a restart of the practice cluster."""


@dataclass(frozen=True)
class LogLine:
    """One line of a log and when it was written."""

    time: datetime
    text: str


class LogBook:
    """The logs of all containers, by pod uid and container name."""

    def __init__(self) -> None:
        self._runs: dict[tuple[str, str], list[deque[LogLine]]] = {}
        self._grown: set[tuple[str, str]] = set()

    def start(self, uid: str, container: str) -> None:
        """Begin a new run; what was written so far becomes the previous one, and older runs are forgotten."""
        runs = self._runs.get((uid, container), [])
        self._runs[uid, container] = [*runs[-1:], deque(maxlen=KEPT_LINES)]

    def write(self, uid: str, container: str, lines: Iterable[LogLine]) -> None:
        """Add lines to the present run."""
        if (uid, container) not in self._runs:
            self.start(uid, container)
        run = self._runs[uid, container][-1]
        if run:
            self._grown.add((uid, container))
        run.extend(lines)

    def read(self, uid: str, container: str, *, previous: bool = False) -> list[LogLine] | None:
        """Return the lines of the present or the previous run, or None if there was none."""
        runs = self._runs.get((uid, container))
        if not runs or (previous and len(runs) < 2):
            return None
        return list(runs[0 if previous else -1])

    def forget(self, uid: str) -> None:
        """Forget the logs of a pod that is gone."""
        for key in [key for key in self._runs if key[0] == uid]:
            del self._runs[key]
            self._grown.discard(key)

    def to_json(self) -> list[dict[str, Any]]:
        """Return the newest lines as JSON, of those containers that wrote more than they do at their start.

        What a program writes when it starts can be had again, and a thousand user servers write nothing else.
        """
        return [
            {
                "pod": uid,
                "container": container,
                "runs": [
                    [[line.time.timestamp(), line.text] for line in list(run)[-SAVED_LINES:]]
                    for run in self._runs[uid, container]
                ],
            }
            for uid, container in sorted(self._grown)
        ]

    def restore(self, body: Iterable[dict[str, Any]]) -> None:
        """Take over what ``to_json`` wrote."""
        for each in body:
            runs = [deque(self._lines(run), maxlen=KEPT_LINES) for run in each["runs"]]
            self._runs[each["pod"], each["container"]] = runs
            self._grown.add((each["pod"], each["container"]))

    @staticmethod
    def _lines(run: Iterable[tuple[float, str]]) -> Iterable[LogLine]:
        for moment, text in run:
            yield LogLine(datetime.fromtimestamp(moment, timezone.utc), text)


def stamped(start: datetime, texts: Iterable[tuple[float, str]]) -> list[LogLine]:
    """Return lines from pairs of seconds after ``start`` and text."""
    return [LogLine(start + timedelta(seconds=offset), text) for offset, text in texts]
